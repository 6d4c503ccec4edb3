//! Makes a node's certificate: self-signed, since the pin in the registry is what counts.

use std::fmt;

use brygga_domain::{OrgId, Timestamp};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use x509_parser::time::ASN1Time;
use zeroize::Zeroizing;

use super::SpkiPin;

/// Whose certificate to make, and for when.
#[derive(Clone, Debug)]
pub struct MintRequest {
    /// The organisation.
    pub org: OrgId,
    /// The federation's name, the trust domain of the URI: `brygga.example`.
    pub federation: String,
    /// Which of the organisation's nodes, counted from 1.
    pub node: u32,
    /// DNS names to add for tools that insist on one; no node of ours reads them.
    pub dns_names: Vec<String>,
    /// The first instant of validity, cut to the second.
    pub not_before: Timestamp,
    /// The last instant of validity, cut to the second.
    pub not_after: Timestamp,
}

/// A fresh certificate and its key.
#[derive(Debug)]
pub struct Minted {
    /// The certificate as PEM.
    pub certificate_pem: String,
    /// The private key as PKCS#8 PEM.
    pub key_pem: SecretPem,
    /// What the registry must list.
    pub pin: SpkiPin,
    /// The URI name inside, which the registry must list beside the pin.
    pub spiffe_id: String,
}

/// A private key on its way to a file. `Debug` hides it and dropping it wipes it.
pub struct SecretPem(Zeroizing<String>);

impl SecretPem {
    /// The PEM text, for writing to a file of mode 0600 and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretPem([REDACTED])")
    }
}

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// A name has characters that a certificate cannot carry.
    #[error("a name does not fit into a certificate")]
    Name(#[source] rcgen::Error),
    /// The key could not be made or could not sign.
    #[error("the key could not be made")]
    Key(#[source] rcgen::Error),
    /// The validity is empty or outside the years that X.509 can write.
    #[error("the validity is not a period that X.509 can write")]
    Validity,
}

impl MintRequest {
    /// Makes an ECDSA P-256 key and a certificate over it, for both ends of a connection.
    ///
    /// The key's randomness is the cryptographic library's own: no other source
    /// may make a private key.
    ///
    /// # Errors
    /// [`MintError`] names what does not fit.
    pub fn mint(&self) -> Result<Minted, MintError> {
        if self.not_after <= self.not_before {
            return Err(MintError::Validity);
        }
        let spiffe_id = spiffe_id(&self.federation, &self.org, self.node);
        let mut params = CertificateParams::new(self.dns_names.clone()).map_err(MintError::Name)?;
        let uri = spiffe_id.as_str().try_into().map_err(MintError::Name)?;
        params.subject_alt_names.push(SanType::URI(uri));
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.org.as_str());
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = x509_time(self.not_before)?.to_datetime();
        params.not_after = x509_time(self.not_after)?.to_datetime();
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(MintError::Key)?;
        let certificate = params.self_signed(&key).map_err(MintError::Key)?;
        Ok(Minted {
            certificate_pem: certificate.pem(),
            key_pem: SecretPem(Zeroizing::new(key.serialize_pem())),
            pin: SpkiPin::of_spki(&rcgen::PublicKeyData::subject_public_key_info(&key)),
            spiffe_id,
        })
    }
}

/// The one URI name of a node: `spiffe://<federation>/org/<scheme>/<value>/node/<n>`.
pub fn spiffe_id(federation: &str, org: &OrgId, node: u32) -> String {
    format!("spiffe://{federation}/org/{}/node/{node}", org.as_str().replacen(':', "/", 1))
}

fn x509_time(instant: Timestamp) -> Result<ASN1Time, MintError> {
    let time = ASN1Time::from_timestamp(instant.as_millis().div_euclid(1000))
        .map_err(|_| MintError::Validity)?;
    if (1950..=9999).contains(&time.to_datetime().year()) {
        Ok(time)
    } else {
        Err(MintError::Validity)
    }
}
