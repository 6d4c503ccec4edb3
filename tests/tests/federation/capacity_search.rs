//! Searching for a place in what other nodes publish.

use brygga_domain::Reason;
use brygga_proto::capacity::v1::{
    CapacityStatus, PlaceFor, PlaceKind, Reception, Service, Visibility,
};
use brygga_proto::local::v1::{
    CapacityHit, CapacityMismatch, CapacityNeed, CapacityWarning, KnownService,
    ListReferralsRequest, Nearness, PlaceHoldRequest, SearchCapacityRequest,
    SearchCapacityResponse, ShowUnmetNeedRequest, ShowUnmetNeedResponse, Sobriety, UnmetNeed,
};
use brygga_proto::types::v1::Code;
use brygga_testkit::{Staff, eventually, reason_of};
use tonic::Code as StatusCode;

use crate::evening::{
    Evening, KALMAR, MISSION, SHELTER, beds, known, place, publication, publish, random_bytes,
    service,
};

/// A rule of the house.
fn rule(code: &str) -> Code {
    Code {
        list: "house_rule".to_owned(),
        list_version: 1,
        code: code.to_owned(),
        broader: Vec::new(),
    }
}

/// A dwelling of which nothing special is said.
fn dwelling(number: u8, code: &str, name: &str) -> Service {
    let place = PlaceKind::Dwelling.into();
    Service { place, ..service([number; 16], code, name) }
}

/// Stadsmissionen publishes services, five places of each, and Kalmar comes to know them.
async fn offered(evening: &Evening, services: Vec<Service>) {
    for service in services {
        let id: [u8; 16] = service.service_id.clone().try_into().expect("16 bytes");
        let now = evening.now();
        publish(&evening.shelter, publication(service, now, (5, 0)))
            .await
            .expect("it is permitted");
        let is_known = || async { known(&evening.kalmar, id).await.map(drop) };
        eventually("Kalmar knows the service", is_known).await;
    }
}

async fn search(staff: &Staff, need: CapacityNeed) -> SearchCapacityResponse {
    let request = SearchCapacityRequest { need: Some(need) };
    staff.capacity().search_capacity(request).await.expect("an answer").into_inner()
}

fn name(known: Option<&KnownService>) -> String {
    let statement = known.and_then(|known| known.statement.as_ref());
    statement.and_then(|it| it.service.as_ref()).expect("a service").name.clone()
}

fn names(hits: &[CapacityHit]) -> Vec<String> {
    let mut names: Vec<_> = hits.iter().map(|hit| name(hit.service.as_ref())).collect();
    names.sort();
    names
}

/// What does not fit, with the first reason.
fn misses(found: &SearchCapacityResponse) -> Vec<(String, CapacityMismatch)> {
    let miss = |one: &brygga_proto::local::v1::CapacityMiss| {
        (name(one.service.as_ref()), one.reasons().next().expect("a reason"))
    };
    found.almost.iter().map(miss).collect()
}

async fn unmet(staff: &Staff, day: String) -> Result<ShowUnmetNeedResponse, tonic::Status> {
    let request = ShowUnmetNeedRequest { from: day.clone(), until: day };
    Ok(staff.capacity().show_unmet_need(request).await?.into_inner())
}

#[tokio::test]
async fn nkp_06_who_wants_a_sober_house_finds_sober_houses_only() {
    let evening = Evening::agreed().await;
    let sober = vec![rule("SOBRIETY_TOTAL")];
    let rented = vec![rule("SOBRIETY_ON_SITE")];
    offered(
        &evening,
        vec![
            service([1; 16], "NIGHT_SHELTER", "Härbärget"),
            Service { house_rules: sober, ..service([2; 16], "SOBER_HOUSING", "Nyktra boendet") },
            Service { house_rules: rented, ..service([3; 16], "TRANSITION_DWELLING", "Förhyrda") },
        ],
    )
    .await;
    let need = CapacityNeed { sobriety: Sobriety::Sober.into(), ..CapacityNeed::default() };
    let found = search(&evening.kalmar, need).await;
    assert_eq!(names(&found.fits), ["Förhyrda", "Nyktra boendet"]);
    assert_eq!(misses(&found), [("Härbärget".to_owned(), CapacityMismatch::Sobriety)]);
    let service_type = "SOBER_HOUSING".to_owned();
    let found = search(&evening.kalmar, CapacityNeed { service_type, ..CapacityNeed::default() });
    assert_eq!(names(&found.await.fits), ["Nyktra boendet"]);
}

#[tokio::test]
async fn ksd_04_a_house_that_allows_alcohol_is_found_for_somebody_not_sober() {
    let evening = Evening::agreed().await;
    let allowed = vec![rule("ALCOHOL_ALLOWED")];
    let demanded = vec![rule("SOBRIETY_ON_SITE")];
    offered(
        &evening,
        vec![
            Service { house_rules: allowed, ..service([1; 16], "ROOF_GUARANTEE", "Huset") },
            Service { house_rules: demanded, ..service([2; 16], "ROOF_GUARANTEE", "Hotellet") },
        ],
    )
    .await;
    let need = CapacityNeed { sobriety: Sobriety::NotSober.into(), ..CapacityNeed::default() };
    let found = search(&evening.kalmar, need).await;
    assert_eq!(names(&found.fits), ["Huset"]);
    assert!(found.fits[0].warnings.is_empty(), "the house has said that one may");
    assert_eq!(misses(&found), [("Hotellet".to_owned(), CapacityMismatch::Sobriety)]);
    let house_rules = vec!["ALCOHOL_ALLOWED".to_owned()];
    let found = search(&evening.kalmar, CapacityNeed { house_rules, ..CapacityNeed::default() });
    assert_eq!(names(&found.await.fits), ["Huset"]);
}

#[tokio::test]
async fn vas_06_a_household_with_a_child_never_matches_a_unit_with_a_day_of_notice() {
    let evening = Evening::agreed().await;
    let reception = Some(Reception { children: true, ..Reception::default() });
    let within = |termination_hours, service: Service| Service {
        termination_hours,
        reception: reception.clone(),
        ..service
    };
    offered(
        &evening,
        vec![
            within(24, service([1; 16], "MOTIVATION_HOUSING", "Motivationsboendet")),
            within(720, dwelling(2, "TRAINING_FLAT", "Träningslägenheten")),
        ],
    )
    .await;
    let family = CapacityNeed {
        service_type: "MOTIVATION_HOUSING".to_owned(),
        adults: 1,
        children: 2,
        ..CapacityNeed::default()
    };
    let found = search(&evening.kalmar, family).await;
    assert!(found.fits.is_empty());
    let unsafe_house = ("Motivationsboendet".to_owned(), CapacityMismatch::ChildSafetyRule);
    assert_eq!(misses(&found), [unsafe_house]);
    assert_eq!(names(&found.alternatives), ["Träningslägenheten"]);
    let request = PlaceHoldRequest {
        idempotency_key: random_bytes(),
        publisher: MISSION.to_owned(),
        items: vec![beds([1; 16], 3)],
        with_child: true,
        wait_seconds: 10,
        ..PlaceHoldRequest::default()
    };
    let refused = place(&evening.kalmar, request).await.expect_err("no child is safe there");
    assert_eq!(reason_of(&refused), Reason::ChildSafety);
}

#[tokio::test]
async fn vas_07_motivation_housing_service_houses_and_transition_dwellings_are_found() {
    let evening = Evening::agreed().await;
    offered(
        &evening,
        vec![
            service([1; 16], "MOTIVATION_HOUSING", "Motivationsboende"),
            service([2; 16], "SERVICE_HOUSE_ADDICTION", "Servicehus"),
            dwelling(3, "TRANSITION_DWELLING", "Övergångsbostad"),
            service([4; 16], "NIGHT_SHELTER", "Härbärge"),
        ],
    )
    .await;
    let service_type = "HOUSING_SOLUTION".to_owned();
    let need = CapacityNeed { service_type, near: "0880".to_owned(), ..CapacityNeed::default() };
    let found = search(&evening.kalmar, need).await;
    assert_eq!(names(&found.fits), ["Motivationsboende", "Servicehus", "Övergångsbostad"]);
    assert!(found.fits.iter().all(|hit| hit.nearness() == Nearness::Municipality));
}

#[tokio::test]
async fn vas_09_who_lives_on_income_support_finds_the_landlord_that_accepts_it() {
    let evening = Evening::agreed().await;
    let accepts = Some(Reception { income_support: true, ..Reception::default() });
    offered(
        &evening,
        vec![
            Service { reception: accepts, ..dwelling(1, "PRIORITY_FLAT", "Mimer") },
            dwelling(2, "PRIORITY_FLAT", "En annan"),
        ],
    )
    .await;
    let need = CapacityNeed { income_support: true, ..CapacityNeed::default() };
    let found = search(&evening.kalmar, need).await;
    assert_eq!(names(&found.fits), ["Mimer"]);
    assert_eq!(misses(&found), [("En annan".to_owned(), CapacityMismatch::IncomeSupport)]);
}

#[tokio::test]
async fn jkp_10_twelve_visits_a_week_for_somebody_who_needs_support_at_all_hours_is_a_warning() {
    let evening = Evening::agreed().await;
    let flat = dwelling(1, "CATEGORY_FLAT", "Kategoribostaden");
    offered(&evening, vec![Service { support_visits_per_week: 12, ..flat }]).await;
    let need = |support_visits_per_week| CapacityNeed {
        support_visits_per_week,
        ..CapacityNeed::default()
    };
    let found = search(&evening.kalmar, need(168)).await;
    assert_eq!(found.fits[0].warnings().collect::<Vec<_>>(), [CapacityWarning::SupportTooLow]);
    assert!(search(&evening.kalmar, need(12)).await.fits[0].warnings.is_empty());
}

#[tokio::test]
async fn nat_06_a_shelter_tells_whom_it_cannot_receive_and_what_is_refused_is_counted() {
    let evening = Evening::agreed().await;
    let women = service([1; 16], "ACUTE_PLACE", "Kvinnojouren");
    let mut publication = publication(women, evening.now(), (5, 0));
    publication.lines[0].place_for = PlaceFor::Women.into();
    publish(&evening.shelter, publication).await.expect("it is permitted");
    let is_known = || async { known(&evening.kalmar, [1; 16]).await.map(drop) };
    eventually("Kalmar knows the service", is_known).await;
    let told = known(&evening.kalmar, [1; 16]).await.expect("it is known");
    let told = told.statement.and_then(|statement| statement.service).expect("a service");
    assert!(!told.reception.expect("who can be received").substance_support);
    let service_type = "ACUTE_PLACE".to_owned();
    let need = CapacityNeed { service_type, substance_support: true, ..CapacityNeed::default() };
    let found = search(&evening.kalmar, need).await;
    assert!(found.fits.is_empty());
    assert_eq!(misses(&found), [("Kvinnojouren".to_owned(), CapacityMismatch::SubstanceSupport)]);
    let coordinator = evening.region.staff("kalmar", "REGIONAL_COORDINATOR", None);
    let counted = unmet(&coordinator, evening.day()).await.expect("numbers").needs;
    let expected = UnmetNeed { service_type: "ACUTE_PLACE".to_owned(), searches: 1, ..none() };
    assert_eq!(counted, [expected]);
}

fn none() -> UnmetNeed {
    UnmetNeed::default()
}

#[tokio::test]
async fn nat_13_five_searches_in_vain_are_five_more_of_a_type_and_a_county() {
    let evening = Evening::agreed().await;
    let need = CapacityNeed {
        service_type: "TRAINING_FLAT".to_owned(),
        near: "0881".to_owned(),
        adults: 2,
        children: 1,
        wheelchair: true,
        ..CapacityNeed::default()
    };
    for _ in 0..5 {
        assert!(search(&evening.kalmar, need.clone()).await.fits.is_empty());
    }
    let refused = unmet(&evening.kalmar, evening.day()).await.expect_err("she has a case to mind");
    assert_eq!(refused.code(), StatusCode::PermissionDenied);
    for role in ["AGREEMENT_MANAGER", "HOUSING_MATCHER", "REGIONAL_COORDINATOR"] {
        let staff = evening.region.staff("kalmar", role, None);
        let counted = unmet(&staff, evening.day()).await.expect("numbers").needs;
        let (service_type, county) = ("TRAINING_FLAT".to_owned(), "08".to_owned());
        assert_eq!(counted, [UnmetNeed { service_type, county, searches: 5 }]);
    }
}

#[tokio::test]
async fn nkp_08_of_a_search_nothing_is_kept_but_that_it_was_made() {
    let evening = Evening::agreed().await;
    let need = CapacityNeed {
        service_type: "CARE_HOME_ADDICTION".to_owned(),
        near: "0885".to_owned(),
        house_rules: vec!["UNANNOUNCED_TESTS".to_owned()],
        ..CapacityNeed::default()
    };
    search(&evening.kalmar, need).await;
    let coordinator = evening.region.staff("kalmar", "REGIONAL_COORDINATOR", None);
    assert_eq!(unmet(&coordinator, evening.day()).await.expect("numbers").needs[0].searches, 1);
    let told = |text: &str| {
        let mut folders = vec![evening.region.path("kalmar")];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("it can be read") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).unwrap_or_default();
                found += usize::from(bytes.windows(text.len()).any(|it| it == text.as_bytes()));
            }
        }
        found
    };
    assert!(told("CARE_HOME_ADDICTION") > 0, "the count is looked at where it is stored");
    assert_eq!(told("UNANNOUNCED_TESTS"), 0, "whom it was for is nowhere");
}

#[tokio::test]
async fn stj_06_civil_society_offers_its_tenancies_under_its_own_agreement() {
    let evening = Evening::agreed().await;
    offered(&evening, vec![dwelling(1, "ORGANISATION_SUBLET", "Andrahandsbostäder")]).await;
    let service_type = "ORGANISATION_SUBLET".to_owned();
    let need = CapacityNeed { service_type, ..CapacityNeed::default() };
    let found = search(&evening.kalmar, need).await;
    let service = found.fits[0].service.as_ref().expect("a service");
    assert_eq!(service.statement.as_ref().expect("a statement").publisher, MISSION);
    assert_eq!(service.agreement_id.len(), 16, "it says under which agreement");
    assert_eq!(
        service.statement.as_ref().expect("one").lines[0].status(),
        CapacityStatus::Capacity
    );
}

#[tokio::test]
async fn sto_08_a_housing_agency_publishes_dwellings_and_sees_no_person() {
    let evening = Evening::agreed().await;
    let agency = evening.region.staff("stadsmissionen", "HOUSING_ACQUIRER", None);
    let flat = dwelling(1, "TRAINING_FLAT", "Försökslägenheten");
    let publication = publication(flat, evening.now(), (3, 0));
    publish(&agency, publication).await.expect("it is permitted");
    eventually("Kalmar knows the dwelling", || async {
        known(&evening.kalmar, [1; 16]).await.map(drop)
    })
    .await;
    let service_type = "TRAINING_FLAT".to_owned();
    let need = CapacityNeed { service_type, ..CapacityNeed::default() };
    assert_eq!(names(&search(&evening.kalmar, need).await.fits), ["Försökslägenheten"]);
    let refused = agency.referrals().list_referrals(ListReferralsRequest::default()).await;
    assert_eq!(reason_of(&refused.expect_err("no person")), Reason::RoleDenied);
}

#[tokio::test]
async fn nyn_08_who_is_not_connected_to_the_housing_agency_finds_nothing_of_it() {
    let to_kalmar = |terms: &mut brygga_proto::agreement::v1::AgreementTerms| {
        let publishing = terms.rules.iter_mut().find(|rule| rule.rule_id == "plats-1");
        publishing.expect("the rule").to = vec![KALMAR.to_owned()];
    };
    let evening = Evening::agreed_on(to_kalmar).await;
    offered(&evening, vec![service(SHELTER, "NIGHT_SHELTER", "Bostadskön")]).await;
    let found = search(&evening.nybro, CapacityNeed::default()).await;
    assert!(found.fits.is_empty() && found.almost.is_empty() && found.alternatives.is_empty());
    assert_eq!(names(&search(&evening.kalmar, CapacityNeed::default()).await.fits), ["Bostadskön"]);
}

#[tokio::test]
async fn a_search_goes_on_while_the_publisher_is_away() {
    let mut evening = Evening::agreed().await;
    let named = Service {
        visibility: Visibility::NamedRole.into(),
        ..service([2; 16], "RELIEF_PLACE", "Avlastningen")
    };
    offered(&evening, vec![service(SHELTER, "NIGHT_SHELTER", "Natthärbärget"), named]).await;
    evening.region.stop_node("stadsmissionen").await;
    let found = search(&evening.kalmar, CapacityNeed::default()).await;
    assert_eq!(names(&found.fits), ["Avlastningen", "Natthärbärget"]);
    let service = found.fits[0].service.as_ref().expect("a service");
    assert!(service.as_of.is_some() && !service.is_stale);
    let matcher = evening.region.staff("kalmar", "HOUSING_MATCHER", None);
    let found = search(&matcher, CapacityNeed::default()).await;
    assert_eq!(names(&found.fits), ["Natthärbärget"], "not what is for named roles");
}
