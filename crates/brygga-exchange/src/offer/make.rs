//! The source offers: every party is asked for whom agreement, ground and consent would let the content
//! go, so that a claim does not fail later for a reason that was known.

use brygga_domain::consent::Consent;
use brygga_domain::offer::{Offer, OfferBasis, OfferState, OpenRequest};
use brygga_domain::{
    DataCategory, OfferId, Reason, Refusal, ThirdPersonRelation, Timestamp, UnitId,
};
use brygga_policy::{AgreementBook, Permit, Principal, closest};
use brygga_wire::envelope::MessageType;
use brygga_wire::local::OfferTerms;
use brygga_wire::offer::encode_offered;

use super::{NewOffer, facts, wish_to};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::{ContentAtRest, IdempotencyKey};
use crate::referral::{RequestContext, permit};
use crate::{Decided, Local, WriteSet};

/// An offer before it is decided, with its content encrypted.
#[derive(Clone, Debug)]
pub struct Making {
    /// The offer to be.
    pub id: OfferId,
    /// Who makes it, by the opaque subject of the token.
    pub made_by: String,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
    /// Kinds of data in the content.
    pub categories: Vec<DataCategory>,
    /// Whether it is about a child.
    pub child: bool,
    /// Others than the person whom it tells of.
    pub third_persons: Vec<ThirdPersonRelation>,
    /// The content.
    pub content: ContentAtRest,
}

/// What an offer is decided against.
#[derive(Clone, Copy)]
pub struct OfferContext<'a> {
    /// The own organisation.
    pub source: &'a Principal,
    /// The other participants of the agreement, as far as the registry lists them.
    pub others: &'a [Principal],
    /// Agreements that this node holds.
    pub agreements: &'a AgreementBook,
    /// The consent that the terms name, where this node holds it.
    pub consent: Option<&'a Consent>,
}

/// A party that may have it.
struct Eligible<'a> {
    party: &'a Principal,
    /// Functions that may claim; empty for any.
    units: Vec<UnitId>,
    permit: Permit,
}

/// Decides an offer. The caller has looked for its idempotency key and found nothing.
///
/// Refused with the obstacle that is closest where no party may have it: [`Reason::ConsentScope`] where the
/// consent covers none of them, [`Reason::NotFound`] where the agreement is absent or has no other participant.
pub fn make(
    local: &mut Local<'_>,
    making: Making,
    terms: &OfferTerms,
    context: OfferContext<'_>,
) -> Decided<Offer> {
    let (actor, subject) = (Actor::User(making.made_by.clone()), making.id.to_string());
    let (offer, eligible) = match decide(local.now, &making, terms, context) {
        Ok(decided) => decided,
        Err(refusal) => return refused(local, &actor, "offer.make", &subject, refusal),
    };
    let mut writes = WriteSet::default();
    for Eligible { party, units, permit } in &eligible {
        let draft = Draft {
            message_id: local.message_id(),
            message_type: MessageType::ReferralOffered,
            recipient: party.organisation.clone(),
            recipient_unit: None,
            conversation: offer.conversation(),
            agreement: Some((permit.agreement_id(), permit.version())),
            expires_at: local.message_end(),
            payload: encode_offered(offer.id, &offer.asked, units),
            sealed: None,
        };
        writes.merge(compose(local, draft, None).writes());
    }
    // Of one agreement, so that all of them are of one version.
    let clause = eligible.first().map_or(Verdict::Done, |one| Verdict::permitted(&one.permit));
    writes.audit.push(leaf(local, &actor, "offer.make", &subject, &clause));
    let Making { idempotency, content, .. } = making;
    writes.offers.new.push(NewOffer { offer: offer.clone(), idempotency, content });
    Decided { writes, answer: Ok(offer) }
}

fn decide<'a>(
    now: Timestamp,
    making: &Making,
    terms: &OfferTerms,
    context: OfferContext<'a>,
) -> Result<(Offer, Vec<Eligible<'a>>), Refusal> {
    let mut offer = draft(now, making, terms)?;
    let (mut eligible, mut refusals) = (Vec::new(), Vec::new());
    for party in context.others {
        match check_party(now, &offer, party, context) {
            Ok(one) => eligible.push(one),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let Some(first) = eligible.first() else {
        let absent = Refusal::at(Reason::NotFound, "agreement_id");
        return Err(closest(refusals).unwrap_or(absent));
    };
    let mut claim_by = now.plus(first.permit.respond_within(terms.priority));
    if let Some(consent) = context.consent.filter(|_| first.permit.ground().rests_on_consent()) {
        claim_by = claim_by.min(consent.usable_until(first.permit.consent_max_days()));
    }
    offer.asked.claim_by = claim_by;
    offer.basis.agreement_version = first.permit.version();
    offer.parties = eligible.iter().map(|one| one.party.organisation.clone()).collect();
    Ok((offer, eligible))
}

/// The offer before it is known who may have it.
fn draft(now: Timestamp, making: &Making, terms: &OfferTerms) -> Result<Offer, Refusal> {
    let ground = terms.ground.ok_or(Refusal::at(Reason::GroundMissing, "disclosure_ground"))?;
    let basis = terms.gdpr_basis.ok_or(Refusal::at(Reason::GdprBasisNotAllowed, "gdpr_basis"))?;
    Ok(Offer {
        id: making.id,
        asked: OpenRequest {
            priority: terms.priority,
            subject: terms.subject,
            service_type: terms.service_type.clone(),
            host_municipality: terms.host_municipality.clone(),
            home_municipality: terms.home_municipality.clone(),
            acute_duty: terms.acute_duty,
            source_unit: terms.source_unit.clone(),
            about_child: making.child,
            claim_by: now,
        },
        basis: OfferBasis {
            agreement_id: terms.agreement_id,
            agreement_version: 0,
            ground,
            gdpr_basis: basis,
            data_categories: making.categories.clone(),
            third_persons: making.third_persons.clone(),
            consent_id: terms.consent_id,
            contact_policy: terms.contact_policy,
            part_of: terms.part_of,
            affirmations: terms.affirmations.clone(),
        },
        made_by: making.made_by.clone(),
        made_at: now,
        parties: Vec::new(),
        state: OfferState::Open,
        revision: 1,
    })
}

/// Asks the gate for a whole party, and where the consent names functions of it only, for each of these.
fn check_party<'a>(
    now: Timestamp,
    offer: &Offer,
    party: &'a Principal,
    context: OfferContext<'_>,
) -> Result<Eligible<'a>, Refusal> {
    let request = RequestContext {
        source: context.source,
        target: party,
        agreements: context.agreements,
        consent: context.consent,
        // Asked when somebody claims it.
        quota_use: None,
        knows_earlier: false,
    };
    let ask = |unit: Option<&UnitId>| {
        permit(now, &wish_to(offer, &party.organisation, unit), facts(offer), request)
    };
    let whole = match ask(None) {
        Ok(permit) => return Ok(Eligible { party, units: Vec::new(), permit }),
        Err(refusal) => refusal,
    };
    let named = context.consent.into_iter().flat_map(|consent| &consent.recipients);
    let named = named.filter(|recipient| recipient.organisation == party.organisation);
    let mut found: Option<Eligible<'a>> = None;
    for unit in named.filter_map(|recipient| recipient.unit.as_ref()) {
        let Ok(permit) = ask(Some(unit)) else { continue };
        let one = found.get_or_insert(Eligible { party, units: Vec::new(), permit });
        one.units.push(unit.clone());
    }
    found.ok_or(whole)
}
