//! An agreement as a node holds it: the terms, the bytes that were signed, who signed, and its end.

use super::{AgreementTerms, PartyRole, Priority, ResponseTime, Suspension};
use crate::{OrgId, Reason, Refusal, Timestamp};

/// One party's signature, verified before it comes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementSignature {
    /// Who signed.
    pub organisation: OrgId,
    /// Signing key as the registry names it.
    pub key_id: String,
    /// When it signed, on its clock.
    pub signed_at: Timestamp,
    /// Ed25519 over the context `agreement`, the digest of the terms and `signed_at`.
    pub signature: [u8; 64],
}

/// Where an agreement stands at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgreementState {
    /// Somebody whose signature it needs has not signed.
    Proposed {
        /// Who has not, in the order of the terms.
        missing: Vec<OrgId>,
    },
    /// All whose signature it needs have signed, and its time has not come.
    Signed,
    /// In force.
    Active,
    /// In force, and a participant lets nothing new begin for now; only whoever holds all versions can tell.
    Suspended,
    /// A newer version has taken over; only whoever holds all versions can tell.
    Superseded,
    /// Its time is over.
    Expired,
    /// A party ended it.
    Terminated,
}

/// An agreement as a node holds it. Used in stored state.
///
/// NOT protected here: that `terms_bytes` decode to `terms`, that `terms_digest` is their SHA-256
/// and that the signatures verify. Whoever makes a record has checked all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementRecord {
    terms: AgreementTerms,
    terms_bytes: Vec<u8>,
    terms_digest: [u8; 32],
    signatures: Vec<AgreementSignature>,
    verified_by: Vec<OrgId>,
    terminated_at: Option<Timestamp>,
    suspensions: Vec<Suspension>,
}

impl AgreementRecord {
    /// A record without signatures, around the exact bytes that the parties sign.
    pub const fn proposed(
        terms: AgreementTerms,
        terms_bytes: Vec<u8>,
        terms_digest: [u8; 32],
    ) -> Self {
        Self {
            terms,
            terms_bytes,
            terms_digest,
            signatures: Vec::new(),
            verified_by: Vec::new(),
            terminated_at: None,
            suspensions: Vec::new(),
        }
    }

    /// The checked terms.
    pub const fn terms(&self) -> &AgreementTerms {
        &self.terms
    }

    /// The terms, byte for byte as they were signed.
    pub fn terms_bytes(&self) -> &[u8] {
        &self.terms_bytes
    }

    /// SHA-256 of [`Self::terms_bytes`].
    pub const fn terms_digest(&self) -> &[u8; 32] {
        &self.terms_digest
    }

    /// The signatures held so far, in the order in which they came.
    pub fn signatures(&self) -> &[AgreementSignature] {
        &self.signatures
    }

    /// From when it is terminated; none while nobody has ended it.
    pub const fn terminated_at(&self) -> Option<Timestamp> {
        self.terminated_at
    }

    /// Adds a verified signature. Returns whether it was new: a party's first signature is kept.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] when the signer is no party.
    pub fn add_signature(&mut self, signature: AgreementSignature) -> Result<bool, Refusal> {
        if !self.terms.concerns(&signature.organisation) {
            return Err(Refusal::at(Reason::InvalidField, "signatures.organisation"));
        }
        if self.is_signed_by(&signature.organisation) {
            return Ok(false);
        }
        self.signatures.push(signature);
        Ok(true)
    }

    /// Whether a party's signature is held.
    pub fn is_signed_by(&self, organisation: &OrgId) -> bool {
        self.signatures.iter().any(|signature| signature.organisation == *organisation)
    }

    /// Notes that a signatory holds every signature that the version needs. Returns whether that is news.
    pub fn verify(&mut self, organisation: &OrgId) -> bool {
        let is_news = self.is_signed_by(organisation) && !self.has_verified(organisation);
        if is_news {
            self.verified_by.push(organisation.clone());
        }
        is_news
    }

    /// Who signs and has told that it holds every signature.
    pub fn verified_by(&self) -> &[OrgId] {
        &self.verified_by
    }

    /// Whether a signatory has told that it holds every signature.
    pub fn has_verified(&self, organisation: &OrgId) -> bool {
        self.verified_by.contains(organisation)
    }

    /// Ends it from `at` on. Returns whether that changed anything: only an earlier end wins.
    pub fn terminate(&mut self, at: Timestamp) -> bool {
        let earlier = self.terminated_at.is_none_or(|held| at < held);
        if earlier {
            self.terminated_at = Some(at);
        }
        earlier
    }

    /// Ends it before it ever was in force, since a signature that it needs will not come; one that comes all the same
    /// changes nothing. Returns whether that changed anything.
    pub fn decline(&mut self, now: Timestamp) -> bool {
        self.terminate(self.declined_at(now))
    }

    /// From when it is terminated where somebody declines it at an instant: never after its beginning.
    pub fn declined_at(&self, at: Timestamp) -> Timestamp {
        at.min(self.terms.valid_from)
    }

    /// Who has suspended it now.
    pub fn suspensions(&self) -> &[Suspension] {
        &self.suspensions
    }

    /// Turns a participant's switch. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Reason::RoleDenied`] for who takes no part.
    pub fn suspend(&mut self, suspension: Suspension) -> Result<bool, Refusal> {
        if !self.has_participant(&suspension.organisation) {
            return Err(Refusal::new(Reason::RoleDenied));
        }
        let changed = !self.suspensions.contains(&suspension);
        self.resume(&suspension.organisation);
        self.suspensions.push(suspension);
        Ok(changed)
    }

    /// Turns a participant's switch back. Returns whether that changed anything.
    pub fn resume(&mut self, organisation: &OrgId) -> bool {
        let before = self.suspensions.len();
        self.suspensions.retain(|held| held.organisation != *organisation);
        self.suspensions.len() < before
    }

    /// Where it stands by itself, whatever other versions say. Of two ends, the one that came first counts; an end hides missing signatures.
    pub fn state(&self, now: Timestamp) -> AgreementState {
        let terminated = self.terminated_at.filter(|at| *at <= now && *at < self.terms.valid_until);
        if terminated.is_some() {
            return AgreementState::Terminated;
        }
        if now >= self.terms.valid_until {
            return AgreementState::Expired;
        }
        let missing = self.missing();
        if !missing.is_empty() {
            return AgreementState::Proposed { missing };
        }
        if now < self.terms.valid_from { AgreementState::Signed } else { AgreementState::Active }
    }

    /// Whether everybody has signed whose signature it needs.
    pub fn is_signed(&self) -> bool {
        self.missing().is_empty()
    }

    /// Whether it has at some time up to `now` been in force, so that earlier versions are closed for good (KAL-04).
    pub fn has_begun(&self, now: Timestamp) -> bool {
        let ended_before = self.terminated_at.is_some_and(|at| at <= self.terms.valid_from);
        now >= self.terms.valid_from && !ended_before && self.missing().is_empty()
    }

    /// Whether the parties are to evaluate it now. `state` is where it stands among its versions: a newer one that has
    /// begun answers the evaluation, and of what has ended nobody is reminded.
    pub fn evaluation_is_due(&self, state: &AgreementState, now: Timestamp) -> bool {
        matches!(state, AgreementState::Active | AgreementState::Suspended)
            && self.terms.evaluation_due.is_some_and(|due| due <= now)
    }

    /// Whether an organisation is a party that may send and receive under it.
    pub fn has_participant(&self, organisation: &OrgId) -> bool {
        self.terms.role(organisation) == Some(PartyRole::Participant)
    }

    /// How soon the target must act on a referral.
    pub fn response_time(&self, priority: Priority) -> ResponseTime {
        self.terms.response_times.of(priority)
    }

    fn missing(&self) -> Vec<OrgId> {
        let signatories = self.terms.signatories();
        signatories.filter(|organisation| !self.is_signed_by(organisation)).cloned().collect()
    }
}
