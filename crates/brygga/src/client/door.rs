//! The node's local port as a door: where it is, how to know it, and what to show there.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use brygga_config::Settings;
use brygga_identity::clock::SystemClock;
use brygga_identity::tls::{
    CertificateThumbprint, ConnectError, ConnectedStream, LocalConnector, NodeIdentity,
};
use clap::Args;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint, Error as TransportError, Uri};
use tower::Service;

use crate::cli::Invocation;
use crate::failure::{Failure, chain};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the node is, and what to show it.
#[derive(Args)]
pub(super) struct DoorArgs {
    /// Address of the node's local listener, if not the one in brygga.toml
    #[arg(long, value_name = "http[s]://HOST:PORT", global = true, display_order = 803)]
    #[arg(env = "BRYGGA_NODE", hide_env_values = true)]
    node: Option<String>,
    /// The node's certificate (PEM), if not the one in brygga.toml; no other is trusted
    #[arg(long, value_name = "FILE", global = true, display_order = 804)]
    node_certificate: Option<PathBuf>,
    /// Client certificate to show (PEM), if not the one in brygga.toml
    #[arg(long, value_name = "FILE", global = true, display_order = 805)]
    #[arg(requires = "client_key")]
    client_certificate: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE", global = true, display_order = 806)]
    #[arg(requires = "client_certificate")]
    client_key: Option<PathBuf>,
}

/// A door that has been found and not yet opened.
pub(super) struct Door {
    address: String,
    /// What to know the node by and to show it; `None` for plaintext on this machine.
    tls: Option<Tls>,
}

struct Tls {
    node: CertificateThumbprint,
    own: Option<NodeIdentity>,
}

impl DoorArgs {
    /// Reads what the command line names, and the rest from the node's settings.
    pub(super) fn find(&self, at: &Invocation) -> Result<Door, Failure> {
        let address = match &self.node {
            Some(address) => address.clone(),
            None => local_address(&at.node.settings()?),
        };
        let tls = address.starts_with("https://").then(|| self.tls(at)).transpose()?;
        Ok(Door { address, tls })
    }

    fn tls(&self, at: &Invocation) -> Result<Tls, Failure> {
        let file = match &self.node_certificate {
            Some(file) => file.clone(),
            None => {
                let listener = at.node.settings()?.local_listener;
                listener.tls.ok_or_else(certificate_unknown)?.certificate_file
            }
        };
        let own = match (&self.client_certificate, &self.client_key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            // Somebody without a node's directory has no settings to look into.
            _ if self.node_certificate.is_some() && !at.node.settings_file().exists() => None,
            _ => at.node.settings()?.client.tls.map(|tls| (tls.certificate_file, tls.key_file)),
        };
        let own = own.map(|(certificate, key)| identity(&certificate, &key)).transpose()?;
        Ok(Tls { node: thumbprint(&file)?, own })
    }
}

impl Door {
    /// The certificate that will be shown.
    pub(super) fn certificate(&self) -> Option<CertificateThumbprint> {
        self.tls.as_ref()?.own.as_ref().map(NodeIdentity::thumbprint)
    }

    /// Connects.
    pub(super) async fn open(self) -> Result<Channel, Failure> {
        let Self { address, tls } = self;
        // The transport is to take our connection as it is and add no TLS of its own.
        let plain = address.replacen("https://", "http://", 1);
        let endpoint = Endpoint::from_shared(plain)
            .map_err(|error| Failure::usage("NOT_AN_ADDRESS", chain(&error)).at("--node"))?
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .tcp_nodelay(true);
        let connected = match tls {
            None => endpoint.connect().await,
            Some(tls) => endpoint.connect_with_connector(dialler(endpoint.uri(), tls)?).await,
        };
        connected.map_err(|error| not_connected(&error, &address))
    }
}

/// Opens a connection under TLS each time it is asked.
fn dialler(
    address: &Uri,
    Tls { node, own }: Tls,
) -> Result<
    impl Service<
        Uri,
        Response = TokioIo<ConnectedStream<TcpStream>>,
        Error = Box<dyn Error + Send + Sync>,
        Future: Send,
    > + Send
    + 'static,
    Failure,
> {
    let connector = LocalConnector::new(node, own, Arc::new(SystemClock))
        .map_err(|error| Failure::other("TLS", chain(&error)))?;
    let (Some(host), Some(port)) = (address.host(), address.port_u16()) else {
        let expected = "expected https://HOST:PORT";
        return Err(Failure::usage("NOT_AN_ADDRESS", expected).at("--node"));
    };
    let host: Arc<str> = host.trim_matches(['[', ']']).into();
    Ok(tower::service_fn(move |_| {
        let (connector, host) = (connector.clone(), Arc::clone(&host));
        async move {
            let tcp = TcpStream::connect((&*host, port)).await?;
            Ok(TokioIo::new(connector.connect(tcp, &host).await?))
        }
    }))
}

/// What the settings say; a listener on all addresses is asked on this machine's own.
fn local_address(settings: &Settings) -> String {
    let listener = &settings.local_listener;
    let mut address = listener.address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let scheme = if listener.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

/// The thumbprint of the certificate in a PEM file.
pub(crate) fn thumbprint(file: &Path) -> Result<CertificateThumbprint, Failure> {
    let pem = std::fs::read(file).map_err(|error| Failure::file(file, &error))?;
    CertificateThumbprint::of_pem(&pem).map_err(|error| {
        Failure::usage("NOT_A_CERTIFICATE", chain(&error)).at(file.display().to_string())
    })
}

fn identity(certificate: &Path, key: &Path) -> Result<NodeIdentity, Failure> {
    NodeIdentity::load(certificate, key).map_err(|error| {
        let place = certificate.display().to_string();
        Failure::usage("CLIENT_CERTIFICATE_UNUSABLE", chain(&error)).at(place)
    })
}

fn certificate_unknown() -> Failure {
    Failure::usage("NODE_CERTIFICATE_MISSING", "there is no certificate to know the node by")
        .fix("name the file of the node's certificate with --node-certificate")
}

/// A line that breaks says nothing of who is at its other end; a wrong certificate does.
fn not_connected(error: &TransportError, address: &str) -> Failure {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    let refused = causes.filter_map(|cause| cause.downcast_ref::<ConnectError>()).find(|error| {
        let broken = |line: &io::Error| line.kind() != io::ErrorKind::InvalidData;
        !matches!(error, ConnectError::Handshake(line) if broken(line))
    });
    match refused {
        Some(error) => Failure::unavailable("NODE_NOT_TRUSTED", chain(error))
            .at(address)
            .fix("does the node show the certificate that is expected? restart it after a change"),
        None => Failure::unavailable("NODE_UNAVAILABLE", "the node does not answer")
            .at(address)
            .fix("is it running? brygga serve"),
    }
}
