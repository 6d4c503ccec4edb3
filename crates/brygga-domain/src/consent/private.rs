//! What a consent says of the person in words: kept under a key of its own, and a dash wherever
//! nobody has opened it, or where it is erased. No decision needs it.

use super::{Consent, ConsentDraft};
use crate::sensitive::Sensitive;

/// What stands in place of words that are not open.
const SHUT: &str = "-";

/// The words of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentPrivate {
    /// The organisation's own reference for the person.
    pub person_reference: Sensitive<String>,
    /// What cooperation it is for.
    pub purpose: Sensitive<String>,
    /// Where the evidence lies.
    pub evidence_reference: Sensitive<String>,
}

impl ConsentPrivate {
    /// A dash for each.
    pub fn shut() -> Self {
        let shut = || Sensitive::new(SHUT.to_owned());
        Self { person_reference: shut(), purpose: shut(), evidence_reference: shut() }
    }
}

impl Consent {
    /// Its words.
    pub fn private(&self) -> ConsentPrivate {
        ConsentPrivate {
            person_reference: self.person_reference.clone(),
            purpose: Sensitive::new(self.purpose.clone()),
            evidence_reference: self.evidence_reference.clone(),
        }
    }

    /// The same consent with other words: opened, or shut. They are not checked again.
    #[must_use]
    pub fn with_private(self, private: ConsentPrivate) -> Self {
        let ConsentPrivate { person_reference, purpose, evidence_reference } = private;
        let purpose = purpose.expose().clone();
        Self(ConsentDraft { person_reference, purpose, evidence_reference, ..self.0 })
    }
}
