//! An owner's directive (ägardirektiv): what a municipality decides for its own company, by itself (UPP-02, KL 10:3).

use super::{AgreementDraft, AgreementKind, PartyRole};
use crate::{MemberKind, OrgId, Reason, Refusal};

/// Trust mark of a company that a municipality controls; its reference is the municipality.
pub const OWNED_BY: &str = "owned-by";

impl AgreementDraft {
    /// Whether its owners alone give, change and end it. A directive that the company signs too is an agreement like
    /// any other.
    pub fn is_unilateral(&self) -> bool {
        self.kind == AgreementKind::OwnerDirective && !self.required_signatures.is_empty()
    }

    /// Whether a party may end it for all: whoever takes part, and of what is unilateral an owner.
    pub fn may_be_ended_by(&self, organisation: &OrgId) -> bool {
        self.role(organisation) == Some(PartyRole::Participant)
            && (!self.is_unilateral() || self.required_signatures.contains(organisation))
    }

    /// The municipalities that give a directive, where they own every company that it is for; else nobody does so alone.
    pub fn owners(
        &self,
        kind_of: impl Fn(&OrgId) -> Option<MemberKind>,
        owns: impl Fn(&OrgId, &OrgId) -> bool,
    ) -> Option<Vec<OrgId>> {
        let taking_part = self.parties.iter().filter(|party| party.role == PartyRole::Participant);
        let (owners, companies): (Vec<_>, Vec<_>) = taking_part
            .map(|party| party.organisation.clone())
            .partition(|one| kind_of(one) == Some(MemberKind::Municipality));
        let is_owned = |company: &OrgId| owners.iter().any(|owner| owns(owner, company));
        let is_directive = self.kind == AgreementKind::OwnerDirective;
        (is_directive && companies.iter().all(is_owned)).then_some(owners)
    }

    /// Checks that what is unilateral is signed by the owners of the companies that it is for, by all of them.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `terms.required_signatures`.
    pub fn check_owners(
        &self,
        kind_of: impl Fn(&OrgId) -> Option<MemberKind>,
        owns: impl Fn(&OrgId, &OrgId) -> bool,
    ) -> Result<(), Refusal> {
        let signed_by_all = |owners: Vec<OrgId>| {
            owners.len() == self.required_signatures.len()
                && owners.iter().all(|owner| self.required_signatures.contains(owner))
        };
        if !self.is_unilateral() || self.owners(kind_of, owns).is_some_and(signed_by_all) {
            return Ok(());
        }
        Err(Refusal::at(Reason::InvalidField, "terms.required_signatures"))
    }
}
