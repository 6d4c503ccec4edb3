//! A signed letter, sealed to the officers who may read it: what a parcel for a mailbox holds.

use brygga_crypto::officer::{SharedContent, open_record, seal_record, seal_shared};
use brygga_crypto::seal::{OpenError, SealError};
use brygga_crypto::{AssociatedData, SealingPrivateKey, SealingPublicKey, SystemRandom, seal};
use brygga_domain::{EnquiryId, Refusal};
use brygga_proto::relocation::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::field::{invalid, required};

const REPLY_INFO: &[u8] = b"brygga relocation reply v1";

/// A letter on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedLetter {
    /// Two officers open it together.
    Disclosure(SharedContent),
    /// Whoever has the enquiry's reply key opens it.
    Reply(Vec<u8>),
    /// Either of two officers opens it.
    Step(Vec<u8>),
}

/// What a shared disclosure of a thread is bound to, and each of its shares.
pub const fn disclosure_place(thread: &[u8; 32]) -> AssociatedData<'_> {
    AssociatedData { table: "relocation_letter", row: thread, column: "disclosure" }
}

const fn step_place(thread: &[u8; 32]) -> AssociatedData<'_> {
    AssociatedData { table: "relocation_letter", row: thread, column: "step" }
}

impl SealedLetter {
    /// Seals an offer, or its end, to an enquiry's reply key.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn reply(
        reply_key: &SealingPublicKey,
        enquiry: EnquiryId,
        signed: &[u8],
    ) -> Result<Self, SealError> {
        let sealed = seal::seal(reply_key, REPLY_INFO, enquiry.as_bytes(), signed)?;
        Ok(Self::Reply(sealed.into_bytes()))
    }

    /// Seals a disclosure to two officers, who open it together.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn disclosure(
        officers: [&SealingPublicKey; 2],
        thread: &[u8; 32],
        signed: &[u8],
    ) -> Result<Self, SealError> {
        let place = disclosure_place(thread);
        seal_shared(&mut SystemRandom, officers, &place, signed).map(Self::Disclosure)
    }

    /// Seals a step to two officers, each of whom opens it alone.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn step(
        officers: [SealingPublicKey; 2],
        thread: &[u8; 32],
        signed: &[u8],
    ) -> Result<Self, SealError> {
        seal_record(&mut SystemRandom, &officers, &step_place(thread), signed).map(Self::Step)
    }

    /// The content of its parcel.
    pub fn to_bytes(&self) -> Vec<u8> {
        use proto::sealed_letter::Content;
        let content = match self {
            Self::Disclosure(shared) => Content::Disclosure(shared_to_proto(shared)),
            Self::Reply(sealed) => Content::Reply(sealed.clone()),
            Self::Step(sealed) => Content::Step(sealed.clone()),
        };
        proto::SealedLetter { content: Some(content) }.encode_to_vec()
    }

    /// Reads what came to a mailbox.
    ///
    /// # Errors
    /// The field at fault; whoever sent it is not told.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        use proto::sealed_letter::Content;
        let sealed = proto::SealedLetter::decode(bytes).map_err(|_| invalid("sealed"))?;
        Ok(match required(sealed.content, "sealed")? {
            Content::Disclosure(shared) => Self::Disclosure(shared_from_proto(shared)),
            Content::Reply(sealed) => Self::Reply(sealed),
            Content::Step(sealed) => Self::Step(sealed),
        })
    }
}

/// Opens an offer, or its end.
///
/// # Errors
/// [`OpenError`] for what was sealed to another key or for another enquiry.
pub fn open_reply(
    reply_key: &SealingPrivateKey,
    enquiry: EnquiryId,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    seal::open(reply_key, REPLY_INFO, enquiry.as_bytes(), sealed)
}

/// Opens a step as one of its officers.
///
/// # Errors
/// [`OpenError`] for everybody else, and for another thread.
pub fn open_step(
    officer: &SealingPrivateKey,
    thread: &[u8; 32],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    open_record(officer, &step_place(thread), sealed)
}

/// A shared disclosure, as a record keeps it until it is opened.
pub fn shared_to_bytes(shared: &SharedContent) -> Vec<u8> {
    shared_to_proto(shared).encode_to_vec()
}

/// Reads it.
///
/// # Errors
/// `SEND_INVALID_FIELD` at what no version of ours has written.
pub fn shared_from_bytes(bytes: &[u8]) -> Result<SharedContent, Refusal> {
    let shared = proto::SharedLetter::decode(bytes).map_err(|_| invalid("shared"))?;
    Ok(shared_from_proto(shared))
}

fn shared_to_proto(shared: &SharedContent) -> proto::SharedLetter {
    let [first, second] = shared.shares.clone();
    proto::SharedLetter { first, second, ciphertext: shared.ciphertext.clone() }
}

fn shared_from_proto(shared: proto::SharedLetter) -> SharedContent {
    SharedContent { shares: [shared.first, shared.second], ciphertext: shared.ciphertext }
}
