//! Whoever waits to come back gets what is free, and is told where it stands: in the transaction that changed it.

use std::collections::BTreeMap;

use brygga_domain::HoldId;
use brygga_domain::capacity::{Hold, HoldState, Promised, Publication, advance};
use brygga_wire::capacity::encode_hold_moved;
use brygga_wire::envelope::MessageType;

use crate::audit::{Actor, Verdict, leaf};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::{Local, WriteSet};

/// Moves the queues of a service on. Whoever decides about the hold `acting` stores and tells it; the others are stored
/// and told here.
pub(super) fn move_on(
    local: &mut Local<'_>,
    publication: &Publication,
    (promised, waiting, threads): (&mut Promised, &mut [Hold], &BTreeMap<HoldId, Chain>),
    acting: Option<HoldId>,
    writes: &mut WriteSet,
) {
    let before: Vec<u32> = waiting.iter().map(|hold| hold.revision).collect();
    for index in advance(publication, promised, waiting, local.now) {
        let hold = &waiting[index];
        if matches!(hold.state, HoldState::Held { .. }) {
            let subject = hold.id.to_string();
            writes.audit.push(leaf(local, &Actor::Clock, "hold.grant", &subject, &Verdict::Done));
        }
        if Some(hold.id) != acting {
            writes.merge(tell_turn(local, hold, threads.get(&hold.id).copied()));
            writes.capacity.changed_holds.push((hold.clone(), before[index]));
        }
    }
}

/// Tells its holder where a hold stands; nothing of one that neither waits nor is held.
pub(crate) fn tell_turn(local: &mut Local<'_>, hold: &Hold, chain: Option<Chain>) -> WriteSet {
    let Some(turn) = hold.turn() else { return WriteSet::default() };
    let draft = Draft {
        message_id: local.message_id(),
        message_type: MessageType::CapacityHoldMoved,
        recipient: hold.holder.clone(),
        recipient_unit: None,
        conversation: hold.conversation(),
        agreement: Some((hold.agreement_id, hold.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_hold_moved(hold.id, turn),
        sealed: None,
    };
    compose(local, draft, chain).writes()
}
