//! `[local_listener]`: the port of the organisation's own staff and systems.

use std::net::SocketAddr;

use crate::error::{Code, SettingsError};
use crate::federation_listener::{TlsFiles, address};
use crate::section::Section;

/// `[local_listener]`: the port of the organisation's own staff and systems.
#[derive(Clone, Debug)]
pub struct LocalListenerSettings {
    /// The address to listen on.
    pub address: SocketAddr,
    /// Certificate and key; `None` means plaintext, which only a loopback address may have.
    pub tls: Option<TlsFiles>,
}

impl LocalListenerSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let address = address(&mut section, "127.0.0.1:8080")?;
        let certificate = section.path("certificate_file")?;
        let key = section.path("key_file")?;
        let tls = match (certificate, key) {
            (Some(certificate_file), Some(key_file)) => {
                Some(TlsFiles { certificate_file, key_file })
            }
            (None, None) => None,
            (Some(_), None) => return Err(incomplete(&section, "key_file")),
            (None, Some(_)) => return Err(incomplete(&section, "certificate_file")),
        };
        section.finish()?;
        Ok(Self { address, tls })
    }
}

fn incomplete(section: &Section<'_>, key: &str) -> SettingsError {
    section.error(
        key,
        Code::TlsPairIncomplete,
        "the other half of the pair is set",
        "certificate_file and key_file together, or neither",
    )
}
