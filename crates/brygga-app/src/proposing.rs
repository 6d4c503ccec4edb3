//! Who of the own people may propose the next version of an agreement.

use brygga_domain::Refusal;
use brygga_domain::agreement::AgreementTerms;
use brygga_exchange::proposer::check_proposer;
use brygga_identity::caller::Caller;

use crate::App;

impl App {
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
