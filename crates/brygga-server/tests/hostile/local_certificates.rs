//! TLS on the local port: a certificate is welcome and not needed, and proves a key and no more.

use std::net::SocketAddr;
use std::sync::Arc;

use brygga_identity::clock::SystemClock;
use brygga_identity::tls::{
    CertificateThumbprint, ConnectError, IdentitySlot, LocalAcceptor, LocalConnector, NodeIdentity,
};
use brygga_server::limits::Limits;
use brygga_server::listener::LocalListener;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http2::SendRequest;
use rcgen::{CertificateParams, IsCa, KeyPair, PKCS_ED25519, PKCS_RSA_SHA256};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::{ResolvesClientCert, Resumption};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ClientConfig, HandshakeKind, SignatureScheme};

use crate::certificates::Always;
use crate::rig::{identity, request};
use crate::service::TestService;
use crate::tls_profile::assert_speaks_no_tls12;
use crate::wire::{Wire, held, honest, whoami};

/// A local port under TLS.
struct Port {
    address: SocketAddr,
    certificate: CertificateThumbprint,
}

impl Port {
    async fn open() -> Self {
        let own = identity(&request("kommun:0880").mint().unwrap());
        let certificate = own.thumbprint();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let acceptor = LocalAcceptor::new(&IdentitySlot::new(own), Arc::new(SystemClock)).unwrap();
        let listener = LocalListener::tls(socket, acceptor, Limits::default(), 1);
        tokio::spawn(listener.serve(TestService::default(), std::future::pending()));
        Self { address, certificate }
    }

    async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Calls as the program does, with this certificate or none.
    async fn calls(&self, own: Option<NodeIdentity>) -> SendRequest<Empty<Bytes>> {
        let connector = LocalConnector::new(self.certificate, own, Arc::new(SystemClock)).unwrap();
        honest(connector.connect(self.tcp().await, "127.0.0.1").await.unwrap()).await
    }

    /// The configuration of a client that shows this certificate, to be spoilt.
    fn config(&self, shown: CertifiedKey) -> ClientConfig {
        let clock = Arc::new(SystemClock);
        let config =
            brygga_identity::tls::local_client_config(None, clock, self.certificate).unwrap();
        let mut config = Arc::unwrap_or_clone(config);
        config.client_auth_cert_resolver = Arc::new(Always(Arc::new(shown)));
        config
    }

    async fn connect(&self, config: ClientConfig) -> TlsStream<TcpStream> {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, self.tcp().await).await.unwrap()
    }

    /// Whether it answers HTTP/2; in TLS 1.3 a refused client learns of it only by reading.
    async fn lets_in(&self, config: ClientConfig) -> bool {
        let mut wire = Wire::open(self.connect(config).await, &[]).await;
        wire.next().await.is_some()
    }
}

/// A certificate of one's own with its key, and its name in a token.
fn certified(params: CertificateParams, key: &KeyPair) -> (CertifiedKey, String) {
    let der = params.self_signed(key).unwrap().der().clone();
    let name = CertificateThumbprint::of_certificate(&der).to_string();
    let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let der = CertificateDer::from(der.to_vec());
    (CertifiedKey::from_der(vec![der], key, &provider).unwrap(), name)
}

fn own() -> NodeIdentity {
    identity(&request("demo:system").mint().unwrap())
}

#[tokio::test]
async fn a_caller_without_a_certificate_is_served_and_holds_none() {
    let port = Port::open().await;
    let mut calls = port.calls(None).await;
    assert_eq!(whoami(&mut calls).await, "127.0.0.1");
    assert_eq!(held(&mut calls).await, None);
}

#[tokio::test]
async fn each_connection_is_marked_with_its_own_certificate() {
    let port = Port::open().await;
    let (one, other) = (own(), own());
    let names = [one.thumbprint().to_string(), other.thumbprint().to_string()];
    let (mut first, mut second) = (port.calls(Some(one)).await, port.calls(Some(other)).await);
    for _again in 0..2 {
        assert_eq!(held(&mut first).await.as_ref(), Some(&names[0]));
        assert_eq!(held(&mut second).await.as_ref(), Some(&names[1]));
    }
}

/// Who issued it and whether it still lasts is the identity provider's business.
#[tokio::test]
async fn any_certificate_of_any_common_key_is_taken_as_proof_of_its_key() {
    let port = Port::open().await;
    let plain = || CertificateParams::new(vec!["somebody.example".to_owned()]).unwrap();
    let mut authority = plain();
    authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let mut expired = plain();
    expired.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let elliptic = KeyPair::generate().unwrap();
    let edwards = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let cases = [
        (plain(), &elliptic),
        (authority, &elliptic),
        (expired, &elliptic),
        (plain(), &edwards),
        (plain(), &rsa),
    ];
    for (params, key) in cases {
        let (shown, name) = certified(params, key);
        let mut calls = honest(port.connect(port.config(shown)).await).await;
        assert_eq!(held(&mut calls).await, Some(name));
    }
}

/// A certificate is public. Its bytes with another key prove nothing.
#[tokio::test]
async fn a_stolen_certificate_without_its_key_is_refused_at_the_local_port() {
    let port = Port::open().await;
    let [victim, thief] = [own(), own()].map(|identity| {
        let slot = IdentitySlot::new(identity);
        ResolvesClientCert::resolve(&slot, &[], &[SignatureScheme::ECDSA_NISTP256_SHA256]).unwrap()
    });
    let stolen = CertifiedKey::new(victim.cert.clone(), thief.key.clone());
    assert!(!port.lets_in(port.config(stolen)).await);
    let own = CertifiedKey::new(victim.cert.clone(), victim.key.clone());
    assert!(port.lets_in(port.config(own)).await);
}

#[tokio::test]
async fn the_first_certificate_counts_and_a_long_chain_is_refused() {
    let port = Port::open().await;
    let key = KeyPair::generate().unwrap();
    let params = || CertificateParams::new(Vec::<String>::new()).unwrap();
    let (shown, name) = certified(params(), &key);
    let other = certified(params(), &KeyPair::generate().unwrap()).0.cert[0].clone();
    for (intermediates, let_in) in [(6, true), (7, false)] {
        let mut chain = vec![shown.cert[0].clone()];
        chain.resize(1 + intermediates, other.clone());
        let config = port.config(CertifiedKey::new(chain, shown.key.clone()));
        assert_eq!(port.lets_in(config.clone()).await, let_in, "{intermediates}");
        if let_in {
            let mut calls = honest(port.connect(config).await).await;
            assert_eq!(held(&mut calls).await.as_ref(), Some(&name));
        }
    }
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    let port = Port::open().await;
    let (shown, _) = certified(
        CertificateParams::new(Vec::<String>::new()).unwrap(),
        &KeyPair::generate().unwrap(),
    );
    let whole = shown.cert[0].to_vec();
    let longer = [whole.clone(), vec![0]].concat();
    for bytes in [b"not DER".to_vec(), whole[..whole.len() - 1].to_vec(), longer] {
        let spoilt = CertifiedKey::new(vec![CertificateDer::from(bytes)], shown.key.clone());
        assert!(!port.lets_in(port.config(spoilt)).await);
    }
}

/// A resumed session would copy the certificate out of a ticket without a new proof.
#[tokio::test]
async fn no_session_of_the_local_port_is_resumed() {
    let port = Port::open().await;
    let (shown, _) = certified(
        CertificateParams::new(Vec::<String>::new()).unwrap(),
        &KeyPair::generate().unwrap(),
    );
    let mut config = port.config(shown);
    config.resumption = Resumption::in_memory_sessions(16);
    for _ in 0..2 {
        let mut wire = Wire::open(port.connect(config.clone()).await, &[]).await;
        wire.next().await.unwrap();
        let tls = wire.0.get_ref().1;
        assert_eq!(tls.handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(tls.tls13_tickets_received(), 0);
    }
}

#[tokio::test]
async fn the_local_port_speaks_tls13_with_h2_and_nothing_else() {
    let port = Port::open().await;
    assert_speaks_no_tls12(port.tcp().await).await;
    let (shown, _) = certified(
        CertificateParams::new(Vec::<String>::new()).unwrap(),
        &KeyPair::generate().unwrap(),
    );
    let mut config = port.config(shown);
    config.alpn_protocols.clear();
    assert!(!port.lets_in(config).await);
}

#[tokio::test]
async fn a_program_trusts_the_certificate_it_was_given_and_no_other() {
    let port = Port::open().await;
    // Of the same organisation, the same name and the same age.
    let renewed = identity(&request("kommun:0880").mint().unwrap()).thumbprint();
    let connector = LocalConnector::new(renewed, None, Arc::new(SystemClock)).unwrap();
    let refused = connector.connect(port.tcp().await, "127.0.0.1").await;
    assert!(matches!(refused, Err(ConnectError::Handshake(_))));
}
