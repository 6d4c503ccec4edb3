//! Room for callers who have not said who they are.
//!
//! A quota per organisation means nothing before the handshake is over. Without a
//! room of its own, one stranger with a thousand silent sockets would hold every
//! connection that the members need.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::Limits;

/// Counts the unidentified sockets, in all and by address.
pub(super) struct Lobby {
    max: usize,
    max_per_address: usize,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One place in the lobby, given back when dropped.
pub(super) struct LobbyPass {
    lobby: Arc<Lobby>,
    address: IpAddr,
}

impl Lobby {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            max: limits.max_unidentified,
            max_per_address: limits.max_unidentified_per_address,
            inside: Mutex::default(),
        })
    }

    /// A place for one more socket from `address`; `None` when there is none.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<LobbyPass> {
        let address = network_of(address);
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let here = inside.by_address.get(&address).copied().unwrap_or(0);
        if inside.total >= self.max || here >= self.max_per_address {
            return None;
        }
        inside.total += 1;
        inside.by_address.insert(address, here + 1);
        Some(LobbyPass { lobby: Arc::clone(self), address })
    }
}

impl Drop for LobbyPass {
    fn drop(&mut self) {
        let mut inside = self.lobby.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.total -= 1;
        if let Entry::Occupied(mut count) = inside.by_address.entry(self.address) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// One IPv6 subscriber owns a whole /64, so that is what counts as one address.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_ipv6_subscriber_share_their_places() {
        let limits = Limits { max_unidentified_per_address: 1, ..Limits::default() };
        let lobby = Lobby::new(&limits);
        let first = lobby.enter("2001:db8::1".parse().unwrap());
        assert!(first.is_some());
        assert!(lobby.enter("2001:db8::2".parse().unwrap()).is_none());
        assert!(lobby.enter("2001:db8:0:1::1".parse().unwrap()).is_some());
        drop(first);
        assert!(lobby.enter("2001:db8::2".parse().unwrap()).is_some());
    }

    #[test]
    fn a_full_lobby_refuses_every_address_and_forgets_those_who_left() {
        let limits = Limits { max_unidentified: 2, ..Limits::default() };
        let lobby = Lobby::new(&limits);
        let passes: Vec<_> = (1..=3).map(|n| lobby.enter([192, 0, 2, n].into())).collect();
        assert_eq!(passes.iter().flatten().count(), 2);
        drop(passes);
        assert!(lobby.inside.lock().unwrap().by_address.is_empty());
    }
}
