//! Officers: who they are, and their keys for as long as one call lasts.

use std::collections::BTreeSet;

use brygga_crypto::officer::{LockedKey, open_record, seal_record};
use brygga_crypto::{AssociatedData, SealingPrivateKey, SystemRandom};
use brygga_domain::{OfficerId, Reason, Refusal, UnitId};
use brygga_exchange::WriteSet;
use brygga_exchange::relocation::Officer;
use brygga_identity::caller::Caller;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::{App, AppError};

use super::{Proof, random};

/// Shortest passphrase, in bytes.
const PASSPHRASE_BYTES_MIN: usize = 12;

/// Keys that are opened at the same time: each takes 19 MiB and a processor.
const KEYS_OPENED_AT_ONCE: usize = 1;

static TURNS: Semaphore = Semaphore::const_new(KEYS_OPENED_AT_ONCE);

/// An officer whose key is open.
pub(super) struct Unlocked {
    pub(super) id: OfficerId,
    pub(super) key: SealingPrivateKey,
    pub(super) units: BTreeSet<UnitId>,
    pub(super) is_reviewer: bool,
}

const fn profile_of(id: &OfficerId) -> AssociatedData<'_> {
    AssociatedData { table: "officer", row: id.as_bytes(), column: "profile" }
}

impl App {
    /// Makes an officer's key, which the passphrase alone opens.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `passphrase` for one that is too short.
    pub async fn officer_enrol(
        &self,
        caller: &Caller,
        passphrase: Zeroizing<Vec<u8>>,
        is_reviewer: bool,
    ) -> Result<OfficerId, AppError> {
        if passphrase.len() < PASSPHRASE_BYTES_MIN {
            return Err(Refusal::at(Reason::InvalidField, "passphrase").into());
        }
        let internal = || Refusal::new(Reason::RecipientInternal);
        let locked = at_leisure(move || LockedKey::generate(&mut SystemRandom, &passphrase)).await;
        let (locked_key, public_key) = locked.ok_or_else(internal)?.map_err(|_| internal())?;
        let id = OfficerId::from_bytes(random());
        let name = caller.subject().as_bytes();
        let profile = seal_record(&mut SystemRandom, &[public_key], &profile_of(&id), name);
        let profile = profile.map_err(|_| internal())?;
        let mut writes = WriteSet::default();
        writes.relocations.officers.push(Officer {
            id,
            public_key,
            locked_key,
            profile,
            units: caller.units().clone(),
            is_reviewer,
        });
        self.relocation_store("officer.enrol", writes, super::RestsOn::Nothing).await?;
        Ok(id)
    }

    /// Opens an officer's key. The same work is done for one that does not exist.
    pub(super) async fn officer_unlocked(&self, proof: &Proof) -> Result<Unlocked, AppError> {
        let id = proof.officer;
        let held = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.officer(id).await }));
        let held = held.await?;
        let locked = held
            .as_ref()
            .map_or_else(|| LockedKey::of_nobody(random()), |officer| officer.locked_key.clone());
        let passphrase = proof.passphrase.clone();
        let key = at_leisure(move || locked.unlock(&passphrase)).await;
        let opened = key.and_then(Result::ok).zip(held).and_then(|(key, officer)| {
            let profile = open_record(&key, &profile_of(&officer.id), &officer.profile).ok()?;
            let is_caller = profile.as_slice() == proof.caller.subject().as_bytes();
            let Officer { units, is_reviewer, .. } = officer;
            is_caller.then_some(Unlocked { id, key, units, is_reviewer })
        });
        Ok(opened.ok_or(Refusal::new(Reason::NotFound))?)
    }
}

/// Runs what keeps a processor busy where it holds up nobody; none where the node stops.
async fn at_leisure<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    // It is never closed.
    let _turn = TURNS.acquire().await.ok();
    tokio::task::spawn_blocking(work).await.ok()
}
