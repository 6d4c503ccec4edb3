//! What the port speaks, and what it does not.

use std::sync::Arc;

use brygga_server::limits::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, HandshakeKind, NamedGroup, ProtocolVersion};

use crate::rig::{Rig, SOON, identity, request};
use crate::wire::{Wire, honest, whoami};

async fn connect(rig: &Rig, config: &Arc<ClientConfig>) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(Arc::clone(config)).connect(name, rig.tcp().await).await
}

#[tokio::test]
async fn tls13_with_the_post_quantum_group_and_h2_is_what_two_nodes_agree_on() {
    let rig = Rig::start(Limits::default()).await;
    let stream = rig.connect(&rig.member("kommun:0881")).await;
    let (tcp, tls) = stream.get_ref();
    assert_eq!(tls.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let group = tls.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, NamedGroup::X25519MLKEM768);
    assert_eq!(tls.alpn_protocol(), Some(&b"h2"[..]));
    assert!(tcp.nodelay().unwrap(), "Nagle is off on the calling side too");
}

#[tokio::test]
async fn a_tls12_client_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    assert_speaks_no_tls12(rig.tcp().await).await;
}

/// Sends a ClientHello of TLS 1.2, without `supported_versions` and with two AEAD suites of that
/// age, and reads the alert that it is answered with.
pub(crate) async fn assert_speaks_no_tls12(mut tcp: TcpStream) {
    let mut hello = vec![3, 3];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0]);
    let groups = [0, 10, 0, 4, 0, 2, 0, 23];
    let points = [0, 11, 0, 2, 1, 0];
    let signatures = [0, 13, 0, 4, 0, 2, 4, 3];
    let extensions = [&groups[..], &points, &signatures].concat();
    hello.extend_from_slice(&u16::try_from(extensions.len()).unwrap().to_be_bytes());
    hello.extend_from_slice(&extensions);
    let mut record = vec![22, 3, 1];
    record.extend_from_slice(&u16::try_from(hello.len() + 4).unwrap().to_be_bytes());
    record.extend_from_slice(&[1, 0, 0, u8::try_from(hello.len()).unwrap()]);
    record.extend_from_slice(&hello);
    tcp.write_all(&record).await.unwrap();
    let mut alert = Vec::new();
    timeout(SOON, tcp.read_to_end(&mut alert)).await.unwrap().unwrap();
    let (fatal, protocol_version) = (2, 70);
    assert_eq!(alert, [21, 3, 3, 0, 2, fatal, protocol_version]);
}

#[tokio::test]
async fn a_client_without_alpn_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let mut config = rig.client_config(&rig.member("kommun:0881"));
    config.alpn_protocols.clear();
    let stream = connect(&rig, &Arc::new(config)).await.unwrap();
    let mut wire = Wire::open(stream, &[]).await;
    assert!(wire.next().await.is_none());
}

#[tokio::test]
async fn a_client_of_another_protocol_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let mut config = rig.client_config(&rig.member("kommun:0881"));
    config.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2c".to_vec()];
    connect(&rig, &Arc::new(config)).await.unwrap_err();
}

#[tokio::test]
async fn resumption_is_not_offered_to_a_client_that_wants_it() {
    let rig = Rig::start(Limits::default()).await;
    let mut config = rig.client_config(&rig.member("kommun:0881"));
    config.resumption = Resumption::in_memory_sessions(16);
    config.enable_early_data = true;
    let config = Arc::new(config);
    for _ in 0..2 {
        let mut wire = Wire::open(connect(&rig, &config).await.unwrap(), &[]).await;
        wire.next().await.unwrap();
        let tls = wire.0.get_ref().1;
        assert_eq!(tls.handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(tls.tls13_tickets_received(), 0);
    }
}

#[tokio::test]
async fn a_swapped_certificate_is_shown_to_new_connections_and_spares_the_old() {
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member("kommun:0881");
    let mut before = honest(rig.connect(&nybro).await).await;
    let renewed = request("kommun:0880").mint().unwrap();
    let known = brygga_identity::tls::KnownPeer {
        org: rig.node.org.clone(),
        spiffe_id: renewed.spiffe_id.clone(),
    };
    rig.directory.insert(renewed.pin, known);
    rig.node.slot.swap(identity(&renewed));
    let (stream, peer) =
        rig.connector(&nybro).connect(rig.tcp().await, "127.0.0.1", &rig.node.org).await.unwrap();
    assert_eq!(peer.pin(), renewed.pin);
    whoami(&mut honest(stream).await).await;
    whoami(&mut before).await;
}
