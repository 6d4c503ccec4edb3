//! What a case waits for, as its network has agreed.

use brygga_domain::AgreementId;
use brygga_domain::relocation::{Due, Relocation};
use brygga_domain::transfer::POSITION_DAYS;

use crate::App;

impl App {
    /// All that a case waits for, the earliest first.
    pub fn relocation_dues(&self, case: &Relocation) -> Vec<Due> {
        case.dues(self.position_days(case.agreement_id))
    }

    /// Working days for a position in a network; as usual where its agreement is not in force any more.
    pub(super) fn position_days(&self, agreement: AgreementId) -> u32 {
        let book = self.parts().agreements.book();
        let agreement = book.current(agreement, self.now());
        agreement.map_or(POSITION_DAYS, |held| held.terms().position_days())
    }
}
