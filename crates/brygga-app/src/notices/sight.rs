//! Who sees how much of which notice.

use brygga_domain::Timestamp;
use brygga_domain::notice::{EvictionNotice, NoticeAlarm, NoticeSide};
use brygga_identity::caller::Caller;
use brygga_identity::roles::Role;

use crate::App;
use crate::referrals::may_see;

/// How much of a notice somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Everything that is shown at this end.
    Whole,
    /// The case number, and that the person is protected.
    NumberOnly,
    /// Not that it is there.
    Nothing,
}

impl App {
    /// Whether a caller may show a notice.
    pub(crate) fn shows(&self, caller: &Caller, notice: &EvictionNotice) -> bool {
        self.view(caller, notice, self.now()) == View::Whole
    }

    /// How much of a notice a caller may see. From 16:00 on what nobody has confirmed is seen in the function's deputy too;
    /// protected post has none.
    pub(super) fn view(&self, caller: &Caller, notice: &EvictionNotice, now: Timestamp) -> View {
        let has = |role: Role| caller.roles().contains(&role);
        let unit = notice.own_unit();
        let is_of_unit = may_see(caller, unit);
        let (suits, is_near, otherwise) = match (notice.side, notice.protected) {
            (NoticeSide::Sender, _) => (has(Role::KfmOfficer), is_of_unit, View::Nothing),
            (NoticeSide::Recipient, true) => {
                (has(Role::ProtectedOfficer), is_of_unit, View::NumberOnly)
            }
            (NoticeSide::Recipient, false) => {
                let is_escalated = matches!(
                    notice.alarm(now),
                    Some(NoticeAlarm::Escalated | NoticeAlarm::Breached)
                );
                let deputy = unit.filter(|_| is_escalated).and_then(|unit| self.deputy_of(unit));
                let is_deputy = deputy.is_some_and(|deputy| may_see(caller, Some(&deputy)));
                let suits = has(Role::CaseWorker) || has(Role::ResponsibleCaseWorker);
                (suits, is_of_unit || is_deputy, View::Nothing)
            }
        };
        if suits && is_near { View::Whole } else { otherwise }
    }
}
