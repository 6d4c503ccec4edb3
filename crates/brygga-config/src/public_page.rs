//! `[public_page]`: what anybody may read of this organisation's capacity.

use std::net::SocketAddr;

use crate::error::{Code, SettingsError};
use crate::section::Section;

/// `[public_page]`: what anybody may read of this organisation's capacity.
#[derive(Clone, Debug, Default)]
pub struct PublicPageSettings {
    /// Where the page is served, without TLS: a proxy of the organisation stands before it. Nothing listens where it is
    /// not set.
    pub listen: Option<SocketAddr>,
}

impl PublicPageSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        const FORM: &str = "an address and a port, such as 127.0.0.1:8080";
        let listen = match section.text("listen")? {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| {
                section.error("listen", Code::NotAnAddress, format!("{text:?} is not valid"), FORM)
            })?),
        };
        section.finish()?;
        Ok(Self { listen })
    }
}
