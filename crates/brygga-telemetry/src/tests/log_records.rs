//! Logs: what is on the line and what is not.

use brygga_config::{LogFormat, LogLevel};
use tracing::dispatcher::with_default;

use super::{CANARY, Lines, leak_everywhere, resource, settings};
use crate::{TelemetryError, build};

#[test]
fn the_canary_is_on_no_line_of_either_format() {
    for format in [LogFormat::Json, LogFormat::Text] {
        let lines = Lines::default();
        let settings = brygga_config::TelemetrySettings { log_format: format, ..settings(None) };
        let (dispatch, guard) = build(&settings, &resource(), lines.clone()).unwrap();
        with_default(&dispatch, leak_everywhere);
        let text = lines.text();
        assert!(!text.contains("Kim") && !text.contains("20000101"), "{text}");
        assert_eq!(text.lines().count(), 9, "{text}");
        assert!(text.contains("the message was sent") && text.contains("kommun:0881"), "{text}");
        assert!(guard.dropped_fields().count() >= 15, "{:?}", guard.dropped_fields());
    }
}

#[test]
fn a_record_has_the_listed_fields_and_those_of_its_span() {
    let lines = Lines::default();
    let (dispatch, guard) = build(&settings(None), &resource(), lines.clone()).unwrap();
    with_default(&dispatch, || {
        let span = tracing::info_span!("deliver", peer = "kommun:0881", secret = CANARY);
        let _entered = span.enter();
        tracing::info!(
            agreement.version = 3_u32,
            rule.id = "R12",
            duration_ms = 1.5,
            reason = %"NO_AGREEMENT",
            other = 7,
            "a literal message"
        );
    });
    let records = lines.records();
    let [record] = &records[..] else { panic!("{records:?}") };
    assert_eq!(record["message"], "a literal message");
    assert_eq!(record["agreement.version"], 3);
    assert_eq!(record["rule.id"], "R12");
    assert_eq!(record["duration_ms"], 1.5);
    assert_eq!(record["reason"], "NO_AGREEMENT");
    assert_eq!(record["other"], serde_json::Value::Null);
    assert_eq!(record["span"]["name"], "deliver");
    assert_eq!(record["span"]["peer"], "kommun:0881");
    assert_eq!(record["span"]["secret"], serde_json::Value::Null);
    assert_eq!(guard.dropped_fields().count(), 2);
}

#[test]
fn a_library_is_heard_at_warning_and_says_only_who_it_is() {
    let lines = Lines::default();
    let (dispatch, _guard) = build(&settings(None), &resource(), lines.clone()).unwrap();
    with_default(&dispatch, || {
        tracing::info!(target: "some_library", "below warning");
        tracing::warn!(target: "some_library", attempt = 3, "even a literal");
    });
    let records = lines.records();
    let [record] = &records[..] else { panic!("{records:?}") };
    assert_eq!(record["message"], "some_library");
    assert_eq!(record["attempt"], serde_json::Value::Null);
}

#[test]
fn a_message_with_a_value_in_it_is_withheld() {
    let lines = Lines::default();
    let (dispatch, guard) = build(&settings(None), &resource(), lines.clone()).unwrap();
    let number = lines.records().len();
    with_default(&dispatch, || tracing::info!("number {number} of them"));
    assert_eq!(lines.records()[0]["message"], module_path!());
    assert_eq!(guard.dropped_fields().count(), 1);
}

#[test]
fn a_value_off_the_list_is_not_even_formatted() {
    struct Unprintable;
    impl std::fmt::Debug for Unprintable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("a field off the list was formatted");
        }
    }
    let lines = Lines::default();
    let (dispatch, guard) = build(&settings(None), &resource(), lines.clone()).unwrap();
    with_default(&dispatch, || {
        let span = tracing::info_span!("work", case = ?Unprintable);
        span.in_scope(|| tracing::info!(person = ?Unprintable, "nothing is read"));
    });
    assert_eq!(lines.records().len(), 1);
    assert_eq!(guard.dropped_fields().count(), 2);
}

#[test]
fn the_level_silences_our_own_code_and_libraries() {
    let lines = Lines::default();
    let settings =
        brygga_config::TelemetrySettings { log_level: LogLevel::Error, ..settings(None) };
    let (dispatch, _guard) = build(&settings, &resource(), lines.clone()).unwrap();
    with_default(&dispatch, || {
        tracing::warn!("ours");
        tracing::warn!(target: "some_library", "theirs");
        tracing::error!("heard");
    });
    assert_eq!(lines.records().len(), 1);
}

#[test]
fn a_panic_is_logged_by_its_place_only() {
    let lines = Lines::default();
    let (dispatch, _guard) = build(&settings(None), &resource(), lines.clone()).unwrap();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        with_default(&dispatch, || crate::panic::log(info));
    }));
    let outcome = std::panic::catch_unwind(|| panic!("about {CANARY}"));
    std::panic::set_hook(before);
    assert!(outcome.is_err());
    let text = lines.text();
    assert!(!text.contains("Kim"), "{text}");
    let record = lines.records().pop().unwrap();
    assert_eq!(record["error.type"], "panic");
    assert!(record["code.location"].as_str().unwrap().contains("log_records.rs:"), "{record}");
}

#[test]
fn a_collector_without_a_runtime_is_an_error_and_not_a_panic() {
    let settings = settings(Some("http://127.0.0.1:4317".to_owned()));
    let error = build(&settings, &resource(), std::io::sink).unwrap_err();
    assert!(matches!(error, TelemetryError::NoRuntime), "{error}");
}
