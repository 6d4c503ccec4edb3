//! Erasure in the database: a tombstone stays, and nothing of what it stood for.

use brygga_domain::Reason;
use brygga_domain::referral::{Delivery, Side};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::{
    ConsentAtRest, ContentAtRest, IdempotencyKey, NewReferral, OutboxEntry, OutboxState, StoredNote,
};
use brygga_exchange::write_set::OutboxChange;
use brygga_storage::{CaseSlots, Store};

use crate::database::Database;
use crate::fixtures::{
    NOW, at, bytes, consent, consent_id, conversation, digest, key_slot, message_id, new_referral,
    outbox_entry, referral_id, store,
};
use crate::on_both;

on_both!(
    an_erased_case_leaves_a_tombstone,
    an_erasure_keeps_its_first_instant,
    a_slot_is_in_use_until_its_case_is_erased,
    an_envelope_with_content_is_stored_as_it_is_at_rest,
    the_words_of_a_consent_are_erased_and_the_consent_stays,
    notes_are_erased_with_their_case,
);

async fn slots(store: &Store, number: u32) -> Option<CaseSlots> {
    store.glance(move |reader| Box::pin(reader.case_slots(referral_id(number)))).await.unwrap()
}

async fn thread(store: &Store, number: u32) -> Vec<OutboxEntry> {
    store.glance(move |reader| Box::pin(reader.outbox_thread(conversation(number)))).await.unwrap()
}

fn erasure(number: u32, seconds: i64) -> Erasure {
    let subject = Subject::Referral(referral_id(number));
    Erasure { subject, erased_at: at(seconds), messages: vec![message_id(number)] }
}

/// A case at its source, as it is stored with the message that asks for it.
fn begun(number: u32) -> WriteSet {
    let idempotency = IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"asked") };
    let at_rest = ContentAtRest { key_slot: key_slot(number), ciphertext: vec![3; 90] };
    WriteSet {
        new_referrals: vec![NewReferral {
            idempotency: Some(idempotency),
            ..new_referral(number, Side::Source)
        }],
        outbox: vec![OutboxEntry { at_rest: Some(at_rest), ..outbox_entry(number) }],
        ..WriteSet::default()
    }
}

async fn an_erased_case_leaves_a_tombstone(database: &Database) {
    let held = database.open().await;
    for number in [1, 2] {
        store(&held, begun(number)).await.unwrap();
    }
    let stopped = OutboxChange {
        message_id: message_id(1),
        attempts: 0,
        state: OutboxState::Dead { reason: Reason::ConsentWithdrawn },
    };
    let writes = WriteSet {
        outbox_changes: vec![stopped],
        erasures: vec![erasure(1, 10)],
        ..WriteSet::default()
    };
    store(&held, writes).await.unwrap();
    let (erased, other) = (slots(&held, 1).await.unwrap(), slots(&held, 2).await.unwrap());
    assert_eq!(erased, CaseSlots { slots: Vec::new(), erased_at: Some(at(10)) });
    assert_eq!(other, CaseSlots { slots: vec![key_slot(2)], erased_at: None });
    assert_eq!(slots(&held, 3).await, None);
    let content = held.glance(|reader| Box::pin(reader.referral_content(referral_id(1)))).await;
    assert_eq!(content.unwrap(), None);
    let message = thread(&held, 1).await.remove(0);
    assert!(message.is_erased() && message.at_rest.is_none());
    assert_eq!(message.state.delivery(), Delivery::Undeliverable);
    assert!(!thread(&held, 2).await.remove(0).is_erased());
    // A repeat finds the case, and never matches what was asked: that digest was of the person.
    let key = bytes(b'i', 1);
    let repeated =
        held.glance(move |reader| Box::pin(reader.referral_by_idempotency_key(key))).await;
    let (referral, asked) = repeated.unwrap().unwrap();
    assert_eq!(referral.id, referral_id(1));
    assert_eq!(referral.grant.eligibility, None, "what was affirmed was of the person");
    assert_eq!(asked.as_bytes(), &[0; 32]);
}

async fn an_erasure_keeps_its_first_instant(database: &Database) {
    let held = database.open().await;
    store(&held, begun(1)).await.unwrap();
    for seconds in [10, 20] {
        let writes = WriteSet { erasures: vec![erasure(1, seconds)], ..WriteSet::default() };
        store(&held, writes).await.unwrap();
    }
    assert_eq!(slots(&held, 1).await.unwrap().erased_at, Some(at(10)));
}

async fn a_slot_is_in_use_until_its_case_is_erased(database: &Database) {
    let held = database.open().await;
    for number in [1, 2] {
        store(&held, begun(number)).await.unwrap();
    }
    let in_use = || async {
        let asked: Vec<_> = (0..40).map(key_slot).collect();
        let found =
            held.glance(move |reader| Box::pin(async move { reader.slots_in_use(&asked).await }));
        let mut found = found.await.unwrap();
        found.sort();
        found
    };
    let mut both = vec![key_slot(1), key_slot(2)];
    both.sort();
    assert_eq!(in_use().await, both);
    let writes = WriteSet { erasures: vec![erasure(1, 10)], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    assert_eq!(in_use().await, [key_slot(2)]);
}

async fn an_envelope_with_content_is_stored_as_it_is_at_rest(database: &Database) {
    let held = database.open().await;
    let writes = begun(1);
    let kept = writes.outbox[0].clone();
    store(&held, writes).await.unwrap();
    let read = thread(&held, 1).await.remove(0);
    assert_eq!(read, OutboxEntry { envelope: Vec::new(), ..kept });
}

async fn the_words_of_a_consent_are_erased_and_the_consent_stays(database: &Database) {
    let held = database.open().await;
    let words = ContentAtRest { key_slot: key_slot(5), ciphertext: vec![4; 60] };
    let at_rest = ConsentAtRest { consent_id: consent_id(1), words: words.clone() };
    let writes = WriteSet {
        consents: vec![consent(1)],
        consent_words: vec![at_rest],
        ..WriteSet::default()
    };
    store(&held, writes).await.unwrap();
    // A withdrawal brings no words and takes none.
    let mut withdrawn = consent(1);
    withdrawn.withdraw(at(5));
    let writes = WriteSet { consents: vec![withdrawn], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    let read = || held.glance(|reader| Box::pin(reader.consent_words(consent_id(1))));
    assert_eq!(read().await.unwrap(), Some(words));
    let subject = Subject::Consent(consent_id(1));
    let slots = || held.glance(move |reader| Box::pin(reader.erasable_slots(subject)));
    assert_eq!(slots().await.unwrap().unwrap().slots, [key_slot(5)]);
    let in_use = held.glance(|reader| {
        Box::pin(async move { reader.slots_in_use(&[key_slot(4), key_slot(5)]).await })
    });
    assert_eq!(in_use.await.unwrap(), [key_slot(5)]);
    let erasure = Erasure { subject, erased_at: at(9), messages: Vec::new() };
    let writes = WriteSet { erasures: vec![erasure], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    assert_eq!(read().await.unwrap(), None);
    let erased = CaseSlots { slots: Vec::new(), erased_at: Some(at(9)) };
    assert_eq!(slots().await.unwrap(), Some(erased));
    let kept = held.glance(|reader| Box::pin(reader.consent_by_id(consent_id(1)))).await;
    assert_eq!(kept.unwrap().unwrap().withdrawn_at, Some(at(5)));
}

async fn notes_are_erased_with_their_case(database: &Database) {
    let held = database.open().await;
    let note = |number, case| StoredNote {
        id: message_id(number),
        referral_id: referral_id(case),
        is_own: true,
        author_unit: None,
        written_at: NOW,
        consent_id: None,
        content: Some(ContentAtRest { key_slot: key_slot(number), ciphertext: vec![6; 40] }),
    };
    let mut writes = begun(1);
    writes.merge(begun(2));
    writes.notes = vec![note(11, 1), note(12, 1), note(13, 2)];
    store(&held, writes).await.unwrap();
    let mut of_case = slots(&held, 1).await.unwrap().slots;
    of_case.sort();
    let mut expected = vec![key_slot(1), key_slot(11), key_slot(12)];
    expected.sort();
    assert_eq!(of_case, expected);
    let writes = WriteSet { erasures: vec![erasure(1, 10)], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    assert_eq!(slots(&held, 1).await.unwrap().slots, []);
    assert_eq!(slots(&held, 2).await.unwrap().slots.len(), 2);
}
