//! Everything that one decision changes, stored whole or not at all.

use brygga_domain::aggregate::Quarter;
use brygga_domain::agreement::{AgreementRecord, SuspensionReason};
use brygga_domain::consent::Consent;
use brygga_domain::referral::{Delivery, Referral};
use brygga_domain::{
    AgreementId, BreakGlassId, CallId, ConsentId, ConversationId, HoldId, InsideDisclosureId,
    MessageId, NoticeId, OfferId, OrgId, ParcelId, ReferralId, RelocationId, ServiceId, StopId,
    Timestamp, TransferId,
};

use crate::access::AccessWrites;
use crate::aggregate::AggregateWrites;
use crate::call::CallWrites;
use crate::capacity::CapacityWrites;
use crate::erase::{Erasure, Subject};
use crate::notice::NoticeWrites;
use crate::offer::OfferWrites;
use crate::quota::QuotaDeclaration;
use crate::records::{
    AuditLeaf, Chain, ConsentAtRest, InboxEntry, NewReferral, OutboxEntry, OutboxState,
    ReferralEvent, StoredNote, StoredStop,
};
use crate::register::{RegisterEntry, RegisterExport};
use crate::relay::RelayWrites;
use crate::relocation::RelocationWrites;
use crate::retention::KeptCase;
use crate::signal::SignalWrites;
use crate::transfer::TransferWrites;

/// The changes of one decision. Used once: stored in one transaction together with nothing else
/// that touches the same [`Key`]s.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteSet {
    /// Referrals that begin.
    pub new_referrals: Vec<NewReferral>,
    /// Referrals that changed, each with the version that it had; another version is a conflict.
    pub changed_referrals: Vec<(Referral, u32)>,
    /// Events of referrals.
    pub events: Vec<ReferralEvent>,
    /// Agreements, new or changed.
    pub agreements: Vec<AgreementRecord>,
    /// Participants' switches that were turned.
    pub suspensions: Vec<SuspensionStep>,
    /// What givers tell of their quotas.
    pub quotas: Vec<QuotaDeclaration>,
    /// Notes in between.
    pub notes: Vec<StoredNote>,
    /// Notices of evictions, sent or received.
    pub notices: NoticeWrites,
    /// Signals about somebody's home, sent or received. Their sealed parts stand among those of notices.
    pub signals: SignalWrites,
    /// Open referrals, own and others', new or changed.
    pub offers: OfferWrites,
    /// Numbers that were asked for and told.
    pub aggregates: AggregateWrites,
    /// Calls for places, own and others', new or changed.
    pub calls: CallWrites,
    /// Own services, holds, and what is known of others' services.
    pub capacity: CapacityWrites,
    /// Orders to stop processing, new or answered.
    pub stops: Vec<StoredStop>,
    /// Cases that move between municipalities.
    pub transfers: TransferWrites,
    /// Consents, new or changed.
    pub consents: Vec<Consent>,
    /// The words of new consents; without them only a dash is stored.
    pub consent_words: Vec<ConsentAtRest>,
    /// Threads, new or grown, each with the chain that was held; another one is a conflict.
    pub chains: Vec<ChainStep>,
    /// Messages to send.
    pub outbox: Vec<OutboxEntry>,
    /// Messages whose fate changed.
    pub outbox_changes: Vec<OutboxChange>,
    /// Messages whose content is taken back before they are delivered: their covers take their place.
    pub covered: Vec<Covered>,
    /// Rows that lose their personal data, after everything above is written.
    pub erasures: Vec<Erasure>,
    /// Messages received.
    pub inbox: Vec<InboxEntry>,
    /// Documents received and sent, for the register.
    pub register: Vec<RegisterEntry>,
    /// Exports of the register that somebody has confirmed to have kept.
    pub register_exports: Vec<RegisterExport>,
    /// Cases that are kept because of a day of birth.
    pub kept: Vec<KeptCase>,
    /// Decisions for the audit log.
    pub audit: Vec<AuditLeaf>,
    /// Officers and protected relocations, new or changed.
    pub relocations: RelocationWrites,
    /// Mailboxes and parcels of exchange networks.
    pub relay: RelayWrites,
    /// Accesses of the organisation's own people, and what they may see.
    pub access: AccessWrites,
}

/// A thread that grew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainStep {
    /// The thread.
    pub conversation: ConversationId,
    /// With whom.
    pub peer: OrgId,
    /// What was held; none where the thread is new.
    pub before: Option<Chain>,
    /// What is to be held.
    pub after: Chain,
}

/// A participant's switch of an agreement that was turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspensionStep {
    /// The agreement.
    pub agreement_id: AgreementId,
    /// Its version.
    pub version: u32,
    /// Whose switch.
    pub organisation: OrgId,
    /// Why and since when; none where it was turned back.
    pub suspended: Option<(SuspensionReason, Timestamp)>,
}

/// A message whose fate changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxChange {
    /// The message.
    pub message_id: MessageId,
    /// Attempts so far.
    pub attempts: u32,
    /// How it is going now.
    pub state: OutboxState,
}

/// A message whose cover takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The message.
    pub message_id: MessageId,
    /// How long the cover is tried.
    pub tried_until: Timestamp,
}

/// What a decision has read or changes; two decisions that share one are never decided on the same reading.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The numbers of a quarter under an agreement, own and others'.
    Aggregate(AgreementId, Quarter),
    /// An agreement.
    Agreement(AgreementId),
    /// One breaking of the glass.
    BreakGlass(BreakGlassId),
    /// A call for places, own or another's.
    Call(CallId),
    /// A consent.
    Consent(ConsentId),
    /// A thread with a peer.
    Conversation(ConversationId, OrgId),
    /// A received message.
    Inbox(OrgId, MessageId),
    /// A hold of places, own or another's.
    Hold(HoldId),
    /// A disclosure inside the house.
    InsideDisclosure(InsideDisclosureId),
    /// A caller's idempotency key.
    Idempotency([u8; 16]),
    /// A notice of an eviction, or a signal.
    Notice(NoticeId),
    /// An open referral, own or another's.
    Offer(OfferId),
    /// A message to send.
    Outbox(MessageId),
    /// A parcel of an exchange network, own or another's.
    Parcel(ParcelId),
    /// The places that are taken in the quotas of an agreement.
    Quota(AgreementId),
    /// A referral.
    Referral(ReferralId),
    /// A protected relocation.
    Relocation(RelocationId),
    /// What is known of a publisher's services.
    Replica(OrgId),
    /// An own service, with what is held of it.
    Service(ServiceId),
    /// An order to stop processing.
    Stop(StopId),
    /// The transfer of a case.
    Transfer(TransferId),
}

impl WriteSet {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Everything that the decision changes.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        for new in &self.new_referrals {
            keys.push(Key::Referral(new.referral.id));
            keys.extend(
                new.idempotency.iter().map(|idempotency| Key::Idempotency(idempotency.key)),
            );
        }
        keys.extend(self.changed_referrals.iter().map(|(referral, _)| Key::Referral(referral.id)));
        let began = self.new_referrals.iter().map(|new| &new.referral);
        let all = began.chain(self.changed_referrals.iter().map(|(referral, _)| referral));
        let counting = all.filter(|referral| referral.grant.counts_since.is_some());
        keys.extend(counting.map(|referral| Key::Quota(referral.grant.agreement_id)));
        let held = self.capacity.holds().filter(|hold| hold.counts_since.is_some());
        keys.extend(held.map(|hold| Key::Quota(hold.agreement_id)));
        keys.extend(self.agreements.iter().map(|held| Key::Agreement(held.terms().agreement_id)));
        keys.extend(self.suspensions.iter().map(|step| Key::Agreement(step.agreement_id)));
        keys.extend(self.quotas.iter().map(|one| Key::Quota(one.span.agreement_id)));
        keys.extend(self.notices.keys());
        keys.extend(self.signals.keys());
        keys.extend(self.offers.keys());
        keys.extend(self.aggregates.keys());
        keys.extend(self.calls.keys());
        keys.extend(self.relocations.keys());
        keys.extend(self.relay.keys());
        keys.extend(self.capacity.keys());
        keys.extend(self.transfers.keys());
        keys.extend(self.stops.iter().map(|stored| Key::Stop(stored.stop.id)));
        keys.extend(self.consents.iter().map(|consent| Key::Consent(consent.consent_id)));
        keys.extend(
            self.chains.iter().map(|step| Key::Conversation(step.conversation, step.peer.clone())),
        );
        keys.extend(self.outbox.iter().map(|entry| Key::Outbox(entry.message_id)));
        keys.extend(self.outbox_changes.iter().map(|change| Key::Outbox(change.message_id)));
        keys.extend(self.covered.iter().map(|covered| Key::Outbox(covered.message_id)));
        keys.extend(self.erasures.iter().flat_map(erased));
        keys.extend(
            self.inbox.iter().map(|entry| Key::Inbox(entry.sender.clone(), entry.message_id)),
        );
        let access = &self.access;
        keys.extend(access.handlers.iter().map(|(referral, _)| Key::Referral(*referral)));
        keys.extend(access.disclosures.iter().map(|one| Key::InsideDisclosure(one.id)));
        keys.extend(access.glasses.iter().map(|glass| Key::BreakGlass(glass.id)));
        keys
    }

    /// Adds the changes of another decision.
    pub fn merge(&mut self, other: Self) {
        self.new_referrals.extend(other.new_referrals);
        self.changed_referrals.extend(other.changed_referrals);
        self.events.extend(other.events);
        self.agreements.extend(other.agreements);
        self.suspensions.extend(other.suspensions);
        self.quotas.extend(other.quotas);
        self.notes.extend(other.notes);
        self.notices.merge(other.notices);
        self.signals.merge(other.signals);
        self.offers.merge(other.offers);
        self.aggregates.merge(other.aggregates);
        self.calls.merge(other.calls);
        self.relocations.merge(other.relocations);
        self.relay.merge(other.relay);
        self.capacity.merge(other.capacity);
        self.transfers.merge(other.transfers);
        self.stops.extend(other.stops);
        self.consents.extend(other.consents);
        self.consent_words.extend(other.consent_words);
        self.chains.extend(other.chains);
        self.outbox.extend(other.outbox);
        self.outbox_changes.extend(other.outbox_changes);
        self.covered.extend(other.covered);
        self.erasures.extend(other.erasures);
        self.inbox.extend(other.inbox);
        self.register.extend(other.register);
        self.register_exports.extend(other.register_exports);
        self.kept.extend(other.kept);
        self.audit.extend(other.audit);
        self.access.merge(other.access);
    }

    /// Messages that leave the queue, and how.
    pub fn settled(&self) -> impl Iterator<Item = (MessageId, Delivery)> {
        let settled = self.outbox_changes.iter().map(|one| (one.message_id, one.state.delivery()));
        settled.filter(|(_, delivery)| *delivery != Delivery::Queued)
    }

    /// The message to an organisation, where there is just one and it begins its thread.
    pub fn alone_to(&self, recipient: &OrgId) -> Option<&OutboxEntry> {
        let mut entries = self.outbox.iter().filter(|entry| entry.recipient == *recipient);
        let (Some(entry), None) = (entries.next(), entries.next()) else { return None };
        let begins = |step: &ChainStep| {
            step.before.is_none()
                && step.conversation == entry.conversation
                && step.peer == *recipient
        };
        self.chains.iter().any(begins).then_some(entry)
    }

    /// Organisations that have something new to be sent to.
    pub fn recipients(&self) -> Vec<OrgId> {
        let mut recipients: Vec<OrgId> =
            self.outbox.iter().map(|entry| entry.recipient.clone()).collect();
        recipients.sort();
        recipients.dedup();
        recipients
    }
}

/// What an erasure changes.
fn erased(erasure: &Erasure) -> impl Iterator<Item = Key> {
    let subject = match erasure.subject {
        Subject::Consent(id) => Key::Consent(id),
        Subject::Offer(id) => Key::Offer(id),
        Subject::Referral(id) => Key::Referral(id),
        Subject::Relocation(id) => Key::Relocation(id),
        Subject::Notice(id) | Subject::Signal(id) => Key::Notice(id),
        Subject::Transfer(id) => Key::Transfer(id),
    };
    let messages = erasure.messages.iter().map(|message| Key::Outbox(*message));
    std::iter::once(subject).chain(messages)
}
