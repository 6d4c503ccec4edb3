//! Access inside the organisation: decided, and logged with each access.
//!
//! Each access has one leaf in the audit log, made by [`crate::audit::leaf`] as for everything
//! else, and one row beside it in the access log that names the leaf by its commitment. The leaf
//! proves that nothing was taken away; the row can be asked and is erased after five years. Neither
//! repeats what the other is for, and a row is made from a leaf only.

mod glass;
mod record;
mod review;
mod sample;
#[cfg(test)]
mod tests;

use brygga_crypto::Digest;
use brygga_domain::access::{
    AccessGround, AccessObject, BreakGlass, ConsentKeeper, Handler, InsideDisclosure,
};
use brygga_domain::{ConsentId, DataCategory, ReferralId, Seconds, Timestamp, UnitId};

use crate::audit::Actor;
use crate::{Decided, WriteSet};

pub use glass::{approve, open, review as review_glass};
pub use record::{assign, disclose, note, revoke};
pub use review::{AccessReview, Reviewed, ReviewedWhat, sign};
pub use sample::{DrawnEntry, Sample, SampleWish, Sampler};

/// How long an entry of the access log is kept: five years, counted without leap days' help.
pub const ACCESS_LOG_KEPT: Seconds = Seconds::days(5 * 366);

/// Who of the own organisation has access, as the log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accessor {
    /// By the opaque subject of the token.
    pub subject: String,
    /// The roles that let the call in, joined by commas.
    pub roles: String,
    /// The unit in which it was done; none is the intake.
    pub unit: Option<UnitId>,
    /// The board for which that unit acted; none where it acted for itself.
    pub on_behalf_of: Option<UnitId>,
}

impl Accessor {
    /// The same as whoever decides.
    pub(crate) fn actor(&self) -> Actor {
        Actor::of(&self.subject, self.on_behalf_of.as_ref())
    }
}

/// One access: what was seen or changed, and why that was permitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub by: Accessor,
    /// What was done, for example `referral.show`.
    pub action: String,
    /// To what.
    pub object: AccessObject,
    /// The kinds of data that were in it.
    pub data_categories: Vec<DataCategory>,
    /// On what ground.
    pub ground: AccessGround,
}

/// A row of the access log. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEntry {
    /// When.
    pub at: Timestamp,
    /// Who, what and why.
    pub access: Access,
    /// The commitment of its leaf in the audit log.
    pub leaf: Digest,
}

/// What a decision changes about access. Stored with the rest of its [`WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessWrites {
    /// Rows for the log.
    pub entries: Vec<AccessEntry>,
    /// People who begin to work on a referral.
    pub handlers: Vec<(ReferralId, Handler)>,
    /// Where consents were recorded.
    pub consent_keepers: Vec<(ConsentId, ConsentKeeper)>,
    /// Disclosures inside the house, new or taken back.
    pub disclosures: Vec<InsideDisclosure>,
    /// Glasses, broken, approved or reviewed.
    pub glasses: Vec<BreakGlass>,
    /// Reviews that were signed.
    pub reviews: Vec<AccessReview>,
}

impl AccessWrites {
    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.handlers.extend(other.handlers);
        self.consent_keepers.extend(other.consent_keepers);
        self.disclosures.extend(other.disclosures);
        self.glasses.extend(other.glasses);
        self.reviews.extend(other.reviews);
    }
}

impl WriteSet {
    /// Adds the row of an access beside the newest leaf; nothing where the decision left none.
    pub fn accessed(&mut self, at: Timestamp, access: Access) {
        if let Some(leaf) = self.audit.last() {
            self.access.entries.push(AccessEntry { at, access, leaf: leaf.commitment });
        }
    }
}

impl<T> Decided<T> {
    /// The same decision with the row of its access, where it was not refused.
    #[must_use]
    pub fn accessed(mut self, at: Timestamp, access: Access) -> Self {
        if self.answer.is_ok() {
            self.writes.accessed(at, access);
        }
        self
    }
}
