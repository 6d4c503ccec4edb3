//! Instants at the edge: milliseconds inside, `google.protobuf.Timestamp` outside.
//!
//! What is finer than a millisecond is cut off on arrival. Bytes that somebody signed are kept
//! as they came and never made anew from the cut value.

use brygga_domain::{Refusal, Timestamp};

use crate::field::{invalid, required};

/// 0001-01-01T00:00:00Z, where the protobuf range begins.
const FIRST_SECOND: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z, where it ends.
const LAST_SECOND: i64 = 253_402_300_799;
const NANOS_PER_MILLI: i32 = 1_000_000;

/// The instant as it travels. One outside the years 1 to 9999 is refused by whoever reads it.
pub fn to_proto(at: Timestamp) -> prost_types::Timestamp {
    let millis = at.as_millis();
    // The remainder is below 1000, so it fits and its product is below 10^9.
    let rest = i32::try_from(millis.rem_euclid(1000)).unwrap_or_default();
    prost_types::Timestamp { seconds: millis.div_euclid(1000), nanos: rest * NANOS_PER_MILLI }
}

/// Reads an instant that has to be set.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `field` when it is unset or outside the years 1 to 9999.
pub fn from_proto(
    at: Option<prost_types::Timestamp>,
    field: &'static str,
) -> Result<Timestamp, Refusal> {
    let at = required(at, field)?;
    let in_range = (FIRST_SECOND..=LAST_SECOND).contains(&at.seconds);
    if !in_range || !(0..1_000_000_000).contains(&at.nanos) {
        return Err(invalid(field));
    }
    Ok(Timestamp::from_millis(at.seconds * 1000 + i64::from(at.nanos / NANOS_PER_MILLI)))
}

/// Reads an instant where unset means none.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `field` when it is outside the years 1 to 9999.
pub fn from_proto_or_none(
    at: Option<prost_types::Timestamp>,
    field: &'static str,
) -> Result<Option<Timestamp>, Refusal> {
    at.map(|at| from_proto(Some(at), field)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proto(seconds: i64, nanos: i32) -> prost_types::Timestamp {
        prost_types::Timestamp { seconds, nanos }
    }

    #[test]
    fn milliseconds_come_back_on_both_sides_of_1970() {
        for millis in [0, 1, 999, 1_000, 1_768_000_000_123, -1, -999, -1_000, -1_001] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(from_proto(Some(to_proto(at)), "at"), Ok(at), "{millis}");
        }
        assert_eq!(to_proto(Timestamp::from_millis(-1)), proto(-1, 999_000_000));
    }

    #[test]
    fn what_is_finer_than_a_millisecond_is_cut_off() {
        let at = from_proto(Some(proto(5, 1_999_999)), "at");
        assert_eq!(at, Ok(Timestamp::from_millis(5_001)));
    }

    #[test]
    fn the_ends_of_the_range_are_read_and_what_is_beyond_is_refused() {
        assert!(from_proto(Some(proto(FIRST_SECOND, 0)), "at").is_ok());
        assert!(from_proto(Some(proto(LAST_SECOND, 999_999_999)), "at").is_ok());
        for (seconds, nanos) in [
            (FIRST_SECOND - 1, 0),
            (LAST_SECOND + 1, 0),
            (i64::MAX, 0),
            (i64::MIN, 0),
            (0, -1),
            (0, 1_000_000_000),
        ] {
            assert_eq!(from_proto(Some(proto(seconds, nanos)), "at"), Err(invalid("at")));
        }
    }

    #[test]
    fn unset_is_refused_where_needed_and_none_elsewhere() {
        assert_eq!(from_proto(None, "at"), Err(invalid("at")));
        assert_eq!(from_proto_or_none(None, "at"), Ok(None));
    }
}
