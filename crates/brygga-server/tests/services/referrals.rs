//! A referral from one municipality to another and back, asked for and answered over the wire.

use brygga_domain::{Reason, Seconds};
use brygga_identity::roles::Role;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    AwaitDeliveryRequest, DeliveryStatus, ListAgreementsRequest, ListOutboxRequest,
    LookUpContactPointRequest, RequestReferralRequest, RetryMessageRequest, ShowConsentRequest,
    ShowNodeRequest, ShowReferralRequest, Side, WithdrawConsentRequest,
};
use brygga_proto::referral::v1::{Accepted, Declined, ReferralContent, ReferralStatus, TakenOn};
use brygga_proto::registry::v1::Audience;
use brygga_server::limits::MAX_MESSAGE_BYTES;
use brygga_wire::from_status;
use prost::Message;
use tonic::Code;

use crate::federation::{
    FEDERATION, Federation, KALMAR, MOBILE_TEAM, NOON, NYBRO, SEQUENCE, WAY_IN_PHONE, unit,
};
use crate::node::MESSAGE_LIFETIME;
use crate::raw::verdict;
use crate::requests::{
    CONSENT_ID, act, at, consent_record, delivered_referral, listed, record_consent,
    sign_agreement, wish,
};

/// ```text
/// Kalmar --agreement.proposed-->  Nybro
/// Kalmar <--agreement.signed----  Nybro
/// Kalmar --referral.requested-->  Nybro: mobila-teamet reads the name, takes on, accepts
/// Kalmar <--referral.progressed-  Nybro: the acute duty has passed on
/// ```
#[tokio::test]
async fn a_referral_is_read_and_accepted_by_the_unit_it_was_sent_to() {
    let federation = Federation::start().await;
    let Federation { kalmar, nybro, .. } = &federation;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let sent = delivered_referral(&federation, wish(1)).await;
    assert_eq!(
        (sent.status(), sent.delivery_status()),
        (ReferralStatus::Requested, DeliveryStatus::Queued)
    );
    assert_eq!(sent.acute_duty_holder, KALMAR);

    let team = nybro.local.person_of(&[Role::CaseWorker], &[unit(MOBILE_TEAM)]);
    let request = ShowReferralRequest { referral_id: sent.referral_id.clone() };
    let shown = team.referrals().show_referral(request).await.unwrap().into_inner();
    assert_eq!(shown.content.unwrap().name, "Alma");
    let received = shown.referral.unwrap();
    assert_eq!((received.side(), received.source.as_str()), (Side::Target, KALMAR));
    assert_eq!(received.rule_id, "remiss-1");

    let taken_on =
        TakenOn { unit: MOBILE_TEAM.to_owned(), act_by: at(NOON.plus(Seconds::hours(1))) };
    act(&team, &sent.referral_id, Action::TakeOn(taken_on)).await.unwrap();
    let accepted = act(&team, &sent.referral_id, Action::Accept(Accepted {})).await.unwrap();
    assert_eq!((accepted.status(), accepted.version), (ReferralStatus::Accepted, 3));
    assert_eq!(nybro.deliver_all(kalmar).await, 2);

    let worker = kalmar.local.person(&[Role::CaseWorker]);
    let answered = listed(&worker).await;
    assert_eq!((answered.status(), answered.version), (ReferralStatus::Accepted, 3));
    assert_eq!(answered.delivery_status(), DeliveryStatus::Delivered);
    assert_eq!(answered.acute_duty_holder, NYBRO);
    // The sender sees the function and no person (KAL-09).
    assert_eq!(answered.taken_on_by, MOBILE_TEAM);
    let request = ShowReferralRequest { referral_id: sent.referral_id };
    let shown = worker.referrals().show_referral(request).await.unwrap().into_inner();
    assert_eq!(shown.events.len(), 2);
    assert_eq!(shown.referral.unwrap().last_event, shown.events.last().cloned());
}

#[tokio::test]
async fn the_same_key_gives_the_same_referral_and_another_request_under_it_is_refused() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let mut referrals = federation.kalmar.local.person(&[Role::CaseWorker]).referrals();
    let first = referrals.request_referral(wish(1)).await.unwrap().into_inner();
    let again = referrals.request_referral(wish(1)).await.unwrap().into_inner();
    assert_eq!(first, again);
    let mut other = wish(1);
    other.acute_duty = false;
    let status = referrals.request_referral(other).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::AlreadyExists, Some(Reason::IdempotencyMismatch)));
}

#[tokio::test]
async fn what_breaks_the_contract_is_refused_with_its_field() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    let mut target = wish(1);
    target.target = "Nybro".to_owned();
    let status = worker.referrals().request_referral(target).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::InvalidArgument, Some(Reason::InvalidField)));
    assert!(status.message().ends_with("at target"), "{}", status.message());
    // No consent is recorded here.
    let status = worker.referrals().request_referral(wish(1)).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::FailedPrecondition, Some(Reason::ConsentMissing)));
    let mut nobody = wish(1);
    nobody.target = "kommun:0180".to_owned();
    let status = worker.referrals().request_referral(nobody).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::NotFound, Some(Reason::NotFound)));
}

#[tokio::test]
async fn a_decline_without_a_next_step_and_no_decision_at_all_are_refused() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let sent = delivered_referral(&federation, wish(1)).await;
    let worker = federation.nybro.local.person_of(&[Role::CaseWorker], &[unit(MOBILE_TEAM)]);
    let bare = Declined { party: 1, reason: 1, ..Declined::default() };
    let status = act(&worker, &sent.referral_id, Action::Decline(bare)).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::InvalidArgument, Some(Reason::NextStepMissing)));
    let request = brygga_proto::local::v1::ActOnReferralRequest {
        referral_id: sent.referral_id.clone(),
        ..Default::default()
    };
    let status = worker.referrals().act_on_referral(request).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::InvalidArgument, Some(Reason::InvalidField)));
    let start = Action::Start(brygga_proto::referral::v1::Started {});
    let status = act(&worker, &sent.referral_id, start).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::FailedPrecondition, Some(Reason::InvalidTransition)));
}

#[tokio::test]
async fn an_acute_request_that_does_not_get_through_shows_the_targets_published_way_in() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    worker.referrals().request_referral(wish(1)).await.unwrap();
    let waiting = listed(&worker).await;
    assert_eq!((waiting.call_duty_phone, waiting.duty_phone.as_str()), (false, ""));
    federation.clock.advance(Seconds::hours(1));
    let waiting = listed(&federation.kalmar.local.person(&[Role::CaseWorker])).await;
    assert_eq!((waiting.call_duty_phone, waiting.duty_phone.as_str()), (true, WAY_IN_PHONE));
}

#[tokio::test]
async fn whoever_waits_for_a_delivery_is_told_when_it_happens() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    worker.referrals().request_referral(wish(1)).await.unwrap();
    let referral_id = listed(&worker).await.referral_id;
    let request = AwaitDeliveryRequest { referral_id, wait_seconds: 20 };
    let mut referrals = worker.referrals();
    let waiting = referrals.await_delivery(request.clone());
    let (answer, delivered) =
        tokio::join!(waiting, federation.kalmar.deliver_all(&federation.nybro));
    assert_eq!(delivered, 1);
    let answer = answer.unwrap().into_inner();
    assert_eq!(answer.delivery_status(), DeliveryStatus::Delivered);
    let mut at_the_target = federation.nybro.local.person(&[Role::CaseWorker]).referrals();
    let status = at_the_target.await_delivery(request).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::NotFound, Some(Reason::NotFound)));
}

#[tokio::test]
async fn a_withdrawn_consent_stops_what_waits() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    let again = brygga_proto::local::v1::RecordConsentRequest { consent: Some(consent_record()) };
    worker.consents().record_consent(again).await.unwrap();
    worker.referrals().request_referral(wish(1)).await.unwrap();
    let consent_id = CONSENT_ID.to_vec();
    let request = WithdrawConsentRequest { consent_id: consent_id.clone() };
    let withdrawn = worker.consents().withdraw_consent(request).await.unwrap().into_inner();
    assert_eq!(withdrawn.stopped_messages, 1);
    let owed = federation.kalmar.owed_to(&federation.nybro).await;
    let types: Vec<&str> = owed.iter().map(|entry| entry.message_type.as_str()).collect();
    assert_eq!(types, ["processing.stop_requested"], "the request itself is not sent any more");
    let request = ShowConsentRequest { consent_id };
    let shown = worker.consents().show_consent(request).await.unwrap().into_inner();
    assert_eq!(shown.consent.unwrap().withdrawn_at, at(NOON));
    let status = worker.referrals().request_referral(wish(2)).await.unwrap_err();
    assert_eq!(verdict(&status), (Code::FailedPrecondition, Some(Reason::ConsentWithdrawn)));
}

#[tokio::test]
async fn an_operator_sees_the_node_and_its_outbox_without_content() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    worker.referrals().request_referral(wish(1)).await.unwrap();
    let operator = federation.kalmar.local.person(&[Role::Operator]);
    let node = operator.node().show_node(ShowNodeRequest {}).await.unwrap().into_inner();
    assert_eq!((node.organisation.as_str(), node.name.as_str()), (KALMAR, "Kalmar kommun"));
    assert_eq!((node.federation.as_str(), node.registry_sequence), (FEDERATION, SEQUENCE));
    assert_eq!((node.outbox_queued, node.outbox_dead), (1, 0));
    assert_eq!(node.storage_engine, "sqlite");
    let outbox = operator.node().list_outbox(ListOutboxRequest { dead_only: false }).await;
    let messages = outbox.unwrap().into_inner().messages;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].message_type, "referral.requested");
    assert_eq!((messages[0].recipient.as_str(), messages[0].dead), (NYBRO, false));
    let dead = operator.node().list_outbox(ListOutboxRequest { dead_only: true }).await.unwrap();
    assert!(dead.into_inner().messages.is_empty());
    // It waits already; to send it sooner changes nothing.
    let waiting = RetryMessageRequest { message_id: messages[0].message_id.clone() };
    operator.node().retry_message(waiting.clone()).await.unwrap();
    assert_eq!(federation.kalmar.deliver_all(&federation.nybro).await, 1);
    let delivered = operator.node().retry_message(waiting).await.unwrap_err();
    assert_eq!(verdict(&delivered), (Code::FailedPrecondition, Some(Reason::InvalidTransition)));
    for (message_id, code) in [(vec![9; 16], Code::NotFound), (vec![9], Code::InvalidArgument)] {
        let retried = operator.node().retry_message(RetryMessageRequest { message_id }).await;
        assert_eq!(retried.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn there_is_one_way_in_to_an_organisation_or_a_refusal() {
    let federation = Federation::start().await;
    let mut node = federation.kalmar.local.person(&[Role::CaseWorker]).node();
    let mut look_up = async |organisation: &str, audience: i32| {
        let organisation = organisation.to_owned();
        let request = LookUpContactPointRequest { organisation, audience };
        node.look_up_contact_point(request).await.map(tonic::Response::into_inner)
    };
    let found = look_up(NYBRO, Audience::Organisations.into()).await.unwrap();
    assert_eq!(found.name, "Nybro kommun");
    assert_eq!(found.contact_point.unwrap().unit, "mottagningen");
    for (organisation, audience, reason) in [
        (NYBRO, Audience::Citizens.into(), Reason::ContactPointNotUnique),
        ("kommun:0180", Audience::Organisations.into(), Reason::NotFound),
        ("Nybro", Audience::Organisations.into(), Reason::InvalidField),
        (NYBRO, 0, Reason::InvalidField),
    ] {
        let status = look_up(organisation, audience).await.unwrap_err();
        assert_eq!(from_status(&status), Some(reason));
    }
}

#[tokio::test]
async fn every_role_may_read_the_agreements() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    let coordinator = federation.nybro.local.person(&[Role::RegionalCoordinator]);
    let listed = coordinator.agreements().list_agreements(ListAgreementsRequest {}).await.unwrap();
    let [agreement] = &listed.into_inner().agreements[..] else { panic!("not one agreement") };
    assert_eq!(agreement.state(), brygga_proto::local::v1::AgreementState::Active);
    assert_eq!(agreement.signatures.len(), 2);
}

#[tokio::test]
async fn a_message_lives_as_long_as_the_node_says_and_no_longer_than_its_consent() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    worker.referrals().request_referral(wish(1)).await.unwrap();
    federation.clock.advance(Seconds::days(15));
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    worker.referrals().request_referral(wish(2)).await.unwrap();
    let owed = federation.kalmar.owed_to(&federation.nybro).await;
    let ends: Vec<_> = owed.iter().map(|entry| entry.expires_at).collect();
    // The consent ends thirty days after the first request, fifteen after the second.
    assert_eq!(ends, [NOON.plus(MESSAGE_LIFETIME), NOON.plus(Seconds::days(30))]);
}

#[tokio::test]
async fn a_call_over_256_kib_is_refused_unread_and_one_below_is_read() {
    let federation = Federation::start().await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    let size_of = |note: usize| {
        let content = ReferralContent { note: "x".repeat(note), ..ReferralContent::default() };
        RequestReferralRequest { content: Some(content), ..wish(1) }
    };
    let frame = size_of(MAX_MESSAGE_BYTES).encoded_len() - MAX_MESSAGE_BYTES;
    for (bytes, expected) in
        [(MAX_MESSAGE_BYTES, Code::InvalidArgument), (MAX_MESSAGE_BYTES + 1, Code::OutOfRange)]
    {
        let request = size_of(bytes - frame);
        assert_eq!(request.encoded_len(), bytes);
        let status = worker.referrals().request_referral(request).await.unwrap_err();
        assert_eq!(status.code(), expected, "{bytes}");
    }
}
