use brygga_domain::Reason::{BadSignature, GdprBasisNotAllowed, GroundMissing, InvalidField};
use proptest::prelude::*;

use super::*;
use crate::samples::{SEALED, assert_refused, envelope, header, key};

mod cover;
mod golden;
mod refused;

#[test]
fn an_envelope_comes_back_from_its_bytes() {
    let sent = envelope();
    let received = SignedEnvelope::decode(&sent.encode()).unwrap();
    assert_eq!(received, sent);
    assert_eq!(received.header(), &header());
    assert_eq!(received.sealed(), SEALED);
    assert_eq!(received.key_id(), key().public().key_id().to_string());
}

#[test]
fn an_envelope_without_optional_parts_comes_back() {
    let bare = Header {
        recipient_unit: None,
        agreement: None,
        previous_hash: None,
        sealed: None,
        critical: Vec::new(),
        message_type: MessageType::AgreementSigned,
        ..header()
    };
    let sent = SignedEnvelope::sign(bare, b"payload".to_vec(), Vec::new(), &key());
    assert_eq!(SignedEnvelope::decode(&sent.encode()), Ok(sent));
}

#[test]
fn every_message_type_comes_back_and_an_unknown_one_survives() {
    use MessageType::*;
    let known = [
        AgreementProposed,
        AgreementSigned,
        AgreementTerminated,
        ReferralRequested,
        ReferralWithdrawn,
        ReferralProgressed,
        Other("capacity.offered".to_owned()),
    ];
    for message_type in known {
        let header = Header { message_type: message_type.clone(), ..header() };
        let sent = SignedEnvelope::sign(header, Vec::new(), SEALED.to_vec(), &key());
        let received = SignedEnvelope::decode(&sent.encode()).unwrap();
        assert_eq!(received.header().message_type, message_type);
    }
}

#[test]
fn signing_fills_in_the_digest_of_the_payload() {
    let header = Header { payload_digest: Digest::from_bytes([0; 32]), ..header() };
    let sent = SignedEnvelope::sign(header, b"payload".to_vec(), SEALED.to_vec(), &key());
    assert_eq!(sent.header().payload_digest, sha256(&[b"payload"]));
}

#[test]
fn only_the_signers_key_verifies() {
    let sent = envelope();
    assert_eq!(sent.verify(&key().public()).unwrap().into_inner(), sent);
    let stranger = SigningKey::from_seed(&[1; 32]).public();
    assert_eq!(sent.verify(&stranger), Err(Refusal::at(BadSignature, "signature")));
}

#[test]
fn every_flipped_bit_of_a_signature_is_noticed() {
    let sent = envelope().to_proto();
    for bit in 0..sent.signature.len() * 8 {
        let mut forged = sent.clone();
        forged.signature[bit / 8] ^= 1 << (bit % 8);
        let read = SignedEnvelope::from_proto(forged).unwrap();
        assert!(read.verify(&key().public()).is_err(), "bit {bit}");
    }
}

#[test]
fn another_header_or_sealed_content_under_the_same_signature_is_noticed() {
    let mut other_sealed = envelope().to_proto();
    other_sealed.sealed = b"another".to_vec();
    let mut other_header = envelope().to_proto();
    let moved = Header { recipient_unit: None, ..header() };
    other_header.header = moved.to_proto().encode_to_vec();
    for forged in [other_sealed, other_header] {
        let read = SignedEnvelope::from_proto(forged).unwrap();
        assert!(read.verify(&key().public()).is_err());
    }
}

#[test]
fn header_and_envelope_digests_are_over_the_bytes_as_they_travel() {
    let sent = envelope();
    let header_digest = sha256(&[sent.header_bytes()]);
    assert_eq!(sent.header_digest(), header_digest);
    let sealed_digest = sha256(&[SEALED]);
    let both = sha256(&[header_digest.as_bytes(), sealed_digest.as_bytes()]);
    assert_eq!(sent.envelope_digest(), both);
}

#[test]
fn the_header_is_kept_as_it_came_even_with_fields_that_are_unknown_here() {
    let mut newer = envelope().to_proto();
    // Field 200, a number: what a later version might add.
    newer.header.extend([0xc0, 0x0c, 0x01]);
    let read = SignedEnvelope::from_proto(newer.clone()).unwrap();
    assert_eq!(read.to_proto(), newer);
    assert_eq!(read.header_digest(), sha256(&[&newer.header]));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = SignedEnvelope::decode(&bytes);
        let header = proto::Envelope { header: bytes, ..envelope().to_proto() };
        let _ = SignedEnvelope::from_proto(header);
    }

    #[test]
    fn a_damaged_envelope_never_panics_and_never_verifies(at in 0_usize..400, bit in 0_u32..8) {
        let mut bytes = envelope().encode();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(read) = SignedEnvelope::decode(&bytes) {
            let whole = read.to_proto() == envelope().to_proto();
            prop_assert!(whole || read.verify(&key().public()).is_err() || read.key_id() != envelope().key_id());
        }
    }
}
