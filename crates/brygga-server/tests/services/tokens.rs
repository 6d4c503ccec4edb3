//! Tokens that open nothing, all answered alike.

use brygga_domain::{Reason, Seconds};
use brygga_identity::roles::Role;
use tonic::{Code, Status};

use crate::federation::{Federation, NYBRO, org};
use crate::raw::{call, verdict};

const PATH: &str = "/brygga.local.v1.NodeService/ShowNode";

/// Everything of a status that a caller can tell.
fn visible(status: &Status) -> (Code, String, Vec<u8>) {
    (status.code(), status.message().to_owned(), status.details().to_vec())
}

#[tokio::test]
async fn a_missing_and_a_bad_token_are_told_apart_by_nothing() {
    let federation = Federation::start().await;
    let local = &federation.kalmar.local;
    let good = local.token(&[Role::Operator], &[]);
    let of_nybro = local.token_of(&org(NYBRO), &[Role::Operator], &[]);
    let by_nybro = federation.nybro.local.token(&[Role::Operator], &[]);
    let bearer = |token: &str| format!("Bearer {token}");
    let (first, last) = good.rsplit_once('.').unwrap();
    let attempts: [Vec<String>; 10] = [
        Vec::new(),
        vec![String::new()],
        vec!["Bearer".to_owned()],
        vec![bearer("")],
        vec![bearer("a.b.c")],
        vec![format!("Basic {good}")],
        vec![bearer(&of_nybro)],
        vec![bearer(&by_nybro)],
        vec![bearer(&format!("{first}.{}", last.chars().rev().collect::<String>()))],
        vec![bearer(&good), bearer(&good)],
    ];
    let missing = call(&local.channel, PATH, &[]).await;
    assert_eq!(verdict(&missing), (Code::Unauthenticated, Some(Reason::Unauthenticated)));
    for attempt in attempts {
        let values: Vec<&str> = attempt.iter().map(String::as_str).collect();
        let status = call(&local.channel, PATH, &values).await;
        assert_eq!(visible(&status), visible(&missing), "{} headers", attempt.len());
    }
    assert_eq!(call(&local.channel, PATH, &[&bearer(&good)]).await.code(), Code::Ok);
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case() {
    let federation = Federation::start().await;
    let local = &federation.kalmar.local;
    let token = local.token(&[Role::Operator], &[]);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let status = call(&local.channel, PATH, &[&format!("{scheme} {token}")]).await;
        assert_eq!(status.code(), Code::Ok, "{scheme}");
    }
}

#[tokio::test]
async fn a_token_opens_nothing_after_its_time() {
    let federation = Federation::start().await;
    let local = &federation.kalmar.local;
    let token = format!("Bearer {}", local.token(&[Role::Operator], &[]));
    assert_eq!(call(&local.channel, PATH, &[&token]).await.code(), Code::Ok);
    federation.clock.advance(Seconds(300 + 31));
    assert_eq!(call(&local.channel, PATH, &[&token]).await.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_is_asked_for_before_anything_is_said_about_the_path() {
    let federation = Federation::start().await;
    let local = &federation.kalmar.local;
    let path = "/brygga.local.v1.NodeService/DropEverything";
    assert_eq!(call(&local.channel, path, &[]).await.code(), Code::Unauthenticated);
    let token = format!("Bearer {}", local.token(Role::ALL, &[]));
    let status = call(&local.channel, path, &[&token]).await;
    assert_eq!(verdict(&status), (Code::Unimplemented, Some(Reason::NotImplemented)));
}
