//! A protected relocation while its nodes and its relay are killed again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    CloseRelocation, ListRelocationsRequest, RecordMove, ShowNodeRequest, TakePosition,
};
use brygga_proto::relocation::v1::{
    HandoverItem, RefusalCode, RelocationPosition, RelocationRoute,
};
use brygga_testkit::{Place, Region, Running, eventually};

use crate::network::{Exchange, NYNASHAMN, PLACES, agree};
use crate::officers::{Officer, PERSON, Team, disclose, enquire, offered};

/// As the network has agreed.
const SLOT: Duration = Duration::from_secs(1);
const RELAY: &str = Place::LANSSTYRELSEN.name;
const ORIGIN: &str = NYNASHAMN.name;
const DESTINATION: &str = Place::KALMAR.name;

/// Nodes as processes, each of which can be killed.
struct Processes(BTreeMap<&'static str, Running>);

impl Processes {
    async fn of(region: &Region) -> Self {
        let mut processes = Self(BTreeMap::new());
        for place in PLACES {
            processes.start(region, place.name).await;
        }
        processes
    }

    async fn start(&mut self, region: &Region, name: &'static str) {
        self.0.insert(name, Running::start(region.program(), &region.path(name)));
        let staff = region.staff(name, "OPERATOR", None);
        let answers = || async { staff.node().show_node(ShowNodeRequest {}).await.ok() };
        eventually("it answers", answers).await;
    }

    /// Kills them at once, as a power cut would, and starts them again, the last one first.
    async fn kill(&mut self, region: &Region, names: &[&'static str]) {
        for name in names {
            self.0.remove(name).expect("it runs").kill();
        }
        for name in names.iter().rev() {
            self.start(region, name).await;
        }
    }
}

async fn cases(officer: &Officer) -> usize {
    let request = ListRelocationsRequest { proof: officer.proof() };
    let listed = officer.staff.relocations().list_relocations(request).await.expect("a list");
    listed.into_inner().relocation_ids.len()
}

/// Whoever has just said something is killed before the next slot, the relay with it.
///
/// ```text
/// Nynäshamn: asks, killed ──▶ Kalmar: offers, killed ──▶ Nynäshamn: discloses, killed with the relay
///   ──▶ Kalmar: opens, accepts, killed with the relay ──▶ handed over, relay killed ──▶ moved and closed, both killed
/// ```
///
/// Verified: each letter comes, and once: Kalmar has one case and no enquiry left to answer, the origin one offer of it, the
/// disclosure opens with two shares that were given before and after a crash, and both ends are closed.
#[tokio::test(flavor = "multi_thread")]
async fn letters_outlive_every_crash_and_come_once() {
    let region = Region::found(&PLACES);
    let mut processes = Processes::of(&region).await;
    let agreement = agree(&region).await;
    let origin = Team::of(&region, ORIGIN).await;
    let kalmar = Team::of(&region, DESTINATION).await;
    let exchange = &Exchange { region, agreement };
    let region = &exchange.region;

    let id = origin.open(exchange, RelocationRoute::AgreementExchange, &[]).await;
    origin.one.act(&id, enquire(exchange)).await.expect("asked");
    processes.kill(region, &[ORIGIN]).await;
    let there = kalmar.offer(exchange, &kalmar.asked().await).await;
    processes.kill(region, &[DESTINATION]).await;
    let place = offered(&origin, &id, Place::KALMAR.organisation).await;

    disclose(&origin, &id, place).await;
    processes.kill(region, &[ORIGIN, RELAY]).await;
    kalmar.reaches(&there, "ARRIVED").await;
    processes.kill(region, &[DESTINATION]).await;
    assert_eq!(kalmar.open_arrived(&there).await.content, PERSON);
    let position = RelocationPosition::Accepted.into();
    let accept = TakePosition { position, refusal: RefusalCode::Unspecified.into() };
    kalmar.one.act(&there, Act::TakePosition(accept)).await.expect("accepted");
    processes.kill(region, &[RELAY, DESTINATION]).await;
    origin.reaches(&id, "ACCEPTED").await;

    let item = HandoverItem::SafetyPlan.into();
    origin.one.act(&id, Act::HandOver(item)).await.expect("handed over");
    // By now the relay has the letter, in its memory alone.
    tokio::time::sleep(SLOT).await;
    processes.kill(region, &[RELAY]).await;
    kalmar.reaches(&there, "HANDING_OVER").await;
    kalmar.one.act(&there, Act::Receive(item)).await.expect("received");
    kalmar.one.act(&there, Act::Move(RecordMove {})).await.expect("moved");
    kalmar.one.act(&there, Act::Close(CloseRelocation {})).await.expect("closed");
    processes.kill(region, &[DESTINATION, ORIGIN, RELAY]).await;
    let closed = origin.reaches(&id, "CLOSED").await;

    assert_eq!(closed.offers.len(), 1, "one offer came once");
    assert_eq!(closed.handover.len(), 1);
    assert!(kalmar.one.enquiries().await.is_empty(), "it is answered");
    assert_eq!([cases(&origin.one).await, cases(&kalmar.one).await], [1, 1]);
    assert_eq!(kalmar.one.show(&there).await.expect("a case").stage, "CLOSED");
}
