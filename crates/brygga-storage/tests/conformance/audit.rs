//! The audit log: places without gaps, checkpoints.

use brygga_exchange::WriteSet;
use brygga_storage::{AuditCheckpoint, Store};
use futures_util::future::join_all;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    leaves_get_their_places_in_the_order_of_arrival,
    two_sequencers_at_once_leave_no_gap,
    the_latest_checkpoint_is_that_of_the_largest_tree,
    checkpoints_come_smallest_first_and_in_pages,
    a_gap_is_found_by_the_check,
);

async fn put(to: &Store, numbers: std::ops::Range<u32>) {
    let audit = numbers.map(leaf).collect();
    store(to, WriteSet { audit, ..WriteSet::default() }).await.unwrap();
}

fn checkpoint(size: u64, note: &str) -> AuditCheckpoint {
    AuditCheckpoint { size, note: note.to_owned(), frontier: vec![1, 2, 3] }
}

async fn leaves_get_their_places_in_the_order_of_arrival(database: &Database) {
    let held = database.open().await;
    put(&held, 0..50).await;
    assert_eq!(held.audit_sequence(30).await, Ok(30));
    let rest = held.read(|reader| Box::pin(reader.audit_unsequenced(100))).await.unwrap();
    assert_eq!(rest, (30..50).map(leaf).collect::<Vec<_>>());
    put(&held, 50..60).await;
    assert_eq!(held.audit_sequence(100).await, Ok(30));
    assert_eq!(held.audit_sequence(100).await, Ok(0));
    let range = held.read(|reader| Box::pin(reader.audit_range(10, 25))).await.unwrap();
    assert_eq!(range, (10..35).map(leaf).collect::<Vec<_>>());
    assert_eq!(held.read(|reader| Box::pin(reader.audit_size())).await, Ok(60));
}

async fn two_sequencers_at_once_leave_no_gap(database: &Database) {
    let (one, two) = (database.open().await, database.open().await);
    put(&one, 0..200).await;
    let sequencing = (0..20).map(|number| {
        let store = if number % 2 == 0 { &one } else { &two };
        store.audit_sequence(15)
    });
    let placed: u64 = join_all(sequencing).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(placed, 200);
    let findings = one.check().await;
    assert!(findings.iter().all(|finding| finding.problem.is_none()), "{findings:?}");
}

async fn the_latest_checkpoint_is_that_of_the_largest_tree(database: &Database) {
    let held = database.open().await;
    let latest = || held.read(|reader| Box::pin(reader.audit_latest_checkpoint()));
    assert_eq!(latest().await, Ok(None));
    held.audit_checkpoint_put(checkpoint(9, "nine")).await.unwrap();
    held.audit_checkpoint_put(checkpoint(10, "ten")).await.unwrap();
    held.audit_checkpoint_put(checkpoint(10, "ten, cosigned")).await.unwrap();
    assert_eq!(latest().await, Ok(Some(checkpoint(10, "ten, cosigned"))));
}

async fn checkpoints_come_smallest_first_and_in_pages(database: &Database) {
    let held = database.open().await;
    // Numbers, not texts: nine comes before ten.
    for (size, note) in [(10, "ten"), (9, "nine"), (100, "hundred")] {
        held.audit_checkpoint_put(checkpoint(size, note)).await.unwrap();
    }
    let page = |above| held.read(move |reader| Box::pin(reader.audit_checkpoints(above, 2)));
    assert_eq!(page(0).await, Ok(vec![checkpoint(9, "nine"), checkpoint(10, "ten")]));
    assert_eq!(page(10).await, Ok(vec![checkpoint(100, "hundred")]));
    assert_eq!(page(100).await, Ok(Vec::new()));
}

async fn a_gap_is_found_by_the_check(database: &Database) {
    let held = database.open().await;
    put(&held, 0..5).await;
    held.audit_sequence(5).await.unwrap();
    database.execute("DELETE FROM audit_leaf WHERE leaf_index = 2").await;
    let findings = held.check().await;
    let audit = findings.iter().find(|finding| finding.subject == "audit").unwrap();
    assert!(audit.problem.is_some());
}
