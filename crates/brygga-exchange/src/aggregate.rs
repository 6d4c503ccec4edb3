//! Aggregates: what this organisation asks of others, and what it has told them.
//!
//! A table is counted when somebody first asks for it and kept from then on (`receive/aggregate.rs`): whoever asks
//! again gets the same bytes, so that nobody learns of one case from two answers.

use brygga_domain::aggregate::{Contribution, Quarter};
use brygga_domain::{AgreementId, MessageId, OrgId, Timestamp};
use brygga_policy::AggregateGrant;
use brygga_wire::aggregate::encode_aggregate_requested;
use brygga_wire::envelope::MessageType;

use crate::agreement::conversation;
use crate::audit::{Actor, Verdict, leaf};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::{Key, Local, WriteSet};

/// A question of this organisation, and its answer. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedAggregate {
    /// The agreement.
    pub agreement: AgreementId,
    /// The quarter.
    pub quarter: Quarter,
    /// Who was asked.
    pub teller: OrgId,
    /// When it was last asked.
    pub asked_at: Timestamp,
    /// The message that asked.
    pub message_id: MessageId,
    /// The payload of the answer, byte for byte; none before it.
    pub report: Option<Vec<u8>>,
}

/// What this organisation tells of a quarter. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldAggregate {
    /// The agreement.
    pub agreement: AgreementId,
    /// The quarter.
    pub quarter: Quarter,
    /// When it was counted.
    pub told_at: Timestamp,
    /// The payload that everybody gets who may read it, byte for byte.
    pub report: Vec<u8>,
}

/// What is held that a question or an answer is about.
#[derive(Clone, Debug, Default)]
pub struct AggregateHeld {
    /// What this organisation has told of the quarter.
    pub told: Option<ToldAggregate>,
    /// Where it has told nothing: each agreement that is counted, which may have been told by itself. None where nothing
    /// was counted, since whoever asks may not read it.
    pub counted: Option<Vec<CountedAgreement>>,
    /// The question that an answer answers.
    pub asked: Option<AskedAggregate>,
}

/// One agreement whose referrals are counted.
#[derive(Clone, Debug)]
pub struct CountedAgreement {
    /// The agreement.
    pub agreement: AgreementId,
    /// What was told of it.
    pub told: Option<ToldAggregate>,
    /// Where nothing was told: what arrived.
    pub arrived: Vec<Contribution>,
}

/// What a decision changes about aggregates. Stored with the rest of its [`WriteSet`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AggregateWrites {
    /// Tables that are told for the first time.
    pub told: Vec<ToldAggregate>,
    /// Questions, new, asked again or answered. An answer that is held stays.
    pub asked: Vec<AskedAggregate>,
}

impl AggregateWrites {
    /// Everything that is written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let told = self.told.iter().map(|one| Key::Aggregate(one.agreement, one.quarter));
        told.chain(self.asked.iter().map(|one| Key::Aggregate(one.agreement, one.quarter)))
    }

    /// Adds what another decision changes.
    pub(crate) fn merge(&mut self, other: Self) {
        self.told.extend(other.told);
        self.asked.extend(other.asked);
    }
}

/// Asks a party for its numbers. `chain` is the thread with it as it is stored now.
pub fn ask(
    local: &mut Local<'_>,
    actor: &Actor,
    question: (AgreementId, Quarter, &OrgId),
    grant: &AggregateGrant,
    chain: Option<Chain>,
) -> WriteSet {
    let (agreement, quarter, teller) = question;
    let message_id = local.message_id();
    let draft = Draft {
        message_id,
        message_type: MessageType::AggregateRequested,
        recipient: teller.clone(),
        recipient_unit: None,
        conversation: conversation(agreement),
        agreement: Some((agreement, grant.version)),
        expires_at: local.message_end(),
        payload: encode_aggregate_requested(agreement, quarter),
        sealed: None,
    };
    let mut writes = compose(local, draft, chain).writes();
    writes.aggregates.asked.push(AskedAggregate {
        agreement,
        quarter,
        teller: teller.clone(),
        asked_at: local.now,
        message_id,
        report: None,
    });
    let verdict = Verdict::Permitted { clause: clause(agreement, grant) };
    let subject = format!("{agreement}/{quarter}/{teller}");
    writes.audit.push(leaf(local, actor, "aggregate.ask", &subject, &verdict));
    writes
}

/// What permits a reading, as the audit log names it.
pub(crate) fn clause(agreement: AgreementId, grant: &AggregateGrant) -> String {
    format!("{agreement}/{}/{}", grant.version, grant.rule_id)
}
