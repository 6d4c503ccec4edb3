//! An evening at a shelter: who publishes, who looks for a place, and the agreement between them.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{Seconds, Timestamp};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, HoldTerms, Rule, SubjectArea,
};
use brygga_proto::capacity::v1::{
    Counts, HoldAct, HoldItem, Line, OpeningWindow, Period, PlaceFor, PlaceKind, Publication,
    Reception, Season, Service, Visibility,
};
use brygga_proto::local::v1::{
    ChangeHoldRequest, Hold, KnownService, ListCapacityRequest, ListServicesRequest,
    PlaceHoldRequest, PublishCapacityRequest, PublishedService,
};
use brygga_proto::types::v1::Code;
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually};
use brygga_wire::time;
use rand_core::Rng;
use tonic::Status;

use crate::setting::agree_all;

pub(crate) const KALMAR: &str = Place::KALMAR.organisation;
pub(crate) const NYBRO: &str = Place::NYBRO.organisation;
pub(crate) const MISSION: &str = Place::STADSMISSIONEN.organisation;
/// The night shelter.
pub(crate) const SHELTER: [u8; 16] = [7; 16];

/// Kalmar, Nybro and Stadsmissionen under one partnership that lets each publish.
pub(crate) struct Evening {
    pub(crate) region: Region,
    pub(crate) kalmar: Staff,
    pub(crate) nybro: Staff,
    pub(crate) shelter: Staff,
}

impl Evening {
    pub(crate) async fn agreed() -> Self {
        Self::agreed_on(|_| {}).await
    }

    /// The same on other terms.
    pub(crate) async fn agreed_on(change: impl FnOnce(&mut AgreementTerms)) -> Self {
        let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
        let region = Region::start(&places).await;
        let mut terms = capacity_terms(&[KALMAR, NYBRO, MISSION], &region);
        change(&mut terms);
        agree_all(&region, &["kalmar", "nybro", "stadsmissionen"], terms).await;
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        let nybro = region.staff("nybro", "CASE_WORKER", None);
        let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
        Self { region, kalmar, nybro, shelter }
    }

    /// Publishes so many beds of the night shelter, with so many taken.
    pub(crate) async fn publish(&self, baseline: u32, occupied: u32) -> PublishedService {
        let now = self.region.clock("stadsmissionen").now();
        let publication = night_shelter(now, baseline, occupied);
        publish(&self.shelter, publication).await.expect("a good publication")
    }

    /// The instant at which everybody is.
    pub(crate) fn now(&self) -> Timestamp {
        self.region.clock("stadsmissionen").now()
    }

    /// The day in Sweden.
    pub(crate) fn day(&self) -> String {
        swedish_day(self.now()).to_string()
    }

    /// Turns all clocks.
    pub(crate) fn turn(&self, span: Seconds) {
        for name in ["kalmar", "nybro", "stadsmissionen"] {
            self.region.clock(name).turn(span);
        }
    }
}

/// Referrals, and capacity published by everybody to everybody: fresh for an hour, held for 90 minutes.
pub(crate) fn capacity_terms(parties: &[&str], region: &Region) -> AgreementTerms {
    let now = region.clock("kalmar").now();
    let mut terms = agreement_terms(parties, AgreementKind::Iop, SubjectArea::Homelessness, now);
    terms.rules.push(Rule {
        rule_id: "plats-1".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::CapacityPublish.into(),
        ..Rule::default()
    });
    terms.holds = Some(HoldTerms {
        fresh_seconds: 3_600,
        hold_seconds: 5_400,
        extensions_max: 2,
        reentry_days: 0,
    });
    terms
}

/// A term of the list of services.
pub(crate) fn service_type(code: &str) -> Option<Code> {
    Some(Code {
        list: "service_type".to_owned(),
        list_version: 1,
        code: code.to_owned(),
        broader: Vec::new(),
    })
}

/// A service of which nothing special is said.
pub(crate) fn service(id: [u8; 16], code: &str, name: &str) -> Service {
    Service {
        service_id: id.to_vec(),
        name: name.to_owned(),
        subject: SubjectArea::Homelessness.into(),
        service_type: service_type(code),
        place: PlaceKind::Bed.into(),
        municipality: "0880".to_owned(),
        county: "08".to_owned(),
        reception: Some(Reception::default()),
        visibility: Visibility::Agreement.into(),
        ..Service::default()
    }
}

/// A publication of one line, good for half a day.
pub(crate) fn publication(
    service: Service,
    now: brygga_domain::Timestamp,
    (baseline, occupied): (u32, u32),
) -> Publication {
    let line = Line {
        place_for: PlaceFor::Anybody.into(),
        period: Period::Night.into(),
        counts: Some(Counts { baseline, occupied, ..Counts::default() }),
        ..Line::default()
    };
    Publication {
        service: Some(service),
        lines: vec![line],
        sequence: 0,
        published_at: None,
        valid_until: Some(time::to_proto(now.plus(Seconds::hours(12)))),
    }
}

/// The night shelter of Kalmar: open from 19:00 to 08:00, October to March.
pub(crate) fn night_shelter(
    now: brygga_domain::Timestamp,
    baseline: u32,
    occupied: u32,
) -> Publication {
    let service = Service {
        opening: Some(OpeningWindow { opens: "19:00".to_owned(), closes: "08:00".to_owned() }),
        season: Some(Season { from: "01-01".to_owned(), until: "12-31".to_owned() }),
        ..service(SHELTER, "NIGHT_SHELTER", "Natthärbärget")
    };
    publication(service, now, (baseline, occupied))
}

pub(crate) async fn publish(
    staff: &Staff,
    publication: Publication,
) -> Result<PublishedService, Status> {
    let request = PublishCapacityRequest { publication: Some(publication), area: String::new() };
    let answer = staff.capacity().publish_capacity(request).await?;
    Ok(answer.into_inner().service.expect("a service"))
}

/// The beds of a service of one's own.
pub(crate) async fn own_counts(staff: &Staff, id: [u8; 16]) -> Counts {
    let listed = staff.capacity().list_services(ListServicesRequest {}).await;
    let services = listed.expect("a list").into_inner().services;
    let statements = services.into_iter().filter_map(|service| service.statement);
    let mut wanted = statements
        .filter(|one| one.service.as_ref().is_some_and(|service| service.service_id == id));
    wanted.next().expect("the service").lines[0].counts.expect("numbers")
}

/// A service of another's, as it is known.
pub(crate) async fn known(staff: &Staff, id: [u8; 16]) -> Option<KnownService> {
    let listed = staff.capacity().list_capacity(ListCapacityRequest::default()).await;
    let services = listed.expect("a list").into_inner().services;
    services.into_iter().find(|known| {
        let statement = known.statement.as_ref();
        let service = statement.and_then(|statement| statement.service.as_ref());
        service.is_some_and(|service| service.service_id == id)
    })
}

/// Waits until so many beds of a service are known to be left.
pub(crate) async fn sees_available(staff: &Staff, id: [u8; 16], available: u32) {
    eventually("what is left is known", || async {
        let known = known(staff, id).await?;
        let counts = known.statement?.lines[0].counts?;
        (counts.available == available).then_some(())
    })
    .await;
}

/// Some beds of a line by night.
pub(crate) fn beds(service: [u8; 16], places: u32) -> HoldItem {
    HoldItem {
        service_id: service.to_vec(),
        place_for: PlaceFor::Anybody.into(),
        period: Period::Night.into(),
        places,
    }
}

/// Asks the shelter to hold, and waits for its answer.
pub(crate) async fn hold(staff: &Staff, items: Vec<HoldItem>) -> Result<Hold, Status> {
    let request = PlaceHoldRequest {
        idempotency_key: random_bytes(),
        publisher: MISSION.to_owned(),
        items,
        wait_seconds: 10,
        ..PlaceHoldRequest::default()
    };
    place(staff, request).await
}

pub(crate) async fn place(staff: &Staff, request: PlaceHoldRequest) -> Result<Hold, Status> {
    let answer = staff.holds().place_hold(request).await?;
    Ok(answer.into_inner().hold.expect("a hold"))
}

pub(crate) async fn change(staff: &Staff, hold: &Hold, act: HoldAct) -> Result<Hold, Status> {
    let hold_id = hold.hold_id.clone();
    let request = ChangeHoldRequest { hold_id, act: act.into(), wait_seconds: 10 };
    let answer = staff.holds().change_hold(request).await?;
    Ok(answer.into_inner().hold.expect("a hold"))
}

pub(crate) fn random_bytes() -> Vec<u8> {
    let mut bytes = vec![0; 16];
    brygga_crypto::SystemRandom.fill_bytes(&mut bytes);
    bytes
}
