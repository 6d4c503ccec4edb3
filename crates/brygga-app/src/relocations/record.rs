//! A case between the store, which cannot read it, and an officer, who can.

use brygga_crypto::officer::{open_record, seal_record};
use brygga_crypto::{AssociatedData, SealingPublicKey, SystemRandom};
use brygga_domain::relocation::Relocation;
use brygga_domain::{Reason, Refusal, RelocationId};
use brygga_exchange::relocation::StoredRelocation;
use brygga_storage::StorageError;
use brygga_wire::relocation::{record_from_bytes, record_to_bytes};

use crate::content::Kept;
use crate::{App, AppError};

use super::Unlocked;

const fn place(id: &RelocationId) -> AssociatedData<'_> {
    AssociatedData { table: "relocation_case", row: id.as_bytes(), column: "record" }
}

impl App {
    /// The record of a case that begins, under a key of its own. What becomes of the key is told by `key_used`.
    pub(super) async fn record_new(&self, case: &Relocation) -> Result<StoredRelocation, AppError> {
        let sealed = self.sealed(case).await?;
        let record = self.encrypt_at_rest(Kept::Relocation(case.id), &sealed).await?;
        self.with_days(case, record, 1).await
    }

    /// The record of a case that has changed since it was stored.
    pub(super) async fn record_again(
        &self,
        case: &Relocation,
        held: &StoredRelocation,
    ) -> Result<StoredRelocation, AppError> {
        let sealed = self.sealed(case).await?;
        let again =
            self.encrypted_again(Kept::Relocation(case.id), held.record.key_slot, &sealed).await?;
        let record = again.ok_or(Refusal::new(Reason::NotFound))?;
        self.with_days(case, record, held.revision.saturating_add(1)).await
    }

    /// What an officer reads of a stored case; none where it is sealed to others.
    pub(super) async fn record_opened(
        &self,
        officer: &Unlocked,
        stored: &StoredRelocation,
    ) -> Result<Option<Relocation>, StorageError> {
        let sealed = self.decrypted_at_rest(Kept::Relocation(stored.id), &stored.record).await?;
        let opened = sealed.and_then(|it| open_record(&officer.key, &place(&stored.id), &it).ok());
        let defect = |_| StorageError::Defect { name: "relocation.record" };
        opened.map(|bytes| record_from_bytes(&bytes).map_err(defect)).transpose()
    }

    async fn sealed(&self, case: &Relocation) -> Result<Vec<u8>, AppError> {
        let mut keys: Vec<SealingPublicKey> = Vec::new();
        for id in case.officers.iter().copied() {
            let officer = self
                .parts()
                .store
                .read(move |reader| Box::pin(async move { reader.officer(id).await }));
            let officer = officer.await?.filter(|officer| !officer.is_reviewer);
            keys.push(officer.ok_or(Refusal::at(Reason::NotFound, "other_officers"))?.public_key);
        }
        let record = record_to_bytes(case);
        let sealed = seal_record(&mut SystemRandom, &keys, &place(&case.id), &record);
        Ok(sealed.map_err(|_| Refusal::new(Reason::RecipientInternal))?)
    }
}
