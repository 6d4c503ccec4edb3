//! Events of the target's log. The same messages carry what a person decides at the local port,
//! under other field names.

use brygga_domain::referral::{Decline, Escalation, Event, Outcome, StatusReason, TakenOn};
use brygga_domain::{Reason, Refusal};
use brygga_proto::referral::v1 as proto;
use brygga_proto::referral::v1::referral_progressed::Event as ProtoEvent;

use super::advice::{advice_from_proto, advice_to_proto};
use crate::code;
use crate::field::{from_text_or_none, invalid, text_or_empty};
use crate::time;

/// What the fields of an event are called where it stands.
pub(crate) struct EventFields {
    pub(crate) taken_on_unit: &'static str,
    pub(crate) taken_on_act_by: &'static str,
    pub(crate) declined_party: &'static str,
    pub(crate) declined_reason: &'static str,
    pub(crate) declined_next_step: &'static str,
    pub(crate) declined_rerouted_to: &'static str,
    pub(crate) declined_advice: &'static str,
    pub(crate) completed_result: &'static str,
    pub(crate) completed_place_type: &'static str,
}

const IN_PAYLOAD: EventFields = EventFields {
    taken_on_unit: "payload.taken_on.unit",
    taken_on_act_by: "payload.taken_on.act_by",
    declined_party: "payload.declined.party",
    declined_reason: "payload.declined.reason",
    declined_next_step: "payload.declined.next_step",
    declined_rerouted_to: "payload.declined.rerouted_to",
    declined_advice: "payload.declined.advice",
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
            rerouted_to: text_or_empty(decline.proposal()),
            advice: decline.advice().map(advice_to_proto),
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
        Event::PutOnHold { reason } => {
            let reason = code::number_or_unset(Some(*reason));
            ProtoEvent::OnHold(proto::PutOnHold { reason })
        }
        Event::Resumed => ProtoEvent::Resumed(proto::Resumed {}),
        Event::Failed { reason } => {
            let reason = code::number_or_unset(Some(*reason));
            ProtoEvent::Failed(proto::Failed { reason })
        }
        Event::EnteredInError => ProtoEvent::EnteredInError(proto::EnteredInError {}),
        Event::Escalated(escalation) => ProtoEvent::Escalated(proto::Escalated {
            level: escalation.level.into(),
            unit: text_or_empty(escalation.unit.as_ref()),
        }),
        Event::LoopClosed => ProtoEvent::LoopClosed(proto::LoopClosed {}),
        Event::ReviewRequested { ground } => {
            let ground = code::number_or_unset(Some(*ground));
            ProtoEvent::ReviewRequested(proto::ReviewBegun { ground })
        }
        Event::Reviewed { result } => {
            let result = code::number_or_unset(Some(*result));
            ProtoEvent::Reviewed(proto::Reviewed { result })
        }
        Event::BusinessStatusSet(word) => {
            let business_status = code::number_or_unset(Some(*word));
            ProtoEvent::BusinessStatus(proto::BusinessStatusSet { business_status })
        }
    }
}

pub(super) fn event_from_proto(event: ProtoEvent) -> Result<Event, Refusal> {
    Ok(match event {
        ProtoEvent::TakenOn(value) => Event::TakenOn(taken_on(&value, &IN_PAYLOAD)?),
        ProtoEvent::Accepted(proto::Accepted {}) => Event::Accepted,
        ProtoEvent::Declined(value) => Event::Declined(decline(&value, &IN_PAYLOAD)?),
        ProtoEvent::Started(proto::Started {}) => Event::Started,
        ProtoEvent::Completed(value) => Event::Completed(outcome(value, &IN_PAYLOAD)?),
        ProtoEvent::Cancelled(value) => {
            Event::Cancelled { reason: reason(value.reason, "payload.cancelled.reason")? }
        }
        ProtoEvent::CancellationRequested(value) => Event::CancellationRequested {
            reason: reason(value.reason, "payload.cancellation_requested.reason")?,
        },
        ProtoEvent::Expired(proto::Expired {}) => Event::Expired,
        ProtoEvent::OnHold(value) => {
            Event::PutOnHold { reason: reason(value.reason, "payload.on_hold.reason")? }
        }
        ProtoEvent::Resumed(proto::Resumed {}) => Event::Resumed,
        ProtoEvent::Failed(value) => {
            Event::Failed { reason: reason(value.reason, "payload.failed.reason")? }
        }
        ProtoEvent::EnteredInError(proto::EnteredInError {}) => Event::EnteredInError,
        ProtoEvent::Escalated(value) => Event::Escalated(escalation(&value)?),
        ProtoEvent::LoopClosed(proto::LoopClosed {}) => Event::LoopClosed,
        ProtoEvent::ReviewRequested(value) => Event::ReviewRequested {
            ground: code::read(value.ground, "payload.review_requested.ground")?,
        },
        ProtoEvent::Reviewed(value) => {
            Event::Reviewed { result: code::read(value.result, "payload.reviewed.result")? }
        }
        ProtoEvent::BusinessStatus(value) => Event::BusinessStatusSet(code::read(
            value.business_status,
            "payload.business_status.business_status",
        )?),
    })
}

/// Why something else than a decline happened: want of a right to a dwelling is a ground to decline, and only there is
/// it told where the person can get advice.
pub(crate) fn reason(number: i32, field: &'static str) -> Result<StatusReason, Refusal> {
    match code::read(number, field)? {
        StatusReason::NoRightToHousing => Err(invalid(field)),
        reason => Ok(reason),
    }
}

pub(crate) fn taken_on(value: &proto::TakenOn, fields: &EventFields) -> Result<TakenOn, Refusal> {
    Ok(TakenOn {
        unit: from_text_or_none(&value.unit, fields.taken_on_unit)?,
        act_by: time::from_proto(value.act_by, fields.taken_on_act_by)?,
    })
}

fn escalation(value: &proto::Escalated) -> Result<Escalation, Refusal> {
    let level =
        u8::try_from(value.level).ok().filter(|level| (1..=Escalation::LAST).contains(level));
    Ok(Escalation {
        level: level.ok_or(invalid("payload.escalated.level"))?,
        unit: from_text_or_none(&value.unit, "payload.escalated.unit")?,
    })
}

pub(crate) fn decline(value: &proto::Declined, fields: &EventFields) -> Result<Decline, Refusal> {
    let party = code::read(value.party, fields.declined_party)?;
    let reason = code::read(value.reason, fields.declined_reason)?;
    let next_step = code::read_or_unset(value.next_step, fields.declined_next_step)?;
    let rerouted_to = from_text_or_none(&value.rerouted_to, fields.declined_rerouted_to)?;
    let advice =
        value.advice.clone().map(|advice| advice_from_proto(advice, fields.declined_advice));
    let decline = match advice.transpose()? {
        Some(advice) => Decline::with_advice(party, reason, next_step, advice),
        None => Decline::new(party, reason, next_step),
    };
    let decline = decline.map_err(|refusal| {
        let field = match refusal.field {
            "advice" => fields.declined_advice,
            "party" => fields.declined_party,
            _ => fields.declined_next_step,
        };
        Refusal { field, ..refusal }
    })?;
    match rerouted_to {
        Some(organisation) => decline
            .rerouted_to(organisation)
            .map_err(|refusal| Refusal { field: fields.declined_rerouted_to, ..refusal }),
        None => Ok(decline),
    }
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
