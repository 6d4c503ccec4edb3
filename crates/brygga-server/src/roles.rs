//! Who may call what: the one table, as a `match` without `_` over the contract's own list of calls.
//!
//! A call or a decision that is added to the contract and has no row here does not compile, so
//! nothing is open, or closed, by oversight. The table says who may ask; which referrals a caller
//! may see is need-to-know and stands in [`brygga_app`]; what may leave the node, the gate decides.
//!
//! Invariant: no row about a person names `REGIONAL_COORDINATOR`, who sees aggregates only,
//! `AGREEMENT_MANAGER`, who sees no person, or `OPERATOR`, who sees no payload (lag 2020:914).

mod kinds;

use std::collections::BTreeSet;

use brygga_domain::{Reason, Refusal};
use brygga_identity::roles::Role;
use brygga_proto::rpc::{FederationRpc, LocalRpc, ReferralAction};

use Allowed::{Any, Only};
pub use kinds::{honoured, is_honoured};

/// The roles that one row of the table opens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Whoever has a role that this version knows; for what holds no personal data.
    Any,
    /// Whoever has one of these.
    Only(&'static [Role]),
}

/// Whom a call of the federation port is open to; it knows organisations, not persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Every member whose connection proved a key of the registry.
    Members,
    /// Nobody: this node does not serve it.
    Nobody,
}

/// Those who work with persons and decide about them.
const CASE_STAFF: Allowed = Only(&[
    Role::CaseWorker,
    Role::ResponsibleCaseWorker,
    Role::ShelterStaff,
    Role::ShelterManager,
]);
/// Those, and who matches a person's need with a dwelling: they see what is open.
const LIST_READERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::ResponsibleCaseWorker,
    Role::HousingMatcher,
    Role::ShelterStaff,
    Role::ShelterManager,
]);
/// Those, and who supports somebody at home: they see one that was assigned to them.
const CASE_READERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::ResponsibleCaseWorker,
    Role::HousingMatcher,
    Role::HousingSupporter,
    Role::ShelterStaff,
    Role::ShelterManager,
]);
/// Those who exercise a board's authority over whole cases (rule R14).
const TRANSFER_STAFF: Allowed = Only(&[Role::CaseWorker, Role::ResponsibleCaseWorker]);
/// Kronofogden's own, who tell of evictions.
const NOTICE_SENDERS: Allowed = Only(&[Role::KfmOfficer]);
/// Those who confirm them: of a protected person the protected officers only.
const NOTICE_CONFIRMERS: Allowed =
    Only(&[Role::CaseWorker, Role::ProtectedOfficer, Role::ResponsibleCaseWorker]);
/// Both.
const NOTICE_READERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::KfmOfficer,
    Role::ProtectedOfficer,
    Role::ResponsibleCaseWorker,
]);
/// Those who tell a municipality something about a home: at a landlord, at whoever reports for landlords, in prison and care.
const SIGNAL_SENDERS: Allowed =
    Only(&[Role::IncidentReporter, Role::LandlordAdmin, Role::ReleaseOfficer, Role::RentCollector]);
/// Those, and who works with it; about what, their role says.
const SIGNAL_STAFF: Allowed = Only(&[
    Role::CaseWorker,
    Role::HousingSupporter,
    Role::IncidentReporter,
    Role::LandlordAdmin,
    Role::ReleaseOfficer,
    Role::RentCollector,
    Role::RentDebtAdviser,
    Role::ResponsibleCaseWorker,
]);
/// Those who answer for others' decisions: a second look at a denial, the second of two persons.
const SENIOR_STAFF: Allowed = Only(&[Role::ResponsibleCaseWorker, Role::ShelterManager]);
/// Those for protected persons; which cases, their keys say.
const PROTECTED_OFFICERS: Allowed = Only(&[Role::ProtectedOfficer]);
/// Those who review the access log.
const LOG_REVIEWERS: Allowed = Only(&[Role::LogReviewer]);
/// Those who hand the person an extract of it.
const EXTRACTORS: Allowed = Only(&[Role::LogReviewer, Role::Registrar]);
/// Those who say what there is: at a shelter, at an owner of dwellings, and who acquires dwellings.
const PUBLISHERS: Allowed =
    Only(&[Role::HousingAcquirer, Role::LandlordAdmin, Role::ShelterManager, Role::ShelterStaff]);
/// Those, and who looks for a place for somebody.
const CAPACITY_READERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::HousingAcquirer,
    Role::HousingMatcher,
    Role::LandlordAdmin,
    Role::ProtectedOfficer,
    Role::ResponsibleCaseWorker,
    Role::ShelterManager,
    Role::ShelterStaff,
]);
/// Those, and who looks after the capacity of a county.
const CAPACITY_WATCHERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::HousingAcquirer,
    Role::HousingMatcher,
    Role::LandlordAdmin,
    Role::ProtectedOfficer,
    Role::RegionalCoordinator,
    Role::ResponsibleCaseWorker,
    Role::ShelterManager,
    Role::ShelterStaff,
]);
/// Those who hold a place for somebody, or have one held.
const HOLDERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::HousingMatcher,
    Role::ProtectedOfficer,
    Role::ResponsibleCaseWorker,
    Role::ShelterManager,
    Role::ShelterStaff,
]);
/// Those who decide about placements: of a call nobody knows beforehand what is offered, and it may be for them only.
const PLACERS: Allowed = Only(&[
    Role::CaseWorker,
    Role::ProtectedOfficer,
    Role::ResponsibleCaseWorker,
    Role::ShelterManager,
]);
/// Those who end what others hold here.
const HOLD_ENDERS: Allowed = Only(&[Role::LandlordAdmin, Role::ShelterManager, Role::ShelterStaff]);
/// Those who work with agreements.
const AGREEMENT_STAFF: Allowed = Only(&[Role::AgreementManager]);
/// Those who follow up: they see numbers and no person.
const NUMBER_READERS: Allowed = Only(&[Role::AgreementManager, Role::RegionalCoordinator]);
/// Those, and who matches needs with dwellings.
const UNMET_READERS: Allowed =
    Only(&[Role::AgreementManager, Role::HousingMatcher, Role::RegionalCoordinator]);
/// Those who send referrals, and those who write the rules; the latter see no consent.
const EXPLAINED_TO: Allowed = Only(&[
    Role::AgreementManager,
    Role::CaseWorker,
    Role::ResponsibleCaseWorker,
    Role::ShelterStaff,
    Role::ShelterManager,
]);
/// Those who keep the register of official documents: metadata only.
const REGISTRARS: Allowed = Only(&[Role::Registrar]);
/// Those who run the node.
const OPERATORS: Allowed = Only(&[Role::Operator]);

macro_rules! rows {
    ($($allowed:expr => $($rpc:ident)+;)*) => {
        /// The row of a call of the local port.
        pub const fn of_rpc(rpc: LocalRpc) -> Allowed {
            match rpc { $($(LocalRpc::$rpc)|+ => $allowed,)* }
        }
    };
}

rows! {
    CASE_STAFF => ActOnReferral AssignReferral AwaitDelivery ClaimOffer DiscloseInside FindResponsible ListOffers
        MarkReferralInError NarrowConsent OfferReferral OpenBreakGlass RecordConsent RequestReferral
        RerouteReferral RevokeInside ShowConsent ShowOffer WithdrawConsent WithdrawOffer;
    SENIOR_STAFF => ApproveBreakGlass;
    LOG_REVIEWERS => ListReviews SampleAccessLog SignReview;
    EXTRACTORS => ExtractForPerson;
    EXPLAINED_TO => ExplainPublication ExplainReferral;
    NUMBER_READERS => AskAggregates CountLateSignals ShowAggregates;
    Any => ListAgreements ListOutbox ListQuotas LookUpContactPoint ShowAgreement ShowNode;
    AGREEMENT_STAFF => DeclareQuota LintAgreement ProposeAgreement ResumeAgreement SignAgreement
        SuspendAgreement TerminateAgreement;
    PUBLISHERS => AnswerCall PublishCapacity WithdrawService;
    CAPACITY_WATCHERS => ListCapacity;
    CAPACITY_READERS => ListCalls ListHolds ListServices SearchCapacity ShowCall ShowHold;
    UNMET_READERS => ShowUnmetNeed;
    PLACERS => CallOff PlaceCall;
    HOLDERS => ChangeHold PlaceHold;
    HOLD_ENDERS => EndHold;
    OPERATORS => RetryMessage;
    REGISTRARS => ConfirmExport ExportRegister ListRegister ListRetention;
    PROTECTED_OFFICERS => ActOnRelocation EnrolOfficer ListEnquiries ListRelocations OfferRelocation
        OpenRelocation PurgeRelocation ReviewRelocations ShowReciprocity ShowRelocation;
    NOTICE_SENDERS => SendNotice;
    NOTICE_CONFIRMERS => ConfirmNotice;
    NOTICE_READERS => ListNotices ShowNotice;
    SIGNAL_SENDERS => SendSignal;
    SIGNAL_STAFF => ListSignals ShowSignal TakeSignalStep;
    TRANSFER_STAFF => ActOnTransfer ListTransfers RequestTransfer ShowTransfer;
    LIST_READERS => ListReferrals;
    CASE_READERS => SendNote ShowReferral;
}

/// The row of a decision of `ActOnReferral`, for whoever the row of the call has let in.
pub const fn of_action(action: ReferralAction) -> Allowed {
    match action {
        ReferralAction::TakeOn
        | ReferralAction::Accept
        | ReferralAction::Decline
        | ReferralAction::Start
        | ReferralAction::Complete
        | ReferralAction::Withdraw
        | ReferralAction::ConfirmCancellation
        | ReferralAction::PutOnHold
        | ReferralAction::Resume
        | ReferralAction::Fail
        | ReferralAction::SetBusinessStatus
        | ReferralAction::Acknowledge
        | ReferralAction::RequestReview => CASE_STAFF,
        ReferralAction::Review => SENIOR_STAFF,
    }
}

/// The row of a call of the federation port.
pub const fn of_federation_rpc(rpc: FederationRpc) -> Peers {
    match rpc {
        FederationRpc::Deliver
        | FederationRpc::FetchRegistry
        | FederationRpc::PutCells
        | FederationRpc::TakeCells
        | FederationRpc::WatchCapacity => Peers::Members,
        FederationRpc::CosignCheckpoint => Peers::Nobody,
    }
}

impl Allowed {
    /// Whether it is this role, perhaps among others, that opens it.
    pub fn opens_to(self, role: Role) -> bool {
        match self {
            Any => true,
            Only(allowed) => allowed.contains(&role),
        }
    }

    /// Whether somebody with these roles may.
    ///
    /// # Errors
    /// [`Reason::RoleDenied`].
    pub fn check(self, roles: &BTreeSet<Role>) -> Result<(), Refusal> {
        let may = roles.iter().any(|role| self.opens_to(*role));
        if may { Ok(()) } else { Err(Refusal::new(Reason::RoleDenied)) }
    }
}
