//! The real program, whatever its standard streams lead to.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, PipeReader, Write as _};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::{JoinSet, LocalSet};

use crate::support::process::Process;
use crate::support::{Actor, LINK, Upstream};

/// What a standard stream leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// `/dev/null`.
    Nowhere,
    /// It was closed before the program began.
    Closed,
    /// A pipe without room that nobody reads.
    Full,
    /// The same, and a write to it does not wait.
    FullAtOnce,
    /// A pipe that gets full while the program runs.
    Stuck,
    /// A pipe whose other end is closed.
    Gone,
    /// A device without room.
    NoSpace,
}

use Leads::{Closed, Full, FullAtOnce, Gone, NoSpace, Nowhere, Stuck};

/// What a supervisor may leave behind.
const ALL: [Leads; 4] = [Closed, Full, Stuck, Gone];
/// What an output may lead to besides.
const OUTPUTS: [Leads; 7] = [Closed, Full, Stuck, Gone, Nowhere, FullAtOnce, NoSpace];

/// Every kind of stream in every place; standard input, which is never read, has one kind where an output has a rare one.
fn combinations() -> Vec<[Leads; 3]> {
    let outputs = OUTPUTS
        .into_iter()
        .flat_map(|stdout| OUTPUTS.map(|stderr| (stdout, stderr)));
    let all = outputs.flat_map(|(stdout, stderr)| {
        let inputs: &[Leads] = if ALL.contains(&stdout) && ALL.contains(&stderr) {
            &ALL
        } else {
            &[Nowhere]
        };
        inputs.iter().map(move |stdin| [*stdin, stdout, stderr])
    });
    all.collect()
}

/// The test's ends of pipes.
#[derive(Default)]
struct Ends {
    readers: Vec<PipeReader>,
    to_fill: Vec<File>,
    kept: Vec<File>,
}

/// Another end of a pipe, which does not wait.
fn at_once(pipe: &impl AsFd) -> File {
    const O_NONBLOCK: i32 = 0o4000;
    let path = format!("/proc/self/fd/{}", pipe.as_fd().as_raw_fd());
    OpenOptions::new()
        .write(true)
        .custom_flags(O_NONBLOCK)
        .open(path)
        .unwrap()
}

fn fill(pipe: &mut File) {
    for size in [4096, 1] {
        loop {
            match pipe.write(&[b'x'; 4096][..size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

impl Ends {
    fn output(&mut self, leads: Leads) -> Stdio {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut other = at_once(&writer);
        match leads {
            Nowhere | Closed => return Stdio::null(),
            NoSpace => return File::options().write(true).open("/dev/full").unwrap().into(),
            Gone => return writer.into(),
            Full | FullAtOnce => fill(&mut other),
            Stuck => self.to_fill.push(other.try_clone().unwrap()),
        }
        self.readers.push(reader);
        if leads == FullAtOnce {
            other.into()
        } else {
            writer.into()
        }
    }

    fn input(&mut self, leads: Leads) -> Stdio {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut writer = at_once(&writer);
        match leads {
            Full | FullAtOnce => fill(&mut writer),
            Stuck => {}
            Gone => return reader.into(),
            Nowhere | Closed | NoSpace => return Stdio::null(),
        }
        self.kept.push(writer);
        reader.into()
    }
}

/// Where a program may listen that can't say where it does: no other process has this address.
fn own_address() -> SocketAddr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [.., high, low] = std::process::id().to_be_bytes();
    let address = [127, 100 + high % 100, low, NEXT.fetch_add(1, Ordering::SeqCst)];
    SocketAddr::from((address, 8080))
}

async fn signal(child: &Child, name: &str) {
    let pid = child.id().unwrap().to_string();
    let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().await;
    assert!(sent.unwrap().success());
}

/// Tries until it is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let tries = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(120), tries).await;
    assert!(waited.is_ok(), "{what}: in vain");
}

async fn serves_reloads_and_stops(leads: [Leads; 3], upstream: SocketAddr, down: SocketAddr) {
    let [stdin, stdout, stderr] = leads;
    let (address, folder, mut ends) = (own_address(), tempfile::tempdir().unwrap(), Ends::default());
    let config = folder.path().join("linklatch.toml");
    let write = |more: &str| {
        let text = format!(
            "listen = \"{address}\"\nwatch = false\n[[upstream]]\nname = \"api\"\nurl = \"http://{upstream}\"\n\
             [[upstream]]\nname = \"down\"\nurl = \"http://{down}\"\npaths = [\"/down/\"]\n{LINK}{more}"
        );
        std::fs::write(&config, text).unwrap();
    };
    write("");
    let mut script = String::from("exec \"$0\" \"$@\"");
    for (leads, closing) in [(stdin, " 0<&-"), (stdout, " 1>&-"), (stderr, " 2>&-")] {
        script += if leads == Closed { closing } else { "" };
    }
    let mut child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_linklatch"), "serve", "--config"])
        .arg(&config)
        .env_clear()
        .stdin(ends.input(stdin))
        .stdout(ends.output(stdout))
        .stderr(ends.output(stderr))
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    until(&format!("{leads:?} listens"), async || {
        TcpStream::connect(address).await.is_ok()
    })
    .await;
    ends.to_fill.iter_mut().for_each(fill);
    let person = Actor::at(address);
    assert!(person.get("/auth/verify?token=abc").await.is_held(), "{leads:?}");
    for _ in 0..3 {
        assert_eq!(person.get("/down/page").await.status, 502, "{leads:?}");
    }
    assert!(person.get("/invite/abc").await.is_from_upstream(), "{leads:?}");
    write("[[link]]\nurl = \"/invite/{token}\"\n");
    signal(&child, "HUP").await;
    until(&format!("{leads:?} reloads"), async || {
        person.get("/invite/abc").await.is_held()
    })
    .await;
    signal(&child, "TERM").await;
    let ended = tokio::time::timeout(Duration::from_secs(120), child.wait()).await;
    let status = ended.unwrap_or_else(|_| panic!("{leads:?} does not end")).unwrap();
    assert_eq!(status.code(), Some(0), "{leads:?}");
}

#[tokio::test]
async fn nothing_that_a_stream_leads_to_stops_the_program() {
    let upstream = Upstream::plain().await;
    // Bound and not listening: connections are refused, and nobody else gets the port.
    let down = TcpSocket::new_v4().unwrap();
    down.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let refuses = down.local_addr().unwrap();
    let all = combinations();
    assert_eq!(all.len(), 97);
    for some in all.chunks(8) {
        let (local, mut running) = (LocalSet::new(), JoinSet::new());
        for leads in some {
            running.spawn_local_on(serves_reloads_and_stops(*leads, upstream.address, refuses), &local);
        }
        local.run_until(running.join_all()).await;
    }
}

/// What signals a process has handlers for: `SigCgt` of proc(5).
fn is_caught(process: &Process, signal: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// How many bytes a process has read so far: `rchar` of proc(5).
fn bytes_read(process: &Process) -> usize {
    let counts = std::fs::read_to_string(format!("/proc/{}/io", process.id())).unwrap_or_default();
    let line = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
    line.map_or(0, |count| count.parse().unwrap())
}

/// A process that has its handlers and has not read its files: of many starts one is seen at that moment.
async fn caught_before_reading(config: &Path, number: u32) -> Process {
    for _ in 0..50 {
        let process = Process::start(&["serve", "--config", config.to_str().unwrap()]);
        until("its handlers", async || is_caught(&process, number)).await;
        if bytes_read(&process) < BYTES / 2 {
            return process;
        }
    }
    panic!("signal {number} is caught only after the files were read");
}

/// Bytes of all signature files of a slow start, at least.
const BYTES: usize = 1500 * 2000;

/// A start that takes a while: many signature files.
fn slow_start(upstream: &Upstream) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("own")).unwrap();
    for number in 0..1500 {
        let text = format!(
            "# {:2000}\n[[signature]]\nid = \"acme-{number}\"\ntitle = \"Acme\"\nkind = \"gateway\"\nconfidence = \"certain\"\n\
             source = [\"our mail team\"]\nseen = 2026-11-01\nuser-agent = ['\\bAcmeGate{number}/']\n\
             match = [{{ user-agent = \"Firefox/140.0 AcmeGate{number}/2\" }}]\n",
            "ours"
        );
        std::fs::write(folder.path().join(format!("own/{number}.toml")), text).unwrap();
    }
    let config = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\nwatch = false\n[signatures]\nfolder = \"own\"\n{LINK}",
        upstream.address
    );
    std::fs::write(folder.path().join("linklatch.toml"), config).unwrap();
    folder
}

#[tokio::test]
async fn a_signal_during_the_start_is_a_reload_or_a_clean_end() {
    let upstream = Upstream::plain().await;
    let folder = slow_start(&upstream);
    let config = folder.path().join("linklatch.toml");
    for (name, number) in [("HUP", 1), ("TERM", 15), ("INT", 2)] {
        let mut process = caught_before_reading(&config, number).await;
        process.signal(name).await;
        if name == "HUP" {
            process.says("in force: 1 link").await;
            process.signal("TERM").await;
        }
        assert_eq!(process.ends().await, Some(0), "{name}: {}", process.said());
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    for (first, second) in [("TERM", "TERM"), ("TERM", "INT"), ("INT", "TERM"), ("INT", "INT")] {
        let (upstream, _told) = Upstream::when_told("/home").await;
        let listen = own_address();
        let mut process = Process::start(&[
            "serve",
            "--listen",
            &listen.to_string(),
            "--upstream",
            &format!("http://{}", upstream.address),
            "--link",
            "/auth/verify?token={token}",
        ]);
        process.says("listening on").await;
        let person = Actor::at(listen);
        let waiting = tokio::spawn(async move { person.get("/page").await });
        upstream.has_received(1).await;
        process.signal(first).await;
        process.says("stopping").await;
        process.signal(second).await;
        assert_eq!(process.ends().await, Some(1), "{}", process.said());
        process.says("at once by a second signal").await;
        waiting.abort();
    }
}
