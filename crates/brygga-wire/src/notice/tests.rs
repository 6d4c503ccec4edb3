use brygga_domain::Reason;
use brygga_domain::notice::NoticeKind;
use brygga_proto::notice::v1 as proto;

use super::*;

fn content() -> proto::EvictionContent {
    proto::EvictionContent {
        tenant_name: "Eva Testsson".to_owned(),
        address: "Provgatan 1, 399 99 Provstad".to_owned(),
        planned_at: "2026-12-01T10:00".to_owned(),
        ground: proto::EvictionGround::Rent.into(),
        landlord: proto::LandlordKind::Municipal.into(),
        children: proto::Children::Yes.into(),
        children_count: proto::ChildrenCount::Two.into(),
        living_form: proto::LivingForm::Alternating.into(),
        other_occupants: proto::Occupants::Unknown.into(),
        contact: "010-000 00 00".to_owned(),
        ..proto::EvictionContent::default()
    }
}

#[test]
fn a_content_reads_back_and_shows_nothing_when_debugged() {
    let read = eviction_from_proto(content()).unwrap();
    let again = decode_eviction(&read.encode([7; 32])).unwrap();
    assert_eq!(again, read);
    assert_eq!(eviction_to_proto(&again), content());
    assert!(!format!("{read:?}").contains("Testsson"));
    let named = responsible("Karin Prov".to_owned(), "0480-00 00 00".to_owned()).unwrap();
    assert_eq!(decode_responsible(&named.encode([7; 32])).unwrap(), named);
    assert!(!format!("{named:?}").contains("Karin"));
}

#[test]
fn a_content_is_refused_by_its_bad_field() {
    type Break = fn(&mut proto::EvictionContent);
    let cases: [(&str, Break); 9] = [
        ("content.tenant_name", |one| one.tenant_name.clear()),
        ("content.tenant_number", |one| one.tenant_number = "12".to_owned()),
        ("content.address", |one| one.address = "x".repeat(201)),
        ("content.planned_at", |one| one.planned_at = "2026-12-01 10:00".to_owned()),
        ("content.ground", |one| one.ground = 0),
        ("content.children", |one| one.children = 0),
        ("content.children_count", |one| one.children = proto::Children::Unknown.into()),
        ("content.living_form", |one| {
            one.children = proto::Children::No.into();
            one.children_count = 0;
        }),
        ("content.contact", |one| one.contact.clear()),
    ];
    for (field, spoil) in cases {
        let mut bad = content();
        spoil(&mut bad);
        let refusal = eviction_from_proto(bad).unwrap_err();
        assert_eq!(refusal, Refusal::at(Reason::InvalidField, field));
    }
}

#[test]
fn a_time_goes_with_the_kinds_that_tell_one_and_an_address_may_be_missing_only_when_protected() {
    let timed = eviction_from_proto(content()).unwrap();
    assert!(timed.check(NoticeKind::Scheduled, false).is_ok());
    assert!(timed.check(NoticeKind::Application, false).is_err());
    let without = proto::EvictionContent { address: String::new(), ..content() };
    let without = eviction_from_proto(without).unwrap();
    assert!(without.check(NoticeKind::Scheduled, true).is_ok());
    assert!(without.check(NoticeKind::Scheduled, false).is_err());
}
