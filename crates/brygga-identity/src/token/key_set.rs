//! The identity provider's public keys, as a fixed map from name to key.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{KeySetError, TokenAlgorithm};

const MAX_KEYS: usize = 64;

/// The usable keys of a set.
pub(super) struct KeySet(HashMap<String, DecodingKey>);

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    d: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
}

impl KeySet {
    /// Reads a JWK set and keeps the keys that fit the algorithm and have a name.
    pub(super) fn parse(jwks: &str, algorithm: TokenAlgorithm) -> Result<Self, KeySetError> {
        let set: JwkSet = serde_json::from_str(jwks).map_err(KeySetError::Json)?;
        if set.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        if set.keys.iter().any(|jwk| jwk.d.is_some() || jwk.k.is_some()) {
            return Err(KeySetError::PrivateKey);
        }
        let mut keys = HashMap::new();
        for jwk in set.keys.iter().filter(|jwk| jwk.fits(algorithm)) {
            let Some(kid) = jwk.kid.clone().filter(|kid| !kid.is_empty()) else { continue };
            if keys.insert(kid, jwk.decoding_key(algorithm)?).is_some() {
                return Err(KeySetError::DuplicateKeyId);
            }
        }
        if keys.is_empty() { Err(KeySetError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    pub(super) fn find(&self, key_id: &str) -> Option<&DecodingKey> {
        self.0.get(key_id)
    }
}

impl Jwk {
    fn fits(&self, algorithm: TokenAlgorithm) -> bool {
        let (kty, crv) = match algorithm {
            TokenAlgorithm::EdDsa => ("OKP", "Ed25519"),
            TokenAlgorithm::Es256 => ("EC", "P-256"),
        };
        self.kty == kty
            && self.crv.as_deref() == Some(crv)
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str())
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
    }

    fn decoding_key(&self, algorithm: TokenAlgorithm) -> Result<DecodingKey, KeySetError> {
        let x = coordinate(self.x.as_deref())?;
        let key = match algorithm {
            TokenAlgorithm::EdDsa => DecodingKey::from_ed_components(x),
            TokenAlgorithm::Es256 => {
                DecodingKey::from_ec_components(x, coordinate(self.y.as_deref())?)
            }
        };
        key.map_err(|_| KeySetError::MalformedKey)
    }
}

/// 32 bytes in base64url; both curves have coordinates of that length.
fn coordinate(text: Option<&str>) -> Result<&str, KeySetError> {
    let is_whole = |text: &&str| URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32);
    text.filter(is_whole).ok_or(KeySetError::MalformedKey)
}
