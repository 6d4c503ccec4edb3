//! Retention: once a day, what is past its time is erased, under the section of law that says so.
//!
//! Order of the conditions: the rule, then the register. Nothing of a case goes before the register
//! entries of its time are in an export that somebody keeps (rule R28).

mod consents;
mod facts;
mod notices;
mod report;
mod transfers;

use brygga_domain::swedish_day::{start_of_swedish_day, swedish_day};
use brygga_domain::{ConversationId, Reason, Refusal, Seconds, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::ErasureCause;
use brygga_exchange::retention::{KeptCase, keep};
use brygga_identity::caller::Caller;
use brygga_policy::{Birth, Keeper, Retention, Until, retention};
use brygga_storage::{ClosedCase, ClosedPlace, Decision, StorageError};
use jiff::civil::date;

use crate::{App, AppError};
pub use report::RetentionReport;

/// Cases that are looked at in one step.
const STEP: u32 = 200;

/// What a node purges by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionPlan {
    /// Whether cases are only listed.
    pub list_only: bool,
    /// How long a delivered message is kept after its last day.
    pub outbox: Seconds,
    /// How long a received message is remembered.
    pub inbox: Seconds,
}

/// A closed case, and what the rules say of it.
#[derive(Clone, Debug)]
pub struct RetentionCase {
    /// The case.
    pub case: ClosedCase,
    /// What becomes of it. The personal data are not opened for this: where the day of birth
    /// decides and nobody has looked, it says so.
    pub outlook: Outlook,
    /// The section of law.
    pub section: String,
    /// Whether register entries of its time are in no export yet, so that it may not go.
    pub is_blocked: bool,
}

/// What becomes of a closed case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It is past its time.
    Purge,
    /// It is past its time unless the day of birth says otherwise.
    PurgeUnlessBirth,
    /// It stays.
    Keep(Until),
}

impl App {
    /// Closed cases in the order of their closing, with what becomes of each. Changes and opens
    /// nothing. The read leaves a leaf in the audit log.
    ///
    /// # Errors
    /// [`AppError::Refused`] with [`Reason::NotFound`] where the node is no member yet.
    pub async fn retention_list(
        &self,
        caller: &Caller,
        after: ClosedPlace,
        limit: u32,
    ) -> Result<Vec<RetentionCase>, AppError> {
        let keeper = self.keeper()?;
        let listed = self.retention_step(&keeper, after, limit).await?;
        self.log_read(caller, "retention.list", "-").await?;
        Ok(listed)
    }

    /// One round: erases cases past their time, and forgets messages past theirs.
    ///
    /// # Errors
    /// [`AppError`]; what was erased stays so, and the next round goes on.
    pub async fn retention_round(&self, plan: &RetentionPlan) -> Result<RetentionReport, AppError> {
        let now = self.now();
        let mut report = RetentionReport { at: now, ..RetentionReport::default() };
        let keeper = self.keeper()?;
        self.purge_cases(&keeper, plan.list_only, &mut report).await?;
        self.purge_transfers(&keeper, plan.list_only, &mut report).await?;
        self.purge_notices(&keeper, plan.list_only, &mut report).await?;
        if !plan.list_only {
            self.purge_consents(&keeper, &mut report).await?;
        }
        let store = &self.parts().store;
        report.outbox = store.outbox_purge(now.minus(plan.outbox)).await?;
        report.inbox = store.inbox_purge(now.minus(plan.inbox)).await?;
        store.note_put(RetentionReport::NOTE, report.to_bytes()).await?;
        Ok(report)
    }

    /// What the last round did; none before the first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn retention_last(&self) -> Result<Option<RetentionReport>, StorageError> {
        let note = self.parts().store.glance(|reader| Box::pin(reader.note(RetentionReport::NOTE)));
        Ok(note.await?.and_then(|note| RetentionReport::from_bytes(&note)))
    }

    async fn purge_cases(
        &self,
        keeper: &Keeper,
        list_only: bool,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        let today = swedish_day(report.at);
        let Some(latest) = keeper.noted_at_latest(today) else { return Ok(()) };
        let mut after = ClosedPlace::default();
        loop {
            let cases = self.retention_step(keeper, after, STEP).await?;
            for one in &cases {
                if swedish_day(one.case.referral.changed_at) > latest {
                    return Ok(());
                }
                // One that cannot be erased does not keep the others; the next round tries it again.
                if let Err(error) = self.purge_case(keeper, one, list_only, report).await {
                    tracing::warn!(
                        reason = error.to_refusal().reason.as_str(),
                        "a case past its time could not be erased"
                    );
                }
            }
            let Some(last) = cases.last().filter(|_| is_full(&cases, STEP)) else { return Ok(()) };
            after = last.case.place;
        }
    }

    /// Decides about one case that may be past its time.
    async fn purge_case(
        &self,
        keeper: &Keeper,
        one: &RetentionCase,
        list_only: bool,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        match one.outlook {
            Outlook::Keep(Until::HandedOver) => report.to_hand_over += 1,
            Outlook::Keep(_) => {}
            Outlook::Purge | Outlook::PurgeUnlessBirth if one.is_blocked => report.blocked += 1,
            Outlook::Purge | Outlook::PurgeUnlessBirth if list_only => report.due += 1,
            Outlook::PurgeUnlessBirth
                if !self.is_purged_by_birth(keeper, one, report.at).await? => {}
            Outlook::Purge | Outlook::PurgeUnlessBirth => {
                let (id, cause) = (one.case.referral.id, ErasureCause::RetentionEnded);
                self.case_erase(&Actor::Clock, id, cause).await?;
                report.erased += 1;
            }
        }
        Ok(())
    }

    /// Opens a case for the day of birth. Where it is kept because of it, that is noted, so that it
    /// is not opened again before its time.
    async fn is_purged_by_birth(
        &self,
        keeper: &Keeper,
        one: &RetentionCase,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let birth = self.birth(&one.case).await?;
        let facts = facts::of(&one.case);
        let (until, section) = match retention(keeper, &facts, birth, swedish_day(now)) {
            Retention::Purge { .. } => return Ok(true),
            Retention::AskBirth => return Ok(false),
            Retention::Keep { until, section } => (until, section),
        };
        let kept = KeptCase {
            referral_id: one.case.referral.id,
            until: asked_again(until),
            section: section.to_owned(),
        };
        let app = self.clone();
        let noted = self.parts().store.decide("retention.keep", move |_| {
            let writes = app.locally(|local| keep(local, kept.clone()));
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        noted.await?;
        Ok(false)
    }

    async fn birth(&self, case: &ClosedCase) -> Result<Birth, AppError> {
        let id = case.referral.id;
        let store = &self.parts().store;
        let held = store.glance(move |reader| Box::pin(reader.referral_content(id))).await?;
        let Some(held) = held else { return Ok(Birth::Unknown) };
        let content = self.open_content(&case.referral, case.request_message, &held).await?;
        Ok(content.map_or(Birth::Unknown, |content| facts::birth(&content)))
    }

    /// A page of closed cases with what becomes of each.
    async fn retention_step(
        &self,
        keeper: &Keeper,
        after: ClosedPlace,
        limit: u32,
    ) -> Result<Vec<RetentionCase>, AppError> {
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let cases = reader.referrals_closed(after, limit).await?;
                let open_since = reader.register_open_since().await?;
                let exported = |case: &&ClosedCase| !is_open(case, open_since);
                let threads: Vec<ConversationId> = cases
                    .iter()
                    .filter(exported)
                    .map(|case| case.referral.conversation())
                    .collect();
                let open_threads = reader.register_not_exported(&threads).await?;
                Ok((cases, open_threads, open_since))
            })
        });
        let (cases, open_threads, open_since) = found.await?;
        let now = self.now();
        let judge = |case: ClosedCase| {
            let has_late_entry = open_threads.contains(&case.referral.conversation());
            let is_blocked = has_late_entry || is_open(&case, open_since);
            let (outlook, section) = outlook(keeper, &case, now);
            RetentionCase { case, outlook, section, is_blocked }
        };
        Ok(cases.into_iter().map(judge).collect())
    }

    /// Who this organisation is to the rules. What it is does not lapse with the registry that says so.
    fn keeper(&self) -> Result<Keeper, AppError> {
        let parts = self.parts();
        let held = parts.trust.verified();
        let own = held.as_ref().and_then(|held| held.registry().members.get(&parts.organisation));
        let own = own.ok_or(Refusal::new(Reason::NotFound))?;
        Ok(Keeper::of(&own.organisation, own.kind, own.social_services_status))
    }
}

/// What becomes of a case, by what is known without opening it.
fn outlook(keeper: &Keeper, case: &ClosedCase, now: Timestamp) -> (Outlook, String) {
    if let Some(kept) = case.kept.as_ref().filter(|kept| kept.until.is_none_or(|until| now < until))
    {
        let until = kept.until.map_or(Until::Forever, |until| Until::Day(swedish_day(until)));
        return (Outlook::Keep(until), kept.section.clone());
    }
    match retention(keeper, &facts::of(case), Birth::NotAsked, swedish_day(now)) {
        // Without the day of birth it would be this section; with it, it may be another.
        Retention::AskBirth => (Outlook::PurgeUnlessBirth, "SoL 16:1".to_owned()),
        Retention::Keep { until, section } => (Outlook::Keep(until), section.to_owned()),
        Retention::Purge { section, .. } => (Outlook::Purge, section.to_owned()),
    }
}

/// When a case that is kept because of a day of birth is looked at again: the first of January after
/// it, so that nobody reads the day of birth from it, and well before it is late (SoL 16:1).
fn asked_again(until: Until) -> Option<Timestamp> {
    let Until::Day(day) = until else { return None };
    let next = day.year().saturating_add(1).min(jiff::civil::Date::MAX.year());
    Some(start_of_swedish_day(date(next, 1, 1)))
}

/// Whether some of what was registered while the case was worked on is in no export yet.
fn is_open(case: &ClosedCase, open_since: Option<Timestamp>) -> bool {
    open_since.is_some_and(|since| since <= case.referral.changed_at)
}

fn is_full<T>(found: &[T], limit: u32) -> bool {
    u32::try_from(found.len()).is_ok_and(|count| count == limit)
}
