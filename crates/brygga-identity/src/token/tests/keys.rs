use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::*;
use crate::token::{KeySetError, TokenError};

fn p256() -> (EcdsaKeyPair, Value) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "kid": "p-256", "use": "sig",
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
    });
    (pair, jwk)
}

fn sign_es256(pair: &EcdsaKeyPair, header: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(&good_claims()));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn set(keys: &[&Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn ed25519() -> Value {
    let jwks: Value = serde_json::from_str(&issuer().jwks()).unwrap();
    jwks["keys"][0].clone()
}

#[test]
fn es256_works_where_it_is_the_pinned_algorithm_and_only_there() {
    let (pair, jwk) = p256();
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "p-256" });
    let token = sign_es256(&pair, &header);
    let mixed = set(&[&jwk, &ed25519()]);
    let es256 = TokenVerifier::new(&mixed, policy(TokenAlgorithm::Es256)).unwrap();
    assert!(es256.verify(&token, None, NOW).is_ok());
    let eddsa = TokenVerifier::new(&mixed, policy(TokenAlgorithm::EdDsa)).unwrap();
    assert_eq!(eddsa.verify(&token, None, NOW), Err(TokenError::Algorithm));
    assert_eq!(es256.verify(&super::token(json!({})), None, NOW), Err(TokenError::Algorithm));
}

#[test]
fn a_key_of_another_algorithm_in_the_set_is_not_known() {
    let (pair, jwk) = p256();
    let verifier =
        TokenVerifier::new(&set(&[&jwk, &ed25519()]), policy(TokenAlgorithm::EdDsa)).unwrap();
    let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "p-256" });
    assert_eq!(
        verifier.verify(&sign_es256(&pair, &header), None, NOW),
        Err(TokenError::KeyUnknown)
    );
}

#[test]
fn two_keys_of_a_rotation_are_both_good() {
    let next = DevelopmentIssuer::generate(ISSUER, AUDIENCE, &mut rng(9));
    let jwks: Value = serde_json::from_str(&next.jwks()).unwrap();
    let both = set(&[&ed25519(), &jwks["keys"][0]]);
    let verifier = TokenVerifier::new(&both, policy(TokenAlgorithm::EdDsa)).unwrap();
    assert!(verifier.verify(&token(json!({})), None, NOW).is_ok());
    let header = with(good_header(), json!({ "kid": jwks["keys"][0]["kid"] }));
    let claims = with(good_claims(), json!({ "jti": "prov-2" }));
    let token = next.sign(&header.to_string(), &claims.to_string());
    assert!(verifier.verify(&token, None, NOW).is_ok());
}

#[test]
fn a_set_without_one_clear_key_is_refused() {
    let key = ed25519();
    let refused = |jwks: &str| {
        TokenVerifier::new(jwks, policy(TokenAlgorithm::EdDsa)).unwrap_err().to_string()
    };
    let no_key = KeySetError::NoUsableKey.to_string();
    assert_eq!(refused(&set(&[])), no_key);
    assert_eq!(refused(&set(&[&with(key.clone(), json!({ "kid": null }))])), no_key);
    assert_eq!(refused(&set(&[&with(key.clone(), json!({ "use": "enc" }))])), no_key);
    assert_eq!(refused(&set(&[&with(key.clone(), json!({ "alg": "ES256" }))])), no_key);
    assert_eq!(refused(&set(&[&key, &key])), KeySetError::DuplicateKeyId.to_string());
    let short = with(key.clone(), json!({ "x": "AAAA" }));
    assert_eq!(refused(&set(&[&short])), KeySetError::MalformedKey.to_string());
    let private = with(key.clone(), json!({ "d": key["x"] }));
    assert_eq!(refused(&set(&[&private])), KeySetError::PrivateKey.to_string());
    let secret = json!({ "kty": "oct", "k": "AAAA", "kid": "s" });
    assert_eq!(refused(&set(&[&key, &secret])), KeySetError::PrivateKey.to_string());
    assert_eq!(refused(&set(&[&key; 65])), KeySetError::TooMany.to_string());
    assert_eq!(refused("[]"), "not a JWK set (RFC 7517)");
}
