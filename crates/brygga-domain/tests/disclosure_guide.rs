//! The hard rules and every cell of the matrix in domain guide 5.2, written from the guide's table and
//! not from the code: a row is a message, a column a relation, a cell the grounds in any order.

use brygga_domain::disclosure::{
    Disclosure, MessageClass, Passage, Standing, check_gdpr, passage, permitted_grounds,
};
use brygga_domain::{DisclosureGround, GdprBasis, MemberKind, Reason, SocialServicesStatus};

const KOMMUN: Standing = Standing::new(MemberKind::Municipality, SocialServicesStatus::Authority);
const CONTRACTED: Standing =
    Standing::new(MemberKind::CivilSociety, SocialServicesStatus::Contracted);
const PERMIT: Standing =
    Standing::new(MemberKind::CivilSocietyProtected, SocialServicesStatus::Permit);
const OUTSIDE: Standing = Standing::new(MemberKind::CivilSociety, SocialServicesStatus::None);
const PRIVATE_LANDLORD: Standing =
    Standing::new(MemberKind::PrivateLandlord, SocialServicesStatus::None);
const MUNICIPAL_LANDLORD: Standing =
    Standing::new(MemberKind::MunicipalLandlord, SocialServicesStatus::None);
const KFM: Standing = Standing::new(MemberKind::EnforcementAuthority, SocialServicesStatus::None);
const KVV: Standing = Standing::new(MemberKind::PrisonAndProbation, SocialServicesStatus::None);
const COORDINATOR: Standing = Standing::new(MemberKind::Coordinator, SocialServicesStatus::None);
const REGION: Standing = Standing::new(MemberKind::Region, SocialServicesStatus::None);

const CIVIL_SOCIETY: [Standing; 3] = [CONTRACTED, PERMIT, OUTSIDE];
const LANDLORDS: [Standing; 2] = [PRIVATE_LANDLORD, MUNICIPAL_LANDLORD];

fn standings() -> Vec<Standing> {
    let statuses = SocialServicesStatus::ALL;
    let of_kind = |kind: &MemberKind| {
        statuses.iter().map(|status| Standing::new(*kind, *status)).collect::<Vec<_>>()
    };
    MemberKind::ALL.iter().flat_map(of_kind).collect()
}

/// The grounds between two standings, as a sorted, joined text.
fn cell(class: MessageClass, sender: Standing, receiver: Standing) -> String {
    let mut names: Vec<&str> =
        permitted_grounds(class, sender, receiver).iter().map(|ground| ground.as_str()).collect();
    names.sort_unstable();
    names.join(" ")
}

fn check(
    class: MessageClass,
    sender: Standing,
    receiver: Standing,
    ground: DisclosureGround,
) -> Result<(), Reason> {
    let disclosure =
        Disclosure { class, sender, receiver, ground: Some(ground), no_harm_assessed: false };
    disclosure.check().map_err(|refusal| refusal.reason)
}

mod rows {
    use super::*;

    #[test]
    fn adult_referral() {
        let class = MessageClass::ReferralAdult;
        assert_eq!(cell(class, KOMMUN, KOMMUN), "CARE_26_9 CONSENT_12_2 NO_HARM_CLEAR_26_1");
        assert_eq!(cell(class, KOMMUN, CONTRACTED), "CONSENT_12_2 NECESSARY_OWN_TASK_10_2");
        assert_eq!(
            cell(class, KOMMUN, PERMIT),
            "CONSENT_12_2",
            "own task is for a contracted placement"
        );
        assert_eq!(cell(class, KOMMUN, OUTSIDE), "CONSENT_12_2");
        for sender in CIVIL_SOCIETY {
            assert_eq!(cell(class, sender, KOMMUN), "PRIVATE_17_11_CONSENT", "{sender:?}");
        }
        for landlord in LANDLORDS {
            assert_eq!(cell(class, KOMMUN, landlord), "", "never");
            assert_eq!(cell(class, landlord, KOMMUN), "", "n/a");
        }
        assert_eq!(cell(class, KFM, KOMMUN), "", "n/a");
        assert_eq!(cell(class, KVV, KOMMUN), "", "n/a");
    }

    #[test]
    fn child_referral() {
        let class = MessageClass::ReferralChild;
        assert_eq!(cell(class, KOMMUN, KOMMUN), "CARE_26_9 CONSENT_12_2 NO_HARM_CLEAR_26_1");
        for receiver in CIVIL_SOCIETY {
            assert_eq!(cell(class, KOMMUN, receiver), "CONSENT_12_2", "{receiver:?}");
        }
        assert_eq!(cell(class, CONTRACTED, KOMMUN), "CHILD_REPORT_19_1 PRIVATE_17_11_CONSENT");
        assert_eq!(cell(class, PERMIT, KOMMUN), "CHILD_REPORT_19_1 PRIVATE_17_11_CONSENT");
        assert_eq!(
            cell(class, OUTSIDE, KOMMUN),
            "PRIVATE_17_11_CONSENT",
            "SoL 19:1 binds professionals within SoL"
        );
        for landlord in LANDLORDS {
            assert_eq!(cell(class, KOMMUN, landlord), "");
            assert_eq!(cell(class, landlord, KOMMUN), "");
        }
        assert_eq!(cell(class, KFM, KOMMUN), "");
        assert_eq!(cell(class, KVV, KOMMUN), "");
    }

    #[test]
    fn bed_hold_is_as_referral() {
        for sender in standings() {
            for receiver in standings() {
                assert_eq!(
                    cell(MessageClass::BedHold, sender, receiver),
                    cell(MessageClass::ReferralAdult, sender, receiver),
                    "{sender:?} to {receiver:?}"
                );
            }
        }
    }

    #[test]
    fn capacity_needs_an_agreement_and_no_ground() {
        let class = MessageClass::Capacity;
        let open = [
            (KOMMUN, KOMMUN),
            (KOMMUN, OUTSIDE),
            (CONTRACTED, KOMMUN),
            (OUTSIDE, KOMMUN),
            (KOMMUN, PRIVATE_LANDLORD),
            (MUNICIPAL_LANDLORD, KOMMUN),
            (PRIVATE_LANDLORD, KOMMUN),
            (KOMMUN, COORDINATOR),
            (OUTSIDE, COORDINATOR),
        ];
        for (sender, receiver) in open {
            assert_eq!(
                passage(class, sender, receiver),
                Passage::AgreementOnly,
                "{sender:?} to {receiver:?}"
            );
        }
        for sender in [KFM, KVV, COORDINATOR] {
            assert_eq!(passage(class, sender, KOMMUN), Passage::Closed, "{sender:?}");
        }
    }

    #[test]
    fn case_transfer() {
        let class = MessageClass::CaseTransfer;
        assert_eq!(cell(class, KOMMUN, KOMMUN), "STATUTORY_DUTY_10_28");
        for other in [CONTRACTED, PERMIT, OUTSIDE, PRIVATE_LANDLORD, MUNICIPAL_LANDLORD] {
            assert_eq!(cell(class, KOMMUN, other), "", "{other:?}");
            assert_eq!(cell(class, other, KOMMUN), "", "{other:?}");
        }
        assert_eq!(cell(class, KFM, KOMMUN), "");
        assert_eq!(cell(class, KVV, KOMMUN), "");
    }

    #[test]
    fn relocation_and_its_address() {
        assert_eq!(
            cell(MessageClass::Relocation, KOMMUN, KOMMUN),
            "CONSENT_12_2 STATUTORY_DUTY_10_28"
        );
        assert_eq!(
            cell(MessageClass::ProtectedAddress, KOMMUN, KOMMUN),
            "PROTECTED_ADDRESS_26_14D"
        );
        assert_eq!(
            cell(MessageClass::ProtectedAddress, REGION, KOMMUN),
            "PROTECTED_ADDRESS_26_14D"
        );
        for other in CIVIL_SOCIETY {
            assert_eq!(cell(MessageClass::Relocation, KOMMUN, other), "", "the person part never");
            assert_eq!(cell(MessageClass::Relocation, other, KOMMUN), "PRIVATE_17_11_CONSENT");
        }
        for other in [PRIVATE_LANDLORD, MUNICIPAL_LANDLORD, KFM, KVV] {
            assert_eq!(cell(MessageClass::Relocation, KOMMUN, other), "", "{other:?}");
            assert_eq!(cell(MessageClass::Relocation, other, KOMMUN), "", "{other:?}");
        }
    }

    #[test]
    fn eviction_notice() {
        let class = MessageClass::EvictionNotice;
        assert_eq!(cell(class, KOMMUN, KOMMUN), "");
        assert_eq!(cell(class, PRIVATE_LANDLORD, KOMMUN), "LANDLORD_DUTY");
        assert_eq!(
            cell(class, MUNICIPAL_LANDLORD, KOMMUN),
            "STATUTORY_DUTY_10_28",
            "an authority under OSL 2:3"
        );
        assert_eq!(cell(class, KFM, KOMMUN), "KFM_34_1 STATUTORY_DUTY_10_28");
        assert_eq!(cell(class, KVV, KOMMUN), "");
        for other in CIVIL_SOCIETY {
            assert_eq!(cell(class, KOMMUN, other), "");
            assert_eq!(cell(class, other, KOMMUN), "");
        }
        for landlord in LANDLORDS {
            assert_eq!(cell(class, KOMMUN, landlord), "");
            let undertaking = cell(MessageClass::PaymentUndertaking, KOMMUN, landlord);
            assert_eq!(undertaking, "CONSENT_12_2 NECESSARY_OWN_TASK_10_2");
        }
    }

    #[test]
    fn a_disturbance_is_told_by_landlords_and_by_whoever_reports_for_them() {
        let class = MessageClass::Disturbance;
        assert_eq!(cell(class, PRIVATE_LANDLORD, KOMMUN), "LANDLORD_DUTY");
        assert_eq!(cell(class, MUNICIPAL_LANDLORD, KOMMUN), "STATUTORY_DUTY_10_28");
        let reporter = Standing::new(MemberKind::IncidentReporter, SocialServicesStatus::None);
        assert_eq!(cell(class, reporter, KOMMUN), "LANDLORD_DUTY");
        assert_eq!(cell(MessageClass::EvictionNotice, reporter, KOMMUN), "");
        for other in [KFM, KVV, KOMMUN] {
            assert_eq!(cell(class, other, KOMMUN), "", "{other:?}");
        }
    }

    #[test]
    fn release_signal() {
        let class = MessageClass::ReleaseSignal;
        assert_eq!(cell(class, KOMMUN, KOMMUN), "CONSENT_12_2");
        assert_eq!(cell(class, KVV, KOMMUN), "CONSENT_12_2 KVV_35_15");
        for other in CIVIL_SOCIETY {
            assert_eq!(cell(class, KOMMUN, other), "CONSENT_12_2");
            assert_eq!(cell(class, other, KOMMUN), "PRIVATE_17_11_CONSENT");
        }
        for other in [PRIVATE_LANDLORD, MUNICIPAL_LANDLORD, KFM] {
            assert_eq!(cell(class, KOMMUN, other), "", "{other:?}");
            assert_eq!(cell(class, other, KOMMUN), "", "{other:?}");
        }
    }

    #[test]
    fn child_report() {
        let class = MessageClass::ChildReport;
        for sender in [KOMMUN, CONTRACTED, PERMIT, KFM, KVV] {
            assert_eq!(cell(class, sender, KOMMUN), "CHILD_REPORT_19_1", "{sender:?}");
        }
        for receiver in [CONTRACTED, PERMIT, OUTSIDE, PRIVATE_LANDLORD, MUNICIPAL_LANDLORD] {
            assert_eq!(cell(class, KOMMUN, receiver), "", "{receiver:?}");
        }
    }
}

#[test]
fn personal_data_never_reaches_or_leaves_a_coordinator_association_or_research_body() {
    let without_data = [MemberKind::Coordinator, MemberKind::Association, MemberKind::Research];
    for class in MessageClass::ALL {
        for body in standings().into_iter().filter(|standing| without_data.contains(&standing.kind))
        {
            for other in standings() {
                assert_eq!(cell(*class, other, body), "", "{class:?} to {body:?}");
                assert_eq!(cell(*class, body, other), "", "{class:?} from {body:?}");
            }
        }
    }
}

#[test]
fn r1_personal_data_without_a_ground_is_refused_even_where_nothing_could_carry_it() {
    for class in MessageClass::ALL.iter().filter(|class| class.carries_personal_data()) {
        for receiver in standings() {
            let sender = KOMMUN;
            let nameless = Disclosure {
                class: *class,
                sender,
                receiver,
                ground: None,
                no_harm_assessed: true,
            };
            assert_eq!(nameless.check().unwrap_err().reason, Reason::GroundMissing, "{class:?}");
        }
    }
}

#[test]
fn r2_the_general_clause_cannot_be_named() {
    for ground in DisclosureGround::ALL {
        assert!(!ground.as_str().contains("10_27"), "{ground:?}");
    }
    assert_eq!(DisclosureGround::parse("GENERAL_CLAUSE_10_27"), None);
}

#[test]
fn r3_care_26_9_goes_from_a_municipality_to_a_municipality_or_a_region_and_never_to_anybody_else() {
    for class in MessageClass::ALL {
        for sender in standings() {
            for receiver in standings() {
                let open = check(*class, sender, receiver, DisclosureGround::Care26_9).is_ok();
                let authorities =
                    sender == KOMMUN && (receiver == KOMMUN || receiver.kind == MemberKind::Region);
                assert!(!open || authorities, "{class:?} from {sender:?} to {receiver:?}");
            }
        }
    }
    assert_eq!(
        check(MessageClass::ReferralAdult, KOMMUN, REGION, DisclosureGround::Care26_9),
        Ok(())
    );
    for stadsmission in CIVIL_SOCIETY {
        let refused =
            check(MessageClass::ReferralAdult, KOMMUN, stadsmission, DisclosureGround::Care26_9);
        assert_eq!(refused, Err(Reason::GroundNotAllowed));
    }
}

#[test]
fn r12_a_protected_address_reaches_a_municipal_board_only() {
    for sender in standings() {
        for receiver in standings().into_iter().filter(|receiver| *receiver != KOMMUN) {
            assert_eq!(
                cell(MessageClass::ProtectedAddress, sender, receiver),
                "",
                "{sender:?} to {receiver:?}"
            );
        }
    }
}

#[test]
fn no_harm_carries_only_from_an_authority_that_has_assessed_it() {
    let ground = DisclosureGround::NoHarmClear26_1;
    assert_eq!(
        check(MessageClass::ReferralAdult, KOMMUN, KOMMUN, ground),
        Err(Reason::GroundNotAllowed)
    );
    for sender in standings() {
        for receiver in standings() {
            let class = MessageClass::ReferralAdult;
            let assessed = Disclosure {
                class,
                sender,
                receiver,
                ground: Some(ground),
                no_harm_assessed: true,
            };
            assert_eq!(
                assessed.check().is_ok(),
                sender == KOMMUN && receiver == KOMMUN,
                "{sender:?} {receiver:?}"
            );
        }
    }
}

#[test]
fn a_ground_on_capacity_is_refused_since_capacity_holds_no_personal_data() {
    let refused = check(MessageClass::Capacity, KOMMUN, KOMMUN, DisclosureGround::Consent12_2);
    assert_eq!(refused, Err(Reason::GroundNotAllowed));
}

#[test]
fn a_status_that_contradicts_the_kind_opens_nothing() {
    let contradictions = standings().into_iter().filter(|standing| match standing.kind {
        MemberKind::Municipality => standing.status != SocialServicesStatus::Authority,
        MemberKind::CivilSociety | MemberKind::CivilSocietyProtected => {
            standing.status == SocialServicesStatus::Authority
        }
        _ => false,
    });
    let mut seen = 0;
    for odd in contradictions {
        seen += 1;
        for class in MessageClass::ALL {
            assert_eq!(cell(*class, odd, KOMMUN), "", "{class:?} from {odd:?}");
            assert_eq!(cell(*class, KOMMUN, odd), "", "{class:?} to {odd:?}");
        }
    }
    assert_eq!(seen, 5);
}

#[test]
fn r6_each_sender_has_its_own_gdpr_bases() {
    let open = |sender: Standing| -> Vec<GdprBasis> {
        GdprBasis::ALL
            .iter()
            .copied()
            .filter(|basis| check_gdpr(Some(*basis), sender).is_ok())
            .collect()
    };
    for public in [KOMMUN, KFM, KVV, REGION, MUNICIPAL_LANDLORD, CONTRACTED, PERMIT] {
        assert_eq!(open(public), [GdprBasis::PublicTask, GdprBasis::LegalObligation], "{public:?}");
    }
    assert_eq!(open(OUTSIDE), [GdprBasis::ExplicitConsent]);
    assert_eq!(open(PRIVATE_LANDLORD), [GdprBasis::LegalObligation]);
    assert_eq!(open(COORDINATOR), []);
}

#[test]
fn a_missing_gdpr_basis_is_refused_for_everybody() {
    for sender in standings() {
        assert_eq!(
            check_gdpr(None, sender).unwrap_err().reason,
            Reason::GdprBasisNotAllowed,
            "{sender:?}"
        );
    }
}
