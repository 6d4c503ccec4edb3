//! `[federation_listener]`: the port other nodes connect to, always with mutual TLS.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::endpoint::Endpoint;
use crate::error::{Code, SettingsError};
use crate::section::Section;

pub(crate) const ADDRESS_FORM: &str = "an IP address and a port, such as 0.0.0.0:8443";

/// `[federation_listener]`: the port other nodes connect to, always with mutual TLS.
#[derive(Clone, Debug)]
pub struct FederationListenerSettings {
    /// The address to listen on.
    pub address: SocketAddr,
    /// The certificate other nodes know by its pin in the registry, and its key.
    pub tls: TlsFiles,
    /// The address other nodes are told.
    pub public_endpoint: Endpoint,
}

/// A certificate and its private key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, or a chain with the node's own certificate first.
    pub certificate_file: PathBuf,
    /// The private key; readable by its owner only.
    pub key_file: PathBuf,
}

impl TlsFiles {
    /// `certificate_file` and `key_file`, where both may be absent.
    pub(crate) fn pair(section: &mut Section<'_>) -> Result<Option<Self>, SettingsError> {
        let missing = match (section.path("certificate_file")?, section.path("key_file")?) {
            (Some(certificate_file), Some(key_file)) => {
                return Ok(Some(Self { certificate_file, key_file }));
            }
            (None, None) => return Ok(None),
            (Some(_), None) => "key_file",
            (None, Some(_)) => "certificate_file",
        };
        Err(section.error(
            missing,
            Code::TlsPairIncomplete,
            "the other half of the pair is set",
            "certificate_file and key_file together, or neither",
        ))
    }
}

impl FederationListenerSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let settings = Self {
            address: address(&mut section, "0.0.0.0:8443")?,
            tls: TlsFiles {
                certificate_file: section.path_or("certificate_file", None)?,
                key_file: section.path_or("key_file", None)?,
            },
            public_endpoint: section.parsed(
                "public_endpoint",
                Code::NotAnEndpoint,
                None,
                Endpoint::parse,
            )?,
        };
        section.finish()?;
        Ok(settings)
    }
}

pub(crate) fn address(
    section: &mut Section<'_>,
    default: &str,
) -> Result<SocketAddr, SettingsError> {
    section.parsed("address", Code::NotAnAddress, Some(default), |text| {
        text.parse::<SocketAddr>().map_err(|_| ADDRESS_FORM)
    })
}
