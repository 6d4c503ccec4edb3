//! Services, publications and holds: nothing is granted twice, whichever process decides.

use std::collections::BTreeMap;

use brygga_domain::capacity::{
    Counts, Hold, HoldAct, HoldItem, HoldState, Ledger, Line, LineKey, Period, PlaceFor, PlaceKind,
    Publication, PublicationDraft, Reception, ServiceDraft, Visibility,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{AgreementId, HoldId, Reason, Seconds, ServiceId};
use brygga_exchange::capacity::{CapacityWrites, NewHold, ServiceHeld, StoredService};
use brygga_exchange::records::{Chain, IdempotencyKey};
use brygga_exchange::write_set::ChainStep;
use brygga_exchange::{Key, WriteSet};
use brygga_storage::{Decision, StorageError, Store};
use futures_util::future::join_all;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    a_service_is_read_as_it_was_stored,
    what_was_published_is_never_overwritten,
    a_service_that_somebody_else_changed_is_a_conflict,
    of_many_in_two_processes_who_want_the_last_beds_no_more_get_one_than_there_are,
    two_services_are_held_together_by_whoever_comes_first,
    a_hold_is_read_as_it_was_stored_in_every_state,
    a_hold_counts_for_each_of_its_services_until_it_is_over,
    a_hold_at_another_counts_for_nothing_here,
    who_waits_is_found_with_its_thread_and_its_right_is_used_once,
    holds_past_their_time_are_found_those_that_ended_first_before_others,
    each_change_of_a_service_has_a_later_position_also_from_another_process,
);

const KEY: LineKey = LineKey { place_for: PlaceFor::Anybody, period: Period::Night };

pub(crate) fn service_id(number: u32) -> ServiceId {
    ServiceId::from_bytes(bytes(b's', number))
}

fn hold_id(number: u32) -> HoldId {
    HoldId::from_bytes(bytes(b'h', number))
}

fn publication(number: u32, sequence: u64, baseline: u32) -> Publication {
    let service = ServiceDraft {
        id: service_id(number),
        name: "Natthärbärget åäö".to_owned(),
        unit: Some(unit("mobila-teamet")),
        subject: brygga_domain::agreement::SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
        place: PlaceKind::Bed,
        municipality: Some("0880".to_owned()),
        county: Some("08".to_owned()),
        season: None,
        opening: None,
        reception: Reception::default(),
        house_rules: Vec::new(),
        max_nights: Some(30),
        needs_decision: false,
        termination_hours: None,
        support_visits_per_week: 0,
        staffed: true,
        acquisition_route: None,
        visibility: Visibility::Agreement,
        permit: None,
    };
    let counts = Ok(Counts { baseline, ..Counts::default() });
    let lines = vec![Line { key: KEY, counts, status: None }];
    let service = service.check().unwrap();
    let valid_until = at(86_400);
    PublicationDraft { service, lines, sequence, published_at: NOW, valid_until }.check().unwrap()
}

pub(crate) fn stored(publication: Publication, revision: u32) -> StoredService {
    let statement = format!("statement {revision}").into_bytes();
    StoredService { publication, revision, statement, withdrawn_at: None, tell_at: None }
}

/// A hold here, or where a key is given one of ours at another.
fn hold(number: u32, services: &[u32], state: HoldState) -> Hold {
    let item = |number: &u32| HoldItem { service: service_id(*number), line: KEY, places: 1 };
    Hold {
        id: hold_id(number),
        publisher: nybro(),
        holder: kalmar(),
        items: services.iter().map(item).collect(),
        with_child: true,
        agreement_id: AgreementId::from_bytes(bytes(b'a', 1)),
        agreement_version: 2,
        rule_id: "plats-1".to_owned(),
        counts_since: None,
        requested_at: at(i64::from(number)),
        reentry_of: None,
        ttl: Seconds(600),
        state,
        changed_at: NOW,
        extensions: 0,
        pending: None,
        revision: 1,
    }
}

fn held_until(seconds: i64) -> HoldState {
    HoldState::Held { expires_at: at(seconds) }
}

fn here(hold: Hold) -> NewHold {
    NewHold { hold, idempotency: None }
}

pub(crate) fn capacity(capacity: CapacityWrites) -> WriteSet {
    WriteSet { capacity, ..WriteSet::default() }
}

pub(crate) async fn begin(to: &Store, number: u32, baseline: u32) {
    let publication = publication(number, 1, baseline);
    let new_services = vec![stored(publication.clone(), 1)];
    let publications = vec![publication];
    let writes = CapacityWrites { new_services, publications, ..CapacityWrites::default() };
    store(to, capacity(writes)).await.unwrap();
}

async fn add(to: &Store, holds: impl IntoIterator<Item = Hold>) {
    let new_holds = holds.into_iter().map(here).collect();
    store(to, capacity(CapacityWrites { new_holds, ..CapacityWrites::default() })).await.unwrap();
}

async fn change(to: &Store, hold: Hold, before: u32) -> Result<(), StorageError> {
    let changed_holds = vec![(hold, before)];
    store(to, capacity(CapacityWrites { changed_holds, ..CapacityWrites::default() })).await
}

async fn service(of: &Store, number: u32) -> Option<ServiceHeld> {
    let read = of.read(move |reader| Box::pin(reader.service_by_id(service_id(number))));
    read.await.unwrap()
}

/// Places of a service that are held, and those where somebody is.
async fn counted(of: &Store, number: u32) -> (u32, u32) {
    let ServiceHeld { stored, promised, .. } = service(of, number).await.unwrap();
    let ledger = Ledger::new(&stored.publication, &promised);
    (ledger.held(KEY), ledger.confirmed(KEY))
}

async fn hold_read(of: &Store, number: u32) -> Option<Hold> {
    of.read(move |reader| Box::pin(reader.hold_by_id(hold_id(number)))).await.unwrap()
}

async fn a_service_is_read_as_it_was_stored(database: &Database) {
    let held = database.open().await;
    assert!(service(&held, 1).await.is_none());
    begin(&held, 1, 20).await;
    let read = service(&held, 1).await.unwrap();
    assert_eq!(read.stored, stored(publication(1, 1, 20), 1));
    assert!(read.promised.is_nothing());
    let withdrawn_at = Some(at(7));
    let gone = StoredService { withdrawn_at, ..stored(publication(1, 2, 0), 2) };
    let changed_services = vec![(gone.clone(), 1)];
    let writes = CapacityWrites { changed_services, ..CapacityWrites::default() };
    store(&held, capacity(writes)).await.unwrap();
    assert_eq!(service(&held, 1).await.unwrap().stored, gone);
}

async fn what_was_published_is_never_overwritten(database: &Database) {
    let held = database.open().await;
    begin(&held, 1, 20).await;
    let publications = vec![publication(1, 1, 3)];
    let writes = CapacityWrites { publications, ..CapacityWrites::default() };
    assert_eq!(store(&held, capacity(writes)).await, Err(StorageError::Conflict));
    let again = stored(publication(1, 1, 3), 1);
    let writes = CapacityWrites { new_services: vec![again], ..CapacityWrites::default() };
    assert_eq!(store(&held, capacity(writes)).await, Err(StorageError::Conflict));
    assert_eq!(service(&held, 1).await.unwrap().stored.publication, publication(1, 1, 20));
}

async fn a_service_that_somebody_else_changed_is_a_conflict(database: &Database) {
    let held = database.open().await;
    begin(&held, 1, 20).await;
    let change = |baseline, before: u32| {
        let next = stored(publication(1, u64::from(before) + 1, baseline), before + 1);
        let publications = vec![next.publication.clone()];
        let new_holds = vec![here(hold(baseline, &[1], held_until(60)))];
        let changed_services = vec![(next, before)];
        let writes = CapacityWrites {
            changed_services,
            publications,
            new_holds,
            ..CapacityWrites::default()
        };
        store(&held, capacity(writes))
    };
    assert_eq!(change(10, 1).await, Ok(()));
    assert_eq!(change(11, 1).await, Err(StorageError::Conflict));
    assert_eq!(hold_read(&held, 11).await, None, "nothing of it is stored");
    assert_eq!(change(12, 2).await, Ok(()));
    assert_eq!(counted(&held, 1).await, (2, 0));
}

/// Asks for a bed of each service, as a publisher's node decides it.
async fn grant(from: &Store, number: u32, services: &'static [u32]) -> Result<(), Reason> {
    let asked = from.decide("test.grant", move |reader| {
        Box::pin(async move {
            let (mut writes, mut answer) = (WriteSet::default(), Ok(()));
            let granted = hold(number, services, held_until(600));
            let mut read_keys = vec![Key::Hold(granted.id)];
            for (item, number) in granted.items.iter().zip(services) {
                let held = reader.service_by_id(service_id(*number)).await?.unwrap();
                read_keys.push(Key::Service(held.stored.id()));
                let before = held.stored.revision;
                let fits = Ledger::new(&held.stored.publication, &held.promised).check_item(item);
                answer = answer.and(fits.map_err(|refusal| refusal.reason));
                let next = stored(held.stored.publication, before + 1);
                writes.capacity.changed_services.push((next, before));
            }
            writes.capacity.new_holds.push(here(granted));
            if answer.is_err() {
                writes = WriteSet::default();
            }
            Ok(Decision { writes, answer, read_keys })
        })
    });
    match asked.await {
        // A caller that loses five times in a row repeats, as the error tells it.
        Err(StorageError::Conflict) => Box::pin(grant(from, number, services)).await,
        answer => answer.unwrap(),
    }
}

async fn of_many_in_two_processes_who_want_the_last_beds_no_more_get_one_than_there_are(
    database: &Database,
) {
    let stores = [database.open().await, database.open().await];
    begin(&stores[0], 1, 3).await;
    let asking = (0..60).map(|number| {
        let from = stores[number as usize % 2].clone();
        tokio::spawn(async move { grant(&from, number, &[1]).await })
    });
    let answers = join_all(asking.collect::<Vec<_>>()).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let granted = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers.iter().filter(|answer| **answer == Err(Reason::CapacityExhausted));
    assert_eq!((granted, refused.count()), (3, 57));
    assert_eq!(counted(&stores[1], 1).await, (3, 0));
    let read = service(&stores[0], 1).await.unwrap();
    assert_eq!(read.stored.revision, 4, "one statement for each");
}

/// Two processes take two services in opposite orders: nobody waits for ever, and nobody gets half.
async fn two_services_are_held_together_by_whoever_comes_first(database: &Database) {
    let stores = [database.open().await, database.open().await];
    begin(&stores[0], 1, 5).await;
    begin(&stores[0], 2, 4).await;
    let asking = (0..40).map(|number| {
        let from = stores[number as usize % 2].clone();
        let services: &[u32] = if number % 2 == 0 { &[1, 2] } else { &[2, 1] };
        tokio::spawn(async move { grant(&from, number, services).await })
    });
    let answers = join_all(asking.collect::<Vec<_>>()).await;
    let granted = answers.into_iter().filter(|answer| answer.as_ref().unwrap().is_ok()).count();
    assert_eq!(granted, 4);
    let of_each = (counted(&stores[0], 1).await, counted(&stores[1], 2).await);
    assert_eq!(of_each, ((4, 0), (4, 0)));
}

async fn a_hold_is_read_as_it_was_stored_in_every_state(database: &Database) {
    let held = database.open().await;
    let states = [
        HoldState::Requested,
        held_until(60),
        HoldState::Waiting { position: 3 },
        HoldState::Confirmed,
        HoldState::Refused(Reason::CapacityExhausted),
        HoldState::Cancelled,
        HoldState::Expired,
        HoldState::Departed,
        HoldState::TakenBack,
    ];
    for (number, state) in (0..).zip(states) {
        let key = bytes(b'i', number);
        let digest = digest(&key);
        let mut new = hold(number, &[1, 2], HoldState::Requested);
        new.counts_since = Some(at(3));
        new.reentry_of = Some(hold_id(70));
        let idempotency = Some(IdempotencyKey { key, request_digest: digest });
        let new_holds = vec![NewHold { hold: new.clone(), idempotency }];
        let writes = CapacityWrites { new_holds, ..CapacityWrites::default() };
        store(&held, capacity(writes)).await.unwrap();
        let pending = HoldAct::ALL.get(number as usize).copied();
        let later = Hold { state, pending, extensions: 2, changed_at: at(9), revision: 2, ..new };
        change(&held, later.clone(), 1).await.unwrap();
        assert_eq!(change(&held, later.clone(), 1).await, Err(StorageError::Conflict));
        assert_eq!(hold_read(&held, number).await, Some(later.clone()));
        let asked = held.read(move |reader| Box::pin(reader.hold_by_idempotency_key(key)));
        assert_eq!(asked.await, Ok(Some((later, digest))));
    }
    let live = held.read(|reader| Box::pin(reader.holds_live(2))).await.unwrap();
    let live: Vec<_> = live.into_iter().map(|hold| hold.id).collect();
    assert_eq!(live, [hold_id(3), hold_id(2)], "the newest, and no more than were asked for");
}

async fn a_hold_counts_for_each_of_its_services_until_it_is_over(database: &Database) {
    let held = database.open().await;
    begin(&held, 1, 20).await;
    begin(&held, 2, 20).await;
    let both = [1, 2].map(|number| hold(number, &[1, 2], held_until(60)));
    add(&held, both.clone()).await;
    let [first, _] = both;
    assert_eq!((counted(&held, 1).await, counted(&held, 2).await), ((2, 0), (2, 0)));
    let confirmed = Hold { state: HoldState::Confirmed, revision: 2, ..first };
    change(&held, confirmed.clone(), 1).await.unwrap();
    assert_eq!(counted(&held, 1).await, (1, 1), "who came is still there");
    let gone = Hold { state: HoldState::Departed, revision: 3, ..confirmed };
    change(&held, gone, 2).await.unwrap();
    for service in [1, 2] {
        assert_eq!(counted(&held, service).await, (1, 0));
    }
}

async fn who_waits_is_found_with_its_thread_and_its_right_is_used_once(database: &Database) {
    let held = database.open().await;
    begin(&held, 1, 20).await;
    let departed = |number| {
        let held = &held;
        let read = held.read(move |reader| Box::pin(reader.hold_departed(hold_id(number))));
        async move { read.await.unwrap().map(|departed| departed.is_used) }
    };
    assert_eq!(departed(1).await, None);
    add(&held, [hold(1, &[1], HoldState::Departed)]).await;
    assert_eq!(departed(1).await, Some(false));
    let reentry_of = Some(hold_id(1));
    let waits = Hold { reentry_of, ..hold(2, &[1], HoldState::Waiting { position: 1 }) };
    add(&held, [waits.clone(), hold(3, &[1], held_until(60))]).await;
    assert_eq!(departed(1).await, Some(true));
    assert_eq!(service(&held, 1).await.unwrap().threads, BTreeMap::new(), "nothing was said yet");
    let step = |number: u32| {
        let thread = hold(number, &[1], HoldState::Confirmed).conversation();
        let after = Chain { sent_head: Some(digest(b"said")), ..Chain::default() };
        ChainStep { conversation: thread, peer: kalmar(), before: None, after }
    };
    let writes = WriteSet { chains: vec![step(2), step(3)], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    let threads = service(&held, 1).await.unwrap().threads;
    assert_eq!(threads, BTreeMap::from([(hold_id(2), step(2).after)]));
    let over = [HoldState::Cancelled, HoldState::Expired, HoldState::TakenBack];
    for (before, (state, is_used)) in (1..).zip(over.into_iter().zip([false, false, true])) {
        change(&held, Hold { state, revision: before + 1, ..waits.clone() }, before).await.unwrap();
        assert_eq!(departed(1).await, Some(is_used), "{state:?}");
    }
}

async fn a_hold_at_another_counts_for_nothing_here(database: &Database) {
    let held = database.open().await;
    begin(&held, 1, 20).await;
    let key = bytes(b'i', 1);
    let idempotency = Some(IdempotencyKey { key, request_digest: digest(&key) });
    // Its publisher's service has the number of one of ours.
    let new_holds = vec![NewHold { hold: hold(1, &[1], HoldState::Requested), idempotency }];
    let writes = CapacityWrites { new_holds, ..CapacityWrites::default() };
    store(&held, capacity(writes)).await.unwrap();
    assert_eq!(counted(&held, 1).await, (0, 0));
}

async fn holds_past_their_time_are_found_those_that_ended_first_before_others(database: &Database) {
    let held = database.open().await;
    begin(&held, 1, 20).await;
    let ends = [30, 10, 40, 20].map(held_until);
    add(&held, (1..).zip(ends).map(|(number, state)| hold(number, &[1], state))).await;
    add(&held, [hold(5, &[1], HoldState::Confirmed)]).await;
    let past = |seconds, limit| {
        let read = held.read(move |reader| {
            Box::pin(async move { reader.holds_past(at(seconds), limit).await })
        });
        async { read.await.unwrap().into_iter().map(|hold| hold.id).collect::<Vec<_>>() }
    };
    assert_eq!(past(9, 10).await, []);
    assert_eq!(past(30, 10).await, [hold_id(2), hold_id(4), hold_id(1)]);
    assert_eq!(past(99, 2).await, [hold_id(2), hold_id(4)]);
}

async fn each_change_of_a_service_has_a_later_position_also_from_another_process(
    database: &Database,
) {
    let stores = [database.open().await, database.open().await];
    begin(&stores[0], 1, 20).await;
    begin(&stores[1], 2, 20).await;
    let since = |position| {
        let read = stores[0]
            .read(move |reader| Box::pin(async move { reader.services_since(position).await }));
        async {
            read.await.unwrap().into_iter().map(|(at, one)| (at, one.id())).collect::<Vec<_>>()
        }
    };
    let (one, two) = (service_id(1), service_id(2));
    assert_eq!(since(0).await, [(1, one), (2, two)]);
    grant(&stores[1], 1, &[1]).await.unwrap();
    assert_eq!(since(2).await, [(3, one)]);
    assert_eq!(since(3).await, []);
    assert_eq!(since(0).await, [(2, two), (3, one)]);
    let position = stores[0].read(|reader| Box::pin(reader.capacity_position())).await;
    assert_eq!(position, Ok(3));
}
