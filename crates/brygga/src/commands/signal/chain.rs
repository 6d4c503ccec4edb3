//! The way from the first arrears to an eviction, or to none, as it is read.

use brygga_proto::local::v1::{ChainLink, SignalOutcome};
use brygga_proto::notice::v1::NoticeKind;
use brygga_proto::signal::v1::SignalSubject;
use serde_json::{Value, json};

use super::shown::{digits, instant};
use crate::cli::Language;
use crate::identifier::show;
use crate::output::table;
use crate::text::signal::SignalText;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

/// The chain, a row for each; nothing where a signal stands alone.
pub(super) fn lines(chain: &[ChainLink], language: Language) -> Vec<String> {
    if chain.len() < 2 {
        return Vec::new();
    }
    let rows: Vec<Vec<String>> = chain.iter().map(|link| row(link, language)).collect();
    let heading = [String::new(), SignalText::Chain.of(language).to_owned()];
    heading.into_iter().chain(table(&rows)).collect()
}

fn row(link: &ChainLink, language: Language) -> Vec<String> {
    let sent_at = instant(link.sent_at);
    if link.notice_id.is_empty() {
        let outcome = match link.outcome() {
            SignalOutcome::Unspecified => String::new(),
            _ => word::<SignalOutcome>(link.outcome, language),
        };
        let subject = word::<SignalSubject>(link.subject, language);
        return vec![sent_at, digits(&link.signal_id), subject, outcome];
    }
    let kind = word::<NoticeKind>(link.kind, language);
    vec![sent_at, digits(&link.notice_id), link.case_number.clone(), kind]
}

/// A link for programs.
pub(super) fn entry(link: &ChainLink) -> Value {
    let sent_at = when::from_proto(link.sent_at).map(when::rfc3339);
    if link.notice_id.is_empty() {
        return json!({
            "signal_id": show(&link.signal_id),
            "subject": wire_code::show::<SignalSubject>(link.subject),
            "outcome": wire_code::show::<SignalOutcome>(link.outcome),
            "sent_at": sent_at,
        });
    }
    json!({
        "notice_id": show(&link.notice_id),
        "case_number": link.case_number,
        "kind": wire_code::show::<NoticeKind>(link.kind),
        "sent_at": sent_at,
    })
}
