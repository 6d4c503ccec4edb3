//! What others publish, kept as it came.

use brygga_domain::{OrgId, ServiceId, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::capacity::{CapacityWrites, ReplicaStep};
use brygga_storage::{Store, StoredReplica};

use crate::capacity::service_id;
use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    what_is_heard_is_kept_and_the_last_of_each_service_stays,
    what_is_told_anew_replaces_everything_of_its_publisher_alone,
    a_service_told_twice_in_one_step_is_kept_as_it_was_told_last,
);

fn told(number: u32, text: &str) -> (ServiceId, Vec<u8>) {
    (service_id(number), text.as_bytes().to_vec())
}

async fn hear(
    to: &Store,
    publisher: OrgId,
    replaces_all: bool,
    statements: Vec<(ServiceId, Vec<u8>)>,
    as_of: Timestamp,
) {
    let resume_token = format!("token at {as_of:?}").into_bytes();
    let step = ReplicaStep { publisher, replaces_all, statements, resume_token, as_of };
    let capacity = CapacityWrites { replicas: vec![step], ..CapacityWrites::default() };
    store(to, WriteSet { capacity, ..WriteSet::default() }).await.unwrap();
}

fn known(statements: &[&str], as_of: Timestamp) -> StoredReplica {
    let statements = statements.iter().map(|text| text.as_bytes().to_vec()).collect();
    StoredReplica { statements, resume_token: format!("token at {as_of:?}").into_bytes(), as_of }
}

/// What is known, the statements of each publisher in order.
async fn replicas(of: &Store) -> Vec<(OrgId, StoredReplica)> {
    let mut known = of.read(|reader| Box::pin(reader.replicas())).await.unwrap();
    known.iter_mut().for_each(|(_, replica)| replica.statements.sort());
    known
}

async fn what_is_heard_is_kept_and_the_last_of_each_service_stays(database: &Database) {
    let held = database.open().await;
    assert_eq!(replicas(&held).await, []);
    hear(&held, kalmar(), true, vec![told(1, "a"), told(2, "b")], at(1)).await;
    hear(&held, kalmar(), false, vec![told(2, "c"), told(3, "d")], at(2)).await;
    assert_eq!(replicas(&held).await, [(kalmar(), known(&["a", "c", "d"], at(2)))]);
}

async fn what_is_told_anew_replaces_everything_of_its_publisher_alone(database: &Database) {
    let held = database.open().await;
    hear(&held, kalmar(), true, vec![told(1, "a"), told(2, "b")], at(1)).await;
    // Two publishers may number their services alike.
    hear(&held, nybro(), true, vec![told(1, "n")], at(2)).await;
    hear(&held, kalmar(), true, vec![told(2, "c")], at(3)).await;
    let all = [(kalmar(), known(&["c"], at(3))), (nybro(), known(&["n"], at(2)))];
    assert_eq!(replicas(&held).await, all);
    hear(&held, kalmar(), true, vec![], at(4)).await;
    let none = [(kalmar(), known(&[], at(4))), (nybro(), known(&["n"], at(2)))];
    assert_eq!(replicas(&held).await, none, "that nothing is there was heard");
}

/// A peer decides what it tells; it must not be able to make a statement fail.
async fn a_service_told_twice_in_one_step_is_kept_as_it_was_told_last(database: &Database) {
    let held = database.open().await;
    let statements = vec![told(1, "a"), told(2, "b"), told(1, "c")];
    hear(&held, kalmar(), true, statements, at(1)).await;
    assert_eq!(replicas(&held).await, [(kalmar(), known(&["b", "c"], at(1)))]);
}
