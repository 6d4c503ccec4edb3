//! The signed statement: what a publisher tells of a service. Its bytes are made once and handed on as they are, so that
//! whoever holds them can verify them also when the publisher is gone.

use brygga_crypto::{Signature, SigningKey, VerifyingKey, sha256};
use brygga_domain::capacity::Statement;
use brygga_domain::{OrgId, Reason, Refusal, Timestamp};
use brygga_proto::capacity::v1 as proto;
use prost::Message;

use super::MAX_LINES;
use super::line::{told_from_proto, told_to_proto};
use super::service::{check_place, service_from_proto, service_to_proto};
use crate::field::{counted, from_bytes, from_text, invalid, key_id_text, required, within};
use crate::time;

/// Largest statement; its own texts keep far below.
const MAX_STATEMENT_BYTES: usize = 16 * 1024;

/// What its signature is good for.
const CONTEXT: &str = "capacity";

/// A well-formed statement whose signature nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatement {
    statement: Statement,
    proto: proto::SignedStatement,
    signature: Signature,
}

/// A statement whose publisher signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedStatement {
    statement: Statement,
    bytes: Vec<u8>,
}

impl SignedStatement {
    /// Signs a statement; returns the bytes of `brygga.capacity.v1.SignedStatement`, to be kept.
    pub fn sign(statement: &Statement, key: &SigningKey) -> Vec<u8> {
        let statement = statement_to_proto(statement).encode_to_vec();
        let signature = key.sign(CONTEXT, sha256(&[&statement]).as_bytes());
        proto::SignedStatement {
            statement,
            key_id: key.public().key_id().to_string(),
            signature: signature.as_bytes().to_vec(),
        }
        .encode_to_vec()
    }

    /// Reads the bytes of `brygga.capacity.v1.SignedStatement`.
    ///
    /// # Errors
    /// The field at fault.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        Self::from_proto(proto::SignedStatement::decode(bytes).map_err(|_| invalid("statement"))?)
    }

    /// Reads a statement that arrived.
    ///
    /// # Errors
    /// The field at fault.
    pub fn from_proto(signed: proto::SignedStatement) -> Result<Self, Refusal> {
        within(&signed.statement, MAX_STATEMENT_BYTES, "statement")?;
        key_id_text(signed.key_id.clone(), "key_id")?;
        let signature = from_bytes(&signed.signature, "signature")?;
        let told = proto::CapacityStatement::decode(signed.statement.as_slice());
        let statement = statement_from_proto(told.map_err(|_| invalid("statement"))?)?;
        Ok(Self { statement, proto: signed, signature })
    }

    /// The statement as it travels.
    pub fn to_proto(&self) -> proto::SignedStatement {
        self.proto.clone()
    }

    /// Which key is said to have signed it.
    pub fn key_id(&self) -> &str {
        &self.proto.key_id
    }

    /// Who is said to have made it.
    pub const fn publisher(&self) -> &OrgId {
        &self.statement.publisher
    }

    /// When it is said to have been made, first and last; decides which key of the publisher counts.
    pub fn claimed_between(&self) -> [Timestamp; 2] {
        self.statement.made_between()
    }

    /// When its numbers are said to have been counted.
    pub const fn published_at(&self) -> Timestamp {
        self.statement.published_at
    }

    /// Checks the signature, and that nothing tells where it is.
    ///
    /// # Errors
    /// [`Reason::BadSignature`]; [`Reason::ContentForbidden`] as [`check_place`].
    pub fn verify(self, key: &VerifyingKey) -> Result<VerifiedStatement, Refusal> {
        let digest = sha256(&[&self.proto.statement]);
        key.verify(CONTEXT, digest.as_bytes(), &self.signature)
            .map_err(|_| Refusal::at(Reason::BadSignature, "statement"))?;
        check_place(&self.statement.service)?;
        let bytes = self.proto.encode_to_vec();
        Ok(VerifiedStatement { statement: self.statement, bytes })
    }

    /// A statement that was verified before it was stored.
    pub fn into_statement(self) -> Statement {
        self.statement
    }
}

impl VerifiedStatement {
    /// What it says.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What it says and its bytes, to be kept.
    pub fn into_parts(self) -> (Statement, Vec<u8>) {
        (self.statement, self.bytes)
    }
}

/// The statement as a message, for people and systems to read.
pub fn statement_to_proto(statement: &Statement) -> proto::CapacityStatement {
    proto::CapacityStatement {
        publisher: statement.publisher.to_string(),
        service: Some(service_to_proto(&statement.service)),
        lines: statement.lines.iter().map(told_to_proto).collect(),
        sequence: statement.sequence,
        revision: statement.revision,
        published_at: Some(time::to_proto(statement.published_at)),
        valid_until: Some(time::to_proto(statement.valid_until)),
        made_at: Some(time::to_proto(statement.made_at)),
    }
}

fn statement_from_proto(told: proto::CapacityStatement) -> Result<Statement, Refusal> {
    counted(&told.lines, 1..=MAX_LINES, "lines")?;
    let statement = Statement {
        publisher: from_text(&told.publisher, "publisher")?,
        service: service_from_proto(required(told.service, "service")?)?,
        lines: told.lines.iter().map(told_from_proto).collect::<Result<_, _>>()?,
        sequence: told.sequence,
        revision: told.revision,
        published_at: time::from_proto(told.published_at, "published_at")?,
        valid_until: time::from_proto(told.valid_until, "valid_until")?,
        made_at: time::from_proto(told.made_at, "made_at")?,
    };
    // Whoever tells numbers of protected housing has made a mistake that is not handed on (R11).
    let tells_numbers = statement.lines.iter().any(|line| line.counts.is_ok());
    if statement.service.is_protected() && tells_numbers {
        return Err(Refusal::at(Reason::ContentForbidden, "lines.counts"));
    }
    Ok(statement)
}
