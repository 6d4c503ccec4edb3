//! Letters of a protected relocation while processes are killed and lines torn, and two processes that share a store.

use std::collections::BTreeMap;
use std::time::Duration;

use brygga_crypto::{CELL_BYTES, SystemRandom};
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{Relocation, SendAssistance, ShowNodeRequest, TakePosition};
use brygga_proto::relocation::v1::{RefusalCode, RelocationPosition, RelocationRoute};
use brygga_storage::scratch::ScratchDatabase;
use brygga_storage::{Store, StoreSettings};
use brygga_testkit::{Place, Region, Running, eventually};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::time::sleep;

use crate::line::{Line, State};
use crate::network::{CELLS, Exchange, HANINGE, NYNASHAMN, PLACES, agree_among};
use crate::officers::{PERSON, Team, disclose, enquire, offered};

const ORIGIN: &str = NYNASHAMN.name;
const DESTINATION: &str = Place::KALMAR.name;
const RELAY: &str = Place::LANSSTYRELSEN.name;

/// A network whose processes are killed and whose relay's line is torn.
struct Attacked {
    exchange: Exchange,
    line: Line,
    running: BTreeMap<&'static str, Running>,
    dice: ChaCha8Rng,
}

impl Attacked {
    async fn begin() -> Self {
        let seed = std::env::var("BRYGGA_CRASH_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        eprintln!("replay with BRYGGA_CRASH_SEED={seed}");
        let mut region = Region::found(&PLACES);
        let line = Line::to(&region, RELAY).await;
        let mut running = BTreeMap::new();
        for name in [RELAY, ORIGIN, DESTINATION] {
            running.insert(name, Running::start(region.program(), &region.path(name)));
        }
        for place in [HANINGE, Place::NYBRO, Place::BORGHOLM] {
            region.start_node(place.name).await;
        }
        for name in [RELAY, ORIGIN, DESTINATION] {
            is_up(&region, name).await;
        }
        let agreement = agree_among(&region, &PLACES, 1).await;
        let dice = ChaCha8Rng::seed_from_u64(seed);
        Self { exchange: Exchange { region, agreement }, line, running, dice }
    }

    /// As a power cut would end it.
    fn kill(&mut self, name: &'static str) {
        self.running.remove(name).expect("it runs").kill();
    }

    async fn start(&mut self, name: &'static str) {
        let region = &self.exchange.region;
        self.running.insert(name, Running::start(region.program(), &region.path(name)));
        is_up(region, name).await;
    }

    async fn kill_and_start(&mut self, name: &'static str) {
        self.kill(name);
        self.start(name).await;
    }

    /// So many blows, each at an instant that the dice choose, and then quiet.
    async fn attack(&mut self, blows: u32) {
        for _ in 0..blows {
            sleep(Duration::from_millis(self.dice.next_u64() % 1_200)).await;
            match self.dice.next_u64() % 5 {
                0 => self.kill_and_start(ORIGIN).await,
                1 => self.kill_and_start(DESTINATION).await,
                2 => self.kill_and_start(RELAY).await,
                blow => {
                    self.line.turn(if blow == 3 { State::Cut } else { State::Torn });
                    sleep(Duration::from_millis(2_500)).await;
                }
            }
            self.line.turn(State::Whole);
        }
    }

    /// How many parcels wait and have come at a node, which is killed for it.
    async fn post_of(&mut self, name: &'static str) -> (usize, usize) {
        self.kill(name);
        let file = self.exchange.region.path(name).join("data/brygga.db");
        let url = format!("sqlite:{}", file.display());
        let store = Store::open(&StoreSettings { url, max_readers: 1 }).await.expect("a store");
        let read = store.read(|reader| {
            Box::pin(async {
                Ok((reader.parcels_out().await?.len(), reader.parcels_in().await?.len()))
            })
        });
        read.await.expect("rows")
    }
}

async fn is_up(region: &Region, name: &str) {
    let staff = region.staff(name, "OPERATOR", None);
    eventually("the node answers", || async {
        staff.node().show_node(ShowNodeRequest {}).await.ok()
    })
    .await;
}

fn accept() -> Act {
    let position = RelocationPosition::Accepted.into();
    Act::TakePosition(TakePosition { position, refusal: RefusalCode::Unspecified.into() })
}

fn assist(text: &str) -> Act {
    Act::Assist(SendAssistance { text: text.to_owned() })
}

/// What was said of assistance, in a case.
fn said(case: &Relocation) -> Vec<&str> {
    let mut said: Vec<_> = case.assistance.iter().map(String::as_str).collect();
    said.sort_unstable();
    said
}

/// A relocation whose every letter is put out while the line is cut or its node is about to be killed.
///
/// ```text
/// Nynäshamn ── enquiry, disclosure, assistance ──▶ Kalmar          kill -9 of either and of the relay after each,
/// Nynäshamn ◀── offer, position, assistance ── Kalmar              the line cut, and torn in the middle of an answer
/// ```
///
/// Verified: whatever was acknowledged to an officer comes to the other end, once; both ends agree; each node has taken as
/// many parcels as were sent to it, none waits any more but the enquiry, which is repeated to its end.
#[tokio::test(flavor = "multi_thread")]
async fn letters_come_once_through_kills_and_torn_lines() {
    let mut attacked = Attacked::begin().await;
    let origin = Team::of(&attacked.exchange.region, ORIGIN).await;
    let kalmar = Team::of(&attacked.exchange.region, DESTINATION).await;
    attacked.line.turn(State::Cut);
    let route = RelocationRoute::Application297;
    let id = origin.open(&attacked.exchange, route, &[HANINGE.organisation]).await;
    origin.one.act(&id, enquire(&attacked.exchange)).await.expect("asked");
    attacked.kill(RELAY);
    attacked.kill_and_start(ORIGIN).await;
    attacked.start(RELAY).await;
    attacked.attack(2).await;
    let there = kalmar.offer(&attacked.exchange, &kalmar.asked().await).await;
    attacked.kill_and_start(DESTINATION).await;
    attacked.attack(2).await;
    let place = offered(&origin, &id, Place::KALMAR.organisation).await;

    attacked.line.turn(State::Torn);
    disclose(&origin, &id, place).await;
    attacked.kill_and_start(ORIGIN).await;
    attacked.attack(3).await;
    assert_eq!(kalmar.open_arrived(&there).await.content, PERSON);
    attacked.kill_and_start(DESTINATION).await;
    kalmar.one.act(&there, accept()).await.expect("accepted");
    attacked.kill_and_start(DESTINATION).await;
    attacked.attack(3).await;
    origin.reaches(&id, "ACCEPTED").await;

    let words = ["Nycklarna", "Skolan", "Tolken"];
    for (word, (team, id, name)) in
        words.iter().zip([(&origin, &id, ORIGIN), (&kalmar, &there, DESTINATION)].iter().cycle())
    {
        team.one.act(id, assist(word)).await.expect("said");
        attacked.kill_and_start(name).await;
        attacked.attack(1).await;
    }
    let heard = [(&origin, &id, &words[1..2]), (&kalmar, &there, &[words[0], words[2]])];
    for (team, id, words) in heard {
        eventually("all is heard", || async {
            (team.one.show(id).await.expect("a case").assistance.len() >= words.len()).then_some(())
        })
        .await;
    }
    // Twice the time in which everything that is not acknowledged comes again.
    sleep(Duration::from_secs(10)).await;
    for (team, id, words) in heard {
        let case = team.one.show(id).await.expect("a case");
        assert_eq!((case.stage.as_str(), said(&case)), ("ACCEPTED", words.to_vec()));
    }
    // An offer, that it is opened, the position, one word; the enquiry, the disclosure, two words.
    assert_eq!(attacked.post_of(ORIGIN).await, (1, 4));
    assert_eq!(attacked.post_of(DESTINATION).await, (0, 4));
}

/// The seconds of a slot where two processes take turns.
const SLOT: u32 = 2;
/// So many slots at most go by until the other process speaks: the lease is a slot and five seconds.
const TAKEN_OVER_WITHIN: u32 = 6;

/// How many connections have carried the cells of a slot to the relay, seen just before its end.
async fn speakers(exchange: &Exchange, line: &Line) -> usize {
    let slot = i64::from(SLOT) * 1_000;
    let now = exchange.region.clock(RELAY).now().as_millis();
    let left = (slot - 100 - now.rem_euclid(slot)).rem_euclid(slot);
    sleep(Duration::from_millis(u64::try_from(left.max(1)).expect("not below zero"))).await;
    let asked = line.asked();
    sleep(Duration::from_millis(200)).await;
    let cells = u64::try_from(CELLS * CELL_BYTES).expect("few");
    asked.values().filter(|bytes| **bytes >= cells).count()
}

/// Waits until all members speak again, and sees that there are never more of them.
async fn all_speak_again(exchange: &Exchange, line: &Line) -> u32 {
    let members = PLACES.len() - 1;
    for slots in 0..=TAKEN_OVER_WITHIN {
        let count = speakers(exchange, line).await;
        assert!(count <= members, "{count} speak for {members} members");
        if count == members {
            return slots;
        }
    }
    panic!("nobody has taken over")
}

/// Two processes of Nynäshamn on one database.
///
/// Verified: in each slot exactly one of them speaks; when that one is killed, or falls silent and comes back, the other
/// takes over within the time of the lease, once; and what was put out through the silent one is carried.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_speaks_and_the_other_takes_over() {
    let Ok(server) = std::env::var("BRYGGA_TEST_POSTGRES_URL") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI tests PostgreSQL too");
        eprintln!("skipped: BRYGGA_TEST_POSTGRES_URL is not set");
        return;
    };
    let database = ScratchDatabase::create(&server, SystemRandom.next_u64()).await;
    let database = database.expect("the server lends databases");
    let mut region = Region::found_on(&PLACES, &[(ORIGIN, database.url())]);
    let line = Line::to(&region, RELAY).await;
    region.twin(ORIGIN, "nynashamn-2");
    let first = Running::start(region.program(), &region.path(ORIGIN));
    for place in &PLACES[1..] {
        region.start_node(place.name).await;
    }
    is_up(&region, ORIGIN).await;
    let agreement = agree_among(&region, &PLACES, SLOT).await;
    let mut exchange = Exchange { region, agreement };
    all_speak_again(&exchange, &line).await;
    let region = &exchange.region;
    let second = Running::start(region.program(), &region.path("nynashamn-2"));
    is_up(region, "nynashamn-2").await;
    let origin = Team::of(region, "nynashamn-2").await;
    let kalmar = Team::of(region, DESTINATION).await;
    let id = origin.open(&exchange, RelocationRoute::Application297, &[]).await;
    for _ in 0..6 {
        assert_eq!(speakers(&exchange, &line).await, PLACES.len() - 1, "one of the two");
    }

    line.turn(State::Cut);
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    first.kill();
    line.turn(State::Whole);
    // The connections of all others are new, too.
    assert!(all_speak_again(&exchange, &line).await > 0, "the first was the one that spoke");
    assert_eq!(kalmar.asked().await.agreement_id, exchange.agreement);

    let first = Running::start(exchange.region.program(), &exchange.region.path(ORIGIN));
    is_up(&exchange.region, ORIGIN).await;
    second.freeze();
    speakers(&exchange, &line).await;
    assert!(all_speak_again(&exchange, &line).await > 0, "the second was the one that spoke");
    second.thaw();
    // What it had begun to say when it froze may come in the first slot.
    speakers(&exchange, &line).await;
    for _ in 0..6 {
        assert_eq!(speakers(&exchange, &line).await, PLACES.len() - 1, "one of the two");
    }
    assert_eq!(kalmar.one.enquiries().await.len(), 1, "it has come once");
    for place in &PLACES[1..] {
        exchange.region.stop_node(place.name).await;
    }
    drop((first, second));
    database.remove().await.expect("the server takes it back");
}
