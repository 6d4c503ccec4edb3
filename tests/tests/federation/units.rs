//! Functions inside an organisation.

use brygga_domain::Reason;
use brygga_proto::local::v1::ShowReferralRequest;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::TakenOn;
use brygga_testkit::{eventually, reason_of, referral_to};

use crate::setting::{Neighbours, act, delivered, listed, look, request};

/// KAL-09: a referral to Nybro's mobile team.
///
/// Kalmar ──referral──▶ Nybro / mobila-teamet. Verified: anybody of the team sees it, another unit gets
/// the very answer that an unknown referral gets, and Kalmar sees the function that took it on and no person.
#[tokio::test(flavor = "multi_thread")]
async fn kal_09_referral_to_a_unit_is_seen_by_that_unit_only() {
    let neighbours = Neighbours::agreed().await;
    let mut wish = referral_to("kommun:0881", neighbours.consent(30).await);
    wish.target_unit = "mobila-teamet".to_owned();
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;

    let team = neighbours.region.staff("nybro", "CASE_WORKER", Some("mobila-teamet"));
    let others = neighbours.region.staff("nybro", "CASE_WORKER", Some("socialjouren"));
    let arrived = listed(&team).await.pop().expect("the team sees it");
    assert!(listed(&others).await.is_empty());
    let show = |referral_id: Vec<u8>| {
        let mut referrals = others.referrals();
        async move {
            referrals
                .show_referral(ShowReferralRequest { referral_id })
                .await
                .expect_err("not theirs")
        }
    };
    let (hidden, unknown) = (show(id.clone()).await, show(vec![7; 16]).await);
    assert_eq!(reason_of(&hidden), Reason::NotFound);
    assert_eq!((hidden.message(), hidden.details()), (unknown.message(), unknown.details()));

    let act_by = arrived.request.and_then(|asked| asked.respond_by);
    let taken = Action::TakeOn(TakenOn { unit: "mobila-teamet".to_owned(), act_by });
    act(&team, &id, taken).await.expect("taken on");
    let seen = eventually("the human receipt arrives", || async {
        look(&neighbours.kalmar, &id).await.filter(|referral| !referral.taken_on_by.is_empty())
    })
    .await;
    assert_eq!(seen.taken_on_by, "mobila-teamet");
    assert!(!format!("{seen:?}").contains("test-person"), "the person at Nybro is not told");
}
