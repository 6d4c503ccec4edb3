//! The keys that tokens are checked with as a finding: there, and of use.

use std::fs;

use brygga_identity::token::DevelopmentIssuer;
use brygga_node::StartError;

use super::{Fault, Finding, View};
use crate::failure::chain;

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    checking(view).into_iter().chain(minting(view)).collect()
}

/// What keeps the node from checking any token; it would not start.
fn checking(view: &View<'_>) -> Option<Finding> {
    let error = brygga_node::token_verifier(view.settings).err()?;
    let auth = &view.settings.local_auth;
    let jwks = auth.jwks_file.as_ref();
    let fault = match &error {
        StartError::File { path, .. } if Some(path) == jwks => Fault::JwksUnreadable,
        StartError::File { path, .. } if *path == auth.revoked_tokens_file => {
            Fault::RevokedTokensUnreadable
        }
        StartError::KeySet(_) => Fault::JwksUnusable,
        // The settings, the key files and the development issuer are findings of their own.
        _ => return None,
    };
    Some(view.found(fault, &[("detail", &chain(&error))]))
}

/// What keeps the development issuer from making any token.
fn minting(view: &View<'_>) -> Option<Finding> {
    let auth = &view.settings.local_auth;
    // A file that cannot be read is a finding about keys.
    let jwk = fs::read_to_string(auth.development_key_file.as_ref()?).ok()?;
    let error = DevelopmentIssuer::from_jwk(&jwk, &auth.issuer, &auth.audience).err()?;
    Some(view.found(Fault::DevelopmentKeyUnusable, &[("detail", &chain(&error))]))
}
