//! How people reach the organisation as a finding: a way in for each audience, and a telephone
//! for the duty that cannot wait.

use brygga_domain::MemberKind;
use brygga_identity::registry::{Audience, Member};
use brygga_identity::trust::TrustView;
use brygga_proto::registry::v1 as proto;

use super::{Fault, Finding, View};
use crate::cli::Language;
use crate::text::vocabulary::Word;

/// A municipality has exactly one way in for each audience; none or two fails its health (GBG-07,
/// NAT-12).
pub(super) fn ways_in(view: &View<'_>, trust: &TrustView, member: &Member) -> Vec<Finding> {
    if member.kind != MemberKind::Municipality {
        return Vec::new();
    }
    let finding = |audience: Audience| {
        let organisation = member.organisation.as_str();
        let audience = name(audience, view.at.language);
        let values = [("audience", audience), ("organisation", organisation)];
        view.found(Fault::ContactPointNotUnique, &values)
    };
    trust.audiences_without_contact_point(&member.organisation).into_iter().map(finding).collect()
}

/// When an acute request does not get through, the other end is shown whom to call.
pub(super) fn duty_phone(view: &View<'_>) -> Option<Finding> {
    let is_missing = view.settings.contact.duty_phone_list.is_empty();
    is_missing.then(|| view.found(Fault::DutyPhoneMissing, &[]))
}

fn name(audience: Audience, language: Language) -> &'static str {
    let word = match audience {
        Audience::Citizens => proto::Audience::Citizens,
        Audience::Landlords => proto::Audience::Landlords,
        Audience::Organisations => proto::Audience::Organisations,
        Audience::Protected => proto::Audience::Protected,
    };
    word.word(language)
}
