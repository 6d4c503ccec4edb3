//! A network of thirty municipalities, as large as the one that there is (Kompotten).

use std::time::Instant;

use brygga_proto::relocation::v1::RelocationRoute;
use brygga_testkit::{Place, Region, eventually};
use brygga_wire::relay::IncomingPost;

use crate::network::{Exchange, NYNASHAMN, agree_among};
use crate::observability::canary::found;
use crate::officers::{Team, enquire, offered};

const MEMBERS: usize = 30;
const SLOT_SECONDS: u32 = 3;
/// Which of them run once all have agreed, since two cores that are thirty nodes are no network: the origin, two that
/// offer, one that is excluded, two others; and the relay.
const RUNNING: [usize; 7] = [0, 7, 21, 3, 11, 29, MEMBERS];

/// Nynäshamn, 29 others with invented codes, and the relay.
fn places() -> Vec<Place> {
    let leak = |text: String| -> &'static str { text.leak() };
    let other = |number: usize| Place {
        name: leak(format!("kommun-{number}")),
        organisation: leak(format!("demo:kommun-{number:02}")),
        title: leak(format!("Kommun {number}")),
        ..NYNASHAMN
    };
    let others = (1..MEMBERS).map(other);
    std::iter::once(NYNASHAMN).chain(others).chain([Place::LANSSTYRELSEN]).collect()
}

/// PRO-04, STJ-05: an enquiry in a closed network of thirty.
///
/// Verified: all but the two that are excluded learn that somebody asks, by a need in codes, and neither who nor of whom
/// else; what the excluded got they cannot open, so that nothing is kept there; two offer, and only the origin gets the
/// offers; with the database and the keys of a node nobody finds another member in what has come.
#[tokio::test(flavor = "multi_thread")]
async fn pro_04_stj_05_in_a_network_of_thirty_only_the_origin_learns_who_offers() {
    let begun = Instant::now();
    let places = places();
    let mut region = Region::start(&places).await;
    let agreement = agree_among(&region, &places, SLOT_SECONDS).await;
    eprintln!("{MEMBERS} nodes agreed after {:?}", begun.elapsed());
    for (number, place) in places.iter().enumerate() {
        if !RUNNING.contains(&number) {
            region.stop_node(place.name).await;
        }
    }
    let [origin, one, other] = [&places[0], &places[7], &places[21]];
    let excluded = [places[3].organisation, places[4].organisation];
    let origin = Team::of(&region, origin.name).await;
    let teams = [Team::of(&region, one.name).await, Team::of(&region, other.name).await];
    let exchange = Exchange { region, agreement };
    let id = origin.open(&exchange, RelocationRoute::AgreementExchange, &excluded).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    for team in &teams {
        let enquiry = team.asked().await;
        team.offer(&exchange, &enquiry).await;
    }
    offered(&origin, &id, one.organisation).await;
    offered(&origin, &id, other.organisation).await;
    eprintln!("two offers after {:?}", begun.elapsed());

    region = exchange.region;
    for place in RUNNING[1..6].iter().map(|number| &places[*number]) {
        let is_asked = !excluded.contains(&place.organisation);
        let come = eventually("what has come is kept", || async {
            let come = come(&region, place.name).await;
            (come.len() == usize::from(is_asked)).then_some(come)
        })
        .await;
        for post in come {
            assert_eq!(post.mailbox, None, "an enquiry, which is for many");
            let others: Vec<&str> = places.iter().map(|place| place.organisation).collect();
            assert_eq!(found(&others, &post.content), None, "at {}", place.name);
        }
    }
    assert_eq!(come(&region, NYNASHAMN.name).await.len(), 2, "the offers");
    assert_eq!(come(&region, Place::LANSSTYRELSEN.name).await.len(), 0, "the relay keeps nothing");
}

/// What has come to a node, as its administrator opens it.
async fn come(region: &Region, name: &str) -> Vec<IncomingPost> {
    let parts = region.node(name).app().parts();
    let rows = parts.store.read(|reader| Box::pin(async { reader.parcels_in().await }));
    let rows = rows.await.expect("rows");
    let open = |row: &brygga_exchange::relay::StoredParcel| {
        let content = parts.keys.intake().find_map(|key| row.sealed.open_as_mailbox(key));
        IncomingPost::from_bytes(&content.expect("its own")).expect("a post")
    };
    rows.iter().map(open).collect()
}
