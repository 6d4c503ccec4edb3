//! What the measurement is doing now, on standard error.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line for each step; at a terminal the present one moves.
pub(super) struct Progress {
    begun: Instant,
    bar: ProgressBar,
    is_terminal: bool,
}

impl Progress {
    pub(super) fn begin() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // The template is a constant of this program; a bad one would show the plain message.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { begun: Instant::now(), bar, is_terminal: std::io::stderr().is_terminal() }
    }

    /// Names the step that begins.
    pub(super) fn say(&self, step: impl Into<String>) {
        let step = step.into();
        if self.is_terminal {
            self.bar.reset_elapsed();
            self.bar.set_message(step);
        } else {
            let seconds = self.begun.elapsed().as_secs();
            // Nobody reads it when standard error is closed.
            let _ = writeln!(std::io::stderr(), "{seconds:>4} s  {step}");
        }
    }

    /// Leaves a line that stays.
    pub(super) fn note(&self, line: &str) {
        if self.is_terminal {
            self.bar.println(line);
        } else {
            self.say(line);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
