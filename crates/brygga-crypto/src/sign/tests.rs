//! RFC 8032 vectors, and every way in which a signature must fail.

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

/// RFC 8032, section 7.1: seed, public key, message, signature.
const RFC_8032: [[&str; 4]; 2] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
         5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
];

#[test]
fn rfc_8032_vectors_hold() {
    for [seed, public, message, signature] in RFC_8032 {
        let seed: [u8; 32] = hex::decode(seed).unwrap().try_into().unwrap();
        let message = hex::decode(message).unwrap();
        let key = SigningKey::from_seed(&seed);
        assert_eq!(hex::encode(key.public().as_bytes()), public);
        assert_eq!(hex::encode(key.sign_raw(&message).as_bytes()), signature);
        assert_eq!(key.public().verify_raw(&message, &key.sign_raw(&message)), Ok(()));
    }
}

#[test]
fn signed_bytes_are_prefix_context_zero_and_message() {
    let signature = key(1).sign("receipt", b"hej");
    assert_eq!(key(1).public().verify_raw(b"brygga/v1/receipt\0hej", &signature), Ok(()));
}

#[test]
fn signature_of_another_context_message_or_key_is_refused() {
    let signature = key(1).sign("receipt", b"hej");
    let public = key(1).public();
    assert_eq!(public.verify("receipt", b"hej", &signature), Ok(()));
    assert_eq!(public.verify("envelope", b"hej", &signature), Err(BadSignature));
    assert_eq!(public.verify("receip", b"thej", &signature), Err(BadSignature));
    assert_eq!(public.verify("receipt", b"hej!", &signature), Err(BadSignature));
    assert_eq!(public.verify_raw(b"hej", &signature), Err(BadSignature));
    assert_eq!(key(2).public().verify("receipt", b"hej", &signature), Err(BadSignature));
}

#[test]
fn every_flipped_bit_of_a_signature_is_noticed() {
    let signature = key(1).sign("receipt", b"hej");
    for bit in 0..512 {
        let mut bytes = *signature.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let flipped = Signature::from_bytes(bytes);
        assert_eq!(key(1).public().verify("receipt", b"hej", &flipped), Err(BadSignature));
    }
}

#[test]
fn truncated_signature_is_refused() {
    let signature = key(1).sign("receipt", b"hej");
    assert_eq!(Signature::try_from(&signature.as_bytes()[..]), Ok(signature));
    assert_eq!(Signature::try_from(&signature.as_bytes()[..63]), Err(BadSignature));
}

#[test]
fn bytes_that_are_no_point_verify_nothing() {
    let signature = key(1).sign_raw(b"hej");
    assert_eq!(VerifyingKey::from_bytes([2; 32]).verify_raw(b"hej", &signature), Err(BadSignature));
}

#[test]
fn saved_seed_gives_the_same_key() {
    let first = key(1);
    let second = SigningKey::from_seed(&first.seed());
    assert_eq!(first.public(), second.public());
    assert_ne!(first.public(), key(2).public());
}

#[test]
fn debug_shows_the_key_id_and_no_byte_of_the_seed() {
    let key = key(1);
    let id = key.public().key_id();
    assert_eq!(format!("{key:?}"), format!("SigningKey({id}, [redacted])"));
    assert_eq!(id.as_bytes()[..], crate::sha256(&[key.public().as_bytes()]).as_bytes()[..8]);
}
