//! The name of a key: what the registry lists and what a handshake proves.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::CertificateRefusal;

/// SHA-256 of a certificate's SubjectPublicKeyInfo in DER (the pin of RFC 7469 and MATF).
///
/// It survives a renewed certificate over the same key and changes with the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpkiPin([u8; 32]);

impl SpkiPin {
    /// Wraps 32 bytes out of a registry.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The pin of the key inside one DER certificate.
    ///
    /// # Errors
    /// [`CertificateRefusal::Malformed`] when it is not one whole certificate.
    pub fn of_certificate(der: &[u8]) -> Result<Self, CertificateRefusal> {
        match X509Certificate::from_der(der) {
            Ok(([], certificate)) => Ok(Self::of_spki(certificate.public_key().raw)),
            _ => Err(CertificateRefusal::Malformed),
        }
    }

    /// The pin of a SubjectPublicKeyInfo in DER.
    pub fn of_spki(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
    }
}

impl fmt::Display for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpkiPin({self})")
    }
}
