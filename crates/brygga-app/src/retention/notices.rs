//! Notices and signals go by the same rules as referrals, counted from the last thing that either end said. A notice is
//! about the tenant: of a child it says that there is one, and the child's own case begins with a report of concern.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{ConversationId, Seconds, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::{ErasureCause, Subject};
use brygga_exchange::notice::{KeptNotice, NoticePart};
use brygga_exchange::retention::keep_notice;
use brygga_policy::{Birth, CaseFacts, Keeper, Retention, Until, retention};
use brygga_storage::{Decision, HeldNotice, NoticePlace};
use brygga_wire::notice::decode_eviction;
use brygga_wire::signal::decode_signal_content;
use zeroize::Zeroizing;

use super::{RetentionReport, STEP, asked_again, facts, is_full};
use crate::{App, AppError};

/// What nothing has followed for so long is over, whatever was told last. A decision of our own: many a notice is never
/// withdrawn, and nobody works with it any more.
const OVER_AFTER: Seconds = Seconds::days(365);

/// A notice or a signal, and whether register entries of its time are in no export yet.
struct Held {
    told: HeldNotice,
    is_blocked: bool,
}

impl App {
    /// Erases the sealed parts of notices and signals past their time. They are counted with the cases.
    pub(super) async fn purge_notices(
        &self,
        keeper: &Keeper,
        list_only: bool,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        let Some(latest) = keeper.noted_at_latest(swedish_day(report.at)) else { return Ok(()) };
        let mut after = None;
        loop {
            let held = self.notices_step(after).await?;
            for one in &held {
                if swedish_day(one.told.changed_at) > latest {
                    return Ok(());
                }
                // One that cannot be erased does not keep the others; the next round tries it again.
                if let Err(error) = self.purge_notice(keeper, one, list_only, report).await {
                    tracing::warn!(
                        reason = error.to_refusal().reason.as_str(),
                        "a notice past its time could not be erased"
                    );
                }
            }
            let Some(last) = held.last().filter(|_| is_full(&held, STEP)) else { return Ok(()) };
            after = Some(last.told.place());
        }
    }

    async fn purge_notice(
        &self,
        keeper: &Keeper,
        one: &Held,
        list_only: bool,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        let (now, told) = (report.at, &one.told);
        let kept = told.kept.as_ref();
        if kept.is_some_and(|kept| kept.until.is_none_or(|until| now < until)) {
            return Ok(());
        }
        let facts = facts_of(told, now);
        let mut answer = retention(keeper, &facts, Birth::NotAsked, swedish_day(now));
        if !matches!(answer, Retention::Keep { .. }) && one.is_blocked {
            report.blocked += 1;
            return Ok(());
        }
        if matches!(answer, Retention::AskBirth) && !list_only {
            let birth = self.notice_birth(told.subject).await?;
            answer = retention(keeper, &facts, birth, swedish_day(now));
            if let Retention::Keep { until, section } = answer {
                self.keep_notice(told, until, section).await?;
            }
        }
        match answer {
            // Asked with what there is to know of it, the rules do not ask again.
            Retention::Keep { .. } => {}
            Retention::Purge { .. } | Retention::AskBirth if list_only => report.due += 1,
            Retention::AskBirth => {}
            Retention::Purge { .. } => {
                self.erase(&Actor::Clock, told.subject, ErasureCause::RetentionEnded).await?;
                report.erased += 1;
            }
        }
        Ok(())
    }

    /// Notes that it was opened for the day of birth and is kept, so that it is not opened again before its time.
    async fn keep_notice(
        &self,
        told: &HeldNotice,
        until: Until,
        section: &str,
    ) -> Result<(), AppError> {
        let until = asked_again(until);
        let kept = KeptNotice { id: told.id, until, section: section.to_owned() };
        let (app, is_protected) = (self.clone(), told.is_protected);
        let noted = self.parts().store.decide("retention.keep", move |_| {
            let writes = app.locally(|local| keep_notice(local, kept.clone(), is_protected));
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        Ok(noted.await?)
    }

    /// The day on which the one was born whom it is about, as far as anything that was told has a number.
    async fn notice_birth(&self, subject: Subject) -> Result<Birth, AppError> {
        let told = self.told_parts(subject).await?;
        let number = told.iter().find_map(|opened| match subject {
            Subject::Notice(_) => decode_eviction(opened).ok()?.tenant_number,
            _ => decode_signal_content(opened).ok()?.person_number(),
        });
        Ok(number.as_ref().map_or(Birth::Unknown, facts::birth_of))
    }

    /// What the sender told of it, opened.
    async fn told_parts(&self, subject: Subject) -> Result<Vec<Zeroizing<Vec<u8>>>, AppError> {
        let (Subject::Notice(id) | Subject::Signal(id)) = subject else { return Ok(Vec::new()) };
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let (notice, signal) =
                    (reader.notice_by_id(id).await?, reader.signal_by_id(id).await?);
                Ok((notice, signal, reader.notice_parts(id).await?))
            })
        });
        let (notice, signal, parts) = found.await?;
        let mut told = Vec::new();
        for part in parts.iter().filter(|part| part.part != NoticePart::Confirmation) {
            told.extend(match (&notice, &signal) {
                (Some(notice), _) => self.notice_part(notice, part).await?,
                (None, Some(signal)) => self.signal_part(signal, part).await?,
                (None, None) => None,
            });
        }
        Ok(told)
    }

    async fn notices_step(&self, after: Option<NoticePlace>) -> Result<Vec<Held>, AppError> {
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let held = reader.notices_held(after, STEP).await?;
                let open_since = reader.register_open_since().await?;
                let threads: Vec<ConversationId> =
                    held.iter().map(HeldNotice::conversation).collect();
                let open = reader.register_not_exported(&threads).await?;
                Ok((held, open, open_since))
            })
        });
        let (held, open, open_since) = found.await?;
        let judge = |told: HeldNotice| {
            let is_late = open.contains(&told.conversation());
            let is_open = open_since.is_some_and(|since| since <= told.changed_at);
            Held { told, is_blocked: is_late || is_open }
        };
        Ok(held.into_iter().map(judge).collect())
    }
}

/// What the rules ask about it: it rests on no consent that ends, and gives nobody a place by itself.
fn facts_of(told: &HeldNotice, now: Timestamp) -> CaseFacts {
    CaseFacts {
        is_closed: told.is_over || told.changed_at <= now.minus(OVER_AFTER),
        last_note: swedish_day(told.changed_at),
        about_child: false,
        child_placed: false,
        consent_ends: None,
    }
}
