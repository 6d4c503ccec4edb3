//! What a recipient was told to stop, and what it answered: in words and as JSON.

use brygga_proto::consent::v1::StopReason;
use brygga_proto::consent::v1::processing_stopped::Held;
use brygga_proto::local::v1::ProcessingStop;
use serde_json::{Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::text::Text;
use crate::when;
use crate::wire_code;

/// `kommun:0881: har raderat allt (2026-03-09 kl. 14.05)`.
pub(crate) fn line(stop: &ProcessingStop, language: Language) -> String {
    format!("{}: {}", stop.recipient, said(stop, language))
}

/// What the recipient says that it still holds.
pub(super) fn said(stop: &ProcessingStop, language: Language) -> String {
    let Some(answer) = &stop.answer else {
        let text = if stop.is_overdue { Text::StopOverdue } else { Text::StopWaiting };
        return text.of(language).to_owned();
    };
    let at = when::from_proto(answer.stopped_at).map_or_else(String::new, when::swedish);
    match &answer.held {
        Some(Held::Erased(_)) => format!("{} ({at})", Text::StopErased.of(language)),
        Some(Held::NothingHeld(_)) => format!("{} ({at})", Text::StopNothingHeld.of(language)),
        Some(Held::RetainedBecause(because)) => {
            format!("{} {} ({at})", Text::StopRetained.of(language), because.statute)
        }
        None => "–".to_owned(),
    }
}

/// The same for a program.
pub(crate) fn entry(stop: &ProcessingStop) -> Value {
    let time = |at| when::from_proto(at).map(when::rfc3339);
    let answer = stop.answer.as_ref();
    let (held, statute) = match answer.and_then(|answer| answer.held.as_ref()) {
        None => (None, None),
        Some(Held::Erased(_)) => (Some("ERASED"), None),
        Some(Held::NothingHeld(_)) => (Some("NOTHING_HELD"), None),
        Some(Held::RetainedBecause(because)) => (Some("RETAINED"), Some(&because.statute)),
    };
    json!({
        "stop_id": show(&stop.stop_id),
        "referral_id": show(&stop.referral_id),
        "recipient": stop.recipient,
        "reason": wire_code::show::<StopReason>(stop.reason),
        "requested_at": time(stop.requested_at),
        "stopped_at": answer.and_then(|answer| time(answer.stopped_at)),
        "still_held": held,
        "statute": statute,
        "is_overdue": stop.is_overdue,
    })
}
