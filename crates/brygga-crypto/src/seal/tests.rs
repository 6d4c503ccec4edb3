//! The vector of RFC 9180, and every way in which opening must fail alike.

use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_128 as SUITE_OF_VECTOR;

use super::*;
use crate::padding::FLOOR_BYTES;
use crate::random::SystemRandom;

const TAG_BYTES: usize = 16;

fn key(seed: u8) -> SealingPrivateKey {
    SealingPrivateKey::from_bytes(&[seed; 32])
}

fn sealed_hello() -> Sealed {
    seal(&key(1).public(), b"info", b"aad", b"hej").unwrap()
}

/// RFC 9180, appendix A.1.1, sequence number 0; its cipher is AES-128-GCM.
#[test]
fn rfc_9180_vector_opens() {
    let bytes = |text: &str| hex::decode(text).unwrap();
    let private = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8";
    let public = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d";
    let sealed = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431\
                  f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9\
                  6d8770ac83d07bea87e13c512a";
    let key = SealingPrivateKey::from_bytes(&bytes(private).try_into().unwrap());
    assert_eq!(hex::encode(key.public().as_bytes()), public);

    let info = b"Ode on a Grecian Urn";
    let opened = open_with(SUITE_OF_VECTOR, &key, info, b"Count-0", &bytes(sealed)).unwrap();
    assert_eq!(&opened[..], b"Beauty is truth, truth beauty");
    assert!(open_with(SUITE_OF_VECTOR, &key, info, b"Count-1", &bytes(sealed)).is_err());
}

#[test]
fn sealed_content_opens_with_the_right_key() {
    let opened = open(&key(1), b"info", b"aad", sealed_hello().as_bytes()).unwrap();
    assert_eq!(&opened[..], b"hej");
}

#[test]
fn wrong_key_info_or_aad_is_one_and_the_same_error() {
    let sealed = sealed_hello().into_bytes();
    assert_eq!(open(&key(2), b"info", b"aad", &sealed), Err(OpenError));
    assert_eq!(open(&key(1), b"inf", b"aad", &sealed), Err(OpenError));
    assert_eq!(open(&key(1), b"info", b"aad2", &sealed), Err(OpenError));
}

#[test]
fn every_truncation_and_every_flipped_byte_is_noticed() {
    let sealed = sealed_hello().into_bytes();
    for length in 0..sealed.len() {
        assert_eq!(open(&key(1), b"info", b"aad", &sealed[..length]), Err(OpenError));
    }
    // The top bit of an X25519 coordinate is ignored by the curve, not by the KEM.
    for index in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[index] ^= 0x80;
        assert_eq!(open(&key(1), b"info", b"aad", &flipped), Err(OpenError), "{index}");
    }
}

#[test]
fn authentic_content_without_padding_is_refused() {
    let to = HpkePublicKey(key(1).public().as_bytes().to_vec());
    let (enc, ciphertext) = SUITE.seal(b"info", b"aad", b"hej", &to).unwrap();
    let sealed = [enc.0, ciphertext].concat();
    assert!(open_with(SUITE, &key(1), b"info", b"aad", &sealed).is_ok());
    assert_eq!(open(&key(1), b"info", b"aad", &sealed), Err(OpenError));
}

#[test]
fn short_contents_are_sealed_to_one_length() {
    let length =
        |plaintext: &[u8]| seal(&key(1).public(), b"", b"", plaintext).unwrap().as_bytes().len();
    assert_eq!(length(b""), ENC_BYTES + FLOOR_BYTES + TAG_BYTES);
    assert_eq!(length(b"nej"), length(b"ja, och plats finns fredag"));
}

#[test]
fn sealing_twice_gives_different_bytes() {
    let once = || seal(&key(1).public(), b"", b"", b"hej").unwrap();
    assert_ne!(once(), once());
}

#[test]
fn point_of_small_order_is_no_recipient() {
    let zero = SealingPublicKey::from_bytes([0; 32]);
    assert_eq!(seal(&zero, b"", b"", b"hej"), Err(SealError));
}

#[test]
fn saved_key_opens_and_debug_shows_only_the_key_id() {
    let saved = SealingPrivateKey::from_bytes(&key(1).to_bytes());
    assert!(open(&saved, b"info", b"aad", sealed_hello().as_bytes()).is_ok());
    let id = key(1).public().key_id();
    assert_eq!(format!("{saved:?}"), format!("SealingPrivateKey({id}, [redacted])"));
    assert!(!format!("{saved:?}").contains(&hex::encode(saved.to_bytes())[..8]));
}

#[test]
fn generated_keys_differ_and_open() {
    let [one, other] = [(); 2].map(|()| SealingPrivateKey::generate(&mut SystemRandom));
    assert_ne!(one.public(), other.public());
    let sealed = seal(&one.public(), b"info", b"aad", b"hej").unwrap();
    assert_eq!(&open(&one, b"info", b"aad", sealed.as_bytes()).unwrap()[..], b"hej");
    assert_eq!(open(&other, b"info", b"aad", sealed.as_bytes()), Err(OpenError));
}
