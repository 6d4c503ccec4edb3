//! Calls that take too long, or are too many.

use std::time::Duration;

use brygga_server::limits::Limits;
use http::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout};
use tonic::Status;
use tonic_types::StatusExt;

use crate::rig::{Rig, SOON};
use crate::wire::{PING, RST_STREAM, Wire, call, frame, grpc_status, honest, post, whoami};

const RESOURCE_EXHAUSTED: Option<&str> = Some("8");
const DEADLINE_EXCEEDED: Option<&str> = Some("4");
const UNAVAILABLE: Option<&str> = Some("14");

const SHORT: Duration = Duration::from_millis(300);
const LONGER: Duration = Duration::from_secs(1);

/// What a refusal takes at most: it is answered, never queued.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The reason in `google.rpc.ErrorInfo`.
fn reason(reply: &Response<Incoming>) -> String {
    let status = Status::from_header_map(reply.headers()).unwrap();
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn a_call_without_a_timeout_ends_at_our_deadline() {
    let rig = Rig::start(Limits { call_deadline: SHORT, ..Limits::default() }).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    let start = Instant::now();
    let reply = timeout(SOON, calls.send_request(post("/hang"))).await.unwrap().unwrap();
    assert_eq!(grpc_status(&reply), DEADLINE_EXCEEDED);
    assert_eq!(reason(&reply), "CALL_DEADLINE_EXCEEDED");
    assert!((SHORT / 2..SOON).contains(&start.elapsed()), "{:?}", start.elapsed());
    rig.service.reaches(0).await;
}

#[tokio::test]
async fn a_shorter_timeout_of_the_client_is_honoured_and_a_longer_is_not() {
    let rig = Rig::start(Limits { call_deadline: LONGER, ..Limits::default() }).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    for (asked, longest) in [("50m", LONGER), ("1H", SOON)] {
        let mut request = post("/hang");
        request.headers_mut().insert("grpc-timeout", asked.parse().unwrap());
        let start = Instant::now();
        let reply = timeout(SOON, calls.send_request(request)).await.unwrap().unwrap();
        assert_eq!(grpc_status(&reply), DEADLINE_EXCEEDED);
        assert!(start.elapsed() < longest, "{asked}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn an_endless_reply_ends_in_a_status_at_the_deadline() {
    let rig = Rig::start(Limits { call_deadline: SHORT, ..Limits::default() }).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    let reply = calls.send_request(post("/flood")).await.unwrap();
    let mut body = reply.into_body();
    let trailers = timeout(SOON, async {
        loop {
            if let Ok(trailers) = body.frame().await.unwrap().unwrap().into_trailers() {
                return trailers;
            }
        }
    });
    assert_eq!(trailers.await.unwrap()["grpc-status"], "4");
}

/// With a window of zero the reply cannot even carry its own end.
#[tokio::test]
async fn a_reply_that_nobody_reads_is_reset_after_the_deadline() {
    let limits = Limits { call_deadline: SHORT, call_abort_grace: SHORT, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let initial_window = 4;
    let stream = rig.connect(&rig.member("kommun:0881")).await;
    let mut wire = Wire::open(stream, &[(initial_window, 0)]).await;
    let start = Instant::now();
    wire.send(&call(1, "/flood")).await;
    assert_eq!(wire.next_of(RST_STREAM).await.stream, 1);
    assert!((SHORT..SOON).contains(&start.elapsed()), "{:?}", start.elapsed());
    wire.send(&frame(PING, 0, 0, &[0; 8])).await;
    wire.next_of(PING).await;
}

#[tokio::test]
async fn one_call_too_many_of_a_peer_is_refused_at_once_and_others_are_served() {
    let rig = Rig::start(Limits { max_calls_per_peer: 4, ..Limits::default() }).await;
    let nybro = rig.member("kommun:0881");
    let mut calls = honest(rig.connect(&nybro).await).await;
    let waiting: Vec<_> = (0..4).map(|_| tokio::spawn(calls.send_request(post("/gate")))).collect();
    rig.service.reaches(4).await;
    // The quota is the peer's, so a second connection does not help.
    let mut elsewhere = honest(rig.connect(&nybro).await).await;
    let start = Instant::now();
    let reply = elsewhere.send_request(post("/whoami")).await.unwrap();
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    assert_eq!(grpc_status(&reply), RESOURCE_EXHAUSTED);
    assert_eq!(reason(&reply), "PEER_CALLS_EXCEEDED");
    let monsteras = rig.member("kommun:0861");
    whoami(&mut honest(rig.connect(&monsteras).await).await).await;
    rig.service.open();
    for call in waiting {
        assert_eq!(grpc_status(&call.await.unwrap().unwrap()), None);
    }
    whoami(&mut elsewhere).await;
}

#[tokio::test]
async fn one_call_too_many_of_all_is_refused_at_once() {
    let rig = Rig::start(Limits { max_calls: 2, ..Limits::default() }).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    let waiting: Vec<_> = (0..2).map(|_| tokio::spawn(calls.send_request(post("/gate")))).collect();
    rig.service.reaches(2).await;
    let mut others = honest(rig.connect(&rig.member("kommun:0861")).await).await;
    let start = Instant::now();
    let reply = others.send_request(post("/whoami")).await.unwrap();
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    assert_eq!(grpc_status(&reply), UNAVAILABLE);
    assert_eq!(reason(&reply), "NODE_OVERLOADED");
    rig.service.open();
    for call in waiting {
        call.await.unwrap().unwrap();
    }
    whoami(&mut others).await;
}

/// A reply that is still being sent counts as a call under way.
#[tokio::test]
async fn a_call_is_counted_until_its_reply_has_ended() {
    let rig = Rig::start(Limits { max_calls_per_peer: 1, ..Limits::default() }).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    let flood = calls.send_request(post("/flood")).await.unwrap();
    rig.service.reaches(0).await;
    let reply = calls.send_request(post("/whoami")).await.unwrap();
    assert_eq!(grpc_status(&reply), RESOURCE_EXHAUSTED);
    drop(flood);
}

#[tokio::test]
async fn a_peer_that_calls_too_often_is_refused_until_its_bucket_fills() {
    let limits = Limits { peer_calls_per_second: 2, peer_call_burst: 5, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    let mut refused = 0;
    for _ in 0..8 {
        let reply = calls.send_request(post("/whoami")).await.unwrap();
        if grpc_status(&reply) == RESOURCE_EXHAUSTED {
            assert_eq!(reason(&reply), "PEER_RATE_EXCEEDED");
            refused += 1;
        }
    }
    assert!((1..=3).contains(&refused), "{refused} of 8 refused");
    let mut others = honest(rig.connect(&rig.member("kommun:0861")).await).await;
    whoami(&mut others).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    whoami(&mut calls).await;
}
