//! From a member's name to an open connection: its endpoints in order, each with a deadline.

use std::sync::Arc;

use brygga_domain::OrgId;
use brygga_identity::clock::Clock;
use brygga_identity::registry::Endpoint;
use brygga_identity::tls::{IdentitySlot, PeerConnector};
use brygga_identity::trust::TrustStore;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::limits::Limits;

use super::line::{Basis, Line};
use super::{CallError, DialError};

/// Opens connections, and says how long they may stay open.
#[derive(Clone)]
pub(super) struct Dialler {
    connector: PeerConnector,
    pub(super) trust: Arc<TrustStore>,
    clock: Arc<dyn Clock>,
    pub(super) limits: Arc<Limits>,
}

impl Dialler {
    pub(super) fn new(
        own: IdentitySlot,
        trust: Arc<TrustStore>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Self {
        let connector = PeerConnector::new(own, trust.clone(), Arc::clone(&clock));
        Self { connector, trust, clock, limits: Arc::new(limits) }
    }

    /// Connects to the first endpoint at which the peer answers.
    pub(super) async fn dial(&self, peer: &OrgId) -> Result<Line, CallError> {
        let endpoints = self.trust.at(self.clock.now()).endpoints(peer)?.to_vec();
        let mut failure = CallError::NoEndpoint;
        for endpoint in endpoints {
            let dialled = timeout(self.limits.connect_deadline, self.connect(peer, endpoint)).await;
            match dialled.unwrap_or(Err(DialError::Deadline)) {
                Ok(line) => return Ok(line),
                Err(error) => {
                    tracing::debug!(%peer, error.type = error.kind(), "endpoint not reached");
                    failure = error.into();
                }
            }
        }
        Err(failure)
    }

    async fn connect(&self, peer: &OrgId, endpoint: Endpoint) -> Result<Line, DialError> {
        let tcp = TcpStream::connect((endpoint.host(), endpoint.port())).await?;
        let (stream, peer) = self.connector.connect(tcp, endpoint.host(), peer).await?;
        Line::begin(stream, Basis { peer, endpoint }, self.clone()).await
    }

    /// Whether a connection with this basis would be opened again.
    pub(super) fn still_holds(&self, basis: &Basis) -> bool {
        let view = self.trust.at(self.clock.now());
        let endpoints = view.endpoints(basis.peer.org()).unwrap_or_default();
        endpoints.contains(&basis.endpoint) && self.connector.still_trusts(&basis.peer)
    }
}
