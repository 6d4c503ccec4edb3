//! A node that is away.

use brygga_domain::Seconds;
use brygga_proto::agreement::v1::Priority;
use brygga_proto::local::v1::DeliveryStatus;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::{Accepted, ReferralStatus};
use brygga_testkit::referral_to;

use crate::setting::{Neighbours, act, delivered, has_status, look, request};

/// SYS-01: Nybro's node is away for six hours.
///
/// Kalmar ──urgent referral──▶ (Nybro down). Verified: the referral is durable and queued at Kalmar, its
/// deadline of four hours runs on Kalmar's clock, Kalmar is told to take the telephone and which number,
/// and when Nybro is back the referral arrives once, is not dead on arrival and can be accepted.
#[tokio::test(flavor = "multi_thread")]
async fn sys_01_messages_queue_while_a_node_is_away_for_six_hours() {
    let mut neighbours = Neighbours::agreed().await;
    let consent = neighbours.consent(30).await;
    neighbours.region.stop_node("nybro").await;
    let mut wish = referral_to("kommun:0881", consent);
    wish.priority = Priority::Urgent.into();
    let id = request(&neighbours.kalmar, wish).await.expect("durable here").referral_id;
    let queued = look(&neighbours.kalmar, &id).await.expect("kept");
    assert_eq!(queued.delivery_status(), DeliveryStatus::Queued);
    assert!(!queued.presumed_expired && !queued.call_duty_phone, "it is too early to worry");

    neighbours.region.clock("kalmar").turn(Seconds::hours(6));
    let late = look(&neighbours.kalmar, &id).await.expect("kept");
    assert_eq!(late.delivery_status(), DeliveryStatus::Queued);
    assert!(late.presumed_expired, "the deadline ran on the sender's clock");
    assert!(late.call_duty_phone, "a same-day duty does not wait for a node");

    neighbours.region.clock("nybro").turn(Seconds::hours(6));
    neighbours.region.start_node("nybro").await;
    let nybro = neighbours.region.staff("nybro", "CASE_WORKER", None);
    delivered(&neighbours.kalmar, &id).await;
    let arrived = look(&nybro, &id).await.expect("it arrived");
    assert_eq!(arrived.status(), ReferralStatus::Requested, "late is not dead");
    act(&nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    let accepted = has_status(&neighbours.kalmar, &id, ReferralStatus::Accepted).await;
    assert!(!accepted.call_duty_phone && !accepted.presumed_expired);
}
