//! The keys that tokens are checked with as a finding: there, and of use.

use std::fs;

use brygga_config::Settings;
use brygga_identity::token::DevelopmentIssuer;
use brygga_node::StartError;

use super::Finding;
use crate::failure::chain;

const PUT_JWKS: &str = "put the identity provider's JWK set there, or correct local_auth.jwks_file";

pub(super) fn findings(settings: &Settings) -> Vec<Finding> {
    checking(settings).into_iter().chain(minting(settings)).collect()
}

/// What keeps the node from checking any token; it would not start.
fn checking(settings: &Settings) -> Option<Finding> {
    let error = brygga_node::token_verifier(settings).err()?;
    let problem = chain(&error);
    match error {
        StartError::File { path, .. } if Some(&path) == settings.local_auth.jwks_file.as_ref() => {
            Some(Finding::error("JWKS_UNREADABLE", problem, PUT_JWKS))
        }
        StartError::KeySet(_) => Some(Finding::error("JWKS_UNUSABLE", problem, PUT_JWKS)),
        // The settings, the key files and the development issuer are findings of their own.
        _ => None,
    }
}

/// What keeps the development issuer from making any token.
fn minting(settings: &Settings) -> Option<Finding> {
    let auth = &settings.local_auth;
    // A file that cannot be read is a finding about keys.
    let jwk = fs::read_to_string(auth.development_key_file.as_ref()?).ok()?;
    let error = DevelopmentIssuer::from_jwk(&jwk, &auth.issuer, &auth.audience).err()?;
    let fix = "restore the file, or set development_issuer = false";
    Some(Finding::error("DEVELOPMENT_KEY_UNUSABLE", chain(&error), fix))
}
