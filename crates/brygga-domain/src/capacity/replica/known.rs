//! One statement of another's, and what makes this node believe it.

use crate::capacity::Statement;
use crate::{AgreementId, OrgId, ServiceId, Timestamp};

/// A statement of another's, with what makes this node believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the publisher said; its signature was verified.
    pub statement: Statement,
    /// As of when this node knows that nothing has changed.
    pub as_of: Timestamp,
    /// Agreement under which this organisation sees it.
    pub agreement_id: AgreementId,
    /// Its version when the statement was judged.
    pub agreement_version: u32,
    /// When its numbers are no longer to be relied on, with the agreement's own limit.
    pub relied_on_until: Timestamp,
}

impl Known {
    /// Who publishes it.
    pub const fn publisher(&self) -> &OrgId {
        &self.statement.publisher
    }

    /// Which service of its publisher.
    pub fn service(&self) -> ServiceId {
        self.statement.service.id
    }

    /// Whether its numbers are past their time: nothing of it is free then (CAP-01).
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.relied_on_until <= now
    }
}
