//! Every limit of the two ports, by name.
//!
//! The defaults of the libraries below leave several of these open: no cap on
//! streams or connections, no deadline before HTTP/2 is up, an age that never
//! closes anything. Each value stands here once, is explained in `docs/LIMITS.md`
//! and is crossed by one in a test of its own.

use std::time::Duration;

/// Open connections of all peers together, handshakes included.
pub const MAX_CONNECTIONS: usize = 1024;
/// Open connections of one organisation, or of one address at the local port.
pub const MAX_CONNECTIONS_PER_PEER: usize = 32;
/// Sockets that have not said who they are: in TLS, or before the HTTP/2 preface.
pub const MAX_UNIDENTIFIED: usize = 256;
/// As [`MAX_UNIDENTIFIED`], from one address.
pub const MAX_UNIDENTIFIED_PER_ADDRESS: usize = 32;
/// From the accepted socket to a finished TLS handshake.
pub const TLS_HANDSHAKE_DEADLINE: Duration = Duration::from_secs(5);
/// From there to the HTTP/2 preface and the client's first SETTINGS.
pub const PREFACE_DEADLINE: Duration = Duration::from_secs(5);
/// Open calls on one connection (SETTINGS_MAX_CONCURRENT_STREAMS).
pub const MAX_CONCURRENT_STREAMS: u32 = 64;
/// Streams that a client opened and reset before they were looked at (CVE-2023-44487).
pub const MAX_PENDING_ACCEPT_RESET_STREAMS: usize = 20;
/// Streams that the client made us reset by its errors (CVE-2025-8671).
pub const MAX_LOCAL_ERROR_RESET_STREAMS: usize = 64;
/// Bytes of one call's headers after decompression.
pub const MAX_HEADER_LIST_BYTES: u32 = 8 * 1024;
/// Bytes that a client may send ahead on one stream.
pub const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// Bytes that a client may send ahead on one connection.
pub const CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
/// Bytes of one HTTP/2 frame, the least that the protocol allows.
pub const MAX_FRAME_BYTES: u32 = 16 * 1024;
/// Bytes of a reply that wait for a slow reader on one stream.
pub const MAX_SEND_BUFFER_BYTES: usize = 64 * 1024;
/// Silence after which the peer is pinged.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// Time for the answer to that ping.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Age at which a connection is asked to close, give or take [`AGE_JITTER_PERCENT`].
pub const CONNECTION_AGE: Duration = Duration::from_secs(10 * 60);
/// How far ages are spread, so that peers do not all reconnect at once (gRFC A9).
pub const AGE_JITTER_PERCENT: u32 = 10;
/// From GOAWAY, by age or by shutdown, to a forced close.
pub const CLOSE_GRACE: Duration = Duration::from_secs(30);
/// One whole call from its headers to its last trailer; a shorter `grpc-timeout` wins.
pub const CALL_DEADLINE: Duration = Duration::from_secs(30);
/// From there to a forced reset, for a client that does not read the refusal.
pub const CALL_ABORT_GRACE: Duration = Duration::from_secs(1);
/// How long a watch lasts before its reader goes on with a new one; it ends before [`CALL_DEADLINE`].
pub const WATCH_SPAN: Duration = Duration::from_secs(25);
/// Quiet time after which a watch says that nothing has changed.
pub const WATCH_HEARTBEAT: Duration = Duration::from_secs(5);
/// Connections to the public page; one too many is closed at once.
pub const MAX_PAGE_CONNECTIONS: usize = 64;
/// Bytes of a question to the public page, headers included.
pub const MAX_PAGE_HEADER_BYTES: usize = 8 * 1024;
/// One whole question to the public page, from the socket to the last byte of its answer.
pub const PAGE_DEADLINE: Duration = Duration::from_secs(5);
/// How long an answer of the public page may be kept by whoever stands between.
pub const PAGE_FRESH_SECONDS: u32 = 60;
/// Pause of the public page's port after a socket could not be accepted.
pub const PAGE_ACCEPT_PAUSE: Duration = Duration::from_secs(1);
/// Watches under way for one peer.
pub const MAX_WATCHES_PER_PEER: usize = 4;
/// Watches under way for all peers, which are no calls under way.
pub const MAX_WATCHES: usize = 1024;
/// Calls under way for one peer.
pub const MAX_CALLS_PER_PEER: usize = 64;
/// Calls under way for all peers.
pub const MAX_CALLS: usize = 512;
/// Calls per second that one peer may make in the long run.
pub const PEER_CALLS_PER_SECOND: u32 = 2_000;
/// Calls that one peer may make at once after a rest.
pub const PEER_CALL_BURST: u32 = 4_000;
/// How often an open connection's certificate and registry entry are judged again.
pub const TRUST_RECHECK_INTERVAL: Duration = Duration::from_secs(2);
/// First pause of the accept loop when the system has no descriptors or memory left.
pub const ACCEPT_BACKOFF_FIRST: Duration = Duration::from_millis(50);
/// Longest such pause; it doubles up to here.
pub const ACCEPT_BACKOFF_LONGEST: Duration = Duration::from_secs(1);
/// Bytes of one decoded message of the batch delivery call. The service applies it.
pub const MAX_BATCH_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of one decoded message of each other call. The service applies it.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// The limits of one listener; [`Default`] is the constants of this module.
///
/// The node always runs with the default. Tests shrink it to reach an edge quickly.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the constant of the same name")]
pub struct Limits {
    pub max_connections: usize,
    pub max_connections_per_peer: usize,
    pub max_unidentified: usize,
    pub max_unidentified_per_address: usize,
    pub tls_handshake_deadline: Duration,
    pub preface_deadline: Duration,
    pub max_concurrent_streams: u32,
    pub max_pending_accept_reset_streams: usize,
    pub max_local_error_reset_streams: usize,
    pub max_header_list_bytes: u32,
    pub stream_window_bytes: u32,
    pub connection_window_bytes: u32,
    pub max_frame_bytes: u32,
    pub max_send_buffer_bytes: usize,
    pub keepalive_interval: Duration,
    pub keepalive_timeout: Duration,
    pub connection_age: Duration,
    pub age_jitter_percent: u32,
    pub close_grace: Duration,
    pub call_deadline: Duration,
    pub call_abort_grace: Duration,
    pub max_watches_per_peer: usize,
    pub max_watches: usize,
    pub max_calls_per_peer: usize,
    pub max_calls: usize,
    pub peer_calls_per_second: u32,
    pub peer_call_burst: u32,
    pub trust_recheck_interval: Duration,
    pub accept_backoff_first: Duration,
    pub accept_backoff_longest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: MAX_CONNECTIONS,
            max_connections_per_peer: MAX_CONNECTIONS_PER_PEER,
            max_unidentified: MAX_UNIDENTIFIED,
            max_unidentified_per_address: MAX_UNIDENTIFIED_PER_ADDRESS,
            tls_handshake_deadline: TLS_HANDSHAKE_DEADLINE,
            preface_deadline: PREFACE_DEADLINE,
            max_concurrent_streams: MAX_CONCURRENT_STREAMS,
            max_pending_accept_reset_streams: MAX_PENDING_ACCEPT_RESET_STREAMS,
            max_local_error_reset_streams: MAX_LOCAL_ERROR_RESET_STREAMS,
            max_header_list_bytes: MAX_HEADER_LIST_BYTES,
            stream_window_bytes: STREAM_WINDOW_BYTES,
            connection_window_bytes: CONNECTION_WINDOW_BYTES,
            max_frame_bytes: MAX_FRAME_BYTES,
            max_send_buffer_bytes: MAX_SEND_BUFFER_BYTES,
            keepalive_interval: KEEPALIVE_INTERVAL,
            keepalive_timeout: KEEPALIVE_TIMEOUT,
            connection_age: CONNECTION_AGE,
            age_jitter_percent: AGE_JITTER_PERCENT,
            close_grace: CLOSE_GRACE,
            call_deadline: CALL_DEADLINE,
            call_abort_grace: CALL_ABORT_GRACE,
            max_watches_per_peer: MAX_WATCHES_PER_PEER,
            max_watches: MAX_WATCHES,
            max_calls_per_peer: MAX_CALLS_PER_PEER,
            max_calls: MAX_CALLS,
            peer_calls_per_second: PEER_CALLS_PER_SECOND,
            peer_call_burst: PEER_CALL_BURST,
            trust_recheck_interval: TRUST_RECHECK_INTERVAL,
            accept_backoff_first: ACCEPT_BACKOFF_FIRST,
            accept_backoff_longest: ACCEPT_BACKOFF_LONGEST,
        }
    }
}

/// Calls a second on the local port, where one address may be a whole case system.
pub const LOCAL_CALLS_PER_SECOND: u32 = 10_000;
/// Calls at once on the local port after a quiet while.
pub const LOCAL_CALL_BURST: u32 = 20_000;

impl Limits {
    /// The limits of the local port: as the federation port's, but for the rate of calls.
    pub fn local() -> Self {
        Self {
            peer_calls_per_second: LOCAL_CALLS_PER_SECOND,
            peer_call_burst: LOCAL_CALL_BURST,
            ..Self::default()
        }
    }
}
