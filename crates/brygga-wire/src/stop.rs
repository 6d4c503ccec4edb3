//! The order to stop processing, and its answer. Both travel in the thread that the stop's id names.

use brygga_domain::stop::{ProcessingStop, StillHeld, StopAnswer, StopReason};
use brygga_domain::{ReferralId, Refusal, StopId};
use brygga_proto::consent::v1 as proto;
use brygga_proto::consent::v1::processing_stopped::Held;
use prost::Message;

use crate::code;
use crate::envelope::Header;
use crate::field::{filled_text, from_bytes, invalid, required};
use crate::time;

/// Longest name of a section of law, in characters.
const MAX_STATUTE_CHARS: usize = 64;

/// An order to stop, as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopRequested {
    /// The order.
    pub id: StopId,
    /// Referral that must not be worked on any more.
    pub referral_id: ReferralId,
    /// Why.
    pub reason: StopReason,
}

/// The payload of `processing.stop_requested`.
pub fn encode_stop_requested(stop: &ProcessingStop) -> Vec<u8> {
    proto::ProcessingStopRequested {
        stop_id: stop.id.as_bytes().to_vec(),
        referral_id: stop.referral_id.as_bytes().to_vec(),
        reason: code::number_or_unset(Some(stop.reason)),
    }
    .encode_to_vec()
}

/// Reads the payload of `processing.stop_requested`.
///
/// # Errors
/// The field at fault.
pub fn decode_stop_requested(payload: &[u8], header: &Header) -> Result<StopRequested, Refusal> {
    let payload =
        proto::ProcessingStopRequested::decode(payload).map_err(|_| invalid("payload"))?;
    Ok(StopRequested {
        id: own_thread(&payload.stop_id, header)?,
        referral_id: from_bytes(&payload.referral_id, "payload.referral_id")?,
        reason: code::read(payload.reason, "payload.reason")?,
    })
}

/// The payload of `processing.stopped`.
pub fn encode_stopped(stop: &ProcessingStop, answer: &StopAnswer) -> Vec<u8> {
    stopped_to_proto(stop, answer).encode_to_vec()
}

/// Reads the payload of `processing.stopped`.
///
/// # Errors
/// The field at fault.
pub fn decode_stopped(
    payload: &[u8],
    header: &Header,
) -> Result<(StopId, ReferralId, StopAnswer), Refusal> {
    let payload = proto::ProcessingStopped::decode(payload).map_err(|_| invalid("payload"))?;
    let held = match required(payload.held, "payload.held")? {
        Held::Erased(proto::Erased {}) => StillHeld::Erased,
        Held::NothingHeld(proto::NothingHeld {}) => StillHeld::NothingHeld,
        Held::RetainedBecause(because) => {
            let field = "payload.retained_because.statute";
            StillHeld::RetainedBecause {
                statute: filled_text(because.statute, MAX_STATUTE_CHARS, field)?,
            }
        }
    };
    let at = time::from_proto(payload.stopped_at, "payload.stopped_at")?;
    Ok((
        own_thread(&payload.stop_id, header)?,
        from_bytes(&payload.referral_id, "payload.referral_id")?,
        StopAnswer { at, held },
    ))
}

pub(crate) fn stopped_to_proto(
    stop: &ProcessingStop,
    answer: &StopAnswer,
) -> proto::ProcessingStopped {
    let held = match &answer.held {
        StillHeld::Erased => Held::Erased(proto::Erased {}),
        StillHeld::NothingHeld => Held::NothingHeld(proto::NothingHeld {}),
        StillHeld::RetainedBecause { statute } => {
            Held::RetainedBecause(proto::RetainedBecause { statute: statute.clone() })
        }
    };
    proto::ProcessingStopped {
        stop_id: stop.id.as_bytes().to_vec(),
        referral_id: stop.referral_id.as_bytes().to_vec(),
        stopped_at: Some(time::to_proto(answer.at)),
        held: Some(held),
    }
}

/// A stop's identifier, which must be the thread's.
fn own_thread(bytes: &[u8], header: &Header) -> Result<StopId, Refusal> {
    let id: StopId = from_bytes(bytes, "payload.stop_id")?;
    if header.conversation.as_bytes() == id.as_bytes() {
        Ok(id)
    } else {
        Err(invalid("header.conversation_id"))
    }
}

#[cfg(test)]
mod tests {
    use brygga_domain::referral::Side;
    use brygga_domain::{ConversationId, Reason};

    use super::*;
    use crate::samples::{NOW, header, nybro, referral_id};

    fn stop() -> ProcessingStop {
        ProcessingStop {
            id: StopId::from_bytes([7; 16]),
            side: Side::Source,
            peer: nybro(),
            referral_id: referral_id(),
            reason: StopReason::ConsentWithdrawn,
            requested_at: NOW,
            answer: None,
        }
    }

    fn in_thread() -> Header {
        Header { conversation: ConversationId::from_bytes([7; 16]), ..header() }
    }

    #[test]
    fn an_order_comes_back_with_every_reason() {
        for reason in StopReason::ALL {
            let stop = ProcessingStop { reason: *reason, ..stop() };
            let read = decode_stop_requested(&encode_stop_requested(&stop), &in_thread());
            let sent =
                StopRequested { id: stop.id, referral_id: stop.referral_id, reason: *reason };
            assert_eq!(read, Ok(sent));
        }
    }

    #[test]
    fn every_answer_comes_back() {
        let statute = "SoL 16:1".to_owned();
        let retained = StillHeld::RetainedBecause { statute };
        for held in [StillHeld::Erased, StillHeld::NothingHeld, retained] {
            let answer = StopAnswer { at: NOW, held };
            let read = decode_stopped(&encode_stopped(&stop(), &answer), &in_thread());
            assert_eq!(read, Ok((stop().id, stop().referral_id, answer)));
        }
    }

    #[test]
    fn an_order_outside_its_own_thread_and_an_answer_without_a_law_are_refused() {
        let elsewhere = decode_stop_requested(&encode_stop_requested(&stop()), &header());
        assert_eq!(elsewhere, Err(invalid("header.conversation_id")));
        let held = StillHeld::RetainedBecause { statute: String::new() };
        let read =
            decode_stopped(&encode_stopped(&stop(), &StopAnswer { at: NOW, held }), &in_thread());
        let refused = Refusal::at(Reason::InvalidField, "payload.retained_because.statute");
        assert_eq!(read, Err(refused));
        let nothing = proto::ProcessingStopped {
            held: None,
            ..stopped_to_proto(&stop(), &StopAnswer { at: NOW, held: StillHeld::Erased })
        };
        let read = decode_stopped(&nothing.encode_to_vec(), &in_thread());
        assert_eq!(read, Err(invalid("payload.held")));
    }
}
