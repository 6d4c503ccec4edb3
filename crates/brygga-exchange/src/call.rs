//! Calls for places: one asks all parties of an agreement, and the first valid answer wins.
//!
//! The caller decides who was first ([`place`], [`call_off`], [`lapse`]); whoever is asked holds its places and answers
//! in one transaction ([`answer`]). An answer wins in the transaction that stores it at the caller (`receive/call.rs`),
//! and whoever has not won takes its places back in the one that stores the receipt ([`settle_answer`]) or hears that
//! the call is over.

mod answer;
mod end;
mod place;

use brygga_crypto::sha256;
use brygga_domain::capacity::{Call, Hold, ReceivedCall};
use brygga_domain::{CallId, OrgId};

use crate::Key;
use crate::capacity::ServiceHeld;
use crate::records::{Chain, IdempotencyKey};

pub(crate) use answer::release;
pub use answer::{Answering, answer, settle_answer};
pub(crate) use end::tell_all;
pub use end::{call_off, lapse};
pub use place::{Placing, place};

/// A call that begins, and the caller's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCall {
    /// The call.
    pub call: Call,
    /// The caller's key, so that a repeat gives the same call.
    pub idempotency: IdempotencyKey,
}

/// What a decision changes about calls. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallWrites {
    /// Own calls that begin.
    pub new: Vec<NewCall>,
    /// Own calls that changed, each with the revision that it had; another one is a conflict.
    pub changed: Vec<(Call, u32)>,
    /// Others' calls that arrive.
    pub received: Vec<ReceivedCall>,
    /// Others' calls that changed, each with the revision that it had; another one is a conflict.
    pub received_changed: Vec<(ReceivedCall, u32)>,
}

impl CallWrites {
    /// Every call that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let new = self.new.iter().map(|new| new.call.id);
        let changed = self.changed.iter().map(|(call, _)| call.id);
        let received = self.received.iter().map(|call| call.id);
        let moved = self.received_changed.iter().map(|(call, _)| call.id);
        let given = self.new.iter().map(|new| Key::Idempotency(new.idempotency.key));
        new.chain(changed).chain(received).chain(moved).map(Key::Call).chain(given)
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.new.extend(other.new);
        self.changed.extend(other.changed);
        self.received.extend(other.received);
        self.received_changed.extend(other.received_changed);
    }
}

/// An own call with its thread with each party, as it is stored now.
#[derive(Clone, Debug)]
pub struct OpenCall {
    /// The call.
    pub call: Call,
    /// The threads, in the order of the parties.
    pub threads: Vec<(OrgId, Option<Chain>)>,
}

/// Another's call that was answered, with the places that are held for it; none of them where it was not.
#[derive(Clone, Debug)]
pub struct AnsweredCall {
    /// The call.
    pub call: ReceivedCall,
    /// The hold of the answer.
    pub hold: Option<Hold>,
    /// The services of its items, with their holds.
    pub services: Vec<ServiceHeld>,
    /// The hold's thread with the caller.
    pub hold_chain: Option<Chain>,
}

/// The call's own id as the key of the hold that comes of it: the store lets one call become one hold.
pub(crate) fn key_of(id: CallId) -> IdempotencyKey {
    IdempotencyKey { key: *id.as_bytes(), request_digest: sha256(&[id.as_bytes()]) }
}
