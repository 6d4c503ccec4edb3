//! Covers: the same message, without its content.

use super::*;

fn noted() -> SignedEnvelope {
    let header = Header { message_type: MessageType::ReferralNoted, ..header() };
    SignedEnvelope::sign(header, b"payload".to_vec(), SEALED.to_vec(), &key())
}

#[test]
fn a_cover_is_the_same_message_without_its_content() {
    let cover = noted().cover().unwrap();
    let received = SignedEnvelope::decode(&cover.encode()).unwrap();
    assert_eq!(received, cover);
    assert!(received.is_cover() && received.sealed().is_empty() && !noted().is_cover());
    let verified = received.verify(&key().public()).unwrap();
    assert_eq!(verified.header(), noted().header());
    assert_eq!(verified.envelope_digest(), noted().envelope_digest());
    assert_eq!(verified.header_digest(), noted().header_digest());
    assert!(!cover.encode().windows(SEALED.len()).any(|part| part == SEALED));
    assert_eq!(cover.cover(), Some(cover.clone()));
}

#[test]
fn a_message_that_is_nothing_without_its_content_has_no_cover() {
    assert_eq!(envelope().cover(), None);
    let header = Header { message_type: MessageType::ReferralNoted, sealed: None, ..header() };
    assert_eq!(SignedEnvelope::sign(header, Vec::new(), Vec::new(), &key()).cover(), None);
}

#[test]
fn a_false_cover_is_refused() {
    let cover = || noted().cover().unwrap().to_proto();
    let refused = |envelope| SignedEnvelope::from_proto(envelope).unwrap_err();
    let at_fault = Refusal::at(InvalidField, "withheld_digest");
    let both = proto::Envelope { sealed: SEALED.to_vec(), ..cover() };
    assert_eq!(refused(both), at_fault);
    let short = proto::Envelope { withheld_digest: vec![1; 31], ..cover() };
    assert_eq!(refused(short), at_fault);
    let of_a_request = proto::Envelope {
        sealed: Vec::new(),
        withheld_digest: sha256(&[SEALED]).as_bytes().to_vec(),
        ..envelope().to_proto()
    };
    assert_eq!(refused(of_a_request), at_fault);

    let another = proto::Envelope { withheld_digest: vec![1; 32], ..cover() };
    let another = SignedEnvelope::from_proto(another).unwrap();
    assert_eq!(another.verify(&key().public()).unwrap_err().reason, BadSignature);
}
