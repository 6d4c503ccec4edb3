//! What the newcomer gives back: how it wants to stand in the registry, signed by its own key.

use std::fmt;

use brygga_crypto::{Digest, Signature, SigningKey, sha256};
use brygga_proto::registry::v1 as proto;
use prost::Message;

use super::{Invite, InviteCode, JoinError, armour};
use crate::registry::{FieldError, Member, Problem};

const LABEL: &str = "brygga-join-1";

/// What the newcomer signs for.
const CONTEXT: &str = "join";

/// A request to join. Nothing is proved yet: see [`super::InviteBook::redeem`].
#[derive(Clone)]
pub struct JoinRequest {
    statement: Vec<u8>,
    signature: Signature,
}

/// A request whose signature, code and organisation were found good and whose invite is now
/// used. Only [`super::InviteBook::redeem`] makes one, and [`super::admit`] consumes it.
#[derive(Debug)]
pub struct AcceptedJoin {
    pub(super) member: Member,
}

impl AcceptedJoin {
    /// The proposed entry, for the operator to look at.
    pub const fn member(&self) -> &Member {
        &self.member
    }
}

/// A request that its own signing key signed; whether it was invited is not yet known.
pub(super) struct ProvedRequest {
    pub(super) member: Member,
    pub(super) code: Digest,
}

impl JoinRequest {
    /// Asks to stand in the registry as `member`; `key` is its first signing key.
    ///
    /// # Errors
    /// [`JoinError::OtherOrganisation`], [`JoinError::NotItsFirstKey`],
    /// [`JoinError::SelfAttested`], or [`JoinError::Field`] when the entry breaks the contract.
    pub fn new(invite: &Invite, member: &Member, key: &SigningKey) -> Result<Self, JoinError> {
        if member.organisation != *invite.organisation() {
            return Err(JoinError::OtherOrganisation);
        }
        let code = invite.code().expose().to_vec();
        let statement = proto::JoinStatement { code, member: Some(member.to_proto()) };
        let statement = statement.encode_to_vec();
        let signature = key.sign(CONTEXT, sha256(&[&statement]).as_bytes());
        let request = Self { statement, signature };
        match request.prove(invite.anchor().federation()) {
            Ok(_) => Ok(request),
            // Signed a line ago: the key is another than the entry's first.
            Err(JoinError::Tampered) => Err(JoinError::NotItsFirstKey),
            Err(error) => Err(error),
        }
    }

    /// Checks form and signature against the entry's own first signing key.
    pub(super) fn prove(&self, federation: &str) -> Result<ProvedRequest, JoinError> {
        let statement = proto::JoinStatement::decode(self.statement.as_slice())
            .map_err(|_| JoinError::Garbled(LABEL))?;
        let member = statement
            .member
            .ok_or_else(|| JoinError::Field(FieldError::new("member", Problem::Missing)))?;
        let member = Member::from_proto(member, federation)
            .map_err(|error| JoinError::Field(error.under("member")))?;
        let first = member.signing_keys.first().ok_or(JoinError::NotItsFirstKey)?;
        first
            .key
            .verify(CONTEXT, sha256(&[&self.statement]).as_bytes(), &self.signature)
            .map_err(|_| JoinError::Tampered)?;
        if !member.trust_marks.is_empty() || member.revoked_at.is_some() {
            return Err(JoinError::SelfAttested);
        }
        let code = InviteCode::from_slice(&statement.code)?.digest();
        Ok(ProvedRequest { member, code })
    }

    /// The one line that goes back to the operator: `brygga-join-1:...`.
    ///
    /// It holds the invite's code, so it is as secret as the invite until it is used.
    pub fn to_text(&self) -> String {
        let request = proto::JoinRequest {
            statement: self.statement.clone(),
            signature: self.signature.as_bytes().to_vec(),
        };
        armour::wrap(LABEL, &request)
    }

    /// Reads that line.
    ///
    /// # Errors
    /// [`JoinError::Garbled`] when it is not whole.
    pub fn parse(text: &str) -> Result<Self, JoinError> {
        let request: proto::JoinRequest = armour::unwrap(LABEL, text)?;
        let signature = Signature::try_from(request.signature.as_slice());
        let signature = signature.map_err(|_| JoinError::Garbled(LABEL))?;
        Ok(Self { statement: request.statement, signature })
    }
}

impl fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinRequest([redacted])")
    }
}
