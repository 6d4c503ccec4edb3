//! Whoever looks for a place: asks, extends, confirms, gives back, and hears the answers.

use brygga_domain::capacity::{Departed, Hold, HoldAct, HoldItem, HoldState};
use brygga_domain::{AgreementId, HoldId, OrgId, Reason, Seconds, Timestamp};
use brygga_wire::capacity::{encode_hold_changed, encode_hold_requested};
use brygga_wire::envelope::MessageType;

use super::NewHold;
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::{Chain, IdempotencyKey};
use crate::{Decided, Local, WriteSet};

/// How long somebody waits for an answer: whoever looks for a bed tonight does not take one tomorrow.
const ANSWERED_WITHIN: Seconds = Seconds(120);

/// What somebody wants held. The gate has permitted it.
#[derive(Clone, Debug)]
pub struct Placing {
    /// Who gives the places.
    pub publisher: OrgId,
    /// What.
    pub items: Vec<HoldItem>,
    /// For how long.
    pub ttl: Seconds,
    /// Whether a child comes along.
    pub with_child: bool,
    /// The hold whose place is to be had again, and for how many days after a departure that can be asked for; none for no
    /// re-entry.
    pub reentry: Option<(Departed, u32)>,
    /// Agreement that it goes under, and its version.
    pub agreement: (AgreementId, u32),
    /// Its rule.
    pub rule_id: String,
    /// Since when its quota is counted; none where it does not count.
    pub counts_since: Option<Timestamp>,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
}

impl Placing {
    /// The hold that it asks for, before anybody has answered.
    pub(crate) fn hold(&self, id: HoldId, local: &Local<'_>) -> Hold {
        let (agreement_id, agreement_version) = self.agreement;
        Hold {
            id,
            publisher: self.publisher.clone(),
            holder: local.organisation.clone(),
            items: self.items.clone(),
            with_child: self.with_child,
            agreement_id,
            agreement_version,
            rule_id: self.rule_id.clone(),
            counts_since: self.counts_since,
            requested_at: local.now,
            reentry_of: self.reentry.as_ref().map(|(departed, _)| departed.hold.id),
            ttl: self.ttl,
            state: HoldState::Requested,
            changed_at: local.now,
            extensions: 0,
            pending: None,
            revision: 1,
        }
    }
}

/// Asks a publisher to hold places, or for a place in its queue. The caller has looked for its idempotency key and found
/// nothing.
///
/// Refused as [`Departed::check`].
pub fn place(local: &mut Local<'_>, actor: &Actor, placing: Placing) -> Decided<Hold> {
    let id = HoldId::from_bytes(local.identifier());
    let hold = placing.hold(id, local);
    let (agreement_id, agreement_version) = placing.agreement;
    if let Some((departed, days)) = &placing.reentry
        && let Err(refusal) = departed.check(&hold, *days, local.now)
    {
        return refused(local, actor, "hold.place", &id.to_string(), refusal);
    }
    // Whoever waits to come back waits for the answer too.
    let answer_by = match hold.reentry_of {
        Some(_) => local.message_end(),
        None => local.now.plus(ANSWERED_WITHIN),
    };
    let payload = encode_hold_requested(&hold, answer_by);
    let draft = draft(local, &hold, MessageType::CapacityHoldRequested, payload);
    let mut writes = compose(local, draft, None).writes();
    let clause = format!("{agreement_id}/{agreement_version}/{}", hold.rule_id);
    let permitted = Verdict::Permitted { clause };
    writes.audit.push(leaf(local, actor, "hold.place", &id.to_string(), &permitted));
    let idempotency = Some(placing.idempotency);
    writes.capacity.new_holds.push(NewHold { hold: hold.clone(), idempotency });
    Decided { writes, answer: Ok(hold) }
}

/// Extends, confirms or gives back; the same again changes nothing.
///
/// Refused as [`Hold::ask`].
pub fn change(
    local: &mut Local<'_>,
    actor: &Actor,
    mut hold: Hold,
    act: HoldAct,
    chain: Option<Chain>,
) -> Decided<Hold> {
    let (before, subject) = (hold.revision, hold.id.to_string());
    let action = format!("hold.{}", act.as_str().to_lowercase());
    match hold.ask(act, local.now) {
        Ok(true) => {}
        Ok(false) => return Decided { writes: WriteSet::default(), answer: Ok(hold) },
        Err(refusal) => return refused(local, actor, &action, &subject, refusal),
    }
    let payload = encode_hold_changed(hold.id, act);
    let draft = draft(local, &hold, MessageType::CapacityHoldChanged, payload);
    let mut writes = compose(local, draft, chain).writes();
    writes.audit.push(leaf(local, actor, &action, &subject, &Verdict::Done));
    writes.capacity.changed_holds.push((hold.clone(), before));
    Decided { writes, answer: Ok(hold) }
}

/// What an answer to a message of a hold does to it. `Ok` is an acceptance at the publisher's instant.
pub fn settle_hold(
    mut hold: Hold,
    message_type: &str,
    answer: Result<Timestamp, Reason>,
    now: Timestamp,
) -> Option<(Hold, u32)> {
    let before = hold.revision;
    let is_request = message_type == MessageType::CapacityHoldRequested.as_str();
    match (is_request, answer) {
        (true, Ok(at)) => hold.granted(at),
        (true, Err(reason)) => hold.refused(reason, now),
        (false, Ok(at)) => hold.settled(Ok(()), at),
        (false, Err(reason)) => hold.settled(Err(reason), now),
    }
    (hold.revision != before).then_some((hold, before))
}

fn draft(local: &mut Local<'_>, hold: &Hold, message_type: MessageType, payload: Vec<u8>) -> Draft {
    Draft {
        message_id: local.message_id(),
        message_type,
        recipient: hold.publisher.clone(),
        recipient_unit: None,
        conversation: hold.conversation(),
        agreement: Some((hold.agreement_id, hold.agreement_version)),
        expires_at: local.message_end(),
        payload,
        sealed: None,
    }
}
