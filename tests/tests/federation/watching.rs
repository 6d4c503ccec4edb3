//! What others offer is heard as it changes, kept while the publisher is away, and gone when nothing lets it be seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use brygga_domain::{Seconds, Timestamp};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::SuspensionReason;
use brygga_proto::capacity::v1::{CapacityStatus, Permit, Publication, Service, Visibility};
use brygga_proto::local::v1::{
    KnownService, ListAgreementsRequest, ResumeAgreementRequest, SuspendAgreementRequest,
    WithdrawServiceRequest,
};
use brygga_testkit::{Place, Region, Staff, eventually};
use tokio::time::sleep;

use crate::evening::{
    Evening, MISSION, SHELTER, capacity_terms, known, night_shelter, publication, publish,
    sees_available, service,
};
use crate::setting::agree_all;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_publisher_said_is_known_while_it_is_away_and_after_a_restart() {
    let mut evening = Evening::agreed().await;
    evening.publish(20, 5).await;
    sees_available(&evening.kalmar, SHELTER, 15).await;
    evening.region.stop_node("stadsmissionen").await;
    evening.region.stop_node("kalmar").await;
    evening.region.start_node("kalmar").await;
    let kalmar = evening.region.staff("kalmar", "CASE_WORKER", None);
    sees_available(&kalmar, SHELTER, 15).await;
    let held = known(&kalmar, SHELTER).await.expect("it is known");
    assert!(held.as_of.is_some() && !held.is_stale);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_is_known_to_nobody_any_more_and_its_number_is_used_up() {
    let evening = Evening::agreed().await;
    evening.publish(20, 5).await;
    sees_available(&evening.kalmar, SHELTER, 15).await;
    let gone = WithdrawServiceRequest { service_id: SHELTER.to_vec() };
    evening.shelter.capacity().withdraw_service(gone).await.expect("nothing is held");
    is_forgotten(&evening.kalmar).await;
    let now = evening.region.clock("stadsmissionen").now();
    let again = publish(&evening.shelter, night_shelter(now, 20, 0)).await;
    assert!(again.is_err(), "its number is never used again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agreement_does_not_let_be_seen_any_more_is_forgotten() {
    let evening = Evening::agreed().await;
    evening.publish(20, 5).await;
    sees_available(&evening.kalmar, SHELTER, 15).await;
    let manager = evening.region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let listed = manager.agreements().list_agreements(ListAgreementsRequest::default()).await;
    let agreement = listed.expect("a list").into_inner().agreements.remove(0);
    let terms = agreement.terms.expect("terms");
    let suspend = SuspendAgreementRequest {
        agreement_id: terms.agreement_id,
        version: terms.version,
        reason: SuspensionReason::UnderReview.into(),
    };
    manager.agreements().suspend_agreement(suspend).await.expect("it is suspended");
    is_forgotten(&evening.kalmar).await;
    is_forgotten(&evening.nybro).await;
}

/// The publisher, for whom nothing has changed, says nothing again.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_seen_again_is_known_again_although_its_publisher_is_away() {
    let mut evening = Evening::agreed().await;
    evening.publish(20, 5).await;
    sees_available(&evening.kalmar, SHELTER, 15).await;
    evening.region.stop_node("stadsmissionen").await;
    let manager = evening.region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let listed = manager.agreements().list_agreements(ListAgreementsRequest::default()).await;
    let agreement = listed.expect("a list").into_inner().agreements.remove(0);
    let terms = agreement.terms.expect("terms");
    let suspend = SuspendAgreementRequest {
        agreement_id: terms.agreement_id.clone(),
        version: terms.version,
        reason: SuspensionReason::UnderReview.into(),
    };
    manager.agreements().suspend_agreement(suspend).await.expect("it is suspended");
    is_forgotten(&evening.kalmar).await;
    // Longer than until the next judgement of what is known.
    sleep(Duration::from_secs(2)).await;
    let resume =
        ResumeAgreementRequest { agreement_id: terms.agreement_id, version: terms.version };
    manager.agreements().resume_agreement(resume).await.expect("it is resumed");
    sees_available(&evening.kalmar, SHELTER, 15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_where_it_was_after_its_span() {
    let evening = Evening::agreed().await;
    evening.publish(20, 5).await;
    sees_available(&evening.kalmar, SHELTER, 15).await;
    sleep(brygga_server::limits::WATCH_SPAN + Duration::from_secs(2)).await;
    evening.publish(20, 6).await;
    let began = Instant::now();
    sees_available(&evening.kalmar, SHELTER, 14).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// Thirty readers of one publisher, each a node.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_known_to_thirty_readers_within_a_second() {
    const READERS: usize = 30;
    let leak = |text: String| -> &'static str { text.leak() };
    let readers: Vec<Place> = (1..=READERS)
        .map(|number| Place {
            name: leak(format!("lasare-{number}")),
            organisation: leak(format!("demo:lasare-{number}")),
            title: "Läsare",
            kind: "civil-society",
            units: &[],
            marks: &[],
        })
        .collect();
    let mut places = vec![Place::STADSMISSIONEN, Place::KALMAR];
    places.extend(readers);
    let region = Region::start(&places).await;
    let organisations: Vec<&str> = places.iter().map(|place| place.organisation).collect();
    let terms = capacity_terms(&organisations, &region);
    let names: Vec<&str> = places.iter().map(|place| place.name).collect();
    agree_all(&region, &names, terms).await;
    let staff: Vec<Staff> =
        names[1..].iter().map(|name| region.staff(name, "SHELTER_STAFF", None)).collect();
    let mission = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let now = region.clock("stadsmissionen").now();
    publish(&mission, night_shelter(now, 20, 0)).await.expect(MISSION);
    for reader in &staff {
        sees_available(reader, SHELTER, 20).await;
    }
    publish(&mission, night_shelter(now, 20, 1)).await.expect(MISSION);
    let published = Instant::now();
    for reader in &staff {
        sees_available(reader, SHELTER, 19).await;
    }
    let all = published.elapsed();
    assert!(all < Duration::from_secs(1), "{all:?}");
}

async fn is_forgotten(staff: &Staff) {
    eventually("it is forgotten", || async { known(staff, SHELTER).await.is_none().then_some(()) })
        .await;
}

/// Leak L9, R11: whoever watches protected housing learns that a place was taken hours later, and not how often one was.
#[tokio::test(flavor = "multi_thread")]
async fn leak_09_a_change_in_protected_housing_is_told_hours_later_and_once() {
    let region = Region::start(&[Place::KALMAR, REFUGE]).await;
    let mut terms = capacity_terms(&[REFUGE.organisation, Place::KALMAR.organisation], &region);
    terms.holds = None;
    agree_all(&region, &["jouren", "kalmar"], terms).await;
    let (staff, kalmar) = (
        region.staff("jouren", "SHELTER_STAFF", None),
        region.staff("kalmar", "CASE_WORKER", None),
    );
    let now = region.clock("jouren").now();
    let told = |known: KnownService| known.statement.expect("a statement");
    publish(&staff, refuge(now, 0)).await.expect("a refuge");
    let first = eventually("it is known", || known(&kalmar, SHELTER)).await;
    let first = told(first);
    assert_eq!((first.lines[0].counts, first.lines[0].status()), (None, CapacityStatus::Capacity));
    for occupied in [1, 2, 12] {
        publish(&staff, refuge(now, occupied)).await.expect("somebody came");
    }
    sleep(Duration::from_secs(3)).await;
    let silent = told(known(&kalmar, SHELTER).await.expect("it is known"));
    assert_eq!(silent, first, "nothing is told yet");
    for name in ["jouren", "kalmar"] {
        region.clock(name).turn(Seconds::hours(5));
    }
    region.node("jouren").app().capacity_tell().await.expect("the clock's round");
    let later = eventually("it is told", || async {
        let known = told(known(&kalmar, SHELTER).await?);
        (known.lines[0].status() == CapacityStatus::NoCapacity).then_some(known)
    })
    .await;
    assert_eq!(later.revision, first.revision + 1, "once, however often it changed");
    assert_eq!(later.sequence, u64::from(later.revision));
}

const REFUGE: Place = Place {
    name: "jouren",
    organisation: "demo:kvinnojouren-kalmar",
    title: "Kvinnojouren",
    kind: "civil-society-protected",
    units: &[],
    marks: &["ivo-permit-protected-housing=IVO-17/12"],
};

fn refuge(now: Timestamp, occupied: u32) -> Publication {
    let service = Service {
        municipality: String::new(),
        visibility: Visibility::NamedRole.into(),
        permit: Some(Permit { reference: "IVO-17".to_owned(), max_persons: 12 }),
        ..service(SHELTER, "PROTECTED_HOUSING", "Skyddat boende")
    };
    let mut publication = publication(service, now, (12, occupied));
    publication.valid_until = Some(brygga_wire::time::to_proto(now.plus(Seconds::days(7))));
    publication
}

/// Both ends are stopped and started while somebody looks all the time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_is_known_at_every_moment_of_a_restart_of_either() {
    let mut evening = Evening::agreed().await;
    evening.publish(20, 0).await;
    sees_available(&evening.kalmar, SHELTER, 20).await;
    let stop = Arc::new(AtomicBool::new(false));
    let looking = tokio::spawn({
        let (nybro, stop) = (evening.region.staff("nybro", "CASE_WORKER", None), Arc::clone(&stop));
        sees_available(&evening.nybro, SHELTER, 20).await;
        async move {
            while !stop.load(Ordering::SeqCst) {
                assert!(known(&nybro, SHELTER).await.is_some(), "its publisher comes back");
            }
        }
    });
    for _ in 0..5 {
        evening.region.stop_node("stadsmissionen").await;
        evening.region.start_node("stadsmissionen").await;
        sleep(Duration::from_millis(300)).await;
    }
    stop.store(true, Ordering::SeqCst);
    looking.await.expect("it was known all the time");
    for _ in 0..3 {
        evening.region.stop_node("kalmar").await;
        evening.region.start_node("kalmar").await;
        let kalmar = evening.region.staff("kalmar", "CASE_WORKER", None);
        assert!(known(&kalmar, SHELTER).await.is_some(), "the reader comes back");
    }
}
