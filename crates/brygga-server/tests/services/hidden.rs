//! Absent and hidden are told apart by nothing: every call that takes an identifier of a case is
//! made with one that is another unit's and with one that does not exist, and the replies are
//! compared byte for byte: headers, body and trailers.

use brygga_identity::roles::Role;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as referral;
use brygga_proto::rpc::{LocalRpc, ReferralAction};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use prost::Message;
use tonic::body::Body;
use tower::{Service, ServiceExt};

use crate::federation::{Federation, KALMAR, MOBILE_TEAM, NYBRO, unit};
use crate::local_port::Person;
use crate::requests::{
    CONSENT_ID, consent_record, delivered_referral, record_consent, sign_agreement, wish,
};

const ABSENT: [u8; 16] = [0x77; 16];

/// Everything of an answer that a caller can see.
#[derive(Debug, PartialEq, Eq)]
struct Reply {
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    trailers: Vec<(String, Vec<u8>)>,
}

async fn ask(federation: &Federation, who: &Person, rpc: LocalRpc, message: &[u8]) -> Reply {
    let mut framed = vec![0];
    framed.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    framed.extend(message);
    let request = http::Request::post(format!("http://node{}", rpc.path()))
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::TE, "trailers")
        .header(header::AUTHORIZATION, who.authorization())
        .body(Body::new(Full::new(Bytes::from(framed))))
        .unwrap();
    let mut channel = federation.nybro.local.channel.clone();
    let response = channel.ready().await.unwrap().call(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let collected = body.collect().await.unwrap();
    let trailers = collected.trailers().cloned().unwrap_or_default();
    let body = collected.to_bytes().to_vec();
    Reply { headers: lines(&parts.headers), body, trailers: lines(&trailers) }
}

/// All but the date, which is the node's clock.
fn lines(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let mut lines: Vec<_> = headers
        .iter()
        .filter(|(name, _)| **name != header::DATE)
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    lines.sort();
    lines
}

/// What a call asks about a case with this identifier; none where it takes no identifier of one.
fn questions(rpc: LocalRpc, id: [u8; 16]) -> Vec<Vec<u8>> {
    let referral_id = id.to_vec();
    match rpc {
        LocalRpc::ActOnReferral => actions()
            .into_iter()
            .map(|action| {
                let (referral_id, action) = (referral_id.clone(), Some(action));
                local::ActOnReferralRequest { referral_id, expected_version: 0, action }
                    .encode_to_vec()
            })
            .collect(),
        LocalRpc::ActOnTransfer => {
            let act =
                Some(local::act_on_transfer_request::Act::Withdraw(local::WithdrawTransfer {}));
            vec![local::ActOnTransferRequest { transfer_id: referral_id, act }.encode_to_vec()]
        }
        LocalRpc::ConfirmNotice => {
            let (case_worker, phone) = ("Karin Prov".to_owned(), "0481-00 00 00".to_owned());
            let notice_id = referral_id;
            vec![local::ConfirmNoticeRequest { notice_id, case_worker, phone }.encode_to_vec()]
        }
        LocalRpc::ShowSignal => {
            vec![local::ShowSignalRequest { signal_id: referral_id }.encode_to_vec()]
        }
        LocalRpc::TakeSignalStep => {
            let act = local::SignalAct::TakenOn.into();
            let signal_id = referral_id;
            let request = local::TakeSignalStepRequest { signal_id, act, ..Default::default() };
            vec![request.encode_to_vec()]
        }
        LocalRpc::ShowNotice => {
            vec![local::ShowNoticeRequest { notice_id: referral_id }.encode_to_vec()]
        }
        LocalRpc::ShowTransfer => {
            vec![local::ShowTransferRequest { transfer_id: referral_id }.encode_to_vec()]
        }
        LocalRpc::AssignReferral => {
            let subject = "anna".to_owned();
            vec![local::AssignReferralRequest { referral_id, subject }.encode_to_vec()]
        }
        LocalRpc::AwaitDelivery => {
            vec![local::AwaitDeliveryRequest { referral_id, wait_seconds: 1 }.encode_to_vec()]
        }
        LocalRpc::DiscloseInside => vec![disclosure(referral_id).encode_to_vec()],
        LocalRpc::MarkReferralInError => {
            vec![local::MarkReferralInErrorRequest { referral_id }.encode_to_vec()]
        }
        LocalRpc::NarrowConsent => vec![
            local::NarrowConsentRequest {
                consent_id: referral_id,
                data_categories: vec![DataCategory::Identity.into()],
                recipients: consent_record().recipients,
                valid_until: None,
            }
            .encode_to_vec(),
        ],
        LocalRpc::RerouteReferral => vec![rerouted(referral_id).encode_to_vec()],
        LocalRpc::RevokeInside => {
            vec![local::RevokeInsideRequest { disclosure_id: referral_id }.encode_to_vec()]
        }
        LocalRpc::SendNote => vec![
            local::SendNoteRequest {
                note_id: vec![6; 16],
                referral_id,
                text: "hur går det?".to_owned(),
                disclosure_ground: DisclosureGround::Consent122.into(),
                gdpr_basis: GdprBasis::PublicTask61E.into(),
                consent_id: Vec::new(),
                accept_content_warning: false,
            }
            .encode_to_vec(),
        ],
        LocalRpc::ShowConsent => {
            vec![local::ShowConsentRequest { consent_id: referral_id }.encode_to_vec()]
        }
        LocalRpc::ExplainReferral => vec![explained(referral_id).encode_to_vec()],
        LocalRpc::ShowReferral => {
            vec![local::ShowReferralRequest { referral_id }.encode_to_vec()]
        }
        // Answered with a random identifier whether or not there is such a referral; a test of its
        // own in `access.rs`.
        LocalRpc::OpenBreakGlass => vec![],
        other => {
            assert!(NOTHING_HIDDEN.contains(&other), "{other:?} has no row here");
            vec![]
        }
    }
}

/// A withdrawal is never refused, whoever meets the person; what is absent withdraws nothing.
/// Of the rest none takes an identifier of a case, or the case is no secret from who may call.
const NOTHING_HIDDEN: &[LocalRpc] = &[
    LocalRpc::AnswerCall,
    LocalRpc::ApproveBreakGlass,
    LocalRpc::AskAggregates,
    LocalRpc::CallOff,
    LocalRpc::ChangeHold,
    LocalRpc::ClaimOffer,
    LocalRpc::ConfirmExport,
    LocalRpc::CountLateSignals,
    LocalRpc::DeclareQuota,
    LocalRpc::EndHold,
    LocalRpc::ExplainPublication,
    LocalRpc::ExportRegister,
    LocalRpc::ExtractForPerson,
    LocalRpc::FindResponsible,
    LocalRpc::LintAgreement,
    LocalRpc::ListAgreements,
    LocalRpc::ListCalls,
    LocalRpc::ListCapacity,
    LocalRpc::ListHolds,
    LocalRpc::ListNotices,
    LocalRpc::ListSignals,
    LocalRpc::ListOffers,
    LocalRpc::ListOutbox,
    LocalRpc::ListQuotas,
    LocalRpc::ListReferrals,
    LocalRpc::ListRegister,
    LocalRpc::ListRetention,
    LocalRpc::ListReviews,
    LocalRpc::ListServices,
    LocalRpc::ListTransfers,
    LocalRpc::LookUpContactPoint,
    LocalRpc::OfferReferral,
    LocalRpc::PlaceCall,
    LocalRpc::PlaceHold,
    LocalRpc::ProposeAgreement,
    LocalRpc::PublishCapacity,
    LocalRpc::RecordConsent,
    LocalRpc::RequestReferral,
    LocalRpc::RequestTransfer,
    LocalRpc::ResumeAgreement,
    LocalRpc::RetryMessage,
    LocalRpc::SampleAccessLog,
    LocalRpc::SearchCapacity,
    LocalRpc::SendNotice,
    LocalRpc::SendSignal,
    LocalRpc::ShowAggregates,
    LocalRpc::ShowAgreement,
    LocalRpc::ShowCall,
    LocalRpc::ShowHold,
    LocalRpc::ShowNode,
    LocalRpc::ShowOffer,
    LocalRpc::ShowUnmetNeed,
    LocalRpc::SignAgreement,
    LocalRpc::SignReview,
    LocalRpc::SuspendAgreement,
    LocalRpc::TerminateAgreement,
    LocalRpc::WithdrawConsent,
    LocalRpc::WithdrawOffer,
    LocalRpc::WithdrawService,
    // What these hide is hidden by keys: `federation/relocation.rs` compares their answers.
    LocalRpc::ActOnRelocation,
    LocalRpc::EnrolOfficer,
    LocalRpc::ListEnquiries,
    LocalRpc::ShowReciprocity,
    LocalRpc::ListRelocations,
    LocalRpc::OfferRelocation,
    LocalRpc::OpenRelocation,
    LocalRpc::PurgeRelocation,
    LocalRpc::ReviewRelocations,
    LocalRpc::ShowRelocation,
];

fn rerouted(referral_id: Vec<u8>) -> local::RerouteReferralRequest {
    local::RerouteReferralRequest {
        idempotency_key: vec![5; 16],
        referral_id,
        target: NYBRO.to_owned(),
        ..local::RerouteReferralRequest::default()
    }
}

fn explained(consent_id: Vec<u8>) -> local::ExplainReferralRequest {
    let wish = wish(9);
    local::ExplainReferralRequest {
        recipient: KALMAR.to_owned(),
        subject: wish.subject,
        service_type: wish.service_type,
        data_categories: vec![DataCategory::Identity.into()],
        consent_id,
        ..local::ExplainReferralRequest::default()
    }
}

fn disclosure(referral_id: Vec<u8>) -> local::DiscloseInsideRequest {
    local::DiscloseInsideRequest {
        referral_id,
        unit: "park".to_owned(),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        justification: "anpassning".to_owned(),
    }
}

/// One of each decision, empty or as far as its type needs.
fn actions() -> Vec<Action> {
    let action = |kind: &ReferralAction| match kind {
        ReferralAction::TakeOn => Action::TakeOn(referral::TakenOn::default()),
        ReferralAction::Accept => Action::Accept(referral::Accepted::default()),
        ReferralAction::Decline => Action::Decline(referral::Declined::default()),
        ReferralAction::Start => Action::Start(referral::Started::default()),
        ReferralAction::Complete => Action::Complete(referral::Completed::default()),
        ReferralAction::Withdraw => Action::Withdraw(referral::ReferralWithdrawn::default()),
        ReferralAction::ConfirmCancellation => {
            Action::ConfirmCancellation(referral::Cancelled::default())
        }
        ReferralAction::PutOnHold => Action::PutOnHold(referral::PutOnHold::default()),
        ReferralAction::Resume => Action::Resume(referral::Resumed::default()),
        ReferralAction::Fail => Action::Fail(referral::Failed::default()),
        ReferralAction::SetBusinessStatus => {
            Action::SetBusinessStatus(referral::BusinessStatusSet::default())
        }
        ReferralAction::Acknowledge => Action::Acknowledge(referral::LoopClosed::default()),
        ReferralAction::RequestReview => Action::RequestReview(referral::ReviewBegun::default()),
        ReferralAction::Review => Action::Review(referral::Reviewed::default()),
    };
    ReferralAction::ALL.iter().map(action).collect()
}

#[tokio::test]
async fn absent_and_hidden_are_answered_with_the_same_bytes_by_every_call() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let id = delivered_referral(&federation, wish(1)).await.referral_id;
    let local = &federation.nybro.local;
    let worker = local.colleague("anna", Role::CaseWorker, &[unit(MOBILE_TEAM)]);
    let request = disclosure(id.clone());
    let disclosed = worker.access().disclose_inside(request).await.unwrap().into_inner();
    let request = local::RecordConsentRequest { consent: Some(consent_record()) };
    worker.consents().record_consent(request).await.unwrap();
    // Somebody of another board with every role there is.
    let outsider = local.person_of(Role::ALL, &[unit("fastighet")]);
    let mut compared = 0;
    for rpc in LocalRpc::ALL {
        let hidden = match rpc {
            LocalRpc::RevokeInside => disclosed.disclosure_id.as_slice(),
            LocalRpc::ExplainReferral | LocalRpc::NarrowConsent | LocalRpc::ShowConsent => {
                &CONSENT_ID
            }
            _ => &id,
        };
        let hidden: [u8; 16] = hidden.try_into().unwrap();
        for (ours, none) in questions(*rpc, hidden).iter().zip(questions(*rpc, ABSENT)) {
            let hidden = ask(&federation, &outsider, *rpc, ours).await;
            let absent = ask(&federation, &outsider, *rpc, &none).await;
            assert_eq!(hidden, absent, "{rpc:?}");
            let refused =
                |(name, value): &(String, Vec<u8>)| name == "grpc-status" && value != b"0";
            assert!(hidden.headers.iter().chain(&hidden.trailers).any(refused), "{rpc:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, ReferralAction::ALL.len() + 17);
}

#[tokio::test]
async fn the_comparison_tells_what_somebody_may_see_from_what_is_absent() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let id = delivered_referral(&federation, wish(1)).await.referral_id;
    let local = &federation.nybro.local;
    let worker = local.colleague("anna", Role::CaseWorker, &[unit(MOBILE_TEAM)]);
    let id: [u8; 16] = id.as_slice().try_into().unwrap();
    let rpc = LocalRpc::ShowReferral;
    let seen = ask(&federation, &worker, rpc, &questions(rpc, id)[0]).await;
    let absent = ask(&federation, &worker, rpc, &questions(rpc, ABSENT)[0]).await;
    assert_ne!(seen, absent);
}
