//! Which GDPR basis is open to which sender (domain guide 5.3, rule R6).

use super::Standing;
use crate::GdprBasis::{self, ExplicitConsent, LegalObligation, PublicTask};
use crate::{MemberKind, Reason, Refusal, SocialServicesStatus};

/// Checks the lawful basis of the sender's processing.
///
/// - Public bodies, and housing companies that are treated as such (OSL 2:3), rest on their task or on a duty,
///   never on consent: refusing help is no free choice (R6).
/// - Civil society under contract or permit is "privat verksamhet" (förordn. 2001:637 5 §), which lag 2001:454
///   supports like an authority: its task or a duty. The person's consent still lifts its secrecy (SoL 17:11).
/// - Civil society outside that law has explicit consent (article 9.2 a) or nothing.
/// - A private landlord, and whoever reports disturbances for landlords, has only the duties under JB 12 kap.
/// - Everybody else sends no personal data, so no basis is open.
///
/// # Errors
/// [`Reason::GdprBasisNotAllowed`] when none is named or the one that is named is not open to the sender.
pub fn check_gdpr(basis: Option<GdprBasis>, sender: Standing) -> Result<(), Refusal> {
    let allowed = basis.is_some_and(|basis| open_bases(sender).contains(&basis));
    if allowed { Ok(()) } else { Err(Refusal::at(Reason::GdprBasisNotAllowed, "gdpr_basis")) }
}

const fn open_bases(sender: Standing) -> &'static [GdprBasis] {
    use SocialServicesStatus as Status;
    match sender.kind {
        MemberKind::Municipality
        | MemberKind::EnforcementAuthority
        | MemberKind::PrisonAndProbation
        | MemberKind::StateAgency
        | MemberKind::Region
        | MemberKind::MunicipalLandlord => &[PublicTask, LegalObligation],
        MemberKind::CivilSociety | MemberKind::CivilSocietyProtected => match sender.status {
            Status::Contracted | Status::Permit => &[PublicTask, LegalObligation],
            Status::None => &[ExplicitConsent],
            Status::Authority => &[],
        },
        MemberKind::PrivateLandlord | MemberKind::IncidentReporter => &[LegalObligation],
        MemberKind::Association
        | MemberKind::Coordinator
        | MemberKind::Federation
        | MemberKind::HousingAgency
        | MemberKind::Research => &[],
    }
}
