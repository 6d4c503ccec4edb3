//! The messages of a call. The thread with each party has its id.

use brygga_domain::capacity::{Call, CallEnd, Hold, HoldItem, WantedPlaces};
use brygga_domain::code::SERVICE_TYPE;
use brygga_domain::{CallId, HoldId, Refusal, Seconds, Timestamp};
use brygga_proto::capacity::v1 as proto;
use prost::Message;

use super::hold::{TTL, hold_items_from_proto, hold_items_to_proto};
use super::line::key_from_proto;
use crate::code;
use crate::envelope::Header;
use crate::field::{from_bytes, invalid, required};
use crate::time;

/// What a party says that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAnswer {
    /// The call.
    pub call: CallId,
    /// The hold.
    pub hold: HoldId,
    /// What is held.
    pub items: Vec<HoldItem>,
    /// Until when, on the party's clock.
    pub held_until: Timestamp,
}

/// The payload of `capacity.called`.
pub fn encode_called(call: &Call) -> Vec<u8> {
    let wanted = Some(wanted_to_proto(&call.wanted));
    proto::Called { call_id: call.id.as_bytes().to_vec(), wanted }.encode_to_vec()
}

/// Reads the payload of `capacity.called`.
///
/// # Errors
/// The field at fault.
pub fn decode_called(payload: &[u8], header: &Header) -> Result<(CallId, WantedPlaces), Refusal> {
    let called = proto::Called::decode(payload).map_err(|_| invalid("payload"))?;
    let id = thread(&called.call_id, header)?;
    let wanted = required(called.wanted, "payload.wanted")?;
    let answer_by = time::from_proto(wanted.answer_by, "payload.wanted.answer_by")?;
    Ok((id, wanted_from_proto(wanted, answer_by)?))
}

/// The payload of `capacity.call_answered`.
pub fn encode_call_answered(answer: &CallAnswer) -> Vec<u8> {
    proto::CallAnswered {
        call_id: answer.call.as_bytes().to_vec(),
        hold_id: answer.hold.as_bytes().to_vec(),
        items: hold_items_to_proto(&answer.items),
        held_until: Some(time::to_proto(answer.held_until)),
    }
    .encode_to_vec()
}

/// Reads the payload of `capacity.call_answered`.
///
/// # Errors
/// The field at fault.
pub fn decode_call_answered(payload: &[u8], header: &Header) -> Result<CallAnswer, Refusal> {
    let answered = proto::CallAnswered::decode(payload).map_err(|_| invalid("payload"))?;
    Ok(CallAnswer {
        call: thread(&answered.call_id, header)?,
        hold: from_bytes(&answered.hold_id, "payload.hold_id")?,
        items: hold_items_from_proto(&answered.items)?,
        held_until: time::from_proto(answered.held_until, "payload.held_until")?,
    })
}

/// The payload of `capacity.call_closed`.
pub fn encode_call_closed(id: CallId, end: CallEnd) -> Vec<u8> {
    let end = code::number_or_unset(Some(end));
    proto::CallClosed { call_id: id.as_bytes().to_vec(), end }.encode_to_vec()
}

/// Reads the payload of `capacity.call_closed`.
///
/// # Errors
/// The field at fault.
pub fn decode_call_closed(payload: &[u8], header: &Header) -> Result<(CallId, CallEnd), Refusal> {
    let closed = proto::CallClosed::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((thread(&closed.call_id, header)?, code::read(closed.end, "payload.end")?))
}

/// What is looked for as it travels.
pub fn wanted_to_proto(wanted: &WantedPlaces) -> proto::WantedPlaces {
    proto::WantedPlaces {
        service_type: Some(code::term_to_proto(&wanted.service_type)),
        place_for: code::number_or_unset(Some(wanted.line.place_for)),
        period: code::number_or_unset(Some(wanted.line.period)),
        places: wanted.places,
        with_child: wanted.with_child,
        // At most a week, as it was checked.
        ttl_seconds: u32::try_from(wanted.ttl.0).unwrap_or(u32::MAX),
        answer_by: Some(time::to_proto(wanted.answer_by)),
    }
}

/// Reads what is looked for until an instant; what it says of that itself is passed over.
///
/// # Errors
/// The field at fault.
pub fn wanted_from_proto(
    wanted: proto::WantedPlaces,
    answer_by: Timestamp,
) -> Result<WantedPlaces, Refusal> {
    if !(1..=Hold::PLACES_MAX).contains(&wanted.places) {
        return Err(invalid("wanted.places"));
    }
    if !TTL.contains(&wanted.ttl_seconds) {
        return Err(invalid("wanted.ttl_seconds"));
    }
    Ok(WantedPlaces {
        service_type: code::term_of(SERVICE_TYPE, wanted.service_type, "wanted.service_type")?,
        line: key_from_proto(wanted.place_for, wanted.period)?,
        places: wanted.places,
        with_child: wanted.with_child,
        ttl: Seconds(i64::from(wanted.ttl_seconds)),
        answer_by,
    })
}

fn thread(id: &[u8], header: &Header) -> Result<CallId, Refusal> {
    let id: CallId = from_bytes(id, "payload.call_id")?;
    let is_thread = header.conversation.as_bytes() == id.as_bytes();
    if is_thread { Ok(id) } else { Err(invalid("header.conversation_id")) }
}

#[cfg(test)]
mod tests {
    use brygga_domain::capacity::{CallState, LineKey, Period, PlaceFor};
    use brygga_domain::code::CodedTerm;
    use brygga_domain::{AgreementId, ServiceId};

    use super::*;
    use crate::envelope::MessageType;
    use crate::samples::{NOW, header};

    const ID: CallId = CallId::from_bytes([5; 16]);
    const LINE: LineKey = LineKey { place_for: PlaceFor::Women, period: Period::Night };

    fn thread() -> Header {
        let conversation = brygga_domain::ConversationId::from_bytes([5; 16]);
        Header { conversation, message_type: MessageType::CapacityCalled, ..header() }
    }

    fn call() -> Call {
        let wanted = WantedPlaces {
            service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
            line: LINE,
            places: 2,
            with_child: true,
            ttl: Seconds(600),
            answer_by: NOW.plus(Seconds(1_800)),
        };
        Call {
            id: ID,
            wanted,
            agreement_id: AgreementId::from_bytes([2; 16]),
            agreement_version: 1,
            parties: Vec::new(),
            placed_at: NOW,
            state: CallState::Open,
            changed_at: NOW,
            revision: 1,
        }
    }

    fn answer() -> CallAnswer {
        let item = HoldItem { service: ServiceId::from_bytes([7; 16]), line: LINE, places: 2 };
        let held_until = NOW.plus(Seconds(600));
        CallAnswer { call: ID, hold: HoldId::from_bytes([3; 16]), items: vec![item], held_until }
    }

    #[test]
    fn what_is_said_of_a_call_is_read_as_it_was_said() {
        let called = decode_called(&encode_called(&call()), &thread());
        assert_eq!(called, Ok((ID, call().wanted)));
        let answered = decode_call_answered(&encode_call_answered(&answer()), &thread());
        assert_eq!(answered, Ok(answer()));
        for end in CallEnd::ALL {
            let closed = decode_call_closed(&encode_call_closed(ID, *end), &thread());
            assert_eq!(closed, Ok((ID, *end)));
        }
    }

    #[test]
    fn a_call_is_refused_by_its_bad_field() {
        let refused = |change: fn(&mut proto::WantedPlaces)| {
            let mut wanted = wanted_to_proto(&call().wanted);
            change(&mut wanted);
            let payload = proto::Called { call_id: vec![5; 16], wanted: Some(wanted) };
            decode_called(&payload.encode_to_vec(), &thread()).unwrap_err().field
        };
        assert_eq!(refused(|wanted| wanted.places = 0), "wanted.places");
        assert_eq!(refused(|wanted| wanted.places = 101), "wanted.places");
        assert_eq!(refused(|wanted| wanted.ttl_seconds = 59), "wanted.ttl_seconds");
        assert_eq!(refused(|wanted| wanted.place_for = 0), "lines.place_for");
        assert_eq!(refused(|wanted| wanted.period = 9), "lines.period");
        assert_eq!(refused(|wanted| wanted.service_type = None), "wanted.service_type");
        assert_eq!(refused(|wanted| wanted.answer_by = None), "payload.wanted.answer_by");
    }

    #[test]
    fn what_is_not_of_its_thread_or_has_no_end_is_refused() {
        let other = CallAnswer { call: CallId::from_bytes([6; 16]), ..answer() };
        let field = |refused: Result<CallAnswer, Refusal>| refused.unwrap_err().field;
        let said = decode_call_answered(&encode_call_answered(&other), &thread());
        assert_eq!(field(said), "header.conversation_id");
        let none = CallAnswer { items: Vec::new(), ..answer() };
        assert_eq!(field(decode_call_answered(&encode_call_answered(&none), &thread())), "items");
        let closed = proto::CallClosed { call_id: vec![5; 16], end: 0 }.encode_to_vec();
        assert_eq!(decode_call_closed(&closed, &thread()).unwrap_err().field, "payload.end");
    }
}
