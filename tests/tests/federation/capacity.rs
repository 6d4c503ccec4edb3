//! Live beds, held without overbooking, between three real nodes.

use brygga_domain::{Reason, Seconds};
use brygga_proto::capacity::v1::{CapacityStatus, HoldAct, HoldEnd};
use brygga_proto::local::v1::{EndHoldRequest, HoldState};
use brygga_testkit::{eventually, reason_of};
use futures_util::future::join_all;

use crate::evening::{Evening, SHELTER, beds, change, hold, known, own_counts, sees_available};

#[tokio::test]
async fn kal_07_the_twenty_first_hold_of_twenty_beds_is_refused() {
    let evening = Evening::agreed().await;
    evening.publish(20, 0).await;
    sees_available(&evening.kalmar, SHELTER, 20).await;
    sees_available(&evening.nybro, SHELTER, 20).await;
    let places = (0..20).map(|turn| {
        let staff = if turn % 2 == 0 { &evening.kalmar } else { &evening.nybro };
        hold(staff, vec![beds(SHELTER, 1)])
    });
    for held in join_all(places).await {
        assert_eq!(held.expect("a hold").state(), HoldState::Held);
    }
    assert_eq!(own_counts(&evening.shelter, SHELTER).await.available, 0);
    sees_available(&evening.nybro, SHELTER, 0).await;
    let refused = hold(&evening.nybro, vec![beds(SHELTER, 1)]).await.expect_err("nothing is left");
    assert_eq!(reason_of(&refused), Reason::CapacityExhausted);
}

#[tokio::test]
async fn cap_01_a_count_that_nobody_refreshed_for_an_hour_is_unknown_and_not_free() {
    let evening = Evening::agreed().await;
    evening.publish(20, 3).await;
    sees_available(&evening.kalmar, SHELTER, 17).await;
    evening.turn(Seconds(3_601));
    let stale = known(&evening.kalmar, SHELTER).await.expect("it is known");
    assert!(stale.is_stale);
    let line = &stale.statement.as_ref().expect("a statement").lines[0];
    assert_eq!((line.counts, line.status()), (None, CapacityStatus::Unknown));
    let refused = hold(&evening.kalmar, vec![beds(SHELTER, 1)]).await.expect_err("it is too old");
    assert_eq!(reason_of(&refused), Reason::Stale);
}

#[tokio::test]
async fn cap_02_of_two_holds_of_the_last_bed_one_wins() {
    let evening = Evening::agreed().await;
    evening.publish(20, 19).await;
    sees_available(&evening.kalmar, SHELTER, 1).await;
    sees_available(&evening.nybro, SHELTER, 1).await;
    let both = join_all(
        [&evening.kalmar, &evening.nybro].map(|staff| hold(staff, vec![beds(SHELTER, 1)])),
    );
    let mut states: Vec<_> = both.await.into_iter().map(|held| held.expect("an answer")).collect();
    states.sort_by_key(|hold| hold.state);
    assert_eq!(states[0].state(), HoldState::Held);
    assert_eq!(states[1].state(), HoldState::Refused);
    assert_eq!(states[1].reason, Reason::CapacityExhausted.as_str());
}

#[tokio::test]
async fn a_hold_is_confirmed_and_the_bed_is_free_again_when_whoever_came_has_left() {
    let evening = Evening::agreed().await;
    evening.publish(2, 0).await;
    sees_available(&evening.kalmar, SHELTER, 2).await;
    let held = hold(&evening.kalmar, vec![beds(SHELTER, 1)]).await.expect("a hold");
    let confirmed = change(&evening.kalmar, &held, HoldAct::Confirm).await.expect("an answer");
    assert_eq!(confirmed.state(), HoldState::Confirmed);
    let counts = own_counts(&evening.shelter, SHELTER).await;
    assert_eq!((counts.occupied, counts.held, counts.available), (1, 0, 1));
    let request = EndHoldRequest { hold_id: held.hold_id.clone(), end: HoldEnd::Departed.into() };
    evening.shelter.holds().end_hold(request).await.expect("it ends");
    let counts = own_counts(&evening.shelter, SHELTER).await;
    assert_eq!((counts.occupied, counts.held, counts.available), (0, 0, 2));
    eventually("whoever held hears that it is over", || async {
        let request = brygga_proto::local::v1::ShowHoldRequest { hold_id: held.hold_id.clone() };
        let shown = evening.kalmar.holds().show_hold(request).await.ok()?.into_inner().hold?;
        (shown.state() == HoldState::Departed).then_some(())
    })
    .await;
}
