//! One certificate, judged.
//!
//! All rules on certificates stand here and nowhere else: the verifiers of both
//! directions, the start-up check of the node's own files and the re-check of a
//! living connection read the same few lines.

use brygga_domain::{OrgId, Timestamp};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{KnownPeer, PeerDirectory, SpkiPin};

/// Which end of a connection presents the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The end that connected.
    Client,
    /// The end that was connected to.
    Server,
}

/// Why a certificate is not accepted. The texts name rules, never persons or keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// It may sign other certificates, so it is no leaf.
    #[error("the certificate is an authority's")]
    Authority,
    /// More certificates came along than any honest chain has.
    #[error("the certificate chain is too long")]
    ChainTooLong,
    /// The last second of its validity has passed.
    #[error("the certificate has expired")]
    Expired,
    /// Not one whole X.509 certificate, or one with a repeated or broken extension.
    #[error("the certificate is malformed")]
    Malformed,
    /// It names no URI or several; an identity is exactly one.
    #[error("the certificate does not carry exactly one URI name")]
    NotOneUri,
    /// Its validity has not begun.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// The registry knows the key under another URI name.
    #[error("the certificate's URI name is not the one that the registry lists for its key")]
    OtherName,
    /// The key belongs to a member, though not to the one that was called.
    #[error("the certificate belongs to another organisation than the one called")]
    OtherOrganisation,
    /// The registry does not list the key now.
    #[error("the certificate's key is not listed in the registry")]
    UnknownKey,
    /// It is limited to purposes that do not include this end of a TLS connection.
    #[error("the certificate is not meant for this end of a connection")]
    WrongPurpose,
}

/// What matters of one end-entity certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    pin: SpkiPin,
    uris: Vec<String>,
    not_before: Timestamp,
    not_after: Timestamp,
    authority: bool,
    for_client: bool,
    for_server: bool,
}

impl Leaf {
    /// Reads one DER certificate.
    ///
    /// # Errors
    /// [`CertificateRefusal::Malformed`] on trailing bytes, a repeated extension or
    /// an alternative name that does not decode.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateRefusal> {
        let Ok(([], certificate)) = X509Certificate::from_der(der) else {
            return Err(CertificateRefusal::Malformed);
        };
        let malformed = |_| CertificateRefusal::Malformed;
        let constraints = certificate.basic_constraints().map_err(malformed)?;
        let key_usage = certificate.key_usage().map_err(malformed)?;
        let purposes = certificate.extended_key_usage().map_err(malformed)?.map(|e| e.value);
        Ok(Self {
            pin: SpkiPin::of_spki(certificate.public_key().raw),
            uris: uri_names(&certificate)?,
            not_before: instant(certificate.validity().not_before.timestamp(), 0),
            not_after: instant(certificate.validity().not_after.timestamp(), 999),
            authority: constraints.is_some_and(|extension| extension.value.ca)
                || key_usage.is_some_and(|extension| extension.value.key_cert_sign()),
            for_client: purposes.is_none_or(|p| p.any || p.client_auth),
            for_server: purposes.is_none_or(|p| p.any || p.server_auth),
        })
    }

    /// The pin of its key.
    pub const fn pin(&self) -> SpkiPin {
        self.pin
    }

    /// The last millisecond at which it is valid.
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Its one URI name.
    ///
    /// # Errors
    /// [`CertificateRefusal::NotOneUri`] when there is none or more than one.
    pub fn uri(&self) -> Result<&str, CertificateRefusal> {
        match self.uris.as_slice() {
            [uri] => Ok(uri),
            _ => Err(CertificateRefusal::NotOneUri),
        }
    }

    /// Whose certificate this is at `now`, by the registry's word.
    ///
    /// It says nothing of the private key: that proof is the handshake's signature.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn identify(
        &self,
        directory: &dyn PeerDirectory,
        role: Role,
        now: Timestamp,
    ) -> Result<KnownPeer, CertificateRefusal> {
        let uri = self.uri()?;
        if self.authority {
            return Err(CertificateRefusal::Authority);
        }
        if now < self.not_before {
            return Err(CertificateRefusal::NotYetValid);
        }
        if now > self.not_after {
            return Err(CertificateRefusal::Expired);
        }
        let fits = match role {
            Role::Client => self.for_client,
            Role::Server => self.for_server,
        };
        if !fits {
            return Err(CertificateRefusal::WrongPurpose);
        }
        let peer = directory.peer_by_pin(&self.pin, now).ok_or(CertificateRefusal::UnknownKey)?;
        if peer.spiffe_id == uri { Ok(peer) } else { Err(CertificateRefusal::OtherName) }
    }

    /// As [`Leaf::identify`] for a server, when only one organisation will do.
    ///
    /// # Errors
    /// The first rule that is broken; [`CertificateRefusal::OtherOrganisation`] last.
    pub fn identify_server(
        &self,
        directory: &dyn PeerDirectory,
        expected: &OrgId,
        now: Timestamp,
    ) -> Result<KnownPeer, CertificateRefusal> {
        let peer = self.identify(directory, Role::Server, now)?;
        if peer.org == *expected { Ok(peer) } else { Err(CertificateRefusal::OtherOrganisation) }
    }
}

fn uri_names(certificate: &X509Certificate<'_>) -> Result<Vec<String>, CertificateRefusal> {
    let names =
        certificate.subject_alternative_name().map_err(|_| CertificateRefusal::Malformed)?;
    let mut uris = Vec::new();
    for name in names.iter().flat_map(|extension| &extension.value.general_names) {
        match name {
            GeneralName::URI(uri) => uris.push((*uri).to_owned()),
            GeneralName::Invalid(..) => return Err(CertificateRefusal::Malformed),
            _ => {}
        }
    }
    Ok(uris)
}

/// X.509 counts whole seconds; the last one of a validity belongs to it entirely.
const fn instant(seconds: i64, millis: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000).saturating_add(millis))
}

#[cfg(test)]
mod tests;
