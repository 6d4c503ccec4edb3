//! Personal data on its way in and out: sealed for the receiving function, encrypted for the own store.

use brygga_crypto::{
    AssociatedData, DataKey, Digest, KeyId, SealingPublicKey, SystemRandom, open, seal,
};
use brygga_domain::referral::{Referral, Side};
use brygga_domain::{MessageId, OrgId, Reason, ReferralId, Refusal, UnitId};
use brygga_exchange::records::ContentAtRest;
use brygga_exchange::referral::PreparedContent;
use brygga_exchange::sealing::{INFO, associated_data};
use brygga_wire::content::{self, ReferralContent};
use rand_core::Rng;

use crate::App;

/// Where sealed content goes, and what it is bound to.
pub(crate) struct Address<'a> {
    pub(crate) referral_id: ReferralId,
    pub(crate) message_id: MessageId,
    pub(crate) target: &'a OrgId,
    pub(crate) unit: Option<&'a UnitId>,
}

impl App {
    /// Seals content to the receiving function and encrypts the own copy under a new key.
    pub(crate) fn prepare_content(
        &self,
        address: &Address<'_>,
        content: &ReferralContent,
    ) -> Result<PreparedContent, Refusal> {
        let key = self.sealing_key(address.target, address.unit)?;
        let mut salt = [0_u8; 32];
        SystemRandom.fill_bytes(&mut salt);
        let encoded = content.encode(salt);
        let bound = associated_data(
            address.message_id,
            &self.parts().organisation,
            address.target,
            address.unit,
        );
        let sealed = seal(&key, INFO, &bound, &encoded)
            .map_err(|_| Refusal::at(Reason::InvalidField, "content"))?;
        Ok(PreparedContent {
            categories: content.categories(),
            child: content.has_child(),
            commitment: content::commitment(&encoded),
            sealing_key_id: key.key_id().to_string(),
            sealed: sealed.into_bytes(),
            at_rest: self.encrypt_at_rest(address.referral_id, &encoded)?,
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

    /// Encrypts a case's content under a key of its own, wrapped by the node's key.
    pub(crate) fn encrypt_at_rest(
        &self,
        case: ReferralId,
        plaintext: &[u8],
    ) -> Result<ContentAtRest, Refusal> {
        let mut rng = SystemRandom;
        let key = DataKey::generate(&mut rng);
        let internal = |_| Refusal::new(Reason::RecipientInternal);
        let wrapped_key = self
            .parts()
            .keys
            .key_ring()
            .wrap(&mut rng, &key, &key_place(&case))
            .map_err(internal)?;
        let ciphertext =
            key.encrypt(&mut rng, &content_place(&case), plaintext).map_err(internal)?;
        Ok(ContentAtRest { wrapped_key, ciphertext })
    }

    /// Opens a referral's content where this node holds the keys. None where it does not, and where the
    /// content is not what the sender committed to or holds more kinds of data than it declared.
    pub(crate) fn open_content(
        &self,
        referral: &Referral,
        request_message: MessageId,
        at_rest: &ContentAtRest,
    ) -> Option<ReferralContent> {
        let keys = &self.parts().keys;
        let key = keys.key_ring().unwrap(&at_rest.wrapped_key, &key_place(&referral.id)).ok()?;
        let stored = key.decrypt(&content_place(&referral.id), &at_rest.ciphertext).ok()?;
        let encoded = match referral.side {
            Side::Source => stored,
            Side::Target => {
                let arrived = ArrivedContent::decode(&stored)?;
                let unit = referral.target_unit.as_ref();
                let bound =
                    associated_data(request_message, &referral.source, &referral.target, unit);
                let key = keys.sealing_by_id(arrived.sealing_key)?;
                let opened = open(key, INFO, &bound, arrived.sealed).ok()?;
                (content::commitment(&opened) == arrived.commitment).then_some(opened)?
            }
        };
        let (_, content) = ReferralContent::decode(&encoded).ok()?;
        let declared = &referral.grant.data_categories;
        content.categories().iter().all(|category| declared.contains(category)).then_some(content)
    }
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

fn key_place(case: &ReferralId) -> AssociatedData<'_> {
    AssociatedData { table: "referral", row: case.as_bytes(), column: "wrapped_key" }
}

fn content_place(case: &ReferralId) -> AssociatedData<'_> {
    AssociatedData { table: "referral", row: case.as_bytes(), column: "content" }
}
