//! What becomes of notices and signals: those that hold personal data are found by when they were told last, kept with a
//! reason, and erased with it.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::notice::{EvictionNotice, NoticeKind};
use brygga_domain::signal::{Signal, SignalOutcome};
use brygga_domain::{MessageId, NoticeId, Reason};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::notice::{KeptNotice, NewNotice, NoticePart, NoticeWrites, StoredNoticePart};
use brygga_exchange::records::{ContentAtRest, IdempotencyKey};
use brygga_exchange::signal::{NewSignal, SignalWrites};
use brygga_storage::{CaseSlots, HeldNotice, Store};

use crate::database::Database;
use crate::fixtures::{at, bytes, digest, store};
use crate::notices::{id, notice};
use crate::on_both;
use crate::signals::signal;

on_both!(
    what_holds_personal_data_is_found_by_when_it_was_told_last,
    an_erased_notice_keeps_its_facts_and_no_content,
);

fn slot(number: u32) -> KeySlot {
    KeySlot::from_bytes(bytes(b's', number))
}

fn part(number: u32, of: NoticeId) -> StoredNoticePart {
    StoredNoticePart {
        id: MessageId::from_bytes(bytes(b'm', number)),
        notice_id: of,
        part: NoticePart::Eviction,
        is_own: true,
        content: Some(ContentAtRest { key_slot: slot(number), ciphertext: vec![7, 8] }),
    }
}

/// Stores notices and signals, and a sealed part for each of the ids.
async fn held(in_: &Store, notices: Vec<EvictionNotice>, signals: Vec<Signal>, parts: &[u32]) {
    let given =
        |number| IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"sent") };
    let new = (1..).zip(notices);
    let new = new.map(|(number, notice)| NewNotice { notice, idempotency: Some(given(number)) });
    let parts = parts.iter().map(|number| part(*number, id(*number))).collect();
    let notices = NoticeWrites { new: new.collect(), parts, ..NoticeWrites::default() };
    let new = signals.into_iter().map(|signal| NewSignal { signal, idempotency: None }).collect();
    let signals = SignalWrites { new, ..SignalWrites::default() };
    store(in_, WriteSet { notices, signals, ..WriteSet::default() }).await.unwrap();
}

async fn what_holds_personal_data_is_found_by_when_it_was_told_last(database: &Database) {
    let database = database.open().await;
    let executed = EvictionNotice { kind: NoticeKind::Executed, ..notice(2) };
    let open = EvictionNotice { protected: false, ..notice(3) };
    let refused = EvictionNotice { not_taken: Some(Reason::NotFound), ..notice(4) };
    let paid = Signal { outcome: Some(SignalOutcome::Averted), ..signal(1) };
    let astray = Signal { arrived_at: None, not_taken: Some(Reason::NotFound), ..signal(6) };
    // The eighth holds nothing.
    let signals = vec![signal(5), paid, astray, signal(8)];
    held(&database, vec![executed, open, refused], signals, &[1, 2, 3, 4, 5, 6]).await;
    let find =
        |after, limit| database.glance(move |reader| Box::pin(reader.notices_held(after, limit)));
    let one = |number, subject: fn(NoticeId) -> Subject, is_protected, is_over| HeldNotice {
        id: id(number),
        subject: subject(id(number)),
        is_protected,
        changed_at: at(i64::from(number)),
        is_over,
        kept: None,
    };
    let wanted = [
        one(1, Subject::Signal, false, true),
        one(2, Subject::Notice, true, true),
        one(3, Subject::Notice, false, false),
        one(4, Subject::Notice, true, true),
        one(5, Subject::Signal, false, false),
        one(6, Subject::Signal, false, true),
    ];
    assert_eq!(find(None, 9).await.unwrap(), wanted);
    assert_eq!(find(Some(wanted[1].place()), 2).await.unwrap(), wanted[2..4]);
}

async fn an_erased_notice_keeps_its_facts_and_no_content(database: &Database) {
    let database = database.open().await;
    held(&database, vec![notice(1)], vec![signal(2)], &[1, 2]).await;
    let find = || database.glance(|reader| Box::pin(reader.notices_held(None, 9)));
    for (number, until) in [(1, None), (2, Some(at(50))), (1, Some(at(60)))] {
        let kept = KeptNotice { id: id(number), until, section: "SoL 16:1".to_owned() };
        let notices = NoticeWrites { kept: vec![kept.clone()], ..NoticeWrites::default() };
        store(&database, WriteSet { notices, ..WriteSet::default() }).await.unwrap();
        let found = find().await.unwrap();
        assert_eq!(found[number as usize - 1].kept, Some(kept));
    }
    for erased_at in [at(60), at(70)] {
        let subject = Subject::Notice(id(1));
        let erasures = vec![Erasure { subject, erased_at, messages: Vec::new() }];
        store(&database, WriteSet { erasures, ..WriteSet::default() }).await.unwrap();
        let left = database.read(move |reader| Box::pin(reader.erasable_slots(subject)));
        let cleared = CaseSlots { slots: Vec::new(), erased_at: Some(at(60)) };
        assert_eq!(left.await.unwrap(), Some(cleared));
    }
    let left = find().await.unwrap();
    assert_eq!((left.len(), left[0].id), (1, id(2)), "the signal is another's");
    let parts = database.glance(|reader| Box::pin(reader.notice_parts(id(1)))).await.unwrap();
    assert!(parts.len() == 1 && parts[0].content.is_none());
    let stands = database.glance(|reader| Box::pin(reader.notice_by_id(id(1)))).await.unwrap();
    assert_eq!(stands, Some(notice(1)), "how it stood stays");
    let key = bytes(b'i', 1);
    let by_key = database.glance(move |reader| Box::pin(reader.notice_by_idempotency_key(key)));
    let (_, asked) = by_key.await.unwrap().expect("a repeat begins nothing anew");
    assert_ne!(asked, digest(b"sent"), "which covers the personal data");
    let none = Subject::Notice(id(9));
    let none = database.glance(move |reader| Box::pin(reader.erasable_slots(none)));
    assert_eq!(none.await.unwrap(), None);
}
