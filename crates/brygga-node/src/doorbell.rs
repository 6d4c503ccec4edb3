//! Whoever calls is up: delivery to an organisation that could not be reached a moment ago does
//! not wait for its pause to end once that organisation calls here.

use std::sync::Arc;

use brygga_domain::OrgId;
use brygga_server::layers::{FinishedRpc, RpcObserver};
use http::HeaderMap;
use tracing::Span;

/// Rings for each call of another node, and passes everything on to `inner`.
pub(crate) struct Doorbell<F> {
    inner: Arc<dyn RpcObserver>,
    ring: F,
}

impl<F: Fn(&OrgId)> Doorbell<F> {
    /// `ring` is called on the way of every call, so it must not block.
    pub(crate) fn new(inner: Arc<dyn RpcObserver>, ring: F) -> Self {
        Self { inner, ring }
    }
}

impl<F> RpcObserver for Doorbell<F>
where
    F: Fn(&OrgId) + Send + Sync + 'static,
{
    fn span(&self, headers: &HeaderMap, make_span: &dyn Fn() -> Span) -> Span {
        self.inner.span(headers, make_span)
    }

    fn finished(&self, call: &FinishedRpc<'_>) {
        // Its certificate proved who it is, so that nobody rings in another's name.
        if let Some(peer) = call.peer {
            (self.ring)(peer);
        }
        self.inner.finished(call);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use tonic::Code;

    use super::*;

    #[derive(Default)]
    struct Counter(Mutex<usize>);

    impl RpcObserver for Counter {
        fn finished(&self, _: &FinishedRpc<'_>) {
            *self.0.lock().unwrap() += 1;
        }
    }

    #[test]
    fn a_call_of_a_peer_rings_and_a_local_one_does_not_and_both_are_counted() {
        let (counter, rung) = (Arc::new(Counter::default()), Arc::new(Mutex::new(Vec::new())));
        let heard = Arc::clone(&rung);
        let ring = move |peer: &OrgId| heard.lock().unwrap().push(peer.clone());
        let doorbell = Doorbell::new(Arc::clone(&counter) as _, ring);
        let nybro = OrgId::parse("kommun:0881").unwrap();
        for peer in [Some(&nybro), None] {
            // A call that was refused shows as well that its caller is up.
            let (code, took) = (Code::ResourceExhausted, Duration::ZERO);
            doorbell.finished(&FinishedRpc { method: "other", peer, code, took });
        }
        assert_eq!(*rung.lock().unwrap(), [nybro]);
        assert_eq!(*counter.0.lock().unwrap(), 2);
    }
}
