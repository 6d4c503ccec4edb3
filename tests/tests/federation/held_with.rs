//! A bed that is held with the referral of whoever needs it: both or neither, between three real nodes.

use brygga_domain::Reason;
use brygga_proto::capacity::v1::HoldAct;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    DeliveryStatus, Hold, HoldState, PlacesWanted, RequestReferralRequest, ShowHoldRequest,
};
use brygga_proto::referral::v1::Accepted;
use brygga_testkit::{Staff, consent_for, eventually, reason_of, referral_to};

use crate::evening::{Evening, MISSION, SHELTER, beds, change, own_counts, sees_available};
use crate::setting::{act, delivered, look, record, request};

/// A referral to the shelter that brings so many beds with it.
async fn with_beds(evening: &Evening, staff: &Staff, places: u32) -> RequestReferralRequest {
    let consent = record(staff, consent_for(&[MISSION], 30, evening.now())).await;
    let items = vec![beds(SHELTER, places)];
    let places = Some(PlacesWanted { items, ..PlacesWanted::default() });
    RequestReferralRequest { places, ..referral_to(MISSION, consent) }
}

/// The hold of a referral, once it is answered.
async fn answered(staff: &Staff, referral_id: &[u8]) -> Hold {
    eventually("the places are held or refused", || async {
        let request = ShowHoldRequest { hold_id: referral_id.to_vec() };
        let hold = staff.holds().show_hold(request).await.ok()?.into_inner().hold?;
        (hold.state() != HoldState::Requested).then_some(hold)
    })
    .await
}

#[tokio::test]
async fn a_referral_brings_its_bed_and_both_go_on_in_one_thread() {
    let evening = Evening::agreed().await;
    evening.publish(3, 0).await;
    sees_available(&evening.kalmar, SHELTER, 3).await;
    let wish = with_beds(&evening, &evening.kalmar, 2).await;
    let sent = request(&evening.kalmar, wish.clone()).await.expect("it is sent");
    let again = request(&evening.kalmar, wish).await.expect("a repeat gives the same");
    assert_eq!(again.referral_id, sent.referral_id);
    let hold = answered(&evening.kalmar, &sent.referral_id).await;
    assert_eq!((hold.state(), hold.publisher.as_str()), (HoldState::Held, MISSION));
    assert!(hold.expires_at.is_some(), "until when is told");
    let counts = own_counts(&evening.shelter, SHELTER).await;
    assert_eq!((counts.held, counts.available, counts.occupied), (2, 1, 0));
    act(&evening.shelter, &sent.referral_id, Action::Accept(Accepted {}))
        .await
        .expect("it is accepted");
    let confirmed =
        change(&evening.kalmar, &hold, HoldAct::Confirm).await.expect("it is confirmed");
    assert_eq!(confirmed.state(), HoldState::Confirmed);
    let counts = own_counts(&evening.shelter, SHELTER).await;
    assert_eq!((counts.held, counts.available, counts.occupied), (0, 1, 2));
    let accepted = look(&evening.shelter, &sent.referral_id).await.expect("it is there");
    assert_eq!(accepted.referral_id, sent.referral_id);
}

#[tokio::test]
async fn of_two_referrals_that_want_the_last_bed_one_arrives_and_nothing_of_the_other() {
    let evening = Evening::agreed().await;
    evening.publish(1, 0).await;
    let staff = [&evening.kalmar, &evening.nybro];
    for one in staff {
        sees_available(one, SHELTER, 1).await;
    }
    let wishes = [with_beds(&evening, staff[0], 1).await, with_beds(&evening, staff[1], 1).await];
    let [first, second] = wishes;
    let (first, second) = tokio::join!(request(staff[0], first), request(staff[1], second));
    let mut outcomes = Vec::new();
    for (one, sent) in staff.into_iter().zip([first, second]) {
        let sent = match sent {
            Ok(sent) => sent,
            // The other was so quick that its own node knew of it.
            Err(status) => {
                assert_eq!(reason_of(&status), Reason::CapacityExhausted);
                continue;
            }
        };
        let hold = answered(one, &sent.referral_id).await;
        let there = look(&evening.shelter, &sent.referral_id).await.is_some();
        assert_eq!(there, hold.state() == HoldState::Held, "{hold:?}");
        if there {
            delivered(one, &sent.referral_id).await;
        } else {
            assert_eq!(hold.reason, Reason::CapacityExhausted.as_str());
            let refused = look(one, &sent.referral_id).await.expect("the source keeps it");
            assert_eq!(refused.delivery_status(), DeliveryStatus::Refused);
        }
        outcomes.push(there);
    }
    assert_eq!(outcomes.iter().filter(|there| **there).count(), 1, "{outcomes:?}");
    assert_eq!(own_counts(&evening.shelter, SHELTER).await.held, 1);
}

#[tokio::test]
async fn places_that_the_node_knows_not_to_be_there_send_nothing() {
    let evening = Evening::agreed().await;
    evening.publish(1, 0).await;
    sees_available(&evening.kalmar, SHELTER, 1).await;
    let wish = with_beds(&evening, &evening.kalmar, 2).await;
    let refused = request(&evening.kalmar, wish).await.expect_err("there is one");
    assert_eq!(reason_of(&refused), Reason::CapacityExhausted);
    let mut unknown = with_beds(&evening, &evening.kalmar, 1).await;
    unknown.places =
        Some(PlacesWanted { items: vec![beds([9; 16], 1)], ..PlacesWanted::default() });
    let refused = request(&evening.kalmar, unknown).await.expect_err("there is none");
    assert_eq!(reason_of(&refused), Reason::NotFound);
    assert_eq!(own_counts(&evening.shelter, SHELTER).await.held, 0);
}
