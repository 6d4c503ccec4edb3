//! Tokens bound to a client certificate (RFC 8705), tokens that share an id, revoked ones.

use super::*;
use crate::tls::CertificateThumbprint;
use crate::token::{RevokedTokens, TokenError, TokenRequest};

fn certificate(name: &str) -> CertificateThumbprint {
    CertificateThumbprint::of_certificate(name.as_bytes())
}

/// A token whose `cnf` is this.
fn confirmed(cnf: Value) -> String {
    token(json!({ "cnf": cnf }))
}

fn bound_to(certificate: &CertificateThumbprint) -> String {
    confirmed(json!({ "x5t#S256": certificate.to_string() }))
}

fn strict() -> TokenVerifier {
    let policy = TokenPolicy { require_bound: true, ..policy(TokenAlgorithm::EdDsa) };
    TokenVerifier::new(&issuer().jwks(), policy).unwrap()
}

#[test]
fn a_bound_token_is_good_over_its_own_certificate_and_no_other() {
    let (own, thief) = (certificate("own"), certificate("thief"));
    let token = bound_to(&own);
    let verifier = verifier();
    for _fresh_and_cached in 0..2 {
        let caller = verifier.verify(&token, Some(&own), NOW).unwrap();
        assert_eq!(caller.bound_to(), Some(&own));
        for held in [Some(&thief), None] {
            assert_eq!(verifier.verify(&token, held, NOW), Err(TokenError::BoundElsewhere));
        }
    }
}

#[test]
fn a_stolen_bound_token_that_comes_first_opens_nothing_and_spoils_nothing() {
    let (own, thief) = (certificate("own"), certificate("thief"));
    let (token, verifier) = (bound_to(&own), verifier());
    assert_eq!(verifier.verify(&token, Some(&thief), NOW), Err(TokenError::BoundElsewhere));
    assert!(verifier.verify(&token, Some(&own), NOW).is_ok());
}

#[test]
fn a_bearer_token_is_good_with_any_certificate_until_binding_is_required() {
    let own = certificate("own");
    for held in [None, Some(&own)] {
        let caller = verifier().verify(&token(json!({})), held, NOW).unwrap();
        assert_eq!(caller.bound_to(), None);
        assert_eq!(strict().verify(&token(json!({})), held, NOW), Err(TokenError::NotBound));
    }
    assert!(strict().verify(&bound_to(&own), Some(&own), NOW).is_ok());
}

#[test]
fn a_confirmation_that_is_not_one_certificate_thumbprint_is_refused() {
    let own = certificate("own");
    let text = own.to_string();
    for cnf in [
        Value::Null,
        json!({}),
        json!([]),
        json!(text),
        json!({ "jkt": text }),
        json!({ "x5t": text }),
        json!({ "x5t#s256": text }),
        json!({ "kid": "1" }),
        json!({ "jwk": { "kty": "OKP" } }),
        json!({ "x5t#S256": text, "jkt": text }),
        json!({ "x5t#S256": [text] }),
        json!({ "x5t#S256": "" }),
        json!({ "x5t#S256": format!("{text}=") }),
        json!({ "x5t#S256": &text[..42] }),
        json!({ "x5t#S256": "a".repeat(64) }),
    ] {
        let claims = good_claims().to_string();
        let claims = claims.replacen('{', &format!("{{\"cnf\":{cnf},"), 1);
        let token = issuer().sign(&good_header().to_string(), &claims);
        let verdict = verifier().verify(&token, Some(&own), NOW);
        assert_eq!(verdict, Err(TokenError::Confirmation), "{cnf}");
    }
}

#[test]
fn a_header_that_names_a_certificate_binds_nothing() {
    let own = certificate("own");
    let header = with(good_header(), json!({ "x5t#S256": own.to_string() }));
    let token = sign(&header, &good_claims());
    assert_eq!(strict().verify(&token, Some(&own), NOW), Err(TokenError::NotBound));
}

#[test]
fn a_minted_token_names_the_certificate_it_is_bound_to() {
    let organisation = "kommun:0880".parse().unwrap();
    let own = certificate("own");
    let request = TokenRequest {
        organisation: &organisation,
        subject: "prov-anna",
        roles: &[],
        units: &[],
        lifetime: Seconds(300),
        bound_to: Some(own),
    };
    let token = issuer().mint(&request, NOW, &mut rng(2));
    assert!(strict().verify(&token, Some(&own), NOW).is_ok());
}

#[test]
fn another_token_under_a_known_id_is_refused_until_it_has_expired() {
    let verifier = verifier();
    let first = token(json!({}));
    assert!(verifier.verify(&first, None, NOW).is_ok());
    let other_roles = token(json!({ "roles": ["OPERATOR"] }));
    let other_time = token(json!({ "exp": seconds(NOW) + 299 }));
    let other_binding = bound_to(&certificate("own"));
    for (token, held) in
        [(&other_roles, None), (&other_time, None), (&other_binding, Some(certificate("own")))]
    {
        assert_eq!(verifier.verify(token, held.as_ref(), NOW), Err(TokenError::Reused));
    }
    assert!(verifier.verify(&first, None, later(1)).is_ok(), "a token is good for many calls");
    assert!(verifier.verify(&first, None, later(310)).is_ok(), "within the leeway too");
    let another = token(json!({ "jti": "prov-2", "roles": ["OPERATOR"] }));
    assert!(verifier.verify(&another, None, NOW).is_ok());
}

#[test]
fn a_refused_token_takes_no_id() {
    let verifier = verifier();
    let of_another = token(json!({ "org": "kommun:0881" }));
    assert!(verifier.verify(&of_another, None, NOW).is_err());
    assert!(verifier.verify(&token(json!({})), None, NOW).is_ok());
}

#[test]
fn a_revoked_token_is_refused_at_once_and_others_are_not() {
    let verifier = verifier();
    let (token, other) = (token(json!({})), token(json!({ "jti": "prov-2" })));
    assert!(verifier.verify(&token, None, NOW).is_ok());
    verifier.revoke(RevokedTokens::parse("# 17 November, a stolen laptop\n\n prov-1\r\n"));
    assert_eq!(verifier.verify(&token, None, NOW), Err(TokenError::Revoked), "from the cache");
    assert!(verifier.verify(&other, None, NOW).is_ok());
    verifier.revoke(RevokedTokens::parse("prov-2"));
    assert!(verifier.verify(&token, None, NOW).is_ok());
    assert_eq!(verifier.verify(&other, None, NOW), Err(TokenError::Revoked));
}
