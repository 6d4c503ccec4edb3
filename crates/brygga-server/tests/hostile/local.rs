//! The local port: the same loop, for callers that no registry knows.

use brygga_server::limits::{LOCAL_CALL_BURST, LOCAL_CALLS_PER_SECOND, Limits};
use brygga_server::listener::{LocalListener, PlaintextError};
use tokio::net::{TcpListener, TcpStream};

use crate::service::TestService;
use crate::wire::{Wire, grpc_status, held, honest, post, whoami};

#[tokio::test]
async fn plaintext_is_served_on_the_loopback_only() {
    let open = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = LocalListener::plaintext(open, Limits::default(), 1);
    assert!(matches!(refused, Err(PlaintextError::NotLoopback(_))));
    let loopback = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = loopback.local_addr().unwrap();
    let listener = LocalListener::plaintext(loopback, Limits::default(), 1).unwrap();
    tokio::spawn(listener.serve(TestService::default(), std::future::pending()));
    let mut calls = honest(TcpStream::connect(address).await.unwrap()).await;
    assert_eq!(whoami(&mut calls).await, "127.0.0.1");
    assert_eq!(held(&mut calls).await, None);
}

#[tokio::test]
async fn the_local_port_counts_connections_by_address() {
    let loopback = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = loopback.local_addr().unwrap();
    let limits = Limits { max_connections_per_peer: 1, ..Limits::default() };
    let listener = LocalListener::plaintext(loopback, limits, 1).unwrap();
    tokio::spawn(listener.serve(TestService::default(), std::future::pending()));
    let mut first = Wire::open(TcpStream::connect(address).await.unwrap(), &[]).await;
    first.next().await.unwrap();
    let mut second = Wire::open(TcpStream::connect(address).await.unwrap(), &[]).await;
    assert!(second.next().await.is_none());
}

#[tokio::test]
async fn the_local_port_counts_calls_by_address_at_a_rate_of_its_own() {
    assert_eq!(Limits::local().peer_call_burst, LOCAL_CALL_BURST);
    assert_eq!(Limits::local().peer_calls_per_second, LOCAL_CALLS_PER_SECOND);
    let loopback = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = loopback.local_addr().unwrap();
    let limits = Limits { peer_calls_per_second: 1, peer_call_burst: 3, ..Limits::local() };
    let listener = LocalListener::plaintext(loopback, limits, 1).unwrap();
    tokio::spawn(listener.serve(TestService::default(), std::future::pending()));
    // Another connection of the same address shares the bucket.
    for _ in 0..3 {
        whoami(&mut honest(TcpStream::connect(address).await.unwrap()).await).await;
    }
    let mut calls = honest(TcpStream::connect(address).await.unwrap()).await;
    let reply = calls.send_request(post("/whoami")).await.unwrap();
    assert_eq!(grpc_status(&reply), Some("8"), "RESOURCE_EXHAUSTED");
}
