//! Which members each kind of agreement is between (domain guide 3.1).
//!
//! An agreement between the wrong kinds of body authorises what the law does not: a KL 9:37
//! cooperation with a private body, or beds from a coordinator.

use super::{AgreementKind, AgreementTerms, Party, PartyRole};
use crate::member::MemberKind::{self, *};
use crate::{OrgId, Reason, Refusal};

const MUNICIPALITIES: &[MemberKind] = &[Municipality];
const CIVIL: &[MemberKind] = &[CivilSociety, CivilSocietyProtected, Federation];
const LANDLORDS: &[MemberKind] = &[MunicipalLandlord, PrivateLandlord];
const LANDLORDS_OR_CIVIL: &[MemberKind] =
    &[MunicipalLandlord, PrivateLandlord, CivilSociety, CivilSocietyProtected, Federation];
/// Those who help landlords and municipalities with an agreement: an agency that administers it, a disturbance service.
const HOUSING_HELPERS: &[MemberKind] = &[HousingAgency, IncidentReporter];

/// Who must take part (so many of a group), and who may besides.
struct Shape {
    needs: &'static [(usize, &'static [MemberKind])],
    admits: &'static [MemberKind],
}

const fn shape(kind: AgreementKind) -> Shape {
    let (needs, admits): (&'static [(usize, &'static [MemberKind])], &'static [MemberKind]) =
        match kind {
            AgreementKind::RegionalCooperation | AgreementKind::ExchangeNetwork => {
                (&[(2, MUNICIPALITIES)], &[])
            }
            AgreementKind::Iop => (&[(1, MUNICIPALITIES), (1, CIVIL)], &[]),
            AgreementKind::LandlordQuota => {
                (&[(1, MUNICIPALITIES), (1, LANDLORDS)], HOUSING_HELPERS)
            }
            AgreementKind::OwnerDirective => {
                (&[(1, MUNICIPALITIES), (1, &[MunicipalLandlord])], &[])
            }
            AgreementKind::LandDevelopment | AgreementKind::TripartitePlan => {
                (&[(1, MUNICIPALITIES), (1, LANDLORDS)], &[])
            }
            AgreementKind::HousingFirstPartnership => {
                (&[(1, MUNICIPALITIES), (1, LANDLORDS_OR_CIVIL)], &[])
            }
            AgreementKind::FrameworkOfAssociation => (&[], MemberKind::ALL),
            AgreementKind::KfmCooperation => {
                (&[(1, MUNICIPALITIES), (1, &[EnforcementAuthority])], LANDLORDS)
            }
            AgreementKind::RegionAgreement => (&[(1, MUNICIPALITIES), (1, &[Region])], &[]),
            AgreementKind::OneOff => (&[(1, MUNICIPALITIES)], MemberKind::ALL),
        };
    Shape { needs, admits }
}

/// The roles that a kind of body can play: who never sees personal data never takes part.
const fn may_play(kind: MemberKind, role: PartyRole) -> bool {
    match (kind, role) {
        (_, PartyRole::Observer) => true,
        (Association, _) | (Coordinator | Research, PartyRole::Participant) => false,
        _ => true,
    }
}

impl AgreementTerms {
    /// Checks that the parties suit the kind of agreement. `kind_of` answers from the registry.
    ///
    /// Only participants count; coordinators and observers may join an agreement of any kind.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `terms.parties.organisation` for a party that the registry does not
    /// know, at `terms.parties.role` for one that cannot play its role or take part in this kind of
    /// agreement, and at `terms.parties` when a kind of body is missing.
    pub fn check_parties(
        &self,
        kind_of: impl Fn(&OrgId) -> Option<MemberKind>,
    ) -> Result<(), Refusal> {
        let refused = |field| Refusal::at(Reason::InvalidField, field);
        let Shape { needs, admits } = shape(self.kind);
        let mut taking_part = Vec::new();
        for Party { organisation, role } in &self.parties {
            let kind =
                kind_of(organisation).ok_or_else(|| refused("terms.parties.organisation"))?;
            let takes_part = *role == PartyRole::Participant;
            let suits =
                admits.contains(&kind) || needs.iter().any(|(_, group)| group.contains(&kind));
            if !may_play(kind, *role) || (takes_part && !suits) {
                return Err(refused("terms.parties.role"));
            }
            if takes_part {
                taking_part.push(kind);
            }
        }
        let enough = |(count, group): &(usize, &[MemberKind])| {
            taking_part.iter().filter(|kind| group.contains(kind)).count() >= *count
        };
        if needs.iter().all(enough) { Ok(()) } else { Err(refused("terms.parties")) }
    }
}
