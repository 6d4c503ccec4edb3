//! Instants and spans, as plain numbers that every crate, engine and wire format share.

use std::fmt;

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
///
/// It carries no time zone; Europe/Stockholm enters only where a person reads a
/// time or where a deadline of a section of law is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant moved forward, staying at the far end instead of overflowing.
    pub const fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.0.saturating_mul(1000)))
    }

    /// This instant moved back, staying at the far end instead of overflowing.
    pub const fn minus(self, span: Seconds) -> Self {
        Self(self.0.saturating_sub(span.0.saturating_mul(1000)))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A span of whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub i64);

impl Seconds {
    /// `days` times 24 hours.
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400)
    }

    /// `hours` times 60 minutes.
    pub const fn hours(hours: i64) -> Self {
        Self(hours * 3_600)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}
