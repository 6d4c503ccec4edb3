//! Whether a token is in the hands of whoever it was issued to (RFC 8705, RFC 7800).

use serde_json::Value;

use super::TokenError;
use crate::caller::Caller;
use crate::tls::CertificateThumbprint;

/// The one method of confirmation that is known: the thumbprint of a client certificate.
pub(super) const THUMBPRINT: &str = "x5t#S256";

/// Reads the claim `cnf`. A method that is not known is refused, never passed over: whoever
/// issued the token meant it to be checked.
pub(super) fn of_confirmation(claim: &Value) -> Result<CertificateThumbprint, TokenError> {
    let methods = claim.as_object().filter(|methods| methods.len() == 1);
    let text = methods.and_then(|methods| methods.get(THUMBPRINT)).and_then(Value::as_str);
    text.and_then(CertificateThumbprint::parse).ok_or(TokenError::Confirmation)
}

/// Checks on each call that the connection's certificate is the token's. Both are public, so
/// comparing them quickly tells nobody anything.
pub(super) fn check(
    caller: &Caller,
    held: Option<&CertificateThumbprint>,
    require_bound: bool,
) -> Result<(), TokenError> {
    match caller.bound_to() {
        None if require_bound => Err(TokenError::NotBound),
        Some(_) if caller.bound_to() != held => Err(TokenError::BoundElsewhere),
        None | Some(_) => Ok(()),
    }
}
