//! People without papers: a first name is enough, and nothing about their status travels.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{Priority, SubjectArea};
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{SendNoteRequest, ShowReferralRequest};
use brygga_proto::referral::v1::{Accepted, ContactPolicy, ReferralContent, ReferralStatus};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use brygga_testkit::{Place, consent_for, eventually, reason_of, referral_to};

use crate::schema::Contract;
use crate::setting::{Partners, act, delivered, has_status, record, request};

/// KAL-08: a guest of the night shelter gives a first name only.
///
/// Stadsmissionen ──pseudonym, consent──▶ Kalmar's intake. Verified: the referral needs no number; the
/// intake opens it, accepts it, and answers, on a consent of its own, with a note that reaches
/// Stadsmissionen, which alone knows who the pseudonym is; the guest may be reached only through Stadsmissionen.
#[tokio::test(flavor = "multi_thread")]
async fn kal_08_a_first_name_opens_an_intake_and_the_answer_goes_by_the_pseudonym() {
    let Partners { region, shelter, kalmar, .. } =
        Partners::agreed(SubjectArea::Homelessness).await;
    let now = region.clock("kalmar").now();
    let guest = ConsentRecord {
        person_reference: "gäst 12".to_owned(),
        data_categories: vec![DataCategory::Identity.into(), DataCategory::HousingNeed.into()],
        ..consent_for(&[Place::KALMAR.organisation], 30, now)
    };
    let mut wish = referral_to(Place::KALMAR.organisation, record(&shelter, guest).await);
    wish.disclosure_ground = DisclosureGround::Private1711Consent.into();
    wish.gdpr_basis = GdprBasis::ExplicitConsent92A.into();
    wish.contact_policy = ContactPolicy::ViaRequester.into();
    wish.content = Some(ReferralContent { name: "Kim".to_owned(), ..ReferralContent::default() });
    let id = request(&shelter, wish).await.expect("a first name is enough").referral_id;
    delivered(&shelter, &id).await;

    let wanted = ShowReferralRequest { referral_id: id.clone() };
    let opened =
        kalmar.referrals().show_referral(wanted.clone()).await.expect("shown").into_inner();
    let content = opened.content.expect("the intake holds the key");
    assert_eq!((content.name.as_str(), content.personal_identity_number.as_str()), ("Kim", ""));
    let asked = opened.referral.and_then(|referral| referral.request).expect("what was asked");
    assert_eq!(asked.contact_policy(), ContactPolicy::ViaRequester);
    act(&kalmar, &id, Action::Accept(Accepted {})).await.expect("an intake is opened");
    let own = ConsentRecord {
        data_categories: vec![DataCategory::FreeText.into()],
        ..consent_for(&[Place::STADSMISSIONEN.organisation], 30, now)
    };
    let own = record(&kalmar, own).await;
    let note = SendNoteRequest {
        note_id: vec![7; 16],
        referral_id: id.clone(),
        text: "Kim kan komma på torsdag klockan tio.".to_owned(),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        consent_id: own,
        accept_content_warning: false,
    };
    let theirs = SendNoteRequest { consent_id: Vec::new(), ..note.clone() };
    let refused = kalmar.referrals().send_note(theirs).await.expect_err("each asks for its own");
    assert_eq!(reason_of(&refused), Reason::ConsentMissing);
    kalmar.referrals().send_note(note.clone()).await.expect("sent");
    kalmar.referrals().send_note(note).await.expect("a repeat is the same note");
    has_status(&shelter, &id, ReferralStatus::Accepted).await;
    let notes = eventually("the note arrives", || async {
        let shown = shelter.referrals().show_referral(wanted.clone()).await.ok()?.into_inner();
        Some(shown.notes).filter(|notes| !notes.is_empty())
    })
    .await;
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].text, "Kim kan komma på torsdag klockan tio.");
    assert!(!notes[0].is_own);
}

/// ORE-03: a citizen of the Union, not registered anywhere, needs a roof tonight.
///
/// Verified: an urgent referral with an acute duty passes without any Swedish number; and no field of the
/// contract, in any message of any package, could hold a status of immigration.
#[tokio::test(flavor = "multi_thread")]
async fn ore_03_acute_need_is_met_without_a_swedish_number() {
    let Partners { region, shelter, kalmar, .. } =
        Partners::agreed(SubjectArea::Homelessness).await;
    let consent =
        consent_for(&[Place::STADSMISSIONEN.organisation], 5, region.clock("kalmar").now());
    let mut wish = referral_to(Place::STADSMISSIONEN.organisation, record(&kalmar, consent).await);
    wish.priority = Priority::Urgent.into();
    wish.acute_duty = true;
    wish.host_municipality = Place::KALMAR.organisation.to_owned();
    wish.service_type.as_mut().expect("a service").code = "NIGHT_SHELTER".to_owned();
    wish.content = Some(ReferralContent { name: "Elvan".to_owned(), ..ReferralContent::default() });
    let id = request(&kalmar, wish).await.expect("permitted").referral_id;
    delivered(&kalmar, &id).await;
    act(&shelter, &id, Action::Accept(Accepted {})).await.expect("a bed for tonight");
    let accepted = has_status(&kalmar, &id, ReferralStatus::Accepted).await;
    assert_eq!(accepted.acute_duty_holder, Place::KALMAR.organisation, "a shelter has no duty");

    let words =
        ["immigra", "migrat", "citizenship", "nationalit", "residence_permit", "legal_presence"];
    assert_eq!(Contract::read().names_with(&words), [""; 0]);
}
