//! What anybody may read of capacity, and what never stands there.

use std::net::SocketAddr;

use brygga_domain::Seconds;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::AgreementKind;
use brygga_proto::capacity::v1::{Permit, PlaceKind, Service, Visibility};
use brygga_testkit::{Place, Region};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::evening::{KALMAR, NYBRO, capacity_terms, publication, publish, service};
use crate::setting::agree;

async fn read(address: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.expect("the page listens");
    let question = format!("GET {path} HTTP/1.1\r\nHost: kalmar\r\n\r\n");
    socket.write_all(question.as_bytes()).await.expect("it is asked");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("it answers");
    answer
}

/// Kalmar with a public page, and Nybro, with an agreement under these tags.
async fn with_page(tags: &[&str]) -> (Region, SocketAddr) {
    let mut region = Region::found(&[Place::KALMAR, Place::NYBRO]);
    region.set("kalmar", "listen", "\"127.0.0.1:0\"");
    region.start_node("kalmar").await;
    region.start_node("nybro").await;
    let mut terms = capacity_terms(&[KALMAR, NYBRO], &region);
    terms.kind = AgreementKind::RegionalCooperation.into();
    terms.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    agree(&region, "kalmar", "nybro", terms).await;
    assert_eq!(region.node("nybro").page_address(), None, "nothing listens where it is not set");
    let address = region.node("kalmar").page_address().expect("a page");
    (region, address)
}

async fn offer(region: &Region, id: u8, service: Service) {
    let staff = region.staff("kalmar", "SHELTER_STAFF", None);
    let service = Service { service_id: vec![id; 16], ..service };
    let now = region.clock("kalmar").now();
    publish(&staff, publication(service, now, (20, 3))).await.expect("a good publication");
}

fn open(code: &str, name: &str) -> Service {
    Service { visibility: Visibility::Public.into(), ..service([0; 16], code, name) }
}

/// ORE-15: a library shows what is free tonight.
///
/// Verified: without a token the open shelter is read with its number, as data and as a table; what is for parties alone
/// and an HVB are not; when the time of the number is past it is gone and not zero.
#[tokio::test(flavor = "multi_thread")]
async fn ore_15_the_public_page_shows_what_is_open_and_nothing_else() {
    let (region, address) = with_page(&["public_capacity"]).await;
    offer(&region, 1, open("NIGHT_SHELTER", "Natthärbärget")).await;
    let of_parties = service([0; 16], "ACUTE_PLACE", "Akutplatserna");
    offer(&region, 2, of_parties).await;
    let permit = Some(Permit { reference: "2025-77".to_owned(), max_persons: 20 });
    offer(&region, 3, Service { permit, ..open("HVB", "Hemmet") }).await;
    for path in ["/capacity", "/capacity.json"] {
        let page = read(address, path).await;
        assert!(page.contains("Natthärbärget") && page.contains("17"), "{page}");
        assert!(!page.contains("Akutplatserna") && !page.contains("Hemmet"), "{page}");
    }
    region.clock("kalmar").turn(Seconds::hours(13));
    let stale = read(address, "/capacity.json").await;
    assert!(stale.contains("\"available\":null") && stale.contains("UNKNOWN"), "{stale}");
}

/// GBG-05: dwellings of the municipality, let to people who are threatened.
///
/// Verified: they never stand on the page, even where somebody calls them public by mistake; and without an agreement
/// that marks it public nothing does.
#[tokio::test(flavor = "multi_thread")]
async fn gbg_05_dwellings_of_a_protected_group_never_stand_on_the_page() {
    let condo = || Service {
        place: PlaceKind::Dwelling.into(),
        ..open("MUNICIPAL_OWNED_CONDO", "Bostadsrätterna")
    };
    let (region, address) = with_page(&["public_capacity"]).await;
    offer(&region, 1, condo()).await;
    offer(&region, 2, open("NIGHT_SHELTER", "Natthärbärget")).await;
    let page = read(address, "/capacity.json").await;
    assert!(page.contains("Natthärbärget") && !page.contains("Bostadsrätterna"), "{page}");

    let (unmarked, address) = with_page(&[]).await;
    offer(&unmarked, 1, open("NIGHT_SHELTER", "Natthärbärget")).await;
    assert!(!read(address, "/capacity.json").await.contains("Natthärbärget"));
}
