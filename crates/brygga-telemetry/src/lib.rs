//! Logs, traces and metrics that cannot tell about a person.
//!
//! Nothing is recorded because it was not forbidden: [`FIELDS`] lists the fields that may
//! be recorded and the shape of each value, and everything else is dropped before it is
//! formatted or sent, and counted. Libraries are heard at warning and above, and only
//! which library spoke, never what it said.
//!
//! A message must be a literal. One with a value in it is replaced by the target, with one
//! exception that cannot be seen from here: a message made of a single placeholder and
//! nothing else, `info!("{text}")`. That, and the names of spans, is what NOT to write.

#![forbid(unsafe_code)]

mod allow_list;
mod fields;
mod init;
mod kept;
mod logs;
mod metrics;
mod otlp;
mod panic;
mod propagation;
mod shape;

pub use allow_list::DroppedFields;
pub use fields::{AllowedField, FIELDS, field};
pub use init::{Resource, TelemetryError, TelemetryGuard, build, init};
pub use metrics::{DeliveryOutcome, Label, Metrics, RegistryStanding, Standing};
pub use propagation::{RemoteParent, TRACEPARENT, current_traceparent, inject};
pub use shape::Shape;

#[cfg(test)]
mod tests;
