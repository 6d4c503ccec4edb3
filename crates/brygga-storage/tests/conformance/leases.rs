//! Leases and notes.

use futures_util::future::join_all;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    a_lease_has_one_owner_until_it_ends,
    of_many_who_want_a_lease_one_gets_it,
    a_released_lease_is_free,
    a_note_keeps_its_last_value,
);

async fn a_lease_has_one_owner_until_it_ends(database: &Database) {
    let held = database.open().await;
    let acquire = |owner, now, until| held.lease_acquire("kommun:0881", owner, at(now), at(until));
    assert_eq!(acquire("a", 0, 10).await, Ok(true));
    assert_eq!(acquire("b", 9, 20).await, Ok(false));
    assert_eq!(acquire("a", 9, 30).await, Ok(true));
    assert_eq!(acquire("b", 29, 40).await, Ok(false));
    assert_eq!(acquire("b", 30, 40).await, Ok(true));
    assert_eq!(held.lease_acquire("kommun:0880", "a", at(0), at(10)).await, Ok(true));
}

async fn of_many_who_want_a_lease_one_gets_it(database: &Database) {
    let stores = [database.open().await, database.open().await];
    let acquiring = (0..40).map(|number| {
        let store = stores[number % 2].clone();
        async move { store.lease_acquire("x", &number.to_string(), at(0), at(10)).await.unwrap() }
    });
    let winners = join_all(acquiring).await.into_iter().filter(|won| *won).count();
    assert_eq!(winners, 1);
}

async fn a_released_lease_is_free(database: &Database) {
    let held = database.open().await;
    assert_eq!(held.lease_acquire("x", "a", at(0), at(10)).await, Ok(true));
    held.lease_release("x", "b").await.unwrap();
    assert_eq!(held.lease_acquire("x", "b", at(1), at(10)).await, Ok(false));
    held.lease_release("x", "a").await.unwrap();
    assert_eq!(held.lease_acquire("x", "b", at(1), at(10)).await, Ok(true));
}

async fn a_note_keeps_its_last_value(database: &Database) {
    let held = database.open().await;
    let read = || held.read(|reader| Box::pin(reader.note("registry")));
    assert_eq!(read().await, Ok(None));
    held.note_put("registry", vec![1]).await.unwrap();
    held.note_put("registry", vec![2, 3]).await.unwrap();
    assert_eq!(read().await, Ok(Some(vec![2, 3])));
}
