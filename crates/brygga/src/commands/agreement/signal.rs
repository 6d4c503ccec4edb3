//! What is agreed about signals, as people and programs read it.

use brygga_proto::agreement::v1::{AgreementTerms, PriorityMark, SignalTerms};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::wire_code;

/// `anståndsdagar 14, kontakt inom dagar 3, … ; barn, under 25 år`; empty where nothing is agreed.
pub(super) fn line(terms: &AgreementTerms, language: Language) -> String {
    let Some(signals) = &terms.signals else { return String::new() };
    let usual = |value: u32, usual: u32| if value == 0 { usual } else { value };
    let numbers = [
        (Text::SignalTermsGrace, signals.grace_days),
        (Text::SignalTermsContact, usual(signals.contact_days, 3)),
        (Text::SignalTermsOnSite, usual(signals.on_site_hours, 48)),
        (Text::SignalTermsTakeOn, usual(signals.take_on_days, 5)),
    ];
    let numbers = numbers.map(|(text, number)| format!("{} {number}", text.of(language)));
    let order: Vec<_> = order(signals).map(|mark| word::<PriorityMark>(mark, language)).collect();
    format!("{}; {}", numbers.join(", "), order.join(", "))
}

/// The same for programs, as the contract has it; null where nothing is agreed.
pub(super) fn entry(terms: &AgreementTerms) -> Value {
    let entry = terms.signals.as_ref().map(|signals| {
        let priority = signals.priority.iter().map(|mark| wire_code::show::<PriorityMark>(*mark));
        json!({
            "grace_days": signals.grace_days,
            "contact_days": signals.contact_days,
            "on_site_hours": signals.on_site_hours,
            "take_on_days": signals.take_on_days,
            "priority": priority.collect::<Vec<_>>(),
        })
    });
    json!(entry)
}

/// Who comes first; the order of the vocabulary where none is agreed.
fn order(signals: &SignalTerms) -> impl Iterator<Item = i32> {
    let usual: &[PriorityMark] = &[
        PriorityMark::Children,
        PriorityMark::Under25,
        PriorityMark::Over65,
        PriorityMark::IllHealth,
    ];
    let usual = if signals.priority.is_empty() { usual } else { &[] };
    signals.priority.iter().copied().chain(usual.iter().map(|mark| i32::from(*mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_agreed_is_said_with_what_is_usual() {
        let priority = vec![PriorityMark::IllHealth.into()];
        let signals = SignalTerms { grace_days: 14, priority, ..SignalTerms::default() };
        let terms = AgreementTerms { signals: Some(signals), ..AgreementTerms::default() };
        let said = "anståndsdagar 14, kontakt inom dagar 3, på plats inom timmar 48, \
                    handläggs inom dagar 5; misstänkt psykisk ohälsa";
        assert_eq!(line(&terms, Language::Sv), said);
        assert_eq!(entry(&terms)["grace_days"], 14);
        assert_eq!(line(&AgreementTerms::default(), Language::Sv), "");
        assert!(entry(&AgreementTerms::default()).is_null());
    }
}
