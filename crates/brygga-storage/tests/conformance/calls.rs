//! Calls for places, own and others': written whole, changed only where nobody was faster.

use brygga_domain::capacity::{
    Call, CallEnd, CallState, LineKey, Period, PlaceFor, ReceivedCall, ReceivedCallState,
    WantedPlaces,
};
use brygga_domain::{AgreementId, CallId, HoldId, OrgId, Reason, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::call::{CallWrites, NewCall};
use brygga_exchange::records::IdempotencyKey;
use brygga_storage::{StorageError, Store};
use futures_util::future::join_all;

use crate::database::Database;
use crate::fixtures::{at, bytes, digest, kalmar, nybro, store, term};
use crate::on_both;

on_both!(
    a_call_reads_back_in_every_state,
    of_many_in_two_processes_who_take_a_call_one_has_it,
    a_call_is_found_by_its_key_and_its_time,
    a_received_call_reads_back_in_every_state,
    what_changed_lately_is_listed_the_newest_first,
);

fn call_id(number: u32) -> CallId {
    CallId::from_bytes(bytes(b'c', number))
}

fn hold_id(number: u32) -> HoldId {
    HoldId::from_bytes(bytes(b'h', number))
}

fn wanted(number: u32) -> WantedPlaces {
    WantedPlaces {
        service_type: term("NIGHT_SHELTER"),
        line: LineKey { place_for: PlaceFor::Women, period: Period::Night },
        places: number,
        with_child: number.is_multiple_of(2),
        ttl: Seconds(600),
        answer_by: at(100 + i64::from(number)),
    }
}

fn call(number: u32) -> Call {
    Call {
        id: call_id(number),
        wanted: wanted(number),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 3,
        parties: vec![nybro(), OrgId::parse("demo:stadsmissionen-kalmar").unwrap()],
        placed_at: at(i64::from(number)),
        state: CallState::Open,
        changed_at: at(i64::from(number)),
        revision: 1,
    }
}

fn with(calls: CallWrites) -> WriteSet {
    WriteSet { calls, ..WriteSet::default() }
}

fn begun(number: u32) -> WriteSet {
    let idempotency = IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"asked") };
    let new = vec![NewCall { call: call(number), idempotency }];
    with(CallWrites { new, ..CallWrites::default() })
}

fn moved(number: u32, state: CallState) -> Call {
    Call { state, changed_at: at(200), revision: 2, ..call(number) }
}

async fn change(to: &Store, call: &Call) -> Result<(), StorageError> {
    let changed = vec![(call.clone(), 1)];
    store(to, with(CallWrites { changed, ..CallWrites::default() })).await
}

async fn held(of: &Store, number: u32) -> Option<Call> {
    of.glance(move |reader| Box::pin(reader.call_by_id(call_id(number)))).await.unwrap()
}

async fn a_call_reads_back_in_every_state(database: &Database) {
    let database = database.open().await;
    let taken = CallState::Taken { by: nybro(), hold: hold_id(1) };
    let states = [CallState::Open, taken, CallState::CalledOff, CallState::Lapsed];
    for (number, state) in (1..).zip(states) {
        store(&database, begun(number)).await.unwrap();
        assert_eq!(held(&database, number).await, Some(call(number)));
        let moved = moved(number, state);
        change(&database, &moved).await.unwrap();
        assert_eq!(held(&database, number).await, Some(moved));
    }
    assert_eq!(held(&database, 99).await, None);
}

async fn of_many_in_two_processes_who_take_a_call_one_has_it(database: &Database) {
    let one = database.open().await;
    let other = match database.url.starts_with("sqlite") {
        // A file has one process.
        true => one.clone(),
        false => database.open().await,
    };
    store(&one, begun(1)).await.unwrap();
    let all: Vec<_> = (0..16)
        .map(|number| moved(1, CallState::Taken { by: nybro(), hold: hold_id(number) }))
        .collect();
    let taking = (0..).zip(&all).map(|(turn, call): (usize, _)| {
        let process = if turn.is_multiple_of(2) { &one } else { &other };
        change(process, call)
    });
    let outcomes = join_all(taking).await;
    let won: Vec<_> = outcomes.iter().zip(&all).filter(|(outcome, _)| outcome.is_ok()).collect();
    let [(_, winner)] = won[..] else { panic!("one has it: {outcomes:?}") };
    assert_eq!(held(&one, 1).await.as_ref(), Some(winner));
}

async fn a_call_is_found_by_its_key_and_its_time(database: &Database) {
    let database = database.open().await;
    for number in [1, 2, 3] {
        store(&database, begun(number)).await.unwrap();
    }
    change(&database, &moved(2, CallState::CalledOff)).await.unwrap();
    let by_key = |number| {
        let key = bytes(b'i', number);
        database.glance(move |reader| Box::pin(reader.call_by_idempotency_key(key)))
    };
    assert_eq!(by_key(1).await.unwrap(), Some((call(1), digest(b"asked"))));
    assert_eq!(by_key(9).await.unwrap(), None);
    let past = |seconds| {
        database
            .glance(move |reader| Box::pin(async move { reader.calls_past(at(seconds), 9).await }))
    };
    assert_eq!(past(100).await.unwrap(), []);
    assert_eq!(past(101).await.unwrap(), [call_id(1)]);
    assert_eq!(past(103).await.unwrap(), [call_id(1), call_id(3)], "what is over ends no more");
    let twice = store(&database, begun(1)).await;
    assert!(matches!(twice, Err(StorageError::Conflict)), "{twice:?}");
}

fn received(number: u32) -> ReceivedCall {
    ReceivedCall {
        id: call_id(number),
        caller: kalmar(),
        wanted: wanted(number),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 3,
        received_at: at(i64::from(number)),
        state: ReceivedCallState::Open,
        changed_at: at(i64::from(number)),
        revision: 1,
    }
}

fn arrived(number: u32) -> WriteSet {
    with(CallWrites { received: vec![received(number)], ..CallWrites::default() })
}

async fn a_received_call_reads_back_in_every_state(database: &Database) {
    let database = database.open().await;
    let read = |number| {
        database.glance(move |reader| Box::pin(reader.received_call_by_id(call_id(number))))
    };
    let mut states = vec![
        ReceivedCallState::Open,
        ReceivedCallState::Answered(hold_id(1)),
        ReceivedCallState::Refused(Reason::HoldExpired),
        ReceivedCallState::Won(hold_id(2)),
    ];
    states.extend(CallEnd::ALL.iter().map(|end| ReceivedCallState::Ended(*end)));
    for (number, state) in (1..).zip(states) {
        store(&database, arrived(number)).await.unwrap();
        assert_eq!(read(number).await.unwrap(), Some(received(number)));
        let moved = ReceivedCall { state, changed_at: at(9), revision: 2, ..received(number) };
        let step = || {
            let received_changed = vec![(moved.clone(), 1)];
            store(&database, with(CallWrites { received_changed, ..CallWrites::default() }))
        };
        step().await.unwrap();
        assert_eq!(read(number).await.unwrap(), Some(moved.clone()));
        let again = step().await;
        assert!(matches!(again, Err(StorageError::Conflict)), "{again:?}");
    }
    assert_eq!(read(99).await.unwrap(), None);
}

async fn what_changed_lately_is_listed_the_newest_first(database: &Database) {
    let database = database.open().await;
    for number in [1, 2, 3] {
        store(&database, begun(number)).await.unwrap();
        store(&database, arrived(number)).await.unwrap();
    }
    change(&database, &moved(1, CallState::Lapsed)).await.unwrap();
    let own =
        database.glance(|reader| Box::pin(async move { reader.calls_since(at(2), 9).await })).await;
    let own: Vec<_> = own.unwrap().iter().map(|call| call.id).collect();
    assert_eq!(own, [call_id(1), call_id(3)]);
    let others = database
        .glance(|reader| Box::pin(async move { reader.received_calls_since(at(0), 2).await }))
        .await;
    let others: Vec<_> = others.unwrap().iter().map(|call| call.id).collect();
    assert_eq!(others, [call_id(3), call_id(2)], "no more than asked for");
}
