//! Which legal ground can carry which message between which kinds of body (domain guide 5.2 and 5.3).
//!
//! Two questions, answered apart (rule R6): may the secrecy rule that is named lift or break the secrecy
//! ([`Disclosure::check`]), and may the sender process the data at all ([`check_gdpr`]).
//! What the matrix does not open is closed. The whole matrix stands in
//! `tests/golden/disclosure_matrix.txt`, for an auditor to read.

mod gdpr;
mod matrix;
mod standing;

pub use gdpr::check_gdpr;
pub use matrix::passage;
pub use standing::{Body, Standing};

use crate::legal::coded_enum;
use crate::{DisclosureGround, Reason, Refusal};

coded_enum!(
    /// What kind of message it is, as far as secrecy is concerned; the rows of the matrix.
    MessageClass {
        /// A referral about adults.
        ReferralAdult = "REFERRAL_ADULT",
        /// A referral about a child.
        ReferralChild = "REFERRAL_CHILD",
        /// A hold of a bed with personal data.
        BedHold = "BED_HOLD",
        /// Capacity, which holds no personal data.
        Capacity = "CAPACITY",
        /// Transfer of a case to another municipality (SoL 29:10-12).
        CaseTransfer = "CASE_TRANSFER",
        /// The person part of a relocation, without any protected address.
        Relocation = "RELOCATION",
        /// The address of a protected housing (rule R12).
        ProtectedAddress = "PROTECTED_ADDRESS",
        /// A notice of rent arrears or eviction.
        EvictionNotice = "EVICTION_NOTICE",
        /// A notice of a disturbance (JB 12:25).
        Disturbance = "DISTURBANCE",
        /// A municipality's written undertaking to pay rent (JB 12:44), the one thing a landlord hears (rule R18).
        PaymentUndertaking = "PAYMENT_UNDERTAKING",
        /// A signal that somebody is to be released.
        ReleaseSignal = "RELEASE_SIGNAL",
        /// A report of concern for a child (SoL 19:1).
        ChildReport = "CHILD_REPORT",
    }
);

impl MessageClass {
    /// Whether messages of the class hold personal data, so that each must name a ground (rule R1).
    pub const fn carries_personal_data(self) -> bool {
        !matches!(self, Self::Capacity)
    }
}

/// How a message class may pass from one body to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Passage {
    /// Never.
    Closed,
    /// Under an agreement and without a ground, since it holds no personal data.
    AgreementOnly,
    /// On any one of these grounds.
    OnGround(&'static [DisclosureGround]),
}

/// The grounds on which personal data of a class may pass; empty where it may never pass,
/// and where no ground is needed.
pub fn permitted_grounds(
    class: MessageClass,
    sender: Standing,
    receiver: Standing,
) -> &'static [DisclosureGround] {
    match passage(class, sender, receiver) {
        Passage::OnGround(grounds) => grounds,
        Passage::Closed | Passage::AgreementOnly => &[],
    }
}

/// One decided disclosure, to be checked before anything leaves the node, and again on arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// What kind of message.
    pub class: MessageClass,
    /// From whom.
    pub sender: Standing,
    /// To whom.
    pub receiver: Standing,
    /// The one ground that is named; none is refused for personal data (rule R1).
    pub ground: Option<DisclosureGround>,
    /// Whether a decision maker has written down that no harm follows (OSL 26:1). False unless
    /// somebody has: without it [`DisclosureGround::NoHarmClear26_1`] carries nothing.
    pub no_harm_assessed: bool,
}

impl Disclosure {
    /// Checks the named ground against the matrix.
    ///
    /// # Errors
    /// [`Reason::GroundMissing`] when personal data has no ground, [`Reason::GroundNotAllowed`] when the ground
    /// cannot carry it, when nothing can, and when a ground stands on what holds no personal data.
    pub fn check(&self) -> Result<(), Refusal> {
        let not_allowed = Refusal::at(Reason::GroundNotAllowed, "disclosure_ground");
        match (passage(self.class, self.sender, self.receiver), self.ground) {
            (Passage::AgreementOnly, None) => Ok(()),
            (_, None) if self.class.carries_personal_data() => {
                Err(Refusal::at(Reason::GroundMissing, "disclosure_ground"))
            }
            (Passage::OnGround(_), Some(DisclosureGround::NoHarmClear26_1))
                if !self.no_harm_assessed =>
            {
                Err(not_allowed)
            }
            (Passage::OnGround(grounds), Some(ground)) if grounds.contains(&ground) => Ok(()),
            _ => Err(not_allowed),
        }
    }
}
