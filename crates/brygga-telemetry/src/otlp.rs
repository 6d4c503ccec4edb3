//! The way to a collector: OTLP over gRPC, in batches, bounded in time and memory.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanLimits,
};

const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
const METRICS_EVERY: Duration = Duration::from_secs(30);
const SPANS_EVERY: Duration = Duration::from_secs(5);
const SPANS_IN_MEMORY: usize = 2048;
const ITEMS_PER_SPAN: u32 = 64;

/// Sends spans; more than a full queue of them are dropped, never waited for.
pub(crate) fn tracer_provider(
    endpoint: &str,
    resource: Resource,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(EXPORT_TIMEOUT)
        .build()?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(SPANS_IN_MEMORY)
        .with_scheduled_delay(SPANS_EVERY)
        .build();
    let limits = SpanLimits {
        max_events_per_span: ITEMS_PER_SPAN,
        max_attributes_per_span: ITEMS_PER_SPAN,
        max_links_per_span: ITEMS_PER_SPAN,
        max_attributes_per_event: ITEMS_PER_SPAN,
        max_attributes_per_link: ITEMS_PER_SPAN,
    };
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
        .with_span_limits(limits)
        .with_span_processor(
            BatchSpanProcessor::builder(exporter).with_batch_config(batches).build(),
        )
        .build())
}

/// Sends the state of every instrument at a fixed pace.
pub(crate) fn meter_provider(
    endpoint: &str,
    resource: Resource,
) -> Result<SdkMeterProvider, ExporterBuildError> {
    let exporter = MetricExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(EXPORT_TIMEOUT)
        .build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(METRICS_EVERY).build();
    Ok(SdkMeterProvider::builder().with_resource(resource).with_reader(reader).build())
}

/// The resource, without the detectors that would add the machine's environment.
pub(crate) fn resource(node: &crate::Resource) -> Resource {
    Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", "brygga"),
            KeyValue::new("service.version", node.version),
            KeyValue::new("organisation", node.organisation.as_str().to_owned()),
        ])
        .build()
}
