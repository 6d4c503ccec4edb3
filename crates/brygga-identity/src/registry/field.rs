//! What is wrong with a received document, and exactly where.

use std::fmt;

use brygga_domain::Timestamp;

/// A field that breaks the contract. It names the place and the rule, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct FieldError {
    path: String,
    problem: Problem,
}

/// Which rule a field breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The same thing stands in the list twice, or belongs to two members.
    #[error("is listed twice")]
    Duplicate,
    /// It does not have the form that it must have.
    #[error("expected {0}")]
    Malformed(&'static str),
    /// It must be there and is not.
    #[error("is missing")]
    Missing,
    /// A text has more characters than allowed.
    #[error("is longer than {limit} characters")]
    TooLong {
        /// How many are allowed.
        limit: usize,
    },
    /// A list has more entries than allowed.
    #[error("has more than {limit} entries")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// A code that this version does not know; guessing its meaning would grant rights.
    #[error("has a value that this version does not know")]
    Unknown,
}

impl FieldError {
    pub(crate) fn new(path: &str, problem: Problem) -> Self {
        Self { path: path.to_owned(), problem }
    }

    /// The same error, seen from one level further out.
    pub(crate) fn under(mut self, outer: impl fmt::Display) -> Self {
        self.path = format!("{outer}.{}", self.path);
        self
    }

    /// Where, for example `members[3].node_keys[0].spki_sha256`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Which rule is broken.
    pub const fn problem(&self) -> Problem {
        self.problem
    }
}

/// A text of 1 to `limit` characters without control characters.
pub(super) fn text(path: &str, value: String, limit: usize) -> Result<String, FieldError> {
    if value.is_empty() {
        return Err(FieldError::new(path, Problem::Missing));
    }
    if value.chars().count() > limit {
        return Err(FieldError::new(path, Problem::TooLong { limit }));
    }
    if value.chars().any(char::is_control) {
        return Err(FieldError::new(path, Problem::Malformed("no control characters")));
    }
    Ok(value)
}

/// As [`text`], where empty means none.
pub(super) fn optional_text(
    path: &str,
    value: String,
    limit: usize,
) -> Result<Option<String>, FieldError> {
    if value.is_empty() { Ok(None) } else { text(path, value, limit).map(Some) }
}

/// Exactly 32 bytes: a digest or a public key.
pub(super) fn bytes32(path: &str, value: &[u8]) -> Result<[u8; 32], FieldError> {
    value.try_into().map_err(|_| FieldError::new(path, Problem::Malformed("32 bytes")))
}

/// An instant that must be there.
pub(crate) fn required_time(
    path: &str,
    value: Option<prost_types::Timestamp>,
) -> Result<Timestamp, FieldError> {
    optional_time(path, value)?.ok_or_else(|| FieldError::new(path, Problem::Missing))
}

/// An instant whose absence means "no limit".
pub(super) fn optional_time(
    path: &str,
    value: Option<prost_types::Timestamp>,
) -> Result<Option<Timestamp>, FieldError> {
    let Some(value) = value else { return Ok(None) };
    from_proto_time(value).map(Some).ok_or_else(|| {
        FieldError::new(path, Problem::Malformed("an instant of the years 1 to 9999"))
    })
}

/// Cut to the millisecond; `None` for what protobuf does not call an instant.
fn from_proto_time(value: prost_types::Timestamp) -> Option<Timestamp> {
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, as protobuf defines it.
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
    if !SECONDS.contains(&value.seconds) || !(0..1_000_000_000).contains(&value.nanos) {
        return None;
    }
    Some(Timestamp::from_millis(value.seconds * 1000 + i64::from(value.nanos / 1_000_000)))
}

/// Reads each entry of a list, whose errors then carry their index.
pub(super) fn list<P, D>(
    name: &str,
    entries: Vec<P>,
    limit: usize,
    mut read: impl FnMut(P) -> Result<D, FieldError>,
) -> Result<Vec<D>, FieldError> {
    if entries.len() > limit {
        return Err(FieldError::new(name, Problem::TooMany { limit }));
    }
    entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| read(entry).map_err(|e| e.under(format_args!("{name}[{index}]"))))
        .collect()
}
