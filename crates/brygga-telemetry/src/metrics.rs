//! The instruments of a node.
//!
//! An attribute is an organisation or a [`Label`], so no metric can carry content, and the
//! number of series stays bounded: organisations are those of the registry.

use std::time::Duration;

use brygga_domain::OrgId;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};

use crate::allow_list::DroppedFields;
use crate::shape::Shape;

const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// The instruments of a node. Cheap to clone; clones share the instruments.
#[derive(Clone, Debug)]
pub struct Metrics {
    connections_open: UpDownCounter<i64>,
    delivery_duration: Histogram<f64>,
    delivery_sent: Counter<u64>,
    inbox_refused: Counter<u64>,
    limit_hit: Counter<u64>,
    outbox_depth: Gauge<u64>,
    referral_decisions: Counter<u64>,
}

/// A word of a closed vocabulary, compiled into the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(&'static str);

/// How one attempt to deliver ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The receiver stored the message.
    Delivered,
    /// The time to try is over; a person is told.
    GivenUp,
    /// The receiver refused it for good.
    Refused,
    /// It will be tried again.
    Retried,
}

/// The port a connection came in on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// Other nodes.
    Federation,
    /// The organisation's own staff and systems.
    Local,
}

impl Label {
    /// A label such as `enum.as_str()`. A word that has not the shape of a code or a name
    /// becomes `other`.
    pub fn new(word: &'static str) -> Self {
        let fits = Shape::Code.allows_text(word) || Shape::Name.allows_text(word);
        Self(if fits { word } else { "other" })
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl DeliveryOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Refused => "refused",
            Self::Retried => "retried",
        }
    }
}

impl Listener {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Federation => "federation",
            Self::Local => "local",
        }
    }
}

impl Metrics {
    pub(crate) fn new(meter: &Meter, dropped: DroppedFields) -> Self {
        // The instrument lives as long as the meter's provider; the handle is not needed.
        meter
            .u64_observable_counter("brygga.telemetry.dropped_fields")
            .with_description("Values that were not recorded because the list does not allow them")
            .with_callback(move |observer| observer.observe(dropped.count(), &[]))
            .build();
        Self {
            connections_open: meter
                .i64_up_down_counter("brygga.connections.open")
                .with_unit("{connection}")
                .build(),
            delivery_duration: meter
                .f64_histogram("brygga.delivery.duration")
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            delivery_sent: meter.u64_counter("brygga.delivery.sent").with_unit("{message}").build(),
            inbox_refused: meter.u64_counter("brygga.inbox.refused").with_unit("{message}").build(),
            limit_hit: meter.u64_counter("brygga.limit.hit").build(),
            outbox_depth: meter.u64_gauge("brygga.outbox.depth").with_unit("{message}").build(),
            referral_decisions: meter
                .u64_counter("brygga.referral.decisions")
                .with_unit("{referral}")
                .build(),
        }
    }

    /// One attempt to deliver a message of type `message` ended after `took`.
    pub fn delivery(&self, peer: &OrgId, message: Label, outcome: DeliveryOutcome, took: Duration) {
        let attributes = [
            organisation(peer),
            KeyValue::new("message.type", message.as_str()),
            KeyValue::new("outcome", outcome.as_str()),
        ];
        self.delivery_sent.add(1, &attributes);
        self.delivery_duration.record(took.as_secs_f64(), &attributes);
    }

    /// Messages now in the outbox.
    pub fn outbox_depth(&self, depth: u64) {
        self.outbox_depth.record(depth, &[]);
    }

    /// A message of `peer` was refused.
    pub fn inbox_refused(&self, peer: &OrgId, reason: Label) {
        let reason = KeyValue::new("reason", reason.as_str());
        self.inbox_refused.add(1, &[organisation(peer), reason]);
    }

    /// A connection was opened. Each is closed once with [`Metrics::connection_closed`].
    pub fn connection_opened(&self, listener: Listener) {
        self.connections_open.add(1, &[KeyValue::new("listener", listener.as_str())]);
    }

    /// A connection was closed.
    pub fn connection_closed(&self, listener: Listener) {
        self.connections_open.add(-1, &[KeyValue::new("listener", listener.as_str())]);
    }

    /// A limit stopped something.
    pub fn limit_hit(&self, limit: Label) {
        self.limit_hit.add(1, &[KeyValue::new("limit.name", limit.as_str())]);
    }

    /// A referral was decided.
    pub fn referral_decided(&self, outcome: Label) {
        self.referral_decisions.add(1, &[KeyValue::new("outcome", outcome.as_str())]);
    }
}

fn organisation(peer: &OrgId) -> KeyValue {
    KeyValue::new("peer", peer.as_str().to_owned())
}
