//! Permits that the registry attests, for what a private body may run only with one (SoL 26:1, rule R15).
//!
//! The federation's operators have seen the permit; the publisher names it, and the two must agree.

use super::Permit;
use crate::code::{CodeLists, CodedTerm, SERVICE_TYPE};
use crate::legal::coded_enum;

coded_enum!(
    /// What nobody may run without a permit, by the trust mark that attests one.
    LicensedActivity {
        /// A home for care or living (HVB).
        Hvb = "ivo-permit-hvb",
        /// Protected housing (skyddat boende).
        ProtectedHousing = "ivo-permit-protected-housing",
        /// Support housing for those of 16 to 20 years (stödboende).
        SupportHousing = "ivo-permit-support-housing",
    }
);

impl LicensedActivity {
    /// What a service of this type is a case of; none where no permit is needed.
    pub fn of(service_type: &CodedTerm) -> Option<Self> {
        let lists = CodeLists::current();
        let is = |parent| lists.covers(SERVICE_TYPE, parent, lists.effective(service_type));
        Self::ALL.iter().copied().find(|activity| is(activity.service_type()))
    }

    const fn service_type(self) -> &'static str {
        match self {
            Self::Hvb => "HVB",
            Self::ProtectedHousing => "PROTECTED_HOUSING",
            Self::SupportHousing => "SUPPORT_HOUSING_16_20",
        }
    }
}

/// A permit that the registry attests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedPermit {
    /// What it is for.
    pub activity: LicensedActivity,
    /// Which, and for how many at most.
    pub permit: Permit,
}

impl AttestedPermit {
    /// Reads a trust mark. Its reference is the permit's, a slash and the most persons that it allows, as in
    /// `2024-1234/12`; a mark that says no number attests no permit, and so does one of another type.
    pub fn read(mark: &str, reference: &str) -> Option<Self> {
        let activity = LicensedActivity::parse(mark)?;
        // A permit's own number may have slashes; the last one is the mark's.
        let (reference, persons) = reference.rsplit_once('/')?;
        let is_number = persons.bytes().all(|byte| byte.is_ascii_digit());
        let max_persons = persons.parse().ok().filter(|_| is_number)?;
        let permit = Permit { reference: reference.to_owned(), max_persons };
        permit.is_sound().then_some(Self { activity, permit })
    }

    /// Whether it covers a permit that a service names: the same, and for no more persons.
    pub fn covers(&self, activity: LicensedActivity, named: &Permit) -> bool {
        self.activity == activity
            && self.permit.reference == named.reference
            && named.max_persons <= self.permit.max_persons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "ivo-permit-protected-housing";

    fn permit(reference: &str, max_persons: u32) -> Permit {
        Permit { reference: reference.to_owned(), max_persons }
    }

    #[test]
    fn a_mark_says_which_permit_and_for_how_many() {
        for (text, reference, max_persons) in
            [("2024-1234/12", "2024-1234", 12), ("6.3.2-12345/2024/8", "6.3.2-12345/2024", 8)]
        {
            let attested = AttestedPermit::read(MARK, text).unwrap();
            assert_eq!(attested.activity, LicensedActivity::ProtectedHousing);
            assert_eq!(attested.permit, permit(reference, max_persons));
        }
    }

    #[test]
    fn a_mark_without_a_number_attests_no_permit() {
        for text in ["", "2024-1234", "2024-1234/", "/12", "2024-1234/0", "2024-1234/+12", "A/1x"] {
            assert_eq!(AttestedPermit::read(MARK, text), None, "{text}");
        }
        assert_eq!(AttestedPermit::read("owned-by", "2024-1234/12"), None);
    }

    #[test]
    fn a_permit_covers_its_own_activity_and_no_more_persons() {
        use LicensedActivity::{Hvb, ProtectedHousing};
        let attested = AttestedPermit::read(MARK, "2024-1234/12").unwrap();
        assert!(attested.covers(ProtectedHousing, &permit("2024-1234", 12)));
        assert!(attested.covers(ProtectedHousing, &permit("2024-1234", 3)));
        assert!(!attested.covers(ProtectedHousing, &permit("2024-1234", 13)));
        assert!(!attested.covers(ProtectedHousing, &permit("2024-9999", 12)));
        assert!(!attested.covers(Hvb, &permit("2024-1234", 12)));
    }

    #[test]
    fn a_newer_kind_of_protected_housing_needs_a_permit_too() {
        let of = |code: &str, broader: &[&str]| {
            let broader = broader.iter().map(|parent| (*parent).to_owned()).collect();
            let term = CodedTerm::parse(SERVICE_TYPE, 2, code, broader).unwrap();
            LicensedActivity::of(&term)
        };
        let newer = of("PROTECTED_HOUSING_HONOUR", &["PROTECTED_HOUSING", "REGULATED_CARE"]);
        assert_eq!(newer, Some(LicensedActivity::ProtectedHousing));
        assert_eq!(of("HVB", &["REGULATED_CARE"]), Some(LicensedActivity::Hvb));
        assert_eq!(of("NIGHT_SHELTER", &["EMERGENCY_ACCOMMODATION"]), None);
        assert_eq!(of("REGULATED_CARE", &[]), None);
    }
}
