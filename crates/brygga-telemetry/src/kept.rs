//! The values of one span or event that may be recorded.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Metadata, Value};

use crate::fields::field as allowed;

const MESSAGE: &str = "message";
const LONGEST_TEXT: usize = 256;

/// Whether the code that speaks is ours.
pub(crate) fn is_own(target: &str) -> bool {
    target.starts_with("brygga")
}

/// Collects what may be recorded and counts what may not.
///
/// A value of a field that is not on the list is never formatted: its `Debug` does not run.
pub(crate) struct Kept {
    metadata: &'static Metadata<'static>,
    own: bool,
    values: Vec<Option<KeptValue>>,
    dropped: u64,
}

enum KeptValue {
    Bool(bool),
    Float(f64),
    Signed(i64),
    Text(String),
    Unsigned(u64),
}

impl KeptValue {
    fn as_value(&self) -> &dyn Value {
        match self {
            Self::Bool(value) => value,
            Self::Float(value) => value,
            Self::Signed(value) => value,
            Self::Text(value) => value,
            Self::Unsigned(value) => value,
        }
    }
}

impl Kept {
    pub(crate) fn new(metadata: &'static Metadata<'static>) -> Self {
        let mut values = Vec::new();
        values.resize_with(metadata.fields().len(), || None);
        Self { metadata, own: is_own(metadata.target()), values, dropped: 0 }
    }

    /// How many values may not be recorded.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The values in the order of the metadata's fields.
    pub(crate) fn values(&self) -> Vec<Option<&dyn Value>> {
        self.values.iter().map(|value| value.as_ref().map(KeptValue::as_value)).collect()
    }

    fn number(&mut self, field: &Field, value: KeptValue) {
        let fits = self.own && allowed(field.name()).is_some_and(|f| f.shape.allows_number());
        self.keep(field, fits.then_some(value));
    }

    fn keep(&mut self, field: &Field, value: Option<KeptValue>) {
        match (self.values.get_mut(field.index()), value) {
            (Some(slot), Some(value)) => *slot = Some(value),
            (None, _) | (_, None) => self.dropped += 1,
        }
    }

    /// A message of ours, if it is a literal.
    fn message(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A literal arrives in one piece, a text around a value in several.
        let mut text = BoundedText::default();
        if self.own && write!(text, "{value:?}").is_ok() && text.pieces == 1 {
            self.keep(field, Some(KeptValue::Text(text.text)));
        } else {
            self.without_message(field);
        }
    }

    /// Tells which code spoke instead of what it said.
    fn without_message(&mut self, field: &Field) {
        self.dropped += 1;
        self.keep(field, Some(KeptValue::Text(self.metadata.target().to_owned())));
    }
}

impl Visit for Kept {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.number(field, KeptValue::Bool(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.number(field, KeptValue::Float(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, KeptValue::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, KeptValue::Unsigned(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == MESSAGE {
            // The macros hand a literal over as `format_args!`; this is a variable.
            return self.without_message(field);
        }
        // `format_args!` and not the text itself: the `Debug` of a text adds quotation marks.
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == MESSAGE {
            return self.message(field, value);
        }
        let kept = self.own.then(|| allowed(field.name())).flatten().and_then(|listed| {
            let mut text = BoundedText::default();
            write!(text, "{value:?}").ok()?;
            listed.shape.allows_text(&text.text).then_some(KeptValue::Text(text.text))
        });
        self.keep(field, kept);
    }
}

/// A text that refuses to grow beyond `LONGEST_TEXT`, and counts the pieces it came in.
#[derive(Default)]
struct BoundedText {
    text: String,
    pieces: usize,
}

impl Write for BoundedText {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.text.len() + piece.len() > LONGEST_TEXT {
            return Err(fmt::Error);
        }
        self.pieces += 1;
        self.text.push_str(piece);
        Ok(())
    }
}
