//! A node as a process of its own, which ends with its value.

use std::path::Path;
use std::process::{Child, Command};

use crate::Program;

/// A running process; killed when it is dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts the node in `dir`; its log is in `serve.log` there.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(program: &Program, dir: &Path) -> Self {
        Self(program.serve(dir))
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it as a power cut would.
    ///
    /// # Panics
    /// When it has ended already.
    pub fn kill(mut self) {
        assert!(self.0.try_wait().expect("it can be asked").is_none(), "it has ended already");
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }

    /// Stops it where it is, without closing anything: to all others it has gone silent.
    ///
    /// # Panics
    /// When it has ended already.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on from where it was frozen.
    ///
    /// # Panics
    /// As [`Self::freeze`].
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill").args([name, &self.0.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "it runs");
    }

    /// Ends it as an operator would, with SIGTERM, and waits until it is gone.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn stop(mut self) {
        self.signal("-TERM");
        let ended = self.0.wait().expect("it ends");
        assert!(ended.success(), "the node ended with {ended}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
