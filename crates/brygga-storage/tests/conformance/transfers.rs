//! Cases that move between municipalities: written whole, changed only where nobody was faster.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::transfer::{
    Finality, Outcome, Position, Transfer, TransferDirection, TransferSide,
};
use brygga_domain::{AgreementId, MessageId, Reason, TransferId, UnitId};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::{ContentAtRest, IdempotencyKey};
use brygga_exchange::transfer::{
    KeptTransfer, NewTransfer, StoredPart, TransferPart, TransferWrites,
};
use brygga_storage::{CaseSlots, ClosedTransfer, StorageError, Store};
use jiff::civil::date;

use crate::database::Database;
use crate::fixtures::{at, bytes, digest, kalmar, nybro, store};
use crate::on_both;

on_both!(
    a_transfer_reads_back_with_every_fact,
    of_two_who_change_a_transfer_one_is_first,
    a_transfer_is_found_by_its_key,
    what_is_not_over_is_listed_however_old,
    a_part_reads_back_once_and_its_key_is_in_use,
    a_transfer_that_is_over_is_found_until_it_is_erased,
);

fn id(number: u32) -> TransferId {
    TransferId::from_bytes(bytes(b't', number))
}

fn transfer(number: u32) -> Transfer {
    Transfer {
        id: id(number),
        side: TransferSide::Requester,
        requester: kalmar(),
        asked: nybro(),
        requester_unit: UnitId::parse("utredning").ok(),
        asked_unit: None,
        direction: TransferDirection::HandOver,
        about_child: number.is_multiple_of(2),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 3,
        rule_id: "flytt".to_owned(),
        position_days: 3,
        requested_at: at(i64::from(number)),
        arrived_at: None,
        not_taken: None,
        answer: None,
        applied_on: None,
        decided: None,
        appealed: None,
        finalised: None,
        withdrawn_at: None,
        handed_over_at: None,
        changed_at: at(i64::from(number)),
        revision: 1,
    }
}

/// With everything that can have happened.
fn full(number: u32) -> Transfer {
    Transfer {
        arrived_at: Some(at(101)),
        answer: Some((Position::Disagree, at(102))),
        applied_on: Some(date(2026, 3, 11)),
        decided: Some((date(2026, 5, 29), Outcome::Stays)),
        appealed: Some((date(2026, 6, 22), nybro())),
        finalised: Some(Finality {
            on: date(2026, 9, 1),
            outcome: Outcome::Moves,
            after_appeal: true,
        }),
        withdrawn_at: Some(at(103)),
        handed_over_at: Some(at(104)),
        changed_at: at(200),
        revision: 2,
        ..transfer(number)
    }
}

fn with(transfers: TransferWrites) -> WriteSet {
    WriteSet { transfers, ..WriteSet::default() }
}

fn begun(transfer: Transfer, number: u32) -> WriteSet {
    let own = transfer.side == TransferSide::Requester;
    let idempotency =
        own.then(|| IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"asked") });
    let new = vec![NewTransfer { transfer, idempotency }];
    with(TransferWrites { new, ..TransferWrites::default() })
}

async fn change(to: &Store, transfer: Transfer) -> Result<(), StorageError> {
    let changed = vec![(transfer, 1)];
    store(to, with(TransferWrites { changed, ..TransferWrites::default() })).await
}

async fn held(of: &Store, number: u32) -> Option<Transfer> {
    of.glance(move |reader| Box::pin(reader.transfer_by_id(id(number)))).await.unwrap()
}

async fn a_transfer_reads_back_with_every_fact(database: &Database) {
    let database = database.open().await;
    store(&database, begun(transfer(1), 1)).await.unwrap();
    assert_eq!(held(&database, 1).await, Some(transfer(1)));
    change(&database, full(1)).await.unwrap();
    assert_eq!(held(&database, 1).await, Some(full(1)));
    let refused = Transfer { not_taken: Some(Reason::PolicyDenied), revision: 2, ..transfer(2) };
    store(&database, begun(transfer(2), 2)).await.unwrap();
    change(&database, refused.clone()).await.unwrap();
    assert_eq!(held(&database, 2).await, Some(refused));
    let asked = Transfer {
        side: TransferSide::Asked,
        direction: TransferDirection::TakeOver,
        arrived_at: Some(at(3)),
        ..transfer(3)
    };
    store(&database, begun(asked.clone(), 3)).await.unwrap();
    assert_eq!(held(&database, 3).await, Some(asked));
    assert_eq!(held(&database, 4).await, None);
}

async fn of_two_who_change_a_transfer_one_is_first(database: &Database) {
    let database = database.open().await;
    store(&database, begun(transfer(1), 1)).await.unwrap();
    change(&database, full(1)).await.unwrap();
    let late = Transfer { answer: None, ..full(1) };
    assert!(matches!(change(&database, late).await, Err(StorageError::Conflict)));
    assert_eq!(held(&database, 1).await, Some(full(1)));
}

async fn a_transfer_is_found_by_its_key(database: &Database) {
    let database = database.open().await;
    store(&database, begun(transfer(1), 1)).await.unwrap();
    let found = |key: [u8; 16]| {
        database.glance(move |reader| Box::pin(reader.transfer_by_idempotency_key(key)))
    };
    assert_eq!(found(bytes(b'i', 1)).await.unwrap(), Some((transfer(1), digest(b"asked"))));
    assert_eq!(found(bytes(b'i', 2)).await.unwrap(), None);
}

async fn what_is_not_over_is_listed_however_old(database: &Database) {
    let database = database.open().await;
    for number in 1..=5 {
        store(&database, begun(transfer(number), number)).await.unwrap();
    }
    let gone = |number| Transfer { changed_at: at(10), ..full(number) };
    change(&database, gone(2)).await.unwrap();
    change(&database, full(3)).await.unwrap();
    let stays = Finality { on: date(2026, 9, 1), outcome: Outcome::Stays, after_appeal: true };
    let stays =
        Transfer { finalised: Some(stays), withdrawn_at: None, handed_over_at: None, ..gone(4) };
    change(&database, stays).await.unwrap();
    let listed =
        |limit| database.glance(move |reader| Box::pin(reader.transfers_since(at(100), limit)));
    let ids: Vec<_> = listed(9).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [id(3), id(5), id(1)]);
    assert_eq!(listed(1).await.unwrap().len(), 1);
}

async fn a_part_reads_back_once_and_its_key_is_in_use(database: &Database) {
    let database = database.open().await;
    store(&database, begun(transfer(1), 1)).await.unwrap();
    let slot = KeySlot::from_bytes(bytes(b's', 1));
    let part = |number, part| StoredPart {
        id: MessageId::from_bytes(bytes(b'm', number)),
        transfer_id: id(1),
        part,
        is_own: true,
        content: Some(ContentAtRest { key_slot: slot, ciphertext: vec![7, 8] }),
    };
    let put = |part| with(TransferWrites { parts: vec![part], ..TransferWrites::default() });
    store(&database, put(part(1, TransferPart::Request))).await.unwrap();
    store(&database, put(part(2, TransferPart::Answer))).await.unwrap();
    let again = store(&database, put(part(3, TransferPart::Request))).await;
    assert!(again.is_err(), "a part is there once");
    let parts = database.glance(|reader| Box::pin(reader.transfer_parts(id(1)))).await.unwrap();
    assert_eq!(parts, [part(1, TransferPart::Request), part(2, TransferPart::Answer)]);
    let used =
        database.read(move |reader| Box::pin(async move { reader.slots_in_use(&[slot]).await }));
    assert!(used.await.unwrap().contains(&slot));
}

async fn a_transfer_that_is_over_is_found_until_it_is_erased(database: &Database) {
    let database = database.open().await;
    let slot = |number| KeySlot::from_bytes(bytes(b's', number));
    let part = |number: u32, part| StoredPart {
        id: MessageId::from_bytes(bytes(b'm', number)),
        transfer_id: id(number / 2),
        part,
        is_own: true,
        content: Some(ContentAtRest { key_slot: slot(number), ciphertext: vec![7, 8] }),
    };
    // Two that are over, one that goes on, and one that is over and holds nothing.
    let over = |number| Transfer { withdrawn_at: Some(at(9)), ..transfer(number) };
    for (number, transfer) in (1..).zip([over(1), over(2), transfer(3), over(4)]) {
        store(&database, begun(transfer, number)).await.unwrap();
    }
    for number in 2..8 {
        let kind = [TransferPart::Request, TransferPart::Answer][number as usize % 2];
        let parts = vec![part(number, kind)];
        store(&database, with(TransferWrites { parts, ..TransferWrites::default() }))
            .await
            .unwrap();
    }
    let closed = |after, limit| {
        database.glance(move |reader| Box::pin(reader.transfers_closed(after, limit)))
    };
    let one = |number, kept| ClosedTransfer { transfer: over(number), kept };
    assert_eq!(closed(None, 9).await.unwrap(), [one(1, None), one(2, None)]);
    assert_eq!(closed(Some(one(1, None).place()), 9).await.unwrap(), [one(2, None)]);
    assert_eq!(closed(None, 1).await.unwrap(), [one(1, None)]);
    for until in [Some(at(50)), None] {
        let kept = KeptTransfer { id: id(2), until, section: "SoL 16:2 a".to_owned() };
        let writes = TransferWrites { kept: vec![kept.clone()], ..TransferWrites::default() };
        store(&database, with(writes)).await.unwrap();
        assert_eq!(closed(None, 9).await.unwrap()[1], one(2, Some(kept)));
    }

    let subject = Subject::Transfer(id(2));
    let slots = || database.glance(move |reader| Box::pin(reader.erasable_slots(subject)));
    let held = slots().await.unwrap().unwrap();
    let mut expected = [slot(4), slot(5)];
    expected.sort();
    let mut found = held.slots;
    found.sort();
    assert_eq!((found.as_slice(), held.erased_at), (expected.as_slice(), None));
    for erased_at in [at(60), at(70)] {
        let erasures = vec![Erasure { subject, erased_at, messages: Vec::new() }];
        store(&database, WriteSet { erasures, ..WriteSet::default() }).await.unwrap();
        let cleared = CaseSlots { slots: Vec::new(), erased_at: Some(at(60)) };
        assert_eq!(slots().await.unwrap(), Some(cleared));
    }
    assert_eq!(closed(None, 9).await.unwrap(), [one(1, None)]);
    let parts = database.glance(|reader| Box::pin(reader.transfer_parts(id(2)))).await.unwrap();
    assert!(parts.len() == 2 && parts.iter().all(|part| part.content.is_none()));
    let stands = database.glance(|reader| Box::pin(reader.transfer_by_id(id(2)))).await.unwrap();
    assert_eq!(stands, Some(over(2)), "how it stood stays");
    let none = Subject::Transfer(id(9));
    let none = database.glance(move |reader| Box::pin(reader.erasable_slots(none)));
    assert_eq!(none.await.unwrap(), None);
}
