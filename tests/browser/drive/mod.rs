//! What drives browsers: DevTools over a pipe, Marionette, and a desktop with a person's eyes and hands.

pub(crate) mod chromium;
pub(crate) mod desktop;
pub(crate) mod firefox;
pub(crate) mod page;
mod pipe;

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// A program and all that it starts: they end with this value, whatever becomes of the test.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// The folder that it writes to, which goes with it.
    _folder: Option<tempfile::TempDir>,
}

impl Program {
    pub(crate) fn start(command: &mut Command, folder: Option<tempfile::TempDir>) -> Self {
        let name = command.get_program().to_owned();
        let child = command
            .process_group(0)
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start ({error}): see tests/run", name.display()));
        Self { child, _folder: folder }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let kill = format!("kill -s KILL -- -{}", self.child.id());
        let _ = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}
