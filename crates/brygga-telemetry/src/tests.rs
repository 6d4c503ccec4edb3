//! Records written through the whole stack and looked for at its ends.

mod collector;
mod export;
mod log_records;
mod trace_parents;

use std::io;
use std::sync::{Arc, Mutex};

use brygga_config::{LogFormat, LogLevel, TelemetrySettings};
use brygga_domain::OrgId;
use tracing_subscriber::fmt::MakeWriter;

use crate::Resource;

/// What must never be seen at an end.
const CANARY: &str = "Kim Exempel 20000101-0000";

/// Logs kept in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn records(&self) -> Vec<serde_json::Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn settings(otlp_endpoint: Option<String>) -> TelemetrySettings {
    TelemetrySettings { otlp_endpoint, log_format: LogFormat::Json, log_level: LogLevel::Debug }
}

fn resource() -> Resource {
    Resource { organisation: OrgId::parse("kommun:0880").unwrap(), version: "0.0.0-test" }
}

/// Puts the canary wherever code could put it: fields on and off the list, of spans and
/// events, of our own code and of a library's, as text, as `Debug` and as an error.
fn leak_everywhere() {
    let error = io::Error::other(CANARY);
    let span = tracing::info_span!(
        "deliver",
        peer = "kommun:0881",
        person = CANARY,
        reason = CANARY,
        outcome = tracing::field::Empty,
        note = tracing::field::Empty,
    );
    span.record("outcome", "delivered");
    span.record("note", CANARY);
    span.record("reason", tracing::field::display(CANARY));
    span.in_scope(|| {
        tracing::info!(attempt = 2, peer = CANARY, "the message was sent");
        tracing::error!(error = &error as &dyn std::error::Error, "the message was lost");
        tracing::error!(error.type = &error as &dyn std::error::Error, "and so was this");
        tracing::warn!(text = ?[CANARY], "refused {CANARY:?} here");
        tracing::warn!("refused {}", String::from(CANARY));
        tracing::warn!(message = CANARY);
        tracing::warn!(target: "some_library", reason = CANARY, "bad header {CANARY}");
        tracing::error!(target: "some_library", name = CANARY, "{}", String::from(CANARY));
        tracing::info!(target: "some_library", "read {}", String::from(CANARY));
    });
    tracing::warn_span!(target: "some_library", "library_work", reason = CANARY, user = CANARY)
        .in_scope(|| tracing::warn!(target: "some_library", "{CANARY}"));
}
