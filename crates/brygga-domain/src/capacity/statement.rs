//! What others are told of a service: the numbers with what is held and left, or a status alone.

use super::{AbsentReason, CapacityStatus, Counts, Ledger, Line, LineKey, Service};
use crate::{OrgId, Timestamp};

/// What a publisher tells of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Who publishes.
    pub publisher: OrgId,
    /// The service.
    pub service: Service,
    /// How much there is.
    pub lines: Vec<ToldLine>,
    /// Sequence of the publication that it rests on.
    pub sequence: u64,
    /// Rises with each statement about the service.
    pub revision: u32,
    /// When the publication was made.
    pub published_at: Timestamp,
    /// When the numbers are no longer to be relied on.
    pub valid_until: Timestamp,
    /// When the statement was made.
    pub made_at: Timestamp,
}

/// One line as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldLine {
    /// Which.
    pub key: LineKey,
    /// How many; missing is never zero.
    pub counts: Result<ToldCounts, AbsentReason>,
    /// How it stands.
    pub status: CapacityStatus,
}

/// Numbers as they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldCounts {
    /// As the publisher counts them.
    pub counts: Counts,
    /// Held and not taken, also for those who wait.
    pub held: u32,
}

impl ToldCounts {
    /// Places that can be held (INV-9).
    pub const fn available(&self) -> u32 {
        self.counts.available(self.held)
    }
}

impl Statement {
    /// What is told at an instant. Of protected housing only a status, and no instant that tells when somebody came or
    /// left (R11).
    pub fn of(publisher: &OrgId, ledger: &Ledger<'_>, revision: u32, now: Timestamp) -> Self {
        let is_protected = ledger.publication().service.is_protected();
        let statement = Self::made(publisher, ledger, revision, now, is_protected);
        if is_protected { statement.discreet() } else { statement }
    }

    /// What the publisher's own people see: everything.
    pub fn own(publisher: &OrgId, ledger: &Ledger<'_>, revision: u32, now: Timestamp) -> Self {
        Self::made(publisher, ledger, revision, now, false)
    }

    fn made(
        publisher: &OrgId,
        ledger: &Ledger<'_>,
        revision: u32,
        now: Timestamp,
        is_masked: bool,
    ) -> Self {
        let publication = ledger.publication();
        let line = |line: &Line| told(line, ledger, is_masked);
        Self {
            publisher: publisher.clone(),
            service: publication.service.clone(),
            lines: publication.lines.iter().map(line).collect(),
            sequence: publication.sequence,
            revision,
            published_at: publication.published_at,
            valid_until: publication.valid_until,
            made_at: now,
        }
    }

    /// A line by its key.
    pub fn line(&self, key: LineKey) -> Option<&ToldLine> {
        self.lines.iter().find(|line| line.key == key)
    }

    /// The same without numbers, since their time is past: the status is unknown and nothing is zero.
    pub fn outdated(mut self) -> Self {
        for line in &mut self.lines {
            line.counts = Err(AbsentReason::Outdated);
            line.status = CapacityStatus::Unknown;
        }
        self
    }
}

fn told(line: &Line, ledger: &Ledger<'_>, is_masked: bool) -> ToldLine {
    let held = ledger.held(line.key);
    let is_queued = ledger.waiting(line.key) > 0;
    let status = if is_queued { CapacityStatus::Waitlist } else { line.status_with(held) };
    let counts = match line.counts {
        Ok(_) if is_masked => Err(AbsentReason::Masked),
        counts => counts.map(|counts| ToldCounts { counts, held }),
    };
    ToldLine { key: line.key, counts, status }
}
