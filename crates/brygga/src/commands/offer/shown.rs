//! An open referral as a case worker and a program read it.

use brygga_proto::agreement::v1::{Priority, SubjectArea};
use brygga_proto::local::v1::{Offer, OfferState};
use brygga_proto::referral::v1::{OfferEnd, ReferralOffered};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::service::service;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 26;

/// One offer.
pub(super) fn one(offer: &Offer, language: Language) -> Answer {
    Answer::new(json!({"offer": entry(offer)})).lines(lines(offer, language))
}

/// Offers, one in a row.
pub(super) fn list(offers: &[Offer], language: Language) -> Answer {
    let answer = Answer::new(json!({"offers": offers.iter().map(entry).collect::<Vec<_>>()}));
    if offers.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading =
        [Text::Offer, Text::OfferedBy, Text::Service, Text::Priority, Text::Status, Text::ClaimBy];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(offers.iter().map(|offer| row(offer, language)));
    let lost = offers.iter().filter(|offer| offer.claim_lost);
    let lost = lost.map(|_| Text::OfferClaimLost.of(language)).take(1);
    answer.lines(table(&rows)).lines(lost)
}

fn row(offer: &Offer, language: Language) -> Vec<String> {
    let none = ReferralOffered::default();
    let asked = offer.asked.as_ref().unwrap_or(&none);
    vec![
        show(&offer.offer_id),
        offer.source.clone(),
        service(&offer.effective_service_type, language),
        word::<Priority>(asked.priority, language),
        status(offer, language),
        when::from_proto(asked.claim_by).map_or_else(String::new, when::swedish),
    ]
}

/// The state, and why it is closed where it is.
fn status(offer: &Offer, language: Language) -> String {
    let state = word::<OfferState>(offer.state, language);
    match offer.end() {
        OfferEnd::Unspecified => state,
        _ => format!("{state}: {}", word::<OfferEnd>(offer.end, language)),
    }
}

fn lines(offer: &Offer, language: Language) -> Vec<String> {
    let none = ReferralOffered::default();
    let asked = offer.asked.as_ref().unwrap_or(&none);
    let instant = |at| when::from_proto(at).map_or_else(String::new, when::swedish);
    let claimant = match offer.claimant_unit.as_str() {
        "" => offer.claimant.clone(),
        unit => format!("{}/{unit}", offer.claimant),
    };
    let all = [
        (Text::Offer, show(&offer.offer_id)),
        (Text::OfferedBy, offer.source.clone()),
        (Text::Status, status(offer, language)),
        (Text::Service, service(&offer.effective_service_type, language)),
        (Text::Priority, word::<Priority>(asked.priority, language)),
        (Text::HostMunicipality, asked.host_municipality.clone()),
        (Text::HomeMunicipality, asked.home_municipality.clone()),
        (Text::ClaimBy, instant(asked.claim_by)),
        (Text::Units, asked.units.join(", ")),
        (Text::Parties, offer.parties.join(", ")),
        (Text::ClaimedByWhom, claimant),
        (
            Text::Referral,
            if offer.referral_id.is_empty() { String::new() } else { show(&offer.referral_id) },
        ),
    ];
    let shown = all.into_iter().filter(|(_, value)| !value.is_empty());
    let mut lines: Vec<_> = shown.map(|(label, value)| labelled(label, &value, language)).collect();
    if offer.claim_lost {
        lines.push(Text::OfferClaimLost.of(language).to_owned());
    }
    lines
}

fn labelled(label: Text, value: &str, language: Language) -> String {
    let clean: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{:<LABEL_WIDTH$}{clean}", label.of(language))
}

/// An offer for programs.
fn entry(offer: &Offer) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let id = |bytes: &[u8]| (!bytes.is_empty()).then(|| show(bytes));
    let none = ReferralOffered::default();
    let asked = offer.asked.as_ref().unwrap_or(&none);
    json!({
        "offer_id": show(&offer.offer_id),
        "is_own": offer.is_own,
        "source": offer.source,
        "agreement_id": show(&offer.agreement_id),
        "priority": wire_code::show::<Priority>(asked.priority),
        "subject": wire_code::show::<SubjectArea>(asked.subject),
        "service_type": asked.service_type.as_ref().map(|term| term.code.clone()),
        "effective_service_type": offer.effective_service_type,
        "host_municipality": asked.host_municipality,
        "home_municipality": asked.home_municipality,
        "acute_duty": asked.acute_duty,
        "source_unit": asked.source_unit,
        "about_child": asked.about_child,
        "claim_by": instant(asked.claim_by),
        "units": asked.units,
        "state": wire_code::show::<OfferState>(offer.state),
        "end": wire_code::show::<OfferEnd>(offer.end),
        "since": instant(offer.since),
        "claimant": offer.claimant,
        "claimant_unit": offer.claimant_unit,
        "claimed_at": instant(offer.claimed_at),
        "claim_lost": offer.claim_lost,
        "referral_id": id(&offer.referral_id),
        "parties": offer.parties,
    })
}
