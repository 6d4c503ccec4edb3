//! What must hold at each step.

use brygga_crypto::VerifyingKey;
use brygga_domain::agreement::AgreementState;
use brygga_domain::consent::Use;
use brygga_domain::referral::{Referral, Side, Status};
use brygga_domain::{Reason, ReferralId, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::{Answer, CLOCK_TOLERANCE};
use brygga_exchange::records::OutboxEntry;
use brygga_wire::envelope::{Header, VerifiedEnvelope};
use brygga_wire::receipt::Receipt;

use crate::memory::Memory;
use crate::rows::{carries_note, has_content};

/// Whether the clock has to end a referral at its target.
pub(crate) fn is_due(referral: &Referral, clock: Timestamp) -> bool {
    referral.side == Side::Target
        && referral.status == Status::Requested
        && referral.answer_due <= clock
}

/// Nothing leaves on a consent that has been withdrawn or does not cover it any more, or for longer
/// than the consent holds; and nothing about what was stopped.
pub(crate) fn may_leave(store: &Memory, entry: &OutboxEntry, clock: Timestamp) {
    let kept = store.referrals.get(&ReferralId::from_bytes(*entry.conversation.as_bytes()));
    assert!(!entry.is_erased(), "a message that was erased left");
    let Some(kept) = kept.filter(|_| has_content(entry)) else { return };
    assert!(!carries_note(entry) || entry.expires_at > clock, "a note left after its time");
    // A note of the target has a ground of its own; a source that has stopped keeps nothing of it.
    if kept.referral.side == Side::Target {
        return;
    }
    assert!(!kept.referral.is_stopped, "content left after its ground was taken away");
    if let Some((consent, until)) = kept.referral.grant.consent {
        assert!(entry.expires_at <= until, "content outlives its consent");
        let consent = &store.consents[&consent];
        assert_eq!(consent.withdrawn_at, None, "content left after its consent was withdrawn");
        let wanted = Use {
            recipient: &entry.recipient,
            unit: kept.referral.target_unit.as_ref(),
            categories: &kept.referral.grant.data_categories,
            third_persons: &[],
        };
        assert_eq!(consent.check_scope(wanted), Ok(()), "content left that no consent covers");
    }
}

/// What a message may change, before it does.
pub(crate) fn reception(
    store: &Memory,
    envelope: &VerifiedEnvelope,
    writes: &WriteSet,
    answer: &Answer,
    key: &VerifyingKey,
    clock: Timestamp,
) {
    let header = envelope.header();
    let Answer::Receipt(receipt) = answer else {
        assert!(writes.is_empty(), "a message that failed left a trace");
        return;
    };
    if store.inbox.contains_key(&(header.sender.clone(), header.message_id)) {
        assert!(writes.is_empty(), "a repeat had an effect");
        return;
    }
    let [entry] = &writes.inbox[..] else { panic!("a receipt for what is not stored") };
    assert_eq!(entry.receipt, *receipt, "another receipt was stored than given");
    let rest = WriteSet {
        inbox: Vec::new(),
        chains: Vec::new(),
        audit: Vec::new(),
        register: Vec::new(),
        ..writes.clone()
    };
    let refusal = refusal(receipt, key);
    if refusal == Some(Reason::NegotiationDiverged) {
        gives_up_no_more_than_its_own(&rest, header);
    } else {
        assert!(refusal.is_none() || rest.is_empty(), "a refused message changed something");
    }
    if refusal == Some(Reason::AgreementNotInForce) {
        not_too_early(store, header, clock);
    }
    for new in &writes.new_referrals {
        permitted(store, &new.referral, clock);
    }
    let step = writes.chains.iter().find(|step| step.conversation == header.conversation);
    let step = step.expect("a message that is stored moves its thread");
    let before = step.before.and_then(|chain| chain.received_head);
    assert_eq!(header.previous_hash, before, "a message was taken beside its thread");
    assert_eq!(step.after.received_head, Some(envelope.header_digest()), "a thread without it");
}

/// What two proposed otherwise is ended here and the others are told; nothing else changes.
fn gives_up_no_more_than_its_own(changed: &WriteSet, header: &Header) {
    for record in &changed.agreements {
        let terms = record.terms();
        assert_eq!(header.agreement, Some((terms.agreement_id, terms.version)), "another version");
        assert!(!record.is_signed() && record.terminated_at().is_some(), "what all signed ended");
    }
    let rest = WriteSet { agreements: Vec::new(), outbox: Vec::new(), ..changed.clone() };
    assert!(rest.is_empty(), "diverging proposals changed something else");
}

fn refusal(receipt: &[u8], key: &VerifyingKey) -> Option<Reason> {
    let receipt = Receipt::decode(receipt).expect("a receipt that can be read");
    receipt.verify(key).expect("a receipt that is signed").verdict.reason()
}

/// A sender that holds all signatures, or whose clock is somewhat ahead, is not refused for good:
/// what is missing here is on its way.
fn not_too_early(store: &Memory, header: &Header, clock: Timestamp) {
    let cited = header.agreement.and_then(|cited| store.agreements.get(&cited));
    let cited = cited.expect("an agreement that is held is not in force");
    let is_early = match cited.state(clock) {
        AgreementState::Proposed { missing } => !missing.contains(&header.recipient),
        AgreementState::Signed => cited.terms().valid_from <= clock.plus(CLOCK_TOLERANCE),
        _ => false,
    };
    assert!(!is_early, "a request was refused for what is on its way");
}

/// Whatever begins at a target does so under an agreement in force and on a consent that stands.
fn permitted(store: &Memory, referral: &Referral, clock: Timestamp) {
    let grant = &referral.grant;
    let record = store.agreements.get(&(grant.agreement_id, grant.agreement_version));
    let state = record.map(|record| record.state(clock));
    assert_eq!(state, Some(AgreementState::Active), "a referral without an agreement in force");
    if let Some((_, until)) = grant.consent {
        assert!(clock < until, "a referral on a consent that is over");
    }
    let answer_time = referral.answer_due.millis_since(clock);
    let promised = referral.request.respond_by.millis_since(referral.requested_at);
    assert!(answer_time >= promised, "a referral that is late before it has come");
}
