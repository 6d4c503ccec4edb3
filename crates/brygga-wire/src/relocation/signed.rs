//! A letter with the name of its organisation and the signature of its node.

use std::fmt;

use brygga_crypto::{Signature, SigningKey, VerifyingKey, sha256};
use brygga_domain::{OrgId, Reason, Refusal, Timestamp};
use brygga_proto::relocation::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::field::{from_bytes, from_text, invalid, key_id_text};
use crate::time;

use super::Said;

/// What its signature is good for.
const CONTEXT: &str = "relocation-letter";
/// What every signed input begins with.
const PREFIX: &[u8] = b"brygga relocation letter v1";

/// Between whom a letter goes: part of what is signed, and never sent with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The mailbox that the pair's offer names; no other pair has it.
    pub thread: [u8; 32],
    /// The recipient's mailbox.
    pub to: [u8; 32],
}

/// A well-formed letter whose signature nobody has checked yet.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLetter {
    said: Said,
    letter: Zeroizing<Vec<u8>>,
    organisation: OrgId,
    key_id: String,
    signed_at: Timestamp,
    signature: Signature,
}

/// Whose letter it is.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// Organisation.
    pub organisation: &'a OrgId,
    /// Its node's key.
    pub key: &'a SigningKey,
    /// Now.
    pub at: Timestamp,
}

impl fmt::Debug for SignedLetter {
    /// Nothing of it: already who writes to whom is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedLetter(..)")
    }
}

impl SignedLetter {
    /// Signs a letter. Returns the bytes of `brygga.relocation.v1.SignedLetter`, which clear themselves.
    pub fn sign(said: &Said, way: &Way, signer: &Signer<'_>) -> Zeroizing<Vec<u8>> {
        let letter = said.to_bytes();
        let organisation = signer.organisation.to_string();
        let input = input(&letter, way, signer.at, &organisation);
        let signed = proto::SignedLetter {
            letter: letter.to_vec(),
            organisation,
            key_id: signer.key.public().key_id().to_string(),
            signed_at: Some(time::to_proto(signer.at)),
            signature: signer.key.sign(CONTEXT, &input).as_bytes().to_vec(),
        };
        Zeroizing::new(signed.encode_to_vec())
    }

    /// Reads a letter that an officer has opened.
    ///
    /// # Errors
    /// The field at fault; whoever sent it is not told.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let signed = proto::SignedLetter::decode(bytes).map_err(|_| invalid("signed"))?;
        Ok(Self {
            said: Said::from_bytes(&signed.letter)?,
            letter: Zeroizing::new(signed.letter),
            organisation: from_text(&signed.organisation, "signed.organisation")?,
            key_id: key_id_text(signed.key_id, "signed.key_id")?,
            signed_at: time::from_proto(signed.signed_at, "signed.signed_at")?,
            signature: from_bytes(&signed.signature, "signed.signature")?,
        })
    }

    /// Who is said to have signed it.
    pub const fn organisation(&self) -> &OrgId {
        &self.organisation
    }

    /// Which key is said to have signed it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// When it is said to have been signed; decides which key counts.
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// The mailbox that it names where it is an offer: its thread.
    pub const fn offered_mailbox(&self) -> Option<[u8; 32]> {
        match &self.said {
            Said::Offer(offer) => Some(offer.mailbox),
            Said::Disclosure(_) | Said::Step { .. } => None,
        }
    }

    /// Checks the signature, over the letter and the way that it has come.
    ///
    /// # Errors
    /// [`Reason::BadSignature`].
    pub fn verify(self, key: &VerifyingKey, way: &Way) -> Result<Said, Refusal> {
        let input = input(&self.letter, way, self.signed_at, &self.organisation.to_string());
        key.verify(CONTEXT, &input, &self.signature)
            .map_err(|_| Refusal::at(Reason::BadSignature, "letter"))?;
        Ok(self.said)
    }
}

fn input(letter: &[u8], way: &Way, at: Timestamp, organisation: &str) -> [u8; 32] {
    let at = at.as_millis().to_be_bytes();
    let organisation = sha256(&[organisation.as_bytes()]);
    *sha256(&[PREFIX, &way.thread, &way.to, &at, organisation.as_bytes(), letter]).as_bytes()
}
