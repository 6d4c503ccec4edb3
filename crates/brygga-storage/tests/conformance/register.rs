//! The register of official documents, and its exports.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use brygga_domain::access::Behalf;
use brygga_domain::register::{RegisterDirection, SecrecyProvision};
use brygga_exchange::register::{RegisterEntry, RegisterExport};
use brygga_exchange::{Key, WriteSet};
use brygga_storage::{Decision, RegisterFilter, RegisteredEntry, Store};
use tokio::sync::Notify;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    documents_read_back_with_rising_numbers,
    a_list_is_cut_by_number_date_and_length,
    what_is_in_no_export_is_found_by_thread_and_by_date,
    exports_read_back_newest_first,
    many_documents_of_one_decision_are_all_entered,
);

const EVERYTHING: RegisterFilter = RegisterFilter::first(1000);

fn document(number: u32) -> RegisterEntry {
    RegisterEntry {
        registered_at: at(i64::from(number)),
        direction: if number.is_multiple_of(2) {
            RegisterDirection::Out
        } else {
            RegisterDirection::In
        },
        counterparty: nybro(),
        message_id: message_id(number),
        conversation: conversation(number),
        subject: "referral.requested".to_owned(),
        secrecy: (number > 1).then_some(SecrecyProvision::Osl26_1),
        behalf: (number > 1).then(|| Behalf { board: unit("socialnamnden"), unit: unit("bosam") }),
    }
}

fn export(first_number: u64, last_number: u64) -> RegisterExport {
    RegisterExport {
        first_number,
        last_number,
        exported_at: at(100),
        exported_by: "registrator-1".to_owned(),
        sha256: digest(b"file"),
    }
}

async fn enter(to: &Store, register: Vec<RegisterEntry>) {
    store(to, WriteSet { register, ..WriteSet::default() }).await.unwrap();
}

async fn confirm(to: &Store, export: RegisterExport) {
    store(to, WriteSet { register_exports: vec![export], ..WriteSet::default() }).await.unwrap();
}

async fn list(of: &Store, filter: RegisterFilter) -> Vec<RegisteredEntry> {
    of.read(move |reader| Box::pin(async move { reader.register_list(&filter).await }))
        .await
        .unwrap()
}

async fn numbers(of: &Store, filter: RegisterFilter) -> Vec<u64> {
    list(of, filter).await.into_iter().map(|entry| entry.number).collect()
}

async fn documents_read_back_with_rising_numbers(database: &Database) {
    let held = database.open().await;
    enter(&held, vec![document(1), document(2)]).await;
    enter(&held, vec![document(3)]).await;
    let found = list(&held, EVERYTHING).await;
    let expected =
        [1, 2, 3].map(|number| RegisteredEntry { number: number.into(), entry: document(number) });
    assert_eq!(found, expected);
}

async fn a_list_is_cut_by_number_date_and_length(database: &Database) {
    let held = database.open().await;
    enter(&held, (1..=5).map(document).collect()).await;
    assert_eq!(numbers(&held, RegisterFilter { after: 3, ..EVERYTHING }).await, [4, 5]);
    assert_eq!(numbers(&held, RegisterFilter { until: 2, ..EVERYTHING }).await, [1, 2]);
    assert_eq!(numbers(&held, RegisterFilter { limit: 1, ..EVERYTHING }).await, [1]);
    let days = RegisterFilter { from: at(2), to: at(4), ..EVERYTHING };
    assert_eq!(numbers(&held, days).await, [2, 3]);
}

/// Two processes of one node: the first has been given number 1 and has not committed, the second has
/// committed number 2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_below_a_settled_one_is_still_to_come() {
    let Some(database) = Database::postgres().await else { return };
    let (slow, quick) = (database.open().await, database.open().await);
    let (given, commit) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let first = enter_and_wait(slow, Arc::clone(&given), Arc::clone(&commit));
    let others = async {
        given.notified().await;
        enter(&quick, vec![document(2)]).await;
        assert_eq!(numbers(&quick, EVERYTHING).await, [2]);
        let settling = quick.register_settled();
        tokio::pin!(settling);
        // Nothing tells that somebody waits for good; a moment shows that it does not go on.
        let early = tokio::time::timeout(Duration::from_millis(300), &mut settling).await;
        assert!(early.is_err(), "settled before number 1 was there");
        commit.notify_one();
        assert_eq!(settling.await.unwrap(), 2);
        assert_eq!(numbers(&quick, EVERYTHING).await, [1, 2]);
    };
    tokio::join!(first, others);
    database.remove().await;
}

/// Enters a document, and keeps the transaction open between the insert and the commit.
async fn enter_and_wait(to: Store, given: Arc<Notify>, commit: Arc<Notify>) {
    let (held, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let stopper = {
        let (held, release) = (Arc::clone(&held), Arc::clone(&release));
        to.decide("test.stopper", move |_| {
            let (held, release) = (Arc::clone(&held), Arc::clone(&release));
            Box::pin(async move {
                held.notify_one();
                release.notified().await;
                Ok(nothing(()))
            })
        })
    };
    let writes = WriteSet {
        register: vec![document(1)],
        outbox: vec![outbox_entry(1)],
        ..WriteSet::default()
    };
    let entering = store(&to, writes);
    let runs = Arc::new(AtomicU32::new(0));
    let waiting = to.decide("test.waiting", move |_| {
        let (runs, given, commit) = (Arc::clone(&runs), Arc::clone(&given), Arc::clone(&commit));
        Box::pin(async move {
            // The second run comes after what it rests on has been written.
            if runs.fetch_add(1, Ordering::SeqCst) == 1 {
                given.notify_one();
                commit.notified().await;
            }
            Ok(Decision { read_keys: vec![Key::Outbox(message_id(1))], ..nothing(()) })
        })
    });
    let releasing = async {
        held.notified().await;
        release.notify_one();
    };
    let (stopped, entered, waited, ()) =
        tokio::join!(biased; stopper, entering, waiting, releasing);
    stopped.and(entered).and(waited).unwrap();
}

fn nothing<T>(answer: T) -> Decision<T> {
    Decision { writes: WriteSet::default(), answer, read_keys: Vec::new() }
}

async fn what_is_in_no_export_is_found_by_thread_and_by_date(database: &Database) {
    let held = database.open().await;
    enter(&held, (1..=4).map(document).collect()).await;
    let threads: Vec<_> = (1..=5).map(conversation).collect();
    let asked = async || {
        let threads = threads.clone();
        held.read(move |reader| {
            Box::pin(async move {
                let not_exported = reader.register_not_exported(&threads).await?;
                let since = reader.register_open_since().await?;
                Ok((not_exported, since, reader.register_exported().await?))
            })
        })
        .await
        .unwrap()
    };
    let of = |numbers: &[u32]| numbers.iter().map(|number| conversation(*number)).collect();
    assert_eq!(asked().await, (of(&[1, 2, 3, 4]), Some(at(1)), 0));
    confirm(&held, export(1, 2)).await;
    assert_eq!(asked().await, (of(&[3, 4]), Some(at(3)), 2));
    confirm(&held, export(3, 4)).await;
    assert_eq!(asked().await, (of(&[]), None, 4));
}

async fn exports_read_back_newest_first(database: &Database) {
    let held = database.open().await;
    enter(&held, (1..=4).map(document).collect()).await;
    for one in [export(1, 2), export(3, 4)] {
        confirm(&held, one).await;
    }
    let found = async |limit| {
        held.read(move |reader| Box::pin(reader.register_exports(limit))).await.unwrap()
    };
    assert_eq!(found(9).await, [export(3, 4), export(1, 2)]);
    assert_eq!(found(1).await, [export(3, 4)]);
}

async fn many_documents_of_one_decision_are_all_entered(database: &Database) {
    let held = database.open().await;
    enter(&held, (1..=77).map(document).collect()).await;
    assert_eq!(numbers(&held, EVERYTHING).await, (1..=77).collect::<Vec<u64>>());
}
