//! One HTTP/2 connection to one peer, from its first byte to its end.
//!
//! TLS never asks again once it is up. So whoever drives the connection does: when the registry
//! changes and every few seconds besides, and cuts it with all its calls when the registry no
//! longer lists what it was opened with.

use std::pin::pin;

use brygga_identity::registry::Endpoint;
use brygga_identity::tls::{ConnectedStream, PeerIdentity};
use http::Uri;
use hyper::client::conn::http2::{Builder, Connection};
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tonic::body::Body;

use crate::limits::{
    CONNECTION_WINDOW_BYTES, Limits, MAX_FRAME_BYTES, MAX_HEADER_LIST_BYTES,
    MAX_LOCAL_ERROR_RESET_STREAMS, MAX_SEND_BUFFER_BYTES, STREAM_WINDOW_BYTES,
};

use super::dialler::Dialler;
use super::http2::Http2;

type Io = TokioIo<ConnectedStream<TcpStream>>;

/// A connection that calls can be made on. Clones share it.
#[derive(Clone)]
pub(super) struct Line {
    /// Where calls go in.
    pub(super) http2: Http2,
    /// What requests call the other end.
    pub(super) origin: Uri,
}

/// What a connection was opened with, and what the registry must go on saying.
pub(super) struct Basis {
    /// Who proved to be at the other end.
    pub(super) peer: PeerIdentity,
    /// Where it was reached.
    pub(super) endpoint: Endpoint,
}

impl Line {
    /// Begins HTTP/2 on a connection that TLS has proved, and drives it in a task of its own.
    pub(super) async fn begin(
        stream: ConnectedStream<TcpStream>,
        basis: Basis,
        dialler: Dialler,
    ) -> Result<Self, super::DialError> {
        let origin = basis.endpoint.to_string().parse()?;
        let (leash, held) = watch::channel(());
        let (requests, connection) =
            builder(Leashed(held), &dialler.limits).handshake(TokioIo::new(stream)).await?;
        tokio::spawn(drive(connection, leash, basis, dialler));
        Ok(Self { http2: Http2::new(requests), origin })
    }
}

/// Runs the connection until it has ended, or the registry no longer vouches for its basis.
/// When this returns, `leash` goes and every task of the connection with it.
async fn drive(
    connection: Connection<Io, Body, Leashed>,
    leash: watch::Sender<()>,
    basis: Basis,
    dialler: Dialler,
) {
    // No new call comes in once the first part ends; those under way may finish in the second.
    let mut ended = pin!(async {
        let ended = connection.await;
        leash.closed().await;
        ended
    });
    let mut trust = dialler.trust.subscribe();
    let mut recheck = interval(dialler.limits.trust_recheck_interval);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while dialler.still_holds(&basis) {
        tokio::select! {
            biased;
            Ok(()) = trust.changed() => {}
            _ = recheck.tick() => {}
            _ = &mut ended => return,
        }
    }
    tracing::warn!(peer = %basis.peer.org(), "connection cut: not trusted, or moved");
}

fn builder(tasks: Leashed, limits: &Limits) -> Builder<Leashed> {
    let mut builder = Builder::new(tasks);
    builder
        .timer(TokioTimer::new())
        .max_local_error_reset_streams(MAX_LOCAL_ERROR_RESET_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
        .keep_alive_interval(limits.keepalive_interval)
        .keep_alive_timeout(limits.keepalive_timeout)
        .keep_alive_while_idle(true);
    builder
}

/// Runs what hyper spawns for as long as somebody holds the other end of the leash.
#[derive(Clone)]
struct Leashed(watch::Receiver<()>);

impl<F> Executor<F> for Leashed
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, task: F) {
        let mut leash = self.0.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = task => {}
                // Nothing is ever sent: it ends when the holder has let go.
                _ = leash.changed() => {}
            }
        });
    }
}
