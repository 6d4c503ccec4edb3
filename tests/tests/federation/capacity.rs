//! Live beds, held without overbooking, between three real nodes.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{Quota, QuotaPeriod};
use brygga_proto::capacity::v1::{CapacityStatus, HoldAct, HoldEnd, PlaceKind, Service};
use brygga_proto::local::v1::{EndHoldRequest, HoldState};
use brygga_testkit::{eventually, reason_of};
use futures_util::future::join_all;

use crate::evening::{
    Evening, SHELTER, beds, change, hold, known, own_counts, publication, publish, sees_available,
    service,
};

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

/// ORE-21: a bed and a place in the storage, or neither.
#[tokio::test]
async fn ore_21_a_bed_and_storage_are_held_together_or_not_at_all() {
    const STORAGE: [u8; 16] = [8; 16];
    let evening = Evening::agreed().await;
    evening.publish(3, 0).await;
    let now = evening.region.clock("stadsmissionen").now();
    let service = Service {
        place: PlaceKind::Place.into(),
        ..service(STORAGE, "STORAGE_BELONGINGS", "Magasinet")
    };
    publish(&evening.shelter, publication(service, now, (1, 0))).await.expect("storage");
    sees_available(&evening.kalmar, STORAGE, 1).await;
    sees_available(&evening.nybro, STORAGE, 1).await;
    let both = || vec![beds(SHELTER, 1), beds(STORAGE, 1)];
    let (first, second) = tokio::join!(hold(&evening.kalmar, both()), hold(&evening.nybro, both()));
    let mut states = [first, second].map(|held| held.expect("an answer").state());
    states.sort();
    assert_eq!(states, [HoldState::Held, HoldState::Refused]);
    let counts = own_counts(&evening.shelter, SHELTER).await;
    assert_eq!((counts.held, counts.available), (1, 2), "whoever lost has no bed either");
}

/// ORE-13: budget advice is published and held as a bed is.
#[tokio::test]
async fn ore_13_a_time_of_budget_advice_is_held_as_a_bed_is() {
    const ADVICE: [u8; 16] = [9; 16];
    let evening = Evening::agreed().await;
    let now = evening.region.clock("stadsmissionen").now();
    let service = Service {
        place: PlaceKind::Time.into(),
        ..service(ADVICE, "BUDGET_ADVICE", "Budget- och skuldrådgivning")
    };
    publish(&evening.shelter, publication(service, now, (3, 0))).await.expect("three times");
    sees_available(&evening.kalmar, ADVICE, 3).await;
    let held = hold(&evening.kalmar, vec![beds(ADVICE, 1)]).await.expect("a time");
    assert_eq!(held.state(), HoldState::Held);
    sees_available(&evening.nybro, ADVICE, 2).await;
}

#[tokio::test]
async fn what_a_permission_carries_is_used_up_by_holds_and_given_back_with_them() {
    let evening = Evening::agreed_on(|terms| {
        let period = QuotaPeriod::Agreement.into();
        let quota = Quota { count: 2, period, ..Quota::default() };
        terms.rules.iter_mut().for_each(|rule| {
            if rule.rule_id == "plats-1" {
                rule.quota = Some(quota);
            }
        });
    })
    .await;
    evening.publish(20, 0).await;
    sees_available(&evening.kalmar, SHELTER, 20).await;
    let first = hold(&evening.kalmar, vec![beds(SHELTER, 2)]).await.expect("an answer");
    assert_eq!(first.state(), HoldState::Held);
    let second = hold(&evening.kalmar, vec![beds(SHELTER, 1)]).await.expect("an answer");
    assert_eq!(second.state(), HoldState::Refused);
    assert_eq!(second.reason, Reason::AgreementQuota.as_str());
    change(&evening.kalmar, &first, HoldAct::Cancel).await.expect("given back");
    let third = hold(&evening.kalmar, vec![beds(SHELTER, 1)]).await.expect("an answer");
    assert_eq!(third.state(), HoldState::Held);
}

#[tokio::test]
async fn a_hold_ends_by_itself_and_is_extended_as_often_as_agreed() {
    let evening = Evening::agreed().await;
    evening.publish(1, 0).await;
    sees_available(&evening.kalmar, SHELTER, 1).await;
    let held = hold(&evening.kalmar, vec![beds(SHELTER, 1)]).await.expect("a hold");
    for extensions in 1..=2 {
        let extended = change(&evening.kalmar, &held, HoldAct::Extend).await.expect("an answer");
        assert_eq!((extended.state(), extended.extensions), (HoldState::Held, extensions));
    }
    let once_more = change(&evening.kalmar, &held, HoldAct::Extend).await.expect("an answer");
    assert_eq!((once_more.state(), once_more.extensions), (HoldState::Held, 2), "as agreed");
    evening.turn(Seconds(5_401));
    evening.publish(1, 0).await;
    sees_available(&evening.nybro, SHELTER, 1).await;
    let late = change(&evening.kalmar, &held, HoldAct::Confirm).await;
    let state = match late {
        Ok(hold) => hold.state(),
        Err(refused) => {
            assert_eq!(reason_of(&refused), Reason::InvalidTransition);
            HoldState::Expired
        }
    };
    assert_eq!(state, HoldState::Expired, "it is never made anew in silence");
}
