//! The name of one certificate, by which a token can be bound to it.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::NodeIdentityError;

/// SHA-256 of a whole certificate in DER: `x5t#S256` (RFC 8705, section 3.1).
///
/// It says which certificate was presented, and nothing of who issued it or whether it is still
/// valid. It is no secret: certificates travel in the open at their owner's end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CertificateThumbprint([u8; 32]);

impl CertificateThumbprint {
    /// Of a certificate in DER.
    pub fn of_certificate(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
    }

    /// Of the first certificate in a PEM text.
    ///
    /// # Errors
    /// [`NodeIdentityError::Pem`] when there is none.
    pub fn of_pem(pem: &[u8]) -> Result<Self, NodeIdentityError> {
        let der = CertificateDer::from_pem_slice(pem).map_err(|_| NodeIdentityError::Pem)?;
        Ok(Self::of_certificate(&der))
    }

    /// Reads base64url without padding, as it stands in a token; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for CertificateThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for CertificateThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateThumbprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_reads_back_in_one_spelling_only() {
        let thumbprint = CertificateThumbprint::of_certificate(b"any bytes");
        let text = thumbprint.to_string();
        assert_eq!(CertificateThumbprint::parse(&text), Some(thumbprint));
        for wrong in ["", "AAAA", &text[..42], &format!("{text}="), &format!(" {text}")] {
            assert_eq!(CertificateThumbprint::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_thumbprint_is_the_sha_256_of_the_der_bytes() {
        let empty = CertificateThumbprint::of_certificate(b"");
        assert_eq!(empty.to_string(), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }
}
