//! The accept loop, and the way of one socket through all the doors.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use brygga_identity::tls::AcceptError;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::limits::Limits;

use super::GrpcService;
use super::admission::{Admission, ConnectionPass, SocketPass};
use super::connection::{Cut, Leash, drive, stopped};
use super::doorway::{Accept, Doorway};
use super::gate::Gate;
use super::party::{Gatekeeper, Party};
use super::preface::{Replay, read_preface};

/// One listening port at work.
pub(super) struct Reactor<G> {
    keeper: G,
    admission: Arc<Admission>,
    limits: Arc<Limits>,
    trust: watch::Receiver<u64>,
    jitter: Jitter,
}

impl<G: Gatekeeper> Reactor<G> {
    pub(super) fn new(keeper: G, limits: Limits, trust: watch::Receiver<u64>, seed: u64) -> Self {
        Self {
            keeper,
            admission: Arc::new(Admission::new(&limits)),
            limits: Arc::new(limits),
            trust,
            jitter: Jitter(AtomicU64::new(seed)),
        }
    }

    pub(super) async fn run<A: Accept, S: GrpcService>(
        self,
        mut door: Doorway<A>,
        service: S,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let reactor = Arc::new(self);
        let (stop, stopping) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_ended) = connections.join_next() => {}
                (tcp, from) = door.next(&reactor.limits) => {
                    let Some(pass) = reactor.admission.socket(from.ip()) else {
                        tracing::debug!("socket refused: too many are open");
                        continue;
                    };
                    let (reactor, service) = (Arc::clone(&reactor), service.clone());
                    let stopping = stopping.clone();
                    connections.spawn(async move {
                        reactor.serve_socket(tcp, from, pass, service, stopping).await;
                    });
                }
            }
        }
        drop(door);
        // Nobody listens only when no connection is left.
        let _ = stop.send(true);
        // Each connection keeps the grace by itself; the second is for its last turn.
        let last_moment = reactor.limits.close_grace + Duration::from_secs(1);
        let all_closed = async { while connections.join_next().await.is_some() {} };
        if timeout(last_moment, all_closed).await.is_err() {
            tracing::warn!("connections were cut at shutdown");
        }
    }

    async fn serve_socket<S: GrpcService>(
        &self,
        tcp: TcpStream,
        from: SocketAddr,
        mut pass: SocketPass,
        service: S,
        mut stopping: watch::Receiver<bool>,
    ) {
        // Subscribed before the handshake, so that no change can fall in between.
        let trust = self.trust.clone();
        let opened = tokio::select! {
            biased;
            () = stopped(&mut stopping) => return,
            opened = self.open(tcp, from) => opened,
        };
        let Opened { io, party, pass: of_party } = match opened {
            Ok(opened) => opened,
            Err(reason) => {
                tracing::debug!(reason = reason.code(), "connection refused");
                return;
            }
        };
        pass.identified();
        let gate = Gate {
            admission: Arc::clone(&self.admission),
            limits: Arc::clone(&self.limits),
            party: party.clone(),
            pass: of_party,
            service,
        };
        let age = self.jitter.spread(self.limits.connection_age, self.limits.age_jitter_percent);
        let leash = Leash { old_at: Instant::now() + age, stopping, trust };
        let ended = drive(io, gate, leash, || self.keeper.still_trusts(&party)).await;
        let peer = party.organisation();
        match ended {
            Ok(()) => tracing::debug!(peer, "connection closed"),
            Err(Cut::Untrusted) => tracing::warn!(peer, "connection cut: not trusted"),
            Err(cut) => tracing::debug!(peer, reason = cut.code(), "connection cut"),
        }
    }

    /// From a socket to a party that speaks HTTP/2 and is within its quota.
    async fn open(&self, tcp: TcpStream, from: SocketAddr) -> Result<Opened<G::Io>, Refused> {
        let limits = &self.limits;
        // Nagle's algorithm and delayed acknowledgements cost 40 ms per call together.
        tcp.set_nodelay(true)?;
        let (io, party) = timeout(limits.tls_handshake_deadline, self.keeper.identify(tcp, from))
            .await
            .map_err(|_| Refused::SlowHandshake)??;
        let pass = self
            .admission
            .connection(party.key(), Instant::now())
            .ok_or(Refused::TooManyConnections)?;
        let io = timeout(limits.preface_deadline, read_preface(io, limits.max_frame_bytes))
            .await
            .map_err(|_| Refused::SlowPreface)??;
        Ok(Opened { io, party, pass })
    }
}

struct Opened<IO> {
    io: Replay<IO>,
    party: Party,
    pass: ConnectionPass,
}

/// Why a socket never became a connection. For our log; the caller sees it closed.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("who calls could not be proved")]
    Identity(#[from] AcceptError),
    #[error("the line broke, or something else than HTTP/2 was spoken")]
    Preface(#[from] io::Error),
    #[error("the TLS handshake took too long")]
    SlowHandshake,
    #[error("the HTTP/2 preface took too long")]
    SlowPreface,
    #[error("the party has too many connections")]
    TooManyConnections,
}

impl Refused {
    /// The stable code, for the log.
    const fn code(&self) -> &'static str {
        match self {
            Self::Identity(_) => "IDENTITY_NOT_PROVED",
            Self::Preface(_) => "NO_HTTP2",
            Self::SlowHandshake => "HANDSHAKE_TOO_SLOW",
            Self::SlowPreface => "PREFACE_TOO_SLOW",
            Self::TooManyConnections => "TOO_MANY_CONNECTIONS",
        }
    }
}

/// Spreads ages evenly by SplitMix64: enough to part a herd, no good for secrets.
struct Jitter(AtomicU64);

impl Jitter {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// `span`, longer or shorter by up to `percent`.
    fn spread(&self, span: Duration, percent: u32) -> Duration {
        let mut word = self.0.fetch_add(Self::STEP, Ordering::Relaxed);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let low = 100 - percent.min(100);
        let width = u64::from(percent.min(100)) * 2000 + 1;
        let thousandths = low * 1000 + u32::try_from((word >> 32) % width).unwrap_or(0);
        span * thousandths / 100_000
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    /// Tells whether Nagle's algorithm is off on the sockets it is shown.
    struct Witness(mpsc::Sender<bool>);

    impl Gatekeeper for Witness {
        type Io = TcpStream;

        async fn identify(
            &self,
            tcp: TcpStream,
            _from: SocketAddr,
        ) -> Result<(Self::Io, Party), AcceptError> {
            self.0.send(tcp.nodelay()?).await.unwrap();
            Err(AcceptError::NoH2)
        }

        fn still_trusts(&self, _party: &Party) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn nagle_is_off_on_accepted_sockets() {
        let (seen, mut nodelay) = mpsc::channel(1);
        let (_revision, trust) = watch::channel(0);
        let reactor = Reactor::new(Witness(seen), Limits::default(), trust, 0);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let routes = tonic::service::Routes::default();
        let shutdown = async { assert!(nodelay.recv().await.unwrap()) };
        reactor.run(Doorway::new(listener), routes, shutdown).await;
    }

    #[test]
    fn ages_are_spread_over_ten_percent_either_way() {
        let jitter = Jitter(AtomicU64::new(1));
        let age = Duration::from_secs(600);
        let ages: Vec<_> = (0..1000).map(|_| jitter.spread(age, 10)).collect();
        let (low, high) = (ages.iter().min().unwrap(), ages.iter().max().unwrap());
        assert!(*low >= Duration::from_secs(540) && *low < Duration::from_secs(545), "{low:?}");
        assert!(*high <= Duration::from_secs(660) && *high > Duration::from_secs(655), "{high:?}");
        assert_eq!(Jitter(AtomicU64::new(7)).spread(age, 0), age);
    }
}
