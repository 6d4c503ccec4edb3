//! Signals, as the organisation's own staff send and see them.

mod chain;

use brygga_crypto::{Digest, sha256};
use brygga_domain::signal::{NextStep, Signal, SignalStep, SignalSubject, StepReason, TakenStep};
use brygga_domain::{
    AgreementId, ConsentId, DisclosureGround, MessageId, NoticeId, OrgId, Reason, Refusal,
    Timestamp, UnitId,
};
use brygga_proto::local::v1 as proto;
use brygga_proto::signal::v1::signal_content::Content;
use jiff::civil::Date;
use prost::Message;
use zeroize::Zeroizing;

pub use self::chain::ChainLink;
use self::chain::chain_to_proto;
use super::notice::municipality;
use crate::code;
use crate::field::{
    from_bytes, from_bytes_or_none, from_text_or_none, invalid, required, text_or_empty,
};
use crate::signal::{SignalContent, check_clear, day_or_none, signal_content};
use crate::time;

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/signal-wish\0";

/// A signal as somebody sends it.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalWish {
    /// Chosen by the caller.
    pub idempotency_key: [u8; 16],
    /// Of everything that is said.
    pub digest: Digest,
    /// What it is about.
    pub subject: SignalSubject,
    /// The municipality where the dwelling is, or where the person is registered.
    pub target: OrgId,
    /// Function there, as far as one is named.
    pub target_unit: Option<UnitId>,
    /// Own function that sends; none for the intake.
    pub source_unit: Option<UnitId>,
    /// Agreement; none for the only one that permits it.
    pub agreement_id: Option<AgreementId>,
    /// An earlier signal that it goes on from.
    pub replaces: Option<NoticeId>,
    /// Its day.
    pub on: Option<Date>,
    /// Of arrears: how many days late the rent is.
    pub days_late: u32,
    /// The secrecy rule of a release or a discharge.
    pub ground: Option<DisclosureGround>,
    /// Who it is about.
    pub content: SignalContent,
}

/// Reads a signal that somebody sends.
///
/// # Errors
/// The field at fault.
pub fn signal_wish(request: proto::SendSignalRequest) -> Result<SignalWish, Refusal> {
    let encoded = Zeroizing::new(request.encode_to_vec());
    let subject = code::read(request.subject, "subject")?;
    let on = day_or_none(&request.on, "on")?;
    check_clear(subject, on, request.days_late, ["on", "days_late"])?;
    let ground = code::read_or_unset(request.ground, "ground")?;
    if ground.is_some() && !subject.is_return() {
        return Err(invalid("ground"));
    }
    let content = signal_content(required(request.content, "content")?)?;
    if !content.suits_subject(subject) {
        return Err(invalid("content"));
    }
    Ok(SignalWish {
        idempotency_key: from_bytes(&request.idempotency_key, "idempotency_key")?,
        digest: sha256(&[DIGEST_CONTEXT, &encoded]),
        subject,
        target: municipality(&request.municipality)?,
        target_unit: from_text_or_none(&request.target_unit, "target_unit")?,
        source_unit: from_text_or_none(&request.source_unit, "source_unit")?,
        agreement_id: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
        replaces: from_bytes_or_none(&request.replaces, "replaces")?,
        on,
        days_late: request.days_late,
        ground,
        content,
    })
}

/// A step as somebody takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct StepWish {
    /// The signal.
    pub id: NoticeId,
    /// What is done.
    pub step: SignalStep,
    /// The day, with [`SignalStep::TenantServed`].
    pub on: Option<Date>,
    /// Why a visit comes before any letter.
    pub reason: Option<StepReason>,
    /// What is sealed with it.
    pub content: Option<SignalContent>,
    /// The person's consent.
    pub consent_id: Option<ConsentId>,
    /// Kronofogden's notice, with [`SignalStep::EvictionNotice`].
    pub notice: Option<NoticeId>,
}

impl StepWish {
    /// The step, told by a message at an instant.
    pub const fn next(&self, message_id: MessageId, at: Timestamp) -> NextStep {
        let Self { step, on, reason, notice, .. } = *self;
        NextStep { message_id, step, at, on, reason, notice }
    }
}

/// Reads a step that somebody takes.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] and [`Reason::ContentForbidden`] at `content`,
/// [`Reason::ConsentMissing`] where a consent is needed and none is named.
pub fn step_wish(request: proto::TakeSignalStepRequest) -> Result<StepWish, Refusal> {
    let step: SignalStep = code::read(request.act, "act")?;
    if step == SignalStep::Superseded {
        return Err(invalid("act"));
    }
    let content = match (request.content, step.has_content()) {
        (None, false) => None,
        (Some(_), false) => return Err(Refusal::at(Reason::ContentForbidden, "content")),
        (content, true) => Some(signal_content(required(content, "content")?)?),
    };
    if content.as_ref().is_some_and(|content| !content.suits_step(step)) {
        return Err(invalid("content"));
    }
    let consent_id = from_bytes_or_none(&request.consent_id, "consent_id")?;
    let tells_of_person = step == SignalStep::RentSecured
        || content.as_ref().is_some_and(SignalContent::names_occupant);
    match (tells_of_person, consent_id) {
        (true, None) => return Err(Refusal::at(Reason::ConsentMissing, "consent_id")),
        (false, Some(_)) => return Err(invalid("consent_id")),
        (true, Some(_)) | (false, None) => {}
    }
    Ok(StepWish {
        id: signal_id(&request.signal_id)?,
        step,
        on: day_or_none(&request.on, "on")?,
        reason: code::read_or_unset(request.reason, "reason")?,
        content,
        consent_id,
        notice: from_bytes_or_none(&request.notice_id, "notice_id")?,
    })
}

/// Reads the identifier in a request about one signal.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `signal_id`.
pub fn signal_id(bytes: &[u8]) -> Result<NoticeId, Refusal> {
    from_bytes(bytes, "signal_id")
}

/// A signal as it is shown at an instant to whoever may show it.
pub fn signal_to_proto(signal: &Signal, now: Timestamp) -> proto::Signal {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    proto::Signal {
        signal_id: signal.id.as_bytes().to_vec(),
        subject: code::number_or_unset(Some(signal.subject)),
        sender: signal.sender.to_string(),
        recipient: signal.recipient.to_string(),
        recipient_unit: text_or_empty(signal.recipient_unit.as_ref()),
        on: day(signal.on),
        priority: signal.priority.iter().map(|mark| code::number_or_unset(Some(*mark))).collect(),
        sent_at: Some(time::to_proto(signal.sent_at)),
        arrived_at: signal.arrived_at.map(time::to_proto),
        steps: signal.steps.iter().map(step_to_proto).collect(),
        outcome: code::number_or_unset(signal.outcome),
        redeem_by: day(signal.redeem_by()),
        earliest_decision: day(signal.earliest_decision()),
        due_at: signal.next_due(now).map(time::to_proto),
        alarm: code::number_or_unset(signal.alarm(now)),
        days_unhandled: signal.days_unhandled(now),
        reason: signal.not_taken.map_or("", Reason::as_str).to_owned(),
        replaces: signal.replaces.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
    }
}

fn step_to_proto(taken: &TakenStep) -> proto::TakenStep {
    proto::TakenStep {
        act: code::number_or_unset(Some(taken.step)),
        at: Some(time::to_proto(taken.at)),
        is_late: taken.is_late,
        reason: code::number_or_unset(taken.reason),
    }
}

/// What of a signal is about people, as far as this node can open it.
#[derive(Clone, Debug, Default)]
pub struct SignalSecrets {
    /// What it was given with.
    pub content: Option<SignalContent>,
    /// What the municipality undertook last.
    pub undertaking: Option<SignalContent>,
    /// Who lives there, as it was told last.
    pub occupant: Option<SignalContent>,
}

/// A signal with its content.
pub fn signal_details(
    signal: &Signal,
    secrets: SignalSecrets,
    chain: &[ChainLink],
    now: Timestamp,
) -> proto::ShowSignalResponse {
    let opened = |content: Option<SignalContent>| content.and_then(|one| one.into_proto().content);
    let undertaking = match opened(secrets.undertaking) {
        Some(Content::Undertaking(undertaking)) => Some(undertaking),
        _ => None,
    };
    let occupant = match opened(secrets.occupant) {
        Some(Content::Occupant(occupant)) => occupant.name,
        _ => String::new(),
    };
    proto::ShowSignalResponse {
        signal: Some(signal_to_proto(signal, now)),
        content: secrets.content.map(SignalContent::into_proto),
        undertaking,
        occupant,
        chain: chain.iter().map(chain_to_proto).collect(),
    }
}
