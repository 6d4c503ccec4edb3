//! One good token, and everything that must not be one.

mod binding;
mod good;
mod keys;
mod refused;

use brygga_domain::{Seconds, Timestamp};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use super::{DevelopmentIssuer, TokenAlgorithm, TokenPolicy, TokenVerifier};

const ISSUER: &str = "https://login.kalmar.example";
const AUDIENCE: &str = "brygga:kommun:0880";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn seconds(at: Timestamp) -> i64 {
    at.as_millis() / 1000
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn issuer() -> DevelopmentIssuer {
    DevelopmentIssuer::generate(ISSUER, AUDIENCE, &mut rng(1))
}

fn policy(algorithm: TokenAlgorithm) -> TokenPolicy {
    TokenPolicy {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        organisation: "kommun:0880".parse().unwrap(),
        algorithm,
        require_bound: false,
    }
}

fn verifier() -> TokenVerifier {
    TokenVerifier::new(&issuer().jwks(), policy(TokenAlgorithm::EdDsa)).unwrap()
}

/// The header that the issuer's own tokens have.
fn good_header() -> Value {
    let jwks: Value = serde_json::from_str(&issuer().jwks()).unwrap();
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": jwks["keys"][0]["kid"] })
}

fn good_claims() -> Value {
    let now = seconds(NOW);
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "prov-anna", "jti": "prov-1",
        "iat": now, "nbf": now, "exp": now + 300,
        "org": "kommun:0880", "roles": ["CASE_WORKER"],
    })
}

/// With members replaced or, by `null`, taken out.
fn with(mut object: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => object.as_object_mut().unwrap().remove(name),
            value => object.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    object
}

fn sign(header: &Value, claims: &Value) -> String {
    issuer().sign(&header.to_string(), &claims.to_string())
}

/// A rightly signed token that differs from the good one in these claims.
fn token(changes: Value) -> String {
    sign(&good_header(), &with(good_claims(), changes))
}

fn later(span: i64) -> Timestamp {
    NOW.plus(Seconds(span))
}
