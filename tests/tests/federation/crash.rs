//! kill -9 of either node at random instants under load.

use std::collections::BTreeSet;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, SubjectArea};
use brygga_proto::local::v1::{ListReferralsRequest, Referral, ShowNodeRequest, Side};
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, eventually, referral_to};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use crate::setting::{agree, record, request};

/// Kills in one run.
const KILLS: u32 = 50;
/// Case workers who send at the same time.
const SENDERS: u32 = 6;

/// Two processes and whoever of them is alive.
pub(crate) struct Pair {
    pub(crate) region: Region,
    running: [(&'static str, Child); 2],
}

impl Pair {
    /// Both run and answer.
    pub(crate) async fn start(places: &[Place; 2]) -> Self {
        let region = Region::found(places);
        let names = places.each_ref().map(|place| place.name);
        let running = names.map(|name| (name, region.program().serve(&region.path(name))));
        let pair = Self { region, running };
        for name in names {
            pair.is_up(name).await;
        }
        pair
    }

    async fn is_up(&self, name: &str) {
        let staff = self.region.staff(name, "OPERATOR", None);
        eventually("the node answers", || async {
            staff.node().show_node(ShowNodeRequest {}).await.ok()
        })
        .await;
    }

    /// As a power cut would end it, and up again.
    async fn kill_and_restart(&mut self, which: usize) {
        let (name, child) = &mut self.running[which];
        child.kill().expect("the node runs");
        child.wait().expect("it has ended");
        *child = self.region.program().serve(&self.region.path(name));
        let name = *name;
        self.is_up(name).await;
    }

    /// One or the other is killed, at instants that a seed gives.
    pub(crate) async fn kill_often(&mut self, kills: u32) {
        let seed = std::env::var("BRYGGA_CRASH_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        eprintln!("replay with BRYGGA_CRASH_SEED={seed}");
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..kills {
            tokio::time::sleep(Duration::from_millis(50 + dice.next_u64() % 250)).await;
            let which = usize::from(dice.next_u64() % 2 == 0);
            self.kill_and_restart(which).await;
        }
    }

    /// Waits until a node has nothing more to send, and checks that it gave nothing up.
    pub(crate) async fn has_sent_all(&self, name: &str) {
        let operator = self.region.staff(name, "OPERATOR", None);
        eventually("the outbox is empty", || async {
            let node = operator.node().show_node(ShowNodeRequest {}).await.ok()?.into_inner();
            assert_eq!(node.outbox_dead, 0, "nothing was given up");
            (node.outbox_queued == 0).then_some(())
        })
        .await;
    }
}

/// Whether an answer was lost with the process, so that whoever asked asks again.
pub(crate) fn is_lost(status: &Status) -> bool {
    let code = status.code();
    matches!(code, Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal)
}

impl Drop for Pair {
    fn drop(&mut self) {
        for (_, child) in &mut self.running {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What the senders know: every key that they used, and every referral that was acknowledged.
#[derive(Default)]
struct Ledger {
    tried: AtomicU64,
    acknowledged: Mutex<BTreeSet<Vec<u8>>>,
    done: AtomicBool,
}

/// Kalmar sends referrals to Nybro while one or the other is killed, fifty times.
///
/// Verified: each acknowledged referral is at Kalmar and at Nybro, once; each key that was used made
/// exactly one referral, however often it was repeated; and nothing is at Nybro that is not at Kalmar.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_nothing_acknowledged_and_repeat_nothing() {
    let mut pair = Pair::start(&[Place::KALMAR, Place::NYBRO]).await;
    let consent = prepare(&pair.region).await;
    let ledger = Arc::new(Ledger::default());
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        senders.spawn(send(
            pair.region.staff("kalmar", "CASE_WORKER", None),
            consent.clone(),
            Arc::clone(&ledger),
        ));
    }
    pair.kill_often(KILLS).await;
    ledger.done.store(true, Ordering::SeqCst);
    while let Some(ended) = senders.join_next().await {
        ended.expect("a sender ends well");
    }
    let kalmar = pair.region.staff("kalmar", "CASE_WORKER", None);
    pair.has_sent_all("kalmar").await;
    let at_source = ids(all(&kalmar, Side::Source).await);
    let at_target = ids(all(&pair.region.staff("nybro", "CASE_WORKER", None), Side::Target).await);
    let acknowledged = ledger.acknowledged.lock().expect("nobody panicked").clone();
    eprintln!("{} acknowledged through {KILLS} kills", acknowledged.len());
    assert!(acknowledged.len() > 100, "the load was real");
    assert_eq!(
        at_source.len() as u64,
        ledger.tried.load(Ordering::SeqCst),
        "each key made one referral"
    );
    assert!(acknowledged.is_subset(&at_source), "an acknowledged referral is lost at Kalmar");
    assert_eq!(at_source, at_target, "Nybro holds what Kalmar sent, and nothing else");
}

/// The ids, after checking that none is there twice.
fn ids(referrals: Vec<Referral>) -> BTreeSet<Vec<u8>> {
    let count = referrals.len();
    let ids: BTreeSet<Vec<u8>> =
        referrals.into_iter().map(|referral| referral.referral_id).collect();
    assert_eq!(ids.len(), count, "a referral is there twice");
    ids
}

async fn prepare(region: &Region) -> Vec<u8> {
    let now = region.clock("kalmar").now();
    let parties = ["kommun:0880", "kommun:0881"];
    let terms = agreement_terms(
        &parties,
        AgreementKind::RegionalCooperation,
        SubjectArea::Homelessness,
        now,
    );
    agree(region, "kalmar", "nybro", terms).await;
    record(&region.staff("kalmar", "CASE_WORKER", None), consent_for(&["kommun:0881"], 30, now))
        .await
}

/// Sends one referral after the other; repeats each under its key until it is acknowledged.
async fn send(staff: Staff, consent: Vec<u8>, ledger: Arc<Ledger>) {
    while !ledger.done.load(Ordering::SeqCst) {
        let wish = referral_to("kommun:0881", consent.clone());
        ledger.tried.fetch_add(1, Ordering::SeqCst);
        let referral = loop {
            match request(&staff, wish.clone()).await {
                Ok(referral) => break referral,
                Err(status) if is_lost(&status) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(status) => panic!("a repeat must succeed: {status:?}"),
            }
        };
        ledger.acknowledged.lock().expect("nobody panicked").insert(referral.referral_id);
    }
}

async fn all(staff: &Staff, side: Side) -> Vec<Referral> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let wanted = ListReferralsRequest {
            side: side.into(),
            open_only: false,
            page_size: 500,
            page_token: page_token.clone(),
        };
        let page = staff.referrals().list_referrals(wanted).await.expect("a page").into_inner();
        found.extend(page.referrals);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}
