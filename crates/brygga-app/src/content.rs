//! Personal data on its way in and out: sealed for the receiving function, encrypted for the own store.

use std::sync::Arc;

use brygga_crypto::at_rest::KeySlot;
use brygga_crypto::{
    AssociatedData, DataKey, Digest, KeyId, SealingPublicKey, SystemRandom, open, seal,
};
use brygga_domain::referral::{Referral, Side};
use brygga_domain::{
    ConsentId, DataCategory, MessageId, OfferId, OrgId, Reason, ReferralId, Refusal, RelocationId,
    ThirdPersonRelation, UnitId,
};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::referral::PreparedContent;
use brygga_exchange::sealing::{INFO, associated_data};
use brygga_storage::{SlotState, StorageError};
use brygga_wire::content::{self, ReferralContent};
use rand_core::Rng;
use zeroize::Zeroizing;

use crate::{App, AppError};

/// What a piece of personal data at rest belongs to, and so is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    /// The words of a consent.
    Consent(ConsentId),
    /// A note in between, by its message.
    Note(MessageId),
    /// A sealed part of a notice of an eviction, by its message.
    NoticePart(MessageId),
    /// An open referral of this organisation.
    Offer(OfferId),
    /// What opens a mailbox, by its public key.
    Mailbox([u8; 32]),
    /// A referral.
    Referral(ReferralId),
    /// A protected relocation.
    Relocation(RelocationId),
    /// What a protected relocation adds to the balance of its network.
    RelocationTally(RelocationId),
    /// A sealed part of a transfer, by its message.
    TransferPart(MessageId),
}

impl Kept {
    const fn place(&self) -> AssociatedData<'_> {
        let (table, row, column) = match self {
            Self::Mailbox(key) => {
                return AssociatedData { table: "mailbox", row: key, column: "private_key" };
            }
            Self::Consent(id) => ("consent", id.as_bytes(), "words"),
            Self::Note(id) => ("referral_note", id.as_bytes(), "content"),
            Self::NoticePart(id) => ("notice_part", id.as_bytes(), "content"),
            Self::Offer(id) => ("offer", id.as_bytes(), "content"),
            Self::Referral(id) => ("referral", id.as_bytes(), "content"),
            Self::Relocation(id) => ("relocation_case", id.as_bytes(), "record"),
            Self::RelocationTally(id) => ("relocation_case", id.as_bytes(), "tally"),
            Self::TransferPart(id) => ("transfer_part", id.as_bytes(), "content"),
        };
        AssociatedData { table, row, column }
    }
}

/// Where sealed content goes, and what it is bound to.
pub(crate) struct Address<'a> {
    pub(crate) kept: Kept,
    pub(crate) message_id: MessageId,
    pub(crate) target: &'a OrgId,
    pub(crate) unit: Option<&'a UnitId>,
}

/// What the gate is told of a content.
pub(crate) struct Facts {
    pub(crate) categories: Vec<DataCategory>,
    pub(crate) child: bool,
    pub(crate) third_persons: Vec<ThirdPersonRelation>,
}

impl App {
    /// Seals content to the receiving function and encrypts the own copy under a key of its own.
    pub(crate) async fn prepare_content(
        &self,
        address: &Address<'_>,
        content: &ReferralContent,
    ) -> Result<PreparedContent, AppError> {
        let facts = Facts {
            categories: content.categories(),
            child: content.has_child(),
            third_persons: content.relations(),
        };
        self.prepare_sealed(address, facts, |salt| content.encode(salt)).await
    }

    /// The same for content of any kind, which is encoded with a random salt.
    pub(crate) async fn prepare_sealed(
        &self,
        address: &Address<'_>,
        facts: Facts,
        encode: impl FnOnce([u8; 32]) -> Zeroizing<Vec<u8>>,
    ) -> Result<PreparedContent, AppError> {
        let key = self.sealing_key(address.target, address.unit)?;
        let mut salt = [0_u8; 32];
        SystemRandom.fill_bytes(&mut salt);
        let encoded = encode(salt);
        let bound = associated_data(
            address.message_id,
            &self.parts().organisation,
            address.target,
            address.unit,
        );
        let sealed = seal(&key, INFO, &bound, &encoded)
            .map_err(|_| Refusal::at(Reason::InvalidField, "content"))?;
        let (at_rest, own_key) = self.encrypted(address.kept, &encoded).await?;
        Ok(PreparedContent {
            categories: facts.categories,
            child: facts.child,
            third_persons: facts.third_persons,
            commitment: content::commitment(&encoded),
            sealing_key_id: key.key_id().to_string(),
            sealed: sealed.into_bytes(),
            at_rest,
            key: Some(Arc::new(own_key)),
        })
    }

    fn sealing_key(
        &self,
        target: &OrgId,
        unit: Option<&UnitId>,
    ) -> Result<SealingPublicKey, Refusal> {
        let absent = if unit.is_some() { "target_unit" } else { "target" };
        self.trust().sealing_key(target, unit).map_err(|_| Refusal::at(Reason::NotFound, absent))
    }

    /// Encrypts a case's content under a key of its own, which the vault holds already. What becomes
    /// of the key is told by [`Self::key_used`].
    pub(crate) async fn encrypt_at_rest(
        &self,
        kept: Kept,
        plaintext: &[u8],
    ) -> Result<ContentAtRest, AppError> {
        self.encrypted(kept, plaintext).await.map(|(at_rest, _)| at_rest)
    }

    async fn encrypted(
        &self,
        kept: Kept,
        plaintext: &[u8],
    ) -> Result<(ContentAtRest, DataKey), AppError> {
        let taken = self.take_key().await?;
        let encrypted = taken.key.encrypt(&mut SystemRandom, &kept.place(), plaintext);
        let ciphertext = encrypted.map_err(|_| Refusal::new(Reason::RecipientInternal))?;
        Ok((ContentAtRest { key_slot: taken.slot, ciphertext }, taken.key))
    }

    /// Tells whether what a key encrypted has been stored, so that the key is kept or destroyed.
    pub(crate) fn key_used(&self, slot: KeySlot, is_stored: bool) {
        let keys = &self.parts().case_keys;
        if is_stored { keys.used(slot) } else { keys.unused(slot) }
    }

    /// Opens a referral's content where this node holds the keys. None where it is erased, and where the
    /// content is not what the sender committed to or holds more kinds of data than it declared.
    ///
    /// # Errors
    /// As [`Self::open_kept`].
    pub(crate) async fn open_content(
        &self,
        referral: &Referral,
        request_message: MessageId,
        at_rest: &ContentAtRest,
    ) -> Result<Option<ReferralContent>, StorageError> {
        let sealed_for = match referral.side {
            Side::Source => None,
            Side::Target => Some(SealedFor {
                message: request_message,
                sender: &referral.source,
                unit: referral.target_unit.as_ref(),
            }),
        };
        let opened = self.open_kept(Kept::Referral(referral.id), at_rest, sealed_for).await?;
        let declared = &referral.grant.data_categories;
        Ok(opened.filter(|content| {
            content.categories().iter().all(|category| declared.contains(category))
        }))
    }

    /// Opens what is kept here: clear under its own key where this node made it, and sealed as it
    /// arrived otherwise. None where it is erased or not what its sender committed to.
    ///
    /// # Errors
    /// As [`Self::decrypted_at_rest`].
    pub(crate) async fn open_kept(
        &self,
        kept: Kept,
        at_rest: &ContentAtRest,
        sealed_for: Option<SealedFor<'_>>,
    ) -> Result<Option<ReferralContent>, StorageError> {
        let encoded = self.opened_bytes(kept, at_rest, sealed_for).await?;
        let decoded = encoded.and_then(|encoded| ReferralContent::decode(&encoded).ok());
        Ok(decoded.map(|(_, content)| content))
    }

    /// The encoded content of any kind. None where it is erased or not what its sender committed to.
    ///
    /// # Errors
    /// As [`Self::decrypted_at_rest`].
    pub(crate) async fn opened_bytes(
        &self,
        kept: Kept,
        at_rest: &ContentAtRest,
        sealed_for: Option<SealedFor<'_>>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let stored = self.decrypted_at_rest(kept, at_rest).await?;
        Ok(match sealed_for {
            None => stored,
            Some(sealed_for) => stored.and_then(|stored| self.unsealed(&stored, sealed_for)),
        })
    }

    /// What was encrypted for the own store; none where it is erased or was changed.
    ///
    /// The vault is asked each time: a key that was kept in memory could outlive an erasure by
    /// another process.
    ///
    /// # Errors
    /// What the vault says; [`StorageError::Inconsistent`] where it knows no such slot.
    pub(crate) async fn decrypted_at_rest(
        &self,
        kept: Kept,
        at_rest: &ContentAtRest,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let key = self.key_at_rest(kept, at_rest.key_slot).await?;
        Ok(key.and_then(|key| key.decrypt(&kept.place(), &at_rest.ciphertext).ok()))
    }

    /// Encrypts another content under the key that a row has already; none where that is destroyed.
    ///
    /// # Errors
    /// As [`Self::decrypted_at_rest`].
    pub(crate) async fn encrypted_again(
        &self,
        kept: Kept,
        key_slot: KeySlot,
        plaintext: &[u8],
    ) -> Result<Option<ContentAtRest>, StorageError> {
        let key = self.key_at_rest(kept, key_slot).await?;
        let encrypt = |key: DataKey| key.encrypt(&mut SystemRandom, &kept.place(), plaintext).ok();
        Ok(key.and_then(encrypt).map(|ciphertext| ContentAtRest { key_slot, ciphertext }))
    }

    async fn key_at_rest(
        &self,
        kept: Kept,
        key_slot: KeySlot,
    ) -> Result<Option<DataKey>, StorageError> {
        let wrapped = match self.parts().case_keys.vault().slot_state(key_slot).await? {
            SlotState::Held(wrapped) => wrapped,
            SlotState::Destroyed => return Ok(None),
            SlotState::Unknown => {
                let (table, id) = match kept {
                    Kept::Consent(id) => ("consent", id.to_string()),
                    Kept::Mailbox(_) => ("mailbox", String::new()),
                    Kept::Note(id) => ("referral_note", id.to_string()),
                    Kept::NoticePart(id) => ("notice_part", id.to_string()),
                    Kept::Offer(id) => ("offer", id.to_string()),
                    Kept::Referral(id) => ("referral", id.to_string()),
                    Kept::Relocation(id) | Kept::RelocationTally(id) => {
                        ("relocation_case", id.to_string())
                    }
                    Kept::TransferPart(id) => ("transfer_part", id.to_string()),
                };
                return Err(StorageError::Inconsistent { table, column: "key_slot", id });
            }
        };
        Ok(key_slot.open(self.parts().keys.key_ring(), &wrapped).ok())
    }

    fn unsealed(
        &self,
        stored: &[u8],
        SealedFor { message, sender, unit }: SealedFor<'_>,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let parts = self.parts();
        let arrived = ArrivedContent::decode(stored)?;
        let bound = associated_data(message, sender, &parts.organisation, unit);
        let key = parts.keys.sealing_by_id(arrived.sealing_key)?;
        let opened = open(key, INFO, &bound, arrived.sealed).ok()?;
        (content::commitment(&opened) == arrived.commitment).then_some(opened)
    }
}

/// What sealed content that arrived here is bound to, besides this organisation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealedFor<'a> {
    pub(crate) message: MessageId,
    pub(crate) sender: &'a OrgId,
    pub(crate) unit: Option<&'a UnitId>,
}

/// Sealed content as the target stores it: with the key that opens it and the sender's commitment.
pub(crate) struct ArrivedContent<'a> {
    pub(crate) sealing_key: KeyId,
    pub(crate) commitment: Digest,
    pub(crate) sealed: &'a [u8],
}

impl<'a> ArrivedContent<'a> {
    /// Key id, commitment and sealed bytes, one after the other.
    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.sealing_key.as_bytes().as_slice(), self.commitment.as_bytes(), self.sealed].concat()
    }

    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk()?;
        let (commitment, sealed) = rest.split_first_chunk()?;
        Some(Self {
            sealing_key: KeyId::from_bytes(*key),
            commitment: Digest::from_bytes(*commitment),
            sealed,
        })
    }
}
