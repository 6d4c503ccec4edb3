//! What kind of body it is decides what it may be told: a region, an umbrella, a university.

use brygga_domain::{AgreementId, DisclosureGround as Ground, GdprBasis as Basis, Reason};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, PartyRole, SubjectArea};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    ListReferralsRequest, ProposeAgreementRequest, RequestReferralRequest, ShowReferralRequest,
};
use brygga_proto::referral::v1::{Accepted, ReferralContent, ReferralStatus};
use brygga_proto::types::v1::{Code, DisclosureGround, GdprBasis};
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, reason_of, referral_to};
use tonic::Status;
use tonic_types::StatusExt;

use crate::setting::{
    act, agree, agree_all, delivered, has_status, id_of, listed, look, record, request,
};
use crate::uninvited::{Uninvited, meddle};

const KALMAR: &str = Place::KALMAR.organisation;
const MISSION: &str = Place::STADSMISSIONEN.organisation;

/// Invented, as the others of the demo.
const REGIONEN: Place = Place {
    name: "regionen",
    organisation: "demo:regionen-kalmar",
    title: "Regionen",
    kind: "region",
    units: &[],
    marks: &[],
};
const UMBRELLA: Place = Place {
    name: "riksforeningen",
    organisation: "demo:riksforeningen",
    title: "Riksföreningen",
    kind: "federation",
    units: &[],
    marks: &[],
};
const UNIVERSITY: Place = Place {
    name: "universitetet",
    organisation: "demo:universitetet",
    title: "Universitetet",
    kind: "research",
    units: &[],
    marks: &[],
};

/// Terms of Kalmar with some others, where the last party plays a role of its own.
fn terms(
    region: &Region,
    kind: AgreementKind,
    parties: &[&str],
    last: PartyRole,
) -> AgreementTerms {
    let now = region.clock("kalmar").now();
    let mut terms = agreement_terms(parties, kind, SubjectArea::Homelessness, now);
    terms.parties.last_mut().expect("a party").role = last.into();
    terms
}

/// An adult with an ongoing misuse, on the ground of care without anybody's consent (OSL 26:9).
fn in_misuse(target: &str) -> RequestReferralRequest {
    let code = |list: &str, code: &str| Code {
        list: list.to_owned(),
        list_version: 1,
        code: code.to_owned(),
        broader: Vec::new(),
    };
    RequestReferralRequest {
        disclosure_ground: DisclosureGround::Care269.into(),
        service_type: Some(code("service_type", "CASE_MANAGER")),
        content: Some(ReferralContent {
            name: "Kim Testsson".to_owned(),
            support_needs: vec![code("support_need", "HEALTH_CONTACT")],
            note: "Pågående missbruk.".to_owned(),
            ..ReferralContent::default()
        }),
        ..referral_to(target, Vec::new())
    }
}

/// ORE-17: an adult with an ongoing misuse needs the region's care.
///
/// Kalmar ──OSL 26:9, no consent──▶ the region. Verified: it passes, opens and is accepted, and so does one on consent;
/// the same message to Stadsmissionen is refused for its ground at Kalmar's node, and at Stadsmissionen's where
/// Kalmar's did not stop it, though both have an agreement in force with Kalmar.
#[tokio::test(flavor = "multi_thread")]
async fn ore_17_care_without_consent_reaches_the_region_and_not_civil_society() {
    let region = Region::start(&[Place::KALMAR, REGIONEN, Place::STADSMISSIONEN]).await;
    let with = |kind, other| terms(&region, kind, &[KALMAR, other], PartyRole::Participant);
    let care = with(AgreementKind::RegionAgreement, REGIONEN.organisation);
    let care = agree(&region, "kalmar", "regionen", care).await;
    let beds = with(AgreementKind::Iop, MISSION);
    let beds = agree(&region, "kalmar", "stadsmissionen", beds).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let clinic = region.staff("regionen", "CASE_WORKER", None);

    let sent = request(&kalmar, in_misuse(REGIONEN.organisation)).await.expect("permitted");
    assert_eq!(sent.disclosure_ground(), DisclosureGround::Care269);
    delivered(&kalmar, &sent.referral_id).await;
    let wanted = ShowReferralRequest { referral_id: sent.referral_id.clone() };
    let opened = clinic.referrals().show_referral(wanted).await.expect("shown").into_inner();
    assert_eq!(opened.content.expect("content").note, "Pågående missbruk.");
    act(&clinic, &sent.referral_id, Action::Accept(Accepted {})).await.expect("accepted");
    has_status(&kalmar, &sent.referral_id, ReferralStatus::Accepted).await;
    let now = region.clock("kalmar").now();
    let consent = record(&kalmar, consent_for(&[REGIONEN.organisation], 30, now)).await;
    request(&kalmar, referral_to(REGIONEN.organisation, consent)).await.expect("on consent too");

    let refused = request(&kalmar, in_misuse(MISSION)).await.expect_err("not an authority");
    assert_eq!(reason_of(&refused), Reason::GroundNotAllowed);
    for (agreement, name, reason) in
        [(&care, "regionen", None), (&beds, "stadsmissionen", Some(Reason::GroundNotAllowed))]
    {
        let by_hand =
            Uninvited { ground: Ground::Care26_9, ..Uninvited::authority(id_of(agreement)) };
        let verdict = by_hand.deliver(&region, "kalmar", name).await;
        assert_eq!((verdict.is_accepted(), verdict.reason()), (reason.is_none(), reason), "{name}");
    }
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    assert!(listed(&shelter).await.is_empty(), "nothing was taken in");
}

/// A guest whom Stadsmissionen refers to Kalmar, known to these two.
async fn guest(region: &Region) -> Vec<u8> {
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let now = region.clock("stadsmissionen").now();
    let consent = record(&shelter, consent_for(&[KALMAR], 30, now)).await;
    let id = request(&shelter, on_consent(KALMAR, consent)).await.expect("permitted").referral_id;
    delivered(&shelter, &id).await;
    id
}

/// What civil society outside lag 2001:454 may send, if anything.
fn on_consent(target: &str, consent_id: Vec<u8>) -> RequestReferralRequest {
    RequestReferralRequest {
        disclosure_ground: DisclosureGround::Private1711Consent.into(),
        gdpr_basis: GdprBasis::ExplicitConsent92A.into(),
        ..referral_to(target, consent_id)
    }
}

async fn show(staff: &Staff, referral_id: &[u8]) -> Status {
    let wanted = ShowReferralRequest { referral_id: referral_id.to_vec() };
    staff.referrals().show_referral(wanted).await.map(drop).expect_err("denied")
}

/// BFK-07: the umbrella has signed the partnership of its local member with Kalmar, as an observer.
///
/// Stadsmissionen ──guest──▶ Kalmar. Verified: the umbrella's own node knows the guest's referral no more than one that
/// never was, and lists none; what it sends to its member about that referral, or to ask for one, gets the answer
/// that it gets about what never was; the member's node sends it nothing, on consent either, and what a member
/// sends all the same the umbrella's node refuses.
#[tokio::test(flavor = "multi_thread")]
async fn bfk_07_umbrella_is_denied_the_guests_of_its_local_member() {
    let places = [Place::KALMAR, Place::STADSMISSIONEN, UMBRELLA];
    let region = Region::start(&places).await;
    let parties = places.map(|place| place.organisation);
    let iop = terms(&region, AgreementKind::Iop, &parties, PartyRole::Observer);
    let held = agree_all(&region, &places.map(|place| place.name), iop).await;
    let id = guest(&region).await;

    let umbrella = region.staff("riksforeningen", "CASE_WORKER", None);
    let (hidden, absent) = (show(&umbrella, &id).await, show(&umbrella, &[7; 16]).await);
    assert_eq!(reason_of(&hidden), Reason::NotFound);
    assert_eq!((hidden.message(), hidden.details()), (absent.message(), absent.details()));
    assert!(listed(&umbrella).await.is_empty());

    for member in ["stadsmissionen", "kalmar"] {
        let told = meddle(&region, "riksforeningen", member, &id).await;
        assert_eq!(told.reason(), Some(Reason::NotFound), "{told:?}");
        assert_eq!(told, meddle(&region, "riksforeningen", member, &[7; 16]).await);
        let asked = async |cited| {
            Uninvited::civil_society(cited).deliver(&region, "riksforeningen", member).await
        };
        let told = asked(id_of(&held)).await;
        assert_eq!(told.reason(), Some(Reason::NotFound), "{told:?}");
        assert_eq!(told, asked(AgreementId::from_bytes([9; 16])).await);
    }
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let now = region.clock("stadsmissionen").now();
    let consent = record(&shelter, consent_for(&[UMBRELLA.organisation], 30, now)).await;
    let refused = request(&shelter, on_consent(UMBRELLA.organisation, consent)).await;
    assert_eq!(reason_of(&refused.expect_err("it takes no part")), Reason::NotFound);
    let by_hand = Uninvited::civil_society(id_of(&held));
    let verdict = by_hand.deliver(&region, "stadsmissionen", "riksforeningen").await;
    assert_eq!(verdict.reason(), Some(Reason::NotFound), "{verdict:?}");
    assert!(listed(&umbrella).await.is_empty(), "nothing was taken in");
    assert!(look(&shelter, &id).await.is_some(), "the guest is there to be found");
}

/// BFK-07: the umbrella takes part in the partnership itself, beside its local member.
///
/// Verified: no ground of the law carries a guest to it, from the member or from Kalmar, on consent either; it is
/// refused at the source, and at the umbrella's own node where the source did not refuse.
#[tokio::test(flavor = "multi_thread")]
async fn bfk_07_no_ground_carries_a_guest_to_an_umbrella_that_takes_part() {
    let places = [Place::KALMAR, Place::STADSMISSIONEN, UMBRELLA];
    let region = Region::start(&places).await;
    let parties = places.map(|place| place.organisation);
    let iop = terms(&region, AgreementKind::Iop, &parties, PartyRole::Participant);
    let held = agree_all(&region, &places.map(|place| place.name), iop).await;
    guest(&region).await;
    for (name, basis) in [("stadsmissionen", Basis::ExplicitConsent), ("kalmar", Basis::PublicTask)]
    {
        let staff = region.staff(name, "CASE_WORKER", None);
        let consent = consent_for(&[UMBRELLA.organisation], 30, region.clock(name).now());
        let consent = record(&staff, consent).await;
        for ground in Ground::ALL {
            let by_hand = Uninvited {
                ground: *ground,
                gdpr_basis: basis,
                ..Uninvited::authority(id_of(&held))
            };
            let verdict = by_hand.deliver(&region, name, "riksforeningen").await;
            assert_eq!(verdict.reason(), Some(Reason::GroundNotAllowed), "{ground:?}: {verdict:?}");
        }
        for ground in [DisclosureGround::Consent122, DisclosureGround::Private1711Consent] {
            let mut wish = on_consent(UMBRELLA.organisation, consent.clone());
            wish.disclosure_ground = ground.into();
            let refused = request(&staff, wish).await.expect_err("no ground");
            assert_eq!(reason_of(&refused), Reason::GroundNotAllowed, "{name}, {ground:?}");
        }
    }
    assert!(listed(&region.staff("riksforeningen", "CASE_WORKER", None)).await.is_empty());
}

/// A university in a Bostad först partnership of Kalmar and Stadsmissionen.
///
/// Verified: it cannot take part, whoever proposes so; as coordinator or observer it signs, and is denied every call
/// about a person at its own node, in any role; the others' nodes neither send to it nor answer it, and its own
/// node refuses what they send all the same.
#[tokio::test(flavor = "multi_thread")]
async fn university_signs_and_is_denied_person_data() {
    let places = [Place::KALMAR, Place::STADSMISSIONEN, UNIVERSITY];
    let region = Region::start(&places).await;
    let parties = places.map(|place| place.organisation);
    let partnership = |role| terms(&region, AgreementKind::HousingFirstPartnership, &parties, role);
    for name in ["kalmar", "universitetet"] {
        let manager = region.staff(name, "AGREEMENT_MANAGER", None);
        let terms = Some(partnership(PartyRole::Participant));
        let wanted = ProposeAgreementRequest { terms, accept_findings: true, ..Default::default() };
        let refused = manager.agreements().propose_agreement(wanted).await.expect_err("no part");
        let info = refused.get_details_error_info().expect("a coded error");
        assert_eq!(
            (reason_of(&refused), &*info.metadata["field"]),
            (Reason::InvalidField, "terms.parties.role")
        );
    }
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let now = region.clock("kalmar").now();
    let consent = record(&kalmar, consent_for(&[UNIVERSITY.organisation], 30, now)).await;
    for role in [PartyRole::Coordinator, PartyRole::Observer] {
        let names = places.map(|place| place.name);
        let agreement_id = agree_all(&region, &names, partnership(role)).await;
        let cited = id_of(&agreement_id);
        let wish = referral_to(UNIVERSITY.organisation, consent.clone());
        let refused = request(&kalmar, RequestReferralRequest { agreement_id, ..wish }).await;
        assert_eq!(reason_of(&refused.expect_err("it takes no part")), Reason::NotFound);
        for (from, to) in [("kalmar", "universitetet"), ("universitetet", "kalmar")] {
            let verdict = Uninvited::authority(cited).deliver(&region, from, to).await;
            assert_eq!(verdict.reason(), Some(Reason::NotFound), "{from} to {to}: {verdict:?}");
        }
    }
    for role in ["CASE_WORKER", "SHELTER_STAFF", "HOUSING_SUPPORTER", "REGIONAL_COORDINATOR"] {
        let researcher = region.staff("universitetet", role, None);
        let denied = researcher.referrals().list_referrals(ListReferralsRequest::default()).await;
        assert_eq!(reason_of(&denied.expect_err("no persons there")), Reason::RoleDenied);
        assert_eq!(reason_of(&show(&researcher, &[7; 16]).await), Reason::RoleDenied);
        let asked = request(&researcher, referral_to(KALMAR, Vec::new())).await;
        assert_eq!(reason_of(&asked.expect_err("no persons there")), Reason::RoleDenied);
    }
}
