//! What an organisation must still hold after the person took the ground away (domain guide 5.3, 5.6).
//!
//! A consent under secrecy law is not the ground of an authority's own records: what it has worked
//! on is part of its file, which only the rules of purging end. Whoever has no such duty erases.

use brygga_domain::SocialServicesStatus;
use brygga_domain::stop::{StillHeld, StopReason};

use crate::Principal;

/// What `holder` keeps of a referral that must not be worked on any more. `is_accepted` says whether it
/// ever accepted it, since only then it became part of a file.
pub fn still_held(holder: &Principal, is_accepted: bool, reason: StopReason) -> StillHeld {
    let statute = match holder.status {
        SocialServicesStatus::Authority => Some("SoL 16:1"),
        SocialServicesStatus::Contracted | SocialServicesStatus::Permit => Some("SoL 17:2"),
        SocialServicesStatus::None => None,
    };
    match statute {
        Some(statute) if is_accepted && reason != StopReason::EnteredInError => {
            StillHeld::RetainedBecause { statute: statute.to_owned() }
        }
        _ => StillHeld::Erased,
    }
}

#[cfg(test)]
mod tests {
    use brygga_domain::{MemberKind, OrgId};

    use super::*;

    fn held(status: SocialServicesStatus, is_accepted: bool, reason: StopReason) -> String {
        let organisation = OrgId::parse("kommun:0880").unwrap();
        let holder = Principal { organisation, kind: MemberKind::Municipality, status };
        match still_held(&holder, is_accepted, reason) {
            StillHeld::Erased => "erased".to_owned(),
            StillHeld::NothingHeld => "nothing".to_owned(),
            StillHeld::RetainedBecause { statute } => statute,
        }
    }

    #[test]
    fn only_who_has_a_duty_to_keep_a_file_keeps_what_it_accepted() {
        use SocialServicesStatus::{Authority, Contracted, None, Permit};
        let withdrawn = StopReason::ConsentWithdrawn;
        assert_eq!(held(Authority, true, withdrawn), "SoL 16:1");
        assert_eq!(held(Contracted, true, withdrawn), "SoL 17:2");
        assert_eq!(held(Permit, true, withdrawn), "SoL 17:2");
        assert_eq!(held(None, true, withdrawn), "erased");
        for status in [Authority, Contracted, Permit, None] {
            assert_eq!(held(status, false, withdrawn), "erased", "it never became part of a file");
            assert_eq!(held(status, true, StopReason::EnteredInError), "erased");
        }
    }
}
