//! Signals: written whole with their steps, changed only where nobody was faster, looked at when they are due, and erased.

use std::collections::BTreeSet;

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::lateness::Lateness;
use brygga_domain::notice::NoticeSide;
use brygga_domain::signal::{
    PriorityMark, Signal, SignalAlarm, SignalOutcome, SignalStep, SignalSubject, SignalTimes,
    StepReason, TakenStep,
};
use brygga_domain::{AgreementId, DisclosureGround, MessageId, NoticeId, UnitId};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::notice::{NoticePart, NoticeWrites, StoredNoticePart};
use brygga_exchange::records::{ContentAtRest, IdempotencyKey};
use brygga_exchange::signal::{ChangedSignal, NewSignal, SignalWrites};
use brygga_storage::{StorageError, Store};

use crate::database::Database;
use crate::fixtures::{at, bytes, digest, kalmar, nybro, store};
use crate::on_both;

on_both!(
    a_signal_reads_back_with_every_fact_and_step,
    of_two_who_change_a_signal_one_is_first,
    a_signal_is_found_by_its_request,
    what_comes_first_is_listed_first_and_what_is_open_however_old,
    what_is_due_is_found_in_the_order_of_time_and_counted,
    rounds_expire_after_their_day_and_no_other_signal,
    an_erased_signal_keeps_its_facts_and_no_content,
    a_chain_is_found_from_any_of_its_signals,
);

fn id(number: u32) -> NoticeId {
    NoticeId::from_bytes(bytes(b'n', number))
}

pub(crate) fn signal(number: u32) -> Signal {
    Signal {
        id: id(number),
        side: NoticeSide::Recipient,
        sender: kalmar(),
        recipient: nybro(),
        sender_unit: None,
        recipient_unit: UnitId::parse("bosocialt").ok(),
        subject: SignalSubject::Arrears,
        replaces: Some(id(99)),
        on: None,
        priority: [PriorityMark::Children, PriorityMark::Over65].into(),
        rank: 1,
        times: SignalTimes { contact_days: 4, on_site_hours: 24, take_on_days: 6 },
        ground: DisclosureGround::LandlordDuty,
        message_id: MessageId::from_bytes(bytes(b'm', number)),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 3,
        rule_id: "signal-1".to_owned(),
        sent_at: at(i64::from(number)),
        arrived_at: Some(at(i64::from(number))),
        not_taken: None,
        steps: Vec::new(),
        outcome: None,
        lateness: Lateness { raised: None, due_at: Some(at(50)) },
        changed_at: at(i64::from(number)),
        revision: 1,
    }
}

fn step(number: u32, step: SignalStep) -> TakenStep {
    TakenStep {
        message_id: MessageId::from_bytes(bytes(b't', number)),
        step,
        at: at(i64::from(number)),
        is_late: number == 2,
        reason: (number == 1).then_some(StepReason::NoTime),
        notice: (number == 2).then(|| id(42)),
    }
}

fn with(signals: SignalWrites) -> WriteSet {
    WriteSet { signals, ..WriteSet::default() }
}

async fn begin(to: &Store, signal: Signal, key: Option<u32>) {
    let idempotency = key
        .map(|number| IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"sent") });
    let new = vec![NewSignal { signal, idempotency }];
    store(to, with(SignalWrites { new, ..SignalWrites::default() })).await.unwrap();
}

async fn change(to: &Store, signal: Signal, before: u32, known: usize) -> Result<(), StorageError> {
    let changed = vec![ChangedSignal { signal, before, known }];
    store(to, with(SignalWrites { changed, ..SignalWrites::default() })).await
}

async fn held(of: &Store, number: u32) -> Option<Signal> {
    of.glance(move |reader| Box::pin(reader.signal_by_id(id(number)))).await.unwrap()
}

async fn a_signal_reads_back_with_every_fact_and_step(database: &Database) {
    let database = database.open().await;
    begin(&database, signal(1), None).await;
    assert_eq!(held(&database, 1).await, Some(signal(1)));
    let one = Signal {
        steps: vec![step(1, SignalStep::Visit)],
        on: "2026-09-07".parse().ok(),
        priority: BTreeSet::new(),
        rank: 0,
        revision: 2,
        ..signal(1)
    };
    change(&database, one.clone(), 1, 0).await.unwrap();
    let two = Signal {
        steps: vec![step(1, SignalStep::Visit), step(2, SignalStep::Undertaking)],
        outcome: Some(SignalOutcome::Averted),
        lateness: Lateness { raised: Some(SignalAlarm::NoContact), due_at: None },
        revision: 3,
        ..one
    };
    change(&database, two.clone(), 2, 1).await.unwrap();
    assert_eq!(held(&database, 1).await, Some(two));
    assert_eq!(held(&database, 2).await, None);
}

async fn of_two_who_change_a_signal_one_is_first(database: &Database) {
    let database = database.open().await;
    begin(&database, signal(1), None).await;
    let first = Signal { steps: vec![step(1, SignalStep::Letter)], revision: 2, ..signal(1) };
    change(&database, first.clone(), 1, 0).await.unwrap();
    let late = Signal { steps: vec![step(2, SignalStep::Call)], revision: 2, ..signal(1) };
    assert!(matches!(change(&database, late, 1, 0).await, Err(StorageError::Conflict)));
    assert_eq!(held(&database, 1).await, Some(first), "and no step of the other");
}

async fn a_signal_is_found_by_its_request(database: &Database) {
    let database = database.open().await;
    begin(&database, signal(1), Some(1)).await;
    let found = |number| {
        let key = bytes(b'i', number);
        database.glance(move |reader| Box::pin(reader.signal_by_idempotency_key(key)))
    };
    assert_eq!(found(1).await.unwrap(), Some((signal(1), digest(b"sent"))));
    assert_eq!(found(2).await.unwrap(), None);
}

async fn what_comes_first_is_listed_first_and_what_is_open_however_old(database: &Database) {
    let database = database.open().await;
    begin(&database, Signal { rank: 4, ..signal(1) }, None).await;
    begin(&database, Signal { rank: 0, ..signal(2) }, None).await;
    begin(&database, Signal { rank: 4, ..signal(3) }, None).await;
    let over = Signal { outcome: Some(SignalOutcome::Averted), rank: 0, ..signal(4) };
    begin(&database, over.clone(), None).await;
    begin(&database, Signal { id: id(5), changed_at: at(200), ..over }, None).await;
    let listed =
        |limit| database.glance(move |reader| Box::pin(reader.signals_since(at(100), limit)));
    let ids: Vec<_> = listed(9).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [id(2), id(1), id(3), id(5)]);
    assert_eq!(listed(2).await.unwrap().len(), 2);
}

async fn what_is_due_is_found_in_the_order_of_time_and_counted(database: &Database) {
    let database = database.open().await;
    let due = |number: u32, due: Option<i64>| Signal {
        lateness: Lateness { raised: None, due_at: due.map(at) },
        ..signal(number)
    };
    for one in [due(1, Some(30)), due(2, Some(20)), due(3, None), due(4, Some(41))] {
        begin(&database, one, None).await;
    }
    let found = |limit| database.glance(move |reader| Box::pin(reader.signals_due(at(40), limit)));
    let ids: Vec<_> = found(9).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [id(2), id(1)]);
    assert_eq!(found(1).await.unwrap().len(), 1);
    let lateness = Lateness { raised: Some(SignalAlarm::NotTakenOn), due_at: None };
    change(&database, Signal { lateness, revision: 2, ..due(1, None) }, 1, 0).await.unwrap();
    let counts = database.read(|reader| Box::pin(reader.raised_counts())).await.unwrap();
    assert_eq!((counts.notices, counts.signals), (0, 1));
    assert_eq!(counts.unhandled_since, Some(at(1)));
    let taken_on =
        Signal { steps: vec![step(1, SignalStep::TakenOn)], revision: 3, ..due(1, None) };
    change(&database, taken_on, 2, 0).await.unwrap();
    let over = Signal { outcome: Some(SignalOutcome::Averted), revision: 2, ..due(2, None) };
    change(&database, over, 1, 0).await.unwrap();
    let counts = database.read(|reader| Box::pin(reader.raised_counts())).await.unwrap();
    assert_eq!(counts.unhandled_since, Some(at(3)), "the others are worked with, or over");
}

async fn rounds_expire_after_their_day_and_no_other_signal(database: &Database) {
    let database = database.open().await;
    let on = "2026-09-30".parse().ok();
    let round = Signal { subject: SignalSubject::VisitRound, on, ..signal(1) };
    let over = Signal { id: id(2), outcome: Some(SignalOutcome::Withdrawn), ..round.clone() };
    for one in [round, over, Signal { on, ..signal(3) }] {
        begin(&database, one, None).await;
    }
    let expired = |day: &str| {
        let day = day.parse().unwrap();
        database.glance(move |reader| Box::pin(reader.rounds_to_expire(day, 9)))
    };
    assert_eq!(expired("2026-09-30").await.unwrap(), []);
    assert_eq!(expired("2026-10-01").await.unwrap(), [id(1)]);
}

async fn an_erased_signal_keeps_its_facts_and_no_content(database: &Database) {
    let database = database.open().await;
    begin(&database, signal(1), Some(1)).await;
    let slot = KeySlot::from_bytes(bytes(b's', 1));
    let part = StoredNoticePart {
        id: MessageId::from_bytes(bytes(b'm', 1)),
        notice_id: id(1),
        part: NoticePart::Signal,
        is_own: false,
        content: Some(ContentAtRest { key_slot: slot, ciphertext: vec![7, 8] }),
    };
    let notices = NoticeWrites { parts: vec![part], ..NoticeWrites::default() };
    store(&database, WriteSet { notices, ..WriteSet::default() }).await.unwrap();
    let slots = || {
        let subject = Subject::Signal(id(1));
        database.read(move |reader| Box::pin(reader.erasable_slots(subject)))
    };
    assert_eq!(slots().await.unwrap().unwrap().slots, [slot]);
    let subject = Subject::Signal(id(1));
    let erasure = Erasure { subject, erased_at: at(9), messages: Vec::new() };
    store(&database, WriteSet { erasures: vec![erasure], ..WriteSet::default() }).await.unwrap();
    let left = slots().await.unwrap().unwrap();
    assert_eq!((left.slots, left.erased_at), (Vec::new(), Some(at(9))));
    let parts = database.glance(|reader| Box::pin(reader.notice_parts(id(1)))).await.unwrap();
    assert!(parts.len() == 1 && parts[0].content.is_none());
    assert_eq!(held(&database, 1).await, Some(signal(1)));
}

async fn a_chain_is_found_from_any_of_its_signals(database: &Database) {
    let database = database.open().await;
    let after = |number, replaces| Signal { replaces, ..signal(number) };
    // The second and the third go on from the first, the fourth from the third; the fifth has lost its way.
    let all = [
        after(1, None),
        after(2, Some(id(1))),
        after(3, Some(id(1))),
        after(4, Some(id(3))),
        after(5, Some(id(99))),
    ];
    for one in all {
        begin(&database, one, None).await;
    }
    let chain = |number, limit| {
        let found = database.glance(move |reader| Box::pin(reader.signal_chain(id(number), limit)));
        async move { found.await.unwrap().iter().map(|one| one.id).collect::<Vec<_>>() }
    };
    for number in 1..5 {
        assert_eq!(chain(number, 9).await, [id(1), id(2), id(3), id(4)], "{number}");
    }
    assert_eq!(chain(1, 2).await, [id(1), id(2)]);
    assert_eq!(chain(5, 9).await, [id(5)]);
    assert_eq!(chain(6, 9).await, []);
}
