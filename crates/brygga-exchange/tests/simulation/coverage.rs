//! What has happened at least once. A simulation in which something never happens proves nothing
//! about it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brygga_domain::Reason;

/// How often each thing happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage(BTreeMap<Cow<'static, str>, u64>);

impl Coverage {
    pub(crate) fn saw(&mut self, what: impl Into<Cow<'static, str>>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn refused(&mut self, what: &str, reason: Reason) {
        self.saw(format!("{what}: {}", reason.as_str()));
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// What should have happened and never did.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        REQUIRED.iter().copied().filter(|what| !self.0.contains_key(*what)).collect()
    }
}

const REQUIRED: &[&str] = &[];
