//! `[local_auth]`: whose tokens the local port accepts.

use std::path::PathBuf;

use crate::error::SettingsError;
use crate::section::Section;

/// `[local_auth]`: whose tokens the local port accepts.
#[derive(Clone, Debug)]
pub struct LocalAuthSettings {
    /// The `iss` a token must have.
    pub issuer: String,
    /// The `aud` a token must have.
    pub audience: String,
    /// The issuer's public keys as a JWK set; `None` only with the development issuer.
    pub jwks_file: Option<PathBuf>,
    /// The one signature algorithm that is accepted.
    pub algorithm: TokenAlgorithm,
    /// Whether a token must be bound to the caller's client certificate (RFC 8705).
    pub require_bound_tokens: bool,
    /// The ids of tokens that were taken back, one a line; need not exist.
    pub revoked_tokens_file: PathBuf,
    /// Whether the node issues tokens itself; never in production.
    pub development_issuer: bool,
    /// The key the development issuer signs with.
    pub development_key_file: Option<PathBuf>,
}

/// The signature of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// Ed25519, RFC 8037.
    EdDsa,
    /// ECDSA on P-256 with SHA-256, RFC 7518.
    Es256,
}

impl TokenAlgorithm {
    const CHOICES: [(&'static str, Self); 2] = [("EdDSA", Self::EdDsa), ("ES256", Self::Es256)];

    /// The name in a token's header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }
}

impl LocalAuthSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let settings = Self {
            issuer: section.required_text("issuer")?,
            audience: section.required_text("audience")?,
            jwks_file: section.path("jwks_file")?,
            algorithm: section.choice("algorithm", &TokenAlgorithm::CHOICES)?,
            require_bound_tokens: section.flag("require_bound_tokens")?,
            revoked_tokens_file: section.path_or("revoked_tokens_file", Some("revoked-tokens"))?,
            development_issuer: section.flag("development_issuer")?,
            development_key_file: section.path("development_key_file")?,
        };
        section.finish()?;
        Ok(settings)
    }
}
