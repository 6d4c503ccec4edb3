//! Who of the own organisation may call what: the one table.
//!
//! A call whose row is missing is refused before any service sees it, and a test compares the
//! rows with the contract, so that nothing is open by oversight. The table says who may ask;
//! which referrals a caller may see is decided by units, in [`brygga_app`].
//!
//! Invariant: no row about a person names `REGIONAL_COORDINATOR`, who sees aggregates only,
//! or `OPERATOR`, who sees no payload (lag 2020:914).

use std::collections::BTreeSet;

use brygga_domain::{Reason, Refusal};
use brygga_identity::roles::Role;
use brygga_proto::local::v1::act_on_referral_request::Action;

use Allowed::{Any, Only};

/// The roles that one row of the table opens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Whoever has a role that this version knows; for what holds no personal data.
    Any,
    /// Whoever has one of these.
    Only(&'static [Role]),
}

/// What somebody decides about a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the action of the same name in the contract")]
pub enum ReferralAction {
    TakeOn,
    Accept,
    Decline,
    Start,
    Complete,
    Withdraw,
    ConfirmCancellation,
}

/// Those who work with persons.
const CASE_STAFF: Allowed = Only(&[Role::CaseWorker, Role::ShelterStaff]);
/// Those who work with agreements.
const AGREEMENT_STAFF: Allowed = Only(&[Role::AgreementManager]);
/// Those who run the node.
const OPERATORS: Allowed = Only(&[Role::Operator]);

/// Every call of the local face, by its path.
pub const RPCS: &[(&str, Allowed)] = &[
    ("/brygga.local.v1.AgreementService/ListAgreements", Any),
    ("/brygga.local.v1.AgreementService/ProposeAgreement", AGREEMENT_STAFF),
    ("/brygga.local.v1.AgreementService/ShowAgreement", Any),
    ("/brygga.local.v1.AgreementService/SignAgreement", AGREEMENT_STAFF),
    ("/brygga.local.v1.AgreementService/TerminateAgreement", AGREEMENT_STAFF),
    ("/brygga.local.v1.ConsentService/RecordConsent", CASE_STAFF),
    ("/brygga.local.v1.ConsentService/ShowConsent", CASE_STAFF),
    ("/brygga.local.v1.ConsentService/WithdrawConsent", CASE_STAFF),
    ("/brygga.local.v1.NodeService/ListOutbox", Any),
    ("/brygga.local.v1.NodeService/LookUpContactPoint", Any),
    ("/brygga.local.v1.NodeService/RetryMessage", OPERATORS),
    ("/brygga.local.v1.NodeService/ShowNode", Any),
    ("/brygga.local.v1.ReferralService/ActOnReferral", CASE_STAFF),
    ("/brygga.local.v1.ReferralService/AwaitDelivery", CASE_STAFF),
    ("/brygga.local.v1.ReferralService/ListReferrals", CASE_STAFF),
    ("/brygga.local.v1.ReferralService/RequestReferral", CASE_STAFF),
    ("/brygga.local.v1.ReferralService/ShowReferral", CASE_STAFF),
];

/// Every action of `ActOnReferral`, for whoever its row has let in.
pub const ACTIONS: &[(ReferralAction, Allowed)] = &[
    (ReferralAction::TakeOn, CASE_STAFF),
    (ReferralAction::Accept, CASE_STAFF),
    (ReferralAction::Decline, CASE_STAFF),
    (ReferralAction::Start, CASE_STAFF),
    (ReferralAction::Complete, CASE_STAFF),
    (ReferralAction::Withdraw, CASE_STAFF),
    (ReferralAction::ConfirmCancellation, CASE_STAFF),
];

/// The row of a call; none for a path that is no call of the local face.
pub fn of_rpc(path: &str) -> Option<Allowed> {
    RPCS.iter().find(|(row, _)| *row == path).map(|(_, allowed)| *allowed)
}

/// The row of an action; nobody where there is none.
pub fn of_action(action: ReferralAction) -> Allowed {
    let row = ACTIONS.iter().find(|(row, _)| *row == action);
    row.map_or(Only(&[]), |(_, allowed)| *allowed)
}

impl Allowed {
    /// Whether somebody with these roles may.
    ///
    /// # Errors
    /// [`Reason::RoleDenied`].
    pub fn check(self, roles: &BTreeSet<Role>) -> Result<(), Refusal> {
        let may = match self {
            Any => !roles.is_empty(),
            Only(allowed) => allowed.iter().any(|role| roles.contains(role)),
        };
        if may { Ok(()) } else { Err(Refusal::new(Reason::RoleDenied)) }
    }
}

impl ReferralAction {
    /// The name in the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TakeOn => "take_on",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Start => "start",
            Self::Complete => "complete",
            Self::Withdraw => "withdraw",
            Self::ConfirmCancellation => "confirm_cancellation",
        }
    }
}

impl From<&Action> for ReferralAction {
    fn from(action: &Action) -> Self {
        match action {
            Action::TakeOn(_) => Self::TakeOn,
            Action::Accept(_) => Self::Accept,
            Action::Decline(_) => Self::Decline,
            Action::Start(_) => Self::Start,
            Action::Complete(_) => Self::Complete,
            Action::Withdraw(_) => Self::Withdraw,
            Action::ConfirmCancellation(_) => Self::ConfirmCancellation,
        }
    }
}
