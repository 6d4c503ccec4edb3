//! `[client]`: what `brygga` itself shows when it calls the local port of its node.

use crate::error::SettingsError;
use crate::federation_listener::TlsFiles;
use crate::section::Section;

/// `[client]`: what `brygga` itself shows when it calls the local port of its node.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The client certificate that its tokens are bound to, and its key; `None` for neither.
    pub tls: Option<TlsFiles>,
}

impl ClientSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let tls = TlsFiles::pair(&mut section)?;
        section.finish()?;
        Ok(Self { tls })
    }
}
