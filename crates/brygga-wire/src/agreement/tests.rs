use brygga_domain::Timestamp;
use brygga_domain::agreement::AgreementTerms;
use brygga_proto::agreement::v1 as proto;
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::samples::{NOW, record, signature, terms};

mod conditions;
mod groups;
mod refused;

fn sound() -> proto::AgreementTerms {
    terms_to_proto(&terms())
}

fn decode(terms: proto::AgreementTerms) -> Result<AgreementTerms, Refusal> {
    decode_terms(&terms.encode_to_vec())
}

#[test]
fn terms_come_back_and_encode_to_the_same_bytes() {
    let bytes = encode_terms(&terms());
    let read = decode_terms(&bytes).unwrap();
    assert_eq!(read, terms());
    assert_eq!(encode_terms(&read), bytes);
}

#[test]
fn a_field_from_a_newer_version_is_never_dropped_in_silence() {
    let mut bytes = encode_terms(&terms());
    // Field 200, a number: it could be a restriction.
    bytes.extend([0xc0, 0x0c, 0x01]);
    let refusal = Refusal::at(Reason::PolicyUnknownTerm, "terms");
    assert_eq!(decode_terms(&bytes), Err(refusal));
}

#[test]
fn signing_input_is_the_digest_and_eight_bytes_of_time() {
    let input = signing_input(&[1; 32], Timestamp::from_millis(0x0102_0304_0506));
    assert_eq!(input[..32], [1; 32]);
    assert_eq!(input[32..], [0, 0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_signature_comes_back() {
    assert_eq!(signature_from_proto(&signature_to_proto(&signature())), Ok(signature()));
}

#[test]
fn a_proposal_comes_back_with_the_bytes_that_were_signed() {
    let read = decode_proposed(&encode_proposed(&record())).unwrap();
    assert_eq!(read.terms, terms());
    assert_eq!(read.terms_bytes, record().terms_bytes());
    assert_eq!(read.signatures, record().signatures());
}

#[test]
fn news_of_a_signature_comes_back() {
    let read = decode_signed(&encode_signed(&record())).unwrap();
    assert_eq!((read.agreement_id, read.version), (terms().agreement_id, terms().version));
    assert_eq!(read.terms_digest, *record().terms_digest());
    assert_eq!(read.signatures, record().signatures());
}

#[test]
fn news_of_an_end_comes_back() {
    let mut ended = record();
    ended.terminate(NOW);
    let read = decode_terminated(&encode_terminated(&ended)).unwrap();
    assert_eq!((read.agreement_id, read.version), (terms().agreement_id, terms().version));
    assert_eq!(read.effective_at, NOW);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode_terms(&bytes);
        let _ = decode_proposed(&bytes);
        let _ = decode_signed(&bytes);
        let _ = decode_terminated(&bytes);
    }

    #[test]
    fn damaged_terms_are_refused_or_come_back_as_they_are(at in 0_usize..400, bit in 0_u32..8) {
        let mut bytes = encode_terms(&terms());
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(read) = decode_terms(&bytes) {
            let again = terms_from_proto(terms_to_proto(&read));
            prop_assert_eq!(again, Ok(read));
        }
    }
}
