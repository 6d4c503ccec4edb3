//! Puts the parts together, and takes them down without losing what was recorded.

use brygga_config::TelemetrySettings;
use brygga_domain::OrgId;
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::allow_list::{AllowList, DroppedFields};
use crate::metrics::Metrics;
use crate::{logs, otlp, panic};

const SCOPE: &str = "brygga";

/// Which node speaks.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The node's organisation.
    pub organisation: OrgId,
    /// The version of the program.
    pub version: &'static str,
}

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Something else has claimed the process's log already.
    #[error("a subscriber is installed already")]
    AlreadyInstalled,
    /// The exporter refused its settings.
    #[error("the exporter of telemetry cannot be made")]
    Exporter(#[from] ExporterBuildError),
    /// A collector is set, and its connection needs a runtime to live in.
    #[error("telemetry with a collector needs a running tokio runtime")]
    NoRuntime,
}

/// Keeps telemetry alive. Dropped last, so that the last records are sent.
#[derive(Debug)]
#[must_use = "telemetry ends when the guard is dropped"]
pub struct TelemetryGuard {
    tracer_provider: Option<SdkTracerProvider>,
    meter_provider: SdkMeterProvider,
    metrics: Metrics,
    dropped: DroppedFields,
}

impl TelemetryGuard {
    /// The node's instruments. They count into nothing when no collector is set.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// How many values the list did not let through.
    pub fn dropped_fields(&self) -> &DroppedFields {
        &self.dropped
    }

    /// Sends what is left and ends; at most a few seconds without a collector to answer.
    pub async fn shutdown(self) {
        // Dropping blocks on the exporter's own threads, which need the runtime to go on.
        // A failed join means the runtime itself is going down: nothing is left to send with.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

impl Drop for TelemetryGuard {
    /// Blocks until the last records are sent. Inside async code use
    /// [`TelemetryGuard::shutdown`]: a runtime of one thread would wait for itself here.
    fn drop(&mut self) {
        // Nobody is left to tell that telemetry failed: the log is what is ending.
        let _ = self.tracer_provider.take().map(|provider| provider.shutdown());
        let _ = self.meter_provider.shutdown();
    }
}

/// Starts telemetry for the process, writing logs to standard error, and replaces the panic
/// hook with one that withholds the message.
///
/// # Errors
/// [`TelemetryError`]; nothing is installed then.
pub fn init(
    settings: &TelemetrySettings,
    resource: &Resource,
) -> Result<TelemetryGuard, TelemetryError> {
    let (dispatch, guard) = build(settings, resource, std::io::stderr)?;
    tracing::dispatcher::set_global_default(dispatch)
        .map_err(|_| TelemetryError::AlreadyInstalled)?;
    panic::install_hook();
    Ok(guard)
}

/// Makes the same without installing it, with logs to `writer`: for tests and tools.
///
/// # Errors
/// [`TelemetryError`], except that nothing can be installed already.
pub fn build<W>(
    settings: &TelemetrySettings,
    resource: &Resource,
    writer: W,
) -> Result<(Dispatch, TelemetryGuard), TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let dropped = DroppedFields::default();
    let (tracer_provider, meter_provider) = providers(settings, resource)?;
    let metrics = Metrics::new(&meter_provider.meter(SCOPE), dropped.clone());
    let recording = logs::layer(settings.log_format, writer)
        .and_then(tracer_provider.as_ref().map(trace_layer));
    let subscriber = Registry::default()
        .with(logs::heard(settings.log_level))
        .with(AllowList::new(recording, dropped.clone()));
    let guard = TelemetryGuard { tracer_provider, meter_provider, metrics, dropped };
    Ok((Dispatch::new(subscriber), guard))
}

fn providers(
    settings: &TelemetrySettings,
    resource: &Resource,
) -> Result<(Option<SdkTracerProvider>, SdkMeterProvider), TelemetryError> {
    let Some(endpoint) = settings.otlp_endpoint.as_deref() else {
        return Ok((None, SdkMeterProvider::builder().build()));
    };
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(TelemetryError::NoRuntime);
    }
    let resource = otlp::resource(resource);
    let tracer_provider = otlp::tracer_provider(endpoint, resource.clone())?;
    Ok((Some(tracer_provider), otlp::meter_provider(endpoint, resource)?))
}

/// Spans for the collector, without source places, thread names and error texts.
fn trace_layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(SCOPE))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_error_fields_to_exceptions(false)
        .with_error_records_to_exceptions(false)
        .with_error_events_to_exceptions(false)
}
