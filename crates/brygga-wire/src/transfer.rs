//! The transfer of a case as it travels. Who the person is stands in the sealed content, and nowhere else.

mod content;
#[cfg(test)]
mod tests;

use brygga_domain::transfer::{Position, TransferAct, TransferDirection};
use brygga_domain::{Reason, Refusal, TransferId, UnitId};
use brygga_proto::transfer::v1 as proto;
use jiff::civil::Date;
use prost::Message;

pub use content::{
    RecordedWish, TransferContent, content_from_proto, content_to_proto, decode_content,
    decode_words, encode_words, own_words, words_from_text,
};

use crate::code;
use crate::envelope::{Header, MessageType};
use crate::field::{from_bytes, from_text_or_none, invalid, text_or_empty};

/// What a request says besides its sealed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// The transfer.
    pub id: TransferId,
    /// Which way the case is to go.
    pub direction: TransferDirection,
    /// Function that asks; none for the intake.
    pub requester_unit: Option<UnitId>,
    /// Whether it is about somebody under 18.
    pub about_child: bool,
}

/// The payload of `transfer.requested`.
pub fn encode_requested(requested: &Requested) -> Vec<u8> {
    proto::TransferRequested {
        transfer_id: requested.id.as_bytes().to_vec(),
        direction: code::number_or_unset(Some(requested.direction)),
        requester_unit: text_or_empty(requested.requester_unit.as_ref()),
        about_child: requested.about_child,
    }
    .encode_to_vec()
}

/// Reads the payload of `transfer.requested`.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where nothing is sealed.
pub fn decode_requested(payload: &[u8], header: &Header) -> Result<Requested, Refusal> {
    let payload = proto::TransferRequested::decode(payload).map_err(|_| invalid("payload"))?;
    check_sealed(header)?;
    Ok(Requested {
        id: thread(&payload.transfer_id, header)?,
        direction: code::read(payload.direction, "payload.direction")?,
        requester_unit: from_text_or_none(&payload.requester_unit, "payload.requester_unit")?,
        about_child: payload.about_child,
    })
}

/// The type and payload by which the other is told what was done.
pub fn encode_act(id: TransferId, act: &TransferAct) -> (MessageType, Vec<u8>) {
    let transfer_id = id.as_bytes().to_vec();
    match act {
        TransferAct::Answer(position) => {
            let position = code::number_or_unset(Some(*position));
            let answered = proto::TransferAnswered { transfer_id, position };
            (MessageType::TransferAnswered, answered.encode_to_vec())
        }
        TransferAct::Withdraw => {
            let withdrawn = proto::TransferWithdrawn { transfer_id };
            (MessageType::TransferWithdrawn, withdrawn.encode_to_vec())
        }
        TransferAct::HandOver => {
            let handed_over = proto::TransferHandedOver { transfer_id };
            (MessageType::TransferHandedOver, handed_over.encode_to_vec())
        }
        TransferAct::Apply { .. }
        | TransferAct::Decide { .. }
        | TransferAct::Appeal { .. }
        | TransferAct::Finalise { .. } => {
            let escalated = escalated(transfer_id, act);
            (MessageType::TransferEscalated, escalated.encode_to_vec())
        }
    }
}

fn escalated(transfer_id: Vec<u8>, act: &TransferAct) -> proto::TransferEscalated {
    use proto::EscalationStep as Step;
    let (step, on, outcome, after_appeal) = match act {
        TransferAct::Apply { on } => (Step::Applied, Some(*on), None, false),
        TransferAct::Decide { on, outcome } => (Step::Decided, Some(*on), Some(*outcome), false),
        TransferAct::Appeal { on } => (Step::Appealed, Some(*on), None, false),
        TransferAct::Finalise { on, outcome, after_appeal } => {
            (Step::Final, Some(*on), Some(*outcome), *after_appeal)
        }
        TransferAct::Answer(_) | TransferAct::Withdraw | TransferAct::HandOver => {
            (Step::Unspecified, None, None, false)
        }
    };
    proto::TransferEscalated {
        transfer_id,
        step: step.into(),
        on: text_or_empty(on.as_ref()),
        outcome: code::number_or_unset(outcome),
        after_appeal,
    }
}

/// Reads what the other did.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where an answer or a hand-over has nothing sealed.
pub fn decode_act(payload: &[u8], header: &Header) -> Result<(TransferId, TransferAct), Refusal> {
    let bad = |_| invalid("payload");
    match header.message_type {
        MessageType::TransferAnswered => {
            let said = proto::TransferAnswered::decode(payload).map_err(bad)?;
            check_sealed(header)?;
            let position: Position = code::read(said.position, "payload.position")?;
            Ok((thread(&said.transfer_id, header)?, TransferAct::Answer(position)))
        }
        MessageType::TransferWithdrawn => {
            let said = proto::TransferWithdrawn::decode(payload).map_err(bad)?;
            Ok((thread(&said.transfer_id, header)?, TransferAct::Withdraw))
        }
        MessageType::TransferHandedOver => {
            let said = proto::TransferHandedOver::decode(payload).map_err(bad)?;
            check_sealed(header)?;
            Ok((thread(&said.transfer_id, header)?, TransferAct::HandOver))
        }
        MessageType::TransferEscalated => {
            let said = proto::TransferEscalated::decode(payload).map_err(bad)?;
            Ok((thread(&said.transfer_id, header)?, escalation(&said)?))
        }
        _ => Err(invalid("header.message_type")),
    }
}

fn escalation(said: &proto::TransferEscalated) -> Result<TransferAct, Refusal> {
    use proto::EscalationStep as Step;
    let on = day(&said.on, "payload.on")?;
    let outcome = || code::read(said.outcome, "payload.outcome");
    Ok(match Step::try_from(said.step).unwrap_or(Step::Unspecified) {
        Step::Applied => TransferAct::Apply { on },
        Step::Decided => TransferAct::Decide { on, outcome: outcome()? },
        Step::Appealed => TransferAct::Appeal { on },
        Step::Final => {
            let after_appeal = said.after_appeal;
            TransferAct::Finalise { on, outcome: outcome()?, after_appeal }
        }
        Step::Unspecified => return Err(invalid("payload.step")),
    })
}

/// A Swedish day, as `2026-11-23`.
///
/// # Errors
/// [`Reason::InvalidField`].
pub fn day(text: &str, field: &'static str) -> Result<Date, Refusal> {
    let day: Date = text.parse().map_err(|_| invalid(field))?;
    let is_plain = (1900..=2200).contains(&day.year()) && day.to_string() == text;
    if is_plain { Ok(day) } else { Err(invalid(field)) }
}

fn check_sealed(header: &Header) -> Result<(), Refusal> {
    let missing = Refusal::at(Reason::GroundMissing, "header.disclosure_ground");
    header.sealed.as_ref().map(drop).ok_or(missing)
}

fn thread(id: &[u8], header: &Header) -> Result<TransferId, Refusal> {
    let id: TransferId = from_bytes(id, "payload.transfer_id")?;
    let is_thread = header.conversation.as_bytes() == id.as_bytes();
    if is_thread { Ok(id) } else { Err(invalid("header.conversation_id")) }
}
