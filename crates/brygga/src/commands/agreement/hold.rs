//! How capacity is kept under an agreement, as people and programs read it.

use brygga_proto::agreement::v1::AgreementTerms;
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::Text;

/// What is held where an agreement says no other: 90 minutes.
const HOLD_SECONDS: u32 = 5_400;

/// `siffror gäller i 60 min, hålls i 90 min, förlängs högst 2×, återinflyttning inom 365 d`; empty where nothing is agreed.
pub(super) fn line(terms: &AgreementTerms, language: Language) -> String {
    let Some(holds) = &terms.holds else { return String::new() };
    let minutes = |text: Text, seconds: u32| format!("{} {} min", text.of(language), seconds / 60);
    let held = if holds.hold_seconds == 0 { HOLD_SECONDS } else { holds.hold_seconds };
    let fresh =
        (holds.fresh_seconds > 0).then(|| minutes(Text::HoldTermsFresh, holds.fresh_seconds));
    let often = format!("{} {}×", Text::HoldTermsExtensions.of(language), holds.extensions_max);
    let days = |days: u32| format!("{} {days} d", Text::HoldTermsReentry.of(language));
    let reentry = Some(holds.reentry_days).filter(|days| *days > 0).map(days);
    let parts = fresh.into_iter().chain([minutes(Text::HoldTermsHeld, held), often]).chain(reentry);
    parts.collect::<Vec<_>>().join(", ")
}

/// The same for programs, as the contract has it; null where nothing is agreed.
pub(super) fn entry(terms: &AgreementTerms) -> Value {
    let entry = terms.holds.as_ref().map(|holds| {
        json!({
            "fresh_seconds": holds.fresh_seconds,
            "hold_seconds": holds.hold_seconds,
            "extensions_max": holds.extensions_max,
            "reentry_days": holds.reentry_days,
        })
    });
    json!(entry)
}

#[cfg(test)]
mod tests {
    use brygga_proto::agreement::v1::HoldTerms;

    use super::*;

    #[test]
    fn what_is_agreed_on_holds_is_said_in_minutes() {
        let holds = HoldTerms { fresh_seconds: 3_600, extensions_max: 2, ..HoldTerms::default() };
        let of = |holds| AgreementTerms { holds: Some(holds), ..AgreementTerms::default() };
        let terms = of(holds);
        let said = "siffror gäller i 60 min, hålls i 90 min, förlängs högst 2×";
        assert_eq!(line(&terms, Language::Sv), said);
        let reentry = of(HoldTerms { reentry_days: 365, ..holds });
        assert_eq!(
            line(&reentry, Language::Sv),
            format!("{said}, återinflyttning kan begäras i 365 d")
        );
        assert_eq!(entry(&terms)["fresh_seconds"], 3_600);
        assert_eq!(line(&AgreementTerms::default(), Language::Sv), "");
    }
}
