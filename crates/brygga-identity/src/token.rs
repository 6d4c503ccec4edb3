//! Tokens of the organisation's own staff and systems, checked on each call of the local face.
//!
//! One profile and no choices (RFC 9068 with the rules of RFC 8725): one pinned algorithm, a
//! fixed set of keys, an exact type, every registered claim present, five minutes at most.
//! Nothing that a token says about itself (where to fetch a key, which algorithm) is followed.
//! Time is an argument; no library reads a clock here.
//!
//! A token with a `cnf` is bound to a client certificate (RFC 8705) and is worth nothing without
//! its key. Not protected: a token without one is a bearer token, and whoever steals it can use it
//! on the local port until it expires. [`TokenPolicy::require_bound`] refuses such tokens.
//!
//! A token is good for any number of calls in its five minutes, so its `jti` is not used up by the
//! first. But one `jti` is one token: another one under the same `jti` is refused.

mod binding;
mod cache;
mod claims;
mod development;
mod error;
mod header;
mod key_set;
mod revoked;
mod unique_object;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use brygga_crypto::sha256;
use brygga_domain::access::SharedUnits;
use brygga_domain::{OrgId, Seconds, Timestamp};
use jsonwebtoken::Algorithm;

use crate::caller::Caller;
use crate::tls::CertificateThumbprint;
use cache::TokenCache;
use key_set::KeySet;

pub use development::{DevelopmentIssuer, DevelopmentKeyError, TokenRequest};
pub use error::{KeySetError, TokenError};
pub use revoked::RevokedTokens;

/// The only type of token that is accepted (RFC 9068).
pub const TOKEN_TYPE: &str = "at+jwt";
/// A longer token is refused unread.
pub const MAX_TOKEN_BYTES: usize = 4 * 1024;
/// From `iat` to `exp`.
pub const MAX_LIFETIME: Seconds = Seconds(300);
/// How far the clocks of the provider and of the node may be apart.
pub const LEEWAY: Seconds = Seconds(30);

/// The one signature algorithm that a node accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518).
    Es256,
}

impl TokenAlgorithm {
    /// The name in headers and key sets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    const fn of_library(self) -> Algorithm {
        match self {
            Self::EdDsa => Algorithm::EdDSA,
            Self::Es256 => Algorithm::ES256,
        }
    }
}

/// What a token must say to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPolicy {
    /// The exact `iss`.
    pub issuer: String,
    /// The `aud`, or one of them.
    pub audience: String,
    /// The exact `org`: the node's own organisation.
    pub organisation: OrgId,
    /// The `alg`.
    pub algorithm: TokenAlgorithm,
    /// Whether a token without a `cnf` is refused.
    pub require_bound: bool,
}

/// Checks tokens against one policy and one set of keys.
///
/// New keys mean a new verifier, which starts with an empty cache.
pub struct TokenVerifier {
    policy: TokenPolicy,
    shared: SharedUnits,
    keys: KeySet,
    cache: TokenCache,
    revoked: ArcSwap<RevokedTokens>,
}

impl TokenVerifier {
    /// A verifier for the provider's keys in `jwks` (RFC 7517).
    ///
    /// Keys of another kind than the policy's algorithm are passed over.
    ///
    /// # Errors
    /// [`KeySetError`] when the set cannot be read, holds a private key, or has no usable key.
    pub fn new(jwks: &str, policy: TokenPolicy) -> Result<Self, KeySetError> {
        let keys = KeySet::parse(jwks, policy.algorithm)?;
        let (cache, revoked) = (TokenCache::default(), ArcSwap::default());
        Ok(Self { policy, shared: SharedUnits::default(), keys, cache, revoked })
    }

    /// The same, where somebody of these units may act for others too.
    #[must_use]
    pub fn with_shared_units(self, shared: SharedUnits) -> Self {
        Self { shared, ..self }
    }

    /// Refuses these tokens from now on, and no longer those that were revoked before.
    pub fn revoke(&self, tokens: RevokedTokens) {
        self.revoked.store(Arc::new(tokens));
    }

    /// Checks a token that came over a connection on which the caller proved to hold the
    /// certificate `held`, if any.
    ///
    /// # Errors
    /// [`TokenError`] names the first rule that is broken, for the log; the caller is told
    /// only that it is unauthenticated.
    pub fn verify(
        &self,
        token: &str,
        held: Option<&CertificateThumbprint>,
        now: Timestamp,
    ) -> Result<Caller, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let digest = sha256(&[token.as_bytes()]);
        if let Some(caller) = self.cache.find(&digest, now) {
            self.check_use(&caller, held)?;
            return Ok(caller);
        }
        let caller = self.verify_afresh(token, now)?;
        self.check_use(&caller, held)?;
        self.cache.admit(digest, &caller, now)?;
        Ok(caller)
    }

    /// What can change from call to call of one good token.
    fn check_use(
        &self,
        caller: &Caller,
        held: Option<&CertificateThumbprint>,
    ) -> Result<(), TokenError> {
        if self.revoked.load().contains(caller.token_id()) {
            return Err(TokenError::Revoked);
        }
        binding::check(caller, held, self.policy.require_bound)
    }

    fn verify_afresh(&self, token: &str, now: Timestamp) -> Result<Caller, TokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let key_id = header::key_id(&part(header)?, self.policy.algorithm)?;
        let key = self.keys.find(&key_id).ok_or(TokenError::KeyUnknown)?;
        let algorithm = self.policy.algorithm.of_library();
        match jsonwebtoken::crypto::verify(signature, signed.as_bytes(), key, algorithm) {
            Ok(true) => claims::check(&part(claims)?, &self.policy, &self.shared, now),
            Ok(false) | Err(_) => Err(TokenError::BadSignature),
        }
    }
}

/// One of the three parts of a token; base64url without padding and without variants.
fn part(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier").field("policy", &self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
