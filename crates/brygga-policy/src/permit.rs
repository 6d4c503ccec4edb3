//! The evidence that a referral is permitted.

use std::sync::Arc;

use brygga_domain::agreement::{AgreementRecord, Priority, QuotaPeriod, Rule};
use brygga_domain::eligibility::Eligibility;
use brygga_domain::{AgreementId, DisclosureGround, GdprBasis, Seconds, Timestamp};

/// Proof that the gate has permitted one referral. Only [`crate::decide_referral`] makes one.
///
/// It names what the audit must cite: agreement, version and rule, and the two legal fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    agreement: Arc<AgreementRecord>,
    rule_id: String,
    counts_over: Option<QuotaPeriod>,
    ground: DisclosureGround,
    gdpr_basis: GdprBasis,
    eligibility: Option<Eligibility>,
}

impl Permit {
    pub(crate) fn new(
        agreement: &Arc<AgreementRecord>,
        rule: &Rule,
        ground: DisclosureGround,
        gdpr_basis: GdprBasis,
        eligibility: Option<Eligibility>,
    ) -> Self {
        Self {
            agreement: Arc::clone(agreement),
            rule_id: rule.rule_id.clone(),
            counts_over: rule.quota.map(|quota| quota.period),
            ground,
            gdpr_basis,
            eligibility,
        }
    }

    /// The agreement that permits it.
    pub fn agreement_id(&self) -> AgreementId {
        self.agreement.terms().agreement_id
    }

    /// Its version.
    pub fn version(&self) -> u32 {
        self.agreement.terms().version
    }

    /// The rule that granted it: of several, the first in the terms.
    pub fn rule_id(&self) -> &str {
        &self.rule_id
    }

    /// When the period began in which a referral that is asked for at an instant counts; none where the rule does not
    /// count.
    pub fn counts_since(&self, asked_at: Timestamp) -> Option<Timestamp> {
        self.counts_over.map(|period| period.began(asked_at))
    }

    /// The secrecy rule that is lifted or broken.
    pub const fn ground(&self) -> DisclosureGround {
        self.ground
    }

    /// The sender's GDPR basis.
    pub const fn gdpr_basis(&self) -> GdprBasis {
        self.gdpr_basis
    }

    /// What the recipient is told of the person's eligibility; none where the rule asks for nothing.
    pub const fn eligibility(&self) -> Option<&Eligibility> {
        self.eligibility.as_ref()
    }

    /// The span from the request within which the target must have answered.
    pub fn respond_within(&self, priority: Priority) -> Seconds {
        self.agreement.response_time(priority).respond_within
    }

    /// The span from the request within which a function must have taken it on.
    pub fn take_on_within(&self, priority: Priority) -> Seconds {
        self.agreement.response_time(priority).take_on()
    }

    /// Working days in which a position on the transfer of a case is expected.
    pub fn position_days(&self) -> u32 {
        self.agreement.terms().position_days()
    }

    /// Longest validity of a consent under the agreement, in days.
    pub fn consent_max_days(&self) -> u32 {
        self.agreement.terms().consent_max_days
    }
}
