//! The signed receipt: what the recipient's node swears to about one message.
//!
//! The statement's bytes are made once; a repeat of the message gets the very same receipt.

#[cfg(test)]
mod tests;

use brygga_crypto::{Digest, Signature, SigningKey, VerifyingKey, sha256};
use brygga_domain::{MessageId, OrgId, Reason, Refusal, Timestamp};
use brygga_proto::federation::v1 as proto;
use prost::Message;

use crate::field::{from_bytes, from_text, invalid, key_id_text, text, within};
use crate::time;

/// Largest statement; its own texts keep far below.
pub const MAX_STATEMENT_BYTES: usize = 4 * 1024;
const MAX_REASON_BYTES: usize = 64;
const MAX_RULE_ID_CHARS: usize = 64;
const MAX_FIELD_CHARS: usize = 128;

/// What a receipt's signature is good for.
const CONTEXT: &str = "receipt";

/// What the recipient says about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptStatement {
    /// The message.
    pub message_id: MessageId,
    /// SHA-256 of the envelope's header as received.
    pub header_digest: Digest,
    /// Who received it.
    pub recipient: OrgId,
    /// Whom it came from.
    pub sender: OrgId,
    /// When it was durably stored, on the recipient's clock.
    pub stored_at: Timestamp,
    /// What the application said.
    pub verdict: Verdict,
}

/// The application's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Valid and permitted; it has taken effect.
    Accepted {
        /// Agreement rule that granted it; empty where no rule is needed.
        rule_id: String,
    },
    /// Stored, but without effect.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// Where the fault lies, never content; empty where the whole is at fault.
        field: String,
    },
}

/// Why a peer refused something, in words that this version may not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// A reason of this version.
    Known(Reason),
    /// The code of a newer one, kept so that a person can look it up.
    Unknown(String),
}

/// A well-formed receipt whose signature nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    statement: ReceiptStatement,
    statement_bytes: Vec<u8>,
    key_id: String,
    signature: Signature,
}

impl RefusalReason {
    /// The code that travels.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(reason) => reason.as_str(),
            Self::Unknown(code) => code,
        }
    }

    /// The reason, where this version knows it.
    pub const fn known(&self) -> Option<Reason> {
        match self {
            Self::Known(reason) => Some(*reason),
            Self::Unknown(_) => None,
        }
    }
}

impl From<Reason> for RefusalReason {
    fn from(reason: Reason) -> Self {
        Self::Known(reason)
    }
}

impl Verdict {
    /// The verdict that states a refusal.
    pub fn refused(refusal: &Refusal) -> Self {
        Self::Refused { reason: refusal.reason.into(), field: refusal.field.to_owned() }
    }

    /// Whether it has taken effect.
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    /// Why it was refused; none where it was accepted, and where this version does not know the reason.
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Accepted { .. } => None,
            Self::Refused { reason, .. } => reason.known(),
        }
    }
}

impl ReceiptStatement {
    /// Signs the statement; returns the bytes of `brygga.federation.v1.Receipt`, to be kept.
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let statement = self.to_proto().encode_to_vec();
        let signature = key.sign(CONTEXT, sha256(&[&statement]).as_bytes());
        proto::Receipt {
            statement,
            key_id: key.public().key_id().to_string(),
            signature: signature.as_bytes().to_vec(),
        }
        .encode_to_vec()
    }

    fn to_proto(&self) -> proto::ReceiptStatement {
        let (verdict, reason, rule_id, field) = match &self.verdict {
            Verdict::Accepted { rule_id } => (proto::Verdict::Accepted, "", rule_id.as_str(), ""),
            Verdict::Refused { reason, field } => {
                (proto::Verdict::Refused, reason.as_str(), "", field.as_str())
            }
        };
        proto::ReceiptStatement {
            message_id: self.message_id.as_bytes().to_vec(),
            header_digest: self.header_digest.as_bytes().to_vec(),
            recipient: self.recipient.to_string(),
            sender: self.sender.to_string(),
            stored_at: Some(time::to_proto(self.stored_at)),
            verdict: verdict.into(),
            reason: reason.to_owned(),
            rule_id: rule_id.to_owned(),
            field: field.to_owned(),
        }
    }

    fn from_proto(statement: proto::ReceiptStatement) -> Result<Self, Refusal> {
        Ok(Self {
            message_id: from_bytes(&statement.message_id, "statement.message_id")?,
            header_digest: from_bytes(&statement.header_digest, "statement.header_digest")?,
            recipient: from_text(&statement.recipient, "statement.recipient")?,
            sender: from_text(&statement.sender, "statement.sender")?,
            stored_at: time::from_proto(statement.stored_at, "statement.stored_at")?,
            verdict: verdict(&statement)?,
        })
    }
}

impl Receipt {
    /// Reads a receipt; its signature is checked by [`Self::verify`].
    ///
    /// # Errors
    /// The field at fault.
    pub fn from_proto(receipt: proto::Receipt) -> Result<Self, Refusal> {
        let proto::Receipt { statement: statement_bytes, key_id, signature } = receipt;
        within(&statement_bytes, MAX_STATEMENT_BYTES, "statement")?;
        let statement = proto::ReceiptStatement::decode(&statement_bytes[..])
            .map_err(|_| invalid("statement"))
            .and_then(ReceiptStatement::from_proto)?;
        Ok(Self {
            statement,
            statement_bytes,
            key_id: key_id_text(key_id, "key_id")?,
            signature: from_bytes(&signature, "signature")?,
        })
    }

    /// Reads the bytes that [`ReceiptStatement::sign`] made.
    ///
    /// # Errors
    /// As [`Self::from_proto`]; the field is `receipt` when the bytes are no receipt at all.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        proto::Receipt::decode(bytes).map_err(|_| invalid("receipt")).and_then(Self::from_proto)
    }

    /// The receipt as it travels.
    pub fn to_proto(&self) -> proto::Receipt {
        proto::Receipt {
            statement: self.statement_bytes.clone(),
            key_id: self.key_id.clone(),
            signature: self.signature.as_bytes().to_vec(),
        }
    }

    /// The bytes of `brygga.federation.v1.Receipt`, for the outbox.
    pub fn encode(&self) -> Vec<u8> {
        self.to_proto().encode_to_vec()
    }

    /// The key that is said to have signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// When it is said to have been stored, to find the key that was good then.
    pub const fn claimed_at(&self) -> Timestamp {
        self.statement.stored_at
    }

    /// Checks the signature; only then is there a statement to read.
    ///
    /// # Errors
    /// [`Reason::BadSignature`] when `key` did not sign this statement.
    pub fn verify(&self, key: &VerifyingKey) -> Result<ReceiptStatement, Refusal> {
        key.verify(CONTEXT, sha256(&[&self.statement_bytes]).as_bytes(), &self.signature)
            .map(|()| self.statement.clone())
            .map_err(|_| Refusal::at(Reason::BadSignature, "signature"))
    }
}

fn verdict(statement: &proto::ReceiptStatement) -> Result<Verdict, Refusal> {
    let proto::ReceiptStatement { reason, rule_id, field, .. } = statement;
    let empty = |text: &str, field| if text.is_empty() { Ok(()) } else { Err(invalid(field)) };
    match proto::Verdict::try_from(statement.verdict) {
        Ok(proto::Verdict::Accepted) => {
            empty(reason, "statement.reason")?;
            empty(field, "statement.field")?;
            let rule_id = text(rule_id.clone(), MAX_RULE_ID_CHARS, "statement.rule_id")?;
            Ok(Verdict::Accepted { rule_id })
        }
        Ok(proto::Verdict::Refused) => {
            empty(rule_id, "statement.rule_id")?;
            let reason = refusal_reason(reason, "statement.reason")?;
            let field = text(field.clone(), MAX_FIELD_CHARS, "statement.field")?;
            Ok(Verdict::Refused { reason, field })
        }
        Ok(proto::Verdict::Unspecified) | Err(_) => Err(invalid("statement.verdict")),
    }
}

/// A code that is unknown here still has the shape of one, so that it can stand in a log line.
fn refusal_reason(code: &str, field: &'static str) -> Result<RefusalReason, Refusal> {
    let is_part = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    match Reason::parse(code) {
        Some(reason) => Ok(reason.into()),
        None if (1..=MAX_REASON_BYTES).contains(&code.len()) && code.bytes().all(is_part) => {
            Ok(RefusalReason::Unknown(code.to_owned()))
        }
        None => Err(invalid(field)),
    }
}
