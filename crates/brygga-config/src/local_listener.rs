//! `[local_listener]`: the port of the organisation's own staff and systems.

use std::net::SocketAddr;

use crate::error::SettingsError;
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
        let tls = TlsFiles::pair(&mut section)?;
        section.finish()?;
        Ok(Self { address, tls })
    }
}
