//! What long work is doing now: shown on standard error at a terminal, and nowhere else.
//!
//! A script, a log or a pipe sees nothing of it. What is shown are steps and counts, never what
//! the work is about.

use std::io::Read;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const STEP: &str = "{spinner} {msg} ({elapsed})";
const COUNTED: &str = "{spinner} {msg} {wide_bar} {pos}/{len} ({elapsed})";
const READ: &str = "{spinner} {msg} {wide_bar} {bytes}/{total_bytes} ({elapsed})";
const TICK: Duration = Duration::from_millis(200);

/// A line that moves while work goes on, and is gone when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins with the first step; without a terminal nothing is ever drawn.
    pub(crate) fn begin(step: impl Into<String>) -> Self {
        let progress =
            Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()) };
        if !progress.bar.is_hidden() {
            progress.bar.enable_steady_tick(TICK);
        }
        progress.say(step);
        progress
    }

    /// Names the step that begins, of which nobody knows the length.
    pub(crate) fn say(&self, step: impl Into<String>) {
        self.bar.reset();
        self.style(STEP);
        self.bar.set_message(step.into());
    }

    /// Names a step of so many parts.
    pub(crate) fn count(&self, step: impl Into<String>, parts: u64) {
        self.say(step);
        self.bar.set_length(parts);
        self.style(COUNTED);
    }

    /// So many parts of the step are done.
    pub(crate) fn reached(&self, parts: u64) {
        self.bar.set_position(parts);
    }

    /// Names a step that reads so many bytes; what is read through the answer is counted.
    pub(crate) fn reading<R: Read>(&self, step: &str, bytes: u64, source: R) -> impl Read + use<R> {
        self.count(step, bytes);
        self.style(READ);
        self.bar.wrap_read(source)
    }

    /// Leaves a line that stays.
    pub(crate) fn note(&self, line: &str) {
        self.bar.println(line);
    }

    fn style(&self, template: &str) {
        // The templates are constants of this file; a bad one would show the plain message.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_bytes_are_counted() {
        let progress = Progress::begin("looking");
        progress.count("counting", 3);
        progress.reached(2);
        assert_eq!((progress.bar.position(), progress.bar.length()), (2, Some(3)));
        let mut read = String::new();
        progress.reading("reading", 5, "12345".as_bytes()).read_to_string(&mut read).unwrap();
        assert_eq!((progress.bar.position(), read.as_str()), (5, "12345"));
    }

    #[test]
    fn a_new_step_forgets_how_far_the_one_before_came() {
        let progress = Progress::begin("one");
        progress.count("two", 3);
        progress.reached(3);
        progress.count("three", 7);
        assert_eq!((progress.bar.position(), progress.bar.length()), (0, Some(7)));
    }
}
