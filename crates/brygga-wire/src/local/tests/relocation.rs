//! What officers do, offer and see.

use std::collections::BTreeSet;

use brygga_domain::Reason::InvalidField;
use brygga_domain::relocation::{
    Act, AgeBand, BlindNeedDraft, CallBack, Content, Counterpart, Due, DueKind, Earliest, EndKind,
    Enquiry, GivenShare, HandoverEntry, HandoverItem, HousingKind, NamedOfficer, Offer, OfferDraft,
    OpenEnquiry, OwnOffer, Position, Prepared, ProtectionLevel, RefusalCode, Relocation, Route,
    SecrecyBasis, Side, Stage, SupportLevel, Withheld,
};
use brygga_domain::{EnquiryId, OfficerId, RelocationId, Sensitive, ThirdPersonRelation};
use brygga_proto::local::v1::act_on_relocation_request::Act as Asked;
use brygga_proto::relocation::v1 as code;
use brygga_proto::transfer::v1::TransferOutcome;
use prost::Message;

use super::*;
use crate::samples::{Case, assert_refused, nybro};
use crate::time;

fn text(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

/// One of each act, as it is asked and as it is read.
fn acts() -> Vec<(Asked, Act)> {
    let at = Some(time::to_proto(NOW));
    let take = |position: code::RelocationPosition, refusal: code::RefusalCode| {
        let (position, refusal) = (position.into(), refusal.into());
        Asked::TakePosition(proto::TakePosition { position, refusal })
    };
    let review = |review: proto::WithheldReview| {
        Asked::ReviewWithheld(proto::ReviewWithheld { place: 2, review: review.into() })
    };
    let content = Content::new("Tolvan Tolvansson\noch barn".into());
    vec![
        (Asked::Raise(3), Act::Raise(ProtectionLevel::ProtectedRegistration)),
        (Asked::Examine(2), Act::Examine(SecrecyBasis::Osl21_3a)),
        (Asked::Enquire(proto::SendEnquiry { until: at }), Act::Enquire { until: NOW }),
        (Asked::Select(0), Act::Select { place: 0 }),
        (
            Asked::CallBack(proto::RecordCallBack { spoke_with: "Elvan".to_owned() }),
            Act::CallBack { spoke_with: text("Elvan") },
        ),
        (
            Asked::Prepare(proto::PrepareDisclosure {
                content: "Tolvan Tolvansson\noch barn".to_owned(),
            }),
            Act::Prepare { content },
        ),
        (Asked::Release(proto::ReleaseDisclosure {}), Act::Release),
        (Asked::Open(proto::OpenDisclosure {}), Act::Open),
        (
            take(code::RelocationPosition::Accepted, code::RefusalCode::Unspecified),
            Act::TakePosition(Position::Accepted),
        ),
        (
            take(code::RelocationPosition::Refused, code::RefusalCode::NoRight),
            Act::TakePosition(Position::Refused(RefusalCode::NoRight)),
        ),
        (
            Asked::Assist(proto::SendAssistance { text: "Hur går det?".to_owned() }),
            Act::Assist(text("Hur går det?")),
        ),
        (Asked::HandOver(3), Act::HandOver(HandoverItem::SafetyPlan)),
        (Asked::Receive(6), Act::Receive(HandoverItem::WarmHandoff)),
        (Asked::Move(proto::RecordMove {}), Act::Move),
        (Asked::FollowUp(proto::RecordFollowUp {}), Act::FollowUp),
        (Asked::Close(proto::CloseRelocation {}), Act::Close),
        (Asked::Escalate(proto::EscalateRelocation {}), Act::Escalate),
        (
            Asked::ReceiveDecision(proto::ReceiveIvoDecision { at }),
            Act::ReceiveDecision { at: NOW },
        ),
        (
            Asked::NoteDecision(TransferOutcome::Moves.into()),
            Act::NoteDecision { takes_over: true },
        ),
        (
            Asked::NoteDecision(TransferOutcome::Stays.into()),
            Act::NoteDecision { takes_over: false },
        ),
        (review(proto::WithheldReview::GoesOn), Act::ReviewWithheld { place: 2, goes_on: true }),
        (review(proto::WithheldReview::Lifted), Act::ReviewWithheld { place: 2, goes_on: false }),
        (Asked::End(2), Act::End(EndKind::Aborted)),
    ]
}

#[test]
fn each_act_is_read() {
    let mut words = BTreeSet::new();
    for (asked, act) in acts() {
        assert_eq!(relocation_act_from_proto(Some(asked)), Ok(act.clone()));
        words.insert(act.word());
    }
    assert_eq!(words.len(), 20, "one of each");
}

#[test]
fn each_broken_act_is_named() {
    let spoke = |spoke_with: String| Asked::CallBack(proto::RecordCallBack { spoke_with });
    let prepare = |content: String| Asked::Prepare(proto::PrepareDisclosure { content });
    let assist = |text: String| Asked::Assist(proto::SendAssistance { text });
    let take = |position, refusal| Asked::TakePosition(proto::TakePosition { position, refusal });
    let review = |review| Asked::ReviewWithheld(proto::ReviewWithheld { place: 0, review });
    let wrong = [
        (Asked::Raise(0), "raise"),
        (Asked::Raise(4), "raise"),
        (Asked::Examine(0), "examine"),
        (Asked::Examine(i32::MAX), "examine"),
        (Asked::Enquire(proto::SendEnquiry { until: None }), "enquire.until"),
        (spoke(String::new()), "call_back.spoke_with"),
        (spoke("Elvan\nTolvan".to_owned()), "call_back.spoke_with"),
        (spoke("Elvan\u{1b}[2J".to_owned()), "call_back.spoke_with"),
        (spoke("å".repeat(101)), "call_back.spoke_with"),
        (prepare(String::new()), "prepare.content"),
        (prepare(" \n".to_owned()), "prepare.content"),
        (prepare("\0".to_owned()), "prepare.content"),
        (prepare("å".repeat(2_001)), "prepare.content"),
        (assist(String::new()), "assist.text"),
        (assist("x".repeat(2_001)), "assist.text"),
        (take(0, 0), "take_position.position"),
        (take(3, 1), "take_position.position"),
        (take(1, 1), "take_position.refusal"),
        (take(2, 0), "take_position.refusal"),
        (take(2, 4), "take_position.refusal"),
        (Asked::HandOver(0), "hand_over"),
        (Asked::HandOver(7), "hand_over"),
        (Asked::Receive(-1), "receive"),
        (Asked::ReceiveDecision(proto::ReceiveIvoDecision { at: None }), "receive_decision.at"),
        (Asked::NoteDecision(0), "note_decision"),
        (review(0), "review_withheld.review"),
        (review(3), "review_withheld.review"),
        (Asked::End(0), "end"),
        (Asked::End(3), "end"),
    ];
    for (asked, field) in wrong {
        let refusal = relocation_act_from_proto(Some(asked)).unwrap_err();
        assert_eq!((refusal.reason, refusal.field), (InvalidField, field));
    }
    let absent = relocation_act_from_proto(None).unwrap_err();
    assert_eq!((absent.reason, absent.field), (InvalidField, "act"));
}

#[test]
fn a_text_may_be_as_long_as_it_is_said_and_no_longer() {
    let at_limit = [
        Asked::CallBack(proto::RecordCallBack { spoke_with: "å".repeat(100) }),
        Asked::Prepare(proto::PrepareDisclosure { content: "å".repeat(2_000) }),
        Asked::Assist(proto::SendAssistance { text: "x".repeat(2_000) }),
    ];
    for asked in at_limit {
        assert!(relocation_act_from_proto(Some(asked)).is_ok());
    }
}

fn card(id: u8) -> proto::OfficerCard {
    proto::OfficerCard {
        officer_id: vec![id; 16],
        name: "Tolvan Tolvansson".to_owned(),
        phone: "112".to_owned(),
    }
}

fn offering() -> proto::OfferRelocationRequest {
    proto::OfferRelocationRequest {
        proof: None,
        enquiry_id: vec![7; 16],
        officers: vec![card(1), card(2)],
        housing: code::RelocationHousing::Dwelling.into(),
        support: code::RelocationSupport::Daily.into(),
        earliest: code::Earliest::WithinAMonth.into(),
        until: Some(time::to_proto(NOW)),
    }
}

#[test]
fn an_answer_to_an_enquiry_is_read() {
    let read = offering_from_proto(offering()).unwrap();
    assert_eq!((read.enquiry, read.until), (EnquiryId::from_bytes([7; 16]), NOW));
    assert_eq!(read.officers[1].id, OfficerId::from_bytes([2; 16]));
    assert_eq!(read.officers[0].phone, text("112"));
    assert_eq!(read.content, draft());
}

#[test]
fn each_broken_field_of_an_answer_is_named() {
    let cases: &[Case<proto::OfferRelocationRequest>] = &[
        ("no enquiry", |r| r.enquiry_id.clear(), InvalidField, "enquiry_id"),
        ("15-byte enquiry", |r| r.enquiry_id.truncate(15), InvalidField, "enquiry_id"),
        ("nobody", |r| r.officers.clear(), InvalidField, "officers"),
        ("one officer", |r| r.officers.truncate(1), InvalidField, "officers"),
        ("three officers", |r| r.officers.push(card(3)), InvalidField, "officers"),
        ("the same twice", |r| r.officers[1] = card(1), InvalidField, "officers"),
        ("no handle", |r| r.officers[0].officer_id.clear(), InvalidField, "officers.officer_id"),
        ("no name", |r| r.officers[0].name.clear(), InvalidField, "officers.name"),
        ("long name", |r| r.officers[1].name = "å".repeat(101), InvalidField, "officers.name"),
        ("two lines", |r| r.officers[1].name.push('\n'), InvalidField, "officers.name"),
        ("short phone", |r| r.officers[0].phone = "11".into(), InvalidField, "officers.phone"),
        ("long phone", |r| r.officers[1].phone = "1".repeat(33), InvalidField, "officers.phone"),
        ("no housing", |r| r.housing = 0, InvalidField, "housing"),
        ("unknown support", |r| r.support = 5, InvalidField, "support"),
        ("unknown earliest", |r| r.earliest = 4, InvalidField, "earliest"),
        ("no end", |r| r.until = None, InvalidField, "until"),
    ];
    assert_refused(&offering(), offering_from_proto, cases);
}

const fn draft() -> OfferDraft {
    OfferDraft {
        housing: HousingKind::Dwelling,
        support: SupportLevel::Daily,
        earliest: Earliest::WithinAMonth,
    }
}

/// What no answer may hold: keys, mailboxes and shares.
const SECRETS: [[u8; 32]; 5] = [[b'A'; 32], [b'B'; 32], [b'C'; 32], [b'D'; 32], [b'E'; 32]];

fn named(id: u8) -> NamedOfficer {
    NamedOfficer {
        id: OfficerId::from_bytes([id; 16]),
        name: text("Elvan Elvansson"),
        phone: text("0480-000 00"),
        key: SECRETS[0],
    }
}

/// A case in which everything is set, as no case is.
fn full() -> Relocation {
    let need = BlindNeedDraft {
        adults: 1,
        children: vec![AgeBand::School],
        wheelchair: true,
        animals: true,
        languages: vec!["ar".to_owned()],
        housing: HousingKind::Either,
        support: SupportLevel::None,
        earliest: Earliest::Later,
    };
    let id = RelocationId::from_bytes([4; 16]);
    let agreement = AgreementId::from_bytes([5; 16]);
    let mut case = Relocation::restored(id, Side::Destination, agreement, need.check().unwrap());
    let officers = [named(1), named(2)];
    let by = OfficerId::from_bytes([1; 16]);
    case.stage = Stage::Arrived;
    case.officers = vec![by, OfficerId::from_bytes([2; 16])];
    case.route = Some(Route::Transfer);
    case.secrecy_basis = Some(SecrecyBasis::Osl26_1);
    case.withheld =
        vec![Withheld { relation: ThirdPersonRelation::Partner, decided_at: NOW, review_due: NOW }];
    let enquiry = EnquiryId::from_bytes([7; 16]);
    let reply_key = Sensitive::new(SECRETS[1]);
    case.enquiry = Some(Enquiry { id: enquiry, reply_key, mailbox: SECRETS[2], until: NOW });
    let offer = Offer {
        organisation: Sensitive::new(nybro()),
        officers: officers.clone(),
        content: draft(),
        mailbox: SECRETS[3],
        until: NOW,
    };
    case.offers = vec![offer.clone(), offer];
    case.selected = Some(1);
    case.call_back = Some(CallBack { by, spoke_with: text("Elvan"), at: NOW });
    case.prepared = Some(Prepared { content: Content::new(b"Tolvan".to_vec()), by });
    let (reply_key, reply_to) = (SECRETS[1], SECRETS[2]);
    let (mailbox, until) = (SECRETS[3], NOW);
    case.own_offer = Some(OwnOffer { enquiry, mailbox, until, reply_key, reply_to });
    case.arrived = Some(Content::new(SECRETS[4].to_vec()));
    case.share = Some(GivenShare { by, share: Sensitive::new(SECRETS[4]) });
    let organisation = Sensitive::new(nybro());
    case.origin = Some(Counterpart { organisation, officers, mailbox: SECRETS[2] });
    case.content = Some(Content::new(b"Tolvan \xff".to_vec()));
    case.position = Some((Position::Refused(RefusalCode::NoPlace), NOW));
    case.assistance = vec![text("Hur går det?")];
    case.handover =
        vec![HandoverEntry { item: HandoverItem::Children, given_at: NOW, received_at: None }];
    (case.disclosed_at, case.opened_at, case.escalated_at) = (Some(NOW), Some(NOW), Some(NOW));
    case.decided_at = Some(NOW);
    case
}

const fn due() -> Due {
    Due { kind: DueKind::Statutory, at: NOW }
}

#[test]
fn an_officer_sees_all_that_stands_in_a_case() {
    let shown = relocation_to_proto(&full(), &[due()]);
    let at = Some(time::to_proto(NOW));
    assert_eq!((shown.side.as_str(), shown.stage.as_str()), ("DESTINATION", "ARRIVED"));
    assert_eq!(shown.offers.iter().map(|offer| offer.selected).collect::<Vec<_>>(), [false, true]);
    let offer = &shown.offers[0];
    assert_eq!((offer.organisation.as_str(), offer.until), ("kommun:0881", at));
    assert_eq!(offer.officers[1].name, "Elvan Elvansson");
    assert_eq!(offer.housing(), code::RelocationHousing::Dwelling);
    assert_eq!(shown.call_back.map(|call| (call.officer_id, call.at)), Some((vec![1; 16], at)));
    assert_eq!((shown.prepared_by, shown.prepared.as_str()), (vec![1; 16], "Tolvan"));
    assert_eq!((shown.arrived, shown.share_by), (true, vec![1; 16]));
    assert_eq!(shown.origin.map(|origin| origin.organisation), Some("kommun:0881".to_owned()));
    assert_eq!(shown.content, "Tolvan \u{fffd}", "what is no text does not hide the rest");
    let taken = shown.position.unwrap();
    assert_eq!(taken.position(), code::RelocationPosition::Refused);
    assert_eq!((taken.refusal(), taken.at), (code::RefusalCode::NoPlace, at));
    assert_eq!(shown.assistance, ["Hur går det?"]);
    assert_eq!(shown.handover[0].item(), code::HandoverItem::Children);
    assert_eq!((shown.handover[0].given_at, shown.handover[0].received_at), (at, None));
    assert_eq!((shown.enquiry_until, shown.own_offer_until), (at, at));
    assert_eq!((shown.disclosed_at, shown.opened_at, shown.escalated_at), (at, at, at));
    assert_eq!(shown.decided_at, at);
    assert_eq!(shown.dues[0].kind(), proto::RelocationDueKind::Statutory);
    assert_eq!(shown.dues[0].at, at);
}

#[test]
fn no_key_mailbox_or_share_is_shown_to_anybody() {
    let shown = relocation_to_proto(&full(), &[due()]).encode_to_vec();
    for secret in SECRETS {
        assert!(!shown.windows(8).any(|bytes| bytes == &secret[..8]), "{}", char::from(secret[0]));
    }
}

#[test]
fn an_enquiry_is_shown_as_it_was_asked() {
    let case = full();
    let id = EnquiryId::from_bytes([7; 16]);
    let enquiry = OpenEnquiry { id, agreement_id: case.agreement_id, need: case.need, until: NOW };
    let shown = open_enquiry_to_proto(&enquiry);
    assert_eq!((shown.enquiry_id, shown.agreement_id), (vec![7; 16], vec![5; 16]));
    assert_eq!(shown.need.map(|need| need.adults), Some(1));
    assert_eq!(shown.until, Some(time::to_proto(NOW)));
}
