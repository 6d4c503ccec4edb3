//! A panic is logged by its place only: its message may quote any value.

use std::panic::{self, PanicHookInfo};

/// Replaces the process's panic hook, which would print the message.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(log));
}

pub(crate) fn log(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(
        error.type = "panic",
        code.location = location,
        "a thread panicked; its message is withheld"
    );
}
