//! One trace over two nodes, and headers that are none.

use http::{HeaderMap, HeaderValue};
use tracing::dispatcher::with_default;

use super::collector::Collector;
use super::{resource, settings};
use crate::{RemoteParent, TRACEPARENT, build, current_traceparent, inject};

const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn headers(traceparent: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(TRACEPARENT, HeaderValue::from_str(traceparent).unwrap());
    headers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_on_in_the_next_node_without_state_or_baggage() {
    let (collector, address) = Collector::start().await;
    let settings = settings(Some(format!("http://{address}")));
    let (dispatch, guard) = build(&settings, &resource(), std::io::sink).unwrap();
    let mut sent = HeaderMap::new();
    with_default(&dispatch, || {
        let mut received = headers(GIVEN);
        received.insert("tracestate", HeaderValue::from_static("vendor=canary"));
        received.insert("baggage", HeaderValue::from_static("person=canary"));
        let span = RemoteParent::extract(&received).in_scope(|| tracing::info_span!("receive"));
        span.in_scope(|| inject(&mut sent));
    });
    guard.shutdown().await;

    assert_eq!(sent.keys().map(|key| key.as_str()).collect::<Vec<_>>(), [TRACEPARENT]);
    let text = sent[TRACEPARENT].to_str().unwrap();
    assert!(text.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && text.ends_with("-01"));
    assert!(!text.contains("b7ad6b7169203331"), "the parent was sent instead of the span");
    let spans = collector.spans();
    let [span] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!(span.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    assert_eq!(span.trace_state, "");
}

#[test]
fn a_malformed_traceparent_is_no_parent() {
    let within = |parent: &RemoteParent| parent.in_scope(current_traceparent);
    assert_eq!(within(&RemoteParent::parse(GIVEN)).unwrap(), GIVEN);
    for text in [
        "",
        "00",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
    ] {
        assert_eq!(within(&RemoteParent::parse(text)), None, "{text:?}");
        assert_eq!(within(&RemoteParent::extract(&headers(text))), None, "{text:?}");
    }
    let mut twice = headers(GIVEN);
    twice.append(TRACEPARENT, HeaderValue::from_static(GIVEN));
    assert_eq!(within(&RemoteParent::extract(&twice)), None);
    assert_eq!(within(&RemoteParent::extract(&HeaderMap::new())), None);
}

#[test]
fn outside_a_span_a_stale_traceparent_is_removed() {
    let mut headers = headers(GIVEN);
    inject(&mut headers);
    assert!(headers.is_empty());
}
