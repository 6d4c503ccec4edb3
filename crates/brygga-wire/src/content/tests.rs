use brygga_domain::DataCategory;
use brygga_domain::Reason::InvalidField;
use brygga_proto::referral::v1 as proto;
use brygga_proto::types::v1::Code;
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::samples::{Case, assert_refused, content};

const SALT: [u8; 32] = [11; 32];

fn sound() -> proto::ReferralContent {
    proto::ReferralContent { salt: SALT.to_vec(), ..content_to_proto(&content()) }
}

#[test]
fn a_content_comes_back_with_its_salt() {
    assert_eq!(ReferralContent::decode(&content().encode(SALT)), Ok((SALT, content())));
}

#[test]
fn a_first_name_alone_is_enough() {
    let little = ReferralContent {
        name: Some(Sensitive::new("Tolvan".to_owned())),
        ..ReferralContent::default()
    };
    assert_eq!(ReferralContent::decode(&little.encode(SALT)), Ok((SALT, little)));
}

#[test]
fn the_categories_are_those_that_are_filled_in() {
    assert_eq!(content().categories(), DataCategory::ALL);
    assert_eq!(ReferralContent::default().categories(), []);
    let only_number = ReferralContent {
        personal_identity_number: content().personal_identity_number,
        ..ReferralContent::default()
    };
    assert_eq!(only_number.categories(), [DataCategory::Identity]);
    let only_note = ReferralContent { note: content().note, ..ReferralContent::default() };
    assert_eq!(only_note.categories(), [DataCategory::FreeText]);
}

#[test]
fn a_child_is_seen_in_the_household() {
    assert!(content().has_child());
    let household = Household::new(2, Vec::new()).map(Sensitive::new);
    assert!(!ReferralContent { household, ..content() }.has_child());
    assert!(!ReferralContent { household: None, ..content() }.has_child());
}

#[test]
fn the_commitment_hangs_on_salt_and_content() {
    let encoded = content().encode(SALT);
    assert_eq!(commitment(&encoded), commitment(&content().encode(SALT)));
    assert_ne!(commitment(&encoded), commitment(&content().encode([12; 32])));
    assert_ne!(commitment(&encoded), brygga_crypto::sha256(&[&encoded]));
}

#[test]
fn debug_output_and_refusals_hold_nothing_about_the_person() {
    let shown = format!("{:?} {:?}", content(), content().personal_identity_number);
    let mut wrong = sound();
    wrong.personal_identity_number.replace_range(11.., "6");
    let refusal = format!("{:?}", ReferralContent::decode(&wrong.encode_to_vec()));
    for told in ["Tolvan", "Provgatan", "1990", "buss", "SHELTER"] {
        assert!(!shown.contains(told), "{told} in {shown}");
        assert!(!refusal.contains(told), "{told} in {refusal}");
    }
}

#[test]
fn each_broken_field_of_a_content_is_named() {
    fn household(content: &mut proto::ReferralContent) -> &mut proto::Household {
        content.household.as_mut().unwrap()
    }
    let cases: &[Case<proto::ReferralContent>] = &[
        ("no salt", |c| c.salt.clear(), InvalidField, "content.salt"),
        ("31-byte salt", |c| c.salt.truncate(31), InvalidField, "content.salt"),
        ("long name", |c| c.name = "å".repeat(201), InvalidField, "content.name"),
        ("name of two lines", |c| c.name.push('\n'), InvalidField, "content.name"),
        ("long contact", |c| c.contact = "a".repeat(501), InvalidField, "content.contact"),
        ("bell in contact", |c| c.contact.push('\u{7}'), InvalidField, "content.contact"),
        ("nobody", |c| household(c).size = 0, InvalidField, "content.household.size"),
        ("one too many", |c| household(c).size += 1, InvalidField, "content.household.size"),
        (
            "adults overflow",
            |c| household(c).adults = u32::MAX,
            InvalidField,
            "content.household.size",
        ),
        (
            "unset age",
            |c| household(c).child_age_bands.push(0),
            InvalidField,
            "content.household.child_age_bands",
        ),
        (
            "unknown age",
            |c| household(c).child_age_bands.push(4),
            InvalidField,
            "content.household.child_age_bands",
        ),
        (
            "65 children",
            |c| household(c).child_age_bands = vec![1; 65],
            InvalidField,
            "content.household.child_age_bands",
        ),
        ("fourth cause", |c| c.cause_level = 4, InvalidField, "content.cause_level"),
        (
            "situation 5",
            |c| c.homelessness_situation = 5,
            InvalidField,
            "content.homelessness_situation",
        ),
        (
            "17 housing needs",
            |c| c.housing_needs = vec![c.housing_needs[0].clone(); 17],
            InvalidField,
            "content.housing_needs",
        ),
        (
            "17 support needs",
            |c| c.support_needs = vec![c.support_needs[0].clone(); 17],
            InvalidField,
            "content.support_needs",
        ),
        (
            "empty need",
            |c| c.housing_needs.push(Code::default()),
            InvalidField,
            "content.housing_needs",
        ),
        (
            "need of another list",
            |c| c.support_needs.extend(c.housing_needs.clone()),
            InvalidField,
            "content.support_needs",
        ),
        ("long note", |c| c.note = "å".repeat(4_001), InvalidField, "content.note"),
        ("zero in note", |c| c.note.push('\0'), InvalidField, "content.note"),
        (
            "nothing told",
            |c| *c = proto::ReferralContent { salt: SALT.to_vec(), ..Default::default() },
            InvalidField,
            "content",
        ),
    ];
    assert_refused(&sound(), |c| ReferralContent::decode(&c.encode_to_vec()), cases);
}

#[test]
fn the_longest_texts_pass() {
    let name = "å".repeat(MAX_NAME_CHARS);
    let note = "å".repeat(MAX_NOTE_CHARS);
    let longest = proto::ReferralContent { name, note, ..sound() };
    assert!(ReferralContent::decode(&longest.encode_to_vec()).is_ok());
}

#[test]
fn published_test_numbers_are_read() {
    for number in [
        "199001012385",
        "201701012393",
        "190308189802",
        "189001019802",
        "202601612381",
        "191401682396",
        "191500722390",
        "191711602399",
    ] {
        let read = PersonalIdentityNumber::parse(number.to_owned());
        assert_eq!(read.unwrap().as_str(), number);
    }
}

#[test]
fn what_is_no_personal_identity_number_is_refused() {
    for (what, digits) in [
        ("wrong check digit", "199001012384"),
        ("month 13", "199013012381"),
        ("day 32", "199001322388"),
        ("month 0 of a personnummer", "199000012386"),
        ("day 59", "199001592386"),
        ("day 92", "199001922385"),
        ("century 17", "179001012385"),
        ("with a sign", "19900101-2385"),
        ("short form", "9001012385"),
        ("thirteen digits", "1990010123850"),
        ("letters", "19900101TF8X"),
        ("digits of another script", "१९९००१०१२३८५"),
        ("empty", ""),
    ] {
        assert!(PersonalIdentityNumber::parse(digits.to_owned()).is_none(), "{what}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = ReferralContent::decode(&bytes);
    }

    #[test]
    fn arbitrary_texts_never_panic(digits in "\\PC{0,14}", number in "[0-9]{12}") {
        let _ = PersonalIdentityNumber::parse(digits);
        let _ = PersonalIdentityNumber::parse(number);
    }

    #[test]
    fn a_damaged_content_never_panics(at in 0_usize..300, bit in 0_u32..8) {
        let mut bytes = content().encode(SALT).to_vec();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let _ = ReferralContent::decode(&bytes);
    }
}
