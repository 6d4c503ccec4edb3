//! A call as staff and a program read it, and what to do next.

use brygga_proto::capacity::v1::{Period, PlaceFor, WantedPlaces};
use brygga_proto::local::v1::{Call, CallState};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::service::service;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 16;
/// Digits of an id that a person is asked to type.
const ENDING_DIGITS: usize = 8;

/// One call.
pub(super) fn one(call: &Call, language: Language) -> Answer {
    let wanted = call.wanted.clone().unwrap_or_default();
    let hold = if call.hold_id.is_empty() { String::new() } else { show(&call.hold_id) };
    let all = [
        (Text::Call, show(&call.call_id)),
        (Text::Status, state(call, language)),
        (Text::Caller, call.caller.clone()),
        (Text::Service, code(&wanted, language)),
        (Text::HoldTerms, places(&wanted, language)),
        (Text::CallAnswerBy, until(&wanted)),
        (Text::CallAsked, call.parties.join(", ")),
        (Text::CallTakenBy, call.taken_by.clone()),
        (Text::Hold, hold),
    ];
    let told = all.into_iter().filter(|(_, value)| !value.is_empty());
    let lines = told.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language)));
    Answer::new(json!({"call": entry(call)})).lines(lines)
}

/// Calls, one in a row.
pub(super) fn list(calls: &[Call], language: Language) -> Answer {
    let answer = Answer::new(json!({"calls": calls.iter().map(entry).collect::<Vec<_>>()}));
    if calls.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading = [
        Text::Call,
        Text::Status,
        Text::Caller,
        Text::Service,
        Text::HoldTerms,
        Text::CallAnswerBy,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(calls.iter().map(|call| {
        let wanted = call.wanted.clone().unwrap_or_default();
        vec![
            digits(&call.call_id),
            state(call, language),
            call.caller.clone(),
            code(&wanted, language),
            places(&wanted, language),
            until(&wanted),
        ]
    }));
    answer.lines(table(&rows))
}

/// What to do next.
pub(super) fn next(call: &Call, language: Language) -> Option<String> {
    let (id, hold) = (digits(&call.call_id), digits(&call.hold_id));
    let is_own = !call.parties.is_empty();
    let (text, command) = match call.state() {
        CallState::Open if is_own => (Text::CallAwaits, format!("brygga call show {id}")),
        CallState::Open => (Text::CallMayAnswer, format!("brygga call answer {id}")),
        CallState::Answered => (Text::CallAnswered, format!("brygga call show {id}")),
        CallState::Refused => (Text::CallMayAnswerAnew, format!("brygga call answer {id}")),
        CallState::Taken if is_own => (Text::CallHeld, format!("brygga hold show {hold}")),
        _ => return None,
    };
    Some(format!("{} {command}", text.of(language)))
}

/// `svaret nekades: REC_STALE`.
fn state(call: &Call, language: Language) -> String {
    let state = word::<CallState>(call.state, language);
    if call.reason.is_empty() { state } else { format!("{state}: {}", call.reason) }
}

fn code(wanted: &WantedPlaces, language: Language) -> String {
    wanted.service_type.as_ref().map_or_else(String::new, |term| service(&term.code, language))
}

/// `2 kvinnor, natt, med barn`.
fn places(wanted: &WantedPlaces, language: Language) -> String {
    let whom = word::<PlaceFor>(wanted.place_for, language);
    let when = word::<Period>(wanted.period, language);
    let child = Text::CallWithChild.of(language);
    let child = if wanted.with_child { format!(", {child}") } else { String::new() };
    format!("{} {whom}, {when}{child}", wanted.places)
}

fn until(wanted: &WantedPlaces) -> String {
    when::from_proto(wanted.answer_by).map_or_else(String::new, when::swedish)
}

/// The last digits of an id.
fn digits(id: &[u8]) -> String {
    let digits = hex::encode(id);
    digits.get(digits.len().saturating_sub(ENDING_DIGITS)..).unwrap_or_default().to_owned()
}

/// A call for programs.
fn entry(call: &Call) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let wanted = call.wanted.clone().unwrap_or_default();
    json!({
        "call_id": show(&call.call_id),
        "caller": call.caller,
        "state": wire_code::show::<CallState>(call.state),
        "service_type": wanted.service_type.map(|term| term.code),
        "for": wire_code::show::<PlaceFor>(wanted.place_for),
        "when": wire_code::show::<Period>(wanted.period),
        "places": wanted.places,
        "with_child": wanted.with_child,
        "hold_seconds": wanted.ttl_seconds,
        "answer_by": instant(wanted.answer_by),
        "agreement_id": show(&call.agreement_id),
        "placed_at": instant(call.placed_at),
        "parties": call.parties,
        "taken_by": call.taken_by,
        "hold_id": Some(&call.hold_id).filter(|id| !id.is_empty()).map(|id| show(id)),
        "reason": call.reason,
    })
}

#[cfg(test)]
mod tests {
    use brygga_proto::types::v1::Code;

    use super::*;

    fn call(state: CallState) -> Call {
        let code = Code { code: "NIGHT_SHELTER".to_owned(), ..Code::default() };
        let wanted = WantedPlaces {
            service_type: Some(code),
            place_for: PlaceFor::Women.into(),
            period: Period::Night.into(),
            places: 2,
            with_child: true,
            answer_by: Some(prost_types::Timestamp { seconds: 1_800_000_000, nanos: 0 }),
            ..WantedPlaces::default()
        };
        Call {
            call_id: vec![0xab; 16],
            caller: "kommun:0880".to_owned(),
            wanted: Some(wanted),
            state: state.into(),
            ..Call::default()
        }
    }

    #[test]
    fn a_call_says_what_is_looked_for_and_how_to_answer() {
        let open = call(CallState::Open);
        let text = one(&open, Language::Sv).lines(next(&open, Language::Sv)).text();
        assert!(text.contains("2 kvinnor, natt, barn följer med"), "{text}");
        assert!(text.contains("2027-01-15 09:00 CET"), "{text}");
        assert!(text.contains("brygga call answer abababab"), "{text}");
    }

    #[test]
    fn whoever_called_is_told_where_its_hold_is() {
        let taken = Call {
            parties: vec!["kommun:0881".to_owned()],
            taken_by: "kommun:0881".to_owned(),
            hold_id: vec![0xcd; 16],
            ..call(CallState::Taken)
        };
        assert!(next(&taken, Language::Sv).unwrap().contains("brygga hold show cdcdcdcd"));
        assert_eq!(next(&call(CallState::Taken), Language::Sv), None);
        assert_eq!(one(&taken, Language::Sv).json()["call"]["state"], "TAKEN");
    }

    #[test]
    fn a_refused_answer_says_why() {
        let refused = Call { reason: "SEND_HOLD_EXPIRED".to_owned(), ..call(CallState::Refused) };
        let text = list(&[refused], Language::Sv).text();
        assert!(text.contains("svaret nekades: SEND_HOLD_EXPIRED"), "{text}");
        assert_eq!(list(&[], Language::Sv).text(), "Inget att visa.");
    }
}
