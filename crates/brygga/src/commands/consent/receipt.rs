//! The receipt for the person (ORE-20): what was agreed to, what was sent to whom on what ground, and
//! how to take it back. On one page, in plain Swedish or in easy Swedish (lättläst), or in English.
//!
//! It names nobody: whoever hands it over knows who stands there, and a paper gets lost.

use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::{Disclosure, ShowConsentResponse};
use brygga_proto::types::v1::{DataCategory, DisclosureGround};
use clap::ValueEnum;

use super::{recipient_text, stop};
use crate::cli::Language;
use crate::identifier::show;
use crate::text::vocabulary::word;
use crate::when;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Style {
    /// Plain: complete, with the sections of law.
    Plain,
    /// Easy: short sentences, no sections of law (lättläst).
    Easy,
}

/// The whole receipt, ready to be printed.
pub(super) fn receipt(
    shown: &ShowConsentResponse,
    style: Style,
    language: Language,
) -> Vec<String> {
    let none = ConsentRecord::default();
    let consent = shown.consent.as_ref().unwrap_or(&none);
    match (style, language) {
        (Style::Easy, _) => easy(consent, shown),
        (Style::Plain, Language::Sv) => plain_swedish(consent, shown),
        (Style::Plain, Language::En) => plain_english(consent, shown),
    }
}

fn plain_swedish(consent: &ConsentRecord, shown: &ShowConsentResponse) -> Vec<String> {
    let sv = Language::Sv;
    let mut lines = vec![
        "KVITTO PÅ DITT SAMTYCKE".to_owned(),
        String::new(),
        format!("Samtycke: {}", show(&consent.consent_id)),
        format!("Ändamål: {}", consent.purpose),
        format!("Gäller från {} till {}.", time(consent.valid_from), time(consent.valid_until)),
        format!("Vi får lämna: {}.", categories(&consent.data_categories, sv)),
        format!("Till: {}.", recipients(consent)),
        "Du häver sekretessen för dessa uppgifter (10 kap. 1 § och 12 kap. 2 § OSL).".to_owned(),
        String::new(),
        "DETTA HAR VI LÄMNAT".to_owned(),
    ];
    if shown.disclosures.is_empty() {
        lines.push("Inget ännu.".to_owned());
    }
    lines.extend(shown.disclosures.iter().map(|one| {
        let ground = word::<DisclosureGround>(one.disclosure_ground, sv);
        let data = categories(&one.data_categories, sv);
        format!("– {} till {}: {data}. Grund: {ground}.", time(one.sent_at), to(one))
    }));
    if consent.withdrawn_at.is_some() {
        lines.push(String::new());
        lines.push(format!("DU TOG TILLBAKA SAMTYCKET {}", time(consent.withdrawn_at)));
    }
    lines.extend(shown.stops.iter().map(|one| format!("– {}", stop::line(one, sv))));
    lines.extend([
        String::new(),
        "SÅ TAR DU TILLBAKA DITT SAMTYCKE".to_owned(),
        "Du kan när som helst ta tillbaka hela samtycket eller en del av det. Säg eller skriv till \
         din handläggare; du behöver inte säga varför. Då slutar vi genast att lämna uppgifter, och \
         alla som har fått dem får veta att de ska sluta använda dem. Vi berättar för dig vad var \
         och en svarar. En myndighet kan behöva spara det som redan finns i en akt \
         (16 kap. 1 § socialtjänstlagen)."
            .to_owned(),
        "Du kan klaga hos Integritetsskyddsmyndigheten, www.imy.se.".to_owned(),
    ]);
    lines
}

fn plain_english(consent: &ConsentRecord, shown: &ShowConsentResponse) -> Vec<String> {
    let en = Language::En;
    let mut lines = vec![
        "RECEIPT FOR YOUR CONSENT".to_owned(),
        String::new(),
        format!("Consent: {}", show(&consent.consent_id)),
        format!("Purpose: {}", consent.purpose),
        format!("Holds from {} to {}.", time(consent.valid_from), time(consent.valid_until)),
        format!("We may share: {}.", categories(&consent.data_categories, en)),
        format!("With: {}.", recipients(consent)),
        "You lift the secrecy of these data (OSL 10:1 and 12:2).".to_owned(),
        String::new(),
        "THIS IS WHAT WE HAVE SHARED".to_owned(),
    ];
    if shown.disclosures.is_empty() {
        lines.push("Nothing yet.".to_owned());
    }
    lines.extend(shown.disclosures.iter().map(|one| {
        let ground = word::<DisclosureGround>(one.disclosure_ground, en);
        let data = categories(&one.data_categories, en);
        format!("– {} with {}: {data}. Ground: {ground}.", time(one.sent_at), to(one))
    }));
    if consent.withdrawn_at.is_some() {
        lines.push(String::new());
        lines.push(format!("YOU WITHDREW THE CONSENT {}", time(consent.withdrawn_at)));
    }
    lines.extend(shown.stops.iter().map(|one| format!("– {}", stop::line(one, en))));
    lines.extend([
        String::new(),
        "HOW TO WITHDRAW YOUR CONSENT".to_owned(),
        "You can withdraw all of it or a part of it at any time. Tell or write to your case worker; \
         you need not say why. We then stop sharing at once, and everybody who has received data is \
         told to stop using them. We tell you what each of them answers. An authority may have to \
         keep what is in a file already (SoL 16:1)."
            .to_owned(),
        "You can complain to the Swedish Authority for Privacy Protection, www.imy.se.".to_owned(),
    ]);
    lines
}

/// Lättläst: one thought a line, no section of law, no word that a person would have to look up.
fn easy(consent: &ConsentRecord, shown: &ShowConsentResponse) -> Vec<String> {
    let mut lines = vec![
        "DU HAR SAGT JA".to_owned(),
        String::new(),
        "Du har sagt ja till att vi berättar om dig.".to_owned(),
        format!("Vi får berätta för: {}.", recipients(consent)),
        format!("Vi får berätta om: {}.", categories(&consent.data_categories, Language::Sv)),
        format!("Vi får göra det till och med {}.", time(consent.valid_until)),
        String::new(),
        "DET HAR VI BERÄTTAT".to_owned(),
    ];
    if shown.disclosures.is_empty() {
        lines.push("Vi har inte berättat något ännu.".to_owned());
    }
    let told = shown.disclosures.iter();
    lines.extend(told.map(|one| format!("– Vi berättade för {} {}.", to(one), time(one.sent_at))));
    if consent.withdrawn_at.is_some() {
        lines.push(String::new());
        lines.push("Du har sagt nej igen.".to_owned());
        lines.push("Vi berättar inget mer.".to_owned());
    }
    lines.extend(shown.stops.iter().map(|one| format!("– {}", stop::line(one, Language::Sv))));
    lines.extend(
        [
            "",
            "DU FÅR ÄNDRA DIG",
            "Du får säga nej när du vill.",
            "Säg det till din handläggare.",
            "Du behöver inte säga varför.",
            "Då slutar vi berätta.",
            "Alla som har fått veta något måste också sluta.",
            "Vi säger till dig vad de svarar.",
            "Du får hjälp även om du säger nej.",
        ]
        .map(str::to_owned),
    );
    lines
}

fn time(at: Option<prost_types::Timestamp>) -> String {
    when::from_proto(at).map_or_else(|| "–".to_owned(), when::swedish)
}

fn categories(numbers: &[i32], language: Language) -> String {
    numbers.iter().map(|n| word::<DataCategory>(*n, language)).collect::<Vec<_>>().join(", ")
}

fn recipients(consent: &ConsentRecord) -> String {
    consent.recipients.iter().map(recipient_text).collect::<Vec<_>>().join(", ")
}

fn to(disclosure: &Disclosure) -> String {
    match disclosure.recipient_unit.as_str() {
        "" => disclosure.recipient.clone(),
        unit => format!("{}/{unit}", disclosure.recipient),
    }
}

#[cfg(test)]
mod tests {
    use brygga_proto::consent::v1::processing_stopped::Held;
    use brygga_proto::consent::v1::{ConsentRecipient, Erased, ProcessingStopped};
    use brygga_proto::local::v1::ProcessingStop;

    use super::*;

    fn shown() -> ShowConsentResponse {
        let at = prost_types::Timestamp { seconds: 1_800_000_000, nanos: 0 };
        let organisation = "kommun:0881".to_owned();
        ShowConsentResponse {
            consent: Some(ConsentRecord {
                person_reference: "DNR 2026-17".to_owned(),
                evidence_reference: "pärm 3".to_owned(),
                purpose: "plats på härbärge".to_owned(),
                recipients: vec![ConsentRecipient { organisation, unit: String::new() }],
                data_categories: vec![DataCategory::Identity.into()],
                withdrawn_at: Some(at),
                ..ConsentRecord::default()
            }),
            disclosures: vec![Disclosure {
                recipient: "kommun:0881".to_owned(),
                disclosure_ground: DisclosureGround::Consent122.into(),
                sent_at: Some(at),
                ..Disclosure::default()
            }],
            stops: vec![ProcessingStop {
                recipient: "kommun:0881".to_owned(),
                answer: Some(ProcessingStopped {
                    stopped_at: Some(at),
                    held: Some(Held::Erased(Erased {})),
                    ..ProcessingStopped::default()
                }),
                ..ProcessingStop::default()
            }],
        }
    }

    #[test]
    fn ore_20_the_receipt_says_what_to_whom_on_what_ground_and_how_to_withdraw() {
        let text = receipt(&shown(), Style::Plain, Language::Sv).join("\n");
        for part in ["kommun:0881", "identitet", "12 kap. 2 §", "ta tillbaka", "har raderat allt"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        let english = receipt(&shown(), Style::Plain, Language::En).join("\n");
        assert!(
            english.contains("has erased everything") && !english.contains("ta tillbaka"),
            "{english}"
        );
    }

    #[test]
    fn the_easy_receipt_has_short_lines_and_no_section_of_law() {
        let lines = receipt(&shown(), Style::Easy, Language::Sv);
        let text = lines.join("\n");
        assert!(!text.contains('§') && !text.contains("OSL"), "{text}");
        for line in &lines {
            assert!(line.split_whitespace().count() <= 14, "too long to be easy: {line}");
        }
    }

    #[test]
    fn the_receipt_names_neither_the_case_nor_the_archive() {
        for style in [Style::Plain, Style::Easy] {
            let text = receipt(&shown(), style, Language::Sv).join("\n");
            assert!(!text.contains("2026-17") && !text.contains("pärm"), "{text}");
        }
    }
}
