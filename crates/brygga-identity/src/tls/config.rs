//! The TLS profile, once for every port and direction.
//!
//! TLS 1.3 only, AEAD suites only, the post-quantum hybrid group first, `h2` by
//! ALPN, no tickets, no session store, no early data, no key log. rustls copies a
//! resumed client's certificate out of the ticket without asking the verifier
//! again, which is why nothing can be resumed here.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::OrgId;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, cipher_suite, kx_group};
use rustls::pki_types::UnixTime;
use rustls::server::NoServerSessionStorage;
use rustls::time_provider::TimeProvider;
use rustls::version::TLS13;
use rustls::{ClientConfig, Error, ServerConfig};

use crate::clock::Clock;

use super::holder::AnyHolder;
use super::local::OneCertificate;
use super::{
    ALPN_H2, CertificateThumbprint, IdentitySlot, PeerDirectory, PinnedClientVerifier,
    PinnedServerVerifier,
};

/// The federation port: a client certificate that `directory` lists is demanded.
///
/// # Errors
/// When the provider cannot speak TLS 1.3, which no build of it does.
pub fn server_config(
    own: &IdentitySlot,
    directory: Arc<dyn PeerDirectory>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ServerConfig>, Error> {
    let config = ServerConfig::builder_with_details(Arc::new(provider()), wall_time(clock))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(PinnedClientVerifier::new(directory)))
        .with_cert_resolver(Arc::new(own.clone()));
    Ok(Arc::new(hardened(config)))
}

/// The local port: callers show a token, and a certificate if they like.
///
/// # Errors
/// As [`server_config`].
pub fn local_server_config(
    own: &IdentitySlot,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ServerConfig>, Error> {
    let config = ServerConfig::builder_with_details(Arc::new(provider()), wall_time(clock))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(AnyHolder::new()))
        .with_cert_resolver(Arc::new(own.clone()));
    Ok(Arc::new(hardened(config)))
}

/// A call to the local port of the own node, which must show the certificate `expected`.
///
/// # Errors
/// As [`server_config`].
pub fn local_client_config(
    own: Option<&IdentitySlot>,
    clock: Arc<dyn Clock>,
    expected: CertificateThumbprint,
) -> Result<Arc<ClientConfig>, Error> {
    let builder = ClientConfig::builder_with_details(Arc::new(provider()), wall_time(clock))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OneCertificate::new(expected)));
    Ok(Arc::new(without_resumption(match own {
        Some(own) => builder.with_client_cert_resolver(Arc::new(own.clone())),
        None => builder.with_no_client_auth(),
    })))
}

/// A call to the node of `expected` and to no other organisation's.
///
/// # Errors
/// As [`server_config`].
pub fn client_config(
    own: &IdentitySlot,
    directory: Arc<dyn PeerDirectory>,
    clock: Arc<dyn Clock>,
    expected: OrgId,
) -> Result<Arc<ClientConfig>, Error> {
    let config = ClientConfig::builder_with_details(Arc::new(provider()), wall_time(clock))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PinnedServerVerifier::new(directory, expected)))
        .with_client_cert_resolver(Arc::new(own.clone()));
    Ok(Arc::new(without_resumption(config)))
}

/// aws-lc-rs, narrowed to the suites and groups of the profile.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![
            kx_group::X25519MLKEM768,
            kx_group::X25519,
            kx_group::SECP256R1,
            kx_group::SECP384R1,
        ],
        ..aws_lc_rs::default_provider()
    }
}

fn without_resumption(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![ALPN_H2.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config
}

fn hardened(mut config: ServerConfig) -> ServerConfig {
    config.alpn_protocols = vec![ALPN_H2.to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    config.ignore_client_order = true;
    config
}

fn wall_time(clock: Arc<dyn Clock>) -> Arc<dyn TimeProvider> {
    Arc::new(WallTime(clock))
}

/// rustls reads the node's clock, so that a test's clock rules the handshake too.
#[derive(Debug)]
struct WallTime(Arc<dyn Clock>);

impl TimeProvider for WallTime {
    fn current_time(&self) -> Option<UnixTime> {
        let millis = u64::try_from(self.0.now().as_millis()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(millis)))
    }
}
