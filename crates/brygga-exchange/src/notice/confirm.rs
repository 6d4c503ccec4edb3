//! The municipality confirms a notice, and names who works with it (rule R16).

use brygga_domain::MessageId;
use brygga_domain::notice::EvictionNotice;
use brygga_wire::envelope::MessageType;
use brygga_wire::notice::encode_confirmed;

use super::send::own_part;
use super::{ChangedNotice, NoticePart};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::referral::PreparedContent;
use crate::transfer::sealed_info;
use crate::{Decided, Local, WriteSet};

/// A confirmation, sealed beforehand.
#[derive(Clone, Debug)]
pub struct Confirming<'a> {
    /// The message to be.
    pub message_id: MessageId,
    /// Who works with it.
    pub content: &'a PreparedContent,
}

/// Decides a confirmation. A second one changes nothing and sends nothing.
///
/// Refused as [`EvictionNotice::confirm`].
pub fn confirm(
    local: &mut Local<'_>,
    actor: &Actor,
    mut notice: EvictionNotice,
    chain: Option<Chain>,
    confirming: &Confirming<'_>,
) -> Decided<EvictionNotice> {
    let subject = notice.id.to_string();
    let before = notice.revision;
    match notice.confirm(local.now) {
        Err(refusal) => return refused(local, actor, "notice.confirm", &subject, refusal),
        Ok(false) => return Decided { writes: WriteSet::default(), answer: Ok(notice) },
        Ok(true) => {}
    }
    let Confirming { message_id, content } = *confirming;
    let draft = Draft {
        message_id,
        message_type: MessageType::NoticeConfirmed,
        recipient: notice.sender.clone(),
        recipient_unit: notice.sender_unit.clone(),
        conversation: notice.conversation(),
        agreement: Some((notice.agreement_id, notice.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_confirmed(notice.id, notice.message_id),
        sealed: Some((sealed_info(content), content.sealed.clone())),
    };
    let mut writes = compose(local, draft, chain).writes();
    writes.notices.parts.push(own_part(&notice, message_id, NoticePart::Confirmation, content));
    writes.audit.push(leaf(local, actor, "notice.confirm", &subject, &Verdict::Done));
    let changed = ChangedNotice { notice: notice.clone(), before, idempotency: None };
    writes.notices.changed.push(changed);
    Decided { writes, answer: Ok(notice) }
}
