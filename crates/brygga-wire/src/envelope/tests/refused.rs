use super::*;
use crate::samples::Case;

/// Breaks the header and signs nothing anew: the parts are judged before the signature.
fn with_header(header: proto::EnvelopeHeader) -> Result<SignedEnvelope, Refusal> {
    let header = header.encode_to_vec();
    SignedEnvelope::from_proto(proto::Envelope { header, ..envelope().to_proto() })
}

fn long(length: usize) -> String {
    "a".repeat(length)
}

#[test]
fn each_broken_part_of_an_envelope_is_named() {
    let cases: &[Case<proto::Envelope>] = &[
        ("no header", |e| e.header.clear(), GroundMissing, "header.disclosure_ground"),
        ("header no message", |e| e.header = vec![0xff; 8], InvalidField, "header"),
        ("header too large", |e| e.header = vec![0; 4097], InvalidField, "header"),
        ("payload too large", |e| e.payload = vec![0; 16_385], InvalidField, "payload"),
        ("sealed too large", |e| e.sealed = vec![0; 196_609], InvalidField, "sealed"),
        ("another payload", |e| e.payload.push(0), InvalidField, "header.payload_digest"),
        ("no payload", |e| e.payload.clear(), InvalidField, "header.payload_digest"),
        ("nothing sealed", |e| e.sealed.clear(), InvalidField, "header.content_commitment"),
        ("no key id", |e| e.key_id.clear(), InvalidField, "key_id"),
        ("key id in upper case", |e| e.key_id.make_ascii_uppercase(), InvalidField, "key_id"),
        ("key id too long", |e| e.key_id.push('0'), InvalidField, "key_id"),
        ("no signature", |e| e.signature.clear(), InvalidField, "signature"),
        ("63 bytes of signature", |e| e.signature.truncate(63), InvalidField, "signature"),
        ("65 bytes of signature", |e| e.signature.push(0), InvalidField, "signature"),
    ];
    assert_refused(&envelope().to_proto(), SignedEnvelope::from_proto, cases);
}

#[test]
fn the_largest_parts_pass() {
    let payload = vec![1; MAX_PAYLOAD_BYTES];
    let sealed = vec![1; MAX_SEALED_BYTES];
    let sent = SignedEnvelope::sign(header(), payload, sealed, &key());
    assert!(SignedEnvelope::decode(&sent.encode()).is_ok());
}

#[test]
fn each_broken_field_of_a_header_is_named() {
    let cases: &[Case<proto::EnvelopeHeader>] = &[
        ("no message id", |h| h.message_id.clear(), InvalidField, "header.message_id"),
        ("15-byte message id", |h| h.message_id.truncate(15), InvalidField, "header.message_id"),
        ("17-byte message id", |h| h.message_id.push(0), InvalidField, "header.message_id"),
        ("no type", |h| h.message_type.clear(), InvalidField, "header.message_type"),
        ("type with a space", |h| h.message_type.push(' '), InvalidField, "header.message_type"),
        ("long type", |h| h.message_type = long(65), InvalidField, "header.message_type"),
        ("schema 0", |h| h.schema_version = 0, InvalidField, "header.schema_version"),
        ("no sender", |h| h.sender.clear(), InvalidField, "header.sender"),
        ("unknown scheme", |h| h.sender = "x:1".to_owned(), InvalidField, "header.sender"),
        ("no recipient", |h| h.recipient.clear(), InvalidField, "header.recipient"),
        ("bad unit", |h| h.recipient_unit.push('Å'), InvalidField, "header.recipient_unit"),
        ("no thread", |h| h.conversation_id.clear(), InvalidField, "header.conversation_id"),
        (
            "15-byte thread",
            |h| h.conversation_id.truncate(15),
            InvalidField,
            "header.conversation_id",
        ),
        ("no creation", |h| h.created_at = None, InvalidField, "header.created_at"),
        (
            "year 10000",
            |h| h.created_at = Some(prost_types::Timestamp { seconds: 253_402_300_800, nanos: 0 }),
            InvalidField,
            "header.created_at",
        ),
        ("no expiry", |h| h.expires_at = None, InvalidField, "header.expires_at"),
        ("15-byte agreement", |h| h.agreement_id.truncate(15), InvalidField, "header.agreement_id"),
        (
            "agreement, no version",
            |h| h.agreement_version = 0,
            InvalidField,
            "header.agreement_version",
        ),
        (
            "version, no agreement",
            |h| h.agreement_id.clear(),
            InvalidField,
            "header.agreement_version",
        ),
        ("31-byte hash", |h| h.previous_hash.truncate(31), InvalidField, "header.previous_hash"),
        ("no digest", |h| h.payload_digest.clear(), InvalidField, "header.payload_digest"),
        ("other digest", |h| h.payload_digest[0] ^= 1, InvalidField, "header.payload_digest"),
        ("9 extensions", |h| h.critical = vec!["x".to_owned(); 9], InvalidField, "header.critical"),
        ("nameless extension", |h| h.critical.push(String::new()), InvalidField, "header.critical"),
        ("long extension", |h| h.critical.push(long(65)), InvalidField, "header.critical"),
    ];
    let sound = header().to_proto();
    assert_refused(&sound, with_header, cases);
}

#[test]
fn what_is_said_of_a_sealed_content_is_whole_or_refused() {
    let cases: &[Case<proto::EnvelopeHeader>] = &[
        ("no ground", |h| h.disclosure_ground = 0, GroundMissing, "header.disclosure_ground"),
        ("unknown ground", |h| h.disclosure_ground = 99, InvalidField, "header.disclosure_ground"),
        ("no basis", |h| h.gdpr_basis = 0, GdprBasisNotAllowed, "header.gdpr_basis"),
        ("unknown basis", |h| h.gdpr_basis = -1, InvalidField, "header.gdpr_basis"),
        ("no category", |h| h.data_categories.clear(), InvalidField, "header.data_categories"),
        ("unset category", |h| h.data_categories.push(0), InvalidField, "header.data_categories"),
        ("unknown category", |h| h.data_categories.push(9), InvalidField, "header.data_categories"),
        (
            "17 categories",
            |h| h.data_categories = vec![1; 17],
            InvalidField,
            "header.data_categories",
        ),
        (
            "no commitment",
            |h| h.content_commitment.clear(),
            InvalidField,
            "header.content_commitment",
        ),
        ("no sealing key", |h| h.sealing_key_id.clear(), InvalidField, "header.sealing_key_id"),
        ("bad sealing key", |h| h.sealing_key_id.push('g'), InvalidField, "header.sealing_key_id"),
    ];
    assert_refused(&header().to_proto(), with_header, cases);
}

#[test]
fn a_message_without_sealed_content_says_nothing_of_one() {
    fn unsealed(header: proto::EnvelopeHeader) -> Result<SignedEnvelope, Refusal> {
        let envelope = envelope().to_proto();
        let header = header.encode_to_vec();
        SignedEnvelope::from_proto(proto::Envelope { header, sealed: Vec::new(), ..envelope })
    }
    let cases: &[Case<proto::EnvelopeHeader>] = &[
        (
            "commitment",
            |h| h.content_commitment = vec![1; 32],
            InvalidField,
            "header.content_commitment",
        ),
        ("key", |h| h.sealing_key_id = "0".repeat(16), InvalidField, "header.sealing_key_id"),
        ("ground", |h| h.disclosure_ground = 1, InvalidField, "header.disclosure_ground"),
        ("basis", |h| h.gdpr_basis = 1, InvalidField, "header.gdpr_basis"),
        ("category", |h| h.data_categories.push(1), InvalidField, "header.data_categories"),
    ];
    assert_refused(&Header { sealed: None, ..header() }.to_proto(), unsealed, cases);
}

#[test]
fn bytes_that_are_no_envelope_are_refused_whole() {
    let refusal = SignedEnvelope::decode(&[0x0a, 0xff]).unwrap_err();
    assert_eq!(refusal, Refusal::at(InvalidField, "envelope"));
}
