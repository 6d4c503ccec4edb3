//! A hold as staff and a program read it, and what to do next.

use brygga_proto::capacity::v1::{HoldAct, HoldItem, Period, PlaceFor};
use brygga_proto::local::v1::{Hold, HoldState};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 16;
/// Digits of an id that a person is asked to type.
const ENDING_DIGITS: usize = 8;

/// One hold.
pub(super) fn one(hold: &Hold, language: Language) -> Answer {
    let all = [
        (Text::Hold, show(&hold.hold_id)),
        (Text::Status, state(hold, language)),
        (Text::CapacityPublisher, hold.publisher.clone()),
        (Text::Holder, hold.holder.clone()),
        (Text::HoldTerms, items(hold, language)),
    ];
    let lines = all.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language)));
    Answer::new(json!({"hold": entry(hold)})).lines(lines)
}

/// Holds, one in a row.
pub(super) fn list(holds: &[Hold], language: Language) -> Answer {
    let answer = Answer::new(json!({"holds": holds.iter().map(entry).collect::<Vec<_>>()}));
    if holds.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading =
        [Text::Hold, Text::Status, Text::CapacityPublisher, Text::Holder, Text::HoldTerms];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(holds.iter().map(|hold| {
        vec![
            ending(hold),
            state(hold, language),
            hold.publisher.clone(),
            hold.holder.clone(),
            items(hold, language),
        ]
    }));
    answer.lines(table(&rows))
}

/// What to do next.
pub(super) fn next(hold: &Hold, language: Language) -> Vec<String> {
    let id = ending(hold);
    let awaited = Text::HoldNotAnswered.of(language);
    if hold.pending() != HoldAct::Unspecified {
        return vec![format!("{awaited} brygga hold show {id}")];
    }
    match hold.state() {
        HoldState::Requested => vec![format!("{awaited} brygga hold show {id}")],
        HoldState::Waiting => {
            vec![format!("{} brygga hold show {id}", Text::HoldWaits.of(language))]
        }
        HoldState::Held => {
            let by = Text::HoldConfirmBy.of(language);
            vec![format!("{by} {}: brygga hold confirm {id}", until(hold))]
        }
        HoldState::Confirmed => vec![format!("{} {id}", Text::HoldConfirmed.of(language))],
        HoldState::Cancelled => vec![Text::HoldReturned.of(language).to_owned()],
        _ => Vec::new(),
    }
}

/// `hållen till 2026-01-12 21:30 CET`, `belagd`, with what is not answered yet.
fn state(hold: &Hold, language: Language) -> String {
    let state = match hold.state() {
        HoldState::Held => format!("{} {}", Text::HoldUntil.of(language), until(hold)),
        HoldState::Waiting => {
            let (word, at) = (word::<HoldState>(hold.state, language), Text::HoldInQueue);
            format!("{word}, {} {}", at.of(language), hold.position)
        }
        HoldState::Refused => {
            format!("{}: {}", word::<HoldState>(hold.state, language), hold.reason)
        }
        _ => word::<HoldState>(hold.state, language),
    };
    match hold.pending() {
        HoldAct::Unspecified => state,
        _ => {
            let awaited = word::<HoldAct>(hold.pending, language);
            format!("{state}, {} {awaited}", Text::HoldPending.of(language))
        }
    }
}

fn until(hold: &Hold) -> String {
    when::from_proto(hold.expires_at).map_or_else(String::new, when::swedish)
}

fn items(hold: &Hold, language: Language) -> String {
    let item = |item: &HoldItem| {
        let whom = word::<PlaceFor>(item.place_for, language);
        let when = word::<Period>(item.period, language);
        format!("{} {whom}, {when} ({})", item.places, &digits(&item.service_id))
    };
    hold.items.iter().map(item).collect::<Vec<_>>().join("; ")
}

/// The last digits of its id.
fn ending(hold: &Hold) -> String {
    digits(&hold.hold_id)
}

fn digits(id: &[u8]) -> String {
    let digits = hex::encode(id);
    digits.get(digits.len().saturating_sub(ENDING_DIGITS)..).unwrap_or_default().to_owned()
}

/// A hold for programs.
fn entry(hold: &Hold) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let item = |item: &HoldItem| {
        json!({
            "service_id": show(&item.service_id),
            "for": wire_code::show::<PlaceFor>(item.place_for),
            "when": wire_code::show::<Period>(item.period),
            "places": item.places,
        })
    };
    let pending = Some(hold.pending()).filter(|act| *act != HoldAct::Unspecified);
    json!({
        "hold_id": show(&hold.hold_id),
        "publisher": hold.publisher,
        "holder": hold.holder,
        "items": hold.items.iter().map(item).collect::<Vec<_>>(),
        "state": wire_code::show::<HoldState>(hold.state),
        "expires_at": instant(hold.expires_at),
        "reason": hold.reason,
        "extensions": hold.extensions,
        "agreement_id": show(&hold.agreement_id),
        "requested_at": instant(hold.requested_at),
        "reentry_of": Some(show(&hold.reentry_of)).filter(|id| !id.is_empty()),
        "position": Some(hold.position).filter(|position| *position > 0),
        "pending": pending.map(|act| wire_code::show::<HoldAct>(act.into())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Hold {
        let item = HoldItem { service_id: vec![7; 16], place_for: 1, period: 3, places: 2 };
        Hold {
            hold_id: vec![0xab; 16],
            publisher: "demo:stadsmissionen-kalmar".to_owned(),
            holder: "kommun:0880".to_owned(),
            items: vec![item],
            state: HoldState::Held.into(),
            expires_at: Some(prost_types::Timestamp { seconds: 1_800_000_000, nanos: 0 }),
            ..Hold::default()
        }
    }

    #[test]
    fn a_hold_says_until_when_and_what_to_do_before() {
        let text = one(&held(), Language::Sv).lines(next(&held(), Language::Sv)).text();
        assert!(text.contains("hållen till 2027-01-15 09:00 CET"), "{text}");
        assert!(text.contains("2 alla, natt"), "{text}");
        assert!(text.contains("brygga hold confirm abababab"), "{text}");
    }

    #[test]
    fn what_is_not_answered_is_told_beside_how_it_stands() {
        let hold = Hold { pending: HoldAct::Confirm.into(), ..held() };
        let text = list(std::slice::from_ref(&hold), Language::Sv).text();
        assert!(text.contains("väntar på svar om bekräftelse"), "{text}");
        assert!(next(&hold, Language::Sv)[0].contains("brygga hold show abababab"));
        assert_eq!(one(&hold, Language::Sv).json()["hold"]["pending"], "CONFIRM");
    }

    #[test]
    fn whoever_waits_reads_where_it_stands() {
        let waits = Hold { state: HoldState::Waiting.into(), position: 2, ..held() };
        let text = one(&waits, Language::Sv).text();
        assert!(text.contains("i kö för återinflyttning, på plats 2"), "{text}");
        assert!(next(&waits, Language::Sv)[0].contains("brygga hold show abababab"));
        assert_eq!(one(&waits, Language::Sv).json()["hold"]["position"], 2);
        assert!(one(&held(), Language::Sv).json()["hold"]["position"].is_null());
    }

    #[test]
    fn too_late_is_said_in_words() {
        let hold = Hold { state: HoldState::Expired.into(), ..held() };
        assert!(one(&hold, Language::Sv).text().contains("för sent, tiden är ute"));
        assert_eq!(list(&[], Language::Sv).text(), "Inget att visa.");
    }
}
