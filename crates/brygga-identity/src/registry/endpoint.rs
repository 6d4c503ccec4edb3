//! Where a node listens.

use std::fmt;
use std::net::Ipv6Addr;

/// The address of a node: `https://<host>:<port>`, with nothing after the port.
///
/// The host finds the way and proves nothing: who answers is decided by the pin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    host: String,
    port: u16,
}

/// The text is no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected https://host:port")]
pub struct EndpointError;

impl Endpoint {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`EndpointError`] for another scheme, a missing port, a path, a user name or a host
    /// that is neither a DNS name nor an IP address (IPv6 in brackets).
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let authority = text.strip_prefix("https://").ok_or(EndpointError)?;
        let (host, port) = authority.rsplit_once(':').ok_or(EndpointError)?;
        let is_plain = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
        let port = port.parse().ok().filter(|_| is_plain).ok_or(EndpointError)?;
        if is_host(host) { Ok(Self { host: host.to_owned(), port }) } else { Err(EndpointError) }
    }

    /// DNS name or IP address; an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        bracketed(&self.host).unwrap_or(&self.host)
    }

    /// TCP port, 1 to 65535.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}:{}", self.host, self.port)
    }
}

fn bracketed(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

fn is_host(host: &str) -> bool {
    if let Some(address) = bracketed(host) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_with_a_port_are_endpoints() {
        for text in [
            "https://brygga.kalmar.example:8443",
            "https://192.0.2.7:443",
            "https://[2001:db8::7]:8443",
            "https://localhost:1",
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Endpoint::parse("https://[2001:db8::7]:8443").unwrap().host(), "2001:db8::7");
    }

    #[test]
    fn anything_around_host_and_port_is_refused() {
        for text in [
            "http://kalmar.example:8443",
            "https://kalmar.example",
            "https://kalmar.example:0",
            "https://kalmar.example:+443",
            "https://kalmar.example:65536",
            "https://kalmar.example:8443/",
            "https://user@kalmar.example:8443",
            "https://Kalmar.example:8443",
            "https://:8443",
            "https://a..b:8443",
            "https://[kalmar]:8443",
            "https://2001:db8::7:8443",
        ] {
            assert_eq!(Endpoint::parse(text), Err(EndpointError), "{text}");
        }
    }
}
