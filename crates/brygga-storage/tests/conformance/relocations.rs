//! Protected relocations: sealed bytes that read back, change only where nobody was faster, and go when they are purged.

use brygga_crypto::SealingPublicKey;
use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::officer::LockedKey;
use brygga_domain::relocation::{HalfYear, Reciprocity};
use brygga_domain::{AgreementId, OfficerId, RelocationId};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::relocation::{
    Officer, RelocationWrites, SealedAccess, Settlement, StoredRelocation,
};
use brygga_storage::{StorageError, Store};

use crate::database::Database;
use crate::fixtures::{at, bytes, store, unit};
use crate::on_both;

on_both!(
    an_officer_reads_back_and_reviewers_are_found,
    a_case_changes_only_from_the_revision_that_was_held,
    a_purged_case_is_gone_and_stays_so,
    days_tell_what_is_due_and_what_is_to_be_purged,
    a_case_is_counted_once_before_it_goes,
    the_access_log_shows_the_newest_first,
);

fn officer(number: u32, is_reviewer: bool) -> Officer {
    Officer {
        id: OfficerId::from_bytes(bytes(b'o', number)),
        public_key: SealingPublicKey::from_bytes([7; 32]),
        locked_key: LockedKey::from_stored(vec![1, 2, 3]),
        profile: vec![4, 5],
        units: (1..=number).map(|unit_number| unit(&format!("enhet-{unit_number}"))).collect(),
        is_reviewer,
    }
}

fn case(number: u32, revision: u32) -> StoredRelocation {
    let record = ContentAtRest {
        key_slot: KeySlot::from_bytes(bytes(b'k', number)),
        ciphertext: vec![number as u8, revision as u8],
    };
    StoredRelocation {
        id: RelocationId::from_bytes(bytes(b'r', number)),
        record,
        revision,
        due_on: Some(at(10 + i64::from(number))),
        purge_on: (revision > 1).then(|| at(20 + i64::from(number))),
        tally: Some(vec![7, number as u8, revision as u8]),
    }
}

fn with(relocations: RelocationWrites) -> WriteSet {
    WriteSet { relocations, ..WriteSet::default() }
}

async fn cases(store: &Store) -> Vec<StoredRelocation> {
    store.read(|reader| Box::pin(async move { reader.relocations().await })).await.unwrap()
}

async fn an_officer_reads_back_and_reviewers_are_found(database: &Database) {
    let opened = database.open().await;
    let officers = vec![officer(1, false), officer(2, true)];
    store(&opened, with(RelocationWrites { officers, ..RelocationWrites::default() }))
        .await
        .unwrap();
    let found = opened.read(|reader| {
        Box::pin(async move {
            let one = reader.officer(officer(1, false).id).await?;
            let nobody = reader.officer(officer(3, false).id).await?;
            Ok::<_, StorageError>((one, nobody, reader.reviewers().await?))
        })
    });
    let expected = (Some(officer(1, false)), None, vec![officer(2, true)]);
    assert_eq!(found.await.unwrap(), expected);
}

async fn a_case_changes_only_from_the_revision_that_was_held(database: &Database) {
    let opened = database.open().await;
    let new = vec![case(1, 1), case(2, 1)];
    store(&opened, with(RelocationWrites { new, ..RelocationWrites::default() })).await.unwrap();
    let changed = |number, revision| {
        with(RelocationWrites {
            changed: vec![case(number, revision)],
            ..RelocationWrites::default()
        })
    };
    store(&opened, changed(1, 2)).await.unwrap();
    for late in [2, 4] {
        assert!(store(&opened, changed(1, late)).await.is_err(), "revision {late} is no next one");
    }
    assert_eq!(cases(&opened).await, vec![case(1, 2), case(2, 1)]);
}

async fn a_purged_case_is_gone_and_stays_so(database: &Database) {
    let opened = database.open().await;
    let new = vec![case(1, 1), case(2, 1)];
    store(&opened, with(RelocationWrites { new, ..RelocationWrites::default() })).await.unwrap();
    let subject = Subject::Relocation(case(1, 1).id);
    let erasures = vec![Erasure { subject, erased_at: at(5), messages: Vec::new() }];
    store(&opened, WriteSet { erasures, ..WriteSet::default() }).await.unwrap();
    let again = with(RelocationWrites { changed: vec![case(1, 2)], ..RelocationWrites::default() });
    assert!(store(&opened, again).await.is_err(), "it does not come back");
    assert_eq!(cases(&opened).await, vec![case(2, 1)]);
    let slots = [case(1, 1).record.key_slot, case(2, 1).record.key_slot];
    let found = opened.read(move |reader| {
        Box::pin(async move {
            let erased = reader.erasable_slots(subject).await?;
            Ok::<_, StorageError>((erased, reader.slots_in_use(&slots).await?))
        })
    });
    let (erased, in_use) = found.await.unwrap();
    assert_eq!(erased.map(|held| (held.slots, held.erased_at)), Some((Vec::new(), Some(at(5)))));
    assert_eq!(in_use, vec![slots[1]]);
}

async fn days_tell_what_is_due_and_what_is_to_be_purged(database: &Database) {
    let opened = database.open().await;
    let nothing = StoredRelocation { due_on: None, ..case(3, 1) };
    let new = vec![case(1, 1), case(2, 1), nothing];
    store(&opened, with(RelocationWrites { new, ..RelocationWrites::default() })).await.unwrap();
    let changed = vec![case(1, 2), StoredRelocation { due_on: None, ..case(2, 2) }];
    store(&opened, with(RelocationWrites { changed, ..RelocationWrites::default() }))
        .await
        .unwrap();
    let seen = async |now| {
        let found = opened.read(move |reader| {
            Box::pin(async move {
                let due = reader.relocations_due(at(now)).await?;
                Ok::<_, StorageError>((due, reader.relocations_to_purge(at(now)).await?))
            })
        });
        found.await.unwrap()
    };
    assert_eq!(seen(10).await, (0, vec![]));
    assert_eq!(seen(11).await, (1, vec![]));
    assert_eq!(seen(21).await, (1, vec![case(1, 2)]));
    assert_eq!(seen(22).await.1.len(), 2);
    let subject = Subject::Relocation(case(1, 1).id);
    let erasures = vec![Erasure { subject, erased_at: at(22), messages: Vec::new() }];
    store(&opened, WriteSet { erasures, ..WriteSet::default() }).await.unwrap();
    let left = StoredRelocation { due_on: None, ..case(2, 2) };
    assert_eq!(seen(22).await, (0, vec![left]), "what is purged has no day");
}

async fn a_case_is_counted_once_before_it_goes(database: &Database) {
    let opened = database.open().await;
    let new = (1..=4).map(|number| case(number, 1)).collect();
    store(&opened, with(RelocationWrites { new, ..RelocationWrites::default() })).await.unwrap();
    let (network, other) = (AgreementId::from_bytes([1; 16]), AgreementId::from_bytes([2; 16]));
    let settled = |number, agreement_id, half, change| Settlement {
        id: case(number, 1).id,
        commitment: [number as u8; 32],
        reciprocity: HalfYear::parse(half).map(|half_year| Reciprocity {
            agreement_id,
            half_year,
            change,
        }),
    };
    let settle = |one| with(RelocationWrites { settled: vec![one], ..RelocationWrites::default() });
    let first = settled(1, network, "2026-H2", -1);
    store(&opened, settle(first.clone())).await.unwrap();
    assert!(store(&opened, settle(first)).await.is_err(), "once");
    for one in [
        settled(2, network, "2026-H2", -1),
        settled(3, network, "2027-H1", 1),
        settled(4, other, "", 0),
    ] {
        store(&opened, settle(one)).await.unwrap();
    }
    let changed =
        with(RelocationWrites { changed: vec![case(1, 2)], ..RelocationWrites::default() });
    store(&opened, changed).await.unwrap();
    let counted = StoredRelocation { tally: None, ..case(1, 2) };
    assert!(cases(&opened).await.contains(&counted), "it is not to be counted again");
    let found = opened.read(move |reader| {
        Box::pin(async move {
            let balance = reader.reciprocity(network).await?;
            Ok::<_, StorageError>((balance, reader.reciprocity(other).await?))
        })
    });
    let (balance, nothing) = found.await.unwrap();
    let balance: Vec<_> = balance.iter().map(|(half, sum)| (half.to_string(), *sum)).collect();
    assert_eq!(balance, [("2027-H1".to_owned(), 1), ("2026-H2".to_owned(), -2)]);
    assert!(nothing.is_empty());
    let subject = Subject::Relocation(case(2, 1).id);
    let erasures = vec![Erasure { subject, erased_at: at(22), messages: Vec::new() }];
    store(&opened, WriteSet { erasures, ..WriteSet::default() }).await.unwrap();
    let kept = opened.read(|reader| {
        Box::pin(async move {
            let purged = reader.relocation_commitment(case(2, 1).id).await?;
            Ok::<_, StorageError>((purged, reader.relocation_commitment(case(3, 1).id).await?))
        })
    });
    assert_eq!(kept.await.unwrap(), (Some([2; 32]), None));
}

async fn the_access_log_shows_the_newest_first(database: &Database) {
    let opened = database.open().await;
    let access = |number: u32| SealedAccess {
        id: bytes(b'a', number),
        day: at(i64::from(number)),
        sealed: vec![number as u8],
    };
    let accesses = vec![access(1), access(3), access(2)];
    store(&opened, with(RelocationWrites { accesses, ..RelocationWrites::default() }))
        .await
        .unwrap();
    let found = opened.read(|reader| Box::pin(async move { reader.relocation_accesses(2).await }));
    assert_eq!(found.await.unwrap(), vec![access(3), access(2)]);
}
