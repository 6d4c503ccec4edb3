use brygga_domain::relocation::{
    AgeBand, BlindNeedDraft, CallBack, Counterpart, Earliest, EndKind, Enquiry, GivenShare,
    HandoverEntry, HandoverItem, HousingKind, NamedOfficer, Offer, OfferDraft, Opening, OwnOffer,
    Position, Prepared, RefusalCode, SupportLevel,
};
use brygga_domain::{AgreementId, EnquiryId, OfficerId, OrgId, ThirdPersonRelation};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn case() -> Relocation {
    let need = BlindNeedDraft {
        adults: 1,
        children: vec![AgeBand::Preschool],
        wheelchair: true,
        animals: true,
        languages: vec!["ar".to_owned()],
        housing: HousingKind::Either,
        support: SupportLevel::Daily,
        earliest: Earliest::Later,
    };
    let withheld =
        Withheld { relation: ThirdPersonRelation::Guardian, decided_at: NOW, review_due: NOW };
    let opening = Opening {
        agreement_id: AgreementId::from_bytes([1; 16]),
        officers: vec![OfficerId::from_bytes([2; 16]), OfficerId::from_bytes([3; 16])],
        route: Route::Placement,
        level: ProtectionLevel::ProtectedRegistration,
        secrecy_basis: Some(SecrecyBasis::Osl21_3a),
        exclusions: Sensitive::new(BTreeSet::from([OrgId::parse("kommun:0192").unwrap()])),
        withheld: vec![withheld],
        need: need.check().unwrap(),
    };
    Relocation::open_at_origin(RelocationId::from_bytes([4; 16]), opening).unwrap()
}

#[test]
fn a_record_reads_back_what_was_written() {
    let mut case = case();
    assert_eq!(record_from_bytes(&record_to_bytes(&case)), Ok(case.clone()));
    case.end(EndKind::Aborted, NOW);
    assert_eq!(record_from_bytes(&record_to_bytes(&case)), Ok(case));
}

fn named(number: u8) -> NamedOfficer {
    NamedOfficer {
        id: OfficerId::from_bytes([number; 16]),
        name: Sensitive::new("Tolvan Tolvansson".to_owned()),
        phone: Sensitive::new("010-000 00 00".to_owned()),
        key: [number; 32],
    }
}

fn content(text: &str) -> Sensitive<Vec<u8>> {
    Sensitive::new(text.as_bytes().to_vec())
}

fn organisation(name: &str) -> Sensitive<OrgId> {
    Sensitive::new(OrgId::parse(name).unwrap())
}

/// Every field that an origin has.
fn full_origin() -> Relocation {
    let offered = OfferDraft {
        housing: HousingKind::ProtectedHousing,
        support: SupportLevel::RoundTheClock,
        earliest: Earliest::WithinAMonth,
    };
    let offer = |name, number| Offer {
        organisation: organisation(name),
        officers: [named(number), named(number + 1)],
        content: offered,
        mailbox: [number; 32],
        until: NOW,
    };
    let mut case = case();
    case.enquiry = Some(Enquiry {
        id: EnquiryId::from_bytes([11; 16]),
        reply_key: Sensitive::new([12; 32]),
        mailbox: [13; 32],
        until: NOW,
    });
    case.offers = vec![offer("kommun:1480", 20), offer("kommun:0580", 30)];
    case.selected = Some(1);
    let spoke_with = Sensitive::new("Tolvan".to_owned());
    case.call_back = Some(CallBack { by: OfficerId::from_bytes([2; 16]), spoke_with, at: NOW });
    let by = OfficerId::from_bytes([3; 16]);
    case.prepared = Some(Prepared { content: content("who it is"), by });
    full_pair(case, Position::Refused(RefusalCode::NoPlace))
}

/// Every field that a destination has.
fn full_destination() -> Relocation {
    let (id, agreement) = (RelocationId::from_bytes([5; 16]), AgreementId::from_bytes([1; 16]));
    let officers = [OfficerId::from_bytes([6; 16]), OfficerId::from_bytes([7; 16])];
    let mut case = Relocation::offer_at_destination(id, agreement, officers, case().need).unwrap();
    let enquiry = EnquiryId::from_bytes([11; 16]);
    let (reply_key, reply_to) = ([17; 32], [18; 32]);
    case.own_offer = Some(OwnOffer { enquiry, mailbox: [14; 32], until: NOW, reply_key, reply_to });
    case.arrived = Some(content("sealed"));
    case.share = Some(GivenShare { by: officers[0], share: Sensitive::new([15; 32]) });
    case.origin = Some(Counterpart {
        organisation: organisation("kommun:0880"),
        officers: [named(40), named(41)],
        mailbox: [16; 32],
    });
    case.content = Some(content("who it is"));
    full_pair(case, Position::Accepted)
}

fn full_pair(mut case: Relocation, position: Position) -> Relocation {
    case.position = Some((position, NOW));
    case.assistance = vec![Sensitive::new("asks".to_owned()), Sensitive::new("again".to_owned())];
    let entry = |item, received_at| HandoverEntry { item, given_at: NOW, received_at };
    case.handover =
        vec![entry(HandoverItem::SafetyPlan, Some(NOW)), entry(HandoverItem::WarmHandoff, None)];
    (case.disclosed_at, case.opened_at) = (Some(NOW), Some(NOW));
    (case.escalated_at, case.decided_at, case.ended_at) = (Some(NOW), Some(NOW), Some(NOW));
    (case.sent, case.received) = (17, 18);
    case
}

#[test]
fn a_record_keeps_every_field_at_every_stage() {
    for full in [full_origin(), full_destination()] {
        for stage in Stage::ALL {
            let case = Relocation { stage: *stage, ..full.clone() };
            assert_eq!(record_from_bytes(&record_to_bytes(&case)), Ok(case));
        }
    }
}

#[test]
fn nothing_of_a_person_or_a_place_is_printed() {
    let printed = format!("{:?} {:#?}", full_origin(), full_destination());
    for secret in ["Tolvan", "010-000", "who it is", "1480", "0580", "0880", "asks", "[12, 12"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn hostile_records_do_not_panic() {
    let record = record_to_bytes(&full_origin());
    for place in 0..record.len() {
        let mut damaged = record.to_vec();
        damaged[place] ^= 0xff;
        let _ = record_from_bytes(&damaged);
        let _ = record_from_bytes(&record[..place]);
    }
}

#[test]
fn what_nobody_wrote_is_named() {
    assert_eq!(record_from_bytes(b"\xff").unwrap_err().field, "record");
    let mut record = proto::RelocationRecord::decode(&**record_to_bytes(&case())).unwrap();
    record.level = "FINGERADE".to_owned();
    let refusal = record_from_bytes(&record.encode_to_vec()).unwrap_err();
    assert_eq!(refusal.field, "record.level");
}
