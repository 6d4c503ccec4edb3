//! A member that knows the id of somebody else's referral and asks for one under it.

use brygga_crypto::Digest;
use brygga_domain::{DataCategory, DisclosureGround, GdprBasis, Reason};
use brygga_exchange::receive::Held;
use brygga_wire::envelope::{Header, MessageType, SealedInfo};
use brygga_wire::referral::encode_requested;

use crate::lateness::{REFERRAL, sent};
use crate::rig::*;

/// What the outsider is told where the node holds the referral, or none.
fn told(is_held: bool, parties: &[&str]) -> Option<Reason> {
    let sealed = Some(SealedInfo {
        content_commitment: Digest::from_bytes([1; 32]),
        sealing_key_id: "00112233445566aa".to_owned(),
        ground: DisclosureGround::Care26_9,
        gdpr_basis: GdprBasis::PublicTask,
        data_categories: vec![DataCategory::Identity],
    });
    let header = Header {
        sealed,
        agreement: Some((AGREEMENT, 1)),
        ..header(OUTSIDER, MessageType::ReferralRequested, *REFERRAL.as_bytes())
    };
    let held = Held { referral: is_held.then(sent), ..Held::default() };
    let book = [signed(AGREEMENT, 1, parties)];
    let (writes, answer) = arrive(&book, held, header, encode_requested(&sent()));
    assert_eq!(writes.new_referrals, []);
    refusal(&answer)
}

#[test]
fn a_partner_that_takes_an_id_in_use_is_refused_for_good() {
    assert_eq!(told(true, &[ME, OUTSIDER]), Some(Reason::IdempotencyMismatch));
}

#[test]
fn who_is_no_party_does_not_learn_that_the_id_is_in_use() {
    assert_eq!(told(true, &[ME, NEIGHBOUR]), Some(Reason::NotFound));
    assert_eq!(told(false, &[ME, NEIGHBOUR]), Some(Reason::NotFound));
}
