//! One line of the access log, as it is sealed to the reviewers.

use brygga_domain::{OfficerId, Refusal, RelocationId, Timestamp};
use brygga_proto::local::v1 as proto;
use prost::Message;

use crate::field::{from_bytes, invalid, text};
use crate::time;

/// Longest word.
const ACT_CHARS_MAX: usize = 32;

/// That an officer saw or did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLine {
    /// Who.
    pub officer: OfficerId,
    /// Which case.
    pub relocation: RelocationId,
    /// What, a word such as "show".
    pub act: String,
    /// When.
    pub at: Timestamp,
}

impl AccessLine {
    /// The bytes that are sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_proto().encode_to_vec()
    }

    /// Reads what a reviewer has opened.
    ///
    /// # Errors
    /// `SEND_INVALID_FIELD` at what no version of ours has written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let line = proto::RelocationAccess::decode(bytes).map_err(|_| invalid("access"))?;
        Ok(Self {
            officer: from_bytes(&line.officer_id, "access.officer_id")?,
            relocation: from_bytes(&line.relocation_id, "access.relocation_id")?,
            act: text(line.act, ACT_CHARS_MAX, "access.act")?,
            at: time::from_proto(line.at, "access.at")?,
        })
    }

    /// As a reviewer sees it.
    pub fn to_proto(&self) -> proto::RelocationAccess {
        proto::RelocationAccess {
            officer_id: self.officer.as_bytes().to_vec(),
            relocation_id: self.relocation.as_bytes().to_vec(),
            act: self.act.clone(),
            at: Some(time::to_proto(self.at)),
        }
    }
}
