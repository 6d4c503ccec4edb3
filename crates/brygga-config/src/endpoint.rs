//! The address other nodes reach this one at.

use std::fmt;
use std::net::IpAddr;

/// `https://host:port`, and nothing after it.
///
/// The scheme, the host in lower case and the port are all written out, so that two
/// registry entries for one node cannot differ in spelling only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    text: String,
    host: String,
    port: u16,
}

/// The text is not an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("https://host:port in lower case, without path, user or query")]
pub struct EndpointError;

impl Endpoint {
    /// Reads `https://host:port`; an IPv6 host stands in square brackets.
    ///
    /// # Errors
    /// [`EndpointError`] when anything else is written.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let (host, port) = host_and_port(text, "https://").ok_or(EndpointError)?;
        Ok(Self { text: text.to_owned(), host: host.to_owned(), port })
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host: a name, an IPv4 address, or an IPv6 address in square brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Host and port of `scheme`, host, colon, port; `None` when the text is anything else.
pub(crate) fn host_and_port<'a>(text: &'a str, scheme: &str) -> Option<(&'a str, u16)> {
    let (host, port) = text.strip_prefix(scheme)?.rsplit_once(':')?;
    let port = port.parse::<u16>().ok().filter(|number| number.to_string() == port)?;
    (port != 0 && (is_name(host) || ip(host).is_some())).then_some((host, port))
}

/// Whether only this machine can reach the host.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    host == "localhost" || ip(host).is_some_and(|address| address.is_loopback())
}

fn ip(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse().ok().filter(IpAddr::is_ipv6),
        None => host.parse().ok().filter(IpAddr::is_ipv4),
    }
}

fn is_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}
