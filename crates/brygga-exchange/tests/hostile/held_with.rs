//! Referrals that bring places with them as they may not.

use brygga_crypto::Digest;
use brygga_domain::capacity::{Hold, HoldState};
use brygga_domain::{DataCategory, DisclosureGround, GdprBasis, HoldId, Reason, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::{Answer, Held};
use brygga_wire::envelope::{Header, MessageType, SealedInfo};
use brygga_wire::referral::encode_requested_with;

use crate::lateness::{REFERRAL, sent};
use crate::places::{ENOUGH, beds, hold, sharing};
use crate::rig::*;

/// The bed that comes with the referral.
fn bed() -> Hold {
    let id = HoldId::from_bytes(*REFERRAL.as_bytes());
    Hold { id, ..hold(ME, NEIGHBOUR, HoldState::Requested) }
}

fn bring(bed: &Hold, held: Held) -> (WriteSet, Answer) {
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
        ..header(NEIGHBOUR, MessageType::ReferralRequested, *REFERRAL.as_bytes())
    };
    let mut referral = sent();
    referral.request.respond_by = NOW.plus(Seconds::days(30));
    let payload = encode_requested_with(&referral, bed, NOW.plus(ENOUGH));
    arrive(&[sharing(AGREEMENT, &[ME, NEIGHBOUR])], held, header, payload)
}

fn offered() -> Held {
    Held { services: vec![beds()], ..Held::default() }
}

#[test]
fn both_are_taken_in_and_the_sender_is_told_until_when() {
    let (writes, answer) = bring(&bed(), offered());
    assert_eq!(refusal(&answer), None);
    assert_eq!((writes.new_referrals.len(), writes.outbox.len()), (1, 1));
    let [new] = &writes.capacity.new_holds[..] else { panic!("one hold: {writes:?}") };
    assert!(matches!(new.hold.state, HoldState::Held { .. }));
    let [step] = &writes.chains[..] else { panic!("one thread: {writes:?}") };
    assert!(step.after.sent_head.is_some() && step.after.received_head.is_some());
}

#[test]
fn where_the_places_cannot_be_held_nothing_of_the_referral_is_kept() {
    let mut many = bed();
    many.items[0].places = 3;
    let again = Hold { reentry_of: Some(HoldId::from_bytes([5; 16])), ..bed() };
    let used = Held { hold: Some(bed()), ..offered() };
    for (bed, held, reason) in [
        (many, offered(), Reason::CapacityExhausted),
        (bed(), Held::default(), Reason::NotFound),
        (again, offered(), Reason::InvalidField),
        (bed(), used, Reason::IdempotencyMismatch),
        (Hold { id: HoldId::from_bytes([9; 16]), ..bed() }, offered(), Reason::InvalidField),
    ] {
        let (writes, answer) = bring(&bed, held);
        assert_eq!(refusal(&answer), Some(reason));
        assert_eq!((writes.new_referrals.len(), writes.capacity), (0, Default::default()));
    }
}
