//! What of a stored case the rules of retention ask about.

use brygga_domain::Timestamp;
use brygga_domain::referral::{Referral, Status};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::swedish_day::swedish_day;
use brygga_policy::{Birth, CaseFacts};
use brygga_storage::ClosedCase;
use brygga_wire::content::{PersonalIdentityNumber, ReferralContent};
use jiff::civil::Date;

/// The facts of a case.
pub(super) fn of(case: &ClosedCase) -> CaseFacts {
    let referral = &case.referral;
    let noted = [referral.loop_closed_at, case.last_note_at].into_iter().flatten();
    let last_note = noted.fold(referral.changed_at, Timestamp::max);
    let consent_until = referral.grant.consent.map(|(_, until)| until);
    let withdrawn = case.consent_withdrawn_at;
    let consent_ends = consent_until.map(|until| withdrawn.map_or(until, |at| at.min(until)));
    CaseFacts {
        is_closed: referral.status.is_final(),
        last_note: swedish_day(last_note),
        about_child: referral.request.about_child,
        child_placed: referral.request.about_child && gave_a_place(referral),
        consent_ends: consent_ends.map(swedish_day),
    }
}

/// Whether somebody got a place to live or to stay through it.
fn gave_a_place(referral: &Referral) -> bool {
    matches!(&referral.status, Status::Completed(outcome) if outcome.place_type.is_some())
}

/// The day of birth in a case's content.
pub(super) fn birth(content: &ReferralContent) -> Birth {
    content.personal_identity_number.as_ref().map_or(Birth::Unknown, birth_of)
}

/// The day of birth in a number.
pub(super) fn birth_of(number: &Sensitive<PersonalIdentityNumber>) -> Birth {
    day_of_birth(number.expose().as_str()).map_or(Birth::Unknown, Birth::Day)
}

/// The day in twelve digits; a samordningsnummer has 60 added to it. None where a part is not known.
fn day_of_birth(digits: &str) -> Option<Date> {
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let day = if day > 60 { day - 60 } else { day };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_day_of_birth_is_read_from_both_kinds_of_number() {
        assert_eq!(day_of_birth("199001012385"), Some(date(1990, 1, 1)));
        assert_eq!(day_of_birth("191406652386"), Some(date(1914, 6, 5)));
    }

    #[test]
    fn a_number_without_a_whole_date_tells_no_day() {
        for digits in ["19900060", "19900160", "19900230", ""] {
            assert_eq!(day_of_birth(digits), None, "{digits}");
        }
    }
}
