//! Why a call to a peer gave no usable answer. Nothing here holds a byte of what was sent.

use std::io;

use brygga_domain::Reason;
use brygga_identity::tls::ConnectError;
use brygga_identity::trust::Distrust;
use brygga_wire::from_status;
use tonic::Status;

/// Why a call to a peer gave no usable answer. Whether the peer acted on it is not known.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The connection ended before the answer did.
    #[error("the connection broke before the answer had come")]
    Broken(#[source] Status),
    /// No endpoint could be connected to; this is what the last one said.
    #[error("the peer cannot be connected to")]
    Connect(#[from] DialError),
    /// The whole call took too long.
    #[error("the peer did not answer in time")]
    Deadline,
    /// The registry lists no endpoint for it.
    #[error("the peer has no endpoint")]
    NoEndpoint,
    /// The peer answered with an error, or with more than it may say.
    #[error("the peer answered with an error")]
    Status(#[source] Status),
    /// The registry does not vouch for it.
    #[error("the peer is not trusted")]
    Untrusted(#[from] Distrust),
}

/// Why one endpoint could not be connected to.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// It took too long.
    #[error("connecting took too long")]
    Deadline,
    /// The first bytes of HTTP/2 could not be exchanged.
    #[error("HTTP/2 could not be begun")]
    Http2(#[from] hyper::Error),
    /// The endpoint is no address that a request can carry.
    #[error("the endpoint is not usable in a request")]
    Origin(#[from] http::uri::InvalidUri),
    /// Nobody listens there, or the name is unknown.
    #[error("nobody answers there")]
    Tcp(#[from] io::Error),
    /// Whoever answers is not the peer, or does not know us.
    #[error("the TLS handshake failed")]
    Tls(#[from] ConnectError),
}

impl CallError {
    /// The reason that stands in the outbox.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Status(status) => from_status(status).unwrap_or(Reason::RecipientUnavailable),
            _ => Reason::RecipientUnavailable,
        }
    }

    /// Whether the peer may have got the request.
    pub(crate) const fn was_sent(&self) -> bool {
        match self {
            Self::Broken(_) | Self::Deadline | Self::Status(_) => true,
            Self::Connect(_) | Self::NoEndpoint | Self::Untrusted(_) => false,
        }
    }

    /// A word for logs and metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Broken(_) => "broken",
            Self::Connect(error) => error.kind(),
            Self::Deadline => "deadline",
            Self::NoEndpoint => "no_endpoint",
            Self::Status(_) => "status",
            Self::Untrusted(_) => "untrusted",
        }
    }
}

impl DialError {
    /// A word for logs and metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Deadline => "connect_deadline",
            Self::Http2(_) => "http2",
            Self::Origin(_) => "origin",
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "tls",
        }
    }
}
