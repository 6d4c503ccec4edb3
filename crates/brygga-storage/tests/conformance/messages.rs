//! Outbox, inbox and threads.

use brygga_domain::referral::Side;
use brygga_domain::{OrgId, Reason};
use brygga_exchange::WriteSet;
use brygga_exchange::records::{Chain, ContentAtRest, OutboxEntry, OutboxState, StoredNote};
use brygga_exchange::write_set::{ChainStep, Covered, OutboxChange};
use brygga_storage::{OutboxFilter, StorageError, Store};

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    a_message_reads_back_in_every_state,
    due_messages_come_in_order_and_within_the_bytes,
    a_message_waits_for_those_before_it_in_its_thread,
    recipients_with_something_due_are_named_once,
    the_fate_of_a_delivered_message_is_final,
    a_dead_letter_is_brought_back_by_a_human_only,
    a_receipt_counts_although_the_message_was_given_up,
    counts_and_lists_tell_queued_from_dead,
    queued_requests_of_a_consent_are_found,
    queued_notes_of_a_consent_are_found,
    a_cover_takes_the_place_of_a_message_that_was_not_delivered,
    a_received_message_is_stored_once,
    a_thread_grows_only_from_what_was_read,
);

async fn change(to: &Store, number: u32, state: OutboxState) -> Result<(), StorageError> {
    let change = OutboxChange { message_id: message_id(number), attempts: 3, state };
    store(to, WriteSet { outbox_changes: vec![change], ..WriteSet::default() }).await
}

async fn put(to: &Store, outbox: Vec<OutboxEntry>) {
    store(to, WriteSet { outbox, ..WriteSet::default() }).await.unwrap();
}

async fn due(of: &Store, seconds: i64, limit: u32, most_bytes: usize) -> Vec<u32> {
    let entries = of
        .read(|reader| {
            Box::pin(
                async move { reader.outbox_due(&nybro(), at(seconds), limit, most_bytes).await },
            )
        })
        .await
        .unwrap();
    let number = |entry: OutboxEntry| (0..100).find(|n| message_id(*n) == entry.message_id);
    entries.into_iter().map(|entry| number(entry).unwrap()).collect()
}

async fn a_message_reads_back_in_every_state(database: &Database) {
    let held = database.open().await;
    let states = [
        OutboxState::Queued { next_attempt_at: at(9), last_failure: Some(Reason::Undeliverable) },
        OutboxState::Delivered { receipt: vec![1, 2], refusal: None },
        OutboxState::Delivered { receipt: vec![3], refusal: Some(Reason::ConsentExpired) },
        OutboxState::Dead { reason: Reason::ConsentWithdrawn },
    ];
    for (number, state) in (0..).zip(states) {
        put(&held, vec![outbox_entry(number)]).await;
        change(&held, number, state.clone()).await.unwrap();
        let expected = OutboxEntry { attempts: 3, state, ..outbox_entry(number) };
        let found = held
            .read(move |reader| Box::pin(reader.outbox_entry(message_id(number))))
            .await
            .unwrap();
        assert_eq!(found, Some(expected));
    }
}

async fn due_messages_come_in_order_and_within_the_bytes(database: &Database) {
    let held = database.open().await;
    let mut later = outbox_entry(2);
    later.state = OutboxState::Queued { next_attempt_at: at(10), last_failure: None };
    let mut other = outbox_entry(3);
    other.recipient = OrgId::parse("demo:annan").unwrap();
    put(&held, vec![outbox_entry(1), later, other, outbox_entry(0), outbox_entry(4)]).await;
    assert_eq!(due(&held, 0, 10, 1_000_000).await, [1, 0, 4]);
    assert_eq!(due(&held, 10, 10, 1_000_000).await, [1, 2, 0, 4]);
    assert_eq!(due(&held, 0, 2, 1_000_000).await, [1, 0]);
    // An envelope has ten bytes: two fit into 25, and the first always comes.
    assert_eq!(due(&held, 0, 10, 25).await, [1, 0]);
    assert_eq!(due(&held, 0, 10, 1).await, [1]);
}

async fn a_message_waits_for_those_before_it_in_its_thread(database: &Database) {
    let held = database.open().await;
    let in_thread = |number| OutboxEntry { conversation: conversation(50), ..outbox_entry(number) };
    put(&held, vec![in_thread(1), outbox_entry(2), in_thread(3)]).await;
    let again = OutboxState::Queued { next_attempt_at: at(10), last_failure: None };
    change(&held, 1, again).await.unwrap();
    assert_eq!(due(&held, 0, 10, 1_000_000).await, [2]);
    assert_eq!(due(&held, 10, 10, 1_000_000).await, [1, 2, 3]);
}

async fn recipients_with_something_due_are_named_once(database: &Database) {
    let held = database.open().await;
    let mut other = outbox_entry(3);
    other.recipient = OrgId::parse("demo:annan").unwrap();
    other.state = OutboxState::Queued { next_attempt_at: at(10), last_failure: None };
    put(&held, vec![outbox_entry(1), outbox_entry(2), other.clone()]).await;
    let recipients =
        |seconds| held.read(move |reader| Box::pin(reader.outbox_recipients_due(at(seconds))));
    assert_eq!(recipients(-1).await.unwrap(), []);
    assert_eq!(recipients(0).await.unwrap(), [nybro()]);
    assert_eq!(recipients(10).await.unwrap(), [other.recipient, nybro()]);
}

async fn the_fate_of_a_delivered_message_is_final(database: &Database) {
    let held = database.open().await;
    put(&held, vec![outbox_entry(1)]).await;
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    change(&held, 1, delivered.clone()).await.unwrap();
    change(&held, 1, OutboxState::Dead { reason: Reason::Undeliverable }).await.unwrap();
    assert_eq!(fate(&held, 1).await, delivered);
}

/// What became of a message.
async fn fate(held: &Store, number: u32) -> OutboxState {
    let found = held.read(move |reader| Box::pin(reader.outbox_entry(message_id(number)))).await;
    found.unwrap().unwrap().state
}

/// As somebody brings it back: with the attempts that it had.
fn brought_back() -> OutboxState {
    OutboxState::Queued { next_attempt_at: at(1), last_failure: Some(Reason::Undeliverable) }
}

async fn a_dead_letter_is_brought_back_by_a_human_only(database: &Database) {
    let held = database.open().await;
    put(&held, vec![outbox_entry(1), outbox_entry(2)]).await;
    change(&held, 1, OutboxState::Dead { reason: Reason::Undeliverable }).await.unwrap();
    let failed = OutboxChange { message_id: message_id(1), attempts: 4, state: brought_back() };
    let failed = WriteSet { outbox_changes: vec![failed], ..WriteSet::default() };
    store(&held, failed).await.unwrap();
    assert_eq!(due(&held, 1, 10, 1_000_000).await, [2], "a late failure revives nothing");
    change(&held, 1, brought_back()).await.unwrap();
    assert_eq!(due(&held, 1, 10, 1_000_000).await, [1, 2]);
    change(&held, 2, OutboxState::Dead { reason: Reason::ConsentWithdrawn }).await.unwrap();
    change(&held, 2, brought_back()).await.unwrap();
    assert_eq!(fate(&held, 2).await, OutboxState::Dead { reason: Reason::ConsentWithdrawn });
}

async fn a_receipt_counts_although_the_message_was_given_up(database: &Database) {
    let held = database.open().await;
    put(&held, vec![outbox_entry(1)]).await;
    change(&held, 1, OutboxState::Dead { reason: Reason::ConsentWithdrawn }).await.unwrap();
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    change(&held, 1, delivered.clone()).await.unwrap();
    assert_eq!(fate(&held, 1).await, delivered);
}

async fn counts_and_lists_tell_queued_from_dead(database: &Database) {
    let held = database.open().await;
    put(&held, (0..6).map(outbox_entry).collect()).await;
    let dead = OutboxState::Dead { reason: Reason::Undeliverable };
    change(&held, 1, dead.clone()).await.unwrap();
    change(&held, 4, dead).await.unwrap();
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    change(&held, 0, delivered).await.unwrap();
    let counts = held.read(|reader| Box::pin(reader.outbox_counts())).await.unwrap();
    assert_eq!((counts.queued, counts.delivered, counts.dead), (3, 1, 2));
    assert_eq!(counts.oldest_queued_at, Some(NOW));
    let list = |dead, after, limit| {
        held.read(move |reader| {
            Box::pin(async move { reader.outbox_list(&OutboxFilter { dead, after, limit }).await })
        })
    };
    let page = list(true, 0, 1).await.unwrap();
    assert_eq!(page[0].entry.message_id, message_id(1));
    let page = list(true, page[0].place, 9).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(page[0].entry.message_id, message_id(4));
    assert_eq!(list(false, 0, 9).await.unwrap().len(), 3);
}

async fn queued_requests_of_a_consent_are_found(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..3, Side::Source).await;
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    change(&held, 1, delivered).await.unwrap();
    let of = |number| {
        held.read(move |reader| Box::pin(reader.outbox_queued_by_consent(consent_id(number))))
    };
    assert_eq!(of(1).await.unwrap(), [outbox_entry(0), outbox_entry(2)]);
    assert_eq!(of(2).await.unwrap(), []);
}

async fn queued_notes_of_a_consent_are_found(database: &Database) {
    let held = database.open().await;
    let note = |number, consent| StoredNote {
        id: message_id(number),
        referral_id: referral_id(90),
        is_own: true,
        author_unit: None,
        written_at: NOW,
        consent_id: Some(consent_id(consent)),
        content: None,
    };
    let letter =
        |number| OutboxEntry { message_type: "referral.noted".to_owned(), ..outbox_entry(number) };
    let notes = vec![note(1, 7), note(2, 8), note(3, 7)];
    let outbox = vec![letter(1), letter(2), letter(3)];
    store(&held, WriteSet { notes, outbox, ..WriteSet::default() }).await.unwrap();
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    change(&held, 3, delivered).await.unwrap();
    let of = held.read(|reader| Box::pin(reader.outbox_queued_by_consent(consent_id(7))));
    assert_eq!(of.await.unwrap(), [letter(1)]);
}

async fn a_cover_takes_the_place_of_a_message_that_was_not_delivered(database: &Database) {
    let held = database.open().await;
    let at_rest = |number| ContentAtRest { key_slot: key_slot(number), ciphertext: vec![6; 40] };
    let letter = |number| OutboxEntry {
        envelope: Vec::new(),
        at_rest: Some(at_rest(number)),
        cover: Some(b"cover".to_vec()),
        ..outbox_entry(number)
    };
    put(&held, vec![letter(1), letter(2), outbox_entry(3)]).await;
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    change(&held, 2, delivered.clone()).await.unwrap();
    let covered = (1..=3).map(|n| Covered { message_id: message_id(n), tried_until: at(99) });
    let writes = WriteSet { covered: covered.collect(), ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    let entry = |number| {
        let found = held.read(move |reader| Box::pin(reader.outbox_entry(message_id(number))));
        async move { found.await.unwrap().unwrap() }
    };
    let envelope = b"cover".to_vec();
    let expected =
        OutboxEntry { envelope, at_rest: None, cover: None, expires_at: at(99), ..letter(1) };
    assert_eq!(entry(1).await, expected);
    assert_eq!(entry(2).await, OutboxEntry { attempts: 3, state: delivered, ..letter(2) });
    assert_eq!(entry(3).await, outbox_entry(3));
}

async fn a_received_message_is_stored_once(database: &Database) {
    let held = database.open().await;
    let receive = |receipt: &'static [u8]| {
        let inbox = vec![inbox_entry(1, receipt)];
        store(&held, WriteSet { inbox, ..WriteSet::default() })
    };
    receive(b"first").await.unwrap();
    assert_eq!(receive(b"second").await, Err(StorageError::Conflict));
    let of = |sender: OrgId| {
        held.read(move |reader| {
            Box::pin(async move { reader.inbox_entry(&sender, message_id(1)).await })
        })
    };
    assert_eq!(of(nybro()).await.unwrap(), Some(inbox_entry(1, b"first")));
    assert_eq!(of(kalmar()).await.unwrap(), None);
}

async fn a_thread_grows_only_from_what_was_read(database: &Database) {
    let held = database.open().await;
    let step = |before, after| {
        let step = ChainStep { conversation: conversation(1), peer: nybro(), before, after };
        store(&held, WriteSet { chains: vec![step], ..WriteSet::default() })
    };
    let sent = Chain { sent_head: Some(digest(b"1")), received_head: None };
    let both = Chain { received_head: Some(digest(b"2")), ..sent };
    step(None, sent).await.unwrap();
    assert_eq!(step(None, both).await, Err(StorageError::Conflict));
    assert_eq!(step(Some(both), sent).await, Err(StorageError::Conflict));
    step(Some(sent), both).await.unwrap();
    let found = held
        .read(|reader| Box::pin(async { reader.chain(conversation(1), &nybro()).await }))
        .await
        .unwrap();
    assert_eq!(found, Some(both));
    let found = held
        .read(|reader| Box::pin(async { reader.chain(conversation(1), &kalmar()).await }))
        .await
        .unwrap();
    assert_eq!(found, None);
}
