//! Tokens of the node's own development issuer, so that a demonstration needs no identity provider.

use brygga_config::{Mode, Settings};
use brygga_crypto::SystemRandom;
use brygga_domain::{Seconds, Timestamp, UnitId};
use brygga_identity::roles::Role;
use brygga_identity::tls::CertificateThumbprint;
use brygga_identity::token::{DevelopmentIssuer, TokenRequest};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// What invented staff may do, for how long and with which certificate.
pub(crate) struct StaffToken<'a> {
    pub(crate) roles: &'a [Role],
    pub(crate) units: &'a [UnitId],
    pub(crate) lifetime: Seconds,
    pub(crate) bound_to: Option<CertificateThumbprint>,
}

/// Mints a token with the node's own development issuer.
pub(crate) fn development_token(
    settings: &Settings,
    wanted: &StaffToken<'_>,
    now: Timestamp,
) -> Result<String, Failure> {
    let auth = &settings.local_auth;
    let key_file = auth.development_key_file.as_ref().filter(|_| auth.development_issuer);
    let Some(file) = key_file.filter(|_| settings.node.mode != Mode::Production) else {
        return Err(Failure::usage(
            "TOKEN_MISSING",
            "there is no token, and no development issuer",
        )
        .fix("name a token with --token-file or BRYGGA_TOKEN"));
    };
    let jwk = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| Failure::file(file, &error))?;
    let issuer = DevelopmentIssuer::from_jwk(&jwk, &auth.issuer, &auth.audience)
        .map_err(|error| Failure::other("DEVELOPMENT_KEY", error.to_string()))?;
    let request = TokenRequest {
        organisation: &settings.node.organisation,
        subject: "brygga-cli",
        roles: wanted.roles,
        units: wanted.units,
        lifetime: wanted.lifetime,
        bound_to: wanted.bound_to,
    };
    Ok(issuer.mint(&request, now, &mut SystemRandom))
}
