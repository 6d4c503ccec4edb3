//! Consents go with the last case that rested on them; one on which no case ever rested goes by the
//! same rules, counted from its end.

use brygga_domain::ConsentId;
use brygga_domain::swedish_day::swedish_day;
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::ErasureCause;
use brygga_policy::{Birth, CaseFacts, Keeper, Retention, retention};
use brygga_storage::EndedConsent;
use jiff::civil::Date;

use super::{RetentionReport, STEP, is_full};
use crate::{App, AppError};

impl App {
    /// Erases what ended consents say of the person; what remains tells for whom each was, and when.
    pub(super) async fn purge_consents(
        &self,
        keeper: &Keeper,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        let (now, store) = (report.at, &self.parts().store);
        let mut after: Option<ConsentId> = None;
        loop {
            let ended = store.read(move |reader| {
                Box::pin(async move { reader.consents_ended(now, after, STEP).await })
            });
            let ended = ended.await?;
            for consent in ended.iter().filter(|one| is_over(keeper, one, swedish_day(now))) {
                let cause = ErasureCause::RetentionEnded;
                self.consent_erase(&Actor::Clock, consent.id, cause).await?;
                report.consents += 1;
            }
            let Some(last) = ended.last().filter(|_| is_full(&ended, STEP)) else { return Ok(()) };
            after = Some(last.id);
        }
    }
}

/// A consent holds no day of birth, so where that decides it stays.
fn is_over(keeper: &Keeper, consent: &EndedConsent, today: Date) -> bool {
    if consent.had_case {
        return true;
    }
    let ended = swedish_day(consent.ended_at);
    let facts = CaseFacts {
        is_closed: true,
        last_note: ended,
        about_child: consent.about_child,
        child_placed: false,
        consent_ends: Some(ended),
    };
    matches!(retention(keeper, &facts, Birth::Unknown, today), Retention::Purge { .. })
}

#[cfg(test)]
mod tests {
    use brygga_domain::Timestamp;
    use jiff::civil::date;

    use super::*;

    /// A consent that ended on 2026-06-01.
    fn consent(had_case: bool) -> EndedConsent {
        EndedConsent {
            id: ConsentId::from_bytes([1; 16]),
            ended_at: Timestamp::from_millis(1_780_315_200_000),
            about_child: false,
            had_case,
        }
    }

    #[test]
    fn a_consent_goes_with_its_last_case() {
        let kalmar = Keeper::Municipality("0880".to_owned());
        assert!(is_over(&kalmar, &consent(true), date(2026, 6, 2)));
    }

    #[test]
    fn a_consent_that_was_never_used_goes_by_the_rules_and_stays_where_a_birth_day_decides() {
        let unused = consent(false);
        assert!(!is_over(&Keeper::OutsideTheLaw, &unused, date(2026, 6, 30)));
        assert!(is_over(&Keeper::OutsideTheLaw, &unused, date(2026, 7, 1)));
        let kalmar = Keeper::Municipality("0880".to_owned());
        assert!(!is_over(&kalmar, &unused, date(2090, 1, 1)));
    }
}
