use brygga_domain::Reason::InvalidField;

use super::*;
use crate::samples::{Case, NOW, assert_refused, consent, later};

#[test]
fn a_consent_comes_back_standing_and_withdrawn() {
    assert_eq!(consent_from_proto(consent_to_proto(&consent())), Ok(consent()));
    let mut withdrawn = consent();
    withdrawn.withdraw(later(1));
    assert!(consent_from_proto(consent_to_proto(&withdrawn)).unwrap().is_said_by(&withdrawn));
}

#[test]
fn a_statement_comes_back() {
    let statement = (consent().consent_id, NOW);
    assert_eq!(statement_from_proto(&statement_to_proto(statement)), Ok(statement));
}

#[test]
fn each_broken_field_of_a_consent_is_named() {
    let cases: &[Case<proto::ConsentRecord>] = &[
        ("no id", |c| c.consent_id.clear(), InvalidField, "consent.consent_id"),
        ("15-byte id", |c| c.consent_id.truncate(15), InvalidField, "consent.consent_id"),
        ("nobody's", |c| c.person_reference.clear(), InvalidField, "consent.person_reference"),
        (
            "long reference",
            |c| c.person_reference = "1".repeat(65),
            InvalidField,
            "consent.person_reference",
        ),
        ("nobody consents", |c| c.consenting_party = 0, InvalidField, "consent.consenting_party"),
        ("unknown party", |c| c.consenting_party = 4, InvalidField, "consent.consenting_party"),
        ("blanket: anybody", |c| c.recipients.clear(), InvalidField, "consent.recipients"),
        (
            "17 recipients",
            |c| c.recipients = vec![c.recipients[0].clone(); 17],
            InvalidField,
            "consent.recipients",
        ),
        (
            "nameless recipient",
            |c| c.recipients[0].organisation.clear(),
            InvalidField,
            "consent.recipients.organisation",
        ),
        ("bad unit", |c| c.recipients[0].unit.push(' '), InvalidField, "consent.recipients.unit"),
        (
            "blanket: anything",
            |c| c.data_categories.clear(),
            InvalidField,
            "consent.data_categories",
        ),
        (
            "17 categories",
            |c| c.data_categories = vec![1; 17],
            InvalidField,
            "consent.data_categories",
        ),
        (
            "unknown category",
            |c| c.data_categories.push(9),
            InvalidField,
            "consent.data_categories",
        ),
        ("no purpose", |c| c.purpose.clear(), InvalidField, "consent.purpose"),
        ("long purpose", |c| c.purpose = "å".repeat(201), InvalidField, "consent.purpose"),
        ("no beginning", |c| c.valid_from = None, InvalidField, "consent.valid_from"),
        ("no end", |c| c.valid_until = None, InvalidField, "consent.valid_until"),
        ("end first", |c| c.valid_until = c.valid_from, InvalidField, "consent.valid_until"),
        ("no form", |c| c.form = 0, InvalidField, "consent.form"),
        ("no language", |c| c.language.clear(), InvalidField, "consent.language"),
        ("uninformed", |c| c.information_given = false, InvalidField, "consent.information_given"),
        (
            "long evidence",
            |c| c.evidence_reference = "1".repeat(201),
            InvalidField,
            "consent.evidence_reference",
        ),
        (
            "withdrawn in year 10000",
            |c| c.withdrawn_at.get_or_insert_default().seconds = i64::MAX,
            InvalidField,
            "consent.withdrawn_at",
        ),
    ];
    assert_refused(&consent_to_proto(&consent()), consent_from_proto, cases);
}
