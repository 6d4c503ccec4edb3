//! The one list of what may be recorded.
//!
//! A field belongs here when its value can never be about a person: an organisation, a
//! word of our own vocabulary, a random identifier of an agreement, or a count. No
//! identifier of a referral, a message or a conversation is here: it would tie a log to a
//! case. Names follow the OpenTelemetry semantic conventions where those have one.

use crate::shape::Shape;

/// A field that may be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowedField {
    /// The name, as it stands in logs, spans and metrics.
    pub name: &'static str,
    /// What its values look like; others are dropped.
    pub shape: Shape,
}

/// Every field that may be recorded, in alphabetical order.
pub const FIELDS: &[AllowedField] = &[
    allow("agreement.id", Shape::AgreementId),
    allow("agreement.version", Shape::Number),
    allow("attempt", Shape::Number),
    allow("audit.size", Shape::Number),
    allow("batch.size", Shape::Number),
    allow("code.location", Shape::Location),
    allow("duration_ms", Shape::Number),
    allow("error.type", Shape::Code),
    allow("message.type", Shape::Name),
    allow("organisation", Shape::Organisation),
    allow("os.error", Shape::Number),
    allow("otel.kind", Shape::Code),
    allow("otel.status_code", Shape::Code),
    allow("outcome", Shape::Code),
    allow("pause_ms", Shape::Number),
    allow("peer", Shape::Organisation),
    allow("reason", Shape::Code),
    allow("registry.sequence", Shape::Number),
    allow("rpc.grpc.status_code", Shape::Number),
    allow("rpc.method", Shape::Name),
    allow("rpc.service", Shape::Name),
    allow("rpc.system", Shape::Code),
    allow("rule.id", Shape::Code),
    allow("services.due", Shape::Number),
    allow("services.stale", Shape::Number),
    allow("storage.decision", Shape::Code),
    allow("storage.error", Shape::Code),
    allow("storage.group", Shape::Number),
    allow("task", Shape::Code),
    allow("trust.revision", Shape::Number),
];

/// The field of that name, if it may be recorded.
pub fn field(name: &str) -> Option<&'static AllowedField> {
    let index = FIELDS.binary_search_by(|field| field.name.cmp(name)).ok()?;
    FIELDS.get(index)
}

const fn allow(name: &'static str, shape: Shape) -> AllowedField {
    AllowedField { name, shape }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_field_is_found() {
        assert!(FIELDS.is_sorted_by(|one, other| one.name < other.name));
        for allowed in FIELDS {
            assert_eq!(field(allowed.name), Some(allowed));
        }
        for name in ["", "name", "personnummer", "Peer", "peer ", "referral.id", "message"] {
            assert_eq!(field(name), None, "{name}");
        }
    }
}
