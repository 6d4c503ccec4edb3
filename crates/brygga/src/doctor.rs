//! What `brygga doctor` looks at, each thing on its own: a fault in one must not hide another.

mod certificate;
mod contact;
mod disk;
mod fault;
mod keys;
mod local_port;
mod network;
mod registry;
mod rules;
mod store;
mod tokens;
mod waiting;

use brygga_config::Settings;
use brygga_domain::Timestamp;
use serde::Serialize;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::progress::Progress;

pub(crate) use fault::{Finding, Severity};

use fault::Fault;

/// What was found, and the figures that stand behind it.
#[derive(Default)]
pub(crate) struct Examination {
    pub(crate) findings: Vec<Finding>,
    pub(crate) figures: Figures,
}

/// How large and how busy the node is. What could not be looked at is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Figures {
    /// Bytes of the database.
    pub(crate) database_bytes: Option<u64>,
    /// Bytes that are free where the node writes.
    pub(crate) free_bytes: Option<u64>,
    /// Messages that wait to be sent.
    pub(crate) outbox_queued: Option<u64>,
    /// Messages that were given up.
    pub(crate) outbox_dead: Option<u64>,
    /// When the oldest waiting message was made, RFC 3339.
    pub(crate) oldest_queued_at: Option<String>,
    /// Files and connections that a process may have open here.
    pub(crate) open_files: Option<u64>,
}

/// What everything is looked at with.
struct View<'a> {
    settings: &'a Settings,
    at: &'a Invocation,
}

impl View<'_> {
    const fn now(&self) -> Timestamp {
        self.at.now
    }

    /// A finding in the reader's language.
    fn found(&self, fault: Fault, values: &[(&str, &str)]) -> Finding {
        fault.found(self.at.language, values)
    }
}

/// Looks at everything; at the other members too where `peers` is set.
///
/// # Errors
///
/// The settings cannot be read: without them there is nothing to look at.
pub(crate) async fn examine(at: &Invocation, peers: bool) -> Result<Examination, Failure> {
    let progress = Progress::begin("doctor");
    let settings = at.node.settings()?;
    let view = View { settings: &settings, at };
    let mut found = Examination { findings: rules::findings(&view), ..Examination::default() };
    found.findings.extend(keys::findings(&view));
    found.findings.extend(tokens::findings(&view));
    found.findings.extend(local_port::findings(&view));
    found.findings.extend(contact::duty_phone(&view));
    match at.node.trust(&settings) {
        Ok(trust) => {
            found.findings.extend(registry::findings(&view, &trust));
            found.findings.extend(certificate::findings(&view, &trust));
            found.findings.extend(network::own(&view).await);
            if peers {
                found.findings.extend(network::peers(&view, &trust, &progress).await);
            }
        }
        Err(failure) => found.findings.push(registry::unusable(&view, &failure)),
    }
    disk::look(&view, &mut found);
    store::look(&view, &mut found).await;
    Ok(found)
}

#[cfg(test)]
mod tests;
