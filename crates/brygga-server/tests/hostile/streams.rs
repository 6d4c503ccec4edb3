//! Floods inside one connection.

use std::time::Duration;

use brygga_server::limits::{Limits, MAX_CONCURRENT_STREAMS};
use http::{Method, Request, StatusCode};
use http_body_util::Empty;

use crate::rig::{Member, Rig};
use crate::wire::{
    DATA, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE, Wire, call, frame, honest,
    post, whoami,
};

const FRAME_SIZE_ERROR: u32 = 6;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

async fn rig() -> (Rig, Member) {
    let rig = Rig::start(Limits::default()).await;
    let member = rig.member("kommun:0881");
    (rig, member)
}

#[tokio::test]
async fn the_settings_on_the_wire_carry_the_limits() {
    let (rig, nybro) = rig().await;
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    let settings = wire.next().await.unwrap();
    assert_eq!((settings.kind, settings.flags), (SETTINGS, 0));
    let value = |id: u16| {
        let entry = settings.payload.chunks(6).find(|entry| entry[..2] == id.to_be_bytes());
        entry.map(|entry| u32::from_be_bytes(entry[2..].try_into().unwrap()))
    };
    let (max_streams, window, max_frame, max_headers) = (3, 4, 5, 6);
    assert_eq!(value(max_streams), Some(64));
    assert_eq!(value(window), Some(65_536));
    assert_eq!(value(max_frame).unwrap_or(16_384), 16_384);
    assert_eq!(value(max_headers), Some(8192));
    let update = wire.next_of(WINDOW_UPDATE).await;
    let connection_window = 65_535 + u32::from_be_bytes(update.payload.try_into().unwrap());
    assert_eq!((update.stream, connection_window), (0, 262_144));
}

#[tokio::test]
async fn the_65th_stream_is_refused_and_the_64_live() {
    let (rig, nybro) = rig().await;
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    let calls = (0..=MAX_CONCURRENT_STREAMS).flat_map(|n| call(2 * n + 1, "/gate"));
    wire.send(&calls.collect::<Vec<_>>()).await;
    let refused = wire.next_of(RST_STREAM).await;
    assert_eq!((refused.stream, refused.code()), (2 * MAX_CONCURRENT_STREAMS + 1, REFUSED_STREAM));
    rig.service.reaches(64).await;
    rig.service.open();
    for _ in 0..64 {
        wire.next_of(HEADERS).await;
    }
}

#[tokio::test]
async fn rapid_reset_gets_goaway() {
    let (rig, nybro) = rig().await;
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    let cancel = 8_u32.to_be_bytes();
    let attack = (0..1000).flat_map(|n| {
        let stream = 2 * n + 1;
        [call(stream, "/hang"), frame(RST_STREAM, 0, stream, &cancel)].concat()
    });
    wire.send(&attack.collect::<Vec<_>>()).await;
    assert_eq!(wire.next_of(GOAWAY).await.code(), ENHANCE_YOUR_CALM);
    assert!(wire.closed_within(Duration::from_secs(2)).await);
    rig.service.reaches(0).await;
    whoami(&mut honest(rig.connect(&nybro).await).await).await;
}

/// CVE-2025-8671: a window that overflows on a live stream makes the server reset it.
#[tokio::test]
async fn made_you_reset_gets_goaway_after_64_resets() {
    let (rig, nybro) = rig().await;
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    let mut resets = 0;
    for n in 0..200 {
        let stream = 2 * n + 1;
        let overflow = frame(WINDOW_UPDATE, 0, stream, &i32::MAX.to_be_bytes());
        wire.send(&[call(stream, "/hang"), overflow].concat()).await;
        let answer = loop {
            let frame = wire.next().await.expect("GOAWAY comes before the end");
            if matches!(frame.kind, RST_STREAM | GOAWAY) {
                break frame;
            }
        };
        if answer.kind == GOAWAY {
            assert_eq!(answer.code(), ENHANCE_YOUR_CALM);
            break;
        }
        resets += 1;
    }
    assert_eq!(resets, 64);
    assert!(wire.closed_within(Duration::from_secs(2)).await);
}

#[tokio::test]
async fn empty_data_frames_without_end_get_goaway() {
    let (rig, nybro) = rig().await;
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    let mut open_call = call(1, "/hang");
    let end_headers_only = 4;
    open_call[4] = end_headers_only;
    wire.send(&open_call).await;
    wire.send(&frame(DATA, 0, 1, &[]).repeat(5000)).await;
    assert_eq!(wire.next_of(GOAWAY).await.code(), ENHANCE_YOUR_CALM);
    assert!(wire.closed_within(Duration::from_secs(2)).await);
}

#[tokio::test]
async fn a_header_list_over_8_kib_is_refused_and_below_is_served() {
    let (rig, nybro) = rig().await;
    let mut calls = honest(rig.connect(&nybro).await).await;
    for (bytes, status) in
        [(7000, StatusCode::OK), (8192, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)]
    {
        let mut request = post("/whoami");
        request.headers_mut().insert("x-long", "a".repeat(bytes).parse().unwrap());
        assert_eq!(calls.send_request(request).await.unwrap().status(), status, "{bytes}");
    }
    whoami(&mut calls).await;
}

#[tokio::test]
async fn only_post_reaches_a_service() {
    let (rig, nybro) = rig().await;
    let mut calls = honest(rig.connect(&nybro).await).await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let uri = "https://kalmar/whoami";
        let request = Request::builder().method(method).uri(uri).body(Empty::new()).unwrap();
        let reply = calls.send_request(request).await.unwrap();
        assert_eq!(reply.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn a_frame_over_16_kib_gets_goaway() {
    let (rig, nybro) = rig().await;
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    wire.send(&frame(PING, 0, 0, &[0; 16 * 1024 + 1])).await;
    assert_eq!(wire.next_of(GOAWAY).await.code(), FRAME_SIZE_ERROR);
    assert!(wire.closed_within(Duration::from_secs(2)).await);
}
