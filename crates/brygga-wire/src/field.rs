//! Reads one field of a message into its domain type, or names the field in a refusal.
//!
//! Every parser of this crate is a list of these calls, so that a limit stands next to the
//! field it is for and no message is half read.

use std::ops::RangeInclusive;
use std::str::FromStr;

use brygga_crypto::KeyId;
use brygga_domain::{Reason, Refusal};

/// The refusal of a field that is missing, malformed or over its limit.
pub(crate) const fn invalid(field: &'static str) -> Refusal {
    Refusal::at(Reason::InvalidField, field)
}

/// A message that has to be set.
pub(crate) fn required<T>(value: Option<T>, field: &'static str) -> Result<T, Refusal> {
    value.ok_or(invalid(field))
}

/// An identifier, a digest or a signature: exactly as many bytes as the type has.
pub(crate) fn from_bytes<T>(bytes: &[u8], field: &'static str) -> Result<T, Refusal>
where
    T: for<'a> TryFrom<&'a [u8]>,
{
    T::try_from(bytes).map_err(|_| invalid(field))
}

/// The same where empty means none.
pub(crate) fn from_bytes_or_none<T>(bytes: &[u8], field: &'static str) -> Result<Option<T>, Refusal>
where
    T: for<'a> TryFrom<&'a [u8]>,
{
    if bytes.is_empty() { Ok(None) } else { from_bytes(bytes, field).map(Some) }
}

/// An organisation, a unit or a key.
pub(crate) fn from_text<T: FromStr>(text: &str, field: &'static str) -> Result<T, Refusal> {
    text.parse().map_err(|_| invalid(field))
}

/// The same where empty means none.
pub(crate) fn from_text_or_none<T: FromStr>(
    text: &str,
    field: &'static str,
) -> Result<Option<T>, Refusal> {
    if text.is_empty() { Ok(None) } else { from_text(text, field).map(Some) }
}

/// The name of a key as the registry derives it, kept as text.
pub(crate) fn key_id_text(text: String, field: &'static str) -> Result<String, Refusal> {
    from_text::<KeyId>(&text, field).map(|_| text)
}

/// A text of one line and at most so many characters.
pub(crate) fn text(text: String, max_chars: usize, field: &'static str) -> Result<String, Refusal> {
    if text.contains('\n') { Err(invalid(field)) } else { multiline_text(text, max_chars, field) }
}

/// A text of at most so many characters, with line feeds but no other control character.
pub(crate) fn multiline_text(
    text: String,
    max_chars: usize,
    field: &'static str,
) -> Result<String, Refusal> {
    let is_stray = |c: char| c.is_control() && c != '\n';
    let fits = text.len() <= max_chars || text.chars().count() <= max_chars;
    if fits && !text.chars().any(is_stray) { Ok(text) } else { Err(invalid(field)) }
}

/// The same where empty is refused.
pub(crate) fn filled_text(
    value: String,
    max_chars: usize,
    field: &'static str,
) -> Result<String, Refusal> {
    if value.is_empty() { Err(invalid(field)) } else { text(value, max_chars, field) }
}

/// Bytes within their limit.
pub(crate) fn within(bytes: &[u8], max_bytes: usize, field: &'static str) -> Result<(), Refusal> {
    if bytes.len() <= max_bytes { Ok(()) } else { Err(invalid(field)) }
}

/// A list within its limits, checked before anything in it is read.
pub(crate) fn counted<T>(
    items: &[T],
    limits: RangeInclusive<usize>,
    field: &'static str,
) -> Result<(), Refusal> {
    if limits.contains(&items.len()) { Ok(()) } else { Err(invalid(field)) }
}

/// A version, which begins at 1.
pub(crate) fn version(version: u32, field: &'static str) -> Result<u32, Refusal> {
    if version == 0 { Err(invalid(field)) } else { Ok(version) }
}

/// The text of an identifier, empty where there is none.
pub(crate) fn text_or_empty<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}
