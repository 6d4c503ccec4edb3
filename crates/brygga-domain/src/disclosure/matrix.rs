//! The matrix of domain guide 5.2: message class and relation give the grounds that can carry it.
//!
//! Decisions where the guide's table leaves room, each on the closed side:
//! - Only what the table opens is open: civil society to civil society, a region to civil society,
//!   landlord to landlord and every relation without a column are closed.
//! - "Consent" from a private body is SoL 17:11, from an authority OSL 12:2.
//! - SoL 19:1 binds performers and not civil society outside social services; a landlord "bör" report
//!   (SoL 19:4), for which the enumeration has no ground. Both report by other ways.
//! - Whoever reports disturbances for landlords (störningsjour) has their duty of JB 12:25 and nothing else.
//! - A municipal landlord is an authority (OSL 2:3): its notices rest on OSL 10:28 with JB, not on JB alone.
//! - OSL 26:9 also reaches a region, as the health-care authority that the section names.

use super::{Body, MessageClass, Passage, Standing};
use crate::DisclosureGround::{self, *};
use crate::MemberKind;

/// How a class of message may pass between two members.
pub const fn passage(class: MessageClass, sender: Standing, receiver: Standing) -> Passage {
    use MessageClass as Class;
    let (from, to) = (sender.body(), receiver.body());
    let grounds: &'static [DisclosureGround] = match class {
        Class::Capacity => return capacity(sender.kind, receiver.kind),
        Class::ReferralAdult | Class::BedHold => referral_adult(from, to),
        Class::ReferralChild => referral_child(from, to),
        Class::CaseTransfer => case_transfer(from, to),
        Class::Relocation => relocation(from, to),
        Class::ProtectedAddress => protected_address(from, to),
        Class::EvictionNotice => eviction_notice(from, to),
        Class::Disturbance => disturbance(from, to),
        Class::PaymentUndertaking => payment_undertaking(from, to),
        Class::ReleaseSignal => release_signal(from, to),
        Class::ChildReport => child_report(from, to),
    };
    if grounds.is_empty() { Passage::Closed } else { Passage::OnGround(grounds) }
}

/// Capacity holds no personal data: whoever offers or seeks beds may exchange it; a coordinator only receives.
const fn capacity(sender: MemberKind, receiver: MemberKind) -> Passage {
    let seen = deals_in_capacity(receiver) || matches!(receiver, MemberKind::Coordinator);
    if deals_in_capacity(sender) && seen { Passage::AgreementOnly } else { Passage::Closed }
}

const fn deals_in_capacity(kind: MemberKind) -> bool {
    matches!(
        kind,
        MemberKind::Municipality
            | MemberKind::CivilSociety
            | MemberKind::CivilSocietyProtected
            | MemberKind::Federation
            | MemberKind::HousingAgency
            | MemberKind::MunicipalLandlord
            | MemberKind::PrivateLandlord
            | MemberKind::Region
    )
}

const fn referral_adult(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board, Body::Board) => &[Consent12_2, Care26_9, NoHarmClear26_1],
        (Body::Board, Body::HealthAuthority) => &[Consent12_2, Care26_9],
        // A placement that the board has contracted is the board's own task (OSL 10:2).
        (Body::Board, Body::ContractedPerformer) => &[Consent12_2, NecessaryOwnTask10_2],
        (Body::Board, Body::PermittedPerformer | Body::CivilSocietyOutside) => &[Consent12_2],
        (Body::HealthAuthority, Body::Board) => &[Consent12_2],
        _ if is_civil_society(from) && is_board(to) => &[Private17_11Consent],
        _ => &[],
    }
}

const fn referral_child(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board, Body::ContractedPerformer) => &[Consent12_2],
        (Body::ContractedPerformer | Body::PermittedPerformer, Body::Board) => {
            &[Private17_11Consent, ChildReport19_1]
        }
        _ => referral_adult(from, to),
    }
}

const fn case_transfer(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board, Body::Board) => &[StatutoryDuty10_28],
        _ => &[],
    }
}

const fn relocation(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board, Body::Board) => &[Consent12_2, StatutoryDuty10_28],
        _ if is_civil_society(from) && is_board(to) => &[Private17_11Consent],
        _ => &[],
    }
}

const fn protected_address(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board | Body::HealthAuthority, Body::Board) => &[ProtectedAddress26_14d],
        _ => &[],
    }
}

const fn eviction_notice(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Kronofogden, Body::Board) => &[StatutoryDuty10_28, Kfm34_1],
        (Body::MunicipalLandlord, Body::Board) => &[StatutoryDuty10_28],
        (Body::PrivateLandlord, Body::Board) => &[LandlordDuty],
        _ => &[],
    }
}

/// Notice of a disturbance (JB 12:25): a landlord's, or of whoever reports for landlords.
const fn disturbance(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::IncidentReporter, Body::Board) => &[LandlordDuty],
        (Body::Kronofogden, _) => &[],
        _ => eviction_notice(from, to),
    }
}

const fn payment_undertaking(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board, Body::MunicipalLandlord | Body::PrivateLandlord) => {
            &[Consent12_2, NecessaryOwnTask10_2]
        }
        _ => &[],
    }
}

const fn release_signal(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (Body::Board, Body::Board) => &[Consent12_2],
        (Body::Kriminalvarden, Body::Board) => &[Kvv35_15, Consent12_2],
        (Body::Board, _) if is_civil_society(to) => &[Consent12_2],
        _ if is_civil_society(from) && is_board(to) => &[Private17_11Consent],
        _ => &[],
    }
}

const fn child_report(from: Body, to: Body) -> &'static [DisclosureGround] {
    match (from, to) {
        (
            Body::Board
            | Body::HealthAuthority
            | Body::ContractedPerformer
            | Body::PermittedPerformer
            | Body::Kronofogden
            | Body::Kriminalvarden,
            Body::Board,
        ) => &[ChildReport19_1],
        _ => &[],
    }
}

const fn is_board(body: Body) -> bool {
    matches!(body, Body::Board)
}

const fn is_civil_society(body: Body) -> bool {
    matches!(body, Body::ContractedPerformer | Body::PermittedPerformer | Body::CivilSocietyOutside)
}
