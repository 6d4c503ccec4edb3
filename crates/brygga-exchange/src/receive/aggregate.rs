//! A question for this organisation's numbers, which its node answers by itself, and the answers to its own.

use brygga_domain::aggregate::{Quarter, Table};
use brygga_domain::{AgreementId, MemberKind, Reason, Refusal};
use brygga_policy::{AggregateQuestion, decide_aggregate};
use brygga_wire::aggregate::{
    decode_aggregate_reported, decode_aggregate_requested, encode_aggregate_reported,
    reported_table,
};
use brygga_wire::envelope::{MessageType, VerifiedEnvelope};
use rand_core::Rng;

use super::{CLOCK_TOLERANCE, Effect, Held, NoEffect, Receiver};
use crate::aggregate::{AggregateHeld, AskedAggregate, ToldAggregate, clause};
use crate::agreement::conversation;
use crate::audit::Verdict;
use crate::compose::{Draft, compose};
use crate::{Local, WriteSet};

/// Somebody asks. What was told before is told again, byte for byte.
pub(super) fn requested(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (agreement, quarter) = decode_aggregate_requested(envelope.payload(), header)?;
    let question = AggregateQuestion {
        reader: &header.sender,
        teller: receiver.me,
        agreement,
        quarter,
        agreements: receiver.agreements,
        now: local.now,
    };
    let is_early = !quarter.is_over(local.now);
    let grant = decide_aggregate(&question).map_err(|refusal| {
        // The reader's clock may rightly be ahead.
        let is_soon = is_early && quarter.is_over(local.now.plus(CLOCK_TOLERANCE));
        if is_soon && refusal.reason == Reason::InvalidField {
            NoEffect::NotYet(refusal)
        } else {
            NoEffect::Refused(refusal)
        }
    })?;
    let (told, report) = told(local, receiver, (agreement, quarter), held.aggregate)?;
    let mut writes = WriteSet::default();
    writes.aggregates.told = told;
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::AggregateReported,
        recipient: header.sender.clone(),
        recipient_unit: None,
        conversation: conversation(agreement),
        agreement: Some((agreement, grant.version)),
        expires_at: local.message_end(),
        payload: report,
        sealed: None,
    };
    writes.merge(compose(local, draft, held.chain).writes());
    let chain = writes.chains.first().map(|step| step.after);
    let clause = clause(agreement, &grant);
    Ok(Effect { writes, rule_id: grant.rule_id, verdict: Verdict::Permitted { clause }, chain })
}

/// What is told for the first time and kept from now on, and the answer.
fn told(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    (agreement, quarter): (AgreementId, Quarter),
    held: AggregateHeld,
) -> Result<(Vec<ToldAggregate>, Vec<u8>), NoEffect> {
    if let Some(told) = held.told {
        return Ok((Vec::new(), told.report));
    }
    // The quarter ended, or a rule began, after the counting was left out: what is told now is told for good.
    let uncounted = NoEffect::NotYet(Refusal::new(Reason::RecipientUnavailable));
    let counted = held.counted.ok_or(uncounted)?;
    let (mut new, mut tables) = (Vec::new(), Vec::new());
    let now = local.now;
    let tell = |agreement, table: &Table| {
        let report = encode_aggregate_reported(agreement, quarter, table);
        ToldAggregate { agreement, quarter, told_at: now, report }
    };
    for mut part in counted {
        if let Some(told) = part.told {
            tables.push(reported_table(&told.report)?);
            continue;
        }
        part.arrived
            .retain(|one| (receiver.members)(&one.sender).is_some_and(|it| is_counted(it.kind)));
        let table = Table::publish(&part.arrived, |places| draw(local.rng, places));
        new.push(tell(part.agreement, &table));
        tables.push(table);
    }
    let itself = new.iter().find(|told| told.agreement == agreement).cloned();
    let told = itself.unwrap_or_else(|| {
        let told = tell(agreement, &Table::together(&tables));
        new.push(told.clone());
        told
    });
    Ok((new, told.report))
}

/// A place of so many, each as likely as the others; the bias of the remainder is immaterial for a handful of places.
fn draw(rng: &mut dyn Rng, places: usize) -> usize {
    let places = u64::try_from(places).unwrap_or(u64::MAX).max(1);
    usize::try_from(rng.next_u64() % places).unwrap_or(0)
}

/// Whether what somebody sent is counted: who comes from protected housing stands in no table of one party (domain
/// guide 6.2). What comes from an organisation that the registry does not know is not counted either.
fn is_counted(sender: MemberKind) -> bool {
    sender != MemberKind::CivilSocietyProtected
}

/// A party tells. Only what was asked for is taken, once.
pub(super) fn reported(envelope: &VerifiedEnvelope, held: Held) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (agreement, quarter, _) = decode_aggregate_reported(envelope.payload(), header)?;
    let is_it = |asked: &AskedAggregate| {
        (asked.agreement, asked.quarter, &asked.teller) == (agreement, quarter, &header.sender)
    };
    let unasked = Refusal::at(Reason::NotFound, "payload.agreement_id");
    let asked = held.aggregate.asked.filter(is_it).ok_or(unasked)?;
    let mut writes = WriteSet::default();
    match &asked.report {
        Some(report) if *report == envelope.payload() => {}
        Some(_) => return Err(Refusal::at(Reason::IdempotencyMismatch, "payload").into()),
        None => {
            let report = Some(envelope.payload().to_vec());
            writes.aggregates.asked.push(AskedAggregate { report, ..asked });
        }
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}
