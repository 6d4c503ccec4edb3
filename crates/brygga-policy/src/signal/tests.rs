use std::sync::Arc;

use brygga_domain::agreement::{Effect, Rule};
use brygga_domain::{OrgId, SocialServicesStatus};

use super::*;
use crate::transfer::tests::{NOW, board, signed};
use crate::{AgreementBook, Citation};

fn member(text: &str, kind: MemberKind) -> Principal {
    let organisation = OrgId::parse(text).unwrap();
    Principal { organisation, kind, status: SocialServicesStatus::None }
}

/// The sample agreement's second party is the sender, whatever it is.
fn sender(kind: MemberKind) -> Principal {
    member("kommun:0881", kind)
}

fn decided(
    kind: MemberKind,
    about: AboutHome,
    grace_days: u32,
) -> Result<(DisclosureGround, u32), Reason> {
    let record = signed(brygga_domain::AgreementId::from_bytes([1; 16]), |draft| {
        draft.rules = vec![Rule::new("signal-1", Effect::Permit, Action::SignalSend)];
        draft.signals = Some(SignalTerms { grace_days, ..SignalTerms::default() });
    });
    let agreements = AgreementBook::new(vec![Arc::clone(&record)]);
    let question = LawQuestion {
        sender: &sender(kind),
        recipient: &board("kommun:0880"),
        sender_unit: None,
        recipient_unit: None,
        categories: &[],
        child: false,
        agreements: &agreements,
        citation: Citation::Unnamed,
        now: NOW,
    };
    let permitted = decide_signal(&question, about).map_err(|refusal| refusal.reason)?;
    Ok((permitted.permit.ground(), permitted.terms.grace_days))
}

fn about(subject: SignalSubject, ground: Option<DisclosureGround>) -> AboutHome {
    let days_late = if subject == SignalSubject::Arrears { 15 } else { 0 };
    AboutHome { subject, ground, days_late }
}

#[test]
fn each_subject_has_its_senders_and_their_ground() {
    use DisclosureGround::{Consent12_2, Kvv35_15, LandlordDuty, StatutoryDuty10_28};
    use SignalSubject::{Arrears, Discharge, Disturbance, Release, RentNotice, VisitRound};
    let permitted = |subject, kind, ground| match (subject, kind, ground) {
        (RentNotice | Arrears | VisitRound | Disturbance, MemberKind::PrivateLandlord, None) => {
            Some(LandlordDuty)
        }
        (RentNotice | Arrears | VisitRound | Disturbance, MemberKind::MunicipalLandlord, None) => {
            Some(StatutoryDuty10_28)
        }
        (Disturbance, MemberKind::IncidentReporter, None) => Some(LandlordDuty),
        (Release, MemberKind::PrisonAndProbation, Some(Consent12_2 | Kvv35_15)) => ground,
        (Discharge, MemberKind::Region, Some(Consent12_2)) => ground,
        _ => None,
    };
    for subject in SignalSubject::ALL {
        for kind in MemberKind::ALL {
            for ground in [None, Some(Consent12_2), Some(Kvv35_15)] {
                let held = decided(*kind, about(*subject, ground), 14).ok().map(|held| held.0);
                assert_eq!(
                    held,
                    permitted(*subject, *kind, ground),
                    "{subject:?} {kind:?} {ground:?}"
                );
            }
        }
    }
    let none = about(Release, None);
    assert_eq!(decided(MemberKind::PrisonAndProbation, none, 0), Err(Reason::GroundMissing));
}

#[test]
fn arrears_within_the_days_of_grace_are_not_told() {
    let late = |days_late| AboutHome { days_late, ..about(SignalSubject::Arrears, None) };
    let landlord = MemberKind::PrivateLandlord;
    for days in [3, 14] {
        assert_eq!(decided(landlord, late(days), 14).unwrap_err(), Reason::WithinGrace);
    }
    assert_eq!(decided(landlord, late(15), 14).unwrap().1, 14);
    assert!(decided(landlord, late(1), 0).is_ok());
    assert!(decided(landlord, about(SignalSubject::RentNotice, None), 14).is_ok());
}

#[test]
fn a_landlord_hears_an_undertaking_and_of_a_person_only_with_consent() {
    let (from, to) = (board("kommun:0880"), sender(MemberKind::PrivateLandlord));
    for names_person in [false, true] {
        let ground = answer_ground(names_person);
        assert_eq!(check_answer(SignalStep::Undertaking, ground, &from, &to), Ok(()));
    }
    let refused = |step, ground, from: &Principal, to: &Principal| {
        check_answer(step, ground, from, to).unwrap_err().reason
    };
    let own = answer_ground(false);
    assert_eq!(refused(SignalStep::TakenOn, own, &from, &to), Reason::ContentForbidden);
    assert_eq!(refused(SignalStep::Undertaking, own, &to, &from), Reason::GroundNotAllowed);
    let care = DisclosureGround::Care26_9;
    assert_eq!(refused(SignalStep::Undertaking, care, &from, &to), Reason::GroundNotAllowed);
}
