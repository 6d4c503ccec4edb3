//! A peer that shakes hands and then leaves the connection to the test.

use std::net::SocketAddr;
use std::sync::Arc;

use brygga_identity::tls::{AcceptedStream, PeerAcceptor};
use brygga_identity::trust::TrustStore;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::federation::{Federation, Party};

/// The peer: nothing is read from its connections but what the test reads.
pub(crate) struct RawPeer {
    pub(crate) party: Party,
    pub(crate) address: SocketAddr,
    pub(crate) accepted: mpsc::UnboundedReceiver<AcceptedStream<TcpStream>>,
}

impl RawPeer {
    /// Listens as `party`, and lets in whom `trust` lists.
    pub(crate) async fn start(
        federation: &Federation,
        party: Party,
        trust: Arc<TrustStore>,
    ) -> Self {
        let acceptor = PeerAcceptor::new(&party.slot, trust, federation.clock.clone()).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (hand_over, accepted) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = socket.accept().await {
                if let Ok((stream, _)) = acceptor.accept(tcp).await {
                    let _ = hand_over.send(stream);
                }
            }
        });
        Self { party, address, accepted }
    }
}
