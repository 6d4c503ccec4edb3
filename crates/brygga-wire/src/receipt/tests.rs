use brygga_domain::Reason::{BadSignature, InvalidField, PolicyDenied};
use proptest::prelude::*;

use super::*;
use crate::samples::{Case, Golden, NOW, assert_refused, envelope, header, kalmar, key, nybro};

const GOLDEN: &str = include_str!("../../tests/golden/receipt.hex");

fn statement(verdict: Verdict) -> ReceiptStatement {
    ReceiptStatement {
        message_id: header().message_id,
        header_digest: envelope().header_digest(),
        recipient: nybro(),
        sender: kalmar(),
        stored_at: NOW,
        verdict,
    }
}

fn accepted() -> ReceiptStatement {
    statement(Verdict::Accepted { rule_id: "remiss-1".to_owned() })
}

fn refused() -> ReceiptStatement {
    statement(Verdict::refused(&Refusal::at(PolicyDenied, "header.agreement_id")))
}

fn read_back(bytes: &[u8]) -> ReceiptStatement {
    Receipt::decode(bytes).unwrap().verify(&key().public()).unwrap()
}

#[test]
fn an_accepting_and_a_refusing_receipt_come_back() {
    for made in [accepted(), refused(), statement(Verdict::Accepted { rule_id: String::new() })] {
        assert_eq!(read_back(&made.sign(&key())), made);
    }
    assert!(accepted().verdict.is_accepted());
    assert_eq!(accepted().verdict.reason(), None);
    assert_eq!(refused().verdict.reason(), Some(PolicyDenied));
}

#[test]
fn a_receipt_is_stored_and_sent_byte_for_byte() {
    let bytes = accepted().sign(&key());
    assert_eq!(Receipt::decode(&bytes).unwrap().encode(), bytes);
    assert_eq!(Receipt::decode(&bytes).unwrap().key_id(), key().public().key_id().to_string());
}

#[test]
fn the_reason_of_a_newer_peer_survives_as_text() {
    let reason = RefusalReason::Unknown("SEND_QUOTA_USED_UP".to_owned());
    let made = statement(Verdict::Refused { reason, field: String::new() });
    let read = read_back(&made.sign(&key()));
    assert_eq!(read, made);
    assert_eq!(read.verdict.reason(), None);
    assert!(!read.verdict.is_accepted());
}

#[test]
fn only_the_signers_key_verifies() {
    let receipt = Receipt::decode(&accepted().sign(&key())).unwrap();
    let stranger = SigningKey::from_seed(&[1; 32]).public();
    assert_eq!(receipt.verify(&stranger), Err(Refusal::at(BadSignature, "signature")));
}

#[test]
fn every_flipped_bit_of_a_receipt_is_noticed() {
    let sound = accepted().sign(&key());
    for bit in 0..sound.len() * 8 {
        let mut forged = sound.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        let Ok(receipt) = Receipt::decode(&forged) else { continue };
        let renamed = receipt.key_id() != key().public().key_id().to_string();
        assert!(renamed || receipt.verify(&key().public()).is_err(), "bit {bit}");
    }
}

#[test]
fn each_broken_part_of_a_receipt_is_named() {
    let sound = proto::Receipt::decode(&accepted().sign(&key())[..]).unwrap();
    let cases: &[Case<proto::Receipt>] = &[
        ("no statement", |r| r.statement.clear(), InvalidField, "statement.message_id"),
        ("statement no message", |r| r.statement = vec![0xff; 4], InvalidField, "statement"),
        ("statement too large", |r| r.statement = vec![0; 4097], InvalidField, "statement"),
        ("no key id", |r| r.key_id.clear(), InvalidField, "key_id"),
        ("no signature", |r| r.signature.clear(), InvalidField, "signature"),
        ("63 bytes of signature", |r| r.signature.truncate(63), InvalidField, "signature"),
    ];
    assert_refused(&sound, Receipt::from_proto, cases);
    assert_eq!(Receipt::decode(&[0x0a, 0xff]), Err(invalid("receipt")));
}

#[test]
fn each_broken_field_of_an_accepting_statement_is_named() {
    let cases: &[Case<proto::ReceiptStatement>] = &[
        ("15-byte id", |s| s.message_id.truncate(15), InvalidField, "statement.message_id"),
        ("no digest", |s| s.header_digest.clear(), InvalidField, "statement.header_digest"),
        ("no recipient", |s| s.recipient.clear(), InvalidField, "statement.recipient"),
        ("no sender", |s| s.sender.clear(), InvalidField, "statement.sender"),
        ("no time", |s| s.stored_at = None, InvalidField, "statement.stored_at"),
        ("no verdict", |s| s.verdict = 0, InvalidField, "statement.verdict"),
        ("unknown verdict", |s| s.verdict = 3, InvalidField, "statement.verdict"),
        ("reason", |s| s.reason = "SEND_TERMINAL".into(), InvalidField, "statement.reason"),
        ("field", |s| s.field = "payload".into(), InvalidField, "statement.field"),
        ("long rule", |s| s.rule_id = "r".repeat(65), InvalidField, "statement.rule_id"),
    ];
    assert_refused(&accepted().to_proto(), ReceiptStatement::from_proto, cases);
}

#[test]
fn each_broken_field_of_a_refusing_statement_is_named() {
    let cases: &[Case<proto::ReceiptStatement>] = &[
        ("no reason", |s| s.reason.clear(), InvalidField, "statement.reason"),
        ("reason as prose", |s| s.reason = "Anna bor".into(), InvalidField, "statement.reason"),
        ("long reason", |s| s.reason = "A".repeat(65), InvalidField, "statement.reason"),
        ("rule", |s| s.rule_id = "remiss-1".into(), InvalidField, "statement.rule_id"),
        ("long field", |s| s.field = "a".repeat(129), InvalidField, "statement.field"),
        ("field with a line feed", |s| s.field.push('\n'), InvalidField, "statement.field"),
    ];
    assert_refused(&refused().to_proto(), ReceiptStatement::from_proto, cases);
}

#[test]
fn the_golden_receipt_is_what_is_made_today_and_verifies() {
    let golden = Golden::parse(GOLDEN);
    golden.assert_is(&accepted().sign(&key()));
    assert_eq!(read_back(&golden.bytes()), accepted());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Receipt::decode(&bytes);
        let sound = proto::Receipt::decode(&accepted().sign(&key())[..]).unwrap();
        let _ = Receipt::from_proto(proto::Receipt { statement: bytes, ..sound });
    }
}
