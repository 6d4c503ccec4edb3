//! What a node does about sealed cases without any officer: it counts those that have something due, and purges those
//! whose day has come. It knows days and nothing else of them.

use std::collections::BTreeSet;

use brygga_crypto::sha256;
use brygga_domain::relocation::{HalfYear, Reciprocity, Relocation};
use brygga_domain::{AgreementId, Reason, Refusal, RelocationId, Seconds};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::relocation::{Settlement, StoredRelocation};
use brygga_exchange::{Key, WriteSet};
use brygga_storage::{Decision, StorageError};

use crate::content::Kept;
use crate::{App, AppError};

use super::{Proof, RestsOn, random};

/// How long a letter that nobody has read keeps a case from being purged. It may be the one that tells who is coming.
const LETTER_WAITS: Seconds = Seconds::days(14);
/// A network, a half-year such as `2026-H2`, and one byte for the change; nothing but zeros for a case without.
const TALLY_BYTES: usize = 16 + 7 + 1;

impl App {
    /// How many cases have something that is in time today at the latest, or is late. Which and what, only their officers
    /// read.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn relocation_reminders(&self) -> Result<u32, StorageError> {
        let now = self.now();
        self.parts()
            .store
            .read(move |reader| Box::pin(async move { reader.relocations_due(now).await }))
            .await
    }

    /// Who came less who went in a network, for each half-year, the newest first: for any enrolled officer.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an officer that is none.
    pub async fn reciprocity(
        &self,
        proof: Proof,
        agreement: AgreementId,
    ) -> Result<Vec<(HalfYear, i32)>, AppError> {
        self.uniformly(self.officer_unlocked(&proof)).await?;
        let balance = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.reciprocity(agreement).await }));
        let balance = balance.await?;
        self.relocation_store("relocation.reciprocity", WriteSet::default(), RestsOn::Nothing)
            .await?;
        Ok(balance)
    }

    /// Purges the cases whose day has come; returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round goes on.
    pub async fn relocation_purge_round(&self) -> Result<usize, StorageError> {
        let now = self.now();
        let due = self
            .parts()
            .store
            .glance(move |reader| Box::pin(async move { reader.relocations_to_purge(now).await }))
            .await?;
        if due.is_empty() {
            return Ok(0);
        }
        let unread = self.relocations_with_unread().await?;
        let (mut purged, mut failure) = (0, None);
        for stored in due {
            let last = stored.purge_on.map_or(now, |on| on.plus(LETTER_WAITS));
            if unread.contains(&stored.id) && now < last {
                continue;
            }
            match self.relocation_gone(stored.id).await {
                Ok(()) => purged += 1,
                // Somebody else was faster, or it is tried again.
                Err(AppError::Refused(_)) => {}
                Err(AppError::Storage(error)) => failure = Some(error),
            }
        }
        failure.map_or(Ok(purged), Err)
    }

    /// Counts a case, keeps a commitment to it, and destroys its key and all that it opened.
    pub(super) async fn relocation_gone(&self, id: RelocationId) -> Result<(), AppError> {
        self.relocation_settle(id).await?;
        self.relocation_erase(id).await.map(drop)
    }

    /// A record as it is stored, with what the node needs to know without opening it.
    pub(super) async fn with_days(
        &self,
        case: &Relocation,
        record: ContentAtRest,
        revision: u32,
    ) -> Result<StoredRelocation, AppError> {
        let kept = Kept::RelocationTally(case.id);
        let tally = tally_to_bytes(case.reciprocity());
        let tally = self.encrypted_again(kept, record.key_slot, &tally).await?;
        let tally = tally.ok_or(Refusal::new(Reason::NotFound))?.ciphertext;
        let position_days = self.position_days(case.agreement_id);
        Ok(StoredRelocation {
            id: case.id,
            record,
            revision,
            due_on: case.due_on(position_days),
            purge_on: case.purge_on(),
            tally: Some(tally),
        })
    }

    /// The step before the key is destroyed, since nothing can be counted afterwards. Once: a case that is counted has no
    /// tally any more.
    async fn relocation_settle(&self, id: RelocationId) -> Result<(), AppError> {
        let held = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.relocation_by_id(id).await }));
        let Some(StoredRelocation { record, revision, tally: Some(tally), .. }) = held.await?
        else {
            return Ok(());
        };
        let tally = ContentAtRest { key_slot: record.key_slot, ciphertext: tally };
        let tally = self.decrypted_at_rest(Kept::RelocationTally(id), &tally).await?;
        let reciprocity = tally.and_then(|tally| tally_from_bytes(&tally));
        // The salt is forgotten with this function: nobody finds out by trying what the record was.
        let salt: [u8; 32] = random();
        let commitment = *sha256(&[&salt, &record.ciphertext]).as_bytes();
        let settled = Settlement { id, commitment, reciprocity };
        let done = self.parts().store.decide("relocation.settle", move |reader| {
            let settled = settled.clone();
            Box::pin(async move {
                let now = reader.relocation_by_id(id).await?;
                let is_same =
                    now.is_some_and(|now| now.revision == revision && now.tally.is_some());
                let mut writes = WriteSet::default();
                writes.relocations.settled.extend(is_same.then_some(settled));
                let conflict = Refusal::new(Reason::VersionConflict);
                let answer = if is_same { Ok(()) } else { Err(conflict) };
                Ok(Decision { writes, answer, read_keys: vec![Key::Relocation(id)] })
            })
        });
        Ok(done.await??)
    }

    /// Cases in whose mailboxes lies what nobody has read.
    async fn relocations_with_unread(&self) -> Result<BTreeSet<RelocationId>, StorageError> {
        let unread: BTreeSet<_> =
            self.parcels_in().await?.into_iter().filter_map(|letter| letter.mailbox).collect();
        if unread.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mailboxes =
            self.parts().store.read(|reader| Box::pin(async { reader.mailboxes().await }));
        let mailboxes = mailboxes.await?.into_iter();
        let with_letter = mailboxes.filter(|mailbox| unread.contains(&mailbox.public_key));
        Ok(with_letter.map(|mailbox| mailbox.relocation).collect())
    }
}

/// Always of one size, so that its length does not tell how a case has ended.
fn tally_to_bytes(reciprocity: Option<Reciprocity>) -> [u8; TALLY_BYTES] {
    let mut bytes = [0; TALLY_BYTES];
    if let Some(Reciprocity { agreement_id, half_year, change }) = reciprocity {
        bytes[..16].copy_from_slice(agreement_id.as_bytes());
        // Seven bytes until the year 9999.
        for (place, byte) in bytes[16..23].iter_mut().zip(half_year.to_string().bytes()) {
            *place = byte;
        }
        bytes[23..].copy_from_slice(&change.to_be_bytes());
    }
    bytes
}

fn tally_from_bytes(bytes: &[u8]) -> Option<Reciprocity> {
    let (agreement, rest) = bytes.split_first_chunk::<16>()?;
    let (half_year, change) = rest.split_first_chunk::<7>()?;
    Some(Reciprocity {
        agreement_id: AgreementId::from_bytes(*agreement),
        half_year: HalfYear::parse(std::str::from_utf8(half_year).ok()?)?,
        change: i8::from_be_bytes(<[u8; 1]>::try_from(change).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_reads_back_and_nothing_is_as_long_as_something() {
        for change in [-1, 1] {
            let half_year = HalfYear::parse("2026-H2").expect("a half-year");
            let agreement_id = AgreementId::from_bytes([9; 16]);
            let one = Some(Reciprocity { agreement_id, half_year, change });
            assert_eq!(tally_from_bytes(&tally_to_bytes(one)), one);
        }
        assert_eq!(tally_from_bytes(&tally_to_bytes(None)), None);
        assert_eq!(tally_from_bytes(b"short"), None);
    }
}
