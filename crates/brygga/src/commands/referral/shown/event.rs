//! One event of a referral's log in words, and as JSON.

use brygga_proto::referral::v1::referral_progressed::Event;
use brygga_proto::referral::v1::{
    AdviceChannel, AdviceMeans, BusinessStatus, DeclineParty, NextStep, OutcomeResult,
    ReferralProgressed, ReferralStatus, ReviewGround, ReviewResult, StatusReason,
};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::Text;
use crate::text::vocabulary::{Word, word};
use crate::when;
use crate::wire_code;

/// `2026-03-09 14:05 avböjd, skäl: ingen plats, nästa steg: …`.
pub(super) fn line(progressed: &ReferralProgressed, language: Language) -> String {
    let at = when::from_proto(progressed.occurred_at).map_or_else(String::new, when::swedish);
    let text =
        progressed.event.as_ref().map_or_else(|| "–".to_owned(), |event| words(event, language));
    format!("{at} {text}")
}

/// Where the person can turn.
fn advised(advice: &AdviceChannel, language: Language) -> String {
    let means = word::<AdviceMeans>(advice.means, language);
    format!(", {}: {}, {means} {}", Text::Advice.of(language), advice.unit, advice.address)
}

/// What happened.
fn words(event: &Event, language: Language) -> String {
    let status = |status: ReferralStatus| status.word(language).to_owned();
    let labelled = |label: Text, words: String| format!("{}: {words}", label.of(language));
    let reason = |number: i32| labelled(Text::Reason, word::<StatusReason>(number, language));
    let because = |what: ReferralStatus, why: i32| format!("{}, {}", status(what), reason(why));
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
            let next = Text::NextStep.of(language);
            let advice = declined.advice.as_ref().map(|advice| advised(advice, language));
            let advice = advice.unwrap_or_default();
            format!("{what} ({party}), {why}, {next}: {step}{proposed}{advice}")
        }
        Event::Started(_) => status(ReferralStatus::InProgress),
        Event::Completed(completed) => {
            let result = word::<OutcomeResult>(completed.result, language);
            format!("{}, {}", status(ReferralStatus::Completed), labelled(Text::Result, result))
        }
        Event::Cancelled(cancelled) => because(ReferralStatus::Cancelled, cancelled.reason),
        Event::CancellationRequested(asked) => {
            because(ReferralStatus::CancellationRequested, asked.reason)
        }
        Event::Expired(_) => status(ReferralStatus::Expired),
        Event::OnHold(rests) => because(ReferralStatus::OnHold, rests.reason),
        Event::Resumed(_) => Text::Resumed.of(language).to_owned(),
        Event::Failed(failed) => because(ReferralStatus::Failed, failed.reason),
        Event::EnteredInError(_) => status(ReferralStatus::EnteredInError),
        Event::Escalated(before) => {
            let unit =
                if before.unit.is_empty() { Text::Intake.of(language) } else { &before.unit };
            format!("{} {unit}", Text::EscalatedTo.of(language))
        }
        Event::LoopClosed(_) => Text::LoopClosed.of(language).to_owned(),
        Event::ReviewRequested(asked) => {
            labelled(Text::ReviewRequested, word::<ReviewGround>(asked.ground, language))
        }
        Event::Reviewed(reviewed) => {
            labelled(Text::Reviewed, word::<ReviewResult>(reviewed.result, language))
        }
        Event::BusinessStatus(set) => word::<BusinessStatus>(set.business_status, language),
    }
}

/// The event for a program.
pub(super) fn entry(progressed: &ReferralProgressed) -> Value {
    let mut entry = progressed.event.as_ref().map_or_else(|| json!({}), fields);
    entry["version"] = json!(progressed.version);
    entry["occurred_at"] = json!(when::from_proto(progressed.occurred_at).map(when::rfc3339));
    entry["event"] = json!(progressed.event.as_ref().map_or("UNSPECIFIED", name));
    entry
}

const fn name(event: &Event) -> &'static str {
    match event {
        Event::TakenOn(_) => "TAKEN_ON",
        Event::Accepted(_) => "ACCEPTED",
        Event::Declined(_) => "DECLINED",
        Event::Started(_) => "STARTED",
        Event::Completed(_) => "COMPLETED",
        Event::Cancelled(_) => "CANCELLED",
        Event::CancellationRequested(_) => "CANCELLATION_REQUESTED",
        Event::Expired(_) => "EXPIRED",
        Event::OnHold(_) => "ON_HOLD",
        Event::Resumed(_) => "RESUMED",
        Event::Failed(_) => "FAILED",
        Event::EnteredInError(_) => "ENTERED_IN_ERROR",
        Event::Escalated(_) => "ESCALATED",
        Event::LoopClosed(_) => "LOOP_CLOSED",
        Event::ReviewRequested(_) => "REVIEW_REQUESTED",
        Event::Reviewed(_) => "REVIEWED",
        Event::BusinessStatus(_) => "BUSINESS_STATUS",
    }
}

/// What an event says beside that it happened.
fn fields(event: &Event) -> Value {
    let reason = |number| json!({"reason": wire_code::show::<StatusReason>(number)});
    match event {
        Event::TakenOn(taken) => json!({
            "unit": taken.unit,
            "act_by": when::from_proto(taken.act_by).map(when::rfc3339),
        }),
        Event::Declined(declined) => json!({
            "party": wire_code::show::<DeclineParty>(declined.party),
            "reason": wire_code::show::<StatusReason>(declined.reason),
            "next_step": wire_code::show::<NextStep>(declined.next_step),
            "rerouted_to": declined.rerouted_to,
            "advice": declined.advice.as_ref().map(|advice| json!({
                "unit": advice.unit,
                "means": wire_code::show::<AdviceMeans>(advice.means),
                "address": advice.address,
            })),
        }),
        Event::Completed(completed) => json!({
            "result": wire_code::show::<OutcomeResult>(completed.result),
            "place_type": completed.place_type.as_ref().map(|code| &code.code),
        }),
        Event::Cancelled(cancelled) => reason(cancelled.reason),
        Event::CancellationRequested(asked) => reason(asked.reason),
        Event::OnHold(rests) => reason(rests.reason),
        Event::Failed(failed) => reason(failed.reason),
        Event::Escalated(before) => json!({"level": before.level, "unit": before.unit}),
        Event::ReviewRequested(asked) => {
            json!({"ground": wire_code::show::<ReviewGround>(asked.ground)})
        }
        Event::Reviewed(reviewed) => {
            json!({"result": wire_code::show::<ReviewResult>(reviewed.result)})
        }
        Event::BusinessStatus(now) => {
            json!({"business_status": wire_code::show::<BusinessStatus>(now.business_status)})
        }
        Event::Accepted(_)
        | Event::Started(_)
        | Event::Expired(_)
        | Event::Resumed(_)
        | Event::EnteredInError(_)
        | Event::LoopClosed(_) => json!({}),
    }
}
