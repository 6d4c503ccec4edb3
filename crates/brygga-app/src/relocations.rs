//! Protected relocations, for the officers whom a case names.
//!
//! Every call opens an officer's key with the passphrase that came with it, and forgets it when it ends. Whatever is
//! absent, somebody else's or wrong is one refusal, [`Reason::NotFound`], and [`App::uniformly`] makes it last as long as
//! any other.

mod acts;
mod dues;
mod enquiries;
mod journal;
mod letters;
mod officers;
mod opening;
mod post;
mod purge;
mod record;
#[cfg(test)]
mod tests;

use std::time::Duration;

use brygga_domain::relocation::{Opening, Relocation};
use brygga_domain::{OfficerId, ParcelId, Reason, Refusal, RelocationId};
use brygga_exchange::relocation::{StoredRelocation, relocation_leaf};
use brygga_exchange::{Key, WriteSet};
use brygga_identity::caller::Caller;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::{App, AppError};

use officers::Unlocked;

/// Who an officer says to be, and what opens the officer's key.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The token's holder.
    pub caller: Caller,
    /// Handle.
    pub officer: OfficerId,
    /// Passphrase.
    pub passphrase: Zeroizing<Vec<u8>>,
}

/// What a decision rests on, beside the officer's key.
#[derive(Clone, Copy, Debug)]
enum RestsOn {
    /// Nothing.
    Nothing,
    /// A case at a revision.
    Case(RelocationId, u32),
    /// An enquiry that nobody has answered.
    Unread(ParcelId),
}

/// How long a refusal takes that could tell whether something is there: more than the longest way to one.
const REFUSED_AFTER: Duration = Duration::from_millis(600);

impl App {
    /// Begins a case, whose officers are the one who opens it and the others.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at what is wrong; [`Reason::NotFound`] at `other_officers`; [`Reason::ReleaseMissing`] at
    /// `reviewer` where nobody of another unit has enrolled who reviews the access log.
    pub async fn relocation_open(
        &self,
        proof: Proof,
        others: Vec<OfficerId>,
        opening: Opening,
    ) -> Result<RelocationId, AppError> {
        let officer = self.uniformly(self.officer_unlocked(&proof)).await?;
        let officers = std::iter::once(officer.id).chain(others).collect();
        let id = RelocationId::from_bytes(random());
        let case = Relocation::open_at_origin(id, Opening { officers, ..opening })?;
        let stored = self.record_new(&case).await?;
        let slot = stored.record.key_slot;
        let access = self.access_line(&officer, id, "open").await?;
        let mut writes = WriteSet::default();
        writes.relocations.new.push(stored);
        writes.relocations.accesses.push(access);
        let done = self.relocation_store("relocation.open", writes, RestsOn::Nothing).await;
        self.key_used(slot, done.is_ok());
        done.map(|()| id)
    }

    /// The cases that name an officer.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an officer that is none.
    pub async fn relocation_list(&self, proof: Proof) -> Result<Vec<RelocationId>, AppError> {
        let officer = self.uniformly(self.officer_unlocked(&proof)).await?;
        let all = self
            .parts()
            .store
            .read(|reader| Box::pin(async move { reader.relocations().await }))
            .await?;
        let mut own = Vec::new();
        for stored in all {
            if self.record_opened(&officer, &stored).await?.is_some() {
                own.push(stored.id);
            }
        }
        Ok(own)
    }

    /// Destroys the key of a case that has ended, and everything that it opened.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`Reason::InvalidTransition`] for one that has not ended.
    pub async fn relocation_purge(&self, proof: Proof, id: RelocationId) -> Result<(), AppError> {
        let (officer, case, _) = self.uniformly(self.relocation_opened(&proof, id)).await?;
        if !case.stage.is_over() {
            return Err(Refusal::new(Reason::InvalidTransition).into());
        }
        let mut writes = WriteSet::default();
        writes.relocations.accesses.push(self.access_line(&officer, id, "purge").await?);
        self.relocation_store("relocation.purge", writes, RestsOn::Nothing).await?;
        self.relocation_gone(id).await
    }

    /// Stores what was done, with the audit log's word for it, where what it rests on is as it was.
    async fn relocation_store(
        &self,
        action: &'static str,
        writes: WriteSet,
        rests_on: RestsOn,
    ) -> Result<(), AppError> {
        let app = self.clone();
        let decided = self.parts().store.decide(action, move |reader| {
            let (app, mut writes) = (app.clone(), writes.clone());
            Box::pin(async move {
                let mut read_keys = Vec::new();
                let refused = match rests_on {
                    RestsOn::Nothing => None,
                    RestsOn::Case(id, revision) => {
                        read_keys.push(Key::Relocation(id));
                        let now = reader.relocation_by_id(id).await?;
                        let is_other = now.is_none_or(|now| now.revision != revision);
                        is_other.then_some(Reason::VersionConflict)
                    }
                    RestsOn::Unread(id) => {
                        read_keys.push(Key::Parcel(id));
                        let now = reader.parcel_in(id).await?;
                        let is_unread = now.is_some_and(|now| app.is_unread(&now));
                        (!is_unread).then_some(Reason::NotFound)
                    }
                };
                if let Some(reason) = refused {
                    let refusal = Err(Refusal::new(reason));
                    return Ok(crate::referrals::answered(refusal, read_keys));
                }
                writes.audit.push(app.locally(relocation_leaf));
                Ok(brygga_storage::Decision { writes, answer: Ok(()), read_keys })
            })
        });
        Ok(decided.await??)
    }

    /// Makes every refusal of `asked` last as long as any other, so that the time does not tell why.
    async fn uniformly<T>(
        &self,
        asked: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let until = Instant::now() + REFUSED_AFTER;
        let answer = asked.await;
        if matches!(answer, Err(AppError::Refused(_))) {
            tokio::time::sleep_until(until).await;
        }
        answer
    }

    /// Opens a case for an officer whom it names.
    async fn relocation_opened(
        &self,
        proof: &Proof,
        id: RelocationId,
    ) -> Result<(Unlocked, Relocation, StoredRelocation), AppError> {
        let officer = self.officer_unlocked(proof).await?;
        let (case, stored) = self.relocation_of(&officer, id).await?;
        Ok((officer, case, stored))
    }

    async fn relocation_of(
        &self,
        officer: &Unlocked,
        id: RelocationId,
    ) -> Result<(Relocation, StoredRelocation), AppError> {
        let stored = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.relocation_by_id(id).await }));
        let absent = || Refusal::new(Reason::NotFound);
        let stored = stored.await?.ok_or_else(absent)?;
        let case = self.record_opened(officer, &stored).await?.ok_or_else(absent)?;
        if !case.names(officer.id) {
            return Err(absent().into());
        }
        Ok((case, stored))
    }
}

/// Random bytes, for what must not tell when it was made.
fn random<const N: usize>() -> [u8; N] {
    use rand_core::Rng;
    let mut bytes = [0; N];
    brygga_crypto::SystemRandom.fill_bytes(&mut bytes);
    bytes
}
