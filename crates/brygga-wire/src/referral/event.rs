//! Events of the target's log. The same messages carry what a person decides at the local port,
//! under other field names.

use brygga_domain::referral::{Decline, Event, Outcome, TakenOn};
use brygga_domain::{Reason, Refusal};
use brygga_proto::referral::v1 as proto;
use brygga_proto::referral::v1::referral_progressed::Event as ProtoEvent;

use crate::code;
use crate::field::{from_text_or_none, text_or_empty};
use crate::time;

/// What the fields of an event are called where it stands.
pub(crate) struct EventFields {
    pub(crate) taken_on_unit: &'static str,
    pub(crate) taken_on_act_by: &'static str,
    pub(crate) declined_party: &'static str,
    pub(crate) declined_reason: &'static str,
    pub(crate) declined_next_step: &'static str,
    pub(crate) completed_result: &'static str,
    pub(crate) completed_place_type: &'static str,
}

const IN_PAYLOAD: EventFields = EventFields {
    taken_on_unit: "payload.taken_on.unit",
    taken_on_act_by: "payload.taken_on.act_by",
    declined_party: "payload.declined.party",
    declined_reason: "payload.declined.reason",
    declined_next_step: "payload.declined.next_step",
    completed_result: "payload.completed.result",
    completed_place_type: "payload.completed.place_type",
};

pub(crate) fn event_to_proto(event: &Event) -> ProtoEvent {
    match event {
        Event::TakenOn(taken_on) => ProtoEvent::TakenOn(proto::TakenOn {
            unit: text_or_empty(taken_on.unit.as_ref()),
            act_by: Some(time::to_proto(taken_on.act_by)),
        }),
        Event::Accepted => ProtoEvent::Accepted(proto::Accepted {}),
        Event::Declined(decline) => ProtoEvent::Declined(proto::Declined {
            party: code::number_or_unset(Some(decline.party())),
            reason: code::number_or_unset(Some(decline.reason())),
            next_step: code::number_or_unset(decline.next_step()),
        }),
        Event::Started => ProtoEvent::Started(proto::Started {}),
        Event::Completed(outcome) => ProtoEvent::Completed(proto::Completed {
            result: code::number_or_unset(Some(outcome.result)),
            place_type: outcome.place_type.as_ref().map(code::term_to_proto),
        }),
        Event::CancellationRequested { reason } => {
            let reason = code::number_or_unset(Some(*reason));
            ProtoEvent::CancellationRequested(proto::CancellationRequested { reason })
        }
        Event::Cancelled { reason } => {
            let reason = code::number_or_unset(Some(*reason));
            ProtoEvent::Cancelled(proto::Cancelled { reason })
        }
        Event::Expired => ProtoEvent::Expired(proto::Expired {}),
    }
}

pub(super) fn event_from_proto(event: ProtoEvent) -> Result<Event, Refusal> {
    Ok(match event {
        ProtoEvent::TakenOn(value) => Event::TakenOn(taken_on(&value, &IN_PAYLOAD)?),
        ProtoEvent::Accepted(proto::Accepted {}) => Event::Accepted,
        ProtoEvent::Declined(value) => Event::Declined(decline(value, &IN_PAYLOAD)?),
        ProtoEvent::Started(proto::Started {}) => Event::Started,
        ProtoEvent::Completed(value) => Event::Completed(outcome(value, &IN_PAYLOAD)?),
        ProtoEvent::Cancelled(value) => {
            Event::Cancelled { reason: code::read(value.reason, "payload.cancelled.reason")? }
        }
        ProtoEvent::CancellationRequested(value) => Event::CancellationRequested {
            reason: code::read(value.reason, "payload.cancellation_requested.reason")?,
        },
        ProtoEvent::Expired(proto::Expired {}) => Event::Expired,
    })
}

pub(crate) fn taken_on(value: &proto::TakenOn, fields: &EventFields) -> Result<TakenOn, Refusal> {
    Ok(TakenOn {
        unit: from_text_or_none(&value.unit, fields.taken_on_unit)?,
        act_by: time::from_proto(value.act_by, fields.taken_on_act_by)?,
    })
}

pub(crate) fn decline(value: proto::Declined, fields: &EventFields) -> Result<Decline, Refusal> {
    let party = code::read(value.party, fields.declined_party)?;
    let reason = code::read(value.reason, fields.declined_reason)?;
    let next_step = code::read_or_unset(value.next_step, fields.declined_next_step)?;
    Decline::new(party, reason, next_step)
        .map_err(|refusal| Refusal { field: fields.declined_next_step, ..refusal })
}

pub(crate) fn outcome(value: proto::Completed, fields: &EventFields) -> Result<Outcome, Refusal> {
    let result = code::read_or_unset(value.result, fields.completed_result)?
        .ok_or(Refusal::at(Reason::OutcomeMissing, fields.completed_result))?;
    let place_type = value
        .place_type
        .map(|place_type| code::term_from_proto(Some(place_type), fields.completed_place_type))
        .transpose()?;
    Ok(Outcome { result, place_type })
}
