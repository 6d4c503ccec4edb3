//! A layer that stands before logs and traces and lets only listed fields through.
//!
//! It wraps the layers that format and send rather than filtering their output: what it
//! drops was never formatted, and a layer added inside it later is covered as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::kept::Kept;

/// How many values were dropped since the start, because of their field or their shape.
///
/// A rise after an upgrade means that code records something the list does not know.
#[derive(Clone, Debug, Default)]
pub struct DroppedFields(Arc<AtomicU64>);

impl DroppedFields {
    /// The count.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }
}

/// Lets the listed fields through to `inner`, and the messages that are literals.
pub(crate) struct AllowList<L> {
    inner: L,
    dropped: DroppedFields,
}

impl<L> AllowList<L> {
    pub(crate) fn new(inner: L, dropped: DroppedFields) -> Self {
        Self { inner, dropped }
    }
}

impl<S, L> Layer<S> for AllowList<L>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    L: Layer<S>,
{
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        self.inner.on_register_dispatch(subscriber);
    }

    fn on_layer(&mut self, subscriber: &mut S) {
        self.inner.on_layer(subscriber);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        let mut kept = Kept::new(metadata);
        attributes.record(&mut kept);
        self.dropped.add(kept.dropped());
        let values = kept.values();
        let values = metadata.fields().value_set_all(&values);
        let filtered = match attributes.parent() {
            Some(parent) => Attributes::child_of(parent.clone(), metadata, &values),
            None if attributes.is_root() => Attributes::new_root(metadata, &values),
            None => Attributes::new(metadata, &values),
        };
        self.inner.on_new_span(&filtered, id, context);
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let Some(metadata) = context.metadata(id) else { return };
        let mut kept = Kept::new(metadata);
        record.record(&mut kept);
        self.dropped.add(kept.dropped());
        let values = kept.values();
        let values = metadata.fields().value_set_all(&values);
        self.inner.on_record(id, &Record::new(&values), context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut kept = Kept::new(metadata);
        event.record(&mut kept);
        self.dropped.add(kept.dropped());
        let values = kept.values();
        let values = metadata.fields().value_set_all(&values);
        let filtered = if event.is_contextual() {
            Event::new(metadata, &values)
        } else {
            Event::new_child_of(event.parent().cloned(), metadata, &values)
        };
        self.inner.on_event(&filtered, context);
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, context: Context<'_, S>) {
        self.inner.on_follows_from(span, follows, context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.inner.on_enter(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        self.inner.on_exit(id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.inner.on_close(id, context);
    }

    fn on_id_change(&self, old: &Id, new: &Id, context: Context<'_, S>) {
        self.inner.on_id_change(old, new, context);
    }
}
