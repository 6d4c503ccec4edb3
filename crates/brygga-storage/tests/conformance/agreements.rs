//! Agreements and consents.

use brygga_domain::agreement::SuspensionReason;
use brygga_domain::consent::ConsentPrivate;
use brygga_exchange::WriteSet;
use brygga_exchange::write_set::SuspensionStep;
use brygga_storage::StorageError;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    agreements_read_back_with_signatures_and_end,
    the_revision_grows_with_every_change_of_an_agreement,
    other_terms_under_the_same_version_are_a_conflict,
    switches_are_turned_one_by_one,
    an_end_is_never_lost_to_whoever_has_not_seen_it,
    terms_that_were_changed_behind_our_back_are_found,
    a_consent_reads_back_and_can_only_be_withdrawn,
);

async fn agreements_read_back_with_signatures_and_end(database: &Database) {
    let held = database.open().await;
    let mut first = agreement(1, 1);
    // Not in the order of the alphabet: they come back in the order in which they came.
    first.add_signature(signature(nybro())).unwrap();
    first.add_signature(signature(kalmar())).unwrap();
    let second = agreement(1, 2);
    let writes =
        WriteSet { agreements: vec![first.clone(), second.clone()], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    let read = || held.read(|reader| Box::pin(reader.agreement_records()));
    assert_eq!(read().await.unwrap(), [first.clone(), second.clone()]);
    let mut second = second;
    second.add_signature(signature(kalmar())).unwrap();
    assert!(second.verify(&kalmar()) && first.verify(&nybro()));
    first.terminate(at(77));
    let writes =
        WriteSet { agreements: vec![first.clone(), second.clone()], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    assert_eq!(read().await.unwrap(), [first, second]);
}

async fn the_revision_grows_with_every_change_of_an_agreement(database: &Database) {
    let held = database.open().await;
    let revision = || held.read(|reader| Box::pin(reader.agreement_revision()));
    let empty = revision().await.unwrap();
    let writes = WriteSet { agreements: vec![agreement(1, 1)], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    let one = revision().await.unwrap();
    assert!(one > empty);
    store(&held, WriteSet { audit: vec![leaf(1)], ..WriteSet::default() }).await.unwrap();
    assert_eq!(revision().await.unwrap(), one);
}

async fn other_terms_under_the_same_version_are_a_conflict(database: &Database) {
    let held = database.open().await;
    let put = |record| store(&held, WriteSet { agreements: vec![record], ..WriteSet::default() });
    let record = agreement(1, 1);
    put(record.clone()).await.unwrap();
    let mut draft = (**record.terms()).clone();
    draft.title = "Ett annat avtal".to_owned();
    let terms = draft.check().unwrap();
    let encoded = brygga_wire::agreement::encode_terms(&terms);
    let terms_digest = *digest(&encoded).as_bytes();
    let other = brygga_domain::agreement::AgreementRecord::proposed(terms, encoded, terms_digest);
    assert_eq!(put(other).await, Err(StorageError::Conflict));
}

async fn switches_are_turned_one_by_one(database: &Database) {
    let held = database.open().await;
    let record = agreement(1, 1);
    let id = record.terms().agreement_id;
    store(&held, WriteSet { agreements: vec![record], ..WriteSet::default() }).await.unwrap();
    let turn = |organisation, suspended| {
        let step = SuspensionStep { agreement_id: id, version: 1, organisation, suspended };
        store(&held, WriteSet { suspensions: vec![step], ..WriteSet::default() })
    };
    let suspended = || async {
        let one = held.read(move |reader| Box::pin(reader.agreement_by_version(id, 1)));
        let all = held.read(|reader| Box::pin(reader.agreement_records()));
        let (one, all) = (one.await.unwrap().unwrap(), all.await.unwrap());
        assert_eq!(all, std::slice::from_ref(&one), "however it is read");
        one.suspensions().to_vec()
    };
    let since = Some((SuspensionReason::Capacity, at(5)));
    turn(kalmar(), since).await.unwrap();
    turn(nybro(), Some((SuspensionReason::Incident, at(6)))).await.unwrap();
    turn(nybro(), Some((SuspensionReason::Legal, at(7)))).await.unwrap();
    let named: Vec<_> = suspended().await.into_iter().map(|one| (one.reason, one.since)).collect();
    assert_eq!(named, [(SuspensionReason::Capacity, at(5)), (SuspensionReason::Legal, at(7))]);
    let before = held.read(|reader| Box::pin(reader.agreement_revision())).await.unwrap();
    turn(nybro(), None).await.unwrap();
    turn(nybro(), None).await.unwrap();
    let left: Vec<_> = suspended().await.into_iter().map(|one| one.organisation).collect();
    assert_eq!(left, [kalmar()], "nobody else's switch is touched");
    let after = held.read(|reader| Box::pin(reader.agreement_revision())).await.unwrap();
    assert!(after > before, "every cache is told");
}

async fn an_end_is_never_lost_to_whoever_has_not_seen_it(database: &Database) {
    let held = database.open().await;
    let put = |record| store(&held, WriteSet { agreements: vec![record], ..WriteSet::default() });
    let ending = |seconds| {
        let mut record = agreement(1, 1);
        record.terminate(at(seconds));
        record
    };
    put(agreement(1, 1)).await.unwrap();
    for stale in [ending(77), agreement(1, 1), ending(78), ending(76), agreement(1, 1)] {
        put(stale).await.unwrap();
    }
    let id = agreement(1, 1).terms().agreement_id;
    let read =
        |version| held.read(move |reader| Box::pin(reader.agreement_by_version(id, version)));
    assert_eq!(read(1).await.unwrap(), Some(ending(76)));
    assert_eq!(read(2).await.unwrap(), None);
}

async fn terms_that_were_changed_behind_our_back_are_found(database: &Database) {
    let held = database.open().await;
    let writes = WriteSet { agreements: vec![agreement(1, 1)], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    database.execute("UPDATE agreement SET terms = terms_digest").await;
    let found = held.read(|reader| Box::pin(reader.agreement_records())).await;
    assert!(matches!(
        found,
        Err(StorageError::Inconsistent { table: "agreement", column: "terms_digest", .. })
    ));
}

async fn a_consent_reads_back_and_can_only_be_withdrawn(database: &Database) {
    let held = database.open().await;
    let put = |consent| store(&held, WriteSet { consents: vec![consent], ..WriteSet::default() });
    let read = || held.read(|reader| Box::pin(reader.consent_by_id(consent_id(1))));
    // Its words are stored apart, and no decision needs them.
    let shut = || consent(1).with_private(ConsentPrivate::shut());
    put(consent(1)).await.unwrap();
    assert_eq!(read().await.unwrap(), Some(shut()));
    let mut draft = (*consent(1)).clone();
    draft.language = "fi".to_owned();
    let mut changed = draft.check().unwrap();
    changed.withdraw(at(5));
    put(changed).await.unwrap();
    let mut withdrawn = shut();
    withdrawn.withdraw(at(5));
    assert_eq!(read().await.unwrap(), Some(withdrawn));
}
