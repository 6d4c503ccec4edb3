//! Who may publish what, and what nobody may tell of protected housing, at real nodes.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Quota, QuotaPeriod, Rule, SubjectArea,
};
use brygga_proto::capacity::v1::{
    AcquisitionRoute, CapacityStatus, Permit, PlaceKind, Publication, Service, Visibility,
};
use brygga_proto::local::v1::{
    ListCapacityRequest, ListServicesRequest, PlaceHoldRequest, PublishCapacityRequest,
};
use brygga_proto::referral::v1::ReferralContent;
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};
use tonic::Status;

use crate::evening::{
    KALMAR, MISSION, SHELTER, beds, capacity_terms, known, place as hold_at, publication, publish,
    random_bytes, service,
};
use crate::setting::{agree, agree_all, record};

const HOUSE: [u8; 16] = [9; 16];

/// A refuge with a permit for twelve, invented.
const REFUGE: Place = Place {
    name: "jouren",
    organisation: "demo:kvinnojouren-kalmar",
    title: "Kvinnojouren",
    kind: "civil-society-protected",
    units: &[],
    marks: &["ivo-permit-protected-housing=2024-1234/12"],
};
/// An owner of dwellings, invented.
const OWNER: Place = Place {
    name: "vard",
    organisation: "demo:hyresvarden",
    title: "Hyresvärden",
    kind: "private-landlord",
    units: &[],
    marks: &[],
};

/// Kalmar and the refuge, with an agreement that lets each publish.
async fn refuge() -> (Region, Staff, Staff) {
    let region = Region::start(&[Place::KALMAR, REFUGE]).await;
    let mut terms = capacity_terms(&[KALMAR, REFUGE.organisation], &region);
    terms.holds = None;
    agree(&region, "kalmar", "jouren", terms).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let jouren = region.staff("jouren", "SHELTER_MANAGER", None);
    (region, kalmar, jouren)
}

fn protected(region: &Region, places: u32, change: impl FnOnce(&mut Service)) -> Publication {
    let mut service = Service {
        municipality: String::new(),
        visibility: Visibility::NamedRole.into(),
        permit: Some(Permit { reference: "2024-1234".to_owned(), max_persons: 12 }),
        ..service(HOUSE, "PROTECTED_HOUSING", "Jourens boende")
    };
    change(&mut service);
    publication(service, region.clock("jouren").now(), (places, 0))
}

fn refused(answer: Result<impl Sized, Status>) -> Reason {
    reason_of(&answer.err().expect("it is refused"))
}

/// CAP-03: a refuge has a permit for twelve.
///
/// Verified: thirteen are refused, whether the publication says so or names another permit; twelve are published, and
/// Kalmar learns a status and no number, no municipality, and no instant to the second; only who decides about
/// placements sees it, and nobody else can hold it.
#[tokio::test(flavor = "multi_thread")]
async fn cap_03_more_places_than_the_permit_allows_are_refused() {
    let (region, kalmar, jouren) = refuge().await;
    let publish = |publication| publish(&jouren, publication);
    let licence = Reason::LicenceRequired;
    assert_eq!(refused(publish(protected(&region, 13, |_| ())).await), licence);
    let boasting = protected(&region, 13, |service| {
        service.permit = Some(Permit { reference: "2024-1234".to_owned(), max_persons: 13 });
    });
    assert_eq!(refused(publish(boasting).await), licence);
    let other = protected(&region, 12, |service| {
        service.permit = Some(Permit { reference: "2024-9999".to_owned(), max_persons: 12 });
    });
    assert_eq!(refused(publish(other).await), licence);
    assert_eq!(
        refused(publish(protected(&region, 12, |service| service.permit = None)).await),
        licence
    );

    publish(protected(&region, 12, |_| ())).await.expect("twelve are allowed");
    let statement =
        eventually("Kalmar knows", || async { known(&kalmar, HOUSE).await?.statement }).await;
    let told = statement.service.clone().expect("a service");
    assert_eq!((told.municipality.as_str(), told.county.as_str()), ("", "08"));
    assert_eq!(
        (statement.lines[0].counts, statement.lines[0].status()),
        (None, CapacityStatus::Capacity)
    );
    assert_eq!(statement.made_at.expect("an instant").seconds % (6 * 3_600), 0);

    let finder = region.staff("kalmar", "HOUSING_MATCHER", None);
    assert!(known(&finder, HOUSE).await.is_none());
    let wish = || PlaceHoldRequest {
        idempotency_key: random_bytes(),
        publisher: REFUGE.organisation.to_owned(),
        items: vec![beds(HOUSE, 1)],
        ..PlaceHoldRequest::default()
    };
    assert_eq!(refused(hold_at(&finder, wish()).await), Reason::NotFound);
    let decider = hold_at(&kalmar, wish()).await.err();
    assert!(decider.is_none_or(|refused| reason_of(&refused) != Reason::NotFound));
}

/// PRO-07: an address of protected housing in free text.
///
/// Verified: it is refused in the name of a service, of the refuge and of any other; in a referral to the refuge, and in
/// a referral for protected housing; an ordinary note passes, and so does an address to a shelter that is not protected.
#[tokio::test(flavor = "multi_thread")]
async fn pro_07_a_protected_address_in_free_text_is_refused() {
    let (region, kalmar, jouren) = refuge().await;
    let forbidden = Reason::ContentForbidden;
    for name in ["Jouren, Provgatan 12", "Kalmar Berga 4:7", "Jouren 56.6634, 16.3567"] {
        let named = protected(&region, 3, |service| service.name = name.to_owned());
        assert_eq!(refused(publish(&jouren, named).await), forbidden, "{name}");
    }
    let open = Service { name: "Provgatan 12".to_owned(), ..service(SHELTER, "NIGHT_SHELTER", "") };
    let open = publication(open, region.clock("kalmar").now(), (3, 0));
    let manager = region.staff("kalmar", "SHELTER_STAFF", None);
    assert_eq!(refused(publish(&manager, open).await), forbidden);

    let now = region.clock("kalmar").now();
    let consent = record(&kalmar, consent_for(&[REFUGE.organisation], 30, now)).await;
    let refer = |note: &str| {
        let mut request = referral_to(REFUGE.organisation, consent.clone());
        request.content =
            Some(ReferralContent { note: note.to_owned(), ..request.content.expect("a content") });
        let kalmar = &kalmar;
        async move { kalmar.referrals().request_referral(request).await }
    };
    let found =
        refer("Tidigare boende: Provgatan 12, 392 31 Kalmar.").await.expect_err("an address");
    assert_eq!(reason_of(&found), forbidden);
    assert!(!format!("{found:?}").contains("Provgatan"));
    refer("Ring 0480-45 00 00 efter 13:30, enligt SoL 17:11.").await.expect("an ordinary note");
}

/// JKP-11: a municipality takes no more dwellings in an area.
///
/// Verified: a dwelling there is refused by the node itself, and no trace of the area is left in its directory or with
/// others; a dwelling elsewhere is published.
#[tokio::test(flavor = "multi_thread")]
async fn jkp_11_a_dwelling_in_an_excluded_area_is_refused_locally() {
    const AREA: &str = "Hemliga backen";
    let mut region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let mut terms = capacity_terms(&[KALMAR, Place::NYBRO.organisation], &region);
    terms.kind = AgreementKind::RegionalCooperation.into();
    agree(&region, "kalmar", "nybro", terms).await;
    region.stop_node("kalmar").await;
    region.set("kalmar", "excluded_areas", &format!("[{AREA:?}]"));
    region.start_node("kalmar").await;
    let acquirer = region.staff("kalmar", "HOUSING_ACQUIRER", None);
    let now = region.clock("kalmar").now();
    let publish = |id: u8, area: &str| {
        let flat = Service {
            place: PlaceKind::Dwelling.into(),
            acquisition_route: AcquisitionRoute::Agreement.into(),
            ..service([id; 16], "GUARANTEE_FLAT", "Tvåa")
        };
        let publication = Some(publication(flat, now, (1, 0)));
        let request = PublishCapacityRequest { publication, area: area.to_owned() };
        let acquirer = &acquirer;
        async move { acquirer.capacity().publish_capacity(request).await }
    };
    assert_eq!(refused(publish(1, "hemliga  BACKEN").await), Reason::PolicyDenied);
    publish(2, "Södra").await.expect("elsewhere it is published");
    let own = acquirer.capacity().list_services(ListServicesRequest {}).await;
    assert_eq!(own.expect("a list").into_inner().services.len(), 1);
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    eventually("Nybro knows of the other", || known(&nybro, [2; 16])).await;
    let listed = nybro.capacity().list_capacity(ListCapacityRequest::default()).await;
    assert_eq!(listed.expect("a list").into_inner().services.len(), 1);
}

/// JKP-05: an owner without an agreement offers a flat.
///
/// Verified: nothing passes until the municipality has signed an agreement about the single case; then one flat passes
/// and no second one, and nothing else; where a standing agreement lets the owner publish, it does not carry the offer.
#[tokio::test(flavor = "multi_thread")]
async fn jkp_05_an_offer_without_agreement_is_accepted_once_and_gives_no_right() {
    let region = Region::start(&[Place::KALMAR, OWNER]).await;
    let parties = [KALMAR, OWNER.organisation];
    let owner = region.staff("vard", "LANDLORD_ADMIN", None);
    let flat = |id: u8, route: AcquisitionRoute| {
        let flat = Service {
            place: PlaceKind::Dwelling.into(),
            acquisition_route: route.into(),
            ..service([id; 16], "GUARANTEE_FLAT", "Etta")
        };
        publication(flat, region.clock("vard").now(), (1, 0))
    };
    let without = AcquisitionRoute::WithoutAgreement;
    assert_eq!(refused(publish(&owner, flat(1, without)).await), Reason::NotFound);

    let case = |kind, quota| {
        let now = region.clock("kalmar").now();
        let mut terms: AgreementTerms =
            agreement_terms(&parties, kind, SubjectArea::Homelessness, now);
        terms.rules = vec![Rule {
            rule_id: "fall".to_owned(),
            effect: Effect::Permit.into(),
            action: Action::CapacityPublish.into(),
            from: vec![OWNER.organisation.to_owned()],
            quota,
            ..Rule::default()
        }];
        terms
    };
    let one = Quota { count: 1, period: QuotaPeriod::Agreement.into(), ..Quota::default() };
    agree(&region, "vard", "kalmar", case(AgreementKind::OneOff, Some(one))).await;
    publish(&owner, flat(1, without)).await.expect("it was accepted");
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    eventually("Kalmar sees it", || known(&kalmar, [1; 16])).await;
    assert_eq!(refused(publish(&owner, flat(2, without)).await), Reason::AgreementQuota);
    let ordinary = flat(2, AcquisitionRoute::Agreement);
    assert_eq!(refused(publish(&owner, ordinary.clone()).await), Reason::PolicyDenied);

    agree(&region, "vard", "kalmar", case(AgreementKind::LandlordQuota, None)).await;
    publish(&owner, ordinary).await.expect("by the standing agreement");
    assert_eq!(refused(publish(&owner, flat(3, without)).await), Reason::AgreementQuota);
}

/// KAL-05: Stadsmissionen publishes acute beds, and the municipality housing support.
///
/// Verified: neither can publish what is the other's.
#[tokio::test(flavor = "multi_thread")]
async fn kal_05_nobody_publishes_what_is_anothers_responsibility() {
    let region = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
    let mut terms = capacity_terms(&[KALMAR, MISSION], &region);
    let last = terms.rules.pop().expect("a rule that publishes");
    for (rule_id, from, code) in
        [("akut", MISSION, "EMERGENCY_ACCOMMODATION"), ("stod", KALMAR, "HOUSING_SUPPORT")]
    {
        terms.rules.push(Rule {
            rule_id: rule_id.to_owned(),
            from: vec![from.to_owned()],
            service_types: vec![code.to_owned()],
            ..last.clone()
        });
    }
    agree_all(&region, &["kalmar", "stadsmissionen"], terms).await;
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let kalmar = region.staff("kalmar", "HOUSING_ACQUIRER", None);
    let now = region.clock("kalmar").now();
    let offer = |code: &str| publication(service(SHELTER, code, "Huset"), now, (5, 0));
    let denied = Reason::PolicyDenied;
    assert_eq!(refused(publish(&kalmar, offer("NIGHT_SHELTER")).await), denied);
    assert_eq!(refused(publish(&shelter, offer("HOUSING_SUPPORT")).await), denied);
    publish(&shelter, offer("NIGHT_SHELTER")).await.expect("the shelter's own");
    publish(&kalmar, offer("HOUSING_SUPPORT")).await.expect("the municipality's own");
}
