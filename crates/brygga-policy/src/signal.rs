//! Whether a signal about somebody's home may be sent, and what may be told back (rules R17, R18 and R20).
//!
//! Landlords have a duty (JB 12:25 and 12:44); Kriminalvården has the person's consent or OSL 35:15, a region the consent.
//! What a municipality tells back holds no data about a person (R18) unless the person has consented.

use brygga_domain::agreement::{Action, SignalTerms};
use brygga_domain::disclosure::MessageClass;
use brygga_domain::signal::{SignalStep, SignalSubject};
use brygga_domain::{DisclosureGround, GdprBasis, MemberKind, Reason, Refusal};

use crate::transfer::{Carried, LawQuestion, check_class, decide};
use crate::{Permit, Principal};

/// The GDPR basis of a municipality that tells something back.
pub const SIGNAL_ANSWER_BASIS: GdprBasis = GdprBasis::PublicTask;

/// What a signal is about, as far as the law and the agreement ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AboutHome {
    /// The subject.
    pub subject: SignalSubject,
    /// The ground that is chosen; none for the one that a landlord's duty gives.
    pub ground: Option<DisclosureGround>,
    /// Of arrears: how many days late the rent is.
    pub days_late: u32,
}

/// A signal that may be sent.
#[derive(Clone, Debug)]
pub struct SignalPermit {
    /// The permission.
    pub permit: Permit,
    /// What its agreement says of signals.
    pub terms: SignalTerms,
}

/// Decides whether a signal may be sent.
///
/// # Errors
/// As [`crate::decide_notice`]; [`Reason::GroundMissing`] where a release or a discharge names no ground,
/// [`Reason::GroundNotAllowed`] for a sender whose subject it is not, [`Reason::WithinGrace`] for arrears that the agreement
/// gives more days (BFK-03).
pub fn decide_signal(
    question: &LawQuestion<'_>,
    about: AboutHome,
) -> Result<SignalPermit, Refusal> {
    let carried = carried(question.sender.standing().kind, about)?;
    let permit = decide(carried, question)?;
    let record = question.agreements.find(permit.agreement_id(), permit.version());
    let terms = record.map(|record| record.terms().signal_terms()).unwrap_or_default();
    if about.subject == SignalSubject::Arrears && about.days_late <= terms.grace_days {
        return Err(Refusal::at(Reason::WithinGrace, "days_late"));
    }
    Ok(SignalPermit { permit, terms })
}

/// What carries a subject that a kind of member sends.
fn carried(sender: MemberKind, about: AboutHome) -> Result<Carried, Refusal> {
    use DisclosureGround::{Consent12_2, Kvv35_15, LandlordDuty, StatutoryDuty10_28};
    let not_allowed = Refusal::at(Reason::GroundNotAllowed, "disclosure_ground");
    let (class, by_law, open): (_, _, &[DisclosureGround]) = match (about.subject, sender) {
        (
            SignalSubject::RentNotice | SignalSubject::Arrears | SignalSubject::VisitRound,
            MemberKind::PrivateLandlord,
        ) => (MessageClass::EvictionNotice, Some(LandlordDuty), &[LandlordDuty]),
        (
            SignalSubject::RentNotice | SignalSubject::Arrears | SignalSubject::VisitRound,
            MemberKind::MunicipalLandlord,
        ) => (MessageClass::EvictionNotice, Some(StatutoryDuty10_28), &[StatutoryDuty10_28]),
        (
            SignalSubject::Disturbance,
            MemberKind::PrivateLandlord | MemberKind::IncidentReporter,
        ) => (MessageClass::Disturbance, Some(LandlordDuty), &[LandlordDuty]),
        (SignalSubject::Disturbance, MemberKind::MunicipalLandlord) => {
            (MessageClass::Disturbance, Some(StatutoryDuty10_28), &[StatutoryDuty10_28])
        }
        (SignalSubject::Release, MemberKind::PrisonAndProbation) => {
            (MessageClass::ReleaseSignal, None, &[Consent12_2, Kvv35_15])
        }
        (SignalSubject::Discharge, MemberKind::Region) => {
            (MessageClass::ReferralAdult, None, &[Consent12_2])
        }
        _ => return Err(not_allowed),
    };
    let missing = Refusal::at(Reason::GroundMissing, "disclosure_ground");
    let ground = about.ground.or(by_law).ok_or(missing)?;
    if !open.contains(&ground) {
        return Err(not_allowed);
    }
    let basis =
        if about.subject.is_return() { GdprBasis::PublicTask } else { GdprBasis::LegalObligation };
    Ok(Carried { action: Action::SignalSend, class, ground, basis })
}

/// The ground of what a municipality tells back: of a person the consent, otherwise its own task.
pub const fn answer_ground(names_person: bool) -> DisclosureGround {
    if names_person {
        DisclosureGround::Consent12_2
    } else {
        DisclosureGround::NecessaryOwnTask10_2
    }
}

/// Whether sealed content may be told back on a ground. It asks no agreement, so that what has begun can be finished.
///
/// # Errors
/// [`Reason::GroundNotAllowed`], [`Reason::GdprBasisNotAllowed`].
pub fn check_answer(
    step: SignalStep,
    ground: DisclosureGround,
    sender: &Principal,
    receiver: &Principal,
) -> Result<(), Refusal> {
    if !step.has_content() {
        return Err(Refusal::at(Reason::ContentForbidden, "content"));
    }
    // Who reports for landlords stands where they stand, and hears what they hear.
    let class = MessageClass::PaymentUndertaking;
    let basis = SIGNAL_ANSWER_BASIS;
    check_class(Carried { action: Action::SignalSend, class, ground, basis }, sender, receiver)
}

#[cfg(test)]
mod tests;
