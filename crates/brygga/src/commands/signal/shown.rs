//! A signal as staff and a program read it.

use brygga_proto::agreement::v1::PriorityMark;
use brygga_proto::local::v1::{
    CountLateSignalsResponse, ShowSignalResponse, Signal, SignalAct, SignalAlarm, SignalOutcome,
    StepReason, TakenStep,
};
use brygga_proto::signal::v1::{PaymentUndertaking, SignalSubject};
use serde_json::{Value, json};

use super::chain;
use super::told::{content_entry, content_lines, kronor};
use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::signal::SignalText;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 28;
/// Digits of an id that a person is asked to type.
const ENDING_DIGITS: usize = 8;

/// One signal without content.
pub(super) fn bare(signal: &Signal, language: Language) -> Answer {
    Answer::new(json!({"signal": entry(signal)})).lines(lines(signal, language))
}

/// One signal with its content.
pub(super) fn one(found: &ShowSignalResponse, language: Language) -> Answer {
    let signal = found.signal.clone().unwrap_or_default();
    let content = found.content.as_ref().and_then(|content| content.content.as_ref());
    let undertaking = found.undertaking.as_ref();
    let json = json!({
        "signal": entry(&signal),
        "content": content.map(content_entry),
        "undertaking": undertaking.map(|one| json!({"months": one.months, "amount": kronor(one.amount_ore)})),
        "occupant": found.occupant,
        "chain": found.chain.iter().map(chain::entry).collect::<Vec<_>>(),
    });
    let told = match content {
        Some(content) => labelled(content_lines(content, language), language),
        None => vec![SignalText::NoContent.of(language).to_owned()],
    };
    let pays = |one: &PaymentUndertaking| {
        format!("{} kr, {}", kronor(one.amount_ore), one.months.join(", "))
    };
    let others = [
        (SignalText::Undertaking, undertaking.map(pays).unwrap_or_default()),
        (SignalText::Occupant, found.occupant.clone()),
    ];
    Answer::new(json)
        .lines(lines(&signal, language))
        .line("")
        .lines(told)
        .lines(labelled(others, language))
        .lines(chain::lines(&found.chain, language))
}

/// Signals, one in a row.
pub(super) fn list(signals: &[Signal], language: Language) -> Answer {
    let entries: Vec<_> = signals.iter().map(entry).collect();
    let answer = Answer::new(json!({ "signals": entries }));
    if signals.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading = [
        SignalText::Signal,
        SignalText::Subject,
        SignalText::Priority,
        SignalText::DueAt,
        SignalText::Alarm,
        SignalText::DaysUnhandled,
        SignalText::Outcome,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(signals.iter().map(|signal| {
        vec![
            digits(&signal.signal_id),
            word::<SignalSubject>(signal.subject, language),
            marks(signal, language),
            instant(signal.due_at),
            alarm(signal, language),
            unhandled(signal),
            outcome(signal, language),
        ]
    }));
    answer.lines(table(&rows))
}

/// How many, and nothing about anybody.
pub(super) fn counted(counted: &CountLateSignalsResponse, language: Language) -> Answer {
    let CountLateSignalsResponse { open, late, unhandled, notices_waiting, notices_late } =
        *counted;
    let all = [
        (SignalText::Open, open.to_string()),
        (SignalText::Late, late.to_string()),
        (SignalText::Unhandled, unhandled.to_string()),
        (SignalText::NoticesWaiting, notices_waiting.to_string()),
        (SignalText::NoticesLate, notices_late.to_string()),
    ];
    Answer::new(json!({
        "open": open,
        "late": late,
        "unhandled": unhandled,
        "notices_waiting": notices_waiting,
        "notices_late": notices_late,
    }))
    .lines(labelled(all, language))
}

fn lines(signal: &Signal, language: Language) -> Vec<String> {
    let all = [
        (SignalText::Signal, show(&signal.signal_id)),
        (SignalText::Subject, word::<SignalSubject>(signal.subject, language)),
        (SignalText::Sender, signal.sender.clone()),
        (SignalText::Recipient, signal.recipient.clone()),
        (SignalText::Unit, signal.recipient_unit.clone()),
        (SignalText::On, signal.on.clone()),
        (SignalText::Priority, marks(signal, language)),
        (SignalText::SentAt, instant(signal.sent_at)),
        (SignalText::ArrivedAt, instant(signal.arrived_at)),
        (SignalText::RedeemBy, signal.redeem_by.clone()),
        (SignalText::EarliestDecision, signal.earliest_decision.clone()),
        (SignalText::DueAt, instant(signal.due_at)),
        (SignalText::Alarm, alarm(signal, language)),
        (SignalText::DaysUnhandled, unhandled(signal)),
        (SignalText::Outcome, outcome(signal, language)),
    ];
    let mut lines = labelled(all, language);
    if !signal.reason.is_empty() {
        lines.push(format!("{:<LABEL_WIDTH$}{}", Text::Reason.of(language), signal.reason));
    }
    let steps = signal.steps.iter().map(|taken| (SignalText::Step, step(taken, language)));
    lines.extend(labelled(steps, language));
    lines
}

fn step(taken: &TakenStep, language: Language) -> String {
    let mut parts = vec![instant(taken.at), word::<SignalAct>(taken.act, language)];
    if taken.is_late {
        parts.push(SignalText::TooLate.of(language).to_owned());
    }
    if taken.reason() != StepReason::Unspecified {
        parts.push(word::<StepReason>(taken.reason, language));
    }
    parts.join(", ")
}

fn marks(signal: &Signal, language: Language) -> String {
    let marks = signal.priority.iter().map(|mark| word::<PriorityMark>(*mark, language));
    marks.collect::<Vec<_>>().join(", ")
}

fn alarm(signal: &Signal, language: Language) -> String {
    match signal.alarm() {
        SignalAlarm::Unspecified => String::new(),
        _ => word::<SignalAlarm>(signal.alarm, language),
    }
}

fn outcome(signal: &Signal, language: Language) -> String {
    match signal.outcome() {
        SignalOutcome::Unspecified => String::new(),
        _ => word::<SignalOutcome>(signal.outcome, language),
    }
}

fn unhandled(signal: &Signal) -> String {
    if signal.days_unhandled == 0 { String::new() } else { signal.days_unhandled.to_string() }
}

/// Labels and values, those without a value left out.
fn labelled(
    all: impl IntoIterator<Item = (SignalText, String)>,
    language: Language,
) -> Vec<String> {
    let told = all.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language))).collect()
}

pub(super) fn instant(at: Option<prost_types::Timestamp>) -> String {
    when::from_proto(at).map_or_else(String::new, when::swedish)
}

/// The last digits of an id.
pub(super) fn digits(id: &[u8]) -> String {
    let digits = hex::encode(id);
    digits.get(digits.len().saturating_sub(ENDING_DIGITS)..).unwrap_or_default().to_owned()
}

/// A signal for programs.
fn entry(signal: &Signal) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let step = |taken: &TakenStep| {
        json!({
            "act": wire_code::show::<SignalAct>(taken.act),
            "at": instant(taken.at),
            "is_late": taken.is_late,
            "reason": wire_code::show::<StepReason>(taken.reason),
        })
    };
    let marks = signal.priority.iter().map(|mark| wire_code::show::<PriorityMark>(*mark));
    json!({
        "signal_id": show(&signal.signal_id),
        "subject": wire_code::show::<SignalSubject>(signal.subject),
        "sender": signal.sender,
        "recipient": signal.recipient,
        "recipient_unit": signal.recipient_unit,
        "on": signal.on,
        "priority": marks.collect::<Vec<_>>(),
        "sent_at": instant(signal.sent_at),
        "arrived_at": instant(signal.arrived_at),
        "steps": signal.steps.iter().map(step).collect::<Vec<_>>(),
        "outcome": wire_code::show::<SignalOutcome>(signal.outcome),
        "redeem_by": signal.redeem_by,
        "earliest_decision": signal.earliest_decision,
        "due_at": instant(signal.due_at),
        "alarm": wire_code::show::<SignalAlarm>(signal.alarm),
        "days_unhandled": signal.days_unhandled,
        "reason": signal.reason,
        "replaces": if signal.replaces.is_empty() { String::new() } else { show(&signal.replaces) },
    })
}
