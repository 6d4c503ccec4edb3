//! What must hold at each step.

use brygga_domain::agreement::AgreementState;
use brygga_domain::referral::{Referral, Side, Status};
use brygga_domain::{ReferralId, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::Answer;
use brygga_exchange::records::OutboxEntry;
use brygga_wire::receipt::Receipt;

use crate::memory::Memory;

/// Whether the clock has to end a referral at its target.
pub(crate) fn is_due(referral: &Referral, clock: Timestamp) -> bool {
    referral.side == Side::Target
        && referral.status == Status::Requested
        && referral.answer_due <= clock
}

/// Nothing leaves on a consent that has been withdrawn.
pub(crate) fn may_leave(store: &Memory, entry: &OutboxEntry) {
    let kept = store.referrals.get(&ReferralId::from_bytes(*entry.conversation.as_bytes()));
    let request = kept.filter(|kept| kept.request_message == entry.message_id);
    if let Some((consent, _)) = request.and_then(|kept| kept.referral.grant.consent) {
        let withdrawn_at = store.consents[&consent].withdrawn_at;
        assert_eq!(withdrawn_at, None, "a request left after its consent was withdrawn");
    }
}

/// What a message may change, before it does.
pub(crate) fn reception(
    store: &Memory,
    writes: &WriteSet,
    answer: &Answer,
    is_repeat: bool,
    clock: Timestamp,
) {
    let Answer::Receipt(receipt) = answer else {
        assert!(writes.is_empty(), "a message that failed left a trace");
        return;
    };
    if is_repeat {
        assert!(writes.is_empty(), "a repeat had an effect");
        return;
    }
    let [entry] = &writes.inbox[..] else { panic!("a receipt for what is not stored") };
    assert_eq!(entry.receipt, *receipt, "another receipt was stored than given");
    let rest = WriteSet {
        inbox: Vec::new(),
        chains: Vec::new(),
        audit: Vec::new(),
        ..writes.clone()
    };
    let verdict = |receipt: Receipt| receipt.to_proto().statement;
    let statement = Receipt::decode(receipt).map(verdict).expect("a receipt that can be read");
    let is_refused = writes.audit.iter().any(|leaf| is_refusal(&leaf.entry));
    assert!(!is_refused || rest.is_empty(), "a refused message changed something");
    assert!(!statement.is_empty(), "a receipt that says nothing");
    for new in &writes.new_referrals {
        permitted(store, &new.referral, clock);
    }
}

fn is_refusal(entry: &[u8]) -> bool {
    entry.windows(9).any(|window| window == b"\trefused\t")
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
