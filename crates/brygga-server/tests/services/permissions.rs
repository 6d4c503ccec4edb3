//! The permission matrix, asked of the code itself and compared with what was audited:
//! call × role × organisation × unit × agreement × consent.
//!
//! Nothing here decides: the token check, the role table, need-to-know and the gate are asked, and
//! what they say is written down. [`demand`] alone says which of them a call passes; it has no `_`,
//! so a new call fails the build until somebody has thought about it.

mod agreement_kinds;
mod gate;
mod need;
mod page;

use std::path::Path;

use brygga_app::width_of;
use brygga_domain::access::{Sight, Width};
use brygga_domain::{MemberKind, Reason, Refusal};
use brygga_identity::roles::Role;
use brygga_proto::rpc::{LocalRpc, ReferralAction};
use brygga_server::roles::{honoured, of_action, of_rpc};

use gate::{Agreement, ConsentState};
use need::Relation;

/// What a call asks for besides a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    /// Nothing about one person's case.
    Nothing,
    /// To see a referral at all; its content where the sight gives it.
    See,
    /// To work on a referral.
    Work,
    /// The gate's permit, from a unit of one's own.
    Permit,
    /// To give others access to a referral.
    HandOn,
    /// To work on a referral, and the gate's permit.
    WorkAndPermit,
    /// To be of the unit that asked, or that recorded the consent.
    OwnUnit,
    /// A second person, not a unit.
    SecondPerson,
}

const fn demand(rpc: LocalRpc) -> Demand {
    match rpc {
        LocalRpc::ShowReferral => Demand::See,
        LocalRpc::ActOnReferral | LocalRpc::MarkReferralInError => Demand::Work,
        LocalRpc::AssignReferral | LocalRpc::DiscloseInside | LocalRpc::RevokeInside => {
            Demand::HandOn
        }
        LocalRpc::OfferReferral | LocalRpc::RequestReferral => Demand::Permit,
        LocalRpc::RerouteReferral | LocalRpc::SendNote => Demand::WorkAndPermit,
        LocalRpc::ActOnTransfer
        | LocalRpc::AwaitDelivery
        | LocalRpc::ClaimOffer
        | LocalRpc::ConfirmNotice
        | LocalRpc::ListNotices
        | LocalRpc::ListOffers
        | LocalRpc::ListReferrals
        | LocalRpc::ListSignals
        | LocalRpc::ListTransfers
        | LocalRpc::NarrowConsent
        | LocalRpc::ShowConsent
        | LocalRpc::RequestTransfer
        | LocalRpc::SendNotice
        | LocalRpc::SendSignal
        | LocalRpc::ShowNotice
        | LocalRpc::ShowOffer
        | LocalRpc::ShowSignal
        | LocalRpc::ShowTransfer
        | LocalRpc::TakeSignalStep
        | LocalRpc::WithdrawOffer => Demand::OwnUnit,
        LocalRpc::ApproveBreakGlass | LocalRpc::OpenBreakGlass => Demand::SecondPerson,
        // ExplainReferral is about nobody; a consent that it names is hidden as by ShowConsent (`hidden.rs`).
        LocalRpc::AnswerCall
        | LocalRpc::AskAggregates
        | LocalRpc::CallOff
        | LocalRpc::ChangeHold
        | LocalRpc::ConfirmExport
        | LocalRpc::CountLateSignals
        | LocalRpc::EndHold
        | LocalRpc::ExplainPublication
        | LocalRpc::ExplainReferral
        | LocalRpc::ExportRegister
        | LocalRpc::ExtractForPerson
        | LocalRpc::FindResponsible
        | LocalRpc::LintAgreement
        | LocalRpc::ListAgreements
        | LocalRpc::ListCalls
        | LocalRpc::ListCapacity
        | LocalRpc::ListHolds
        | LocalRpc::ListOutbox
        | LocalRpc::ListRegister
        | LocalRpc::ListRetention
        | LocalRpc::ListReviews
        | LocalRpc::ListServices
        | LocalRpc::LookUpContactPoint
        | LocalRpc::PlaceCall
        | LocalRpc::PlaceHold
        | LocalRpc::ProposeAgreement
        | LocalRpc::PublishCapacity
        | LocalRpc::RecordConsent
        | LocalRpc::RetryMessage
        | LocalRpc::SampleAccessLog
        | LocalRpc::SearchCapacity
        | LocalRpc::ShowAggregates
        | LocalRpc::ShowAgreement
        | LocalRpc::ShowCall
        | LocalRpc::ShowHold
        | LocalRpc::ShowNode
        | LocalRpc::ShowUnmetNeed
        | LocalRpc::SignAgreement
        | LocalRpc::SignReview
        | LocalRpc::DeclareQuota
        | LocalRpc::ListQuotas
        | LocalRpc::SuspendAgreement
        | LocalRpc::ResumeAgreement
        | LocalRpc::TerminateAgreement
        | LocalRpc::WithdrawConsent
        // No token opens a protected relocation; these demand an officer's key besides (`federation/relocation.rs`).
        | LocalRpc::ActOnRelocation
        | LocalRpc::EnrolOfficer
        | LocalRpc::ListEnquiries
        | LocalRpc::ShowReciprocity
        | LocalRpc::ListRelocations
        | LocalRpc::OfferRelocation
        | LocalRpc::OpenRelocation
        | LocalRpc::PurgeRelocation
        | LocalRpc::ReviewRelocations
        | LocalRpc::ShowRelocation
        | LocalRpc::WithdrawService => Demand::Nothing,
    }
}

/// One cell: who asks for what, in which circumstances.
#[derive(Clone, Copy, Debug)]
struct Cell {
    rpc: LocalRpc,
    role: Role,
    /// Whether the token is this organisation's.
    own_organisation: bool,
    relation: Relation,
    agreement: Agreement,
    consent: ConsentState,
}

impl Cell {
    /// What the code says.
    fn decide(self) -> Result<(), Refusal> {
        need::token_of(self.own_organisation)?;
        let roles = honoured(Some(MemberKind::Municipality), &[self.role].into());
        of_rpc(self.rpc).check(&roles)?;
        let sight = self.relation.sight(width_of(self.role));
        let absent = || Refusal::new(Reason::NotFound);
        let permitted = || gate::decide(self.agreement, self.consent);
        match (demand(self.rpc), sight) {
            (Demand::Nothing | Demand::SecondPerson, _) => Ok(()),
            (Demand::Permit, _) if self.relation.is_own_unit() => permitted(),
            (Demand::Permit, _) => Err(Refusal::at(Reason::RoleDenied, "source_unit")),
            (Demand::OwnUnit, _) if self.relation.is_own_unit() => Ok(()),
            (_, Sight::Hidden) | (Demand::OwnUnit, _) => Err(absent()),
            (Demand::See, _) | (Demand::Work, Sight::Work(_)) => Ok(()),
            (Demand::HandOn, sight) if sight.may_hand_on().is_some() => Ok(()),
            // Whoever answers for a unit assigns what somebody of it works on.
            (Demand::HandOn, Sight::Listed)
                if self.rpc == LocalRpc::AssignReferral
                    && self.role == Role::ResponsibleCaseWorker =>
            {
                Ok(())
            }
            (Demand::WorkAndPermit, Sight::Work(_)) => permitted(),
            (Demand::HandOn | Demand::Work | Demand::WorkAndPermit, _) => {
                Err(Refusal::at(Reason::RoleDenied, "referral_id"))
            }
        }
    }
}

/// Every cell of the matrix.
fn cells() -> impl Iterator<Item = Cell> {
    LocalRpc::ALL.iter().flat_map(|rpc| {
        Role::ALL.iter().flat_map(move |role| {
            [true, false].into_iter().flat_map(move |own_organisation| {
                Relation::ALL.iter().flat_map(move |relation| {
                    Agreement::ALL.iter().flat_map(move |agreement| {
                        ConsentState::ALL.iter().map(move |consent| Cell {
                            rpc: *rpc,
                            role: *role,
                            own_organisation,
                            relation: *relation,
                            agreement: *agreement,
                            consent: *consent,
                        })
                    })
                })
            })
        })
    })
}

fn is_about_a_case(rpc: LocalRpc) -> bool {
    demand(rpc) != Demand::Nothing || rpc.path().contains(".ConsentService/")
}

#[test]
fn the_matrix_is_the_one_that_was_audited() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/permissions.txt");
    let matrix = page::render();
    if std::env::var("BRYGGA_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &matrix).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    for (number, (audited, actual)) in golden.lines().zip(matrix.lines()).enumerate() {
        assert_eq!(audited, actual, "line {} of {}", number + 1, path.display());
    }
    assert_eq!(golden, matrix, "lines at the end of {}", path.display());
}

/// COO-02, cell by cell.
#[test]
fn coordinator_operator_and_agreement_manager_have_no_path_to_a_case() {
    let blind = [Role::RegionalCoordinator, Role::Operator, Role::AgreementManager];
    let of_blind = |cell: &Cell| blind.contains(&cell.role) && is_about_a_case(cell.rpc);
    let cells: Vec<Cell> = cells().filter(of_blind).collect();
    assert!(cells.len() > 10_000);
    assert!(cells.iter().all(|cell| cell.decide().is_err()));
    let acts = ReferralAction::ALL.iter().map(|action| of_action(*action));
    assert!(acts.into_iter().all(|row| blind.iter().all(|role| !row.opens_to(*role))));
    assert!(blind.iter().all(|role| width_of(*role) == Width::Nothing));
}

#[test]
fn nothing_is_permitted_to_another_organisation() {
    assert!(cells().filter(|cell| !cell.own_organisation).all(|cell| {
        cell.decide().is_err_and(|refusal| refusal.reason == Reason::Unauthenticated)
    }));
}

#[test]
fn nothing_is_sent_without_an_agreement_in_force_and_a_consent_that_covers_it() {
    let sends = |cell: &Cell| matches!(demand(cell.rpc), Demand::Permit | Demand::WorkAndPermit);
    for cell in cells().filter(sends).filter(|cell| cell.decide().is_ok()) {
        assert_eq!((cell.agreement, cell.consent), (Agreement::Active, ConsentState::Valid));
    }
}

#[test]
fn who_may_not_see_a_case_may_do_nothing_about_it() {
    for cell in cells().filter(|cell| demand(cell.rpc) == Demand::Work) {
        let sight = cell.relation.sight(width_of(cell.role));
        assert!(cell.decide().is_err() || matches!(sight, Sight::Work(_)), "{cell:?}");
    }
}
