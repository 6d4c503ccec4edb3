//! A municipality asks another in writing: an agreement must permit it, and the law gives the ground.

use brygga_domain::transfer::{Transfer, TransferDirection, TransferSide};
use brygga_domain::{AgreementId, MessageId, OrgId, TransferId, UnitId};
use brygga_policy::{AgreementBook, Citation, LawQuestion, Permit, Principal, decide_transfer};
use brygga_wire::envelope::{MessageType, SealedInfo};
use brygga_wire::transfer::{Requested, encode_requested};

use super::{NewTransfer, StoredPart, TransferPart};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::IdempotencyKey;
use crate::referral::PreparedContent;
use crate::{Decided, Local};

/// What is asked, with the identifiers that were chosen before the content was sealed.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The transfer to be.
    pub id: TransferId,
    /// The message to be.
    pub message_id: MessageId,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
    /// Municipality that is asked.
    pub target: OrgId,
    /// Function there.
    pub target_unit: Option<UnitId>,
    /// Own function that asks.
    pub source_unit: Option<UnitId>,
    /// Which way the case is to go.
    pub direction: TransferDirection,
    /// Agreement; none for the only one that permits it.
    pub agreement_id: Option<AgreementId>,
}

/// Asks. Whoever calls this has looked for its idempotency key and found nothing.
///
/// Refused as [`decide_transfer`].
pub fn request(
    local: &mut Local<'_>,
    actor: &Actor,
    asking: &Asking,
    content: &PreparedContent,
    (source, target): (&Principal, &Principal),
    agreements: &AgreementBook,
) -> Decided<Transfer> {
    let subject = asking.id.to_string();
    let question = LawQuestion {
        sender: source,
        recipient: target,
        sender_unit: asking.source_unit.as_ref(),
        recipient_unit: asking.target_unit.as_ref(),
        categories: &content.categories,
        child: content.child,
        agreements,
        citation: asking.agreement_id.map_or(Citation::Unnamed, Citation::Current),
        now: local.now,
    };
    let permit = match decide_transfer(&question) {
        Ok(permit) => permit,
        Err(refusal) => return refused(local, actor, "transfer.request", &subject, refusal),
    };
    let transfer = begun(local, asking, content, &permit);
    let requested = Requested {
        id: asking.id,
        direction: asking.direction,
        requester_unit: asking.source_unit.clone(),
        about_child: content.child,
    };
    let draft = Draft {
        message_id: asking.message_id,
        message_type: MessageType::TransferRequested,
        recipient: asking.target.clone(),
        recipient_unit: asking.target_unit.clone(),
        conversation: transfer.conversation(),
        agreement: Some((permit.agreement_id(), permit.version())),
        expires_at: local.message_end(),
        payload: encode_requested(&requested),
        sealed: Some((sealed_info(content), content.sealed.clone())),
    };
    let mut writes = compose(local, draft, None).writes();
    let permitted = Verdict::permitted(&permit);
    writes.audit.push(leaf(local, actor, "transfer.request", &subject, &permitted));
    let idempotency = Some(asking.idempotency.clone());
    writes.transfers.new.push(NewTransfer { transfer: transfer.clone(), idempotency });
    let id = asking.message_id;
    writes.transfers.parts.push(own_part(&transfer, id, TransferPart::Request, content));
    Decided { writes, answer: Ok(transfer) }
}

fn begun(
    local: &Local<'_>,
    asking: &Asking,
    content: &PreparedContent,
    permit: &Permit,
) -> Transfer {
    Transfer {
        id: asking.id,
        side: TransferSide::Requester,
        requester: local.organisation.clone(),
        asked: asking.target.clone(),
        requester_unit: asking.source_unit.clone(),
        asked_unit: asking.target_unit.clone(),
        direction: asking.direction,
        about_child: content.child,
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        position_days: permit.position_days(),
        requested_at: local.now,
        arrived_at: None,
        not_taken: None,
        answer: None,
        applied_on: None,
        decided: None,
        appealed: None,
        finalised: None,
        withdrawn_at: None,
        handed_over_at: None,
        changed_at: local.now,
        revision: 1,
    }
}

/// A part that this node wrote.
pub(super) fn own_part(
    transfer: &Transfer,
    id: MessageId,
    part: TransferPart,
    content: &PreparedContent,
) -> StoredPart {
    let at_rest = content.at_rest.clone();
    StoredPart { id, transfer_id: transfer.id, part, is_own: true, content: Some(at_rest) }
}

/// What the header says of sealed content: always the ground of the law.
pub(crate) fn sealed_info(content: &PreparedContent) -> SealedInfo {
    SealedInfo {
        content_commitment: content.commitment,
        sealing_key_id: content.sealing_key_id.clone(),
        ground: brygga_policy::TRANSFER_GROUND,
        gdpr_basis: brygga_policy::TRANSFER_BASIS,
        data_categories: content.categories.clone(),
    }
}
