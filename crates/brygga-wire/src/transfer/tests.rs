use brygga_domain::transfer::Outcome;

use super::*;
use crate::envelope::SealedInfo;
use crate::samples::header;

const ID: TransferId = TransferId::from_bytes([5; 16]);

fn of(message_type: MessageType) -> Header {
    let conversation = brygga_domain::ConversationId::from_bytes([5; 16]);
    Header { conversation, message_type, ..header() }
}

fn content() -> proto::TransferContent {
    proto::TransferContent {
        name: "Eva Testsson".to_owned(),
        person: proto::TransferPerson::Adult.into(),
        wishes: vec![proto::RecordedWish {
            of: proto::WishOf::Person.into(),
            wish: proto::PersonsWish::Move.into(),
            words: "Vill bo nära sin syster.".to_owned(),
        }],
        strongest_tie: "Nybro: syster, arbete.".to_owned(),
        duration: proto::NeedDuration::Lasting.into(),
        measure: "Boendestöd".to_owned(),
        legal_basis: "SoL 11:1, beslut 2026-01-12".to_owned(),
        inquiry: proto::OpenInquiry::Misuse.into(),
        ..proto::TransferContent::default()
    }
}

fn acts() -> Vec<TransferAct> {
    let on = jiff::civil::date(2026, 2, 28);
    vec![
        TransferAct::Answer(Position::Agree),
        TransferAct::Answer(Position::Disagree),
        TransferAct::Withdraw,
        TransferAct::Apply { on },
        TransferAct::Decide { on, outcome: Outcome::Stays },
        TransferAct::Appeal { on },
        TransferAct::Finalise { on, outcome: Outcome::Moves, after_appeal: true },
        TransferAct::HandOver,
    ]
}

#[test]
fn what_is_said_of_a_transfer_is_read_as_it_was_said() {
    for act in acts() {
        let (message_type, payload) = encode_act(ID, &act);
        assert_eq!(decode_act(&payload, &of(message_type)), Ok((ID, act)));
    }
    let unit = "utredning".parse().ok();
    let direction = TransferDirection::TakeOver;
    let requested = Requested { id: ID, direction, requester_unit: unit, about_child: true };
    let read = decode_requested(&encode_requested(&requested), &of(MessageType::TransferRequested));
    assert_eq!(read, Ok(requested));
}

#[test]
fn what_is_not_of_its_thread_or_sealed_or_a_day_is_refused() {
    let (message_type, payload) = encode_act(ID, &TransferAct::Withdraw);
    let other = Header { message_type, ..header() };
    assert_eq!(decode_act(&payload, &other).unwrap_err().field, "header.conversation_id");
    for act in [TransferAct::Answer(Position::Agree), TransferAct::HandOver] {
        let (message_type, payload) = encode_act(ID, &act);
        let bare = Header { sealed: None::<SealedInfo>, ..of(message_type) };
        assert_eq!(decode_act(&payload, &bare).unwrap_err().reason, Reason::GroundMissing);
    }
    for text in ["", "2026-02-30", "2026-2-28", "1026-02-28", "2026-02-28T00:00", "igår"] {
        assert_eq!(day(text, "on"), Err(invalid("on")), "{text}");
    }
    let escalated = proto::TransferEscalated {
        transfer_id: vec![5; 16],
        on: "2026-02-28".to_owned(),
        ..proto::TransferEscalated::default()
    };
    let read = |change: fn(&mut proto::TransferEscalated)| {
        let mut escalated = escalated.clone();
        change(&mut escalated);
        decode_act(&escalated.encode_to_vec(), &of(MessageType::TransferEscalated))
            .unwrap_err()
            .field
    };
    assert_eq!(read(|_| {}), "payload.step");
    assert_eq!(read(|said| said.step = 2), "payload.outcome");
    assert_eq!(read(|said| said.step = 9), "payload.step");
}

#[test]
fn a_content_is_sealed_and_opened_as_it_was_and_prints_nothing() {
    let content = content_from_proto(content()).unwrap();
    assert_eq!(decode_content(&content.encode([3; 32])), Ok(content.clone()));
    assert!(!format!("{content:?}").contains("Testsson"));
    use brygga_domain::DataCategory::{FreeText, HousingSituation, Identity, SupportNeed};
    assert_eq!(content.categories(), [Identity, HousingSituation, SupportNeed, FreeText]);
    let words = words_from_text("Akten med beslut.".to_owned()).unwrap();
    assert_eq!(decode_words(&encode_words(&words, [3; 32])), Ok(words));
    assert_eq!(words_from_text(" \n".to_owned()).unwrap_err().field, "words");
}

#[test]
fn a_text_with_somebody_elses_number_is_refused_and_the_persons_own_is_not() {
    let other = "syskonet, 20170101-2393";
    let refused = |change: fn(&mut proto::TransferContent, String)| {
        let mut content = content();
        content.personal_identity_number = "199001012385".to_owned();
        change(&mut content, "se 19900101-2385".to_owned());
        assert_eq!(content_from_proto(content.clone()).unwrap().check_texts(), Ok(()));
        change(&mut content, other.to_owned());
        let refused = content_from_proto(content).unwrap().check_texts().unwrap_err();
        assert_eq!(refused.reason, Reason::ContentForbidden);
        refused.field
    };
    assert_eq!(refused(|one, text| one.name = text), "content.name");
    assert_eq!(refused(|one, text| one.wishes[0].words = text), "content.wishes.words");
    assert_eq!(refused(|one, text| one.strongest_tie = text), "content.strongest_tie");
    assert_eq!(refused(|one, text| one.circumstances = text), "content.circumstances");
    assert_eq!(refused(|one, text| one.deputy_view = text), "content.deputy_view");
    assert_eq!(refused(|one, text| one.measure = text), "content.measure");
    assert_eq!(refused(|one, text| one.legal_basis = text), "content.legal_basis");
    for words in [other, "199001012385"] {
        let refused = own_words(words.to_owned()).unwrap_err();
        assert_eq!((refused.reason, refused.field), (Reason::ContentForbidden, "words"));
    }
    // What comes from another is read as it is.
    assert!(words_from_text(other.to_owned()).is_ok());
}

#[test]
fn a_content_is_refused_by_its_bad_field() {
    let refused = |change: fn(&mut proto::TransferContent)| {
        let mut content = content();
        change(&mut content);
        content_from_proto(content).unwrap_err().field
    };
    assert_eq!(refused(|one| one.name.clear()), "content.name");
    assert_eq!(refused(|one| one.wishes.clear()), "content.wishes");
    assert_eq!(refused(|one| one.person = 3), "content.wishes");
    assert_eq!(refused(|one| one.wishes[0].words = " ".to_owned()), "content.wishes.words");
    assert_eq!(refused(|one| one.strongest_tie = "\n".to_owned()), "content.strongest_tie");
    assert_eq!(refused(|one| one.legal_basis.clear()), "content.legal_basis");
    assert_eq!(refused(|one| one.measure.clear()), "content.legal_basis");
    assert_eq!(refused(|one| one.duration = 0), "content.duration");
    assert_eq!(refused(|one| one.inquiry = 0), "content.inquiry");
    let moves = |one: &mut proto::TransferContent| (one.inquiry, one.inquiry_moves) = (1, true);
    assert_eq!(refused(moves), "content.inquiry_moves");
    let number = |one: &mut proto::TransferContent| one.personal_identity_number = "1".to_owned();
    assert_eq!(refused(number), "content.personal_identity_number");
}
