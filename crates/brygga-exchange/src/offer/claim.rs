//! A party claims: the promise of a person there. Whether it is first, the source decides.

use brygga_domain::offer::{OwnClaim, ReceivedOffer};
use brygga_wire::envelope::MessageType;
use brygga_wire::offer::encode_claimed;

use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::{Decided, Local, WriteSet};

/// Claims an offer; the same claim again changes nothing.
///
/// Refused as [`ReceivedOffer::claim`].
pub fn claim(
    local: &mut Local<'_>,
    mut offer: ReceivedOffer,
    claim: OwnClaim,
    chain: Option<Chain>,
) -> Decided<ReceivedOffer> {
    let (actor, subject) = (Actor::User(claim.by.clone()), offer.id.to_string());
    let (before, unit) = (offer.revision, claim.unit.clone());
    match offer.claim(claim) {
        Ok(true) => {}
        Ok(false) => return Decided { writes: WriteSet::default(), answer: Ok(offer) },
        Err(refusal) => return refused(local, &actor, "offer.claim", &subject, refusal),
    }
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::ReferralClaimed,
        recipient: offer.source.clone(),
        recipient_unit: offer.asked.source_unit.clone(),
        conversation: offer.conversation(),
        agreement: Some((offer.agreement_id, offer.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_claimed(offer.id, unit.as_ref()),
        sealed: None,
    };
    let mut writes = compose(local, draft, chain).writes();
    writes.offers.received_changed.push((offer.clone(), before));
    writes.audit.push(leaf(local, &actor, "offer.claim", &subject, &Verdict::Done));
    Decided { writes, answer: Ok(offer) }
}
