//! Quotas: how many connections and calls there may be, in all and of one party.
//!
//! Nothing here waits. What does not fit now is refused now, so that a crowd at
//! the door costs nothing to those inside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::limits::Limits;

use super::bucket::Bucket;
use super::lobby::{Lobby, LobbyPass};
use super::party::PartyKey;
use super::shed::Shed;

/// The quotas of one listener.
pub(super) struct Admission {
    connections: Arc<Semaphore>,
    calls: Arc<Semaphore>,
    watches: Arc<Semaphore>,
    lobby: Arc<Lobby>,
    parties: Mutex<HashMap<PartyKey, Arc<Quota>>>,
    limits: Limits,
}

/// What one party may still do, over all its connections.
pub(super) struct Quota {
    connections: Arc<Semaphore>,
    calls: Arc<Semaphore>,
    watches: Arc<Semaphore>,
    rate: Bucket,
}

/// The right to be an open socket, first unidentified.
pub(super) struct SocketPass {
    _connection: OwnedSemaphorePermit,
    lobby: Option<LobbyPass>,
}

/// The right to be one of a party's connections.
pub(super) struct ConnectionPass {
    _connection: OwnedSemaphorePermit,
    quota: Arc<Quota>,
}

/// The right to be a call under way; held until the last byte of its reply.
pub(super) struct CallPass {
    _of_all: OwnedSemaphorePermit,
    _of_party: OwnedSemaphorePermit,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(limits.max_connections)),
            calls: Arc::new(Semaphore::new(limits.max_calls)),
            watches: Arc::new(Semaphore::new(limits.max_watches)),
            lobby: Lobby::new(limits),
            parties: Mutex::default(),
            limits: limits.clone(),
        }
    }

    /// Lets in a fresh socket; `None` closes it.
    pub(super) fn socket(&self, address: IpAddr) -> Option<SocketPass> {
        let connection = Arc::clone(&self.connections).try_acquire_owned().ok()?;
        let lobby = self.lobby.enter(address)?;
        Some(SocketPass { _connection: connection, lobby: Some(lobby) })
    }

    /// Lets in one more connection of a party; `None` closes it.
    pub(super) fn connection(&self, key: PartyKey, now: Instant) -> Option<ConnectionPass> {
        let quota = self.quota(key, now);
        let connection = Arc::clone(&quota.connections).try_acquire_owned().ok()?;
        Some(ConnectionPass { _connection: connection, quota })
    }

    /// Lets in one more call of a party that is connected.
    pub(super) fn call(&self, party: &ConnectionPass, now: Instant) -> Result<CallPass, Shed> {
        self.pass(party, (&self.calls, &party.quota.calls), now)
    }

    /// Lets in one more watch, which lasts and is mostly silent: it takes no place from the calls.
    pub(super) fn watch(&self, party: &ConnectionPass, now: Instant) -> Result<CallPass, Shed> {
        self.pass(party, (&self.watches, &party.quota.watches), now)
    }

    fn pass(
        &self,
        party: &ConnectionPass,
        (all, own): (&Arc<Semaphore>, &Arc<Semaphore>),
        now: Instant,
    ) -> Result<CallPass, Shed> {
        if !party.quota.rate.take(now) {
            return Err(Shed::PeerRate);
        }
        let of_party = Arc::clone(own).try_acquire_owned().map_err(|_| Shed::PeerCalls)?;
        let of_all = Arc::clone(all).try_acquire_owned().map_err(|_| Shed::Overload)?;
        Ok(CallPass { _of_all: of_all, _of_party: of_party })
    }

    /// A party's quota outlives its connections until its bucket is full again, or
    /// a reconnect would be worth a fresh burst.
    fn quota(&self, key: PartyKey, now: Instant) -> Arc<Quota> {
        let mut parties = self.parties.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(quota) = parties.get(&key) {
            return Arc::clone(quota);
        }
        parties.retain(|_, quota| Arc::strong_count(quota) > 1 || !quota.rate.is_full(now));
        let quota = Arc::new(Quota::new(&self.limits, now));
        parties.insert(key, Arc::clone(&quota));
        quota
    }
}

impl SocketPass {
    /// Leaves the lobby: the caller is known and speaks HTTP/2.
    pub(super) fn identified(&mut self) {
        self.lobby = None;
    }
}

impl Quota {
    fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(limits.max_connections_per_peer)),
            calls: Arc::new(Semaphore::new(limits.max_calls_per_peer)),
            watches: Arc::new(Semaphore::new(limits.max_watches_per_peer)),
            rate: Bucket::new(limits.peer_calls_per_second, limits.peer_call_burst, now),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn key(n: u8) -> PartyKey {
        PartyKey::Address([192, 0, 2, n].into())
    }

    #[test]
    fn the_1025th_socket_is_refused_until_one_closes() {
        let limits = Limits {
            max_unidentified: usize::MAX,
            max_unidentified_per_address: usize::MAX,
            ..Limits::default()
        };
        let admission = Admission::new(&limits);
        let mut open: Vec<_> =
            (0..1024).map(|_| admission.socket([192, 0, 2, 1].into()).unwrap()).collect();
        assert!(admission.socket([192, 0, 2, 2].into()).is_none());
        open.pop();
        assert!(admission.socket([192, 0, 2, 2].into()).is_some());
    }

    #[test]
    fn the_call_after_a_burst_is_refused_and_one_passes_when_its_time_has_come() {
        for (limits, per_second, burst) in
            [(Limits::default(), 2_000, 4_000), (Limits::local(), 10_000, 20_000)]
        {
            let admission = Admission::new(&limits);
            let now = Instant::now();
            let party = admission.connection(key(1), now).unwrap();
            let calls = (0..=burst).filter(|_| admission.call(&party, now).is_ok());
            assert_eq!(calls.count(), burst);
            let soon = now + Duration::from_secs(1) / per_second;
            assert!(admission.call(&party, soon).is_ok());
            assert_eq!(admission.call(&party, soon).err(), Some(Shed::PeerRate));
        }
    }

    #[test]
    fn watches_have_places_of_their_own_beside_the_calls() {
        let admission = Admission::new(&Limits { max_watches: 5, ..Limits::default() });
        let now = Instant::now();
        let one = admission.connection(key(1), now).unwrap();
        let other = admission.connection(key(2), now).unwrap();
        let watches: Vec<_> = (0..4).map(|_| admission.watch(&one, now).unwrap()).collect();
        assert_eq!(admission.watch(&one, now).err(), Some(Shed::PeerCalls));
        let _last = admission.watch(&other, now).unwrap();
        assert_eq!(admission.watch(&other, now).err(), Some(Shed::Overload));
        let calls = (0..64).map_while(|_| admission.call(&one, now).ok()).collect::<Vec<_>>();
        assert_eq!(calls.len(), 64, "watches take no place from the calls");
        drop(watches);
        assert!(admission.watch(&other, now).is_ok());
    }

    #[test]
    fn reconnecting_does_not_refill_the_bucket() {
        let limits = Limits { peer_call_burst: 1, peer_calls_per_second: 1, ..Limits::default() };
        let admission = Admission::new(&limits);
        let now = Instant::now();
        let first = admission.connection(key(1), now).unwrap();
        assert!(admission.call(&first, now).is_ok());
        drop(first);
        let _other = admission.connection(key(2), now);
        let again = admission.connection(key(1), now).unwrap();
        assert_eq!(admission.call(&again, now).err(), Some(Shed::PeerRate));
    }

    #[test]
    fn parties_who_left_and_rested_are_forgotten() {
        let admission = Admission::new(&Limits::default());
        let now = Instant::now();
        for n in 0..100 {
            drop(admission.connection(key(n), now));
        }
        drop(admission.connection(key(200), now + Duration::from_secs(10)));
        assert_eq!(admission.parties.lock().unwrap().len(), 1);
    }
}
