//! Small lists and compound values as one text column, in words that hold no separator.

use std::fmt::Write as _;

use brygga_domain::DataCategory;
use brygga_domain::code::CodedTerm;
use brygga_domain::consent::{ConsentEvent, ConsentEventType, ConsentRecipient};
use brygga_domain::eligibility::{Affirmation, Eligibility, Standing};
use brygga_domain::referral::{AdviceChannel, AdviceMeans};
use brygga_domain::{OrgId, ThirdPersonRelation, Timestamp, UnitId};

/// `IDENTITY,CONTACT`.
pub(crate) fn categories_to_text(categories: &[DataCategory]) -> String {
    let codes: Vec<&str> = categories.iter().map(|category| category.as_str()).collect();
    codes.join(",")
}

pub(crate) fn categories_from_text(text: &str) -> Option<Vec<DataCategory>> {
    words(text).map(DataCategory::parse).collect()
}

/// `list/version/code` and the parents, nearest first: `service_type/1/EMERGENCY_BED/BED`.
pub(crate) fn term_to_text(term: &CodedTerm) -> String {
    let mut text = format!("{}/{}/{}", term.list(), term.list_version(), term.code());
    for parent in term.broader() {
        text.push('/');
        text.push_str(parent);
    }
    text
}

pub(crate) fn term_from_text(text: &str) -> Option<CodedTerm> {
    let mut parts = text.split('/');
    let (list, version, code) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    CodedTerm::parse(list, version, code, parts.map(str::to_owned).collect()).ok()
}

/// `TELEPHONE mottagningen 0480-450 000`.
pub(crate) fn advice_to_text(advice: &AdviceChannel) -> String {
    format!("{} {} {}", advice.means().as_str(), advice.unit(), advice.address())
}

pub(crate) fn advice_from_text(text: &str) -> Option<AdviceChannel> {
    let mut parts = text.splitn(3, ' ');
    let means = AdviceMeans::parse(parts.next()?)?;
    let unit = UnitId::parse(parts.next()?).ok()?;
    AdviceChannel::new(unit, means, parts.next()?.to_owned()).ok()
}

/// `kommun:0881/mobila-teamet,demo:stadsmissionen-kalmar`.
pub(crate) fn recipients_to_text(recipients: &[ConsentRecipient]) -> String {
    let one = |recipient: &ConsentRecipient| match &recipient.unit {
        Some(unit) => format!("{}/{unit}", recipient.organisation),
        None => recipient.organisation.to_string(),
    };
    recipients.iter().map(one).collect::<Vec<_>>().join(",")
}

pub(crate) fn recipients_from_text(text: &str) -> Option<Vec<ConsentRecipient>> {
    let one = |text: &str| {
        let (organisation, unit) = match text.split_once('/') {
            Some((organisation, unit)) => (organisation, Some(UnitId::parse(unit).ok()?)),
            None => (text, None),
        };
        Some(ConsentRecipient { organisation: OrgId::parse(organisation).ok()?, unit })
    };
    words(text).map(one).collect()
}

/// `kommun:0881,demo:stadsmissionen-kalmar`.
pub(crate) fn organisations_to_text(organisations: &[OrgId]) -> String {
    let texts: Vec<&str> = organisations.iter().map(OrgId::as_str).collect();
    texts.join(",")
}

pub(crate) fn organisations_from_text(text: &str) -> Option<Vec<OrgId>> {
    words(text).map(|word| OrgId::parse(word).ok()).collect()
}

/// `mobila-teamet,socialjouren`.
pub(crate) fn units_to_text(units: &[UnitId]) -> String {
    let texts: Vec<&str> = units.iter().map(UnitId::as_str).collect();
    texts.join(",")
}

pub(crate) fn units_from_text(text: &str) -> Option<Vec<UnitId>> {
    words(text).map(|word| UnitId::parse(word).ok()).collect()
}

/// `PARTNER,CHILD`.
pub(crate) fn relations_to_text(relations: &[ThirdPersonRelation]) -> String {
    let codes: Vec<&str> = relations.iter().map(|relation| relation.as_str()).collect();
    codes.join(",")
}

pub(crate) fn relations_from_text(text: &str) -> Option<Vec<ThirdPersonRelation>> {
    words(text).map(ThirdPersonRelation::parse).collect()
}

/// `GIVEN@1800000000000,WITHDRAWN@1800000086400`.
pub(crate) fn consent_events_to_text(events: &[ConsentEvent]) -> String {
    let one = |event: &ConsentEvent| format!("{}@{}", event.kind.as_str(), event.at.as_millis());
    events.iter().map(one).collect::<Vec<_>>().join(",")
}

pub(crate) fn consent_events_from_text(text: &str) -> Option<Vec<ConsentEvent>> {
    let one = |text: &str| {
        let (kind, at) = text.split_once('@')?;
        let at = Timestamp::from_millis(at.parse().ok()?);
        Some(ConsentEvent { kind: ConsentEventType::parse(kind)?, at })
    };
    words(text).map(one).collect()
}

/// `oppet-arende,kartlaggning@2026-11-20,malgrupp?`: met, met since a day, justified.
pub(crate) fn affirmations_to_text(affirmations: &[Affirmation]) -> String {
    let one = |affirmed: &Affirmation| match affirmed.standing {
        Standing::Met { since: None } => affirmed.criterion_id.clone(),
        Standing::Met { since: Some(day) } => format!("{}@{day}", affirmed.criterion_id),
        Standing::Justified => format!("{}?", affirmed.criterion_id),
    };
    affirmations.iter().map(one).collect::<Vec<_>>().join(",")
}

pub(crate) fn affirmations_from_text(text: &str) -> Option<Vec<Affirmation>> {
    let one = |word: &str| {
        let (id, standing) = match (word.split_once('@'), word.strip_suffix('?')) {
            (Some((id, day)), _) => (id, Standing::Met { since: Some(day.parse().ok()?) }),
            (None, Some(id)) => (id, Standing::Justified),
            (None, None) => (word, Standing::Met { since: None }),
        };
        Some(Affirmation { criterion_id: id.to_owned(), standing })
    };
    words(text).map(one).collect()
}

/// `ELIGIBLE,kartlaggning@2026-11-20`.
pub(crate) fn eligibility_to_text(told: &Eligibility) -> String {
    let mut text = if told.is_justified { "JUSTIFIED" } else { "ELIGIBLE" }.to_owned();
    for (id, day) in &told.dates {
        // Writing to a String cannot fail.
        let _ = write!(text, ",{id}@{day}");
    }
    text
}

pub(crate) fn eligibility_from_text(text: &str) -> Option<Eligibility> {
    let mut words = words(text);
    let is_justified = match words.next()? {
        "JUSTIFIED" => true,
        "ELIGIBLE" => false,
        _ => return None,
    };
    let dated = |word: &str| {
        let (id, day) = word.split_once('@')?;
        Some((id.to_owned(), day.parse().ok()?))
    };
    Some(Eligibility { is_justified, dates: words.map(dated).collect::<Option<_>>()? })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_keeps_its_parents_in_order() {
        let parents = vec!["BED".to_owned(), "HOUSING".to_owned()];
        let term = CodedTerm::parse("service_type", 3, "EMERGENCY_BED", parents).unwrap();
        assert_eq!(term_to_text(&term), "service_type/3/EMERGENCY_BED/BED/HOUSING");
        assert_eq!(term_from_text(&term_to_text(&term)), Some(term));
    }

    #[test]
    fn recipients_with_and_without_unit_read_back() {
        let text = "kommun:0881/mobila-teamet,demo:stadsmissionen-kalmar";
        let recipients = recipients_from_text(text).unwrap();
        assert_eq!(recipients[1].unit, None);
        assert_eq!(recipients_to_text(&recipients), text);
    }

    #[test]
    fn what_is_affirmed_reads_back() {
        let text = "oppet-arende,kartlaggning@2026-11-20,malgrupp?";
        let affirmed = affirmations_from_text(text).unwrap();
        assert_eq!(affirmed[2].standing, Standing::Justified);
        assert_eq!(affirmations_to_text(&affirmed), text);
        let text = "JUSTIFIED,kartlaggning@2026-11-20";
        assert_eq!(eligibility_to_text(&eligibility_from_text(text).unwrap()), text);
        assert_eq!(eligibility_from_text("kartlaggning@2026-11-20"), None);
    }

    #[test]
    fn an_unknown_word_is_no_list() {
        assert_eq!(categories_from_text("IDENTITY,SHOE_SIZE"), None);
        assert_eq!(categories_from_text(""), Some(Vec::new()));
        assert_eq!(term_from_text("service_type/x/BED"), None);
    }
}
