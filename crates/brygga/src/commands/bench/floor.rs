//! The floor: a bare tonic call over the nodes' own mutual TLS, with one durable insert for each.
//!
//! The server is a child process, as the receiving node is. Both ends present the certificates of
//! the measured nodes, judged by the same registry; nothing of a node runs besides.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use brygga_domain::OrgId;
use brygga_identity::clock::SystemClock;
use brygga_identity::tls::{
    AcceptedStream, IdentitySlot, NodeIdentity, PeerAcceptor, PeerConnector,
};
use brygga_proto::federation::v1::delivery_service_client::DeliveryServiceClient;
use brygga_proto::federation::v1::delivery_service_server::{
    DeliveryService, DeliveryServiceServer,
};
use brygga_proto::federation::v1::{DeliverRequest, DeliverResponse, Envelope};
use brygga_storage::floor::Floor;
use clap::Args;
use futures_util::Stream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::server::Connected;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

use crate::cli::Invocation;
use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::output::Answer;

use super::process;
use super::region::PAYLOAD_BYTES;
use super::sample::{Load, Sample, measure};

/// Serve the floor of the benchmark; started by the benchmark itself
#[derive(Args)]
pub(crate) struct FloorServeArgs {
    /// Address of an empty database
    #[arg(long)]
    database: String,
    /// Connections to a PostgreSQL database
    #[arg(long)]
    connections: u32,
}

impl FloorServeArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let floor = Floor::create(&self.database, self.connections).await?;
        let end = End::of(&at.node)?;
        let acceptor = PeerAcceptor::new(&end.own, end.directory, Arc::new(SystemClock));
        let acceptor = acceptor.map_err(|error| Failure::other("TLS", chain(&error)))?;
        let failed = |error: std::io::Error| Failure::other("BENCH", error.to_string());
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        announce(&format!("{address} {}", floor.version()));
        let service = DeliveryServiceServer::new(Insert(floor));
        let incoming = incoming(listener, acceptor);
        let served = Server::builder().add_service(service).serve_with_incoming(incoming).await;
        served.map_err(|error| Failure::other("BENCH", chain(&error)))?;
        Ok(Answer::new(()))
    }
}

fn announce(line: &str) {
    use std::io::Write;
    // Whoever started this reads it; if nobody does, nobody calls either.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Connections as tonic serves them, one handshake after the other.
pub(super) fn incoming(
    listener: TcpListener,
    acceptor: PeerAcceptor,
) -> impl Stream<Item = std::io::Result<Accepted>> {
    futures_util::stream::unfold(listener, move |listener| {
        let acceptor = acceptor.clone();
        async move {
            let accepted = accept(&listener, &acceptor).await;
            Some((accepted, listener))
        }
    })
}

async fn accept(listener: &TcpListener, acceptor: &PeerAcceptor) -> std::io::Result<Accepted> {
    let (tcp, _) = listener.accept().await?;
    tcp.set_nodelay(true)?;
    let (stream, _peer) = acceptor.accept(tcp).await.map_err(std::io::Error::other)?;
    Ok(Accepted(stream))
}

/// Stores what comes and says nothing.
struct Insert(Floor);

#[tonic::async_trait]
impl DeliveryService for Insert {
    async fn deliver(
        &self,
        request: Request<DeliverRequest>,
    ) -> Result<Response<DeliverResponse>, Status> {
        for envelope in &request.get_ref().envelopes {
            let inserted = self.0.insert(&envelope.sealed).await;
            inserted.map_err(|error| Status::internal(error.to_string()))?;
        }
        Ok(Response::new(DeliverResponse::default()))
    }
}

/// The certificate of a node and whom it trusts.
struct End {
    own: IdentitySlot,
    directory: Arc<dyn brygga_identity::tls::PeerDirectory>,
}

impl End {
    fn of(dir: &NodeDir) -> Result<Self, Failure> {
        let settings = dir.settings()?;
        let tls = &settings.federation_listener.tls;
        let identity = NodeIdentity::load(&tls.certificate_file, &tls.key_file);
        let identity = identity.map_err(|error| Failure::other("CERTIFICATE", chain(&error)))?;
        let directory = Arc::new(dir.trust(&settings)?);
        Ok(Self { own: IdentitySlot::new(identity), directory })
    }
}

/// A running floor and one connection to it.
pub(super) struct RunningFloor {
    server: process::Server,
    channel: Channel,
    /// The engine's version.
    pub(super) version: String,
}

impl RunningFloor {
    /// Starts the floor as the node in `server_dir` and connects to it as the one in `client_dir`.
    pub(super) async fn start(
        client_dir: &NodeDir,
        server_dir: &NodeDir,
        server_organisation: &OrgId,
        database: &str,
        connections: usize,
    ) -> Result<Self, Failure> {
        let (dir, connections) = (server_dir.path().display().to_string(), connections.to_string());
        let arguments = ["bench-floor-serve", "--dir", &dir, "--database", database];
        let arguments = [&arguments[..], &["--connections", &connections]].concat();
        let mut server = process::Server::spawn(&arguments, &server_dir.join("floor.log"))?;
        let line = server.first_line().await?;
        let (address, version) = line.split_once(' ').unwrap_or((&line, ""));
        let channel = connect(End::of(client_dir)?, address, server_organisation).await?;
        Ok(Self { server, channel, version: version.to_owned() })
    }

    /// Measures calls with the payload.
    pub(super) async fn measure(&self, load: Load) -> Result<Sample, Failure> {
        measure(load, || {
            let channel = self.channel.clone();
            move || {
                let mut client = DeliveryServiceClient::new(channel.clone());
                async move {
                    let envelope =
                        Envelope { sealed: vec![7; PAYLOAD_BYTES], ..Envelope::default() };
                    let called = client.deliver(DeliverRequest { envelopes: vec![envelope] }).await;
                    called.map(drop).map_err(|status| Failure::other("FLOOR", status.message()))
                }
            }
        })
        .await
    }

    /// Ends it.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        drop(self.channel);
        self.server.stop().await
    }
}

/// One connection to `address`, opened as the nodes open theirs.
async fn connect(end: End, address: &str, expected: &OrgId) -> Result<Channel, Failure> {
    let connector = PeerConnector::new(end.own, end.directory, Arc::new(SystemClock));
    let (expected, target) = (expected.clone(), address.to_owned());
    let open = tower::service_fn(move |_| {
        let (connector, expected, target) = (connector.clone(), expected.clone(), target.clone());
        async move {
            let tcp = TcpStream::connect(&target).await?;
            let opened = connector.connect(tcp, "127.0.0.1", &expected).await;
            let (stream, _peer) = opened.map_err(std::io::Error::other)?;
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    let endpoint = Endpoint::from_shared(format!("http://{address}"));
    let failed = |error: tonic::transport::Error| Failure::other("FLOOR", chain(&error));
    endpoint.map_err(failed)?.connect_with_connector(open).await.map_err(failed)
}

/// An accepted connection as tonic wants it.
pub(super) struct Accepted(AcceptedStream<TcpStream>);

impl Connected for Accepted {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Accepted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }
}
