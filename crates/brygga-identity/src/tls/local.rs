//! Calls to the local port of the own node, by a program that knows the node's certificate file.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::clock::Clock;

use super::config::provider;
use super::verifier::{SCHEMES, only_tls13, verify_signature};
use super::{
    ALPN_H2, CertificateThumbprint, ConnectError, IdentitySlot, NodeIdentity, local_client_config,
};

/// Connects to one node's local port.
#[derive(Clone)]
pub struct LocalConnector(Arc<ClientConfig>);

impl LocalConnector {
    /// Trusts the certificate `node` and no other, and presents `own` where there is one.
    ///
    /// # Errors
    /// As [`local_client_config`].
    pub fn new(
        node: CertificateThumbprint,
        own: Option<NodeIdentity>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TlsError> {
        let own = own.map(IdentitySlot::new);
        Ok(Self(local_client_config(own.as_ref(), clock, node)?))
    }

    /// Turns off Nagle's algorithm and shakes hands. `host` is sent as the server name and
    /// decides nothing. Sets no deadline; the caller must.
    ///
    /// # Errors
    /// [`ConnectError`]; the connection is closed in each case.
    pub async fn connect(
        &self,
        tcp: TcpStream,
        host: &str,
    ) -> Result<TlsStream<TcpStream>, ConnectError> {
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ConnectError::Host)?;
        let stream = TlsConnector::from(Arc::clone(&self.0)).connect(name, tcp).await?;
        match stream.get_ref().1.alpn_protocol() {
            Some(ALPN_H2) => Ok(stream),
            _ => Err(ConnectError::NoH2),
        }
    }
}

impl fmt::Debug for LocalConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalConnector")
    }
}

/// Demands of the server one certificate, whoever issued it and however long it lasts.
#[derive(Debug)]
pub(super) struct OneCertificate {
    expected: CertificateThumbprint,
    algorithms: WebPkiSupportedAlgorithms,
}

impl OneCertificate {
    pub(super) fn new(expected: CertificateThumbprint) -> Self {
        Self { expected, algorithms: provider().signature_verification_algorithms }
    }
}

impl ServerCertVerifier for OneCertificate {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        if CertificateThumbprint::of_certificate(end_entity) == self.expected {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}
