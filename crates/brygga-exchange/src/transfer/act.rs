//! Either side does something about a transfer, and tells the other.

use brygga_domain::transfer::{Transfer, TransferAct};
use brygga_domain::{MessageId, Refusal};
use brygga_policy::{Principal, check_ground};
use brygga_wire::transfer::encode_act;

use super::TransferPart;
use super::request::{own_part, sealed_info};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::referral::PreparedContent;
use crate::{Decided, Local, WriteSet};

/// What somebody does, with the words that go with it, sealed beforehand.
#[derive(Clone, Debug)]
pub struct Acting<'a> {
    /// What.
    pub act: TransferAct,
    /// The message to be.
    pub message_id: MessageId,
    /// The words of an answer or a hand-over.
    pub content: Option<&'a PreparedContent>,
}

/// The own organisation and the other.
#[derive(Clone, Copy, Debug)]
pub struct Ends<'a> {
    /// The own organisation.
    pub own: &'a Principal,
    /// The other.
    pub peer: &'a Principal,
}

/// Decides what somebody does. No agreement is asked: what has begun can be finished.
///
/// Refused as [`Transfer::act`] and [`check_ground`].
pub fn act(
    local: &mut Local<'_>,
    actor: &Actor,
    mut transfer: Transfer,
    chain: Option<Chain>,
    acting: &Acting<'_>,
    ends: Ends<'_>,
) -> Decided<Transfer> {
    let subject = transfer.id.to_string();
    let action = format!("transfer.{}", acting.act.as_str());
    let before = transfer.revision;
    let changed = match decide(local, &mut transfer, acting, ends) {
        Ok(changed) => changed,
        Err(refusal) => return refused(local, actor, &action, &subject, refusal),
    };
    if !changed {
        return Decided { writes: WriteSet::default(), answer: Ok(transfer) };
    }
    let (message_type, payload) = encode_act(transfer.id, &acting.act);
    let draft = Draft {
        message_id: acting.message_id,
        message_type,
        recipient: transfer.peer().clone(),
        recipient_unit: transfer.peer_unit().cloned(),
        conversation: transfer.conversation(),
        agreement: Some((transfer.agreement_id, transfer.agreement_version)),
        expires_at: local.message_end(),
        payload,
        sealed: acting.content.map(|content| (sealed_info(content), content.sealed.clone())),
    };
    let mut writes = compose(local, draft, chain).writes();
    if let Some((content, part)) = acting.content.zip(part_of(&acting.act)) {
        writes.transfers.parts.push(own_part(&transfer, acting.message_id, part, content));
    }
    writes.audit.push(leaf(local, actor, &action, &subject, &Verdict::Done));
    writes.transfers.changed.push((transfer.clone(), before));
    Decided { writes, answer: Ok(transfer) }
}

fn decide(
    local: &Local<'_>,
    transfer: &mut Transfer,
    acting: &Acting<'_>,
    ends: Ends<'_>,
) -> Result<bool, Refusal> {
    if acting.content.is_some() {
        check_ground(ends.own, ends.peer)?;
    }
    transfer.act(&acting.act, local.now)
}

/// Which sealed part goes with an act.
pub(crate) const fn part_of(act: &TransferAct) -> Option<TransferPart> {
    match act {
        TransferAct::Answer(_) => Some(TransferPart::Answer),
        TransferAct::HandOver => Some(TransferPart::HandOver),
        TransferAct::Withdraw
        | TransferAct::Apply { .. }
        | TransferAct::Decide { .. }
        | TransferAct::Appeal { .. }
        | TransferAct::Finalise { .. } => None,
    }
}
