use std::collections::BTreeSet;

use super::*;
use crate::roles::Role;
use crate::token::TokenRequest;

#[test]
fn a_good_token_makes_a_caller() {
    let token = token(json!({
        "roles": ["CASE_WORKER", "SHELTER_MANAGER", "WIZARD", "case_worker"],
        "units": ["mobila-teamet"],
    }));
    let caller = verifier().verify(&token, None, NOW).unwrap();
    assert_eq!(caller.organisation().as_str(), "kommun:0880");
    assert_eq!(caller.subject(), "prov-anna");
    assert_eq!(caller.token_id(), "prov-1");
    assert_eq!(*caller.roles(), BTreeSet::from([Role::CaseWorker, Role::ShelterManager]));
    assert_eq!(caller.unknown_roles(), 2, "unknown roles grant nothing and are counted");
    assert!(caller.has_role(Role::CaseWorker) && !caller.has_role(Role::Operator));
    assert_eq!(*caller.units(), BTreeSet::from(["mobila-teamet".parse().unwrap()]));
    assert_eq!(caller.expires_at(), later(300));
}

#[test]
fn a_token_may_be_for_several_audiences_and_name_no_role_or_unit() {
    let token = token(json!({ "aud": ["other", AUDIENCE], "roles": [] }));
    let caller = verifier().verify(&token, None, NOW).unwrap();
    assert!(caller.roles().is_empty() && caller.units().is_empty());
}

#[test]
fn a_token_holds_from_thirty_seconds_before_to_thirty_after() {
    let token = token(json!({}));
    for (now, good) in [
        (NOW.minus(Seconds(30)), true),
        (Timestamp::from_millis(NOW.as_millis() - 30_001), false),
        (Timestamp::from_millis(later(330).as_millis() - 1), true),
        (later(330), false),
    ] {
        assert_eq!(verifier().verify(&token, None, now).is_ok(), good, "{now:?}");
    }
}

#[test]
fn a_minted_token_is_a_good_one() {
    let organisation = "kommun:0880".parse().unwrap();
    let request = TokenRequest {
        organisation: &organisation,
        subject: "prov-anna",
        roles: &[Role::CaseWorker],
        units: &["mobila-teamet".parse().unwrap()],
        lifetime: Seconds(300),
        bound_to: None,
    };
    let token = issuer().mint(&request, NOW, &mut rng(2));
    let caller = verifier().verify(&token, None, NOW).unwrap();
    assert!(caller.has_role(Role::CaseWorker));
    assert_eq!(caller.units().len(), 1);
    let other = issuer().mint(&request, NOW, &mut rng(3));
    assert_ne!(verifier().verify(&other, None, NOW).unwrap().token_id(), caller.token_id());
    let long = TokenRequest { lifetime: Seconds(301), ..request };
    assert!(verifier().verify(&issuer().mint(&long, NOW, &mut rng(2)), None, NOW).is_err());
}

#[test]
fn a_development_key_reads_back_from_its_file() {
    let jwk = issuer().private_jwk();
    let again = DevelopmentIssuer::from_jwk(&jwk, ISSUER, AUDIENCE).unwrap();
    assert_eq!(again.jwks(), issuer().jwks());
    for broken in
        ["", "{}", &jwk.replace("Ed25519", "X25519"), &jwk.replace("\"d\":\"", "\"d\":\"A")]
    {
        assert!(DevelopmentIssuer::from_jwk(broken, ISSUER, AUDIENCE).is_err());
    }
}

#[test]
fn a_cached_token_ends_with_its_time_and_a_changed_one_misses_the_cache() {
    let verifier = verifier();
    let token = token(json!({}));
    let first = verifier.verify(&token, None, NOW).unwrap();
    assert_eq!(verifier.cache.len(), 1);
    assert_eq!(verifier.verify(&token, None, later(299)).unwrap(), first);
    assert!(verifier.verify(&token, None, later(330)).is_err());
    let (signed, _) = token.rsplit_once('.').unwrap();
    assert!(verifier.verify(&format!("{signed}.{}", "A".repeat(86)), None, NOW).is_err());
    assert_eq!(verifier.cache.len(), 1, "a refused token is not remembered");
}

#[test]
fn the_cache_is_bounded_and_makes_room_when_tokens_expire() {
    use crate::token::cache::{CAPACITY, TokenCache};
    // The caller of a token with this id, issued so long after NOW.
    let named = |id: &str, after: i64| {
        let at = later(after);
        let times = json!({ "iat": seconds(at), "nbf": seconds(at), "exp": seconds(at) + 300 });
        let claims = with(with(good_claims(), json!({ "jti": id })), times);
        verifier().verify(&sign(&good_header(), &claims), None, at).unwrap()
    };
    let cache = TokenCache::default();
    for index in 0..=CAPACITY {
        let caller = named(&index.to_string(), 0);
        cache.admit(brygga_crypto::sha256(&[&index.to_le_bytes()]), &caller, NOW).unwrap();
    }
    assert_eq!(cache.len(), CAPACITY);
    let fresh = named("fresh", 330);
    cache.admit(brygga_crypto::sha256(&[b"fresh"]), &fresh, later(330)).unwrap();
    assert_eq!(cache.len(), 1);
}

#[test]
fn no_debug_output_shows_who_the_caller_is() {
    let caller = verifier().verify(&token(json!({})), None, NOW).unwrap();
    assert!(!format!("{caller:?} {:?}", verifier()).contains("anna"));
}
