use brygga_crypto::SigningKey;
use brygga_proto::registry::v1 as proto;

use crate::registry::sample::*;
use crate::registry::*;

fn code(result: Result<VerifiedRegistry, RegistryError>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "VERIFIED")
}

fn signed_by(operators: &[&SigningKey]) -> SignedRegistry {
    let unsigned = SignedRegistry::unsigned(registry(1, [member(KALMAR, 1)]).encode()).unwrap();
    operators.iter().fold(unsigned, |signed, operator| signed.sign(operator).unwrap())
}

#[test]
fn two_of_three_operators_are_enough_whichever_they_are() {
    let [a, b, c] = operators();
    for pair in [[&a, &b], [&a, &c], [&c, &b]] {
        let verified = signed_by(&pair).verify(&anchor()).unwrap();
        assert_eq!(*verified.registry(), registry(1, [member(KALMAR, 1)]));
    }
}

#[test]
fn one_operator_less_than_the_threshold_is_not_enough() {
    let [a, ..] = operators();
    let error = signed_by(&[&a]).verify(&anchor()).unwrap_err();
    assert!(matches!(error, RegistryError::TooFewSignatures { valid: 1, threshold: 2 }));
    assert_eq!(code(signed_by(&[]).verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES");
}

#[test]
fn an_operator_who_is_listed_twice_counts_once() {
    let [a, ..] = operators();
    let mut twice = signed_by(&[&a]).to_proto();
    twice.signatures.push(twice.signatures[0].clone());
    let twice = SignedRegistry::from_proto(twice).unwrap();
    assert_eq!(twice.signatures().len(), 2);
    assert_eq!(code(twice.verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES");
    assert_eq!(signed_by(&[&a, &a]).signatures().len(), 1);
}

#[test]
fn a_stranger_counts_for_nothing_and_harms_nothing() {
    let [a, b, _] = operators();
    let stranger = signing_key(9);
    assert_eq!(code(signed_by(&[&a, &stranger]).verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES");
    assert_eq!(code(signed_by(&[&stranger, &a, &b]).verify(&anchor())), "VERIFIED");
}

#[test]
fn a_stranger_under_an_operators_key_id_counts_for_nothing() {
    let [a, b, _] = operators();
    let mut forged = signed_by(&[&a, &signing_key(9)]).to_proto();
    forged.signatures[1].key_id = b.public().key_id().to_string();
    let forged = SignedRegistry::from_proto(forged).unwrap();
    assert_eq!(code(forged.verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES");
}

#[test]
fn a_signature_for_another_purpose_counts_for_nothing() {
    let [a, b, _] = operators();
    let mut signed = signed_by(&[&a, &b]).to_proto();
    let digest = brygga_crypto::sha256(&[&signed.document]);
    signed.signatures[1].signature = b.sign("envelope", digest.as_bytes()).as_bytes().to_vec();
    let signed = SignedRegistry::from_proto(signed).unwrap();
    assert_eq!(code(signed.verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES");
}

#[test]
fn a_changed_byte_anywhere_in_the_document_is_found() {
    let [a, b, _] = operators();
    let signed = signed_by(&[&a, &b]).to_proto();
    for at in 0..signed.document.len() {
        let mut changed = signed.clone();
        changed.document[at] ^= 1;
        let changed = SignedRegistry::from_proto(changed).unwrap();
        assert_eq!(code(changed.verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES", "byte {at}");
    }
}

#[test]
fn a_document_is_not_read_before_its_signatures_are_good() {
    let [a, b, _] = operators();
    let garbage = || SignedRegistry::unsigned(b"\xff\xff garbage".to_vec()).unwrap();
    assert_eq!(code(garbage().verify(&anchor())), "REGISTRY_TOO_FEW_SIGNATURES");
    let signed = garbage().sign(&a).unwrap().sign(&b).unwrap();
    assert_eq!(code(signed.verify(&anchor())), "REGISTRY_INVALID");
}

#[test]
fn a_registry_of_another_federation_is_refused_though_well_signed() {
    let other = Registry { federation: "vaxjo.example".to_owned(), ..registry(1, []) };
    assert_eq!(code(signed(&other).verify(&anchor())), "REGISTRY_OTHER_FEDERATION");
}

#[test]
fn signatures_given_separately_come_together() {
    let [a, b, _] = operators();
    let merged = signed_by(&[&a]).merge(&signed_by(&[&b])).unwrap();
    assert_eq!(code(merged.clone().verify(&anchor())), "VERIFIED");
    assert_eq!(merged.clone().merge(&signed_by(&[&b])).unwrap(), merged);
    let other = SignedRegistry::unsigned(registry(2, []).encode()).unwrap();
    assert!(matches!(merged.merge(&other), Err(RegistryError::OtherDocument)));
}

#[test]
fn a_signed_registry_reads_back_from_text_and_from_protobuf() {
    let signed = signed(&registry(1, [member(KALMAR, 1)]));
    assert_eq!(SignedRegistry::from_json(signed.to_json().as_bytes()).unwrap(), signed);
    assert_eq!(SignedRegistry::from_proto(signed.to_proto()).unwrap(), signed);
}

#[test]
fn broken_texts_of_a_signed_registry_are_refused() {
    let text = signed(&registry(1, [])).to_json();
    for broken in [
        String::new(),
        text[..text.len() / 2].to_owned(),
        text.replacen("\"document\"", "\"documents\"", 1),
        text.replacen("\"document\": \"", "\"document\": \"!", 1),
        text.replacen("\"key_id\": \"", "\"key_id\": \"0", 1),
        text.replacen("\"signature\": \"", "\"signature\": \"AAAA", 1),
        text.replacen('{', "{\"extra\": 1,", 1),
    ] {
        let error = SignedRegistry::from_json(broken.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "REGISTRY_INVALID", "{broken}");
    }
}

#[test]
fn too_many_signatures_and_too_large_documents_are_refused() {
    let signed = signed(&registry(1, [])).to_proto();
    let many = proto::SignedRegistry {
        signatures: vec![signed.signatures[0].clone(); MAX_SIGNATURES + 1],
        ..signed.clone()
    };
    let large = proto::SignedRegistry { document: vec![0; MAX_DOCUMENT_BYTES + 1], ..signed };
    let code = |signed| SignedRegistry::from_proto(signed).unwrap_err().code();
    assert_eq!(code(many), "REGISTRY_TOO_MANY_SIGNATURES");
    assert_eq!(code(large), "REGISTRY_TOO_LARGE");
}

#[test]
fn an_anchor_reads_back_from_text_and_from_protobuf() {
    let anchor = anchor();
    assert_eq!(TrustAnchor::from_json(&anchor.to_json()).unwrap(), anchor);
    assert_eq!(TrustAnchor::from_proto(&anchor.to_proto()).unwrap(), anchor);
    let [a, b, c] = operators().map(|key| key.public());
    let stricter = TrustAnchor::new(FEDERATION, &[c, b, a], 3).unwrap();
    assert_ne!(stricter.fingerprint(), anchor.fingerprint());
    let same = TrustAnchor::new(FEDERATION, &[c, a, b], 2).unwrap();
    assert_eq!(same.fingerprint(), anchor.fingerprint());
}

#[test]
fn an_anchor_that_anyone_could_satisfy_is_refused() {
    let [a, b, _] = operators().map(|key| key.public());
    let new = |keys: &[_], threshold| TrustAnchor::new(FEDERATION, keys, threshold).unwrap_err();
    assert!(matches!(new(&[a, b], 0), AnchorError::Threshold));
    assert!(matches!(new(&[a, b], 3), AnchorError::Threshold));
    assert!(matches!(new(&[a, a], 1), AnchorError::DuplicateKey));
    assert!(matches!(new(&[], 1), AnchorError::KeyCount));
    let seventeen: Vec<_> = (1..=17).map(|seed| signing_key(seed).public()).collect();
    assert!(matches!(new(&seventeen, 1), AnchorError::KeyCount));
    let error = TrustAnchor::new("Kalmar", &[a], 1).unwrap_err();
    assert!(matches!(error, AnchorError::Federation));
    assert!(TrustAnchor::from_json(r#"{"federation":"a","threshold":1}"#).is_err());
}
