//! Notices of evictions: written whole, changed only where nobody was faster.

use brygga_crypto::at_rest::KeySlot;
use brygga_domain::lateness::Lateness;
use brygga_domain::notice::{CaseNumber, EvictionNotice, NoticeAlarm, NoticeKind, NoticeSide};
use brygga_domain::{AgreementId, MessageId, NoticeId, Reason, UnitId};
use brygga_exchange::WriteSet;
use brygga_exchange::notice::{
    ChangedNotice, NewNotice, NoticePart, NoticeWrites, StoredNoticePart,
};
use brygga_exchange::records::{ContentAtRest, IdempotencyKey};
use brygga_storage::{StorageError, Store};

use crate::database::Database;
use crate::fixtures::{at, bytes, digest, kalmar, nybro, store};
use crate::on_both;

on_both!(
    a_notice_reads_back_with_every_fact,
    of_two_who_change_a_notice_one_is_first,
    a_notice_is_found_by_the_key_of_each_of_its_messages,
    notices_that_are_not_over_are_listed_however_old,
    what_waits_at_the_municipality_is_counted,
    a_protected_notice_is_never_stored_without_its_function,
    every_part_of_a_notice_reads_back_and_its_key_is_in_use,
);

pub(crate) fn id(number: u32) -> NoticeId {
    NoticeId::from_bytes(bytes(b'n', number))
}

pub(crate) fn notice(number: u32) -> EvictionNotice {
    EvictionNotice {
        id: id(number),
        side: NoticeSide::Sender,
        sender: kalmar(),
        recipient: nybro(),
        sender_unit: None,
        recipient_unit: UnitId::parse("skyddad-post").ok(),
        protected: true,
        case_number: CaseNumber::parse("U-12345-26").unwrap(),
        with_children: false,
        kind: NoticeKind::Scheduled,
        until: None,
        message_id: MessageId::from_bytes(bytes(b'm', number)),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 3,
        rule_id: "avisering".to_owned(),
        sent_at: at(i64::from(number)),
        arrived_at: None,
        not_taken: None,
        confirmed_at: None,
        lateness: Lateness::default(),
        changed_at: at(i64::from(number)),
        revision: 1,
    }
}

fn with(notices: NoticeWrites) -> WriteSet {
    WriteSet { notices, ..WriteSet::default() }
}

fn key(number: u32) -> IdempotencyKey {
    IdempotencyKey { key: bytes(b'i', number), request_digest: digest(b"sent") }
}

fn begun(notice: EvictionNotice, number: u32) -> WriteSet {
    let own = notice.side == NoticeSide::Sender;
    let new = vec![NewNotice { notice, idempotency: own.then(|| key(number)) }];
    with(NoticeWrites { new, ..NoticeWrites::default() })
}

async fn change(
    to: &Store,
    notice: EvictionNotice,
    idempotency: Option<IdempotencyKey>,
) -> Result<(), StorageError> {
    let changed = vec![ChangedNotice { notice, before: 1, idempotency }];
    store(to, with(NoticeWrites { changed, ..NoticeWrites::default() })).await
}

async fn held(of: &Store, number: u32) -> Option<EvictionNotice> {
    of.glance(move |reader| Box::pin(reader.notice_by_id(id(number)))).await.unwrap()
}

async fn a_notice_reads_back_with_every_fact(database: &Database) {
    let database = database.open().await;
    store(&database, begun(notice(1), 1)).await.unwrap();
    assert_eq!(held(&database, 1).await, Some(notice(1)));
    let confirmed = EvictionNotice {
        message_id: MessageId::from_bytes(bytes(b'm', 9)),
        sent_at: at(20),
        arrived_at: Some(at(21)),
        confirmed_at: Some(at(22)),
        lateness: Lateness { raised: Some(NoticeAlarm::Warning), due_at: Some(at(24)) },
        changed_at: at(23),
        revision: 2,
        ..notice(1)
    };
    change(&database, confirmed.clone(), None).await.unwrap();
    assert_eq!(held(&database, 1).await, Some(confirmed.clone()));
    let deferred = EvictionNotice {
        kind: NoticeKind::Respite,
        until: "2026-12-18".parse().ok(),
        confirmed_at: None,
        revision: 3,
        ..confirmed
    };
    let changed = vec![ChangedNotice { notice: deferred.clone(), before: 2, idempotency: None }];
    store(&database, with(NoticeWrites { changed, ..NoticeWrites::default() })).await.unwrap();
    assert_eq!(held(&database, 1).await, Some(deferred));
    let arrived = EvictionNotice {
        side: NoticeSide::Recipient,
        sender_unit: UnitId::parse("vrakning").ok(),
        recipient_unit: None,
        protected: false,
        kind: NoticeKind::Removal,
        with_children: true,
        arrived_at: Some(at(3)),
        ..notice(2)
    };
    store(&database, begun(arrived.clone(), 2)).await.unwrap();
    assert_eq!(held(&database, 2).await, Some(arrived));
    let refused = EvictionNotice { not_taken: Some(Reason::ProtectedWay), ..notice(3) };
    store(&database, begun(refused.clone(), 3)).await.unwrap();
    assert_eq!(held(&database, 3).await, Some(refused));
    assert_eq!(held(&database, 4).await, None);
}

async fn of_two_who_change_a_notice_one_is_first(database: &Database) {
    let database = database.open().await;
    store(&database, begun(notice(1), 1)).await.unwrap();
    let withdrawn = EvictionNotice { kind: NoticeKind::Withdrawn, revision: 2, ..notice(1) };
    change(&database, withdrawn.clone(), None).await.unwrap();
    let late = EvictionNotice { confirmed_at: Some(at(5)), revision: 2, ..notice(1) };
    assert!(matches!(change(&database, late, None).await, Err(StorageError::Conflict)));
    assert_eq!(held(&database, 1).await, Some(withdrawn));
}

async fn a_notice_is_found_by_the_key_of_each_of_its_messages(database: &Database) {
    let database = database.open().await;
    store(&database, begun(notice(1), 1)).await.unwrap();
    let found = |number| {
        let key = bytes(b'i', number);
        database.glance(move |reader| Box::pin(reader.notice_by_idempotency_key(key)))
    };
    assert_eq!(found(1).await.unwrap(), Some((notice(1), digest(b"sent"))));
    let next = EvictionNotice { kind: NoticeKind::Respite, revision: 2, ..notice(1) };
    change(&database, next.clone(), Some(key(2))).await.unwrap();
    for number in [1, 2] {
        assert_eq!(found(number).await.unwrap(), Some((next.clone(), digest(b"sent"))));
    }
    assert_eq!(found(3).await.unwrap(), None);
}

async fn notices_that_are_not_over_are_listed_however_old(database: &Database) {
    let database = database.open().await;
    let over = |number, kind| EvictionNotice { kind, ..notice(number) };
    store(&database, begun(notice(1), 1)).await.unwrap();
    store(&database, begun(over(2, NoticeKind::Withdrawn), 2)).await.unwrap();
    let refused = EvictionNotice { not_taken: Some(Reason::PolicyDenied), ..notice(3) };
    store(&database, begun(refused, 3)).await.unwrap();
    let recent = EvictionNotice { changed_at: at(200), ..over(4, NoticeKind::Executed) };
    store(&database, begun(recent, 4)).await.unwrap();
    let listed =
        |limit| database.glance(move |reader| Box::pin(reader.notices_since(at(100), limit)));
    let ids: Vec<_> = listed(9).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [id(4), id(1)]);
    assert_eq!(listed(1).await.unwrap().len(), 1);
}

async fn what_waits_at_the_municipality_is_counted(database: &Database) {
    let database = database.open().await;
    let open = |number| EvictionNotice {
        side: NoticeSide::Recipient,
        protected: false,
        arrived_at: Some(at(3)),
        ..notice(number)
    };
    let late = Lateness { raised: Some(NoticeAlarm::Warning), due_at: None };
    let all = [
        open(1),
        EvictionNotice { lateness: late, ..open(2) },
        EvictionNotice { confirmed_at: Some(at(4)), ..open(3) },
        EvictionNotice { protected: true, ..open(4) },
        EvictionNotice { kind: NoticeKind::Withdrawn, ..open(5) },
        EvictionNotice { protected: false, ..notice(6) },
    ];
    for (number, one) in (1..).zip(all) {
        store(&database, begun(one, number)).await.unwrap();
    }
    let counted = database.glance(|reader| Box::pin(reader.notices_waiting())).await;
    assert_eq!(counted.unwrap(), (2, 1));
}

async fn a_protected_notice_is_never_stored_without_its_function(database: &Database) {
    let database = database.open().await;
    let astray = EvictionNotice { recipient_unit: None, ..notice(1) };
    assert!(store(&database, begun(astray, 1)).await.is_err());
    assert_eq!(held(&database, 1).await, None);
}

async fn every_part_of_a_notice_reads_back_and_its_key_is_in_use(database: &Database) {
    let database = database.open().await;
    store(&database, begun(notice(1), 1)).await.unwrap();
    let slot = KeySlot::from_bytes(bytes(b's', 1));
    let part = |number, part| StoredNoticePart {
        id: MessageId::from_bytes(bytes(b'm', number)),
        notice_id: id(1),
        part,
        is_own: number == 1,
        content: Some(ContentAtRest { key_slot: slot, ciphertext: vec![7, 8] }),
    };
    let all = [
        part(1, NoticePart::Eviction),
        part(2, NoticePart::Confirmation),
        part(3, NoticePart::Eviction),
    ];
    let parts = all.to_vec();
    store(&database, with(NoticeWrites { parts, ..NoticeWrites::default() })).await.unwrap();
    let parts = database.glance(|reader| Box::pin(reader.notice_parts(id(1)))).await.unwrap();
    let mut wanted = all.to_vec();
    wanted.sort_by_key(|part| part.id);
    assert_eq!(parts, wanted, "in the order of their messages");
    let used =
        database.read(move |reader| Box::pin(async move { reader.slots_in_use(&[slot]).await }));
    assert!(used.await.unwrap().contains(&slot));
}
