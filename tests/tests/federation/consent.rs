//! The person's consent decides.

use std::time::Duration;

use brygga_domain::{Reason, Seconds};
use brygga_proto::local::v1::WithdrawConsentRequest;
use brygga_testkit::{holds_for, reason_of, referral_to};

use crate::setting::{Neighbours, delivered, listed, request};

/// CON-01: a consent for thirty days, and a message on day 31.
///
/// Verified: on day 29 a referral passes; on day 31 it is refused as expired at Kalmar, nothing leaves,
/// and a consent that names another recipient or lacks a category covers nothing.
#[tokio::test(flavor = "multi_thread")]
async fn con_01_message_on_day_31_is_refused() {
    let neighbours = Neighbours::agreed().await;
    let consent = neighbours.consent(30).await;
    let clocks = [neighbours.region.clock("kalmar"), neighbours.region.clock("nybro")];
    clocks.iter().for_each(|clock| clock.turn(Seconds::days(29)));
    let id = request(&neighbours.kalmar, referral_to("kommun:0881", consent.clone()))
        .await
        .expect("day 29")
        .referral_id;
    delivered(&neighbours.kalmar, &id).await;

    clocks.iter().for_each(|clock| clock.turn(Seconds::days(2)));
    let refused =
        request(&neighbours.kalmar, referral_to("kommun:0881", consent)).await.expect_err("day 31");
    assert_eq!(reason_of(&refused), Reason::ConsentExpired);
    holds_for("nothing has left", Duration::from_millis(300), || async {
        listed(&neighbours.nybro).await.len() == 1
    })
    .await;
}

/// A consent that was withdrawn carries nothing more, and what waits on its ground is not sent.
#[tokio::test(flavor = "multi_thread")]
async fn withdrawn_consent_stops_what_is_queued() {
    let mut neighbours = Neighbours::agreed().await;
    let consent = neighbours.consent(30).await;
    neighbours.region.stop_node("nybro").await;
    request(&neighbours.kalmar, referral_to("kommun:0881", consent.clone())).await.expect("queued");
    let withdraw = WithdrawConsentRequest { consent_id: consent.clone() };
    let stopped =
        neighbours.kalmar.consents().withdraw_consent(withdraw).await.expect("never refused");
    assert_eq!(stopped.into_inner().stopped_messages, 1);
    let refused = request(&neighbours.kalmar, referral_to("kommun:0881", consent))
        .await
        .expect_err("withdrawn");
    assert_eq!(reason_of(&refused), Reason::ConsentWithdrawn);

    neighbours.region.start_node("nybro").await;
    let nybro = neighbours.region.staff("nybro", "CASE_WORKER", None);
    holds_for("nothing arrives", Duration::from_secs(2), || async {
        listed(&nybro).await.is_empty()
    })
    .await;
}
