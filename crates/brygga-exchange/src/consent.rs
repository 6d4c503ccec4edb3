//! Consent at the organisation that collected it: recorded, narrowed, and withdrawn at once.

use brygga_domain::consent::{Consent, Narrowing, Use};
use brygga_domain::offer::Offer;
use brygga_domain::referral::Referral;
use brygga_domain::stop::StopReason;
use brygga_domain::{Reason, Timestamp};
use brygga_wire::envelope::SignedEnvelope;

use crate::audit::{Actor, Verdict, leaf, refused};
use crate::offer::{OpenOffer, drop_ground};
use crate::records::OutboxEntry;
use crate::stop::{order, take_back};
use crate::{Decided, Local, WriteSet};

/// Keeps a consent.
pub fn record(local: &mut Local<'_>, actor: &Actor, consent: Consent) -> Decided<Consent> {
    let consent = consent.recorded(local.now);
    let audit =
        leaf(local, actor, "consent.record", &consent.consent_id.to_string(), &Verdict::Done);
    let writes =
        WriteSet { consents: vec![consent.clone()], audit: vec![audit], ..WriteSet::default() };
    Decided { writes, answer: Ok(consent) }
}

/// What a consent carries when it changes.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// Messages with sealed content that wait to be sent on its ground.
    pub queued: Vec<OutboxEntry>,
    /// Referrals of this source that rest on it and are not stopped yet.
    pub referrals: Vec<Referral>,
    /// Open referrals of this source that rest on it and are not over yet.
    pub offers: Vec<OpenOffer>,
}

/// Ends a consent: what is queued on its ground is dropped and every recipient is told to stop. The
/// answer counts the dropped messages. Never refused; one that is withdrawn already stays so.
pub fn withdraw(
    local: &mut Local<'_>,
    actor: &Actor,
    mut consent: Consent,
    carried: Carried,
) -> Decided<u32> {
    consent.withdraw(local.now);
    let subject = consent.consent_id.to_string();
    let reason = (StopReason::ConsentWithdrawn, Reason::ConsentWithdrawn);
    let (mut writes, dropped) = stop(local, actor, carried, reason);
    writes.consents.push(consent);
    writes.audit.push(leaf(local, actor, "consent.withdraw", &subject, &Verdict::Done));
    Decided { writes, answer: Ok(dropped) }
}

/// Narrows a consent: what it covers no more is dropped and stopped as by a withdrawal.
pub fn narrow(
    local: &mut Local<'_>,
    actor: &Actor,
    mut consent: Consent,
    left: Narrowing,
    carried: Carried,
) -> Decided<(Consent, u32)> {
    let subject = consent.consent_id.to_string();
    if let Err(refusal) = consent.narrow(left, local.now) {
        return refused(local, actor, "consent.narrow", &subject, refusal);
    }
    let is_beyond = |referral: &Referral| {
        let wanted = Use {
            recipient: &referral.target,
            unit: referral.target_unit.as_ref(),
            categories: &referral.grant.data_categories,
            third_persons: &[],
        };
        consent.check_scope(wanted).is_err() || consent.valid_until <= local.now
    };
    let referrals: Vec<Referral> = carried.referrals.into_iter().filter(is_beyond).collect();
    let is_dropped = |entry: &OutboxEntry| {
        referrals.iter().any(|referral| referral.conversation() == entry.conversation)
            || is_note_beyond(&consent, entry, local.now)
    };
    let queued = carried.queued.into_iter().filter(is_dropped).collect();
    let is_beyond = |open: &OpenOffer| !covers_somebody(&consent, &open.offer);
    let offers = carried.offers.into_iter().filter(is_beyond).collect();
    let beyond = Carried { queued, referrals, offers };
    let reason = (StopReason::ConsentNarrowed, Reason::ConsentScope);
    let (mut writes, dropped) = stop(local, actor, beyond, reason);
    writes.consents.push(consent.clone());
    writes.audit.push(leaf(local, actor, "consent.narrow", &subject, &Verdict::Done));
    Decided { writes, answer: Ok((consent, dropped)) }
}

/// Whether a note that waits tells more than a consent covers now, or tells it to somebody else.
fn is_note_beyond(consent: &Consent, entry: &OutboxEntry, now: Timestamp) -> bool {
    // A cover has the header of its message, which names what is inside.
    let Some(cover) = &entry.cover else { return false };
    let Ok(cover) = SignedEnvelope::decode(cover) else { return true };
    let header = cover.header();
    let wanted = Use {
        recipient: &header.recipient,
        unit: header.recipient_unit.as_ref(),
        categories: header.sealed.as_ref().map_or(&[], |sealed| &sealed.data_categories),
        third_persons: &[],
    };
    consent.check_scope(wanted).is_err() || consent.valid_until <= now
}

/// Whether any party of an offer could still have its content.
fn covers_somebody(consent: &Consent, offer: &Offer) -> bool {
    consent.recipients.iter().any(|named| {
        let wanted = Use {
            recipient: &named.organisation,
            unit: named.unit.as_ref(),
            categories: &offer.basis.data_categories,
            third_persons: &offer.basis.third_persons,
        };
        offer.parties.contains(&named.organisation) && consent.check_scope(wanted).is_ok()
    })
}

fn stop(
    local: &mut Local<'_>,
    actor: &Actor,
    carried: Carried,
    (reason, of_messages): (StopReason, Reason),
) -> (WriteSet, u32) {
    let dropped = u32::try_from(carried.queued.len()).unwrap_or(u32::MAX);
    let mut writes = take_back(local, &carried.queued, of_messages);
    for referral in carried.referrals {
        writes.merge(order(local, referral, reason));
    }
    for offer in carried.offers {
        writes.merge(drop_ground(local, actor, offer));
    }
    (writes, dropped)
}
