//! The sealed access log: who did what in which case, for reviewers alone.

use brygga_crypto::officer::{open_record, seal_record};
use brygga_crypto::{AssociatedData, SealingPublicKey, SystemRandom};
use brygga_domain::swedish_day::{start_of_swedish_day, swedish_day};
use brygga_domain::{Reason, Refusal, RelocationId};
use brygga_exchange::relocation::{Officer, SealedAccess};
use brygga_wire::relocation::AccessLine;

use crate::{App, AppError};

use super::{Proof, Unlocked, random};

/// Most lines that one look shows.
const SHOWN_MAX: u32 = 500;

const fn place(id: &[u8; 16]) -> AssociatedData<'_> {
    AssociatedData { table: "relocation_access", row: id, column: "sealed" }
}

/// Whether somebody reviews what an officer does: somebody of another unit.
fn reviews(reviewer: &Officer, officer: &Unlocked) -> bool {
    !reviewer.units.is_empty() && reviewer.units.is_disjoint(&officer.units)
}

impl App {
    /// What officers did, the newest first, as a reviewer opens it.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an officer that is none, or no reviewer.
    pub async fn relocation_review(&self, proof: Proof) -> Result<Vec<AccessLine>, AppError> {
        let reviewer = self.uniformly(self.reviewer_unlocked(&proof)).await?;
        let accesses = self
            .parts()
            .store
            .read(|reader| Box::pin(async move { reader.relocation_accesses(SHOWN_MAX).await }));
        let mut lines = Vec::new();
        for access in accesses.await? {
            // What was sealed before the reviewer enrolled stays closed.
            let opened = open_record(&reviewer.key, &place(&access.id), &access.sealed);
            lines.extend(opened.ok().and_then(|line| AccessLine::from_bytes(&line).ok()));
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.at));
        Ok(lines)
    }

    async fn reviewer_unlocked(&self, proof: &Proof) -> Result<Unlocked, AppError> {
        let officer = self.officer_unlocked(proof).await?;
        if officer.is_reviewer { Ok(officer) } else { Err(Refusal::new(Reason::NotFound).into()) }
    }

    /// A line of the log, sealed to whoever of another unit reviews it.
    pub(super) async fn access_line(
        &self,
        officer: &Unlocked,
        relocation: RelocationId,
        act: &str,
    ) -> Result<SealedAccess, AppError> {
        let reviewers =
            self.parts().store.read(|reader| Box::pin(async move { reader.reviewers().await }));
        let keys: Vec<SealingPublicKey> = reviewers
            .await?
            .into_iter()
            .filter(|one| reviews(one, officer))
            .map(|one| one.public_key)
            .collect();
        if keys.is_empty() {
            return Err(Refusal::at(Reason::ReleaseMissing, "reviewer").into());
        }
        let line =
            AccessLine { officer: officer.id, relocation, act: act.to_owned(), at: self.now() };
        let id = random();
        let sealed = seal_record(&mut SystemRandom, &keys, &place(&id), &line.to_bytes());
        let sealed = sealed.map_err(|_| Refusal::new(Reason::RecipientInternal))?;
        Ok(SealedAccess { id, day: start_of_swedish_day(swedish_day(line.at)), sealed })
    }
}
