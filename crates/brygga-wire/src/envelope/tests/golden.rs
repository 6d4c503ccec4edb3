//! The bytes of one envelope, each explained, so that another implementation can be checked
//! against them and no change of the format goes unseen.

use super::*;
use crate::samples::{Golden, referral};

const GOLDEN: &str = include_str!("../../../tests/golden/envelope.hex");

#[test]
fn the_golden_envelope_is_what_is_made_today() {
    Golden::parse(GOLDEN).assert_is(&envelope().encode());
}

#[test]
fn the_golden_envelope_verifies_and_is_read() {
    let read = SignedEnvelope::decode(&Golden::parse(GOLDEN).bytes()).unwrap();
    let verified = read.verify(&key().public()).unwrap();
    assert_eq!(verified.header(), &header());
    assert_eq!(verified.payload(), crate::referral::encode_requested(&referral()));
}
