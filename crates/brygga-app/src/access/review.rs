//! The systematic, recurring review of the access log, and the extract for the person.

use brygga_crypto::Digest;
use brygga_domain::access::{AccessGround, AccessObject, BreakGlass, ReviewFinding};
use brygga_domain::{Reason, Refusal, Seconds};
use brygga_exchange::Key;
use brygga_exchange::access::{
    self as decide, ACCESS_LOG_KEPT, AccessReview, DrawnEntry, Reviewed, ReviewedWhat, Sample,
    SampleWish, Sampler,
};
use brygga_identity::caller::Caller;
use brygga_storage::{AccessFilter, AccessListed, Decision, StorageError};
use brygga_wire::local::{ReviewWish, SampleQuestion};

use super::access;
use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// Entries that are read at once.
const PAGE: u32 = 1_000;
/// Entries that are erased in one transaction.
const PURGED_AT_ONCE: u32 = 1_000;
/// Reviews in a list.
const MAX_LISTED: u32 = 500;

/// A sample as it was drawn.
pub type SampleDrawn = Sample;

/// What was reviewed and what waits.
#[derive(Clone, Debug)]
pub struct ReviewBook {
    /// Signed reviews, newest first.
    pub signed: Vec<AccessReview>,
    /// Glasses whose mandatory review waits, oldest first.
    pub waiting: Vec<BreakGlass>,
}

impl App {
    /// Draws a sample of a period that is over. The reading of the log is itself in the log.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `until` for a period that is not over.
    pub async fn access_sample(
        &self,
        caller: &Caller,
        question: SampleQuestion,
    ) -> Result<Sample, AppError> {
        if question.until > self.now() {
            return Err(Refusal::at(Reason::InvalidField, "until").into());
        }
        let sample = self.drawn(wish(question)).await?;
        self.log_access(log_access(caller, "access.sample")).await?;
        Ok(sample)
    }

    async fn drawn(&self, wish: SampleWish) -> Result<Sample, StorageError> {
        self.parts()
            .store
            .read(move |reader| {
                Box::pin(async move {
                    let mut sampler = Sampler::new(wish);
                    let mut after = 0;
                    loop {
                        let SampleWish { from, until, .. } = wish;
                        let filter = AccessFilter { from, until, after, limit: PAGE };
                        let page = reader.access_page(filter).await?;
                        let Some(last) = page.last() else { break };
                        after = last.place;
                        page.iter().for_each(|one| sampler.look(one.place, &one.entry));
                    }
                    let mut why = sampler.places();
                    let places: Vec<i64> = why.keys().copied().collect();
                    let found = reader.access_at(&places).await?;
                    let drawn = found.into_iter().map(|AccessListed { place, entry }| {
                        let why = why.remove(&place).unwrap_or_default();
                        DrawnEntry { place, entry, why }
                    });
                    Ok(Sample::of(drawn.collect(), sampler.seen()))
                })
            })
            .await
    }

    /// Signs what a reviewer found.
    ///
    /// # Errors
    /// [`Reason::VersionConflict`] where the sample is not the one that was looked at,
    /// [`Reason::NotFound`] for an unknown glass, and what [`decide::sign`] refuses.
    pub async fn access_review(
        &self,
        caller: &Caller,
        reviewed: ReviewWish,
        findings: Vec<ReviewFinding>,
    ) -> Result<AccessReview, AppError> {
        match reviewed {
            ReviewWish::BreakGlass(id) => {
                let what = ReviewedWhat::BreakGlass(id);
                self.sign_review(caller, what, findings).await
            }
            ReviewWish::Sample(question, digest) => {
                let sample = self.drawn(wish(question)).await?;
                if sample.digest != Digest::from_bytes(digest) {
                    return Err(Refusal::at(Reason::VersionConflict, "digest").into());
                }
                let entries = u64::try_from(sample.entries.len()).unwrap_or(u64::MAX);
                let what = ReviewedWhat::Sample(wish(question), entries, sample.digest);
                self.sign_review(caller, what, findings).await
            }
        }
    }

    async fn sign_review(
        &self,
        caller: &Caller,
        what: ReviewedWhat,
        findings: Vec<ReviewFinding>,
    ) -> Result<AccessReview, AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        let signed = self
            .parts()
            .store
            .decide("access.review", move |reader| {
                let (app, caller) = (app.clone(), caller.clone());
                let (what, findings) = (what.clone(), findings.clone());
                Box::pin(async move {
                    let mut keys = Vec::new();
                    let mut glass = None;
                    if let ReviewedWhat::BreakGlass(id) = &what {
                        keys.push(Key::BreakGlass(*id));
                        glass = reader.break_glass(*id).await?;
                        if glass.is_none() {
                            return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
                        }
                    }
                    let access = log_access(&caller, "access.review");
                    let reviewed = Reviewed { what, findings, glass };
                    let decided = app.locally(|local| decide::sign(local, access, reviewed));
                    Ok(decision(decided, keys))
                })
            })
            .await??;
        Ok(signed)
    }

    /// Lists reviews. Reasons of a broken glass are about somebody, so that this is logged too.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn access_reviews(
        &self,
        caller: &Caller,
        waiting_only: bool,
    ) -> Result<ReviewBook, AppError> {
        let book = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let signed = match waiting_only {
                    true => Vec::new(),
                    false => reader.access_reviews(MAX_LISTED).await?,
                };
                let waiting = reader.break_glasses_unreviewed(MAX_LISTED).await?;
                Ok(ReviewBook { signed, waiting })
            })
        });
        let book = book.await?;
        self.log_access(log_access(caller, "access.list_reviews")).await?;
        Ok(book)
    }

    /// Everything that was done with some referrals and consents, oldest first.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn access_extract(
        &self,
        caller: &Caller,
        objects: Vec<AccessObject>,
    ) -> Result<Vec<AccessListed>, AppError> {
        let about = objects.clone();
        let found = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.access_about(&about).await }));
        let found = found.await?;
        let (app, caller) = (self.clone(), caller.clone());
        self.parts()
            .store
            .decide("access.extract", move |_| {
                let mut writes = brygga_exchange::WriteSet::default();
                for object in &objects {
                    let ground = AccessGround::LogReview;
                    let access = access(&caller, "access.extract", *object, None, ground);
                    writes.merge(app.locally(|local| decide::note(local, access)));
                }
                Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
            })
            .await?;
        Ok(found)
    }

    /// How many mandatory reviews are late.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn reviews_overdue(&self) -> Result<u64, StorageError> {
        let opened_before = self.now().minus(BreakGlass::REVIEW_WITHIN);
        self.parts()
            .store
            .read(move |reader| Box::pin(reader.break_glasses_unreviewed_before(opened_before)))
            .await
    }

    /// Erases what is older than five years from the access log; returns how many entries.
    ///
    /// # Errors
    /// [`StorageError`]; the next round goes on.
    pub async fn access_purge(&self) -> Result<u64, StorageError> {
        let before = self.now().minus(ACCESS_LOG_KEPT);
        self.parts().store.access_purge(before, PURGED_AT_ONCE).await
    }
}

/// How long a review may wait, for people who are told about late ones.
pub const REVIEW_WITHIN: Seconds = BreakGlass::REVIEW_WITHIN;

fn wish(question: SampleQuestion) -> SampleWish {
    let SampleQuestion { from, until, size, seed } = question;
    SampleWish { from, until, size, seed }
}

fn log_access(caller: &Caller, action: &str) -> brygga_exchange::access::Access {
    access(caller, action, AccessObject::Log, None, AccessGround::LogReview)
}
