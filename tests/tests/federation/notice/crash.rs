//! kill -9 of Kronofogden's node or the municipality's while notices are told, followed and confirmed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brygga_proto::local::v1::ListNoticesRequest;
use tokio::task::JoinSet;

use super::*;
use crate::crash::{Pair, is_lost};
use crate::setting::agree;

/// Kills in one run.
const KILLS: u32 = 20;
/// Officers who send at the same time.
const SENDERS: usize = 3;

/// What people know: what each notice told last that was acknowledged, and which were confirmed.
#[derive(Default)]
struct Ledger {
    told: Mutex<BTreeMap<Vec<u8>, NoticeKind>>,
    confirmed: Mutex<BTreeSet<Vec<u8>>>,
    done: AtomicBool,
}

/// A request until it is answered; none where nothing can be done any more.
macro_rules! until_answered {
    ($ask:expr) => {
        loop {
            match $ask.await {
                Err(status) if is_lost(&status) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                answered => break answered,
            }
        }
    };
}

/// Tells of one eviction after the other, every third of which is withdrawn, each under its key until it is acknowledged.
async fn tell(staff: Staff, ledger: Arc<Ledger>) {
    let mut count = 0_u32;
    while !ledger.done.load(Ordering::SeqCst) {
        let wish = wish(Protection::None);
        let notice = until_answered!(send(&staff, wish.clone())).expect("a repeat succeeds");
        let mut kind = NoticeKind::Scheduled;
        count += 1;
        if count.is_multiple_of(3) {
            let next = following(&notice, NoticeKind::Withdrawn);
            until_answered!(send(&staff, next.clone())).expect("a repeat succeeds");
            kind = NoticeKind::Withdrawn;
        }
        ledger.told.lock().expect("nobody panicked").insert(notice.notice_id, kind);
    }
}

/// Confirms what waits, until nothing more comes.
async fn confirm_all(staff: Staff, ledger: Arc<Ledger>) {
    while !ledger.done.load(Ordering::SeqCst) {
        let Ok(listed) = all(&staff).await else { continue };
        for waiting in listed.iter().filter(|one| one.breach_at.is_some()) {
            // What was withdrawn meanwhile is not confirmed any more.
            if until_answered!(confirm(&staff, waiting)).is_ok() {
                let id = waiting.notice_id.clone();
                ledger.confirmed.lock().expect("nobody panicked").insert(id);
            }
        }
    }
}

async fn all(staff: &Staff) -> Result<Vec<Notice>, Status> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListNoticesRequest { page_size: 500, page_token };
        let page = staff.notices().list_notices(request).await?.into_inner();
        all.extend(page.notices);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// How each stands in somebody's list, and whether it is confirmed; none is there twice.
async fn stand(staff: &Staff) -> BTreeMap<Vec<u8>, (NoticeKind, bool)> {
    let listed = all(staff).await.expect("a list");
    let count = listed.len();
    let stand = |one: Notice| {
        let (kind, is_confirmed) = (one.kind(), one.confirmed_at.is_some());
        (one.notice_id, (kind, is_confirmed))
    };
    let stands: BTreeMap<_, _> = listed.into_iter().map(stand).collect();
    assert_eq!(stands.len(), count, "a notice is there twice");
    stands
}

/// Kronofogden tells, takes back and is answered while one node or the other is killed, twenty times.
///
/// Verified: every notice that was acknowledged is at both ends, once, and says what was told last; every confirmation that
/// was acknowledged and that nothing has followed is known to both; and both ends hold the same.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_lose_no_notice_and_no_confirmation() {
    let mut pair = Pair::start(&[KALMAR, KRONOFOGDEN]).await;
    let now = pair.region.clock("kalmar").now();
    agree(&pair.region, "kronofogden", "kalmar", terms(now)).await;
    let kronofogden = pair.region.staff("kronofogden", "KFM_OFFICER", None);
    let kalmar = pair.region.staff("kalmar", "CASE_WORKER", None);
    let ledger = Arc::new(Ledger::default());
    let mut people = JoinSet::new();
    for _ in 0..SENDERS {
        people.spawn(tell(kronofogden.clone(), Arc::clone(&ledger)));
    }
    people.spawn(confirm_all(kalmar.clone(), Arc::clone(&ledger)));
    pair.kill_often(KILLS).await;
    ledger.done.store(true, Ordering::SeqCst);
    while let Some(ended) = people.join_next().await {
        ended.expect("somebody ends well");
    }
    for name in ["kronofogden", "kalmar", "kronofogden"] {
        pair.has_sent_all(name).await;
    }
    let (sent, received) = (stand(&kronofogden).await, stand(&kalmar).await);
    let told = ledger.told.lock().expect("nobody panicked").clone();
    let confirmed = ledger.confirmed.lock().expect("nobody panicked").clone();
    eprintln!("{} told, {} confirmed through {KILLS} kills", told.len(), confirmed.len());
    assert!(told.len() > 20 && confirmed.len() > 10, "the load was real");
    assert_eq!(sent, received, "both hold the same");
    let sent_kinds: BTreeMap<_, _> =
        sent.iter().map(|(id, (kind, _))| (id.clone(), *kind)).collect();
    assert_eq!(sent_kinds, told, "what was told last, and nothing else");
    for id in confirmed.iter().filter(|id| told[*id] == NoticeKind::Scheduled) {
        assert!(sent[id].1, "a confirmation is lost");
    }
}
