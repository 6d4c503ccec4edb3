//! From a bed for the night to help that lasts.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{Priority, SubjectArea};
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{RequestReferralRequest, ShowReferralRequest, ShowReferralResponse};
use brygga_proto::referral::v1::{Accepted, ReferralContent, ReferralStatus, Started};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use brygga_testkit::{Place, Staff, consent_for, reason_of, referral_to};

use crate::setting::{Partners, act, delivered, has_status, record, request};

const KALMAR: &str = Place::KALMAR.organisation;
const MISSION: &str = Place::STADSMISSIONEN.organisation;

/// Somebody whom Kalmar has sent to the night shelter on a consent for five days, and who sleeps there.
async fn guest(partners: &Partners) -> (Vec<u8>, Vec<u8>) {
    let now = partners.region.clock("kalmar").now();
    let consent = record(&partners.kalmar, consent_for(&[MISSION], 5, now)).await;
    let mut wish = referral_to(MISSION, consent.clone());
    wish.priority = Priority::Urgent.into();
    wish.service_type.as_mut().expect("a service").code = "NIGHT_SHELTER".to_owned();
    let id = request(&partners.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&partners.kalmar, &id).await;
    act(&partners.shelter, &id, Action::Accept(Accepted {})).await.expect("a bed");
    act(&partners.shelter, &id, Action::Start(Started {})).await.expect("the first night");
    has_status(&partners.kalmar, &id, ReferralStatus::InProgress).await;
    (id, consent)
}

/// Long-term help from Kalmar, as the shelter asks for it: a name and how long it has been.
fn long_term(acute: &[u8], consent_id: Vec<u8>) -> RequestReferralRequest {
    RequestReferralRequest {
        part_of: acute.to_vec(),
        disclosure_ground: DisclosureGround::Private1711Consent.into(),
        gdpr_basis: GdprBasis::ExplicitConsent92A.into(),
        content: Some(ReferralContent {
            name: "Kim Testsson".to_owned(),
            note: "Har sovit tio nätter hos oss.".to_owned(),
            ..ReferralContent::default()
        }),
        ..referral_to(KALMAR, consent_id)
    }
}

async fn shown(staff: &Staff, referral_id: &[u8]) -> ShowReferralResponse {
    let wanted = ShowReferralRequest { referral_id: referral_id.to_vec() };
    staff.referrals().show_referral(wanted).await.expect("shown").into_inner()
}

/// KAL-10: ten nights in the shelter, and then help that lasts.
///
/// Kalmar ──night shelter──▶ Stadsmissionen ──long-term help──▶ Kalmar. Verified: the consent of the first night does
/// not carry it, neither at the shelter, which never held it, nor at Kalmar, where it has ended; a consent that does
/// not cover what is sent does not either; with a consent of its own it passes, both ends show which referral it
/// continues, and it holds what the shelter wrote and nothing of the first one's content.
#[tokio::test(flavor = "multi_thread")]
async fn kal_10_an_acute_stay_becomes_a_long_term_referral_on_a_consent_of_its_own() {
    let partners = Partners::agreed(SubjectArea::Homelessness).await;
    let (kalmar, shelter) = (&partners.kalmar, &partners.shelter);
    let (acute, of_acute) = guest(&partners).await;
    partners.turn(10);

    let now = partners.region.clock("stadsmissionen").now();
    let narrow = ConsentRecord {
        data_categories: vec![DataCategory::Identity.into()],
        ..consent_for(&[KALMAR], 30, now)
    };
    for (consent_id, reason) in [
        (Vec::new(), Reason::ConsentMissing),
        (of_acute.clone(), Reason::ConsentMissing),
        (record(shelter, narrow).await, Reason::ConsentScope),
    ] {
        let refused = request(shelter, long_term(&acute, consent_id)).await.expect_err("not asked");
        assert_eq!(reason_of(&refused), reason);
    }
    let again = RequestReferralRequest { part_of: acute.clone(), ..referral_to(MISSION, of_acute) };
    let refused = request(kalmar, again).await.expect_err("it was for five days");
    assert_eq!(reason_of(&refused), Reason::ConsentExpired);

    let anew = record(shelter, consent_for(&[KALMAR], 30, now)).await;
    let wish = long_term(&acute, anew);
    let written = wish.content.clone().expect("content");
    let id = request(shelter, wish).await.expect("the person was asked anew").referral_id;
    delivered(shelter, &id).await;
    for side in [shelter, kalmar] {
        assert_eq!(shown(side, &id).await.referral.expect("a referral").part_of, acute);
        let first = shown(side, &acute).await.referral.expect("what it continues");
        assert_eq!(first.status(), ReferralStatus::InProgress, "the bed is not lost by it");
    }
    let arrived = shown(kalmar, &id).await.content.expect("Kalmar holds the key");
    assert_eq!(ReferralContent { salt: Vec::new(), ..arrived }, written);
    let number = shown(shelter, &acute).await.content.expect("content").personal_identity_number;
    assert!(!number.is_empty(), "the first one had more to copy");
}
