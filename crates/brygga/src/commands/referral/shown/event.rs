//! One event of a referral's log in words, and as JSON.

use brygga_proto::referral::v1::referral_progressed::Event;
use brygga_proto::referral::v1::{
    DeclineParty, NextStep, OutcomeResult, ReferralProgressed, ReferralStatus, StatusReason,
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
    let status = |status: ReferralStatus| status.word(language).to_owned();
    let reason = |number: i32| {
        format!("{}: {}", Text::Reason.of(language), word::<StatusReason>(number, language))
    };
    let text = match &progressed.event {
        None => "–".to_owned(),
        Some(Event::TakenOn(taken)) => {
            let by = format!("{} {}", Text::TakenOnBy.of(language), taken.unit);
            match when::from_proto(taken.act_by) {
                Some(at) => format!("{by}, {} {}", Text::ActBy.of(language), when::swedish(at)),
                None => by,
            }
        }
        Some(Event::Accepted(_)) => status(ReferralStatus::Accepted),
        Some(Event::Declined(declined)) => {
            let party = word::<DeclineParty>(declined.party, language);
            let step = word::<NextStep>(declined.next_step, language);
            let (what, why) = (status(ReferralStatus::Rejected), reason(declined.reason));
            format!("{what} ({party}), {why}, {}: {step}", Text::NextStep.of(language))
        }
        Some(Event::Started(_)) => status(ReferralStatus::InProgress),
        Some(Event::Completed(completed)) => {
            let result = word::<OutcomeResult>(completed.result, language);
            format!(
                "{}, {}: {result}",
                status(ReferralStatus::Completed),
                Text::Result.of(language)
            )
        }
        Some(Event::Cancelled(cancelled)) => {
            format!("{}, {}", status(ReferralStatus::Cancelled), reason(cancelled.reason))
        }
        Some(Event::CancellationRequested(asked)) => {
            format!("{}, {}", status(ReferralStatus::CancellationRequested), reason(asked.reason))
        }
        Some(Event::Expired(_)) => status(ReferralStatus::Expired),
    };
    format!("{at} {text}")
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
    };
    set("event", json!(name));
    Value::Object(fields)
}
