//! A referral as a row: the one place that knows which column holds what.

use brygga_domain::agreement::{Priority, SubjectArea};
use brygga_domain::referral::{
    BusinessStatus, ContactPolicy, Decline, DeclineParty, Escalation, Grant, NextStep, Outcome,
    OutcomeResult, Referral, Request, Review, ReviewResult, Side, Status, StatusReason, TakenOn,
};
use brygga_domain::{DisclosureGround, GdprBasis, OrgId, Reason, ReferralId, Timestamp, UnitId};
use brygga_exchange::records::{ContentAtRest, NewReferral, ReferralEvent};
use sqlx::any::AnyRow;

use crate::error::StorageError;
use crate::row::StoredRow;
use crate::text_form::{
    advice_from_text, advice_to_text, categories_from_text, categories_to_text,
    eligibility_from_text, eligibility_to_text, term_from_text, term_to_text,
};
use crate::values::Values;

/// In `own_unit`: the intake, which is no unit; no unit can have this name.
pub(super) const INTAKE: &str = "*";

/// Puts a new referral, in the order of the insert's columns.
pub(super) fn bind_new(new: &NewReferral, values: &mut Values) {
    let NewReferral { referral, request_message, idempotency, content } = new;
    let own_unit = match referral.side {
        Side::Source => &referral.request.source_unit,
        Side::Target => &referral.target_unit,
    };
    values
        .bytes(referral.id.as_bytes())
        .text(side_to_text(referral.side))
        .text(referral.source.as_str())
        .text(referral.target.as_str())
        .text_or_null(unit_text(referral.target_unit.as_ref()))
        .text(unit_text(own_unit.as_ref()).unwrap_or(INTAKE))
        .text(referral.status.as_str())
        .number(referral.version)
        .instant(referral.requested_at)
        .instant(referral.changed_at)
        .instant(referral.request.respond_by)
        .instant(referral.answer_due)
        .bytes_or_null(idempotency.as_ref().map(|held| held.key.as_slice()))
        .bytes_or_null(idempotency.as_ref().map(|held| held.request_digest.as_bytes().as_slice()))
        .bytes(request_message.as_bytes());
    bind_request(&referral.request, values);
    bind_grant(&referral.grant, values);
    bind_status(referral, values);
    let Request { about_child, part_of, offer, take_on_by, .. } = referral.request;
    values
        .instant(take_on_by)
        .instant(referral.take_on_due)
        .instant_or_null(escalate_at(referral))
        .number(about_child)
        .bytes_or_null(part_of.as_ref().map(|id| id.as_bytes().as_slice()))
        .bytes_or_null(offer.as_ref().map(|id| id.as_bytes().as_slice()));
    values
        .bytes_or_null(content.as_ref().map(|held| held.key_slot.as_bytes().as_slice()))
        .bytes_or_null(content.as_ref().map(|held| held.ciphertext.as_slice()))
        .text_or_null(unit_text(referral.shared_unit.as_ref()));
}

/// Puts what events change, in the order of the update's columns.
pub(super) fn bind_progress(referral: &Referral, values: &mut Values) {
    values.text(referral.status.as_str()).number(referral.version).instant(referral.changed_at);
    bind_status(referral, values);
    let decline = match &referral.status {
        Status::Rejected(decline) => Some(decline),
        _ => None,
    };
    let proposal = decline.and_then(Decline::proposal);
    let advice = decline.and_then(Decline::advice).map(advice_to_text);
    let laid = referral.escalation.as_ref();
    values
        .text_or_null(proposal.map(OrgId::as_str))
        .instant_or_null(escalate_at(referral))
        .number(laid.map_or(0, |laid| laid.level))
        .text_or_null(laid.and_then(|laid| unit_text(laid.unit.as_ref())))
        .text_or_null(referral.business_status.map(BusinessStatus::as_str))
        .instant_or_null(referral.loop_closed_at)
        .text_or_null(referral.review.map(review_to_text))
        .number(referral.is_stopped)
        .text_or_null(advice.as_deref());
}

/// Only the target's clock lays it before others.
fn escalate_at(referral: &Referral) -> Option<Timestamp> {
    referral.escalation_due().filter(|_| referral.side == Side::Target)
}

fn bind_request(request: &Request, values: &mut Values) {
    values
        .text(request.priority.as_str())
        .text(request.subject.as_str())
        .text(&term_to_text(&request.service_type))
        .text_or_null(request.host_municipality.as_ref().map(OrgId::as_str))
        .text_or_null(request.home_municipality.as_ref().map(OrgId::as_str))
        .number(request.acute_duty)
        .text_or_null(unit_text(request.source_unit.as_ref()))
        .text(request.contact_policy.as_str())
        .number(request.recipient_chosen_by_person);
}

fn bind_grant(grant: &Grant, values: &mut Values) {
    let (consent_id, valid_until) = grant.consent.unzip();
    values
        .bytes(grant.agreement_id.as_bytes())
        .number(grant.agreement_version)
        .text(&grant.rule_id)
        .text(grant.ground.as_str())
        .text(grant.gdpr_basis.as_str())
        .text(&categories_to_text(&grant.data_categories))
        .bytes_or_null(consent_id.as_ref().map(|id| id.as_bytes().as_slice()))
        .instant_or_null(valid_until)
        .text_or_null(grant.eligibility.as_ref().map(eligibility_to_text).as_deref())
        .instant_or_null(grant.counts_since);
}

/// The details of the status and the human receipt.
fn bind_status(referral: &Referral, values: &mut Values) {
    let (decline, outcome) = match &referral.status {
        Status::Rejected(decline) => (Some(decline), None),
        Status::Completed(outcome) => (None, Some(outcome)),
        _ => (None, None),
    };
    let reason = match &referral.status {
        Status::CancellationRequested { reason }
        | Status::Cancelled { reason }
        | Status::OnHold { reason }
        | Status::Failed { reason } => Some(*reason),
        Status::Rejected(decline) => Some(decline.reason()),
        Status::Requested
        | Status::Accepted
        | Status::InProgress
        | Status::Expired
        | Status::EnteredInError
        | Status::Completed(_) => None,
    };
    let place_type = outcome.and_then(|outcome| outcome.place_type.as_ref()).map(term_to_text);
    let taken_on = referral.taken_on.as_ref();
    values
        .text_or_null(reason.map(StatusReason::as_str))
        .text_or_null(decline.map(|decline| decline.party().as_str()))
        .text_or_null(decline.and_then(Decline::next_step).map(NextStep::as_str))
        .text_or_null(outcome.map(|outcome| outcome.result.as_str()))
        .text_or_null(place_type.as_deref())
        .text_or_null(taken_on.and_then(|taken_on| unit_text(taken_on.unit.as_ref())))
        .instant_or_null(taken_on.map(|taken_on| taken_on.act_by));
}

/// Reads a row.
pub(super) fn referral(row: &StoredRow<'_>) -> Result<Referral, StorageError> {
    Ok(Referral {
        id: row.fixed("id")?,
        side: row.coded("side", side_from_text)?,
        source: row.coded("source", organisation)?,
        target: row.coded("target", organisation)?,
        target_unit: row.coded_or_null("target_unit", unit)?,
        request: request(row)?,
        grant: grant(row)?,
        requested_at: row.instant("requested_at")?,
        version: row.count("version")?,
        status: status(row)?,
        taken_on: taken_on(row)?,
        changed_at: row.instant("changed_at")?,
        answer_due: row.instant("answer_due")?,
        take_on_due: row.instant("take_on_due")?,
        escalation: escalation(row)?,
        business_status: row.coded_or_null("business_status", BusinessStatus::parse)?,
        loop_closed_at: row.instant_or_null("loop_closed_at")?,
        review: row.coded_or_null("review", review_from_text)?,
        is_stopped: row.flag("is_stopped")?,
        shared_unit: row.coded_or_null("shared_unit", unit)?,
    })
}

/// Reads the personal data at rest, from a row that has it.
pub(super) fn content(row: &StoredRow<'_>) -> Result<ContentAtRest, StorageError> {
    Ok(ContentAtRest {
        key_slot: row.fixed("key_slot")?,
        ciphertext: row.bytes("content")?.to_vec(),
    })
}

/// Reads an event.
pub(super) fn event(id: ReferralId, row: &AnyRow) -> Result<ReferralEvent, StorageError> {
    let row = StoredRow::new("referral_event", "referral_seq", row);
    let progressed = row.bytes("progressed")?.to_vec();
    Ok(ReferralEvent { referral_id: id, version: row.count("version")?, progressed })
}

fn request(row: &StoredRow<'_>) -> Result<Request, StorageError> {
    Ok(Request {
        priority: row.coded("priority", Priority::parse)?,
        subject: row.coded("subject", SubjectArea::parse)?,
        service_type: row.coded("service_type", term_from_text)?,
        host_municipality: row.coded_or_null("host_municipality", organisation)?,
        home_municipality: row.coded_or_null("home_municipality", organisation)?,
        acute_duty: row.flag("acute_duty")?,
        source_unit: row.coded_or_null("source_unit", unit)?,
        respond_by: row.instant("respond_by")?,
        contact_policy: row.coded("contact_policy", ContactPolicy::parse)?,
        recipient_chosen_by_person: row.flag("recipient_chosen_by_person")?,
        about_child: row.flag("about_child")?,
        part_of: row.fixed_or_null("part_of")?,
        offer: row.fixed_or_null("offer_id")?,
        take_on_by: row.instant("take_on_by")?,
    })
}

fn grant(row: &StoredRow<'_>) -> Result<Grant, StorageError> {
    let consent = match row.bytes_or_null("consent_id")? {
        None => None,
        Some(_) => Some((row.fixed("consent_id")?, row.instant("consent_valid_until")?)),
    };
    Ok(Grant {
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        rule_id: row.text("rule_id")?.to_owned(),
        ground: row.coded("ground", DisclosureGround::parse)?,
        gdpr_basis: row.coded("gdpr_basis", GdprBasis::parse)?,
        data_categories: row.coded("data_categories", categories_from_text)?,
        consent,
        eligibility: row.coded_or_null("eligibility", eligibility_from_text)?,
        counts_since: row.instant_or_null("counts_since")?,
    })
}

fn status(row: &StoredRow<'_>) -> Result<Status, StorageError> {
    let reason = || row.coded("status_reason", StatusReason::parse);
    Ok(match row.text("status")? {
        "REQUESTED" => Status::Requested,
        "ACCEPTED" => Status::Accepted,
        "IN_PROGRESS" => Status::InProgress,
        "CANCELLATION_REQUESTED" => Status::CancellationRequested { reason: reason()? },
        "REJECTED" => Status::Rejected(decline(row, reason()?)?),
        "CANCELLED" => Status::Cancelled { reason: reason()? },
        "EXPIRED" => Status::Expired,
        "ON_HOLD" => Status::OnHold { reason: reason()? },
        "FAILED" => Status::Failed { reason: reason()? },
        "ENTERED_IN_ERROR" => Status::EnteredInError,
        "COMPLETED" => Status::Completed(Outcome {
            result: row.coded("outcome", OutcomeResult::parse)?,
            place_type: row.coded_or_null("place_type", term_from_text)?,
        }),
        _ => return Err(row.inconsistent("status")),
    })
}

fn decline(row: &StoredRow<'_>, reason: StatusReason) -> Result<Decline, StorageError> {
    let party = row.coded("declined_by", DeclineParty::parse)?;
    let next_step = row.coded_or_null("next_step", NextStep::parse)?;
    let decline = match row.coded_or_null("advice", advice_from_text)? {
        Some(advice) => Decline::with_advice(party, reason, next_step, advice),
        None => Decline::new(party, reason, next_step),
    };
    let decline = decline.map_err(|refusal| {
        row.inconsistent(match refusal.reason {
            Reason::NextStepMissing => "next_step",
            Reason::AdviceMissing => "advice",
            _ => "declined_by",
        })
    })?;
    match row.coded_or_null("rerouted_to", organisation)? {
        Some(proposal) => {
            decline.rerouted_to(proposal).map_err(|_| row.inconsistent("rerouted_to"))
        }
        None => Ok(decline),
    }
}

fn taken_on(row: &StoredRow<'_>) -> Result<Option<TakenOn>, StorageError> {
    let unit = row.coded_or_null("taken_on_unit", unit)?;
    let act_by = row.instant_or_null("taken_on_act_by")?;
    Ok(act_by.map(|act_by| TakenOn { unit, act_by }))
}

fn escalation(row: &StoredRow<'_>) -> Result<Option<Escalation>, StorageError> {
    let level: u8 = row.count("escalation_level")?;
    let unit = row.coded_or_null("escalated_unit", unit)?;
    Ok((level > 0).then_some(Escalation { level, unit }))
}

const fn review_to_text(review: Review) -> &'static str {
    match review {
        Review::Requested => "REQUESTED",
        Review::Done(result) => result.as_str(),
    }
}

fn review_from_text(text: &str) -> Option<Review> {
    match text {
        "REQUESTED" => Some(Review::Requested),
        _ => ReviewResult::parse(text).map(Review::Done),
    }
}

pub(crate) const fn side_to_text(side: Side) -> &'static str {
    match side {
        Side::Source => "SOURCE",
        Side::Target => "TARGET",
    }
}

pub(crate) fn side_from_text(text: &str) -> Option<Side> {
    match text {
        "SOURCE" => Some(Side::Source),
        "TARGET" => Some(Side::Target),
        _ => None,
    }
}

fn organisation(text: &str) -> Option<OrgId> {
    OrgId::parse(text).ok()
}

fn unit(text: &str) -> Option<UnitId> {
    UnitId::parse(text).ok()
}

fn unit_text(unit: Option<&UnitId>) -> Option<&str> {
    unit.map(UnitId::as_str)
}
