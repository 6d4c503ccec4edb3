//! Carries a trace from node to node: W3C `traceparent`, and nothing else.
//!
//! `tracestate` and `baggage` hold what any library wants to put there, so they are neither
//! sent nor read.

use http::{HeaderMap, HeaderValue};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

/// The one header, or gRPC metadata key, that carries a trace.
pub const TRACEPARENT: &str = "traceparent";

/// The `traceparent` of the current span; `None` outside spans or without a collector.
pub fn current_traceparent() -> Option<HeaderValue> {
    let context = Context::current();
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() {
        return None;
    }
    let flags = u8::from(span.is_sampled());
    let text = format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id());
    HeaderValue::from_str(&text).ok()
}

/// Sets `traceparent` to the current span; without one, removes what stood there.
pub fn inject(headers: &mut HeaderMap) {
    match current_traceparent() {
        Some(value) => headers.insert(TRACEPARENT, value),
        None => headers.remove(TRACEPARENT),
    };
}

/// The span of another node that caused a request, or none.
#[derive(Clone, Debug)]
pub struct RemoteParent(Context);

impl RemoteParent {
    /// Reads `traceparent`. Absent, repeated or malformed means none: the request then
    /// starts a trace of its own, and is never refused for it.
    pub fn extract(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(TRACEPARENT).iter();
        match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
            (Some(text), None) => Self::parse(text),
            _ => Self(Context::new()),
        }
    }

    /// Reads the text of a `traceparent`; anything else than version 00 means none.
    pub fn parse(text: &str) -> Self {
        let context = Context::new();
        match span_context(text) {
            Some(span) => Self(context.with_remote_span_context(span)),
            None => Self(context),
        }
    }

    /// Runs `make_span`; a span it makes has the remote one as its parent.
    ///
    /// Only for making the span. Inside the span the ordinary rules hold.
    pub fn in_scope<T>(&self, make_span: impl FnOnce() -> T) -> T {
        let _attached = self.0.clone().attach();
        make_span()
    }
}

fn span_context(text: &str) -> Option<SpanContext> {
    let lower_hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let parts = text.split('-').collect::<Vec<_>>();
    let ["00", trace, span, flags] = parts[..] else { return None };
    if [trace.len(), span.len(), flags.len()] != [32, 16, 2]
        || ![trace, span, flags].into_iter().all(lower_hex)
    {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}
