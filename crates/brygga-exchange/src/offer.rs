//! Open referrals: offered without personal data, claimed by whoever is first, and then an ordinary
//! referral between two.
//!
//! The source decides ([`make`], [`fulfil`], [`withdraw`], [`expire`]); a party claims ([`claim`]). A claim
//! wins when it arrives, in the transaction that stores it (`receive/offer.rs`); the content is sealed to
//! the winner afterwards, outside any transaction, and [`fulfil`] sends it. A crash in between leaves the
//! offer claimed and the node's clock to finish it.

mod claim;
mod end;
mod fulfil;
mod make;
#[cfg(test)]
mod tests;

use brygga_domain::offer::{Offer, ReceivedOffer};
use brygga_domain::{OrgId, UnitId};
use brygga_wire::local::Wish;

use crate::Key;
use crate::records::{Chain, ContentAtRest, IdempotencyKey};
use crate::referral::ContentFacts;

pub use claim::claim;
pub(crate) use end::{drop_ground, tell_end};
pub use end::{expire, give_up, withdraw};
pub use fulfil::{Fulfilment, fulfil};
pub use make::{Making, OfferContext, make};

/// A new offer and what is stored with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOffer {
    /// The offer.
    pub offer: Offer,
    /// The caller's key, so that a repeat gives the same offer.
    pub idempotency: IdempotencyKey,
    /// The personal data, which stay here until somebody claims.
    pub content: ContentAtRest,
}

/// What a decision changes about offers. Stored with the rest of its [`crate::WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferWrites {
    /// Own offers that begin.
    pub new: Vec<NewOffer>,
    /// Own offers that changed, each with the revision that it had; another one is a conflict.
    pub changed: Vec<(Offer, u32)>,
    /// Others' offers that arrive.
    pub received: Vec<ReceivedOffer>,
    /// Others' offers that changed, each with the revision that it had.
    pub received_changed: Vec<(ReceivedOffer, u32)>,
}

impl OfferWrites {
    /// Every offer that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let new = self.new.iter().map(|new| new.offer.id);
        let changed = self.changed.iter().map(|(offer, _)| offer.id);
        let received = self.received.iter().map(|offer| offer.id);
        let moved = self.received_changed.iter().map(|(offer, _)| offer.id);
        let given = self.new.iter().map(|new| Key::Idempotency(new.idempotency.key));
        new.chain(changed).chain(received).chain(moved).map(Key::Offer).chain(given)
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.new.extend(other.new);
        self.changed.extend(other.changed);
        self.received.extend(other.received);
        self.received_changed.extend(other.received_changed);
    }
}

/// An own offer with its thread with each party that was told, as it is stored now.
#[derive(Clone, Debug)]
pub struct OpenOffer {
    /// The offer.
    pub offer: Offer,
    /// The threads, in the order of the parties.
    pub threads: Vec<(OrgId, Option<Chain>)>,
}

/// What the gate is told of an offer's content.
pub(crate) fn facts(offer: &Offer) -> ContentFacts<'_> {
    ContentFacts {
        categories: &offer.basis.data_categories,
        child: offer.asked.about_child,
        third_persons: &offer.basis.third_persons,
    }
}

/// The offer as a request to one party.
pub(crate) fn wish_to(offer: &Offer, target: &OrgId, target_unit: Option<&UnitId>) -> Wish {
    let Offer { asked, basis, .. } = offer;
    Wish {
        target: target.clone(),
        target_unit: target_unit.cloned(),
        agreement: Some(basis.agreement_id),
        priority: asked.priority,
        subject: asked.subject,
        service_type: asked.service_type.clone(),
        host_municipality: asked.host_municipality.clone(),
        home_municipality: asked.home_municipality.clone(),
        acute_duty: asked.acute_duty,
        source_unit: asked.source_unit.clone(),
        ground: Some(basis.ground),
        gdpr_basis: Some(basis.gdpr_basis),
        contact_policy: basis.contact_policy,
        // Whoever is first gets it: nobody was chosen.
        recipient_chosen_by_person: false,
        part_of: basis.part_of,
        affirmations: basis.affirmations.clone(),
    }
}
