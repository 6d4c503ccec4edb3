//! One event of a referral's log in words, and as JSON.

use brygga_proto::referral::v1::referral_progressed::Event;
use brygga_proto::referral::v1::{
    BusinessStatus, DeclineParty, NextStep, OutcomeResult, ReferralProgressed, ReferralStatus,
    ReviewGround, ReviewResult, StatusReason,
};
use serde_json::{Map, Value, json};

use crate::cli::Language;
use crate::text::Text;
use crate::text::vocabulary::{Word, word};
use crate::when;
use crate::wire_code;

/// `2026-03-09 14:05 avböjd, skäl: ingen plats, nästa steg: …`.
pub(super) fn line(progressed: &ReferralProgressed, language: Language) -> String {
    let at = when::from_proto(progressed.occurred_at).map_or_else(String::new, when::swedish);
    let text = progressed.event.as_ref().map_or_else(|| "–".to_owned(), |event| words(event, language));
    format!("{at} {text}")
}

/// What happened.
fn words(event: &Event, language: Language) -> String {
    let status = |status: ReferralStatus| status.word(language).to_owned();
    let reason = |number: i32| {
        format!("{}: {}", Text::Reason.of(language), word::<StatusReason>(number, language))
    };
    match event {
        Event::TakenOn(taken) => {
            let by = format!("{} {}", Text::TakenOnBy.of(language), taken.unit);
            match when::from_proto(taken.act_by) {
                Some(at) => format!("{by}, {} {}", Text::ActBy.of(language), when::swedish(at)),
                None => by,
            }
        }
        Event::Accepted(_) => status(ReferralStatus::Accepted),
        Event::Declined(declined) => {
            let party = word::<DeclineParty>(declined.party, language);
            let step = word::<NextStep>(declined.next_step, language);
            let (what, why) = (status(ReferralStatus::Rejected), reason(declined.reason));
            let proposed = match declined.rerouted_to.as_str() {
                "" => String::new(),
                other => format!(" ({other})"),
            };
            format!("{what} ({party}), {why}, {}: {step}{proposed}", Text::NextStep.of(language))
        }
        Event::Started(_) => status(ReferralStatus::InProgress),
        Event::Completed(completed) => {
            let result = word::<OutcomeResult>(completed.result, language);
            format!(
                "{}, {}: {result}",
                status(ReferralStatus::Completed),
                Text::Result.of(language)
            )
        }
        Event::Cancelled(cancelled) => {
            format!("{}, {}", status(ReferralStatus::Cancelled), reason(cancelled.reason))
        }
        Event::CancellationRequested(asked) => {
            format!("{}, {}", status(ReferralStatus::CancellationRequested), reason(asked.reason))
        }
        Event::Expired(_) => status(ReferralStatus::Expired),
        Event::OnHold(rests) => {
            format!("{}, {}", status(ReferralStatus::OnHold), reason(rests.reason))
        }
        Event::Resumed(_) => Text::Resumed.of(language).to_owned(),
        Event::Failed(failed) => {
            format!("{}, {}", status(ReferralStatus::Failed), reason(failed.reason))
        }
        Event::EnteredInError(_) => status(ReferralStatus::EnteredInError),
        Event::Escalated(before) => {
            let unit = if before.unit.is_empty() { Text::Intake.of(language) } else { &before.unit };
            format!("{} {unit}", Text::EscalatedTo.of(language))
        }
        Event::LoopClosed(_) => Text::LoopClosed.of(language).to_owned(),
        Event::ReviewRequested(asked) => {
            let ground = word::<ReviewGround>(asked.ground, language);
            format!("{}: {ground}", Text::ReviewRequested.of(language))
        }
        Event::Reviewed(reviewed) => {
            let result = word::<ReviewResult>(reviewed.result, language);
            format!("{}: {result}", Text::Reviewed.of(language))
        }
        Event::BusinessStatus(set) => word::<BusinessStatus>(set.business_status, language),
    }
}

/// The event for a program.
pub(super) fn entry(progressed: &ReferralProgressed) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    set("version", json!(progressed.version));
    set("occurred_at", json!(when::from_proto(progressed.occurred_at).map(when::rfc3339)));
    let name = match &progressed.event {
        None => "UNSPECIFIED",
        Some(Event::TakenOn(taken)) => {
            set("unit", json!(taken.unit));
            set("act_by", json!(when::from_proto(taken.act_by).map(when::rfc3339)));
            "TAKEN_ON"
        }
        Some(Event::Accepted(_)) => "ACCEPTED",
        Some(Event::Declined(declined)) => {
            set("party", json!(wire_code::show::<DeclineParty>(declined.party)));
            set("reason", json!(wire_code::show::<StatusReason>(declined.reason)));
            set("next_step", json!(wire_code::show::<NextStep>(declined.next_step)));
            set("rerouted_to", json!(declined.rerouted_to));
            "DECLINED"
        }
        Some(Event::Started(_)) => "STARTED",
        Some(Event::Completed(completed)) => {
            set("result", json!(wire_code::show::<OutcomeResult>(completed.result)));
            set("place_type", json!(completed.place_type.as_ref().map(|code| &code.code)));
            "COMPLETED"
        }
        Some(Event::Cancelled(cancelled)) => {
            set("reason", json!(wire_code::show::<StatusReason>(cancelled.reason)));
            "CANCELLED"
        }
        Some(Event::CancellationRequested(asked)) => {
            set("reason", json!(wire_code::show::<StatusReason>(asked.reason)));
            "CANCELLATION_REQUESTED"
        }
        Some(Event::Expired(_)) => "EXPIRED",
        Some(Event::OnHold(rests)) => {
            set("reason", json!(wire_code::show::<StatusReason>(rests.reason)));
            "ON_HOLD"
        }
        Some(Event::Resumed(_)) => "RESUMED",
        Some(Event::Failed(failed)) => {
            set("reason", json!(wire_code::show::<StatusReason>(failed.reason)));
            "FAILED"
        }
        Some(Event::EnteredInError(_)) => "ENTERED_IN_ERROR",
        Some(Event::Escalated(before)) => {
            set("level", json!(before.level));
            set("unit", json!(before.unit));
            "ESCALATED"
        }
        Some(Event::LoopClosed(_)) => "LOOP_CLOSED",
        Some(Event::ReviewRequested(asked)) => {
            set("ground", json!(wire_code::show::<ReviewGround>(asked.ground)));
            "REVIEW_REQUESTED"
        }
        Some(Event::Reviewed(reviewed)) => {
            set("result", json!(wire_code::show::<ReviewResult>(reviewed.result)));
            "REVIEWED"
        }
        Some(Event::BusinessStatus(now)) => {
            set("business_status", json!(wire_code::show::<BusinessStatus>(now.business_status)));
            "BUSINESS_STATUS"
        }
    };
    set("event", json!(name));
    Value::Object(fields)
}
