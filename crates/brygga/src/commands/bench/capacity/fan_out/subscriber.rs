//! One organisation that watches: a connection, and one watch after the other on it.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::OrgId;
use brygga_identity::clock::SystemClock;
use brygga_identity::tls::{IdentitySlot, NodeIdentity, PeerConnector, PeerDirectory};
use brygga_proto::federation::v1::WatchCapacityRequest;
use brygga_proto::federation::v1::capacity_watch_service_client::CapacityWatchServiceClient;
use brygga_proto::federation::v1::watch_capacity_response::Step;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

use crate::failure::{Failure, chain};

use super::tally::{Ear, Tally};

/// Pause after a watch that could not be.
const PAUSE: Duration = Duration::from_millis(100);

/// The node that is watched, and how many may be connecting to it at the same time: all come from one address, of which
/// a node lets in so many strangers at once.
#[derive(Clone)]
pub(super) struct Publisher {
    pub(super) organisation: OrgId,
    pub(super) address: String,
    pub(super) directory: Arc<dyn PeerDirectory>,
    pub(super) turns: Arc<Semaphore>,
}

/// A connection that is opened when it is needed.
pub(super) fn connect(own: NodeIdentity, publisher: Publisher) -> Result<Channel, Failure> {
    let directory = Arc::clone(&publisher.directory);
    let connector = PeerConnector::new(IdentitySlot::new(own), directory, Arc::new(SystemClock));
    let endpoint = Endpoint::from_shared(format!("http://{}", publisher.address));
    let open = tower::service_fn(move |_| {
        let (connector, publisher) = (connector.clone(), publisher.clone());
        async move {
            let _turn = publisher.turns.acquire().await.map_err(std::io::Error::other)?;
            let tcp = TcpStream::connect(&publisher.address).await?;
            let opened = connector.connect(tcp, "127.0.0.1", &publisher.organisation).await;
            let (stream, _peer) = opened.map_err(std::io::Error::other)?;
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    let endpoint = endpoint.map_err(|error| Failure::other("BENCH", chain(&error)))?;
    Ok(endpoint.connect_with_connector_lazy(open))
}

/// Watches for good.
pub(super) async fn watch(channel: Channel, tally: Arc<Tally>) {
    let mut client = CapacityWatchServiceClient::new(channel);
    let (mut ear, mut token) = (Ear::default(), Vec::new());
    loop {
        if watch_once(&mut client, &tally, &mut ear, &mut token).await.is_err() {
            sleep(PAUSE).await;
        }
    }
}

async fn watch_once(
    client: &mut CapacityWatchServiceClient<Channel>,
    tally: &Tally,
    ear: &mut Ear,
    token: &mut Vec<u8>,
) -> Result<(), Status> {
    let request = WatchCapacityRequest { resume_token: token.clone() };
    let mut told = client.watch_capacity(request).await?.into_inner();
    while let Some(answer) = told.message().await? {
        match answer.step {
            Some(Step::Statement(signed)) => tally.hear(ear, signed),
            Some(Step::UpToDate(complete)) => {
                *token = complete.resume_token;
                tally.complete(ear);
            }
            Some(Step::SnapshotBegins(_)) | None => {}
        }
    }
    Ok(())
}
