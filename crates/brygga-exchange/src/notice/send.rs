//! Kronofogden tells of an eviction: an agreement must permit it, and the law gives the ground.

use brygga_domain::lateness::Lateness;
use brygga_domain::notice::{CaseNumber, EvictionNotice, NoticeKind, NoticeSide, Said};
use brygga_domain::{AgreementId, MessageId, NoticeId, OrgId, Reason, Refusal, UnitId};
use brygga_policy::{AgreementBook, Citation, LawQuestion, Permit, Principal, decide_notice};
use brygga_wire::envelope::MessageType;
use brygga_wire::notice::{Notified, encode_notified};
use jiff::civil::Date;

use super::{ChangedNotice, NewNotice, NoticePart, StoredNoticePart};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::{Chain, IdempotencyKey};
use crate::referral::PreparedContent;
use crate::transfer::sealed_info;
use crate::{Decided, Local};

/// A notice that begins, with the identifiers that were chosen before the content was sealed.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The notice to be.
    pub id: NoticeId,
    /// The message to be.
    pub message_id: MessageId,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
    /// What is told.
    pub kind: NoticeKind,
    /// Whether the person is protected.
    pub protected: bool,
    /// Kronofogden's case.
    pub case_number: CaseNumber,
    /// The municipality where the dwelling is.
    pub target: OrgId,
    /// Function there.
    pub target_unit: Option<UnitId>,
    /// The function there that receives protected post, as the registry tells it.
    pub protected_unit: Option<UnitId>,
    /// Whether the content says that children live there; of a protected person it is not said.
    pub with_children: bool,
    /// Own function that sends.
    pub source_unit: Option<UnitId>,
    /// Agreement; none for the only one that permits it.
    pub agreement_id: Option<AgreementId>,
}

/// Begins a notice. Whoever calls this has looked for its idempotency key and found nothing.
///
/// Refused as [`decide_notice`], and with [`Reason::ProtectedWay`] where a protected person would go to another function
/// than the one for protected post.
pub fn send(
    local: &mut Local<'_>,
    actor: &Actor,
    sending: &Sending,
    content: &PreparedContent,
    (source, target): (&Principal, &Principal),
    agreements: &AgreementBook,
) -> Decided<EvictionNotice> {
    let subject = sending.id.to_string();
    let question = LawQuestion {
        sender: source,
        recipient: target,
        sender_unit: sending.source_unit.as_ref(),
        recipient_unit: sending.target_unit.as_ref(),
        categories: &content.categories,
        child: false,
        agreements,
        citation: sending.agreement_id.map_or(Citation::Unnamed, Citation::Current),
        now: local.now,
    };
    let way =
        check_way(sending.protected, sending.target_unit.as_ref(), sending.protected_unit.as_ref());
    let permit = match way.and_then(|()| decide_notice(&question)) {
        Ok(permit) => permit,
        Err(refusal) => return refused(local, actor, "notice.send", &subject, refusal),
    };
    let notice = begun(local, sending, &permit);
    let draft = draft(local, &notice, Some(content));
    let mut writes = compose(local, draft, None).writes();
    let permitted = Verdict::permitted(&permit);
    writes.audit.push(leaf(local, actor, "notice.send", &subject, &permitted));
    let idempotency = Some(sending.idempotency.clone());
    writes.notices.new.push(NewNotice { notice: notice.clone(), idempotency });
    writes.notices.parts.push(own_part(&notice, notice.message_id, NoticePart::Eviction, content));
    Decided { writes, answer: Ok(notice) }
}

/// Whether what is about a protected person goes to the function for protected post. What is not may go anywhere.
///
/// # Errors
/// [`Reason::ProtectedWay`].
pub(crate) fn check_way(
    protected: bool,
    unit: Option<&UnitId>,
    protected_unit: Option<&UnitId>,
) -> Result<(), Refusal> {
    let goes_there = protected_unit.is_some() && unit == protected_unit;
    if !protected || goes_there {
        Ok(())
    } else {
        Err(Refusal::at(Reason::ProtectedWay, "target_unit"))
    }
}

fn begun(local: &Local<'_>, sending: &Sending, permit: &Permit) -> EvictionNotice {
    EvictionNotice {
        id: sending.id,
        side: NoticeSide::Sender,
        sender: local.organisation.clone(),
        recipient: sending.target.clone(),
        sender_unit: sending.source_unit.clone(),
        recipient_unit: sending.target_unit.clone(),
        protected: sending.protected,
        case_number: sending.case_number.clone(),
        with_children: sending.with_children,
        kind: sending.kind,
        until: None,
        message_id: sending.message_id,
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        sent_at: local.now,
        arrived_at: None,
        not_taken: None,
        confirmed_at: None,
        lateness: Lateness::default(),
        changed_at: local.now,
        revision: 1,
    }
    .timed()
}

/// What is told next in a thread.
#[derive(Clone, Debug)]
pub struct Following<'a> {
    /// The message to be.
    pub message_id: MessageId,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
    /// What is told.
    pub kind: NoticeKind,
    /// The last day of a respite.
    pub until: Option<Date>,
    /// The content, where the kind has one.
    pub content: Option<&'a PreparedContent>,
    /// Whether it says that children live there; of a protected person it is not said.
    pub with_children: bool,
    /// The function there that receives protected post now, as the registry tells it.
    pub protected_unit: Option<UnitId>,
}

/// Tells what comes next. No agreement is asked: a notice that was given has to be corrected.
///
/// Refused as [`EvictionNotice::follow`], with [`Reason::WrongActor`] at the recipient, and with [`Reason::ProtectedWay`]
/// where the function for protected post is another one than when the thread began and something sealed would go to it.
pub fn follow(
    local: &mut Local<'_>,
    actor: &Actor,
    mut notice: EvictionNotice,
    chain: Option<Chain>,
    following: &Following<'_>,
) -> Decided<EvictionNotice> {
    let subject = notice.id.to_string();
    let before = notice.revision;
    if let Err(refusal) = next(local, &mut notice, following) {
        return refused(local, actor, "notice.follow", &subject, refusal);
    }
    let draft = draft(local, &notice, following.content);
    let mut writes = compose(local, draft, chain).writes();
    if let Some(content) = following.content {
        let part = own_part(&notice, notice.message_id, NoticePart::Eviction, content);
        writes.notices.parts.push(part);
    }
    writes.audit.push(leaf(local, actor, "notice.follow", &subject, &Verdict::Done));
    let idempotency = Some(following.idempotency.clone());
    writes.notices.changed.push(ChangedNotice { notice: notice.clone(), before, idempotency });
    Decided { writes, answer: Ok(notice) }
}

fn next(
    local: &Local<'_>,
    notice: &mut EvictionNotice,
    following: &Following<'_>,
) -> Result<(), Refusal> {
    if notice.side != NoticeSide::Sender {
        return Err(Refusal::new(Reason::WrongActor));
    }
    if following.content.is_some() {
        let unit = notice.recipient_unit.as_ref();
        check_way(notice.protected, unit, following.protected_unit.as_ref())?;
    }
    let said = Said {
        message_id: following.message_id,
        sent_at: local.now,
        arrived_at: None,
        with_children: following.content.map(|_| following.with_children),
        until: following.until,
    };
    notice.follow(following.kind, said, local.now)
}

fn draft(local: &Local<'_>, notice: &EvictionNotice, content: Option<&PreparedContent>) -> Draft {
    let notified = Notified {
        id: notice.id,
        case_number: notice.case_number.clone(),
        kind: notice.kind,
        protected: notice.protected,
        sender_unit: notice.sender_unit.clone(),
        with_children: notice.with_children && content.is_some(),
        until: notice.until,
    };
    Draft {
        message_id: notice.message_id,
        message_type: MessageType::NoticeEviction,
        recipient: notice.recipient.clone(),
        recipient_unit: notice.recipient_unit.clone(),
        conversation: notice.conversation(),
        agreement: Some((notice.agreement_id, notice.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_notified(&notified),
        sealed: content.map(|content| (sealed_info(content), content.sealed.clone())),
    }
}

/// A part that this node wrote.
pub(super) fn own_part(
    notice: &EvictionNotice,
    id: MessageId,
    part: NoticePart,
    content: &PreparedContent,
) -> StoredNoticePart {
    let content = Some(content.at_rest.clone());
    StoredNoticePart { id, notice_id: notice.id, part, is_own: true, content }
}
