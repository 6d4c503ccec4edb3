//! Cases that move between municipalities, as the organisation's own staff ask and see.

use brygga_crypto::{Digest, sha256};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::transfer::{Outcome, Position, Transfer, TransferDirection};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal, Timestamp, TransferId, UnitId};
use brygga_proto::local::v1 as proto;
use jiff::civil::Date;
use prost::Message;
use zeroize::Zeroizing;

use crate::code;
use crate::field::{
    from_bytes, from_bytes_or_none, from_text, from_text_or_none, invalid, required, text_or_empty,
};
use crate::time;
use crate::transfer::{TransferContent, content_from_proto, content_to_proto, day, own_words};

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/transfer-wish\0";

/// A transfer as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferWish {
    /// Chosen by the caller.
    pub idempotency_key: [u8; 16],
    /// Of everything that is asked.
    pub digest: Digest,
    /// Municipality that is asked.
    pub target: OrgId,
    /// Function there; none for its intake.
    pub target_unit: Option<UnitId>,
    /// Own function that asks; none for the intake.
    pub source_unit: Option<UnitId>,
    /// Which way the case is to go.
    pub direction: TransferDirection,
    /// Agreement; none for the only one that permits it.
    pub agreement_id: Option<AgreementId>,
    /// Who the person is, and what is decided by.
    pub content: TransferContent,
}

/// Reads a request. Of somebody who is protected nothing is read but that.
///
/// # Errors
/// The field at fault; [`Reason::ProtectedWay`] for a person with protection; [`Reason::ContentForbidden`] at a text
/// with somebody else's identity number.
pub fn transfer_wish(request: proto::RequestTransferRequest) -> Result<TransferWish, Refusal> {
    match request.protection() {
        proto::Protection::None => {}
        proto::Protection::Protected => {
            return Err(Refusal::at(Reason::ProtectedWay, "protection"));
        }
        proto::Protection::Unspecified => return Err(invalid("protection")),
    }
    let encoded = Zeroizing::new(request.encode_to_vec());
    let content = content_from_proto(required(request.content.clone(), "content")?)?;
    content.check_texts()?;
    Ok(TransferWish {
        idempotency_key: from_bytes(&request.idempotency_key, "idempotency_key")?,
        digest: sha256(&[DIGEST_CONTEXT, &encoded]),
        target: from_text(&request.target, "target")?,
        target_unit: from_text_or_none(&request.target_unit, "target_unit")?,
        source_unit: from_text_or_none(&request.source_unit, "source_unit")?,
        direction: code::read(request.direction, "direction")?,
        agreement_id: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
        content,
    })
}

/// What somebody did, before it is known how the case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferDeed {
    /// Answered, and why.
    Answer(Position, Sensitive<String>),
    /// Took it back.
    Withdraw,
    /// Applied to IVO.
    Apply(Date),
    /// IVO decided.
    Decide(Date, Outcome),
    /// Appealed.
    Appeal(Date),
    /// Verified laga kraft.
    Finalise(Date, Outcome),
    /// Handed over, and what.
    HandOver(Sensitive<String>),
}

impl TransferDeed {
    /// The words that go with it, sealed.
    pub const fn words(&self) -> Option<&Sensitive<String>> {
        match self {
            Self::Answer(_, words) | Self::HandOver(words) => Some(words),
            _ => None,
        }
    }
}

/// Reads what somebody did.
///
/// # Errors
/// The field at fault.
pub fn transfer_deed(
    request: proto::ActOnTransferRequest,
) -> Result<(TransferId, TransferDeed), Refusal> {
    use proto::act_on_transfer_request::Act;
    let id = transfer_id(&request.transfer_id)?;
    let deed = match required(request.act, "act")? {
        Act::Answer(said) => {
            let position = code::read(said.position, "answer.position")?;
            TransferDeed::Answer(position, own_words(said.words)?)
        }
        Act::Withdraw(_) => TransferDeed::Withdraw,
        Act::Apply(said) => TransferDeed::Apply(day(&said.on, "on")?),
        Act::Decide(said) => {
            TransferDeed::Decide(day(&said.on, "on")?, code::read(said.outcome, "outcome")?)
        }
        Act::Appeal(said) => TransferDeed::Appeal(day(&said.on, "on")?),
        Act::Finalise(said) => {
            TransferDeed::Finalise(day(&said.on, "on")?, code::read(said.outcome, "outcome")?)
        }
        Act::HandOver(said) => TransferDeed::HandOver(own_words(said.words)?),
    };
    Ok((id, deed))
}

/// Reads the identifier in a request about one transfer.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `transfer_id`.
pub fn transfer_id(bytes: &[u8]) -> Result<TransferId, Refusal> {
    from_bytes(bytes, "transfer_id")
}

/// A transfer as it is shown at an instant.
pub fn transfer_to_proto(transfer: &Transfer, now: Timestamp) -> proto::Transfer {
    let times = transfer.times();
    let due = transfer.due(now);
    let day = |day: Option<Date>| text_or_empty(day.as_ref());
    let instant = |at: Option<Timestamp>| at.map(time::to_proto);
    let (position, answered_at) = transfer.answer.unzip();
    let (decided_on, decided) = transfer.decided.unzip();
    let (appealed_on, appealed_by) = transfer.appealed.clone().unzip();
    proto::Transfer {
        transfer_id: transfer.id.as_bytes().to_vec(),
        requester: transfer.requester.to_string(),
        asked: transfer.asked.to_string(),
        requester_unit: text_or_empty(transfer.requester_unit.as_ref()),
        asked_unit: text_or_empty(transfer.asked_unit.as_ref()),
        direction: code::number_or_unset(Some(transfer.direction)),
        about_child: transfer.about_child,
        agreement_id: transfer.agreement_id.as_bytes().to_vec(),
        status: code::number_or_unset(Some(transfer.status(now))),
        responsible: transfer.responsible().to_string(),
        reason: transfer.not_taken.map_or("", Reason::as_str).to_owned(),
        requested_at: instant(Some(transfer.requested_at)),
        arrived_at: instant(transfer.arrived_at),
        position: code::number_or_unset(position),
        answered_at: instant(answered_at),
        due: code::number_or_unset(due.map(|(due, _)| due)),
        due_on: day(due.and_then(|(_, on)| on)),
        overdue: transfer.is_overdue(now),
        breached: transfer.breaches(now),
        position_by: day(times.position_ends),
        reply_by: day(times.month_ends),
        applied_on: day(transfer.applied_on),
        ivo_by: day(times.ivo_ends),
        decided_on: day(decided_on),
        decided: code::number_or_unset(decided),
        appeal_by: day(times.appeal_ends),
        appealed_on: day(appealed_on),
        appealed_by: text_or_empty(appealed_by.as_ref()),
        final_on: day(transfer.finalised.map(|finality| finality.on)),
        outcome: code::number_or_unset(transfer.finalised.map(|finality| finality.outcome)),
        withdrawn_at: instant(transfer.withdrawn_at),
        handed_over_at: instant(transfer.handed_over_at),
    }
}

/// What of a transfer is about the person, as far as this node can open it.
#[derive(Clone, Debug, Default)]
pub struct TransferSecrets {
    /// The request.
    pub content: Option<TransferContent>,
    /// Why the other agrees or does not.
    pub answer: Option<Sensitive<String>>,
    /// What was handed over.
    pub hand_over: Option<Sensitive<String>>,
}

/// A transfer with its content.
pub fn transfer_details(
    transfer: &Transfer,
    secrets: &TransferSecrets,
    now: Timestamp,
) -> proto::ShowTransferResponse {
    let words = |words: Option<&Sensitive<String>>| {
        words.map(|words| words.expose().clone()).unwrap_or_default()
    };
    proto::ShowTransferResponse {
        transfer: Some(transfer_to_proto(transfer, now)),
        content: secrets.content.as_ref().map(content_to_proto),
        answer_words: words(secrets.answer.as_ref()),
        hand_over_words: words(secrets.hand_over.as_ref()),
    }
}
