//! Bytes as one line of text that survives paper forms, chat windows and mail programs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use prost::Message;

use super::JoinError;

/// An invite carries a registry of at most 4 MiB, here in base64.
const MAX_TEXT_BYTES: usize = 6 * 1024 * 1024;

/// `<label>:<base64url of the message>`.
pub(super) fn wrap(label: &str, message: &impl Message) -> String {
    format!("{label}:{}", URL_SAFE_NO_PAD.encode(message.encode_to_vec()))
}

/// Reads what [`wrap`] wrote; white space that a mail program put in is passed over.
pub(super) fn unwrap<M: Message + Default>(
    label: &'static str,
    text: &str,
) -> Result<M, JoinError> {
    let garbled = JoinError::Garbled(label);
    if text.len() > MAX_TEXT_BYTES {
        return Err(garbled);
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = text
        .strip_prefix(label)
        .and_then(|rest| rest.strip_prefix(':'))
        .and_then(|base64| URL_SAFE_NO_PAD.decode(base64).ok());
    bytes.and_then(|bytes| M::decode(bytes.as_slice()).ok()).ok_or(garbled)
}
