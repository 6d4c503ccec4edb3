//! Protected relocations as the store keeps them: sealed to officers, named by nothing.
//!
//! What happens in a case is decided by [`brygga_domain::relocation`] in the moment in which an officer has opened it.
//! The audit log says of each such moment the same word and nothing more; who, which case and what stand in the sealed
//! access log, which reviewers open.

use std::collections::BTreeSet;

use brygga_crypto::SealingPublicKey;
use brygga_crypto::officer::LockedKey;
use brygga_domain::relocation::Reciprocity;
use brygga_domain::{OfficerId, RelocationId, Timestamp, UnitId};

use crate::audit::{Actor, Verdict, leaf};
use crate::records::{AuditLeaf, ContentAtRest};
use crate::{Key, Local};

/// What the audit log says of everything that officers do.
const ACTION: &str = "relocation";

/// A protected officer, as the store knows one: a handle and two keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// Handle.
    pub id: OfficerId,
    /// What records are sealed to.
    pub public_key: SealingPublicKey,
    /// What opens them, under a passphrase.
    pub locked_key: LockedKey,
    /// Who the officer is, sealed to the officer.
    pub profile: Vec<u8>,
    /// Units of the officer's token when the officer enrolled.
    pub units: BTreeSet<UnitId>,
    /// Whether the officer reviews the access log instead of having cases.
    pub is_reviewer: bool,
}

/// A case as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRelocation {
    /// Which.
    pub id: RelocationId,
    /// The record, sealed to the case's officers and encrypted under a key of the vault.
    pub record: ContentAtRest,
    /// 1 for the first; each change adds one.
    pub revision: u32,
    /// First instant of the day on which something is in time at the latest.
    pub due_on: Option<Timestamp>,
    /// First instant of the day from which it is to be purged.
    pub purge_on: Option<Timestamp>,
    /// What the purge adds to the balance, encrypted under the record's key; none once it is added, and then for good.
    pub tally: Option<Vec<u8>>,
}

/// What is kept of a case before its key is destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Which case.
    pub id: RelocationId,
    /// Over the record, and a salt that nobody has.
    pub commitment: [u8; 32],
    /// What is added to the balance; none for a case that did not come to its end.
    pub reciprocity: Option<Reciprocity>,
}

/// One line of the access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedAccess {
    /// Random.
    pub id: [u8; 16],
    /// First instant of the day.
    pub day: Timestamp,
    /// Who, which case, what and when: sealed to the reviewers.
    pub sealed: Vec<u8>,
}

/// What a decision changes about relocations. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelocationWrites {
    /// Officers who enrol.
    pub officers: Vec<Officer>,
    /// Cases that begin.
    pub new: Vec<StoredRelocation>,
    /// Cases that changed, to the revision after the one that was held; another one is a conflict.
    pub changed: Vec<StoredRelocation>,
    /// Cases that are purged next, once each.
    pub settled: Vec<Settlement>,
    /// What officers did.
    pub accesses: Vec<SealedAccess>,
}

impl RelocationWrites {
    /// Every case that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let written = self.new.iter().chain(&self.changed).map(|stored| stored.id);
        written.chain(self.settled.iter().map(|settled| settled.id)).map(Key::Relocation)
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.officers.extend(other.officers);
        self.new.extend(other.new);
        self.changed.extend(other.changed);
        self.settled.extend(other.settled);
        self.accesses.extend(other.accesses);
    }
}

/// The audit log's leaf of something that officers did: that, and no more.
pub fn relocation_leaf(local: &mut Local<'_>) -> AuditLeaf {
    leaf(local, &Actor::Officer, ACTION, "", &Verdict::Done)
}
