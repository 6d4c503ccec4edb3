//! The source asks: agreement, ground and consent are checked before anything leaves the node.

use std::sync::Arc;

use brygga_crypto::{DataKey, Digest};
use brygga_domain::agreement::Action;
use brygga_domain::capacity::Hold;
use brygga_domain::consent::Consent;
use brygga_domain::referral::{Grant, Referral, Request, RequestParts, Side};
use brygga_domain::{
    DataCategory, HoldId, MessageId, OfferId, Reason, ReferralId, Refusal, ThirdPersonRelation,
    Timestamp, UnitId,
};
use brygga_policy::{
    AgreementBook, Citation, ConsentEvidence, EligibilityEvidence, Permit, Principal, QuotaUse,
    ReferralQuestion, decide_referral,
};
use brygga_wire::envelope::{MessageType, SealedInfo};
use brygga_wire::local::Wish;
use brygga_wire::referral::{encode_requested, encode_requested_with};

use crate::audit::{Actor, Verdict, leaf, refused};
use crate::capacity::{NewHold, Placing};
use crate::compose::{Draft, compose};
use crate::records::{ContentAtRest, IdempotencyKey, NewReferral};
use crate::{Decided, Local, WriteSet};

/// The personal data, sealed for the target and encrypted for the source before anything is decided.
#[derive(Clone, Debug)]
pub struct PreparedContent {
    /// Kinds of data inside.
    pub categories: Vec<DataCategory>,
    /// Whether it is about a child.
    pub child: bool,
    /// Others than the person whom it tells of.
    pub third_persons: Vec<ThirdPersonRelation>,
    /// Commitment to the clear content.
    pub commitment: Digest,
    /// Key that it is sealed to.
    pub sealing_key_id: String,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// The source's own copy.
    pub at_rest: ContentAtRest,
    /// The key of that copy, for whoever stores the envelope under it as well; none in a simulation.
    pub key: Option<Arc<DataKey>>,
}

/// What the gate is told of a content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContentFacts<'a> {
    pub(crate) categories: &'a [DataCategory],
    pub(crate) child: bool,
    pub(crate) third_persons: &'a [ThirdPersonRelation],
}

impl PreparedContent {
    fn facts(&self) -> ContentFacts<'_> {
        let Self { categories, child, third_persons, .. } = self;
        ContentFacts { categories, child: *child, third_persons }
    }
}

/// What a request is decided against.
#[derive(Clone, Copy)]
pub struct RequestContext<'a> {
    /// The own organisation.
    pub source: &'a Principal,
    /// The organisation that is asked.
    pub target: &'a Principal,
    /// Agreements that this node holds.
    pub agreements: &'a AgreementBook,
    /// The consent that the wish names, where this node holds it.
    pub consent: Option<&'a Consent>,
    /// How much the target has given away of its quotas; none where that is not asked.
    pub quota_use: Option<&'a QuotaUse>,
    /// Whether the target is a party of the earlier referral that the wish continues; only then it is told.
    pub knows_earlier: bool,
}

/// The identifiers that were chosen before the content was sealed, and the caller's key.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The referral to be.
    pub referral_id: ReferralId,
    /// The message to be.
    pub message_id: MessageId,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
    /// Who asks.
    pub actor: Actor,
    /// Function that asks on behalf of the source unit; none where that asks.
    pub shared_unit: Option<UnitId>,
    /// Places at the target that are to be held with it.
    pub places: Option<Placing>,
}

/// Decides a request.
///
/// The caller has already looked for its idempotency key and found nothing.
/// A refusal is stored as an audit leaf and nothing else.
pub fn request(
    local: &mut Local<'_>,
    asked: &Asked,
    wish: &Wish,
    content: &PreparedContent,
    context: RequestContext<'_>,
) -> Decided<Referral> {
    request_for(local, asked, wish, content, context, None)
}

/// As [`request`], for the referral that answers a claim of an open one.
pub(crate) fn request_for(
    local: &mut Local<'_>,
    asked: &Asked,
    wish: &Wish,
    content: &PreparedContent,
    context: RequestContext<'_>,
    offer: Option<OfferId>,
) -> Decided<Referral> {
    let subject = asked.referral_id.to_string();
    let permit = match permit(local.now, wish, content.facts(), context) {
        Ok(permit) => permit,
        Err(refusal) => return refused(local, &asked.actor, "referral.request", &subject, refusal),
    };
    let mut referral = begin(local, asked, wish, content, context, &permit);
    referral.request.offer = offer;
    referral.shared_unit.clone_from(&asked.shared_unit);
    let places = match held_with(local, asked, &referral) {
        Ok(places) => places,
        Err(refusal) => return refused(local, &asked.actor, "referral.request", &subject, refusal),
    };
    let hold = places.as_ref().map(|new| &new.hold);
    let draft = draft(local, asked, content, told(&referral, context), hold);
    let composed = compose(local, draft, None);
    let clause = Verdict::permitted(&permit);
    let audit = leaf(local, &asked.actor, "referral.request", &subject, &clause);
    let new = NewReferral {
        referral: referral.clone(),
        request_message: asked.message_id,
        idempotency: Some(asked.idempotency.clone()),
        content: Some(content.at_rest.clone()),
    };
    let mut writes = WriteSet { new_referrals: vec![new], audit: vec![audit], ..composed.writes() };
    writes.capacity.new_holds.extend(places);
    Decided { writes, answer: Ok(referral) }
}

/// The places that are to be held with it: under the same agreement, with the referral's id and in its thread.
fn held_with(
    local: &Local<'_>,
    asked: &Asked,
    referral: &Referral,
) -> Result<Option<NewHold>, Refusal> {
    let Some(placing) = &asked.places else { return Ok(None) };
    if placing.agreement != (referral.grant.agreement_id, referral.grant.agreement_version) {
        return Err(Refusal::at(Reason::AgreementScope, "places.items"));
    }
    let hold = placing.hold(HoldId::from_bytes(*referral.id.as_bytes()), local);
    Ok(Some(NewHold { hold, idempotency: Some(placing.idempotency.clone()) }))
}

/// The referral as the target is told of it: a stranger to the earlier one learns nothing of it.
fn told(referral: &Referral, context: RequestContext<'_>) -> Referral {
    let part_of = referral.request.part_of.filter(|_| context.knows_earlier);
    let request = Request { part_of, ..referral.request.clone() };
    Referral { request, ..referral.clone() }
}

/// The message that carries the request.
fn draft(
    local: &Local<'_>,
    asked: &Asked,
    content: &PreparedContent,
    referral: Referral,
    hold: Option<&Hold>,
) -> Draft {
    let Grant { agreement_id, agreement_version, ground, gdpr_basis, .. } = referral.grant;
    let sealed = SealedInfo {
        content_commitment: content.commitment,
        sealing_key_id: content.sealing_key_id.clone(),
        ground,
        gdpr_basis,
        data_categories: content.categories.clone(),
    };
    let expires_at = message_end(local, &referral.grant);
    let payload = match hold {
        Some(hold) => encode_requested_with(&referral, hold, expires_at),
        None => encode_requested(&referral),
    };
    Draft {
        message_id: asked.message_id,
        message_type: MessageType::ReferralRequested,
        recipient: referral.target.clone(),
        recipient_unit: referral.target_unit.clone(),
        conversation: referral.conversation(),
        agreement: Some((agreement_id, agreement_version)),
        expires_at,
        payload,
        sealed: Some((sealed, content.sealed.clone())),
    }
}

/// Asks the gate, and checks what it does not know of.
pub(crate) fn permit(
    now: Timestamp,
    wish: &Wish,
    content: ContentFacts<'_>,
    context: RequestContext<'_>,
) -> Result<Permit, Refusal> {
    if wish.target == context.source.organisation {
        return Err(Refusal::at(Reason::InvalidField, "target"));
    }
    let question = ReferralQuestion {
        action: Action::ReferralSend,
        sender: context.source,
        recipient: context.target,
        sender_unit: wish.source_unit.as_ref(),
        recipient_unit: wish.target_unit.as_ref(),
        subject: wish.subject,
        service_type: &wish.service_type,
        categories: content.categories,
        ground: wish.ground,
        gdpr: wish.gdpr_basis,
        child: content.child,
        third_persons: content.third_persons,
        agreements: context.agreements,
        citation: wish.agreement.map_or(Citation::Unnamed, Citation::Current),
        consent: context.consent.map_or(ConsentEvidence::None, ConsentEvidence::Record),
        eligibility: EligibilityEvidence::Affirmed(&wish.affirmations),
        quota_use: context.quota_use,
        now,
    };
    let permit = decide_referral(&question)?;
    for (municipality, field) in [
        (&wish.host_municipality, "host_municipality"),
        (&wish.home_municipality, "home_municipality"),
    ] {
        if municipality.as_ref().is_some_and(|named| named.kommunkod().is_none()) {
            return Err(Refusal::at(Reason::InvalidField, field));
        }
    }
    if wish.acute_duty && wish.host_municipality.is_none() {
        return Err(Refusal::at(Reason::InvalidField, "host_municipality"));
    }
    Ok(permit)
}

fn begin(
    local: &Local<'_>,
    asked: &Asked,
    wish: &Wish,
    content: &PreparedContent,
    context: RequestContext<'_>,
    permit: &Permit,
) -> Referral {
    let consent = context.consent.filter(|_| permit.ground().rests_on_consent());
    let consent = consent
        .map(|consent| (consent.consent_id, consent.usable_until(permit.consent_max_days())));
    let grant = Grant {
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        ground: permit.ground(),
        gdpr_basis: permit.gdpr_basis(),
        data_categories: content.categories.clone(),
        consent,
        eligibility: permit.eligibility().cloned(),
        counts_since: permit.counts_since(local.now),
    };
    let request = Request {
        priority: wish.priority,
        subject: wish.subject,
        service_type: wish.service_type.clone(),
        host_municipality: wish.host_municipality.clone(),
        home_municipality: wish.home_municipality.clone(),
        acute_duty: wish.acute_duty,
        source_unit: wish.source_unit.clone(),
        respond_by: local.now.plus(permit.respond_within(wish.priority)),
        contact_policy: wish.contact_policy,
        recipient_chosen_by_person: wish.recipient_chosen_by_person,
        about_child: content.child,
        part_of: wish.part_of,
        offer: None,
        take_on_by: local.now.plus(permit.take_on_within(wish.priority)),
    };
    let parts = RequestParts {
        source: local.organisation.clone(),
        target: wish.target.clone(),
        target_unit: wish.target_unit.clone(),
        request,
        grant,
    };
    Referral::requested(asked.referral_id, Side::Source, parts, local.now)
}

/// A message never outlives the consent that it rests on.
fn message_end(local: &Local<'_>, grant: &Grant) -> Timestamp {
    let end = local.message_end();
    grant.consent.map_or(end, |(_, usable_until)| usable_until.min(end))
}
