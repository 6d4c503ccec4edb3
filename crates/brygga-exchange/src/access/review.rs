//! A signed review: who looked at what, and what was found.
//!
//! The statement is plain lines that a person can read, signed by the node's key; whoever has the
//! registry can check it with the log it was drawn from.

use brygga_crypto::{Digest, KeyId, Signature, VerifyingKey};
use brygga_domain::access::ReviewFinding;
use brygga_domain::{AccessReviewId, BreakGlassId, OrgId, Timestamp};

use super::record::{denied, seal};
use super::{Access, SampleWish, glass};
use crate::{Decided, Local, WriteSet};
use brygga_domain::access::BreakGlass;
use brygga_domain::{Reason, Refusal};

/// Separates these signatures from all others of the same key.
const CONTEXT: &str = "brygga/access-review/v1";

/// What was reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewedWhat {
    /// One breaking of the glass, after its mandatory review.
    BreakGlass(BreakGlassId),
    /// A sample of the log: how it was drawn, how many entries it had, and their digest.
    Sample(SampleWish, u64, Digest),
}

/// What a reviewer signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// What was looked at.
    pub what: ReviewedWhat,
    /// What was found; at least one code.
    pub findings: Vec<ReviewFinding>,
    /// The glass with that identifier, where one was reviewed.
    pub glass: Option<BreakGlass>,
}

/// A review with the node's signature. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReview {
    /// Its identifier.
    pub id: AccessReviewId,
    /// Who reviewed, by the subject of the token.
    pub reviewer: String,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// What was found.
    pub findings: Vec<ReviewFinding>,
    /// The statement, line by line, as it was signed.
    pub statement: String,
    /// The node's key.
    pub key_id: KeyId,
    /// Its signature over the statement.
    pub signature: [u8; 64],
}

impl AccessReview {
    /// Whether the node's key signed exactly this statement.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let signature = Signature::from_bytes(self.signature);
        key.verify(CONTEXT, self.statement.as_bytes(), &signature).is_ok()
    }
}

/// Signs a review.
///
/// # Errors
/// The answer is [`Reason::InvalidField`] without a finding, and what the glass refuses.
pub fn sign(local: &mut Local<'_>, access: Access, reviewed: Reviewed) -> Decided<AccessReview> {
    if reviewed.findings.is_empty() {
        return denied(local, &access, Refusal::at(Reason::InvalidField, "findings"));
    }
    let id = AccessReviewId::from_bytes(local.identifier());
    let mut writes = WriteSet::default();
    if let Some(glass) = reviewed.glass {
        let marked = glass::review(local, access.clone(), glass, id);
        match marked.answer {
            Ok(_) => writes.merge(marked.writes),
            Err(refusal) => return Decided { writes: marked.writes, answer: Err(refusal) },
        }
    }
    let statement = statement(
        local.organisation,
        &access.by.subject,
        local.now,
        &reviewed.what,
        &reviewed.findings,
    );
    let signature = local.signing_key.sign(CONTEXT, statement.as_bytes());
    let review = AccessReview {
        id,
        reviewer: access.by.subject.clone(),
        signed_at: local.now,
        findings: reviewed.findings,
        statement,
        key_id: local.signing_key.public().key_id(),
        signature: *signature.as_bytes(),
    };
    writes.access.reviews.push(review.clone());
    if writes.audit.is_empty() {
        seal(local, &mut writes, access);
    }
    Decided { writes, answer: Ok(review) }
}

fn statement(
    organisation: &OrgId,
    reviewer: &str,
    at: Timestamp,
    what: &ReviewedWhat,
    findings: &[ReviewFinding],
) -> String {
    let what = match what {
        ReviewedWhat::BreakGlass(id) => format!("break-glass {id}"),
        ReviewedWhat::Sample(wish, entries, digest) => format!(
            "from {}\nuntil {}\nsize {}\nseed {}\nentries {entries}\nsha256 {digest}",
            wish.from.as_millis(),
            wish.until.as_millis(),
            wish.size,
            wish.seed
        ),
    };
    let findings: Vec<&str> = findings.iter().map(|finding| finding.as_str()).collect();
    format!(
        "{CONTEXT}\norganisation {organisation}\nreviewer {reviewer}\nsigned-at {}\n{what}\nfindings {}\n",
        at.as_millis(),
        findings.join(",")
    )
}
