//! Spans and metrics: what a real receiver gets.

use std::collections::BTreeSet;
use std::time::Duration;

use brygga_domain::{OrgId, Seconds};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use tracing::dispatcher::with_default;

use super::collector::Collector;
use super::{Lines, leak_everywhere, resource, settings};
use crate::{DeliveryOutcome, Label, Metrics, RegistryStanding, Standing, build, field};

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn keys(attributes: &[KeyValue]) -> Vec<&str> {
    attributes.iter().map(|attribute| attribute.key.as_str()).collect()
}

fn series(metric: &Metric) -> Vec<&KeyValue> {
    match metric.data.as_ref().unwrap() {
        Data::Gauge(gauge) => gauge.data_points.iter().flat_map(|p| &p.attributes).collect(),
        Data::Sum(sum) => sum.data_points.iter().flat_map(|p| &p.attributes).collect(),
        Data::Histogram(histogram) => {
            histogram.data_points.iter().flat_map(|p| &p.attributes).collect()
        }
        Data::ExponentialHistogram(_) | Data::Summary(_) => panic!("not used"),
    }
}

fn count_everything(metrics: &Metrics) {
    let peer = OrgId::parse("kommun:0881").unwrap();
    let took = Duration::from_millis(30);
    metrics.delivery(&peer, Label::new("REFERRAL_SUBMIT"), DeliveryOutcome::Delivered, took);
    metrics.rpc(Label::new("/brygga.local.v1.NodeService/ShowNode"), 7, took);
    metrics.rpc(Label::new("a word with spaces"), 0, took);
    metrics.standing(&Standing {
        audit_size: 41,
        evaluations_due: 48,
        outbox_dead: 42,
        outbox_queued: 43,
        registry: Some(RegistryStanding { expires_in: Seconds(-44), sequence: 45 }),
        reviews_overdue: 46,
        notices_late: 50,
        services_stale: 49,
        signals_late: 51,
        signals_unhandled_days: 52,
        stops_overdue: 47,
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_and_metrics_arrive_and_the_canary_does_not() {
    let (collector, address) = Collector::start().await;
    let lines = Lines::default();
    let settings = settings(Some(format!("http://{address}")));
    let (dispatch, guard) = build(&settings, &resource(), lines.clone()).unwrap();
    with_default(&dispatch, leak_everywhere);
    count_everything(guard.metrics());
    guard.shutdown().await;

    let bytes = collector.bytes();
    for part in ["Kim", "Exempel", "20000101"] {
        assert!(!contains(&bytes, part), "{part} reached the collector");
        assert!(!lines.text().contains(part), "{part} reached the log");
    }
    // What may arrive did, so the search above had something to search in.
    for part in ["the message was sent", "kommun:0881", "kommun:0880", "some_library"] {
        assert!(contains(&bytes, part), "{part} did not arrive");
    }
    let spans = collector.spans();
    let names = spans.iter().map(|span| span.name.as_str()).collect::<BTreeSet<_>>();
    assert_eq!(names, BTreeSet::from(["deliver", "library_work"]));
    for span in &spans {
        let events = span.events.iter().flat_map(|event| &event.attributes);
        for attribute in span.attributes.iter().chain(events) {
            let known = field(&attribute.key).is_some();
            assert!(
                known || ["level", "target"].contains(&attribute.key.as_str()),
                "{attribute:?}"
            );
        }
    }
    let deliver = spans.iter().find(|span| span.name == "deliver").unwrap();
    assert_eq!(keys(&deliver.attributes), ["target", "peer", "outcome"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instrument_arrives_with_listed_attributes() {
    let (collector, address) = Collector::start().await;
    let settings = settings(Some(format!("http://{address}")));
    let (_dispatch, guard) = build(&settings, &resource(), std::io::sink).unwrap();
    count_everything(guard.metrics());
    guard.shutdown().await;

    let metrics = collector.metrics();
    let names = metrics.iter().map(|metric| metric.name.as_str()).collect::<BTreeSet<_>>();
    let expected = [
        "brygga.access.reviews_overdue",
        "brygga.agreement.evaluations_due",
        "brygga.audit.size",
        "brygga.capacity.services_stale",
        "brygga.consent.stops_overdue",
        "brygga.delivery.duration",
        "brygga.delivery.sent",
        "brygga.notice.late",
        "brygga.outbox.dead",
        "brygga.outbox.queued",
        "brygga.registry.expires_in",
        "brygga.registry.sequence",
        "brygga.signal.late",
        "brygga.signal.unhandled_days",
        "brygga.telemetry.dropped_fields",
        "rpc.server.duration",
    ];
    assert_eq!(names, BTreeSet::from(expected));
    for attribute in metrics.iter().flat_map(series) {
        assert!(field(&attribute.key).is_some(), "{attribute:?}");
    }
    for duration in metrics.iter().filter(|metric| metric.name.ends_with("duration")) {
        assert_eq!(duration.unit, "s");
    }
    let bytes = collector.bytes();
    assert!(contains(&bytes, "NodeService/ShowNode") && contains(&bytes, "other"));
    assert!(!contains(&bytes, "a word with spaces"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_gauge_shows_its_own_figure() {
    let (collector, address) = Collector::start().await;
    let settings = settings(Some(format!("http://{address}")));
    let (_dispatch, guard) = build(&settings, &resource(), std::io::sink).unwrap();
    count_everything(guard.metrics());
    guard.shutdown().await;

    let metrics = collector.metrics();
    for (name, expected) in [
        ("brygga.audit.size", 41),
        ("brygga.access.reviews_overdue", 46),
        ("brygga.agreement.evaluations_due", 48),
        ("brygga.capacity.services_stale", 49),
        ("brygga.consent.stops_overdue", 47),
        ("brygga.notice.late", 50),
        ("brygga.signal.late", 51),
        ("brygga.signal.unhandled_days", 52),
        ("brygga.outbox.dead", 42),
        ("brygga.outbox.queued", 43),
        ("brygga.registry.expires_in", -44),
        ("brygga.registry.sequence", 45),
    ] {
        let metric = metrics.iter().find(|metric| metric.name == name).unwrap();
        let Some(Data::Gauge(gauge)) = &metric.data else { panic!("{name} is no gauge") };
        assert_eq!(gauge.data_points[0].value, Some(Value::AsInt(expected)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_stops_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let lines = Lines::default();
    let settings = settings(Some(format!("http://{address}")));
    let (dispatch, guard) = build(&settings, &resource(), lines.clone()).unwrap();
    with_default(&dispatch, leak_everywhere);
    count_everything(guard.metrics());
    let ended = tokio::time::timeout(Duration::from_secs(60), guard.shutdown()).await;
    assert!(ended.is_ok(), "shutdown waited for a collector that is away");
    assert_eq!(lines.records().len(), 9);
}
