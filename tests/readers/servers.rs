//! The readers: real, unmodified servers with the link's route and the call's.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::catalogue::{READERS, Reader, Runs};

/// Where `tests/run readers` installs them.
const INSTALLED: &str = "target/readers";
/// Their sources.
const SOURCES: &str = "tests/readers/servers";

/// All readers, running; they end with this value.
pub(crate) struct Servers {
    host: Ipv4Addr,
    _processes: Vec<Child>,
    _folder: tempfile::TempDir,
}

impl Servers {
    /// Starts them and waits until all listen.
    pub(crate) async fn start() -> Self {
        // An address of this process's own, so that fixed ports are free.
        let [.., high, low] = std::process::id().to_be_bytes();
        let host = Ipv4Addr::new(127, 64 | (high & 0x3f), low, 1);
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Vec::new();
        for (at, reader) in READERS.iter().enumerate() {
            let first = READERS.iter().position(|other| other.runs == reader.runs);
            if reader.runs.shares() && first != Some(at) {
                continue;
            }
            let mates = READERS
                .iter()
                .filter(|other| other.name == reader.name || (reader.runs.shares() && other.runs == reader.runs));
            let mates: Vec<_> = mates.map(|mate| format!("{}={}", mate.name, port(mate.name))).collect();
            let log = std::fs::File::create(log_of(reader)).unwrap();
            let process = command(reader, host, &mates, folder.path())
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .kill_on_drop(true)
                .spawn();
            processes.push(process.unwrap_or_else(|error| panic!("{}: {error}", reader.name)));
        }
        let servers = Self {
            host,
            _processes: processes,
            _folder: folder,
        };
        for reader in &READERS {
            servers.listens(reader).await;
        }
        servers
    }

    /// Where a reader listens.
    pub(crate) fn address(&self, reader: &Reader) -> SocketAddr {
        (self.host, port(reader.name)).into()
    }

    /// No event tells that another program listens, so this asks again and again.
    async fn listens(&self, reader: &Reader) {
        for _ in 0..1200 {
            if TcpStream::connect(self.address(reader)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = std::fs::read_to_string(log_of(reader)).unwrap_or_default();
        panic!(
            "{} does not listen after a minute; `bash tests/run readers` installs it: {log}",
            reader.name
        );
    }
}

fn log_of(reader: &Reader) -> PathBuf {
    let name = if reader.runs.shares() {
        format!("{:?}", reader.runs)
    } else {
        reader.name.to_owned()
    };
    Path::new(INSTALLED).join(format!("{}.log", name.to_lowercase()))
}

fn port(name: &str) -> u16 {
    let at = READERS.iter().position(|reader| reader.name == name);
    4000 + u16::try_from(at.expect("a reader of the catalogue")).unwrap()
}

fn command(reader: &Reader, host: Ipv4Addr, mates: &[String], folder: &Path) -> Command {
    let installed = |path: &str| Path::new(INSTALLED).join(path);
    let source = |path: &str| Path::new(SOURCES).join(path);
    let listen = format!("{host}:{}", port(reader.name));
    let script = |program: PathBuf, script: PathBuf| {
        let mut command = Command::new(program);
        command.arg(script).arg(host.to_string()).args(mates);
        command
    };
    match reader.runs {
        Runs::Node | Runs::NodeAlone => {
            // Modules are looked for beside the script.
            std::fs::copy(source("node.js"), installed("node/node.js")).unwrap();
            script("node".into(), installed("node/node.js"))
        }
        Runs::Python => script(installed("python/bin/python"), source("python.py")),
        Runs::Ruby => script("ruby".into(), source("ruby.rb")),
        Runs::Perl => script("perl".into(), source("perl.pl")),
        Runs::Go => {
            let mut command = Command::new(installed("go"));
            command.arg(host.to_string()).args(mates);
            command
        }
        Runs::Gunicorn => {
            let mut command = Command::new(installed("python/bin/python"));
            command.args([
                "-m",
                "gunicorn",
                "--threads",
                "2",
                "--bind",
                &listen,
                "--chdir",
                SOURCES,
            ]);
            command.arg("python:flask_app()");
            command
        }
        Runs::PhpFront | Runs::PhpFolders => {
            let mut command = Command::new("php");
            command.args(["-d", "error_reporting=0", "-S", &listen]);
            if reader.runs == Runs::PhpFront {
                command.arg(source("front.php"));
            } else {
                command.arg("-t").arg(source("php"));
            }
            command
        }
        Runs::Nginx(behind) => {
            let text = std::fs::read_to_string(source("nginx.conf")).unwrap();
            let text = text
                .replace("HOST", &host.to_string())
                .replace("PORT", &port(reader.name).to_string())
                .replace("BEHIND", &port(behind).to_string());
            std::fs::write(folder.join("nginx.conf"), text).unwrap();
            let mut command = Command::new("nginx");
            command.arg("-p").arg(folder).args(["-e", "stderr", "-c", "nginx.conf"]);
            command
        }
    }
}
