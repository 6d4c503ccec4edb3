//! Rules of a house that are refused, each by its bad field.

use brygga_domain::Reason::{InvalidField, PolicyUnknownTerm};
use brygga_domain::code::{CodedTerm, HOUSE_RULE, SERVICE_TYPE};
use brygga_proto::types::v1::Code;

use super::*;
use crate::code::term_to_proto;
use crate::samples::{Case, assert_refused};

fn term(list: &str, code: &str) -> Option<Code> {
    CodedTerm::known(list, code).as_ref().map(term_to_proto)
}

fn one_more(terms: &mut proto::AgreementTerms, code: &str, text: &str) {
    let (code, text) = (term(HOUSE_RULE, code), text.to_owned());
    terms.conditions.push(proto::Condition { code, text });
}

#[test]
fn each_broken_field_of_a_condition_is_named() {
    let cases: &[Case<proto::AgreementTerms>] = &[
        (
            "17",
            |t| t.conditions = vec![t.conditions[0].clone(); 17],
            InvalidField,
            "terms.conditions",
        ),
        ("no code", |t| t.conditions[0].code = None, InvalidField, "terms.conditions.code"),
        (
            "no rule of a house",
            |t| t.conditions[0].code = term(SERVICE_TYPE, "OTHER"),
            InvalidField,
            "terms.conditions.code",
        ),
        (
            "of a newer list",
            |t| {
                let code = t.conditions[0].code.as_mut().unwrap();
                (code.list_version, code.code) = (2, "SOBRIETY_AT_WEEKENDS".to_owned());
            },
            PolicyUnknownTerm,
            "terms.conditions.code",
        ),
        (
            "the same again",
            |t| one_more(t, "SOBRIETY_TOTAL", ""),
            InvalidField,
            "terms.conditions.code",
        ),
        (
            "the opposite",
            |t| one_more(t, "ALCOHOL_ALLOWED", ""),
            InvalidField,
            "terms.conditions.code",
        ),
        ("unsaid", |t| one_more(t, "OTHER", ""), InvalidField, "terms.conditions.text"),
        (
            "too long",
            |t| t.conditions[0].text = "å".repeat(201),
            InvalidField,
            "terms.conditions.text",
        ),
    ];
    assert_refused(&sound(), decode, cases);
}

#[test]
fn rules_that_do_not_exclude_each_other_stand_together() {
    let mut terms = sound();
    for (code, text) in [
        ("UNANNOUNCED_TESTS", ""),
        ("PETS_ALLOWED", "Högst en hund"),
        ("OTHER", "Städdag på lördagar"),
        ("OTHER", "Gemensam middag på onsdagar"),
    ] {
        one_more(&mut terms, code, text);
    }
    assert_eq!(decode(terms).unwrap().conditions.len(), 5);
}
