//! One measurement: a closed loop, in which a new call begins when one has its answer.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::failure::Failure;

/// Runs before anything is counted: connections, prepared statements, caches.
const WARM_UP: Duration = Duration::from_millis(1500);

/// How a measurement is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Calls under way at the same time.
    pub(super) in_flight: usize,
    /// How long is counted.
    pub(super) span: Duration,
}

/// What a measurement found.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    in_flight: usize,
    span: Duration,
    /// Of every call that ended inside the span, shortest first.
    latencies: Vec<Duration>,
}

/// Makes calls until `load` is over. Each of the `in_flight` workers gets a caller of its own.
///
/// # Errors
/// The first call that fails ends the measurement: a figure with errors in it means nothing.
pub(super) async fn measure<C, F>(
    load: Load,
    mut caller: impl FnMut() -> C,
) -> Result<Sample, Failure>
where
    C: FnMut() -> F + Send + 'static,
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let begin = Instant::now() + WARM_UP;
    let end = begin + load.span;
    let mut workers = JoinSet::new();
    for _ in 0..load.in_flight {
        workers.spawn(work(caller(), begin, end));
    }
    let mut latencies = Vec::new();
    while let Some(worked) = workers.join_next().await {
        let defect = |_| Failure::other("BENCH", "a worker of the measurement ended badly");
        latencies.extend(worked.map_err(defect)??);
    }
    latencies.sort_unstable();
    Ok(Sample { in_flight: load.in_flight, span: load.span, latencies })
}

async fn work<C, F>(mut call: C, begin: Instant, end: Instant) -> Result<Vec<Duration>, Failure>
where
    C: FnMut() -> F,
    F: Future<Output = Result<(), Failure>>,
{
    let mut latencies = Vec::new();
    loop {
        let started = Instant::now();
        if started >= end {
            return Ok(latencies);
        }
        call().await?;
        let ended = Instant::now();
        if (begin..end).contains(&ended) {
            latencies.push(ended - started);
        }
    }
}

impl Sample {
    pub(super) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.span.as_secs_f64()
    }

    /// The latency in milliseconds that `share` of the calls stayed within; 0 for no calls.
    pub(super) fn quantile_ms(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        // A share between 0 and 1 of a length is an index within it.
        let index = (last as f64 * share).round() as usize;
        self.latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
    }

    pub(super) fn p50_ms(&self) -> f64 {
        self.quantile_ms(0.5)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "in_flight": self.in_flight,
            "seconds": self.span.as_secs_f64(),
            "calls": self.latencies.len(),
            "per_second": rounded(self.per_second(), 1),
            "p50_ms": rounded(self.p50_ms(), 3),
            "p99_ms": rounded(self.quantile_ms(0.99), 3),
        })
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        let (p50, p99) = (self.p50_ms(), self.quantile_ms(0.99));
        format!("{:>7.0}/s  p50 {p50:.2} ms  p99 {p99:.2} ms", self.per_second())
    }
}

/// A number with so many decimals and no more.
pub(super) fn rounded(number: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (number * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_calls_in_order() {
        let latencies = (1..=101).map(Duration::from_millis).collect();
        let sample = Sample { in_flight: 1, span: Duration::from_secs(2), latencies };
        assert_eq!(sample.p50_ms(), 51.0);
        assert_eq!(sample.quantile_ms(0.99), 100.0);
        assert_eq!(sample.per_second(), 50.5);
    }

    #[tokio::test(start_paused = true)]
    async fn only_calls_that_end_inside_the_span_are_counted() {
        let load = Load { in_flight: 2, span: Duration::from_secs(1) };
        let call = || {
            || async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok(())
            }
        };
        let sample = measure(load, call).await.unwrap();
        assert_eq!(sample.latencies.len(), 2 * 10);
    }
}
