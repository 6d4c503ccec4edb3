//! What a node keeps of its own post, as it stands in the cells that it has sealed to itself.

use brygga_crypto::SealingPublicKey;
use brygga_domain::{AgreementId, Refusal, Timestamp};
use brygga_proto::relocation::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::field::{counted, from_bytes, from_bytes_or_none, invalid};
use crate::time;

use super::{Parcel, decode_parcel, encode_parcel};

/// As many members as a cell is sealed to.
const MAX_MEMBERS: usize = 64;

/// A parcel that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPost {
    /// The network's agreement.
    pub network: AgreementId,
    /// The mailbox that it is for; none where it is for members.
    pub mailbox: Option<SealingPublicKey>,
    /// The members that it is for.
    pub members: Vec<SealingPublicKey>,
    /// What.
    pub parcel: Parcel,
    /// Whether it tells of an end.
    pub is_abort: bool,
}

/// What a parcel brought.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingPost {
    /// The network's agreement; none in what was read.
    pub network: Option<AgreementId>,
    /// The mailbox that it came to; none for an enquiry.
    pub mailbox: Option<SealingPublicKey>,
    /// What the layer above says.
    pub content: Zeroizing<Vec<u8>>,
    /// When the parcel ends, before which it may come again.
    pub expires_at: Timestamp,
}

impl OutgoingPost {
    /// As it is kept.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let post = proto::OutgoingPost {
            agreement_id: self.network.as_bytes().to_vec(),
            mailbox: key_bytes(self.mailbox.as_ref()),
            members: self.members.iter().map(|key| key.as_bytes().to_vec()).collect(),
            parcel: encode_parcel(&self.parcel),
            is_abort: self.is_abort,
        };
        Zeroizing::new(post.encode_to_vec())
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// The field at fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let post = proto::OutgoingPost::decode(bytes).map_err(|_| invalid("post"))?;
        counted(&post.members, 0..=MAX_MEMBERS, "post.members")?;
        let members = post.members.iter().map(|key| key_from(key, "post.members"));
        Ok(Self {
            network: from_bytes(&post.agreement_id, "post.agreement_id")?,
            mailbox: key_or_none(&post.mailbox)?,
            members: members.collect::<Result<_, _>>()?,
            parcel: decode_parcel(&post.parcel)?,
            is_abort: post.is_abort,
        })
    }
}

impl IncomingPost {
    /// What is left of a post that was read.
    pub fn read(expires_at: Timestamp) -> Self {
        Self { network: None, mailbox: None, content: Zeroizing::default(), expires_at }
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let post = proto::IncomingPost {
            agreement_id: self.network.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
            mailbox: key_bytes(self.mailbox.as_ref()),
            content: self.content.to_vec(),
            expires_at: Some(time::to_proto(self.expires_at)),
        };
        Zeroizing::new(post.encode_to_vec())
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// The field at fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let post = proto::IncomingPost::decode(bytes).map_err(|_| invalid("post"))?;
        Ok(Self {
            network: from_bytes_or_none(&post.agreement_id, "post.agreement_id")?,
            mailbox: key_or_none(&post.mailbox)?,
            content: Zeroizing::new(post.content),
            expires_at: time::from_proto(post.expires_at, "post.expires_at")?,
        })
    }
}

fn key_bytes(key: Option<&SealingPublicKey>) -> Vec<u8> {
    key.map(|key| key.as_bytes().to_vec()).unwrap_or_default()
}

fn key_from(bytes: &[u8], field: &'static str) -> Result<SealingPublicKey, Refusal> {
    from_bytes::<[u8; 32]>(bytes, field).map(SealingPublicKey::from_bytes)
}

fn key_or_none(bytes: &[u8]) -> Result<Option<SealingPublicKey>, Refusal> {
    let key: Option<[u8; 32]> = from_bytes_or_none(bytes, "post.mailbox")?;
    Ok(key.map(SealingPublicKey::from_bytes))
}
