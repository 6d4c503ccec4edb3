//! The header: it may name a key, and nothing else that it says is believed.

use serde_json::Value;

use super::unique_object::UniqueObject;
use super::{TOKEN_TYPE, TokenAlgorithm, TokenError};

/// Parameters that bring their own key or change how the token is read. An honest provider
/// sends none of them, so their presence alone is an attack.
const REFUSED: [&str; 7] = ["b64", "crit", "enc", "jku", "jwk", "x5c", "x5u"];

/// Checks the decoded header and returns the name of the key.
pub(super) fn key_id(header: &[u8], algorithm: TokenAlgorithm) -> Result<String, TokenError> {
    let header: UniqueObject = serde_json::from_slice(header).map_err(|_| TokenError::Malformed)?;
    if let Some(name) = REFUSED.into_iter().find(|name| header.find(name).is_some()) {
        return Err(TokenError::HeaderParameter(name));
    }
    let text = |name| header.find(name).and_then(Value::as_str);
    if text("alg") != Some(algorithm.as_str()) {
        return Err(TokenError::Algorithm);
    }
    if text("typ") != Some(TOKEN_TYPE) {
        return Err(TokenError::Type);
    }
    text("kid").map(str::to_owned).ok_or(TokenError::KeyUnknown)
}
