//! The post of exchange networks: it reads back, is overwritten when it was read, and goes with its day or its case.

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{CELL_BYTES, Cell, SealingPublicKey};
use brygga_domain::{ParcelId, RelocationId};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::relay::{RelayWrites, StoredMailbox, StoredParcel};
use brygga_exchange::relocation::{RelocationWrites, StoredRelocation};
use brygga_storage::Store;

use crate::database::Database;
use crate::fixtures::{at, bytes, store};
use crate::on_both;

on_both!(
    a_parcel_reads_back_until_it_is_sent,
    what_was_read_keeps_its_row_and_says_nothing,
    a_day_takes_what_is_needed_no_more,
    mailboxes_go_with_their_case,
);

fn parcel(number: u32, day: i64) -> StoredParcel {
    let sealed = Cell::from_bytes(&vec![number as u8; CELL_BYTES]).unwrap();
    StoredParcel { id: id(number), needed_until: at(day), sealed }
}

fn id(number: u32) -> ParcelId {
    ParcelId::from_bytes(bytes(b'p', number))
}

fn mailbox(number: u8, case: u32) -> StoredMailbox {
    let key_slot = KeySlot::from_bytes(bytes(b'k', case));
    StoredMailbox {
        public_key: SealingPublicKey::from_bytes([number; 32]),
        relocation: RelocationId::from_bytes(bytes(b'r', case)),
        private_key: ContentAtRest { key_slot, ciphertext: vec![number, 9] },
    }
}

fn with(relay: RelayWrites) -> WriteSet {
    WriteSet { relay, ..WriteSet::default() }
}

/// Their own order is that of random names.
fn by_day(mut parcels: Vec<StoredParcel>) -> Vec<StoredParcel> {
    parcels.sort_by_key(|parcel| parcel.needed_until);
    parcels
}

async fn out(store: &Store) -> Vec<StoredParcel> {
    let found = store.read(|reader| Box::pin(async { reader.parcels_out().await }));
    by_day(found.await.unwrap())
}

async fn come(store: &Store) -> Vec<StoredParcel> {
    let found = store.read(|reader| Box::pin(async { reader.parcels_in().await }));
    by_day(found.await.unwrap())
}

async fn a_parcel_reads_back_until_it_is_sent(database: &Database) {
    let opened = database.open().await;
    let parcels_out = vec![parcel(1, 5), parcel(2, 6)];
    store(&opened, with(RelayWrites { parcels_out, ..RelayWrites::default() })).await.unwrap();
    assert_eq!(out(&opened).await, [parcel(1, 5), parcel(2, 6)]);
    let sent = vec![id(1), id(7)];
    store(&opened, with(RelayWrites { sent, ..RelayWrites::default() })).await.unwrap();
    assert_eq!(out(&opened).await, [parcel(2, 6)]);
}

async fn what_was_read_keeps_its_row_and_says_nothing(database: &Database) {
    let opened = database.open().await;
    let came = |parcels_in| with(RelayWrites { parcels_in, ..RelayWrites::default() });
    store(&opened, came(vec![parcel(1, 5), parcel(2, 6)])).await.unwrap();
    let read = StoredParcel { sealed: parcel(9, 5).sealed, ..parcel(1, 5) };
    store(&opened, came(vec![read.clone()])).await.unwrap();
    assert_eq!(come(&opened).await, [read.clone(), parcel(2, 6)]);
    let one =
        opened.read(|reader| Box::pin(async { reader.parcel_in(id(1)).await })).await.unwrap();
    assert_eq!(one, Some(read));
}

async fn a_day_takes_what_is_needed_no_more(database: &Database) {
    let opened = database.open().await;
    let writes = RelayWrites {
        parcels_out: vec![parcel(1, 5), parcel(2, 6)],
        parcels_in: vec![parcel(3, 5), parcel(4, 6)],
        ..RelayWrites::default()
    };
    store(&opened, with(writes)).await.unwrap();
    let ended = Some(at(5));
    store(&opened, with(RelayWrites { ended, ..RelayWrites::default() })).await.unwrap();
    assert_eq!((out(&opened).await, come(&opened).await), (vec![parcel(2, 6)], vec![parcel(4, 6)]));
}

async fn mailboxes_go_with_their_case(database: &Database) {
    let opened = database.open().await;
    let mailboxes = vec![mailbox(1, 1), mailbox(2, 1), mailbox(3, 2)];
    let record = ContentAtRest { ciphertext: vec![1], ..mailbox(1, 1).private_key };
    let case = StoredRelocation {
        id: mailbox(1, 1).relocation,
        record,
        revision: 1,
        due_on: None,
        purge_on: None,
        tally: None,
    };
    let relocations = RelocationWrites { new: vec![case], ..RelocationWrites::default() };
    let relay = RelayWrites { mailboxes, ..RelayWrites::default() };
    store(&opened, WriteSet { relay, relocations, ..WriteSet::default() }).await.unwrap();
    let subject = Subject::Relocation(mailbox(1, 1).relocation);
    let erasures = vec![Erasure { subject, erased_at: at(5), messages: Vec::new() }];
    store(&opened, WriteSet { erasures, ..WriteSet::default() }).await.unwrap();
    let left = opened.read(|reader| Box::pin(async { reader.mailboxes().await })).await.unwrap();
    assert_eq!(left, [mailbox(3, 2)]);
}
