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

    /// Ends it as a power cut would.
    ///
    /// # Panics
    /// When it has ended already.
    pub fn kill(mut self) {
        assert!(self.0.try_wait().expect("it can be asked").is_none(), "it has ended already");
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }

    /// Ends it as an operator would, with SIGTERM, and waits until it is gone.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.0.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()), "it runs");
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
