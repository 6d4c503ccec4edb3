use brygga_proto::registry::v1 as proto;
use prost::Message;

use super::*;
use crate::join::{JoinError, admit, armour};
use crate::registry::TrustMark;
use crate::trust::TrustStore;

#[test]
fn an_invited_organisation_becomes_a_member() {
    let invite = invite(NYBRO, 1);
    let mut book = book_with(&[&invite]);

    let received = Invite::parse(&invite.to_text(), NOW).unwrap();
    assert_eq!(received.anchor().fingerprint(), anchor().fingerprint());
    assert_eq!(*received.registry().registry(), founding());
    let sent = request(&received).to_text();

    let request = JoinRequest::parse(&sent).unwrap();
    let accepted = book.redeem(&request, FEDERATION, NOW).unwrap();
    assert_eq!(*accepted.member(), newcomer());
    let draft = admit(&founding(), accepted, Vec::new(), NEXT).unwrap();
    let [first, second, _] = operators();
    let signed = draft.sign(&first).sign(&second).unwrap();

    let store = TrustStore::in_memory(received.anchor().clone());
    store.install(received.registry().clone(), NOW).unwrap();
    store.install(signed.verify(store.anchor()).unwrap(), NOW).unwrap();
    assert_eq!(store.at(NOW).member(&org(NYBRO)), Ok(&newcomer()));
    assert_eq!(store.at(NOW).member(&org(KALMAR)), Ok(&member(KALMAR, 1)));
}

#[test]
fn an_invite_survives_the_line_breaks_of_a_mail_program() {
    let text = invite(NYBRO, 1).to_text();
    assert!(text.starts_with("brygga-invite-1:"));
    assert!(!text.contains('\n'));
    let wrapped: String = text
        .as_bytes()
        .chunks(72)
        .map(|line| str::from_utf8(line).unwrap().to_owned() + "\r\n ")
        .collect();
    assert_eq!(*Invite::parse(&wrapped, NOW).unwrap().organisation(), org(NYBRO));
}

#[test]
fn a_cut_or_foreign_invite_is_garbled() {
    let text = invite(NYBRO, 1).to_text();
    let request = request(&invite(NYBRO, 1)).to_text();
    for broken in ["", "brygga-invite-1:", &text[..text.len() / 2], &text[1..], &request] {
        assert!(Invite::parse(broken, NOW).is_err(), "{broken}");
    }
    let other_version = text.replacen("invite-1", "invite-2", 1);
    assert!(matches!(Invite::parse(&other_version, NOW), Err(JoinError::Garbled(_))));
}

#[test]
fn an_invite_whose_registry_its_own_operators_did_not_sign_is_refused() {
    let mut forged: proto::Invite =
        armour::unwrap("brygga-invite-1", &invite(NYBRO, 1).to_text()).unwrap();
    forged.registry.as_mut().unwrap().signatures.truncate(1);
    let text = armour::wrap("brygga-invite-1", &forged);
    assert!(matches!(Invite::parse(&text, NOW), Err(JoinError::Registry(_))));
}

#[test]
fn an_expired_invite_is_refused_on_both_sides() {
    let invite = invite(NYBRO, 1);
    let text = invite.to_text();
    let error = Invite::parse(&text, INVITE_EXPIRES).unwrap_err();
    assert!(matches!(error, JoinError::InviteExpired));
    let mut book = book_with(&[&invite]);
    let error = book.redeem(&request(&invite), FEDERATION, INVITE_EXPIRES).unwrap_err();
    assert!(matches!(error, JoinError::InviteExpired));
    let last = Timestamp::from_millis(INVITE_EXPIRES.as_millis() - 1);
    assert!(book.redeem(&request(&invite), FEDERATION, last).is_ok());
}

#[test]
fn an_invite_is_used_once_even_across_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("invites.json");
    let invite = invite(NYBRO, 1);
    let mut book = book_with(&[&invite]);
    book.redeem(&request(&invite), FEDERATION, NOW).unwrap();
    let error = book.redeem(&request(&invite), FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::InviteUsed));

    book.save(&path).unwrap();
    let mut again = InviteBook::load(&path).unwrap();
    assert_eq!(again, book);
    let error = again.redeem(&request(&invite), FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::InviteUsed));
}

#[test]
fn the_book_holds_no_code_and_a_damaged_book_is_not_an_empty_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("invites.json");
    assert_eq!(InviteBook::load(&path).unwrap(), InviteBook::default());
    let invite = invite(NYBRO, 1);
    book_with(&[&invite]).save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&hex::encode(invite.code().expose())));
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    assert!(InviteBook::load(&path).is_err());
}

#[test]
fn a_code_that_the_operator_does_not_remember_is_refused() {
    let unknown = invite(NYBRO, 2);
    let mut book = book_with(&[&invite(NYBRO, 1)]);
    let error = book.redeem(&request(&unknown), FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::CodeUnknown));
}

/// A request that `key` signs over whatever statement it likes.
fn forged(code: &[u8], member: &Member, key: &SigningKey) -> JoinRequest {
    let statement = proto::JoinStatement { code: code.to_vec(), member: Some(member.to_proto()) };
    signed_statement(&statement.encode_to_vec(), key)
}

fn signed_statement(statement: &[u8], key: &SigningKey) -> JoinRequest {
    let digest = brygga_crypto::sha256(&[statement]);
    let signature = key.sign("join", digest.as_bytes()).as_bytes().to_vec();
    let request = proto::JoinRequest { statement: statement.to_vec(), signature };
    JoinRequest::parse(&armour::wrap("brygga-join-1", &request)).unwrap()
}

#[test]
fn the_invite_of_another_organisation_opens_nothing() {
    let for_nybro = invite(NYBRO, 1);
    let other = member("kommun:0882", 3);
    let error = JoinRequest::new(&for_nybro, &other, &signing_key(3)).unwrap_err();
    assert!(matches!(error, JoinError::OtherOrganisation));

    let mut book = book_with(&[&for_nybro]);
    let before = book.clone();
    let request = forged(for_nybro.code().expose(), &other, &signing_key(3));
    let error = book.redeem(&request, FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::OtherOrganisation));
    assert_eq!(book, before, "the invite can still be used by whom it is for");
}

#[test]
fn a_changed_byte_anywhere_in_a_request_is_found() {
    let invite = invite(NYBRO, 1);
    let mut book = book_with(&[&invite]);
    let sent: proto::JoinRequest =
        armour::unwrap("brygga-join-1", &request(&invite).to_text()).unwrap();
    let length = sent.statement.len() + sent.signature.len();
    for at in 0..length {
        let mut changed = sent.clone();
        match at.checked_sub(sent.statement.len()) {
            Some(at) => changed.signature[at] ^= 1,
            None => changed.statement[at] ^= 1,
        }
        let changed = JoinRequest::parse(&armour::wrap("brygga-join-1", &changed)).unwrap();
        assert!(book.redeem(&changed, FEDERATION, NOW).is_err(), "byte {at}");
    }
    assert!(book.redeem(&request(&invite), FEDERATION, NOW).is_ok());
}

#[test]
fn a_request_is_signed_by_its_own_first_key() {
    let invite = invite(NYBRO, 1);
    let mut book = book_with(&[&invite]);
    let error = JoinRequest::new(&invite, &newcomer(), &signing_key(9)).unwrap_err();
    assert!(matches!(error, JoinError::NotItsFirstKey));
    let by_other = forged(invite.code().expose(), &newcomer(), &signing_key(9));
    let error = book.redeem(&by_other, FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::Tampered));
    let keyless = Member { signing_keys: Vec::new(), ..newcomer() };
    let keyless = forged(invite.code().expose(), &keyless, &newcomer_key());
    let error = book.redeem(&keyless, FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::NotItsFirstKey));
}

#[test]
fn a_newcomer_attests_nothing_about_itself() {
    let invite = invite(NYBRO, 1);
    let mark = TrustMark {
        mark: "ivo-permit-protected-housing".to_owned(),
        reference: "prov-1".to_owned(),
        valid_until: None,
    };
    let marked = Member { trust_marks: vec![mark.clone()], ..newcomer() };
    let error = JoinRequest::new(&invite, &marked, &newcomer_key()).unwrap_err();
    assert!(matches!(error, JoinError::SelfAttested));

    let draft = admit(&founding(), accepted(), vec![mark.clone()], NEXT).unwrap();
    assert_eq!(draft.registry().members[&org(NYBRO)].trust_marks, [mark]);
}

#[test]
fn a_proposed_entry_is_held_to_the_contract() {
    let invite = invite(NYBRO, 1);
    let nameless = Member { name: String::new(), ..newcomer() };
    let error = JoinRequest::new(&invite, &nameless, &newcomer_key()).unwrap_err();
    assert!(matches!(error, JoinError::Field(e) if e.to_string() == "member.name: is missing"));
    let empty = signed_statement(&[], &newcomer_key());
    let error = book_with(&[&invite]).redeem(&empty, FEDERATION, NOW).unwrap_err();
    assert!(matches!(error, JoinError::Field(e) if e.to_string() == "member: is missing"));
}

#[test]
fn no_debug_output_shows_the_code() {
    let invite = invite(NYBRO, 1);
    let code = *invite.code().expose();
    let shown = format!("{invite:?} {:?} {:?}", request(&invite), book_with(&[&invite]));
    assert!(!shown.contains(&hex::encode(code)));
    assert!(!shown.contains(&format!("{code:?}")));
    assert!(shown.contains("InviteCode([redacted])"));
}
