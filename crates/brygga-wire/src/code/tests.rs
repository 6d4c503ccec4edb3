use brygga_domain::agreement::{Action, AgreementKind, Effect, PartyRole, Priority, SubjectArea};
use brygga_domain::capacity::{Gender, Nearness, Sobriety, Warning, WhyNot};
use brygga_domain::code::SERVICE_TYPE;
use brygga_domain::consent::{ConsentForm, ConsentingParty};
use brygga_domain::referral::{ContactPolicy, DeclineParty, NextStep, OutcomeResult, StatusReason};
use brygga_domain::{DataCategory, DisclosureGround, GdprBasis};
use brygga_proto::types::v1::Code;

use super::*;
use crate::samples::{Case, assert_refused, parts};

/// Every value has the number of its place, so that stored codes and numbers tell the same story.
fn assert_numbered<T: Coded + PartialEq + std::fmt::Debug>(values: &[T]) {
    for (value, number) in values.iter().zip(1..) {
        assert_eq!(value.number(), number, "{value:?}");
        assert_eq!(read::<T>(number, "field"), Ok(*value));
    }
    assert_eq!(read_or_unset::<T>(0, "field"), Ok(None));
    assert_eq!(read::<T>(0, "field"), Err(invalid("field")));
    for unknown in [-1, i32::MIN, i32::MAX, i32::try_from(values.len()).unwrap() + 1] {
        assert_eq!(read_or_unset::<T>(unknown, "field"), Err(invalid("field")), "{unknown}");
    }
}

#[test]
fn every_word_keeps_its_number_and_unknown_numbers_are_refused() {
    assert_numbered(Gender::ALL);
    assert_numbered(Nearness::ALL);
    assert_numbered(Sobriety::ALL);
    assert_numbered(Warning::ALL);
    assert_numbered(WhyNot::ALL);
    assert_numbered(DisclosureGround::ALL);
    assert_numbered(GdprBasis::ALL);
    assert_numbered(DataCategory::ALL);
    assert_numbered(AgreementKind::ALL);
    assert_numbered(PartyRole::ALL);
    assert_numbered(SubjectArea::ALL);
    assert_numbered(Effect::ALL);
    assert_numbered(Action::ALL);
    assert_numbered(Priority::ALL);
    assert_numbered(ContactPolicy::ALL);
    assert_numbered(DeclineParty::ALL);
    assert_numbered(StatusReason::ALL);
    assert_numbered(NextStep::ALL);
    assert_numbered(OutcomeResult::ALL);
    assert_numbered(ConsentingParty::ALL);
    assert_numbered(ConsentForm::ALL);
    assert_numbered(brygga_domain::offer::OfferEnd::ALL);
    assert_numbered(brygga_domain::relocation::DueKind::ALL);
    assert_numbered(brygga_domain::relocation::HandoverItem::ALL);
    assert_numbered(brygga_domain::relocation::RefusalCode::ALL);
}

#[test]
fn the_code_inside_is_the_name_outside() {
    use brygga_proto::types::v1::DisclosureGround as Outside;
    for ground in DisclosureGround::ALL {
        let outside = Outside::try_from(ground.number()).unwrap().as_str_name();
        assert_eq!(outside.strip_prefix("DISCLOSURE_GROUND_"), Some(ground.as_str()));
    }
}

#[test]
fn a_term_of_a_newer_list_comes_back_with_its_parents() {
    let newer = Code {
        list: SERVICE_TYPE.to_owned(),
        list_version: 9,
        code: "WARM_BUS".to_owned(),
        broader: vec!["NIGHT_SHELTER".to_owned(), "EMERGENCY_ACCOMMODATION".to_owned()],
    };
    let term = term_of(SERVICE_TYPE, Some(newer.clone()), "field").unwrap();
    assert_eq!(term_to_proto(&term), newer);
    assert_eq!(term.effective(), "NIGHT_SHELTER");
}

#[test]
fn each_broken_term_is_refused() {
    use brygga_domain::Reason::InvalidField;
    let sound = term_to_proto(&parts().request.service_type);
    let cases: &[Case<Code>] = &[
        ("no list", |c| c.list.clear(), InvalidField, "field"),
        ("another list", |c| c.list = "housing_need".to_owned(), InvalidField, "field"),
        ("version 0", |c| c.list_version = 0, InvalidField, "field"),
        ("no code", |c| c.code.clear(), InvalidField, "field"),
        ("lower case", |c| c.code.make_ascii_lowercase(), InvalidField, "field"),
        ("65 characters", |c| c.code = "A".repeat(65), InvalidField, "field"),
        ("9 parents", |c| c.broader = vec!["A".to_owned(); 9], InvalidField, "field"),
        ("empty parent", |c| c.broader.push(String::new()), InvalidField, "field"),
    ];
    assert_refused(&sound, |code| term_of(SERVICE_TYPE, Some(code), "field"), cases);
    assert_eq!(term_from_proto(None, "field"), Err(invalid("field")));
}
