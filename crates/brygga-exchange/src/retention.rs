//! What the rules of retention have said about a case whose personal data had to be opened for them.

use brygga_domain::{ReferralId, Timestamp};

use crate::audit::{Actor, Verdict, leaf};
use crate::notice::{KeptNotice, log_subject};
use crate::transfer::KeptTransfer;
use crate::{Local, WriteSet};

/// A case that is kept because of the day on which the person was born. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCase {
    /// The case.
    pub referral_id: ReferralId,
    /// From when on the rules are asked again; none for never.
    pub until: Option<Timestamp>,
    /// The section of law.
    pub section: String,
}

/// Notes that a case was opened for the day of birth and is kept, with its leaf in the audit log.
pub fn keep(local: &mut Local<'_>, kept: KeptCase) -> WriteSet {
    let subject = kept.referral_id.to_string();
    let audit = leaf(local, &Actor::Clock, "retention.keep", &subject, &Verdict::Done);
    WriteSet { kept: vec![kept], audit: vec![audit], ..WriteSet::default() }
}

/// The same of a transfer.
pub fn keep_transfer(local: &mut Local<'_>, kept: KeptTransfer) -> WriteSet {
    let subject = kept.id.to_string();
    let audit = leaf(local, &Actor::Clock, "retention.keep", &subject, &Verdict::Done);
    let mut writes = WriteSet { audit: vec![audit], ..WriteSet::default() };
    writes.transfers.kept.push(kept);
    writes
}

/// The same of a notice or a signal. The leaf names none where the person is protected.
pub fn keep_notice(local: &mut Local<'_>, kept: KeptNotice, is_protected: bool) -> WriteSet {
    let subject = log_subject(kept.id, is_protected);
    let audit = leaf(local, &Actor::Clock, "retention.keep", &subject, &Verdict::Done);
    let mut writes = WriteSet { audit: vec![audit], ..WriteSet::default() };
    writes.notices.kept.push(kept);
    writes
}
