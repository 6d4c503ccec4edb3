//! A length of time as people write it: `45m`, `2h`, `30s`, `3d`.

use std::str::FromStr;

use brygga_domain::Seconds;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::text::complaint::Complaint;

/// Longer is no span: a thousand days.
const DAYS_MAX: i64 = 1_000;

/// A length of time, above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Seconds);

impl FromStr for Span {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let text = text.trim();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.strip_prefix(digits) {
            Some("s") => 1,
            Some("m" | "min") => 60,
            Some("h") => 3_600,
            Some("d") => 86_400,
            _ => return Err(Complaint::NotASpan),
        };
        let count: u32 = digits.parse().map_err(|_| Complaint::NotASpan)?;
        let seconds = i64::from(count) * unit;
        let is_span = (1..=DAYS_MAX * 86_400).contains(&seconds);
        is_span.then_some(Self(Seconds(seconds))).ok_or(Complaint::NotASpan)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_its_unit() {
        for (text, seconds) in [("60m", 3_600), ("30min", 1_800), ("10s", 10), ("2h", 7_200)] {
            assert_eq!(text.parse(), Ok(Span(Seconds(seconds))), "{text}");
        }
        for text in ["", "60", "m", "-1m", "0m", "1w", "1,5h", "1001d", "99999999999d"] {
            assert_eq!(text.parse::<Span>(), Err(Complaint::NotASpan), "{text}");
        }
    }
}
