//! The page as a reader meets it, over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;

use brygga_domain::agreement::SubjectArea;
use brygga_domain::capacity::{
    Counts, Ledger, Line, LineKey, OpeningWindow, Period, PlaceFor, PlaceKind, Promised,
    PublicationDraft, Reception, ServiceDraft, Statement, Visibility,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{OrgId, Seconds, ServiceId, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::limits::{MAX_PAGE_CONNECTIONS, MAX_PAGE_HEADER_BYTES};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn shelter() -> Statement {
    let service = ServiceDraft {
        id: ServiceId::from_bytes([7; 16]),
        name: "Härbärget <b>".to_owned(),
        unit: None,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
        place: PlaceKind::Bed,
        municipality: Some("0880".to_owned()),
        county: None,
        season: None,
        opening: Some(OpeningWindow::parse("19:00", "08:00").unwrap()),
        reception: Reception::default(),
        house_rules: Vec::new(),
        max_nights: None,
        needs_decision: false,
        termination_hours: None,
        support_visits_per_week: 0,
        staffed: true,
        acquisition_route: None,
        visibility: Visibility::Public,
        permit: None,
    };
    let key = LineKey { place_for: PlaceFor::Women, period: Period::Night };
    let counts = Ok(Counts { baseline: 20, occupied: 17, ..Counts::default() });
    let draft = PublicationDraft {
        service: service.check().unwrap(),
        lines: vec![Line { key, counts, status: None }],
        sequence: 1,
        published_at: NOW,
        valid_until: NOW.plus(Seconds::hours(12)),
    };
    let publisher = OrgId::parse("demo:stadsmissionen-kalmar").unwrap();
    Statement::of(&publisher, &Ledger::new(&draft.check().unwrap(), &Promised::default()), 1, NOW)
}

async fn page(told: Vec<Statement>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let told = Arc::new(told);
    let source: PageSource = Arc::new(move || {
        let told = Arc::clone(&told);
        Box::pin(async move { Some((*told).clone()) })
    });
    let address = listener.local_addr().unwrap();
    tokio::spawn(PublicPage::new(listener, source).serve(std::future::pending()));
    address
}

async fn ask(address: SocketAddr, question: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A socket that is closed at once may not take the question.
    let _ = socket.write_all(question.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn get(path: &str, more: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n")
}

#[test]
fn a_number_that_is_not_known_is_null_and_never_zero() {
    let fresh = hsds::services(&[shelter()]);
    let capacity = &fresh["services"][0]["service_capacities"][0];
    assert_eq!((&capacity["available"], &capacity["maximum"]), (&3.into(), &20.into()));
    assert_eq!(capacity["description"], "kvinnor, natt");
    let stale = hsds::services(&[shelter().outdated()]);
    let capacity = &stale["services"][0]["service_capacities"][0];
    assert!(capacity["available"].is_null() && capacity["maximum"].is_null());
    assert_eq!(capacity["status"], "UNKNOWN");
}

#[test]
fn the_table_is_readable_by_ear_and_repeats_no_markup() {
    let page = html::page(&[shelter()]);
    for part in ["<html lang=\"sv\">", "<h1>", "<caption>", "scope=\"col\"", "scope=\"row\""] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("Härbärget &lt;b&gt;") && !page.contains("<b>"));
    assert!(html::page(&[shelter().outdated()]).contains("inte känt"));
}

#[tokio::test]
async fn two_addresses_and_one_method_are_answered_and_nothing_else() {
    let address = page(vec![shelter()]).await;
    let data = ask(address, &get("/capacity.json", "")).await;
    assert!(data.starts_with("HTTP/1.1 200 ") && data.contains("\"available\":3"), "{data}");
    assert!(data.contains("cache-control: public, max-age=60"));
    assert!(ask(address, &get("/capacity", "")).await.contains("<table>"));
    let post = "POST /capacity HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".to_owned();
    for question in [get("/", ""), get("/capacity/", ""), get("/../etc", ""), post] {
        assert!(ask(address, &question).await.starts_with("HTTP/1.1 404 "), "{question}");
    }
}

#[tokio::test]
async fn who_has_the_page_already_gets_no_second_copy() {
    let address = page(vec![shelter()]).await;
    let first = ask(address, &get("/capacity.json", "")).await;
    let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = ask(address, &get("/capacity.json", &format!("If-None-Match: {tag}\r\n"))).await;
    assert!(again.starts_with("HTTP/1.1 304 ") && !again.contains("available"), "{again}");
}

#[tokio::test]
async fn a_question_over_eight_kib_is_not_answered() {
    let address = page(vec![shelter()]).await;
    let long = format!("X: {}\r\n", "a".repeat(MAX_PAGE_HEADER_BYTES));
    assert!(!ask(address, &get("/capacity.json", &long)).await.contains("available"));
}

#[tokio::test]
async fn one_connection_too_many_is_closed_and_a_silent_one_at_the_deadline() {
    let address = page(vec![shelter()]).await;
    let mut silent = Vec::new();
    for _ in 0..MAX_PAGE_CONNECTIONS {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    assert!(!ask(address, &get("/capacity.json", "")).await.contains("available"));
    for socket in &mut silent {
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    }
    assert!(ask(address, &get("/capacity.json", "")).await.starts_with("HTTP/1.1 200 "));
}
