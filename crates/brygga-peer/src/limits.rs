//! Every limit of what a node sends, by name.
//!
//! A neighbour that answers us may be as hostile as one that calls us, so the limits of the
//! federation port apply to its answers too. Each value stands here once and in
//! `docs/LIMITS.md`.

use std::time::Duration;

use brygga_domain::Seconds;

/// TCP, TLS and the first bytes of HTTP/2 to one endpoint; the next endpoint is tried after it.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// One whole call: finding a connection, sending, and the last byte of the answer.
pub const CALL_DEADLINE: Duration = Duration::from_secs(30);
/// How often an open connection's certificate and registry entry are judged again.
pub const TRUST_RECHECK_INTERVAL: Duration = Duration::from_secs(2);
/// Silence after which the peer is pinged, with or without a call under way.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// Time for the answer to that ping.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of one answer's headers after decompression.
pub const MAX_HEADER_LIST_BYTES: u32 = 8 * 1024;
/// Bytes of one HTTP/2 frame, the least that the protocol allows.
pub const MAX_FRAME_BYTES: u32 = 16 * 1024;
/// Bytes that a peer may send ahead on one stream.
pub const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// Bytes that a peer may send ahead on one connection.
pub const CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
/// Bytes of a request that wait for a slow peer on one stream.
pub const MAX_SEND_BUFFER_BYTES: usize = 64 * 1024;
/// Streams that the peer made us reset by its errors (CVE-2025-8671).
pub const MAX_LOCAL_ERROR_RESET_STREAMS: usize = 64;
/// Bytes of the answer to a batch: 64 receipts of at most 4 KiB, and room to spare.
pub const MAX_DELIVER_RESPONSE_BYTES: usize = 512 * 1024;
/// Bytes of a registry as a peer hands it out: a document of 4 MiB and its signatures.
pub const MAX_REGISTRY_RESPONSE_BYTES: usize = 4 * 1024 * 1024 + 64 * 1024;

/// Bytes of all cells of one slot: 512 of 16,384 bytes, and room for their frames.
pub const MAX_CELLS_RESPONSE_BYTES: usize = 512 * (16_384 + 8) + 1024;

/// Messages in one batch, as the contract says.
pub const MAX_BATCH_MESSAGES: u32 = 64;
/// Bytes of envelopes in one batch; a single larger envelope still goes, alone.
pub const MAX_BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Batches of more than one message under way to all recipients together; each takes up to
/// three times [`MAX_BATCH_BYTES`] of memory.
pub const MAX_BATCHES: usize = 64;
/// Longest pause after calls to a recipient have failed, so that it is found again soon.
pub const LONGEST_PAUSE: Seconds = Seconds(30);
/// Messages for one recipient of which it is remembered how often they have failed by themselves.
pub const MAX_FAILING_MESSAGES: usize = 4_096;
/// How often the outbox is looked through for what nobody announced: retries that have become
/// due, and messages of another process or of an earlier life of this one.
pub const SWEEP_INTERVAL: Duration = Duration::from_millis(250);
/// Calls per second that one recipient gets in the long run; below what a node of ours takes.
pub const CALLS_PER_SECOND: u32 = 1_800;
/// Calls that one recipient gets at once after a rest; below what a node of ours takes.
pub const CALL_BURST: u32 = 3_500;
/// How long a process may deliver to a recipient without asking again, where several could.
pub const LEASE: Seconds = Seconds(60);
/// A lease with less left than this is renewed before a batch: the deadline of a call, and time
/// to store the answer.
pub const LEASE_RESERVE: Seconds = Seconds(40);
/// How long another process is left alone before its lease is asked for again.
pub const LEASE_PATIENCE: Seconds = Seconds(5);

/// Bytes of one step of a watch: a statement of 16 KiB and its signature.
pub const MAX_WATCH_STEP_BYTES: usize = 32 * 1024;
/// Services of one publisher that are heard between two steps that say that nothing is missing.
pub const MAX_WATCHED_SERVICES: usize = 2_000;
/// Silence after which a watch is taken for dead; its peer speaks every five seconds.
pub const WATCH_SILENCE: Duration = Duration::from_secs(15);

/// From the start of the node to its first question for a newer registry.
pub const FIRST_SYNC: Duration = Duration::from_millis(100);
/// How often some peer is asked for a newer registry, give or take [`SYNC_JITTER_PERCENT`].
pub const SYNC_INTERVAL: Duration = Duration::from_secs(30);
/// The same for a node that its own registry does not list, which waits to be admitted.
pub const OUTSIDER_SYNC_INTERVAL: Duration = Duration::from_secs(2);
/// How far those questions are spread.
pub const SYNC_JITTER_PERCENT: u64 = 20;
/// Shortest time between two questions, however often peers claim to know more.
pub const SYNC_PAUSE: Duration = Duration::from_secs(1);

/// The limits that are spans of time; [`Default`] is the constants of this module.
///
/// The node always runs with the default. Tests shrink it to reach an edge quickly.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the constant of the same name")]
pub struct Limits {
    pub connect_deadline: Duration,
    pub call_deadline: Duration,
    pub trust_recheck_interval: Duration,
    pub keepalive_interval: Duration,
    pub keepalive_timeout: Duration,
    pub longest_pause: Seconds,
    pub sweep_interval: Duration,
    pub first_sync: Duration,
    pub sync_interval: Duration,
    pub outsider_sync_interval: Duration,
    pub sync_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_deadline: CONNECT_DEADLINE,
            call_deadline: CALL_DEADLINE,
            trust_recheck_interval: TRUST_RECHECK_INTERVAL,
            keepalive_interval: KEEPALIVE_INTERVAL,
            keepalive_timeout: KEEPALIVE_TIMEOUT,
            longest_pause: LONGEST_PAUSE,
            sweep_interval: SWEEP_INTERVAL,
            first_sync: FIRST_SYNC,
            sync_interval: SYNC_INTERVAL,
            outsider_sync_interval: OUTSIDER_SYNC_INTERVAL,
            sync_pause: SYNC_PAUSE,
        }
    }
}
