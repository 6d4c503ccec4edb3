//! An issuer of tokens for a developer's machine, the demonstration and the tests.
//!
//! It authenticates nobody: whoever holds the key file is whoever they say. The settings
//! refuse it in production.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use brygga_crypto::SigningKey;
use brygga_domain::{OrgId, Seconds, Timestamp, UnitId};
use rand_core::CryptoRng;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::binding::THUMBPRINT;
use super::{TOKEN_TYPE, TokenAlgorithm};
use crate::roles::Role;
use crate::tls::CertificateThumbprint;

/// Mints tokens that a [`super::TokenVerifier`] with its key set accepts.
#[derive(Debug)]
pub struct DevelopmentIssuer {
    key: SigningKey,
    issuer: String,
    audience: String,
}

/// Whom to mint a token for.
#[derive(Clone, Debug)]
pub struct TokenRequest<'a> {
    /// The node's organisation.
    pub organisation: &'a OrgId,
    /// The invented name of the caller.
    pub subject: &'a str,
    /// Its roles.
    pub roles: &'a [Role],
    /// Its units; none leaves the claim out.
    pub units: &'a [UnitId],
    /// How long it is good; a verifier accepts at most [`super::MAX_LIFETIME`].
    pub lifetime: Seconds,
    /// The certificate that it is bound to; none leaves the claim out.
    pub bound_to: Option<CertificateThumbprint>,
}

/// The key file is not a private Ed25519 key in JWK form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a private Ed25519 key in JWK form (RFC 8037)")]
pub struct DevelopmentKeyError;

/// Borrowed, so that no copy of the secret is left behind.
#[derive(Deserialize)]
struct PrivateJwk<'a> {
    kty: &'a str,
    crv: &'a str,
    d: &'a str,
}

impl DevelopmentIssuer {
    /// An issuer with a new key.
    pub fn generate(issuer: &str, audience: &str, rng: &mut impl CryptoRng) -> Self {
        Self::with_key(SigningKey::generate(rng), issuer, audience)
    }

    /// An issuer with the key that [`DevelopmentIssuer::private_jwk`] wrote.
    ///
    /// # Errors
    /// [`DevelopmentKeyError`].
    pub fn from_jwk(jwk: &str, issuer: &str, audience: &str) -> Result<Self, DevelopmentKeyError> {
        let jwk: PrivateJwk<'_> = serde_json::from_str(jwk).map_err(|_| DevelopmentKeyError)?;
        if (jwk.kty, jwk.crv) != ("OKP", "Ed25519") {
            return Err(DevelopmentKeyError);
        }
        let mut seed = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode(jwk.d).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == seed.len() => seed.copy_from_slice(&bytes),
            _ => return Err(DevelopmentKeyError),
        }
        Ok(Self::with_key(SigningKey::from_seed(&seed), issuer, audience))
    }

    fn with_key(key: SigningKey, issuer: &str, audience: &str) -> Self {
        Self { key, issuer: issuer.to_owned(), audience: audience.to_owned() }
    }

    /// The private key, for a file of mode 0600.
    pub fn private_jwk(&self) -> Zeroizing<String> {
        let seed = Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.key.seed()));
        let (x, kid) = (self.x(), self.key_id());
        let head = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}","d":""#);
        Zeroizing::new([head.as_str(), seed.as_str(), "\"}\n"].concat())
    }

    /// The public key as a JWK set, which a [`super::TokenVerifier`] reads.
    pub fn jwks(&self) -> String {
        let alg = TokenAlgorithm::EdDsa.as_str();
        let key = json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": alg,
            "kid": self.key_id(), "x": self.x(),
        });
        json!({ "keys": [key] }).to_string()
    }

    /// Mints a token that is good from `now`, cut to the second.
    pub fn mint(
        &self,
        request: &TokenRequest<'_>,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> String {
        let mut token_id = [0; 16];
        rng.fill_bytes(&mut token_id);
        let issued = now.as_millis().div_euclid(1000);
        let mut claims = json!({
            "iss": self.issuer, "aud": self.audience, "sub": request.subject,
            "iat": issued, "nbf": issued, "exp": issued.saturating_add(request.lifetime.0),
            "jti": hex::encode(token_id), "org": request.organisation.as_str(),
            "roles": request.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        });
        if !request.units.is_empty() {
            claims["units"] = request.units.iter().map(UnitId::as_str).collect();
        }
        if let Some(certificate) = request.bound_to {
            claims["cnf"] = json!({ THUMBPRINT: certificate.to_string() });
        }
        let alg = TokenAlgorithm::EdDsa.as_str();
        let header = json!({ "alg": alg, "typ": TOKEN_TYPE, "kid": self.key_id() });
        self.sign(&header.to_string(), &claims.to_string())
    }

    /// Signs whatever it is given, so that tests can forge with the right key.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.key.sign_raw(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_bytes()))
    }

    fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public().as_bytes())
    }

    fn key_id(&self) -> String {
        self.key.public().key_id().to_string()
    }
}
