//! Calls for places, as the organisation's own staff and systems ask and see.

use brygga_crypto::{Digest, sha256};
use brygga_domain::capacity::{
    Call, CallEnd, CallState, HoldItem, ReceivedCall, ReceivedCallState, WantedPlaces,
};
use brygga_domain::{AgreementId, CallId, OrgId, Refusal, Seconds, Timestamp};
use brygga_proto::capacity::v1::WantedPlaces as ProtoWanted;
use brygga_proto::local::v1 as proto;
use prost::Message;

use crate::capacity::{hold_items_from_proto, wanted_from_proto, wanted_to_proto};
use crate::field::{from_bytes, invalid, required};
use crate::time;

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/call-wish\0";
/// Shortest that answers are waited for.
const ANSWER_WITHIN_MIN: Seconds = Seconds(60);

/// A call as somebody places it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallWish {
    /// Chosen by the caller.
    pub idempotency_key: [u8; 16],
    /// Of everything that is asked.
    pub digest: Digest,
    /// Agreement whose parties are asked.
    pub agreement_id: AgreementId,
    /// For how long places are to be held; none for what the agreement says.
    pub ttl: Option<Seconds>,
    /// For how long answers are waited for.
    pub answer_within: Seconds,
    /// What is looked for, before it is known for how long and until when.
    wanted: ProtoWanted,
}

impl CallWish {
    /// What is looked for, with how long the places are to be held and until when answers are taken.
    ///
    /// # Errors
    /// The field at fault.
    pub fn wanted(&self, ttl: Seconds, now: Timestamp) -> Result<WantedPlaces, Refusal> {
        // Beyond a week it is too long whatever it is.
        let ttl_seconds = u32::try_from(ttl.0).unwrap_or(u32::MAX);
        let wanted = ProtoWanted { ttl_seconds, ..self.wanted.clone() };
        wanted_from_proto(wanted, now.plus(self.answer_within))
    }
}

/// Reads what somebody looks for.
///
/// # Errors
/// The field at fault.
pub fn call_wish(request: proto::PlaceCallRequest) -> Result<CallWish, Refusal> {
    let digest = sha256(&[DIGEST_CONTEXT, &request.encode_to_vec()]);
    let wanted = required(request.wanted, "wanted")?;
    let answer_within = match request.answer_within_seconds {
        0 => WantedPlaces::ANSWER_WITHIN,
        seconds => Seconds(i64::from(seconds)),
    };
    if !(ANSWER_WITHIN_MIN..=WantedPlaces::ANSWER_WITHIN_MAX).contains(&answer_within) {
        return Err(invalid("answer_within_seconds"));
    }
    Ok(CallWish {
        idempotency_key: from_bytes(&request.idempotency_key, "idempotency_key")?,
        digest,
        agreement_id: from_bytes(&request.agreement_id, "agreement_id")?,
        ttl: Some(Seconds(i64::from(wanted.ttl_seconds))).filter(|ttl| ttl.0 > 0),
        answer_within,
        wanted,
    })
}

/// Reads the identifier in a request about one call.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `call_id`.
pub fn call_id(bytes: &[u8]) -> Result<CallId, Refusal> {
    from_bytes(bytes, "call_id")
}

/// Reads with what a call is answered.
///
/// # Errors
/// The field at fault.
pub fn call_answer(request: &proto::AnswerCallRequest) -> Result<(CallId, Vec<HoldItem>), Refusal> {
    Ok((call_id(&request.call_id)?, hold_items_from_proto(&request.items)?))
}

/// An own call as it is shown.
pub fn own_call_to_proto(call: &Call, caller: &OrgId) -> proto::Call {
    let (state, taken_by, hold) = match &call.state {
        CallState::Open => (proto::CallState::Open, None, None),
        CallState::Taken { by, hold } => (proto::CallState::Taken, Some(by), Some(hold)),
        CallState::CalledOff => (proto::CallState::CalledOff, None, None),
        CallState::Lapsed => (proto::CallState::Lapsed, None, None),
    };
    proto::Call {
        call_id: call.id.as_bytes().to_vec(),
        caller: caller.to_string(),
        wanted: Some(wanted_to_proto(&call.wanted)),
        state: state.into(),
        agreement_id: call.agreement_id.as_bytes().to_vec(),
        placed_at: Some(time::to_proto(call.placed_at)),
        parties: call.parties.iter().map(OrgId::to_string).collect(),
        taken_by: taken_by.map(OrgId::to_string).unwrap_or_default(),
        hold_id: hold.map(|hold| hold.as_bytes().to_vec()).unwrap_or_default(),
        reason: String::new(),
    }
}

/// Another's call as it is shown at an instant.
pub fn received_call_to_proto(call: &ReceivedCall, now: Timestamp) -> proto::Call {
    let standing = call.state_at(now);
    let (state, reason) = match standing {
        ReceivedCallState::Open => (proto::CallState::Open, ""),
        ReceivedCallState::Answered(_) => (proto::CallState::Answered, ""),
        ReceivedCallState::Refused(reason) => (proto::CallState::Refused, reason.as_str()),
        ReceivedCallState::Won(_) => (proto::CallState::Won, ""),
        ReceivedCallState::Ended(CallEnd::Taken) => (proto::CallState::Taken, ""),
        ReceivedCallState::Ended(CallEnd::CalledOff) => (proto::CallState::CalledOff, ""),
        ReceivedCallState::Ended(CallEnd::Lapsed) => (proto::CallState::Lapsed, ""),
    };
    proto::Call {
        call_id: call.id.as_bytes().to_vec(),
        caller: call.caller.to_string(),
        wanted: Some(wanted_to_proto(&call.wanted)),
        state: state.into(),
        agreement_id: call.agreement_id.as_bytes().to_vec(),
        placed_at: Some(time::to_proto(call.received_at)),
        parties: Vec::new(),
        taken_by: String::new(),
        hold_id: standing.hold().map(|hold| hold.as_bytes().to_vec()).unwrap_or_default(),
        reason: reason.to_owned(),
    }
}
