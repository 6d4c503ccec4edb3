//! The register of official documents: listed, exported and kept by the registrar.

use brygga_domain::{ConversationId, MessageId, Reason};
use brygga_exchange::WriteSet;
use brygga_exchange::register::RegisterEntry;
use brygga_identity::roles::Role;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::RegisterDirection;
use brygga_storage::Decision;
use tonic::Code;

use crate::federation::{Federation, KALMAR, NOON, NYBRO, org};
use crate::node::Node;
use crate::raw::verdict;
use crate::requests::{delivered_referral, record_consent, sign_agreement, wish};

async fn list(node: &Node, public: bool) -> Vec<local::RegisterEntry> {
    let request = local::ListRegisterRequest { public, ..local::ListRegisterRequest::default() };
    let mut register = node.local.person(&[Role::Registrar]).register();
    register.list_register(request).await.unwrap().into_inner().entries
}

async fn export(node: &Node) -> local::ExportRegisterResponse {
    let mut register = node.local.person(&[Role::Registrar]).register();
    let request = local::ExportRegisterRequest::default();
    register.export_register(request).await.unwrap().into_inner()
}

async fn confirm(node: &Node, after_number: u64, last_number: u64) -> Result<u64, tonic::Status> {
    let mut register = node.local.person(&[Role::Registrar]).register();
    let sha256 = vec![7; 32];
    let request = local::ConfirmExportRequest { after_number, last_number, sha256 };
    Ok(register.confirm_export(request).await?.into_inner().exported_number)
}

/// An agreement and a referral between Kalmar and Nybro.
async fn with_a_referral() -> (Federation, Vec<u8>) {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let referral = delivered_referral(&federation, wish(1)).await;
    (federation, referral.referral_id)
}

#[tokio::test]
async fn both_ends_register_each_message_with_parties_subject_and_marking() {
    let (federation, referral_id) = with_a_referral().await;
    let (kalmar, nybro) =
        (list(&federation.kalmar, false).await, list(&federation.nybro, false).await);
    let subjects: Vec<&str> = kalmar.iter().map(|entry| entry.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["agreement.proposed", "agreement.signed", "agreement.signed", "referral.requested",]
    );
    let (sent, received) = (kalmar.last().unwrap(), nybro.last().unwrap());
    assert_eq!(
        (sent.direction(), received.direction()),
        (RegisterDirection::Out, RegisterDirection::In)
    );
    assert_eq!((sent.counterparty.as_str(), received.counterparty.as_str()), (NYBRO, KALMAR));
    for (entry, own) in [(sent, KALMAR), (received, NYBRO)] {
        assert_eq!((entry.number, entry.label.as_str()), (4, "2026-000004"));
        assert_eq!(entry.conversation_id, referral_id);
        assert_eq!((entry.message_id.len(), entry.registered_at.is_some()), (16, true));
        let marking = entry.secrecy.as_ref().unwrap();
        assert_eq!((marking.provision.as_str(), marking.authority.as_str()), ("OSL 26:1", own));
        assert_eq!(marking.marked_at, entry.registered_at);
    }
    assert_eq!(kalmar[0].secrecy, None, "an agreement is about no person");
}

#[tokio::test]
async fn the_public_extract_leaves_out_who_and_what_of_the_referral() {
    let (federation, referral_id) = with_a_referral().await;
    let public = list(&federation.nybro, true).await;
    assert_eq!(public[0], list(&federation.nybro, false).await[0]);
    let hidden = public.last().unwrap();
    assert_eq!((hidden.number, hidden.secrecy.is_some()), (4, true));
    assert_eq!((hidden.counterparty.as_str(), hidden.subject.as_str()), ("", ""));
    let text = format!("{hidden:?}");
    assert!(!text.contains(&format!("{referral_id:?}")) && hidden.message_id.is_empty(), "{text}");
}

#[tokio::test]
async fn an_export_begins_where_the_last_confirmed_one_ended() {
    let (federation, _) = with_a_referral().await;
    let kalmar = &federation.kalmar;
    let first = export(kalmar).await;
    assert_eq!((first.after_number, first.next_after_number, first.last_number), (0, 4, 4));
    assert_eq!(first.entries, list(kalmar, false).await);
    assert_eq!(export(kalmar).await, first, "nobody has said that it is kept");
    assert_eq!(confirm(kalmar, 0, 4).await.unwrap(), 4);
    assert_eq!(confirm(kalmar, 0, 4).await.unwrap(), 4, "the same again is harmless");
    let rest = export(kalmar).await;
    assert_eq!((rest.entries.len(), rest.after_number, rest.last_number), (0, 4, 4));
    delivered_referral(&federation, wish(2)).await;
    let next = export(kalmar).await;
    assert_eq!((next.entries.len(), next.after_number, next.last_number), (1, 4, 5));
}

#[tokio::test]
async fn an_export_with_a_gap_or_of_numbers_that_are_not_given_is_not_kept() {
    let (federation, _) = with_a_referral().await;
    let kalmar = &federation.kalmar;
    for (after, last, field) in
        [(1, 4, "after_number"), (0, 5, "last_number"), (4, 4, "last_number")]
    {
        let status = confirm(kalmar, after, last).await.unwrap_err();
        assert_eq!(verdict(&status), (Code::InvalidArgument, Some(Reason::InvalidField)));
        assert!(status.message().ends_with(field), "{}", status.message());
    }
    let mut register = kalmar.local.person(&[Role::Registrar]).register();
    let request = local::ExportRegisterRequest { last_number: 9, ..Default::default() };
    let status = register.export_register(request).await.unwrap_err();
    assert!(status.message().ends_with("last_number"), "{}", status.message());
    assert_eq!(export(kalmar).await.after_number, 0);
}

#[tokio::test]
async fn an_export_of_more_than_one_portion_goes_on_where_it_was() {
    let federation = Federation::start().await;
    let kalmar = &federation.kalmar;
    let document = |number: u16| RegisterEntry {
        registered_at: NOON,
        direction: brygga_domain::register::RegisterDirection::In,
        counterparty: org(NYBRO),
        message_id: MessageId::from_bytes(u128::from(number).to_be_bytes()),
        conversation: ConversationId::from_bytes([1; 16]),
        subject: "agreement.proposed".to_owned(),
        secrecy: None,
        behalf: None,
    };
    let writes = WriteSet { register: (1..=501).map(document).collect(), ..WriteSet::default() };
    let stored = kalmar.app.parts().store.decide("test.register", move |_| {
        let decision = Decision { writes: writes.clone(), answer: (), read_keys: Vec::new() };
        Box::pin(async move { Ok(decision) })
    });
    stored.await.unwrap();
    let first = export(kalmar).await;
    assert_eq!((first.entries.len(), first.next_after_number, first.last_number), (500, 500, 501));
    let mut register = kalmar.local.person(&[Role::Registrar]).register();
    let request = local::ExportRegisterRequest {
        after_number: Some(first.next_after_number),
        last_number: first.last_number,
        public: false,
    };
    let rest = register.export_register(request).await.unwrap().into_inner();
    assert_eq!((rest.entries.len(), rest.next_after_number, rest.last_number), (1, 501, 501));
}

#[tokio::test]
async fn each_look_of_the_registrar_is_in_the_audit_log() {
    let (federation, _) = with_a_referral().await;
    let app = &federation.kalmar.app;
    list(&federation.kalmar, true).await;
    export(&federation.kalmar).await;
    confirm(&federation.kalmar, 0, 3).await.unwrap();
    app.audit_checkpoint().await.unwrap();
    let leaves = app.parts().store.read(|reader| Box::pin(reader.audit_range(0, 1000)));
    let actions: Vec<String> = leaves
        .await
        .unwrap()
        .into_iter()
        .map(|leaf| String::from_utf8(leaf.entry).unwrap().split('\t').nth(2).unwrap().to_owned())
        .filter(|action| action.starts_with("register."))
        .collect();
    assert_eq!(actions, ["register.list", "register.export", "register.confirm"]);
}
