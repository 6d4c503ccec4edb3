//! Who may take which step about what, and how it ends the signal.

use super::{SignalOutcome, SignalStep, SignalSubject};
use crate::notice::NoticeSide;

/// How a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRule {
    /// Whose step it is.
    pub by: NoticeSide,
    /// Whether the other end is told. What is not told stays at the municipality.
    pub is_told: bool,
    /// Whether it is taken once only: a second time nothing changes.
    pub is_once: bool,
}

const fn told_by(by: NoticeSide) -> StepRule {
    StepRule { by, is_told: true, is_once: true }
}

const STAYS: StepRule = StepRule { by: NoticeSide::Recipient, is_told: false, is_once: false };

impl SignalStep {
    /// How the step is taken about a subject; none where it is not.
    pub const fn rule(self, subject: SignalSubject) -> Option<StepRule> {
        use NoticeSide::{Recipient, Sender};
        use SignalSubject as About;
        Some(match (self, subject) {
            (Self::Withdrawn, _) => told_by(Sender),
            (Self::TakenOn, _) => told_by(Recipient),
            (Self::TenantServed, About::RentNotice)
            | (Self::Paid | Self::Evicted, About::RentNotice | About::Arrears)
            | (Self::Evicted | Self::LandlordDone, About::Disturbance) => told_by(Sender),
            (Self::Undertaking, About::RentNotice) => {
                StepRule { is_once: false, ..told_by(Recipient) }
            }
            (Self::RentSecured, About::RentNotice | About::Arrears)
            | (Self::OnSite | Self::ActionPlan, About::Disturbance)
            | (Self::CaseWorkerDone | Self::SupportDone, About::Disturbance)
            | (Self::PlaceArranged | Self::NoPlace, About::Release | About::Discharge) => {
                told_by(Recipient)
            }
            (Self::Occupant, About::Disturbance) => {
                StepRule { is_once: false, ..told_by(Recipient) }
            }
            (Self::SubtenantsChecked, About::RentNotice | About::Arrears)
            | (Self::MarkIllHealth, About::RentNotice | About::Arrears | About::Disturbance) => {
                StepRule { is_once: true, ..STAYS }
            }
            (
                Self::Letter | Self::Call | Self::Visit | Self::Plan | Self::EvictionNotice,
                About::RentNotice | About::Arrears | About::Disturbance,
            ) => STAYS,
            _ => return None,
        })
    }

    /// Whether it tries to reach the tenant.
    pub const fn is_contact(self) -> bool {
        matches!(self, Self::Letter | Self::Call | Self::Visit)
    }

    /// Whether something is sealed with it.
    pub const fn has_content(self) -> bool {
        matches!(self, Self::Undertaking | Self::Occupant)
    }

    /// How it ends the signal by itself; none where it does not.
    pub const fn ends(self, subject: SignalSubject) -> Option<SignalOutcome> {
        match self {
            Self::Paid => Some(SignalOutcome::Averted),
            Self::Withdrawn if subject.is_rent() => Some(SignalOutcome::Averted),
            Self::Withdrawn => Some(SignalOutcome::Withdrawn),
            Self::Evicted => Some(SignalOutcome::Executed),
            Self::PlaceArranged => Some(SignalOutcome::Placed),
            Self::NoPlace => Some(SignalOutcome::NotPlaced),
            Self::Superseded => Some(SignalOutcome::Superseded),
            _ => None,
        }
    }
}

/// Who has to say that an incident is dealt with before it is (STO-04).
pub(super) const ALL_THREE: [SignalStep; 3] =
    [SignalStep::LandlordDone, SignalStep::CaseWorkerDone, SignalStep::SupportDone];
