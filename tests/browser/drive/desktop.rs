//! A desktop without a monitor, and a person at it, who sees through AT-SPI and acts through the X server: a browser
//! can't tell.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::Program;

pub(crate) struct Desktop {
    pub(crate) display: String,
    bus: String,
    person: Arc<Mutex<Person>>,
    _screen: Program,
}

struct Person {
    mouth: Option<ChildStdin>,
    ear: BufReader<ChildStdout>,
    program: Program,
}

impl Person {
    /// What the person says next; their bus's services write to the same place.
    fn hears(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(
                self.ear.read_line(&mut line).unwrap(),
                0,
                "the person at the desktop is gone"
            );
            if let Ok(said) = serde_json::from_str::<Value>(&line) {
                assert!(said.get("error").is_none(), "{said}");
                return said["said"].clone();
            }
        }
    }
}

impl Drop for Person {
    /// Lets the bus end what it has started.
    fn drop(&mut self) {
        drop(self.mouth.take());
        let _ = self.program.child.wait();
    }
}

impl Desktop {
    pub(crate) fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped());
        let mut screen = Program::start(&mut command, None);
        let mut number = String::new();
        BufReader::new(screen.child.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let display = format!(":{}", number.trim());

        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/desktop_person.py");
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "/usr/bin/python3"])
            .arg(script)
            .env("DISPLAY", &display)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut program = Program::start(&mut command, None);
        let mut person = Person {
            mouth: program.child.stdin.take(),
            ear: BufReader::new(program.child.stdout.take().unwrap()),
            program,
        };
        let bus = person.hears().as_str().unwrap().to_owned();
        Self {
            display,
            bus,
            person: Arc::new(Mutex::new(person)),
            _screen: screen,
        }
    }

    /// A browser that shows itself here, with a profile in `folder`.
    pub(crate) fn open(&self, command: &mut Command, folder: tempfile::TempDir) -> Program {
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GNOME_ACCESSIBILITY", "1")
            .env("ACCESSIBILITY_ENABLED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Program::start(command, Some(folder))
    }

    /// Has the person do something: a function of `tests/clients/desktop_person.py`.
    pub(crate) async fn does(&self, what: &str, more: &[&str]) -> Value {
        let mut command = vec![what];
        command.extend(more);
        let line = json!(command).to_string() + "\n";
        let person = Arc::clone(&self.person);
        let answer = tokio::task::spawn_blocking(move || {
            let mut person = person.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            person.mouth.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
            person.hears()
        });
        answer.await.unwrap()
    }
}
