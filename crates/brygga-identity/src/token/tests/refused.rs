use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};

use super::*;
use crate::token::TokenError;

/// Refused, and for this reason; a token that is good in every other respect.
fn assert_refused(cases: Vec<(&str, String, TokenError)>) {
    for (attack, token, expected) in cases {
        assert_eq!(verifier().verify(&token, None, NOW), Err(expected), "{attack}");
    }
}

fn header(changes: Value) -> String {
    sign(&with(good_header(), changes), &good_claims())
}

/// Claims as raw text, for what a JSON value cannot hold.
fn raw_claims(text: &str) -> String {
    issuer().sign(&good_header().to_string(), text)
}

#[test]
fn the_token_that_the_attacks_start_from_is_good() {
    assert!(verifier().verify(&token(json!({})), None, NOW).is_ok());
    assert!(verifier().verify(&header(json!({})), None, NOW).is_ok());
    assert!(verifier().verify(&raw_claims(&good_claims().to_string()), None, NOW).is_ok());
}

#[test]
fn no_header_talks_the_node_into_another_key_or_algorithm() {
    use TokenError::{Algorithm as Alg, HeaderParameter, KeyUnknown, Type};
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" });
    assert_refused(vec![
        ("alg none", header(json!({ "alg": "none" })), Alg),
        ("alg None", header(json!({ "alg": "None" })), Alg),
        ("alg HS256", header(json!({ "alg": "HS256" })), Alg),
        ("alg RS256", header(json!({ "alg": "RS256" })), Alg),
        ("alg ES256", header(json!({ "alg": "ES256" })), Alg),
        ("alg in lower case", header(json!({ "alg": "eddsa" })), Alg),
        ("alg as a list", header(json!({ "alg": ["EdDSA"] })), Alg),
        ("alg absent", header(json!({ "alg": null })), Alg),
        ("typ JWT", header(json!({ "typ": "JWT" })), Type),
        ("typ of an ID token", header(json!({ "typ": "id+jwt" })), Type),
        ("typ in upper case", header(json!({ "typ": "AT+JWT" })), Type),
        ("typ with its prefix", header(json!({ "typ": "application/at+jwt" })), Type),
        ("typ absent", header(json!({ "typ": null })), Type),
        ("kid of nobody", header(json!({ "kid": "nobody" })), KeyUnknown),
        ("kid that is a path", header(json!({ "kid": "../../dev/null" })), KeyUnknown),
        ("kid that is SQL", header(json!({ "kid": "' OR 1=1 --" })), KeyUnknown),
        ("kid absent", header(json!({ "kid": null })), KeyUnknown),
        ("kid a number", header(json!({ "kid": 1 })), KeyUnknown),
        ("jku", header(json!({ "jku": "https://evil.example/jwks" })), HeaderParameter("jku")),
        ("x5u", header(json!({ "x5u": "https://evil.example/pem" })), HeaderParameter("x5u")),
        ("jwk", header(json!({ "jwk": jwk })), HeaderParameter("jwk")),
        ("x5c", header(json!({ "x5c": ["AAAA"] })), HeaderParameter("x5c")),
        ("crit", header(json!({ "crit": ["b64"] })), HeaderParameter("crit")),
        ("b64", header(json!({ "b64": false })), HeaderParameter("b64")),
    ]);
    let null = good_header().to_string().replacen('{', "{\"jku\":null,", 1);
    let null = issuer().sign(&null, &good_claims().to_string());
    assert_eq!(verifier().verify(&null, None, NOW), Err(HeaderParameter("jku")));
}

#[test]
fn a_token_without_a_required_claim_is_refused() {
    for name in ["iss", "aud", "exp", "iat", "nbf", "jti", "sub", "org", "roles"] {
        let token = token(json!({ name: null }));
        assert_eq!(verifier().verify(&token, None, NOW), Err(TokenError::Missing(name)));
    }
}

#[test]
fn a_token_for_others_is_refused() {
    use TokenError::{Audience, Claim, Issuer, Organisation};
    assert_refused(vec![
        ("aud of another", token(json!({ "aud": "brygga:kommun:0881" })), Audience),
        ("aud list without us", token(json!({ "aud": ["a", "b"] })), Audience),
        ("aud list empty", token(json!({ "aud": [] })), Audience),
        ("aud in another spelling", token(json!({ "aud": AUDIENCE.to_uppercase() })), Audience),
        ("aud with a number", token(json!({ "aud": [AUDIENCE, 1] })), Claim("aud")),
        ("aud an object", token(json!({ "aud": { "a": AUDIENCE } })), Claim("aud")),
        ("iss of another", token(json!({ "iss": "https://evil.example" })), Issuer),
        ("iss with a slash", token(json!({ "iss": format!("{ISSUER}/") })), Issuer),
        ("iss a list", token(json!({ "iss": [ISSUER] })), Claim("iss")),
        ("org of another", token(json!({ "org": "kommun:0881" })), Organisation),
        ("org empty", token(json!({ "org": "" })), Organisation),
        ("org a list", token(json!({ "org": ["kommun:0880"] })), Claim("org")),
    ]);
}

#[test]
fn a_token_outside_its_time_is_refused() {
    use TokenError::{Claim, Expired, Lifetime, NotYetValid};
    let now = seconds(NOW);
    let times = |iat: i64, nbf: i64, exp: i64| token(json!({ "iat": iat, "nbf": nbf, "exp": exp }));
    assert_refused(vec![
        ("expired", times(now - 300, now - 300, now - 30), Expired),
        ("expired long ago", times(now - 9000, now - 9000, now - 8900), Expired),
        ("nbf ahead", times(now, now + 31, now + 300), NotYetValid),
        ("iat ahead", times(now + 31, now, now + 300), NotYetValid),
        ("301 seconds", times(now, now, now + 301), Lifetime),
        ("a year", times(now, now, now + 31_536_000), Lifetime),
        ("exp at iat", times(now, now, now), Lifetime),
        ("exp before iat", times(now, now, now - 1), Lifetime),
        ("exp a text", token(json!({ "exp": (now + 300).to_string() })), Claim("exp")),
        ("exp a fraction", token(json!({ "exp": 1.8e9 + 300.5 })), Claim("exp")),
        ("exp negative", token(json!({ "exp": -1 })), Claim("exp")),
        ("exp overflowing", token(json!({ "exp": i64::MAX })), Claim("exp")),
        ("exp beyond 64 bits", token(json!({ "exp": 1e300 })), Claim("exp")),
    ]);
}

#[test]
fn a_token_with_malformed_names_roles_or_units_is_refused() {
    use TokenError::Claim;
    assert_refused(vec![
        ("sub empty", token(json!({ "sub": "" })), Claim("sub")),
        ("sub long", token(json!({ "sub": "x".repeat(257) })), Claim("sub")),
        ("sub with a line break", token(json!({ "sub": "a\nb" })), Claim("sub")),
        ("jti empty", token(json!({ "jti": "" })), Claim("jti")),
        ("jti a number", token(json!({ "jti": 1 })), Claim("jti")),
        ("roles a text", token(json!({ "roles": "OPERATOR" })), Claim("roles")),
        ("roles with a number", token(json!({ "roles": [1] })), Claim("roles")),
        ("65 roles", token(json!({ "roles": vec!["A"; 65] })), Claim("roles")),
        ("units a text", token(json!({ "units": "mobila-teamet" })), Claim("units")),
        ("a unit with a space", token(json!({ "units": ["mobila teamet"] })), Claim("units")),
    ]);
}

#[test]
fn a_token_that_nobody_signed_for_us_is_refused() {
    let good = token(json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = DevelopmentIssuer::generate(ISSUER, AUDIENCE, &mut rng(9));
    let by_other = other.sign(&good_header().to_string(), &good_claims().to_string());
    let (_, of_another_token) = {
        let another = token(json!({ "roles": ["OPERATOR"] }));
        let (a, b) = another.rsplit_once('.').unwrap();
        (a.to_owned(), b.to_owned())
    };
    assert_refused(vec![
        ("another key under our kid", by_other, TokenError::BadSignature),
        ("no signature", format!("{signed}."), TokenError::BadSignature),
        ("zeros", format!("{signed}.{}", "A".repeat(86)), TokenError::BadSignature),
        ("cut signature", format!("{signed}.{}", &signature[..80]), TokenError::BadSignature),
        ("padded signature", format!("{good}=="), TokenError::BadSignature),
        ("another token's", format!("{signed}.{of_another_token}"), TokenError::BadSignature),
    ]);
}

#[test]
fn the_public_key_as_a_shared_secret_opens_nothing() {
    let jwks: Value = serde_json::from_str(&issuer().jwks()).unwrap();
    let x = jwks["keys"][0]["x"].as_str().unwrap();
    let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(x).unwrap());
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = jwks["keys"][0]["kid"].as_str().map(str::to_owned);
    let token = jsonwebtoken::encode(&header, &good_claims(), &secret).unwrap();
    assert_eq!(verifier().verify(&token, None, NOW), Err(TokenError::Algorithm));
    // The same signature under the name of the right algorithm.
    let (_, signature) = token.rsplit_once('.').unwrap();
    let good = super::token(json!({}));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let renamed = format!("{signed}.{signature}");
    assert_eq!(verifier().verify(&renamed, None, NOW), Err(TokenError::BadSignature));
}

#[test]
fn what_two_parsers_could_read_differently_is_refused() {
    use TokenError::Malformed;
    let claims = good_claims().to_string();
    let twice = claims.replacen('{', r#"{"org":"kommun:0881","#, 1);
    let header = good_header().to_string().replacen('{', r#"{"alg":"none","#, 1);
    assert_refused(vec![
        ("a claim twice", raw_claims(&twice), Malformed),
        ("alg twice", issuer().sign(&header, &claims), Malformed),
        ("claims that are a list", raw_claims("[]"), Malformed),
        ("claims that are cut", raw_claims(&claims[..claims.len() - 1]), Malformed),
        ("text after the claims", raw_claims(&format!("{claims} x")), Malformed),
    ]);
}

#[test]
fn what_is_no_token_is_refused() {
    let good = token(json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        signed.to_owned(),
        format!("{good}.{signature}"),
        format!("{header}.{signature}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("Bearer {good}"),
        format!("{header}=.{claims}.{signature}"),
        good.replace('.', "\u{ff0e}"),
        "\u{0}".repeat(100),
        "å.ä.ö".to_owned(),
    ] {
        assert!(verifier().verify(&text, None, NOW).is_err(), "{text}");
    }
}

#[test]
fn a_token_over_four_kibibytes_is_refused_unread() {
    let token_of = |padding: usize| token(json!({ "padding": "x".repeat(padding) }));
    let long = token_of(4000);
    assert!(long.len() > 4096);
    assert_eq!(verifier().verify(&long, None, NOW), Err(TokenError::TooLong));
    assert!(verifier().verify(&token_of(2000), None, NOW).is_ok());
    let huge = "a".repeat(1_000_000);
    assert_eq!(verifier().verify(&huge, None, NOW), Err(TokenError::TooLong));
}
