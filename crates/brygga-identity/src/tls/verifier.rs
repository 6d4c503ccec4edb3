//! The registry's judgement in the form that rustls asks for.
//!
//! Both verifiers accept or refuse the certificate by [`Leaf::identify`] and leave
//! the proof of the private key, the handshake signature, to the provider's
//! webpki algorithms. Only Ed25519 and ECDSA over P-256 and P-384 are accepted.

use std::sync::Arc;

use brygga_domain::{OrgId, Timestamp};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, PeerMisbehaved,
    SignatureScheme,
};

use super::config::provider;
use super::{CertificateRefusal, Leaf, PeerDirectory, Role};

/// The most certificates that may follow the leaf. They are never read.
const MAX_INTERMEDIATES: usize = 6;

/// The signatures that a peer may prove its key with.
pub(super) const SCHEMES: [SignatureScheme; 3] = [
    SignatureScheme::ED25519,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
];

/// Demands of each client a certificate that the registry lists now.
#[derive(Debug)]
pub struct PinnedClientVerifier {
    directory: Arc<dyn PeerDirectory>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinnedClientVerifier {
    /// Judges by this directory.
    pub fn new(directory: Arc<dyn PeerDirectory>) -> Self {
        Self { directory, algorithms: provider().signature_verification_algorithms }
    }
}

impl ClientCertVerifier for PinnedClientVerifier {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        leaf(end_entity, intermediates)
            .and_then(|leaf| leaf.identify(&*self.directory, Role::Client, timestamp(now)))
            .map(|_| ClientCertVerified::assertion())
            .map_err(refused)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

/// Demands of a server the certificate of one organisation, listed in the registry now.
///
/// The host name that was dialled is ignored: a name server must not decide who a
/// municipality is.
#[derive(Debug)]
pub struct PinnedServerVerifier {
    directory: Arc<dyn PeerDirectory>,
    expected: OrgId,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinnedServerVerifier {
    /// Accepts `expected` and nobody else.
    pub fn new(directory: Arc<dyn PeerDirectory>, expected: OrgId) -> Self {
        Self { directory, expected, algorithms: provider().signature_verification_algorithms }
    }
}

impl ServerCertVerifier for PinnedServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        leaf(end_entity, intermediates)
            .and_then(|leaf| leaf.identify_server(&*self.directory, &self.expected, timestamp(now)))
            .map(|_| ServerCertVerified::assertion())
            .map_err(refused)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

pub(super) fn leaf(
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
) -> Result<Leaf, CertificateRefusal> {
    if intermediates.len() > MAX_INTERMEDIATES {
        return Err(CertificateRefusal::ChainTooLong);
    }
    Leaf::parse(end_entity)
}

/// rustls does not compare the scheme used with the schemes offered, so this does.
pub(super) fn verify_signature(
    message: &[u8],
    cert: &CertificateDer<'_>,
    dss: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    if !SCHEMES.contains(&dss.scheme) {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    }
    verify_tls13_signature(message, cert, dss, algorithms)
}

/// Keeps the reason for our own log; the peer sees an alert.
pub(super) fn refused(refusal: CertificateRefusal) -> Error {
    Error::InvalidCertificate(match refusal {
        CertificateRefusal::Expired => CertificateError::Expired,
        CertificateRefusal::NotYetValid => CertificateError::NotValidYet,
        CertificateRefusal::WrongPurpose => CertificateError::InvalidPurpose,
        other => CertificateError::Other(OtherError(Arc::new(other))),
    })
}

pub(super) fn only_tls13() -> Error {
    Error::General("TLS 1.2 is never spoken".to_owned())
}

fn timestamp(now: UnixTime) -> Timestamp {
    Timestamp::from_millis(i64::try_from(now.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000))
}
