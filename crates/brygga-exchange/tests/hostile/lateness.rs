//! Messages that come after their time, and dead letters that somebody brings back.

use brygga_crypto::Digest;
use brygga_domain::agreement::{Priority, SubjectArea};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::referral::{
    ContactPolicy, Event, Grant, Referral, Request, RequestParts, Side, Status,
};
use brygga_domain::{
    ConversationId, DataCategory, DisclosureGround, GdprBasis, MessageId, Reason, ReferralId,
    Seconds,
};
use brygga_exchange::Decided;
use brygga_exchange::audit::Actor;
use brygga_exchange::outbox::retry;
use brygga_exchange::receive::Held;
use brygga_exchange::records::{OutboxEntry, OutboxState};
use brygga_wire::envelope::{Header, MessageType, SealedInfo};
use brygga_wire::referral::encode_progressed;

use crate::rig::*;

pub(crate) const REFERRAL: ReferralId = ReferralId::from_bytes([5; 16]);

pub(crate) fn sent() -> Referral {
    let request = Request {
        priority: Priority::Routine,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").expect("a known service"),
        host_municipality: None,
        home_municipality: None,
        acute_duty: false,
        source_unit: None,
        respond_by: NOW,
        contact_policy: ContactPolicy::ViaRequester,
        recipient_chosen_by_person: false,
        about_child: false,
        part_of: None,
        offer: None,
        take_on_by: NOW,
    };
    let grant = Grant {
        agreement_id: AGREEMENT,
        agreement_version: 1,
        rule_id: "remiss-1".to_owned(),
        ground: DisclosureGround::Care26_9,
        gdpr_basis: GdprBasis::PublicTask,
        data_categories: vec![DataCategory::Identity],
        consent: None,
        eligibility: None,
        counts_since: None,
    };
    let parts =
        RequestParts { source: org(ME), target: org(NEIGHBOUR), target_unit: None, request, grant };
    Referral::requested(REFERRAL, Side::Source, parts, NOW.minus(Seconds::days(20)))
}

fn late(message_type: MessageType) -> Header {
    let header = header(NEIGHBOUR, message_type, *REFERRAL.as_bytes());
    Header { created_at: NOW.minus(Seconds::days(14)), expires_at: NOW, ..header }
}

#[test]
fn an_event_is_as_true_when_it_comes_after_its_time() {
    let held = Held { referral: Some(sent()), ..Held::default() };
    let payload = encode_progressed(REFERRAL, 2, NOW.minus(Seconds::days(14)), &Event::Accepted);
    let (writes, answer) = arrive(&[], held, late(MessageType::ReferralProgressed), payload);
    assert_eq!(refusal(&answer), None);
    assert_eq!(writes.changed_referrals[0].0.status, Status::Accepted);
}

#[test]
fn a_disclosure_ends_with_its_permission() {
    let sealed = Some(SealedInfo {
        content_commitment: Digest::from_bytes([1; 32]),
        sealing_key_id: "00112233445566aa".to_owned(),
        ground: DisclosureGround::Care26_9,
        gdpr_basis: GdprBasis::PublicTask,
        data_categories: vec![DataCategory::Identity],
    });
    let header = Header { sealed, ..late(MessageType::ReferralRequested) };
    let (writes, answer) = arrive(&[], Held::default(), header, Vec::new());
    assert_eq!(refusal(&answer), Some(Reason::OutsideValidity));
    assert_eq!(writes.new_referrals, []);
}

fn bring_back(message_type: MessageType, reason: Reason) -> Decided<()> {
    let entry = OutboxEntry {
        message_id: MessageId::from_bytes([1; 16]),
        recipient: org(NEIGHBOUR),
        conversation: ConversationId::from_bytes([1; 16]),
        message_type: message_type.as_str().to_owned(),
        envelope: vec![1],
        at_rest: None,
        cover: None,
        header_digest: Digest::from_bytes([0; 32]),
        created_at: NOW.minus(Seconds::days(14)),
        expires_at: NOW,
        attempts: 40,
        state: OutboxState::Dead { reason },
    };
    locally(|local| retry(local, &Actor::User("drift-1".to_owned()), &entry, None))
}

#[test]
fn a_dead_letter_that_holds_up_its_thread_can_be_sent_after_its_time() {
    let back = bring_back(MessageType::ReferralProgressed, Reason::Undeliverable);
    assert_eq!(back.answer, Ok(()));
    // As many attempts as before: that is how the store tells it from a failure.
    assert_eq!(back.writes.outbox_changes[0].attempts, 40);
}

#[test]
fn a_request_is_not_sent_after_its_time_nor_one_that_a_withdrawal_stopped() {
    for (reason, refused) in [
        (Reason::Undeliverable, Reason::OutsideValidity),
        (Reason::ConsentWithdrawn, Reason::ConsentWithdrawn),
    ] {
        let back = bring_back(MessageType::ReferralRequested, reason);
        assert_eq!(back.answer.map_err(|refusal| refusal.reason), Err(refused));
        assert_eq!(back.writes.outbox_changes, []);
    }
}
