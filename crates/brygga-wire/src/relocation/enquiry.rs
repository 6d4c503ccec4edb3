//! The blind enquiry, as every candidate reads it.

use brygga_crypto::SealingPublicKey;
use brygga_domain::relocation::BlindNeed;
use brygga_domain::{EnquiryId, Refusal, Timestamp};
use brygga_proto::relocation::v1 as proto;
use prost::Message;

use crate::field::{from_bytes, invalid};
use crate::time;

use super::{need_from_proto, need_to_proto};

/// What all candidates are asked. It tells nothing of who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlindEnquiry {
    /// Its name, which is nobody's.
    pub id: EnquiryId,
    /// What is needed.
    pub need: BlindNeed,
    /// What an offer is sealed to.
    pub reply_key: SealingPublicKey,
    /// Where it goes.
    pub mailbox: SealingPublicKey,
    /// When offers are taken no more, in whole seconds.
    pub until: Timestamp,
}

impl BlindEnquiry {
    /// The content of its parcel.
    pub fn to_bytes(&self) -> Vec<u8> {
        proto::Enquiry {
            enquiry_id: self.id.as_bytes().to_vec(),
            need: Some(need_to_proto(&self.need)),
            reply_key: self.reply_key.as_bytes().to_vec(),
            mailbox: self.mailbox.as_bytes().to_vec(),
            until: Some(time::to_proto(self.until)),
        }
        .encode_to_vec()
    }

    /// Reads what came out of a parcel for many.
    ///
    /// # Errors
    /// The field at fault; whoever sent it is not told.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let enquiry = proto::Enquiry::decode(bytes).map_err(|_| invalid("enquiry"))?;
        let key = |bytes: &[u8], field| from_bytes(bytes, field).map(SealingPublicKey::from_bytes);
        let until = time::from_proto(enquiry.until, "enquiry.until")?;
        // What is finer would tell one clock from another.
        if until.as_millis() % 1000 != 0 {
            return Err(invalid("enquiry.until"));
        }
        Ok(Self {
            id: from_bytes(&enquiry.enquiry_id, "enquiry.enquiry_id")?,
            need: need_from_proto(enquiry.need)?,
            reply_key: key(&enquiry.reply_key, "enquiry.reply_key")?,
            mailbox: key(&enquiry.mailbox, "enquiry.mailbox")?,
            until,
        })
    }
}
