//! One connection from its first SETTINGS to its end.

use std::pin::{Pin, pin};
use std::sync::Arc;

use hyper::server::conn::http2;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::limits::Limits;

use super::GrpcService;
use super::gate::Gate;
use super::stream_tasks::StreamTasks;

/// Why a connection did not end by itself after its last call.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cut {
    /// The client was asked to close, by age or by shutdown, and did not in time.
    #[error("the client did not close in time")]
    Forced,
    /// A broken line, a broken rule of HTTP/2, or a silent peer.
    #[error("the connection failed")]
    Failed(#[from] hyper::Error),
    /// The registry or the certificate no longer vouches for the peer.
    #[error("the peer is no longer trusted")]
    Untrusted,
}

impl Cut {
    /// The stable code, for the log.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Forced => "NOT_CLOSED_IN_TIME",
            Self::Failed(_) => "CONNECTION_FAILED",
            Self::Untrusted => "NOT_TRUSTED",
        }
    }
}

/// What may end a connection from outside.
pub(super) struct Leash {
    /// When to ask the client to close.
    pub(super) old_at: Instant,
    /// Becomes true when the node stops.
    pub(super) stopping: watch::Receiver<bool>,
    /// Changes when the registry does.
    pub(super) trust: watch::Receiver<u64>,
}

/// Serves calls until something ends the connection. `trusted` is asked at once when
/// the registry changes and every [`Limits::trust_recheck_interval`] besides, which
/// catches a certificate that expires and a registry that does.
pub(super) async fn drive<IO, S>(
    io: IO,
    gate: Gate<S>,
    leash: Leash,
    trusted: impl Fn() -> bool,
) -> Result<(), Cut>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: GrpcService,
{
    let limits = Arc::clone(&gate.limits);
    let Leash { old_at, mut stopping, mut trust } = leash;
    let mut connection = pin!(builder(&limits).serve_connection(TokioIo::new(io), gate));
    let mut recheck = interval(limits.trust_recheck_interval);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_moment = pin!(sleep_until(old_at));
    let mut asked_to_close = false;
    loop {
        let ask_to_close = tokio::select! {
            biased;
            () = changed(&mut trust) => false,
            _ = recheck.tick() => false,
            () = &mut last_moment => {
                if asked_to_close {
                    return Err(Cut::Forced);
                }
                true
            }
            () = stopped(&mut stopping), if !asked_to_close => true,
            ended = connection.as_mut() => return Ok(ended?),
        };
        if !trusted() {
            return Err(Cut::Untrusted);
        }
        if ask_to_close {
            asked_to_close = true;
            connection.as_mut().graceful_shutdown();
            Pin::as_mut(&mut last_moment).reset(Instant::now() + limits.close_grace);
        }
    }
}

fn builder(limits: &Limits) -> http2::Builder<StreamTasks> {
    let tasks = StreamTasks { longest: limits.call_deadline + limits.call_abort_grace };
    let mut builder = http2::Builder::new(tasks);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_concurrent_streams)
        .max_pending_accept_reset_streams(limits.max_pending_accept_reset_streams)
        .max_local_error_reset_streams(limits.max_local_error_reset_streams)
        .max_header_list_size(limits.max_header_list_bytes)
        .initial_stream_window_size(limits.stream_window_bytes)
        .initial_connection_window_size(limits.connection_window_bytes)
        .max_frame_size(limits.max_frame_bytes)
        .max_send_buf_size(limits.max_send_buffer_bytes)
        .keep_alive_interval(limits.keepalive_interval)
        .keep_alive_timeout(limits.keepalive_timeout);
    builder
}

/// Resolves on the next revision; never, once nobody can announce one any more.
async fn changed(trust: &mut watch::Receiver<u64>) {
    if trust.changed().await.is_err() {
        std::future::pending().await
    }
}

/// Resolves when the node stops, or when whoever could stop it is gone.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the reactor with it.
    let _ = stopping.wait_for(|stop| *stop).await;
}
