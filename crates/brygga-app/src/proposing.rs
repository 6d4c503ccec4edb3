//! Proposing an agreement: whose signatures it needs, who of the own people may, and what it stands against.

use brygga_domain::agreement::{AgreementDraft, AgreementRecord, AgreementTerms, OWNED_BY};
use brygga_domain::{AgreementId, MemberKind, OrgId, Reason, Refusal};
use brygga_exchange::agreement::{affected_by, check_amendment, check_open};
use brygga_exchange::proposer::check_proposer;
use brygga_identity::caller::Caller;

use crate::agreements::Change;
use crate::{App, AppError};

/// How a proposal is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProposalManner {
    /// Whether rules that can never decide anything are meant.
    pub accept_findings: bool,
    /// Whether only those sign for whom something changes.
    pub only_affected: bool,
    /// The version that the terms stand against; it is declined.
    pub counters: Option<u32>,
}

impl App {
    /// Signs terms for this organisation and asks the other parties to sign.
    ///
    /// # Errors
    /// [`Reason::PolicyFindings`] where a rule can never decide anything and that is not accepted;
    /// [`Reason::InvalidField`] where the parties do not suit the kind or one is no member;
    /// [`Reason::RoleDenied`] where only members of a working group may; [`Reason::IdempotencyMismatch`] where the id
    /// and version name other terms;
    /// [`Reason::InvalidTransition`] where what they stand against does not wait for this organisation's signature.
    pub async fn agreement_propose(
        &self,
        caller: &Caller,
        terms: AgreementTerms,
        manner: ProposalManner,
    ) -> Result<AgreementRecord, AppError> {
        let terms = self.amended(self.directed(terms)?, manner.only_affected)?;
        self.check_proposer(caller, &terms)?;
        self.check_findings(&terms, manner.accept_findings)?;
        terms.check_parties(|organisation| self.kind_of(organisation))?;
        terms.check_owners(
            |organisation| self.kind_of(organisation),
            |owner, company| self.owns(owner, company),
        )?;
        let (id, version) = (terms.agreement_id, terms.version);
        let countered =
            manner.counters.map(|open| self.countered(id, open, version)).transpose()?;
        let record =
            self.agreement_change(caller, id, version, Change::Propose(Box::new(terms))).await?;
        // After the proposal: if the power fails in between, both are open and the caller repeats.
        if let Some(open) = countered {
            self.agreement_change(caller, id, open, Change::Decline).await?;
        }
        Ok(record)
    }

    /// The version that a counter-proposal declines: an older one that waits for this organisation's signature, or that
    /// it has declined already.
    fn countered(&self, id: AgreementId, open: u32, version: u32) -> Result<u32, Refusal> {
        let book = self.parts().agreements.book();
        let me = &self.parts().organisation;
        let found = book.find(id, open).filter(|_| open < version);
        let record = found.ok_or(Refusal::at(Reason::NotFound, "counters"))?;
        check_open(record, me)?;
        Ok(open)
    }

    /// Terms that their owners sign alone, where the registry attests that they are that; else as they are.
    fn directed(&self, terms: AgreementTerms) -> Result<AgreementTerms, Refusal> {
        let owners = terms.owners(
            |organisation| self.kind_of(organisation),
            |owner, company| self.owns(owner, company),
        );
        // What the company has signed too stays an agreement like any other.
        let book = self.parts().agreements.book();
        let mut agreed =
            book.below(terms.agreement_id, terms.version).filter(|before| before.is_signed());
        let may_be_given = agreed.all(|before| before.terms().is_unilateral());
        match owners.filter(|_| may_be_given) {
            Some(required_signatures)
                if required_signatures.contains(&self.parts().organisation) =>
            {
                AgreementDraft { required_signatures, ..(*terms).clone() }.check()
            }
            _ => Ok(terms),
        }
    }

    fn kind_of(&self, organisation: &OrgId) -> Option<MemberKind> {
        self.principal(organisation).ok().map(|member| member.kind)
    }

    /// Whether the registry attests that a municipality controls a company.
    pub(crate) fn owns(&self, owner: &OrgId, company: &OrgId) -> bool {
        self.trust().has_trust_mark(company, OWNED_BY, Some(owner.as_str()))
    }

    /// Terms with those who have to sign, where not all do, checked against the version that counts now.
    fn amended(
        &self,
        terms: AgreementTerms,
        only_affected: bool,
    ) -> Result<AgreementTerms, Refusal> {
        let (me, now) = (&self.parts().organisation, self.now());
        let book = self.parts().agreements.book();
        let below: Vec<_> = book.below(terms.agreement_id, terms.version).collect();
        let terms = if only_affected && !terms.is_unilateral() {
            if below.is_empty() {
                return Err(Refusal::at(Reason::InvalidField, "terms.agreement_id"));
            }
            let mut signs = affected_by(&terms, &below, now);
            signs.insert(me.clone());
            let required_signatures = signs.into_iter().collect();
            AgreementDraft { required_signatures, ..(*terms).clone() }.check()?
        } else {
            terms
        };
        check_amendment(me, &below, &terms, now)?;
        Ok(terms)
    }

    /// Where a working group may amend, only somebody who works in a function that takes part in one may propose.
    pub(crate) fn check_proposer(
        &self,
        caller: &Caller,
        terms: &AgreementTerms,
    ) -> Result<(), Refusal> {
        let book = self.parts().agreements.book();
        let below: Vec<_> = book.below(terms.agreement_id, terms.version).collect();
        let acts_in = |unit: &_| caller.units().contains(unit);
        check_proposer(&self.parts().organisation, acts_in, &below, terms, self.now())
    }
}
