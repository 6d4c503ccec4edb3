//! The ways to and from the node as a finding: its own two ports, and each other member's.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use brygga_identity::registry::{Endpoint, Member};
use brygga_identity::trust::TrustStore;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::{Fault, Finding, View};
use crate::progress::Progress;

/// For a name to resolve, and for a connection to open.
const DEADLINE: Duration = Duration::from_secs(3);

/// Whether the node runs, and listens where others are told.
pub(super) async fn own(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let local = reachable_form(view.settings.local_listener.address);
    if open(local).await.is_err() {
        findings.push(view.found(Fault::NodeNotRunning, &[("address", &local.to_string())]));
    }
    let listener = &view.settings.federation_listener;
    let (told, own) = (&listener.public_endpoint, listener.address.port());
    // A forwarded port is in order: then the address that others are told answers.
    if told.port() != own && call(told.host().trim_matches(['[', ']']), told.port()).await.is_err()
    {
        let values = [("endpoint", told.as_str()), ("port", &*own.to_string())];
        findings.push(view.found(Fault::EndpointPortDiffers, &values));
    }
    findings
}

/// Whether every other member has an endpoint that accepts a connection.
pub(super) async fn peers(
    view: &View<'_>,
    trust: &TrustStore,
    progress: &Progress,
) -> Vec<Finding> {
    let trusted = trust.at(view.now());
    let own = &view.settings.node.organisation;
    let others = trusted.members().filter(|member| {
        member.organisation != *own && member.revoked_at.is_none() && !member.endpoints.is_empty()
    });
    let others: Vec<&Member> = others.collect();
    progress.count("doctor --peers", others.len() as u64);
    let mut findings = Vec::new();
    for (done, member) in others.iter().enumerate() {
        findings.extend(peer(view, member).await);
        progress.reached(done as u64 + 1);
    }
    findings
}

/// A member's endpoints are tried in order, as a delivery does.
async fn peer(view: &View<'_>, member: &Member) -> Option<Finding> {
    let mut last = None;
    for endpoint in &member.endpoints {
        let fault = match call(endpoint.host(), endpoint.port()).await {
            Ok(()) => return None,
            Err(Unreached::Name) => Fault::PeerNameUnknown,
            Err(Unreached::Closed) => Fault::PeerUnreachable,
        };
        last = Some((fault, endpoint));
    }
    let (fault, endpoint): (_, &Endpoint) = last?;
    let values =
        [("organisation", member.organisation.as_str()), ("endpoint", &endpoint.to_string())];
    Some(view.found(fault, &values))
}

/// Why nobody answers.
#[derive(Debug)]
enum Unreached {
    /// The name has no address.
    Name,
    /// No address of it accepts a connection.
    Closed,
}

async fn call(host: &str, port: u16) -> Result<(), Unreached> {
    let found = timeout(DEADLINE, lookup_host((host, port))).await;
    let addresses: Vec<_> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => return Err(Unreached::Name),
    };
    let mut refusal = Unreached::Name;
    for address in addresses {
        match open(address).await {
            Ok(()) => return Ok(()),
            Err(_) => refusal = Unreached::Closed,
        }
    }
    Err(refusal)
}

async fn open(address: SocketAddr) -> io::Result<()> {
    let opened = timeout(DEADLINE, TcpStream::connect(address)).await;
    opened.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map(drop)
}

/// A port that is open on every address is asked at loopback.
const fn reachable_form(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_open_port_answers_and_a_closed_one_does_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(call("127.0.0.1", port).await.is_ok());
        drop(listener);
        assert!(matches!(call("127.0.0.1", port).await, Err(Unreached::Closed)));
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_is_told_apart_from_a_closed_port() {
        // RFC 2606: .invalid never resolves.
        assert!(matches!(call("node.invalid", 8443).await, Err(Unreached::Name)));
    }

    #[test]
    fn a_port_on_every_address_is_asked_at_loopback() {
        let form = |text: &str| reachable_form(text.parse().unwrap()).to_string();
        assert_eq!(form("0.0.0.0:1"), "127.0.0.1:1");
        assert_eq!(form("[::]:1"), "[::1]:1");
        assert_eq!(form("192.0.2.1:1"), "192.0.2.1:1");
    }
}
