//! A consent covers who gave it; for a child the law says who that is.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::consent::v1::{ConsentingParty, SubjectAge};
use brygga_proto::local::v1::{ContentWarning, RecordConsentRequest};
use brygga_proto::referral::v1::ThirdPerson;
use brygga_proto::types::v1::{DataCategory, ThirdPersonRelation};
use brygga_testkit::{consent_for, reason_of, referral_to};

use crate::setting::{Neighbours, record, request};

/// CON-03: the case worker writes about a partner.
///
/// Verified: a note that tells of the partner passes with a warning, since a text proves nothing; the
/// partner in a field of its own is refused unless the consent covers a partner; another person's identity
/// number in a text is refused.
#[tokio::test(flavor = "multi_thread")]
async fn con_03_data_about_a_partner_needs_its_own_ground() {
    let neighbours = Neighbours::agreed().await;
    let kalmar = &neighbours.kalmar;
    let now = neighbours.region.clock("kalmar").now();
    let mut consent = consent_for(&["kommun:0881"], 30, now);
    consent.data_categories.push(DataCategory::ThirdPerson.into());
    let alone = record(kalmar, consent.clone()).await;

    let mut telling = referral_to("kommun:0881", alone.clone());
    telling.content.as_mut().expect("content").note = "Sambon har ett eget ärende.".to_owned();
    let answer = kalmar.referrals().request_referral(telling).await.expect("it passes");
    let warnings: Vec<ContentWarning> = answer.get_ref().warnings().collect();
    assert_eq!(warnings, [ContentWarning::ThirdPersonInNote]);

    let about_a_partner = |consent: Vec<u8>| {
        let mut wish = referral_to("kommun:0881", consent);
        let name = "Elvan Testsson".to_owned();
        let relation = ThirdPersonRelation::Partner.into();
        let content = wish.content.as_mut().expect("content");
        content.third_persons = vec![ThirdPerson { relation, name }];
        wish
    };
    let refused = request(kalmar, about_a_partner(alone)).await.expect_err("not covered");
    assert_eq!(reason_of(&refused), Reason::ConsentScope);
    consent.third_parties_covered = vec![ThirdPersonRelation::Partner.into()];
    let both = record(kalmar, consent).await;
    request(kalmar, about_a_partner(both.clone())).await.expect("both have consented");

    let mut leaking = referral_to("kommun:0881", both);
    leaking.content.as_mut().expect("content").note = "Barnet: 20170101-2393".to_owned();
    let refused = request(kalmar, leaking).await.expect_err("somebody else's number");
    assert_eq!(reason_of(&refused), Reason::ContentForbidden);
}

/// CON-04: who consents for whom (SoL 3:4, 21:1; OSL 12:3).
///
/// Verified: a fifteen-year-old consents alone and the referral passes; the guardians alone cannot consent
/// for her; for a younger child they can or must; an unset age is refused.
#[tokio::test(flavor = "multi_thread")]
async fn con_04_a_fifteen_year_old_consents_and_a_younger_child_does_not_alone() {
    let neighbours = Neighbours::agreed().await;
    let kalmar = &neighbours.kalmar;
    let now = neighbours.region.clock("kalmar").now();
    let keep = |age: SubjectAge, party: ConsentingParty| {
        let mut consent = consent_for(&["kommun:0881"], 30, now);
        (consent.subject_age, consent.consenting_party) = (age.into(), party.into());
        let mut consents = kalmar.consents();
        async move {
            let kept =
                consents.record_consent(RecordConsentRequest { consent: Some(consent) }).await;
            kept.map(|kept| kept.into_inner().consent.expect("a consent").consent_id)
        }
    };
    use ConsentingParty::{ChildAndGuardians, Guardians, Self_};
    let own = keep(SubjectAge::SubjectAge1517, Self_).await.expect("she speaks for herself");
    request(kalmar, referral_to("kommun:0881", own)).await.expect("permitted");
    for (age, party) in [
        (SubjectAge::SubjectAge1517, Guardians),
        (SubjectAge::SubjectAge1214, Self_),
        (SubjectAge::SubjectAge1214, Guardians),
        (SubjectAge::Under12, Self_),
        (SubjectAge::Adult, Guardians),
        (SubjectAge::Unspecified, Self_),
    ] {
        let refused = keep(age, party).await.expect_err("not enough");
        assert_eq!(reason_of(&refused), Reason::InvalidField, "{age:?} {party:?}");
    }
    for (age, party) in [
        (SubjectAge::SubjectAge1517, ChildAndGuardians),
        (SubjectAge::SubjectAge1214, ChildAndGuardians),
        (SubjectAge::Under12, Guardians),
    ] {
        keep(age, party).await.expect("enough");
    }
}
