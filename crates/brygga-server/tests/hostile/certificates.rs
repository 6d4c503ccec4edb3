//! Who is let in: one broken rule per certificate, everything else in order.

use std::io;
use std::sync::Arc;

use brygga_domain::{OrgId, Seconds};
use brygga_identity::tls::{
    ConnectError, IdentitySlot, KnownPeer, NodeIdentity, NodeIdentityError, spiffe_id,
};
use brygga_server::limits::Limits;
use rcgen::{
    CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, PKCS_ED25519, PKCS_RSA_SHA256,
    SanType,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{AlertDescription, ClientConfig, Error, SignatureScheme};
use x509_parser::time::ASN1Time;

use crate::rig::{Member, NOON, Rig, SOON, request, stranger};
use crate::wire::{PREFACE, honest, whoami};

const NYBRO: &str = "kommun:0881";

/// The instant in the mint's own type, which cannot be named from here.
macro_rules! at {
    ($instant:expr) => {
        ASN1Time::from_timestamp($instant.as_millis() / 1000).unwrap().to_datetime()
    };
}

/// Whether the node answers HTTP/2 to this client.
async fn lets_in(rig: &Rig, config: ClientConfig) -> bool {
    matches!(first_byte(rig, config).await, Ok(1))
}

/// Opens HTTP/2 and reads one byte. A TLS 1.3 client believes that it is connected
/// before the server has looked at its certificate, so one must read.
async fn first_byte(rig: &Rig, config: ClientConfig) -> io::Result<usize> {
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, rig.tcp().await).await?;
    let opening = [PREFACE, &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
    // A refusal may already have closed the connection; the read tells.
    let _ = stream.write_all(&opening).await;
    let read = tokio::time::timeout(SOON, stream.read(&mut [0; 1])).await;
    read.expect("neither an answer nor a refusal came")
}

/// A certificate like the mint's, changed by `spoil` and listed under the right name.
async fn spoilt_is_let_in(spoil: impl FnOnce(&mut CertificateParams)) -> bool {
    let rig = Rig::start(Limits::default()).await;
    let key = KeyPair::generate().unwrap();
    let mut params = right_params();
    spoil(&mut params);
    let pem = params.self_signed(&key).unwrap().pem();
    let identity = NodeIdentity::from_pem(pem.as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    lets_in(&rig, rig.client_config(&listed(&rig, identity))).await
}

fn listed(rig: &Rig, identity: NodeIdentity) -> Member {
    let org = OrgId::parse(NYBRO).unwrap();
    let name = spiffe_id("brygga.example", &org, 1);
    rig.directory.insert(identity.pin(), KnownPeer { org: org.clone(), spiffe_id: name });
    Member { org, slot: IdentitySlot::new(identity) }
}

fn right_params() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.subject_alt_names.push(uri(&spiffe_id(
        "brygga.example",
        &OrgId::parse(NYBRO).unwrap(),
        1,
    )));
    params.not_before = at!(NOON.minus(Seconds::days(1)));
    params.not_after = at!(NOON.plus(Seconds::days(1)));
    params
}

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

#[tokio::test]
async fn a_listed_certificate_with_its_one_name_is_let_in() {
    assert!(spoilt_is_let_in(|_| {}).await);
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member(NYBRO);
    let mut calls = honest(rig.connect(&nybro).await).await;
    assert_eq!(whoami(&mut calls).await, NYBRO);
}

#[tokio::test]
async fn an_ed25519_certificate_is_let_in() {
    let rig = Rig::start(Limits::default()).await;
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let pem = right_params().self_signed(&key).unwrap().pem();
    let identity = NodeIdentity::from_pem(pem.as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    assert!(lets_in(&rig, rig.client_config(&listed(&rig, identity))).await);
}

#[tokio::test]
async fn no_client_certificate_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let mut config = rig.client_config(&rig.member(NYBRO));
    config.client_auth_cert_resolver = Arc::new(Empty);
    let refusal = first_byte(&rig, config).await.unwrap_err().into_inner().unwrap();
    let certificate_required = Error::AlertReceived(AlertDescription::CertificateRequired);
    assert_eq!(*refusal.downcast::<Error>().unwrap(), certificate_required);
}

#[tokio::test]
async fn an_unknown_pin_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    rig.member(NYBRO);
    assert!(!lets_in(&rig, rig.client_config(&stranger(NYBRO))).await);
}

#[tokio::test]
async fn a_certificate_without_a_uri_is_refused() {
    assert!(!spoilt_is_let_in(|p| p.subject_alt_names.clear()).await);
}

#[tokio::test]
async fn a_name_that_is_only_a_dns_name_or_common_name_is_refused() {
    let name = spiffe_id("brygga.example", &OrgId::parse(NYBRO).unwrap(), 1);
    assert!(
        !spoilt_is_let_in(|p| {
            p.subject_alt_names = vec![SanType::DnsName("brygga.example".try_into().unwrap())];
            p.distinguished_name.push(rcgen::DnType::CommonName, name);
        })
        .await
    );
}

#[tokio::test]
async fn another_uri_than_the_listed_is_refused() {
    for other in [
        "spiffe://brygga.example/org/kommun/0882/node/1",
        "spiffe://brygga.example/org/kommun/0881/node/2",
        "spiffe://brygga.example/org/kommun/0881/node/1/",
        "spiffe://brygga.example/org/kommun/0881/node/10",
        "spiffe://BRYGGA.example/org/kommun/0881/node/1",
        "spiffe://brygga.example.evil/org/kommun/0881/node/1",
        "spiffe://brygga.example/org/kommun/*/node/1",
        "https://brygga.example/org/kommun/0881/node/1",
    ] {
        let let_in = spoilt_is_let_in(|p| p.subject_alt_names = vec![uri(other)]).await;
        assert!(!let_in, "{other}");
    }
}

#[tokio::test]
async fn two_uris_are_refused_though_one_is_right() {
    let other = uri("spiffe://brygga.example/org/kommun/0882/node/1");
    assert!(!spoilt_is_let_in(|p| p.subject_alt_names.push(other)).await);
    assert!(!spoilt_is_let_in(|p| p.subject_alt_names.extend(p.subject_alt_names.clone())).await);
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    assert!(!spoilt_is_let_in(|p| p.not_after = at!(NOON.minus(Seconds(1)))).await);
}

#[tokio::test]
async fn a_certificate_of_tomorrow_is_refused() {
    assert!(!spoilt_is_let_in(|p| p.not_before = at!(NOON.plus(Seconds(1)))).await);
}

#[tokio::test]
async fn an_authority_as_leaf_is_refused() {
    let any_depth = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    assert!(!spoilt_is_let_in(|p| p.is_ca = any_depth).await);
    assert!(!spoilt_is_let_in(|p| p.key_usages.push(rcgen::KeyUsagePurpose::KeyCertSign)).await);
}

#[tokio::test]
async fn a_certificate_for_servers_only_is_refused_from_a_client() {
    let servers = ExtendedKeyUsagePurpose::ServerAuth;
    assert!(!spoilt_is_let_in(|p| p.extended_key_usages.push(servers)).await);
}

#[tokio::test]
async fn a_chain_of_seven_intermediates_is_refused_and_of_six_is_ignored() {
    for (intermediates, let_in) in [(6, true), (7, false)] {
        let rig = Rig::start(Limits::default()).await;
        let minted = request(NYBRO).mint().unwrap();
        let chain = minted.certificate_pem.repeat(1 + intermediates);
        let key = minted.key_pem.expose().as_bytes();
        let identity = NodeIdentity::from_pem(chain.as_bytes(), key).unwrap();
        let config = rig.client_config(&listed(&rig, identity));
        assert_eq!(lets_in(&rig, config).await, let_in, "{intermediates}");
    }
}

#[tokio::test]
async fn an_rsa_key_is_no_identity() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let pem = right_params().self_signed(&key).unwrap().pem();
    let error = NodeIdentity::from_pem(pem.as_bytes(), key.serialize_pem().as_bytes()).unwrap_err();
    assert!(matches!(error, NodeIdentityError::KeyKind));
}

/// A certificate is public. Its bytes with another key must open nothing.
#[tokio::test]
async fn a_stolen_certificate_without_its_key_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member(NYBRO);
    let thief = stranger(NYBRO);
    let [certificate, key] = [&nybro, &thief].map(|member| {
        ResolvesClientCert::resolve(&member.slot, &[], &[SignatureScheme::ECDSA_NISTP256_SHA256])
            .unwrap()
    });
    let stolen = CertifiedKey::new(certificate.cert.clone(), key.key.clone());
    let mut config = rig.client_config(&nybro);
    config.client_auth_cert_resolver = Arc::new(Always(Arc::new(stolen)));
    assert!(!lets_in(&rig, config).await);
}

#[tokio::test]
async fn a_server_of_another_organisation_than_the_called_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member(NYBRO);
    let monsteras = rig.member("kommun:0861");
    let connector = rig.connector(&nybro);
    let answer = connector.connect(rig.tcp().await, "127.0.0.1", &monsteras.org).await;
    assert!(matches!(answer, Err(ConnectError::Handshake(_))));
}

#[tokio::test]
async fn a_server_that_was_struck_off_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member(NYBRO);
    rig.directory.remove(&rig.node.slot.identity().pin());
    let connector = rig.connector(&nybro);
    let answer = connector.connect(rig.tcp().await, "127.0.0.1", &rig.node.org).await;
    assert!(matches!(answer, Err(ConnectError::Handshake(_))));
}

#[derive(Debug)]
struct Empty;

impl ResolvesClientCert for Empty {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

#[derive(Debug)]
pub(crate) struct Always(pub(crate) Arc<CertifiedKey>);

impl ResolvesClientCert for Always {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
