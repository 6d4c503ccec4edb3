//! The invites that an operator remembers, so that each is used at most once.

use std::io;
use std::path::Path;

use brygga_crypto::Digest;
use brygga_domain::{OrgId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AcceptedJoin, Invite, JoinError, JoinRequest};
use crate::registry::durable_file;

const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The invites of one operator. It holds digests of codes, so that who reads it cannot join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteBook {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    code: Digest,
    organisation: OrgId,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// Why the book cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InviteBookError {
    /// The file cannot be read or written.
    #[error("the invite book cannot be read or written")]
    Io(#[from] io::Error),
    /// The file is not what this program writes.
    #[error("the invite book is damaged")]
    Damaged,
}

/// The book on disk.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    invites: Vec<EntryFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryFile {
    code_sha256: String,
    organisation: String,
    expires_at_millis: i64,
    used_at_millis: Option<i64>,
}

impl InviteBook {
    /// Remembers an invite.
    pub fn add(&mut self, invite: &Invite) {
        self.entries.push(Entry {
            code: invite.code().digest(),
            organisation: invite.organisation().clone(),
            expires_at: invite.expires_at(),
            used_at: None,
        });
    }

    /// Recognises a request and marks its invite as used.
    ///
    /// Save the book after the registry that admits the newcomer: if the power fails in
    /// between, the invite can be used again, and the registry refuses to admit twice.
    ///
    /// # Errors
    /// [`JoinError`] says what is wrong; the book is then unchanged.
    pub fn redeem(
        &mut self,
        request: &JoinRequest,
        federation: &str,
        now: Timestamp,
    ) -> Result<AcceptedJoin, JoinError> {
        let proved = request.prove(federation)?;
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.code == proved.code)
            .ok_or(JoinError::CodeUnknown)?;
        if entry.organisation != proved.member.organisation {
            return Err(JoinError::OtherOrganisation);
        }
        if entry.used_at.is_some() {
            return Err(JoinError::InviteUsed);
        }
        if entry.expires_at <= now {
            return Err(JoinError::InviteExpired);
        }
        entry.used_at = Some(now);
        Ok(AcceptedJoin { member: proved.member })
    }

    /// Reads the book; one that does not exist is empty. Blocks on the disk.
    ///
    /// # Errors
    /// [`InviteBookError`]; a damaged book is never taken for an empty one.
    pub fn load(path: &Path) -> Result<Self, InviteBookError> {
        let Some(content) = durable_file::read(path, MAX_FILE_BYTES)? else {
            return Ok(Self::default());
        };
        let file: BookFile =
            serde_json::from_slice(&content).map_err(|_| InviteBookError::Damaged)?;
        let entries = file.invites.into_iter().map(Entry::try_from).collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// Writes the book and returns once it is on disk.
    ///
    /// # Errors
    /// [`InviteBookError::Io`]; the old book is then still whole.
    pub fn save(&self, path: &Path) -> Result<(), InviteBookError> {
        let file = BookFile { invites: self.entries.iter().map(EntryFile::from).collect() };
        let text = serde_json::to_string_pretty(&file).map_err(io::Error::from)? + "\n";
        Ok(durable_file::replace(path, text.as_bytes())?)
    }
}

impl From<&Entry> for EntryFile {
    fn from(entry: &Entry) -> Self {
        Self {
            code_sha256: entry.code.to_string(),
            organisation: entry.organisation.to_string(),
            expires_at_millis: entry.expires_at.as_millis(),
            used_at_millis: entry.used_at.map(Timestamp::as_millis),
        }
    }
}

impl TryFrom<EntryFile> for Entry {
    type Error = InviteBookError;

    fn try_from(entry: EntryFile) -> Result<Self, InviteBookError> {
        Ok(Self {
            code: entry.code_sha256.parse().map_err(|_| InviteBookError::Damaged)?,
            organisation: entry.organisation.parse().map_err(|_| InviteBookError::Damaged)?,
            expires_at: Timestamp::from_millis(entry.expires_at_millis),
            used_at: entry.used_at_millis.map(Timestamp::from_millis),
        })
    }
}
