//! The instruments of a node.
//!
//! An attribute is an organisation or a [`Label`], so no metric can carry content, and the
//! number of series stays bounded: organisations are those of the registry.

use std::time::Duration;

use brygga_domain::{OrgId, Seconds};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

use crate::allow_list::DroppedFields;
use crate::shape::Shape;

const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// The instruments of a node. Cheap to clone; clones share the instruments.
#[derive(Clone, Debug)]
pub struct Metrics {
    audit_size: Gauge<u64>,
    delivery_duration: Histogram<f64>,
    delivery_sent: Counter<u64>,
    evaluations_due: Gauge<u64>,
    outbox_dead: Gauge<u64>,
    outbox_queued: Gauge<u64>,
    registry_expires_in: Gauge<i64>,
    registry_sequence: Gauge<u64>,
    reviews_overdue: Gauge<u64>,
    stops_overdue: Gauge<u64>,
    rpc_server_duration: Histogram<f64>,
    notices_late: Gauge<u64>,
    services_stale: Gauge<u64>,
    signals_late: Gauge<u64>,
    signals_unhandled_days: Gauge<u64>,
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

/// What a node holds at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Leaves of the audit log that have their place in the tree.
    pub audit_size: u64,
    /// Agreements that their parties are to evaluate.
    pub evaluations_due: u64,
    /// Messages that have failed for good and wait for a human.
    pub outbox_dead: u64,
    /// Messages that wait for their next attempt.
    pub outbox_queued: u64,
    /// The registry in use; none before the first.
    pub registry: Option<RegistryStanding>,
    /// Broken glasses whose mandatory review is late.
    pub reviews_overdue: u64,
    /// Notices of evictions that nobody has confirmed in time.
    pub notices_late: u64,
    /// Own services whose numbers are too old to be shown.
    pub services_stale: u64,
    /// Signals about somebody's home of which something is late.
    pub signals_late: u64,
    /// Days that the signal has waited that has waited longest for somebody who works with it.
    pub signals_unhandled_days: u64,
    /// Orders to stop that nobody answered in time.
    pub stops_overdue: u64,
}

/// The registry in use at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistryStanding {
    /// Time until it expires; negative afterwards.
    pub expires_in: Seconds,
    /// Its number.
    pub sequence: u64,
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

impl Metrics {
    pub(crate) fn new(meter: &Meter, dropped: DroppedFields) -> Self {
        // The instrument lives as long as the meter's provider; the handle is not needed.
        meter
            .u64_observable_counter("brygga.telemetry.dropped_fields")
            .with_description("Values that were not recorded because the list does not allow them")
            .with_callback(move |observer| observer.observe(dropped.count(), &[]))
            .build();
        let seconds = |name| {
            meter.f64_histogram(name).with_unit("s").with_boundaries(SECONDS.to_vec()).build()
        };
        let number = |name, unit| meter.u64_gauge(name).with_unit(unit).build();
        Self {
            audit_size: number("brygga.audit.size", "{leaf}"),
            delivery_duration: seconds("brygga.delivery.duration"),
            delivery_sent: meter.u64_counter("brygga.delivery.sent").with_unit("{message}").build(),
            evaluations_due: number("brygga.agreement.evaluations_due", "{agreement}"),
            outbox_dead: number("brygga.outbox.dead", "{message}"),
            outbox_queued: number("brygga.outbox.queued", "{message}"),
            registry_expires_in: meter
                .i64_gauge("brygga.registry.expires_in")
                .with_unit("s")
                .build(),
            registry_sequence: number("brygga.registry.sequence", "1"),
            reviews_overdue: number("brygga.access.reviews_overdue", "{review}"),
            stops_overdue: number("brygga.consent.stops_overdue", "{order}"),
            rpc_server_duration: seconds("rpc.server.duration"),
            notices_late: number("brygga.notice.late", "{notice}"),
            services_stale: number("brygga.capacity.services_stale", "{service}"),
            signals_late: number("brygga.signal.late", "{signal}"),
            signals_unhandled_days: number("brygga.signal.unhandled_days", "d"),
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

    /// A call to this node was answered with the gRPC status `code` after `took`. `method` is a
    /// path of the contract, or one word for all others: a caller must not choose it.
    pub fn rpc(&self, method: Label, code: i32, took: Duration) {
        let attributes = [
            KeyValue::new("rpc.method", method.as_str()),
            KeyValue::new("rpc.grpc.status_code", i64::from(code)),
        ];
        self.rpc_server_duration.record(took.as_secs_f64(), &attributes);
    }

    /// The node as it stands now.
    pub fn standing(&self, standing: &Standing) {
        self.audit_size.record(standing.audit_size, &[]);
        self.evaluations_due.record(standing.evaluations_due, &[]);
        self.outbox_dead.record(standing.outbox_dead, &[]);
        self.outbox_queued.record(standing.outbox_queued, &[]);
        self.reviews_overdue.record(standing.reviews_overdue, &[]);
        self.notices_late.record(standing.notices_late, &[]);
        self.services_stale.record(standing.services_stale, &[]);
        self.signals_late.record(standing.signals_late, &[]);
        self.signals_unhandled_days.record(standing.signals_unhandled_days, &[]);
        self.stops_overdue.record(standing.stops_overdue, &[]);
        if let Some(registry) = &standing.registry {
            self.registry_expires_in.record(registry.expires_in.0, &[]);
            self.registry_sequence.record(registry.sequence, &[]);
        }
    }
}

fn organisation(peer: &OrgId) -> KeyValue {
    KeyValue::new("peer", peer.as_str().to_owned())
}
