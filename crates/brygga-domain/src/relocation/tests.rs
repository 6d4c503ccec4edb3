use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    AgreementId, EnquiryId, OfficerId, OrgId, Reason, RelocationId, Sensitive, ThirdPersonRelation,
    Timestamp,
};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const LATER: Timestamp = Timestamp::from_millis(1_767_225_600_000 + 86_400_000);
const ANNA: OfficerId = OfficerId::from_bytes([1; 16]);
const BERIT: OfficerId = OfficerId::from_bytes([2; 16]);

fn organisation(number: u32) -> OrgId {
    OrgId::parse(&format!("kommun:{number:04}")).unwrap()
}

fn need() -> BlindNeed {
    draft().check().unwrap()
}

fn draft() -> BlindNeedDraft {
    BlindNeedDraft {
        adults: 1,
        children: vec![AgeBand::Teenager, AgeBand::Preschool],
        wheelchair: false,
        animals: true,
        languages: vec!["ar".to_owned()],
        housing: HousingKind::Dwelling,
        support: SupportLevel::Weekly,
        earliest: Earliest::Now,
    }
}

fn opening() -> Opening {
    Opening {
        agreement_id: AgreementId::from_bytes([9; 16]),
        officers: vec![ANNA, BERIT],
        route: Route::Application,
        level: ProtectionLevel::Threatened,
        secrecy_basis: Some(SecrecyBasis::Osl21_3),
        exclusions: Sensitive::new(BTreeSet::from([organisation(192)])),
        withheld: Vec::new(),
        need: need(),
    }
}

fn origin(opening: Opening) -> Relocation {
    Relocation::open_at_origin(RelocationId::from_bytes([3; 16]), opening).unwrap()
}

pub(super) fn destination() -> Relocation {
    let id = RelocationId::from_bytes([4; 16]);
    let agreement = AgreementId::from_bytes([9; 16]);
    Relocation::offer_at_destination(id, agreement, [ANNA, BERIT], need()).unwrap()
}

fn enquiry() -> Enquiry {
    let (reply_key, mailbox) = (Sensitive::new([5; 32]), [6; 32]);
    Enquiry { id: EnquiryId::from_bytes([7; 16]), reply_key, mailbox, until: LATER }
}

fn offer(number: u32) -> Offer {
    let officer = |id| NamedOfficer {
        id,
        name: Sensitive::new("Tolvan".to_owned()),
        phone: Sensitive::new("010-000 00 00".to_owned()),
        key: [8; 32],
    };
    let content = OfferDraft {
        housing: HousingKind::Dwelling,
        support: SupportLevel::Weekly,
        earliest: Earliest::WithinAMonth,
    };
    Offer {
        organisation: Sensitive::new(organisation(number)),
        officers: [officer(ANNA), officer(BERIT)],
        content,
        mailbox: [number as u8; 32],
        until: LATER,
    }
}

fn called() -> CallBack {
    CallBack { by: ANNA, spoke_with: Sensitive::new("Tolvan".to_owned()), at: NOW }
}

fn content() -> Content {
    Sensitive::new(b"who it is".to_vec())
}

/// Both ends as they are when the destination has opened the disclosure.
pub(super) fn pair() -> (Relocation, Relocation) {
    let mut origin = origin(opening());
    origin.enquire(enquiry(), 5, 5).unwrap();
    assert!(origin.offered(offer(1480), NOW));
    origin.select(0, NOW).unwrap();
    origin.called_back(called()).unwrap();
    origin.prepare(ANNA, content()).unwrap();
    let told = origin.release(BERIT, NOW).unwrap();
    let mut destination = destination();
    destination.arrived().unwrap();
    let letter = destination.open(ANNA, BERIT, told, NOW).unwrap();
    assert_eq!(origin.take(1, &letter), Ok(Taken::Applied));
    (origin, destination)
}

/// A case with one more offer than it had.
pub(super) fn with_another_offer(mut case: Relocation) -> Relocation {
    assert!(case.offered(offer(580), NOW));
    case
}

#[test]
fn a_case_goes_from_its_first_word_to_its_end() {
    let (mut origin, mut destination) = pair();
    let position = destination.take_position(Position::Accepted, NOW).unwrap();
    origin.take(2, &position).unwrap();
    let item = origin.hand_over(HandoverItem::SafetyPlan, NOW).unwrap();
    destination.take(1, &item).unwrap();
    let letters = [
        destination.receive(HandoverItem::SafetyPlan, LATER).unwrap(),
        destination.moved(LATER).unwrap(),
        destination.followed_up(LATER).unwrap(),
        destination.close(LATER).unwrap(),
    ];
    for (number, letter) in (3..).zip(&letters) {
        assert_eq!(origin.take(number, letter), Ok(Taken::Applied));
    }
    assert_eq!((origin.stage, destination.stage), (Stage::Closed, Stage::Closed));
    assert_eq!(origin.handover[0].received_at, Some(LATER));
}

#[test]
fn nothing_is_disclosed_without_call_back_basis_and_a_second_officer() {
    let mut case = origin(Opening { secrecy_basis: None, ..opening() });
    case.enquire(enquiry(), 5, 5).unwrap();
    case.offered(offer(1480), NOW);
    case.select(0, NOW).unwrap();
    let missing = |case: &mut Relocation, by| {
        let refusal = case.release(by, NOW).unwrap_err();
        assert_eq!(refusal.reason, Reason::ReleaseMissing);
        refusal.field
    };
    assert_eq!(missing(&mut case, BERIT), "call_back");
    case.called_back(called()).unwrap();
    assert_eq!(missing(&mut case, BERIT), "secrecy_basis");
    case.secrecy_basis = Some(SecrecyBasis::Osl21_3a);
    assert_eq!(missing(&mut case, BERIT), "content");
    case.prepare(ANNA, content()).unwrap();
    assert_eq!(missing(&mut case, ANNA), "second_officer");
    assert_eq!(case.stage, Stage::Selected);
    assert_eq!(case.release(BERIT, NOW), Ok(content()));
    assert_eq!(case.prepared, None, "what was told is not kept");
}

#[test]
fn one_officer_alone_opens_nothing() {
    let mut case = destination();
    case.arrived().unwrap();
    let refusal = case.open(ANNA, ANNA, content(), NOW).unwrap_err();
    assert_eq!(refusal.reason, Reason::ReleaseMissing);
    assert_eq!((case.stage, case.content), (Stage::Arrived, None));
}

#[test]
fn too_few_candidates_are_refused_before_anything_changes() {
    let mut case = origin(opening());
    let refusal = case.enquire(enquiry(), 4, 5).unwrap_err();
    assert_eq!(refusal.reason, Reason::AnonymitySetTooSmall);
    assert_eq!((case.stage, case.enquiry), (Stage::Assessed, None));
}

#[test]
fn an_excluded_member_cannot_offer_itself_and_a_late_offer_is_left() {
    let mut case = origin(opening());
    case.enquire(enquiry(), 5, 5).unwrap();
    assert!(!case.offered(offer(192), NOW));
    assert!(!case.offered(offer(1480), LATER));
    assert!(case.offered(offer(1480), NOW));
    assert!(case.offered(offer(1480), NOW), "a later one takes its place");
    assert_eq!(case.offers.len(), 1);
}

#[test]
fn a_refusal_is_not_the_end_and_ivo_is_asked_about_transfers_only() {
    let (mut origin, mut destination) = pair();
    let refused = Position::Refused(RefusalCode::NoPlace);
    let letter = destination.take_position(refused, NOW).unwrap();
    origin.take(2, &letter).unwrap();
    assert!(origin.escalate(LATER, NOW).is_err(), "an application is appealed by the person");
    origin.route = Some(Route::Transfer);
    let mut asked = origin.clone();
    asked.escalate(LATER, NOW).unwrap();
    asked.ivo_decided(true).unwrap();
    assert_eq!(asked.stage, Stage::Accepted);
    let refusal = origin.select(0, NOW).unwrap_err();
    assert_eq!((refusal.reason, refusal.field), (Reason::NotFound, "offer"), "told once");
    assert!(origin.offered(offer(580), NOW));
    origin.select(1, NOW).unwrap();
    assert_eq!((origin.stage, origin.position), (Stage::Selected, None));
    assert_eq!((origin.disclosed_at, origin.opened_at), (None, None), "others know nothing yet");
    assert!(origin.assist(Sensitive::new("asks".to_owned())).is_err());
    assert_eq!(origin.end(EndKind::Aborted, NOW), None, "and are told of no end");
    assert_eq!(destination.end(EndKind::Aborted, NOW), None, "its own case only");
}

#[test]
fn a_decision_of_ivo_opens_a_case_again_that_was_refused() {
    let (mut origin, mut destination) = pair();
    let refused = Position::Refused(RefusalCode::NoRight);
    origin.route = Some(Route::Transfer);
    origin.take(2, &destination.take_position(refused, NOW).unwrap()).unwrap();
    origin.escalate(LATER, NOW).unwrap();
    let letter = destination.take_over_decided(LATER).unwrap();
    assert_eq!(origin.take(3, &letter), Ok(Taken::Applied));
    assert_eq!((origin.stage, destination.stage), (Stage::Accepted, Stage::Accepted));
    assert!(destination.take_over_decided(LATER).is_err());
}

#[test]
fn withheld_insight_is_reviewed_every_six_months_or_taken_away() {
    let withheld = |relation| Withheld { relation, decided_at: NOW, review_due: NOW };
    let (guardian, other) =
        (withheld(ThirdPersonRelation::Guardian), withheld(ThirdPersonRelation::Other));
    let mut case = origin(Opening { withheld: vec![guardian, other], ..opening() });
    case.review_withheld(0, true, NOW).unwrap();
    // From 1 January 2026, in Sweden, to the end of 1 July.
    assert_eq!(case.withheld[0].review_due.as_millis(), 1_782_943_200_000);
    case.review_withheld(1, false, NOW).unwrap();
    assert_eq!(case.withheld.len(), 1);
    assert_eq!(case.review_withheld(1, true, NOW).unwrap_err().field, "place");
    case.examine(SecrecyBasis::Osl26_1).unwrap();
    assert_eq!(case.secrecy_basis, Some(SecrecyBasis::Osl26_1));
    case.end(EndKind::Withdrawn, NOW);
    assert!(case.examine(SecrecyBasis::Osl21_3).is_err());
    assert!(case.review_withheld(0, false, NOW).is_err());
}

#[test]
fn an_offer_is_by_one_of_two_officers_who_can_be_called() {
    let card = |id, name: &str, phone: &str| OfficerCard {
        id,
        name: Sensitive::new(name.to_owned()),
        phone: Sensitive::new(phone.to_owned()),
    };
    let (anna, berit) = (card(ANNA, "Tolvan", "112"), card(BERIT, "Tolvan", "010-000 00 00"));
    let offering = |officers, until| Offering {
        enquiry: EnquiryId::from_bytes([7; 16]),
        officers,
        content: offer(580).content,
        until,
    };
    let field =
        |officers, by, until| offering(officers, until).check(by, NOW).err().map(|e| e.field);
    let both = || [anna.clone(), berit.clone()];
    assert_eq!(field(both(), BERIT, LATER), None);
    assert_eq!(field(both(), OfficerId::from_bytes([3; 16]), LATER), Some("officers"));
    assert_eq!(field([anna.clone(), anna.clone()], ANNA, LATER), Some("officers"));
    assert_eq!(field(both(), ANNA, NOW), Some("until"));
    let too_far = NOW.plus(OFFER_LIFETIME_MAX);
    assert_eq!(field(both(), ANNA, too_far), None);
    assert_eq!(field(both(), ANNA, Timestamp::from_millis(too_far.as_millis() + 1)), Some("until"));
    for name in ["", " ", "a\nb", &"å".repeat(101)] {
        assert_eq!(card(ANNA, name, "112").check().unwrap_err().field, "officers.name");
    }
    for phone in ["", "11", &"1".repeat(33)] {
        assert_eq!(card(ANNA, "Tolvan", phone).check().unwrap_err().field, "officers.phone");
    }
}

#[test]
fn what_officers_write_goes_into_one_letter() {
    let mut case = origin(opening());
    case.enquire(enquiry(), 5, 5).unwrap();
    case.offered(offer(1480), NOW);
    case.select(0, NOW).unwrap();
    for wrong in [Vec::new(), vec![b'a'; CONTENT_BYTES_MAX + 1], vec![0xff]] {
        assert_eq!(case.prepare(ANNA, Sensitive::new(wrong)).unwrap_err().field, "content");
    }
    case.prepare(ANNA, Sensitive::new(vec![b'a'; CONTENT_BYTES_MAX])).unwrap();
    for wrong in [String::new(), "å".repeat(101)] {
        let call = CallBack { spoke_with: Sensitive::new(wrong), ..called() };
        assert_eq!(case.called_back(call).unwrap_err().field, "spoke_with");
    }
    let (mut origin, _) = pair();
    for wrong in [String::new(), "a".repeat(ASSISTANCE_BYTES_MAX + 1)] {
        assert_eq!(origin.assist(Sensitive::new(wrong)).unwrap_err().field, "text");
    }
    let note = Letter::Assistance { text: Sensitive::new("asks".to_owned()) };
    let kept = (2..100).filter(|number| origin.take(*number, &note).is_ok()).count();
    assert_eq!((kept, origin.received), (64, 99), "the rest is left aside, and counted");
}

#[test]
fn silence_goes_to_ivo_after_a_month_and_not_before() {
    let (mut origin, _) = pair();
    origin.route = Some(Route::Transfer);
    assert!(origin.escalate(LATER, NOW).is_err());
    origin.escalate(LATER, LATER).unwrap();
    assert_eq!(origin.stage, Stage::Escalated);
}

#[test]
fn leak_13_protection_only_rises() {
    let mut case = origin(opening());
    for level in ProtectionLevel::ALL.iter().rev() {
        case.raise(*level);
        assert_eq!(case.level, ProtectionLevel::ProtectedRegistration);
    }
}

#[test]
fn leak_14_no_word_tells_of_an_assumed_identity() {
    let levels: Vec<_> = ProtectionLevel::ALL.iter().map(|level| level.as_str()).collect();
    assert_eq!(levels, ["THREATENED", "CONFIDENTIALITY_MARKING", "PROTECTED_REGISTRATION"]);
    assert_eq!(ProtectionLevel::parse("FINGERADE"), None);
}

#[test]
fn a_need_has_no_room_for_a_sentence() {
    let wrong = [
        BlindNeedDraft { adults: 0, ..draft() },
        BlindNeedDraft { adults: 7, ..draft() },
        BlindNeedDraft { children: vec![AgeBand::School; 11], ..draft() },
        BlindNeedDraft { languages: vec!["sv".into(); 4], ..draft() },
    ];
    for draft in wrong {
        assert_eq!(draft.check().unwrap_err().reason, Reason::InvalidField);
    }
    for language in ["", "xyz", "Tolvan", "SV", "0480"] {
        let refusal = BlindNeedDraft { languages: vec![language.into()], ..draft() }.check();
        assert_eq!(refusal.unwrap_err().reason, Reason::ContentForbidden, "{language}");
    }
    let other_order =
        BlindNeedDraft { children: vec![AgeBand::Preschool, AgeBand::Teenager], ..draft() };
    assert_eq!(other_order.check(), draft().check());
}

/// What may happen, in any order and to either end.
#[derive(Clone, Debug)]
enum Event {
    Act {
        origin: bool,
        act: u8,
        stored: bool,
    },
    /// One of the letters on the way arrives; it stays on the way, so that it can come again.
    Arrive {
        to_origin: bool,
        which: usize,
    },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    // One act in eight is lost by a crash before it is stored.
    let act = (any::<bool>(), 0..9_u8, 0..8_u8).prop_map(|(origin, act, luck)| Event::Act {
        origin,
        act,
        stored: luck > 0,
    });
    let arrive = (any::<bool>(), 0..12_usize)
        .prop_map(|(to_origin, which)| Event::Arrive { to_origin, which });
    prop::collection::vec(prop_oneof![5 => act, 8 => arrive], 0..120)
}

fn act(case: &mut Relocation, number: u8, at: Timestamp) -> Option<Letter> {
    match number {
        0 => case.take_position(Position::Accepted, at).ok(),
        1 => case.take_position(Position::Refused(RefusalCode::NoRight), at).ok(),
        2 => case.assist(Sensitive::new("asks".to_owned())).ok(),
        3 => case.hand_over(HandoverItem::Meeting, at).ok(),
        4 => case.receive(HandoverItem::Meeting, at).ok(),
        5 => case.moved(at).ok(),
        6 => case.followed_up(at).ok(),
        7 => case.close(at).ok(),
        _ => case.end(EndKind::Aborted, at),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// However letters are lost for a time, repeated and overtaken, and whichever clock is wrong: when all have arrived
    /// in the end, both ends stand at the same stage, or both have stopped.
    #[test]
    fn both_ends_agree_or_both_stop(events in events(), skew in -9_000_000..9_000_000_i64) {
        let (mut ends, mut ways) = (pair(), (Vec::new(), Vec::new()));
        // The destination's first letter told that it has opened.
        ways.1.push(Letter::Opened { at: NOW });
        let (here, there) = (NOW, Timestamp::from_millis(NOW.as_millis() + skew));
        let (mut waits_here, mut waits_there) = (BTreeSet::new(), BTreeSet::new());
        for event in events {
            match event {
                Event::Act { origin, act: what, stored } => {
                    let (end, way, at) = if origin {
                        (&mut ends.0, &mut ways.0, here)
                    } else {
                        (&mut ends.1, &mut ways.1, there)
                    };
                    let before = end.clone();
                    let said = act(end, what, at);
                    if stored { way.extend(said) } else { *end = before }
                }
                Event::Arrive { to_origin: true, which } if which < ways.1.len() => {
                    arrive(&mut ends.0, which, &ways.1, &mut waits_here);
                }
                Event::Arrive { to_origin: false, which } if which < ways.0.len() => {
                    arrive(&mut ends.1, which, &ways.0, &mut waits_there);
                }
                Event::Arrive { .. } => {}
            }
        }
        for which in 0..ways.1.len() {
            arrive(&mut ends.0, which, &ways.1, &mut waits_here);
        }
        for which in 0..ways.0.len() {
            arrive(&mut ends.1, which, &ways.0, &mut waits_there);
        }
        let (origin, destination) = ends;
        // Whoever has refused closes its own case.
        let refused = origin.stage == Stage::Refused;
        prop_assert!(refused || origin.stage.is_over() == destination.stage.is_over());
        let is_behind = destination.stage == Stage::Opened && origin.stage == Stage::Disclosed;
        prop_assert!(origin.stage == destination.stage || is_behind || refused || origin.stage.is_over(),
            "{:?} {:?}", origin.stage, destination.stage);
    }
}

/// As a node does it: what is early waits.
fn arrive(case: &mut Relocation, which: usize, letters: &[Letter], waiting: &mut BTreeSet<usize>) {
    waiting.insert(which);
    while let Some(next) = waiting.iter().copied().find(|which| {
        let number = u32::try_from(*which + 1).unwrap();
        !matches!(case.clone().take(number, &letters[*which]), Ok(Taken::Early))
    }) {
        waiting.remove(&next);
        // A letter that the other side may not write now is left aside, and counted.
        let _ = case.take(u32::try_from(next + 1).unwrap(), &letters[next]);
    }
}
