//! Accepting sockets without spinning when the system has none left to give.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};

use crate::limits::Limits;

/// Where sockets come from; the tests have one that only fails.
pub(super) trait Accept: Send {
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        Self::accept(self).await
    }
}

/// An acceptor that pauses after an error of the system.
///
/// EMFILE leaves the connection in the queue, so an immediate retry fails again at
/// once and burns a core for as long as the shortage lasts.
pub(super) struct Doorway<A> {
    acceptor: A,
    closed_until: Option<Instant>,
    pause: Duration,
}

impl<A: Accept> Doorway<A> {
    pub(super) fn new(acceptor: A) -> Self {
        Self { acceptor, closed_until: None, pause: Duration::ZERO }
    }

    /// The next socket. It may be dropped and called again at any time: a pause
    /// that has begun is kept.
    pub(super) async fn next(&mut self, limits: &Limits) -> (TcpStream, SocketAddr) {
        loop {
            if let Some(instant) = self.closed_until {
                sleep_until(instant).await;
                self.closed_until = None;
            }
            match self.acceptor.accept().await {
                Ok(accepted) => {
                    self.pause = Duration::ZERO;
                    return accepted;
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => self.close_for_a_while(&error, limits),
            }
        }
    }

    fn close_for_a_while(&mut self, error: &io::Error, limits: &Limits) {
        self.pause =
            (self.pause * 2).clamp(limits.accept_backoff_first, limits.accept_backoff_longest);
        self.closed_until = Some(Instant::now() + self.pause);
        tracing::warn!(
            os.error = error.raw_os_error(),
            pause_ms = u64::try_from(self.pause.as_millis()).unwrap_or(u64::MAX),
            "no socket can be accepted"
        );
    }
}

/// Whether the error took its connection off the queue, so that the next may follow.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Linux returns when the process has no descriptor left.
    const EMFILE: i32 = 24;

    struct Exhausted {
        failures_left: u32,
        calls: u32,
        listener: TcpListener,
    }

    impl Accept for &mut Exhausted {
        async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
            self.calls += 1;
            if self.failures_left == 0 {
                return self.listener.accept().await;
            }
            self.failures_left -= 1;
            Err(io::Error::from_raw_os_error(EMFILE))
        }
    }

    async fn exhausted(failures_left: u32) -> Exhausted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Exhausted { failures_left, calls: 0, listener }
    }

    #[tokio::test]
    async fn an_exhausted_system_is_asked_a_few_times_a_second_and_not_in_a_spin() {
        let limits = Limits::default();
        let mut acceptor = exhausted(u32::MAX).await;
        let mut door = Doorway::new(&mut acceptor);
        for _ in 0..100 {
            // The reactor drops and renews this future each time a connection ends.
            let turn = tokio::time::timeout(Duration::from_millis(5), door.next(&limits));
            turn.await.unwrap_err();
        }
        let calls = acceptor.calls;
        assert!((2..=5).contains(&calls), "{calls} calls in half a second");
    }

    #[tokio::test]
    async fn sockets_are_accepted_again_once_descriptors_are_free() {
        let mut acceptor = exhausted(2).await;
        let address = acceptor.listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let mut door = Doorway::new(&mut acceptor);
        let limits = Limits::default();
        let turn = tokio::time::timeout(Duration::from_secs(2), door.next(&limits));
        turn.await.unwrap();
        assert_eq!(acceptor.calls, 3);
    }
}
