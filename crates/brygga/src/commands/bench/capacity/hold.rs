//! From asking for a bed to having it: two real nodes, one that holds and confirms, one that decides.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use brygga_domain::Timestamp;
use brygga_proto::agreement::v1::{Action, Effect, Rule, SubjectArea};
use brygga_proto::capacity::v1::{
    Counts, HoldAct, HoldEnd, HoldItem, Line, Period, PlaceFor, PlaceKind, Publication, Service,
    Visibility,
};
use brygga_proto::local::v1::{
    ChangeHoldRequest, EndHoldRequest, Hold, HoldState, ListCapacityRequest, PlaceHoldRequest,
    PublishCapacityRequest,
};
use brygga_proto::types::v1::Code;
use tonic::Status;

use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::progress::Progress;
use crate::when;

use super::super::exchange::{Staff, agree, at, terms, until};
use super::super::region::Region;
use super::super::sample::{Load, Sample, measure as sample};

/// Shelters of a county, between which those who look for a bed divide themselves.
const SERVICES: u8 = 10;
/// Beds of each.
const BEDS: u32 = 400;
/// Case workers who ask at the same time.
const IN_FLIGHT: usize = 50;
/// How long is counted.
const SPAN: Duration = Duration::from_secs(8);
/// Longest wait for the publisher's answer.
const WAIT_SECONDS: u32 = 20;

/// Holds a bed and confirms it, again and again, from 50 callers. Whoever came leaves after each, uncounted, so that
/// there is always a bed.
pub(super) async fn measure(directory: &Path, progress: &Progress) -> Result<Sample, Failure> {
    progress.say("two nodes hold and confirm");
    std::fs::create_dir_all(directory).map_err(|error| Failure::file(directory, &error))?;
    let region = Region::found(directory, ["sqlite", "sqlite"]).await?;
    let running = region.start().await?;
    let (holder, publisher) = (Staff::of(&region.source)?, Staff::of(&region.target)?);
    let now = when::now();
    let mut agreed = terms(now);
    agreed.rules.push(Rule {
        rule_id: "plats-1".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::CapacityPublish.into(),
        ..Rule::default()
    });
    agree(&holder, &publisher, agreed).await?;
    for number in 0..SERVICES {
        let publication = Some(shelter(number, now));
        let request = PublishCapacityRequest { publication, area: String::new() };
        publisher.capacity().publish_capacity(request).await.map_err(|it| refused(&it))?;
    }
    until("every shelter is known", async || {
        let listed = holder.capacity().list_capacity(ListCapacityRequest::default()).await.ok()?;
        (listed.into_inner().services.len() == usize::from(SERVICES)).then_some(())
    })
    .await?;
    let turn = Arc::new(AtomicUsize::new(0));
    let (leaving, left) = tokio::sync::mpsc::unbounded_channel();
    let leavers = tokio::spawn(leave(publisher, left));
    let caller = || {
        let (holder, turn, leaving) = (holder.clone(), Arc::clone(&turn), leaving.clone());
        move || {
            let (holder, leaving) = (holder.clone(), leaving.clone());
            let number = turn.fetch_add(1, Ordering::Relaxed) % usize::from(SERVICES);
            async move {
                let confirmed = hold_and_confirm(&holder, number).await?;
                // Nobody hears it once the measurement has ended.
                let _ = leaving.send(confirmed);
                Ok(())
            }
        }
    };
    let sampled = sample(Load { in_flight: IN_FLIGHT, span: SPAN }, caller).await;
    drop(leaving);
    leavers.abort();
    running.stop().await?;
    sampled
}

async fn hold_and_confirm(holder: &Staff, number: usize) -> Result<Vec<u8>, Failure> {
    let [_, publisher] = Region::parties();
    let item = HoldItem {
        service_id: service_id(number),
        place_for: PlaceFor::Anybody.into(),
        period: Period::Night.into(),
        places: 1,
    };
    let request = PlaceHoldRequest {
        idempotency_key: Identifier::fresh().to_bytes(),
        publisher: publisher.to_owned(),
        items: vec![item],
        wait_seconds: WAIT_SECONDS,
        ..PlaceHoldRequest::default()
    };
    let placed = holder.holds().place_hold(request).await;
    let hold_id = is_now(placed.map(|it| it.into_inner().hold), HoldState::Held)?;
    let act = HoldAct::Confirm.into();
    let request = ChangeHoldRequest { hold_id, act, wait_seconds: WAIT_SECONDS };
    let changed = holder.holds().change_hold(request).await;
    is_now(changed.map(|it| it.into_inner().hold), HoldState::Confirmed)
}

fn is_now(answer: Result<Option<Hold>, Status>, wanted: HoldState) -> Result<Vec<u8>, Failure> {
    let hold = answer.map_err(|status| refused(&status))?.unwrap_or_default();
    if hold.state() == wanted {
        return Ok(hold.hold_id);
    }
    Err(Failure::other("NOT_HELD", hold.state().as_str_name()).at(hold.reason))
}

/// Whoever came leaves.
async fn leave(publisher: Staff, mut left: tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(hold_id) = left.recv().await {
        let request = EndHoldRequest { hold_id, end: HoldEnd::Departed.into() };
        // A hold that is ended late only leaves one bed less for a while.
        let _ = publisher.holds().end_hold(request).await;
    }
}

fn service_id(number: usize) -> Vec<u8> {
    let mut id = [1; 16];
    id[15] = u8::try_from(number).unwrap_or(u8::MAX);
    id.to_vec()
}

fn shelter(number: u8, now: Timestamp) -> Publication {
    let service = Service {
        service_id: service_id(number.into()),
        name: format!("Natthärbärge {number}"),
        subject: SubjectArea::Homelessness.into(),
        service_type: Some(Code {
            list: "service_type".to_owned(),
            list_version: 1,
            code: "NIGHT_SHELTER".to_owned(),
            broader: Vec::new(),
        }),
        place: PlaceKind::Bed.into(),
        visibility: Visibility::Agreement.into(),
        ..Service::default()
    };
    let line = Line {
        place_for: PlaceFor::Anybody.into(),
        period: Period::Night.into(),
        counts: Some(Counts { baseline: BEDS, ..Counts::default() }),
        ..Line::default()
    };
    Publication {
        service: Some(service),
        lines: vec![line],
        valid_until: Some(at(now, 12 * 3_600)),
        ..Publication::default()
    }
}
