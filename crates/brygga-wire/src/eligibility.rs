//! What is affirmed of a person, and what of it travels.

use std::collections::BTreeSet;

use brygga_domain::Refusal;
use brygga_domain::agreement::is_name;
use brygga_domain::eligibility::{Affirmation, Eligibility, Standing};
use brygga_proto::local::v1::Affirmation as AffirmationProto;
use brygga_proto::referral::v1::{DatedCriterion, Eligibility as EligibilityProto};
use jiff::civil::Date;

use crate::field::{counted, invalid};

/// As many as an agreement has criteria.
const MAX_CRITERIA: usize = 16;

pub(crate) fn eligibility_to_proto(told: &Eligibility) -> EligibilityProto {
    let dated = |(id, since): &(String, Date)| DatedCriterion {
        criterion_id: id.clone(),
        since: since.to_string(),
    };
    EligibilityProto { justified: told.is_justified, dates: told.dates.iter().map(dated).collect() }
}

pub(crate) fn eligibility_from_proto(told: EligibilityProto) -> Result<Eligibility, Refusal> {
    const FIELD: &str = "payload.eligibility.dates";
    counted(&told.dates, 0..=MAX_CRITERIA, FIELD)?;
    let dated = |one: DatedCriterion| Ok((name(one.criterion_id, FIELD)?, day(&one.since, FIELD)?));
    let dates = told.dates.into_iter().map(dated).collect::<Result<Vec<_>, Refusal>>()?;
    each_once(dates.iter().map(|(id, _)| id), FIELD)?;
    Ok(Eligibility { is_justified: told.justified, dates })
}

/// Reads what a case worker affirms.
pub(crate) fn affirmations(list: &[AffirmationProto]) -> Result<Vec<Affirmation>, Refusal> {
    const FIELD: &str = "affirmations";
    counted(list, 0..=MAX_CRITERIA, FIELD)?;
    let read = |one: &AffirmationProto| {
        let since = if one.since.is_empty() { None } else { Some(day(&one.since, FIELD)?) };
        let standing = match (one.justified, since) {
            (true, Some(_)) => return Err(invalid(FIELD)),
            (true, None) => Standing::Justified,
            (false, since) => Standing::Met { since },
        };
        Ok(Affirmation { criterion_id: name(one.criterion_id.clone(), FIELD)?, standing })
    };
    let affirmed = list.iter().map(read).collect::<Result<Vec<_>, Refusal>>()?;
    each_once(affirmed.iter().map(|one| &one.criterion_id), FIELD)?;
    Ok(affirmed)
}

/// A name as an agreement can have it, so that no text travels or is stored in its place.
fn name(text: String, field: &'static str) -> Result<String, Refusal> {
    if is_name(&text) { Ok(text) } else { Err(invalid(field)) }
}

fn each_once<'a>(
    names: impl Iterator<Item = &'a String>,
    field: &'static str,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    if names.into_iter().all(|name| seen.insert(name)) { Ok(()) } else { Err(invalid(field)) }
}

/// A day as people write it; ten characters, so that nothing else is taken for one.
fn day(text: &str, field: &'static str) -> Result<Date, Refusal> {
    text.parse().ok().filter(|_| text.len() == "2026-01-31".len()).ok_or(invalid(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_comes_back_and_a_bad_day_does_not() {
        let since = Date::constant(2026, 11, 20);
        let told =
            Eligibility { is_justified: true, dates: vec![("kartlaggning".to_owned(), since)] };
        let mut sent = eligibility_to_proto(&told);
        assert_eq!(eligibility_from_proto(sent.clone()), Ok(told));
        for bad in ["2026-11-31", "20 nov", "", "2026-11-20T10:00"] {
            bad.clone_into(&mut sent.dates[0].since);
            let refused = eligibility_from_proto(sent.clone());
            assert_eq!(refused, Err(invalid("payload.eligibility.dates")), "{bad}");
        }
    }

    #[test]
    fn no_text_travels_as_the_name_of_a_criterion() {
        let dated = |id: &str| DatedCriterion {
            criterion_id: id.to_owned(),
            since: "2026-01-31".to_owned(),
        };
        for ids in [&["a,b"][..], &["a@b"], &["Kim Testsson"], &[""], &["a?"], &["a", "a"]] {
            let dates = ids.iter().map(|id| dated(id)).collect();
            let told = EligibilityProto { justified: false, dates };
            assert!(eligibility_from_proto(told).is_err(), "{ids:?}");
            let affirmed = ids.iter().map(|id| AffirmationProto {
                criterion_id: (*id).to_owned(),
                ..AffirmationProto::default()
            });
            assert!(affirmations(&affirmed.collect::<Vec<_>>()).is_err(), "{ids:?}");
        }
    }

    #[test]
    fn what_is_justified_has_no_day() {
        let one = |justified, since: &str| AffirmationProto {
            criterion_id: "oppet-arende".to_owned(),
            justified,
            since: since.to_owned(),
        };
        assert!(affirmations(&[one(true, "2026-11-20")]).is_err());
        assert_eq!(affirmations(&[one(true, "")]).unwrap()[0].standing, Standing::Justified);
        assert!(affirmations(&vec![one(false, ""); 17]).is_err());
    }
}
