//! What a sender affirms of a person under an agreement, and what of it the recipient is told.
//!
//! Grounds stay where the person is known: no evidence, no diagnosis, no justification is sent (STO-06, KSD-02).

use jiff::civil::Date;

/// What a case worker affirms under one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affirmation {
    /// Name of the criterion in the agreement.
    pub criterion_id: String,
    /// Whether it is met.
    pub standing: Standing,
}

/// Whether a criterion is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Met {
        /// Since when; for dated criteria.
        since: Option<Date>,
    },
    /// It is not, and the own case file says why the person is referred all the same.
    Justified,
}

/// What the recipient is told: that every criterion of the rule was judged, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Eligibility {
    /// Whether a criterion that may be justified is not met.
    pub is_justified: bool,
    /// Since when the dated criteria hold.
    pub dates: Vec<(String, Date)>,
}
