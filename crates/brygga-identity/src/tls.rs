//! Mutual TLS between nodes, where the registry decides who is who.
//!
//! A certificate is only the carrier of a key: it is accepted when the signed
//! registry lists that key's [`SpkiPin`] now, for exactly the one URI name that
//! the certificate carries. No certificate authority, common name, wildcard or
//! DNS name has a say. Sessions are never resumed, so each connection is judged
//! anew against the registry of that moment, and no configuration is reloaded
//! when the registry changes.
//!
//! The local port speaks the same TLS to the organisation's own staff and systems. There a
//! certificate may be shown and says only that the caller holds its key; a token that is bound
//! to it ([`CertificateThumbprint`]) says who that is.

mod accept;
mod config;
mod connect;
mod directory;
mod holder;
mod leaf;
mod local;
mod mint;
mod node;
mod peer;
mod pin;
mod slot;
mod thumbprint;
mod verifier;

/// Why the TLS library refuses a configuration.
pub use rustls::Error as TlsError;

pub use accept::{AcceptError, LocalAcceptor, PeerAcceptor};
pub use config::{client_config, local_client_config, local_server_config, server_config};
pub use connect::{ConnectError, PeerConnector};
pub use directory::{InMemoryDirectory, KnownPeer, PeerDirectory};
pub use leaf::{CertificateRefusal, Leaf, Role};
pub use local::LocalConnector;
pub use mint::{MintError, MintRequest, Minted, SecretPem, spiffe_id};
pub use node::{NodeIdentity, NodeIdentityError};
pub use peer::PeerIdentity;
pub use pin::SpkiPin;
pub use slot::IdentitySlot;
pub use thumbprint::CertificateThumbprint;
pub use tokio_rustls::{client::TlsStream as ConnectedStream, server::TlsStream as AcceptedStream};
pub use verifier::{PinnedClientVerifier, PinnedServerVerifier};

/// The only application protocol of either port: HTTP/2, offered and demanded.
pub const ALPN_H2: &[u8] = b"h2";
