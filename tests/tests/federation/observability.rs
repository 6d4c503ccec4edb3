//! What nodes say about themselves: enough to run them, and nothing about a person.

pub(crate) mod canary;
pub(crate) mod collector;
mod every_field;

use std::path::Path;

use brygga_domain::Reason;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    RequestReferralRequest, SendNoteRequest, ShowNodeRequest, ShowReferralRequest,
    WithdrawConsentRequest,
};
use brygga_proto::referral::v1::{
    Accepted, Completed, OutcomeResult, ReferralContent, ReferralStatus, Started,
};
use brygga_proto::rpc::LocalRpc;
use brygga_proto::types::v1::DataCategory;
use brygga_testkit::{Place, Region, Running, consent_for, eventually, reason_of, referral_to};

use crate::setting::{Neighbours, act, delivered, has_status, record, request};
use canary::{CONTACT, NAME, NOTE, NUMBER, leaks};
use collector::Collector;
use every_field::Contract;

const NAMES: [&str; 2] = ["kalmar", "nybro"];

/// Two processes with their logs as JSON at their most talkative and everything sent to a
/// collector, through a whole story and two refusals of it, and through every call of the contract with a
/// canary in every field.
///
/// Verified: logs, spans and metrics arrive; the name, the personnummer, the contact, the note and what
/// the consent says of the person stand in no error text, no log, no byte that the collector got, no database file or its write-ahead log, and
/// no exported audit: not as text, not as base64 and not as hexadecimal digits.
#[tokio::test(flavor = "multi_thread")]
async fn no_word_about_the_person_leaves_the_sealed_content() {
    let collector = Collector::start().await;
    let region = Region::found(&[Place::KALMAR, Place::NYBRO]);
    let running = NAMES.map(|name| {
        region.set(name, "otlp_endpoint", &format!("\"{}\"", collector.endpoint()));
        region.set(name, "log_level", "\"debug\"");
        region.set(name, "checkpoint_seconds", "1");
        Running::start(region.program(), &region.path(name))
    });
    for name in NAMES {
        let staff = region.staff(name, "OPERATOR", None);
        eventually("it answers", || async {
            staff.node().show_node(ShowNodeRequest {}).await.ok()
        })
        .await;
    }
    let neighbours = Neighbours::agreed_in(region).await;
    play(&neighbours).await;
    every_call_is_made_with_a_canary_in_every_field(&neighbours.region).await;
    let region = &neighbours.region;
    // While they run, the newest rows are in the write-ahead log.
    let live = NAMES.map(|name| files(&region.path(name).join("data")));
    let bundles = [exported(region, "kalmar").await, exported(region, "nybro").await];
    running.into_iter().for_each(Running::stop);

    for (name, (live, bundle)) in NAMES.iter().zip(live.iter().zip(&bundles)) {
        let log = std::fs::read(region.path(name).join("serve.log")).expect("a log");
        assert!(log.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"{")), "JSON logs");
        assert_eq!(leaks(&log), None, "in the log of {name}");
        assert_eq!(leaks(bundle), None, "in the audit of {name}");
        for (file, bytes) in live.iter().chain(&files(&region.path(name).join("data"))) {
            assert_eq!(leaks(bytes), None, "in {file} of {name}");
        }
        let has = |word: &str| live.iter().any(|(_, bytes)| canary::contains(bytes, word));
        assert!(has("LONG_TERM_HELP"), "the search had the rows of {name} to search in");
        assert!(live.iter().any(|(file, bytes)| file.ends_with("-wal") && !bytes.is_empty()));
    }
    let sent = collector.bytes();
    assert_eq!(leaks(&sent), None, "at the collector");
    assert!(collector.span_names().iter().any(|name| name == "rpc"), "spans arrived");
    let metrics = collector.metric_names();
    assert!(metrics.iter().any(|name| name == "brygga.delivery.sent"), "{metrics:?}");
    assert!(canary::contains(&sent, "kommun:0881"), "what may arrive did");
}

/// A referral from its request to its outcome, and two that are refused with the same content.
async fn play(neighbours: &Neighbours) {
    let Neighbours { region, kalmar, nybro } = neighbours;
    let now = brygga_identity::clock::Clock::now(&*region.clock("kalmar"));
    let mut consent = consent_for(&["kommun:0881"], 30, now);
    consent.data_categories.push(DataCategory::Contact.into());
    consent.person_reference = NAME.to_owned();
    consent.evidence_reference = NOTE.to_owned();
    consent.purpose = NOTE.to_owned();
    let consent = record(kalmar, consent).await;
    let id = request(kalmar, wish(consent.clone())).await.expect("permitted").referral_id;
    delivered(kalmar, &id).await;
    for staff in [kalmar, nybro] {
        let wanted = ShowReferralRequest { referral_id: id.clone() };
        let shown = staff.referrals().show_referral(wanted).await.expect("shown").into_inner();
        assert_eq!(shown.content.expect("both ends may read it").note, NOTE);
    }
    act(nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    act(nybro, &id, Action::Start(Started {})).await.expect("started");
    let note = SendNoteRequest {
        note_id: vec![3; 16],
        referral_id: id.clone(),
        text: NOTE.to_owned(),
        ..SendNoteRequest::default()
    };
    kalmar.referrals().send_note(note).await.expect("sent");
    let housed = Completed { result: OutcomeResult::Housed.into(), place_type: None };
    act(nybro, &id, Action::Complete(housed)).await.expect("completed");
    has_status(kalmar, &id, ReferralStatus::Completed).await;

    let unconsented = request(kalmar, wish(Vec::new())).await.expect_err("no consent");
    assert_eq!(reason_of(&unconsented), Reason::ConsentMissing);
    let mut malformed = wish(consent.clone());
    malformed.content.as_mut().expect("content").name = format!("{NAME}\n{NAME}");
    let malformed = request(kalmar, malformed).await.expect_err("two lines");
    assert_eq!(reason_of(&malformed), Reason::InvalidField);
    let withdraw = WithdrawConsentRequest { consent_id: consent };
    kalmar.consents().withdraw_consent(withdraw).await.expect("never refused");
    for refused in [unconsented, malformed] {
        assert_eq!(leaks(format!("{refused:?}").as_bytes()), None, "in a status");
        assert_eq!(leaks(refused.details()), None, "in the details of a status");
    }
}

/// Most of these are refused, each by the first check that it fails; what counts is what is said then.
async fn every_call_is_made_with_a_canary_in_every_field(region: &Region) {
    let contract = Contract::read();
    let roles = [
        "CASE_WORKER",
        "SHELTER_MANAGER",
        "AGREEMENT_MANAGER",
        "OPERATOR",
        "LOG_REVIEWER",
        "REGISTRAR",
    ];
    let mut calls = 0;
    for role in roles {
        let staff = region.staff("kalmar", role, None);
        for rpc in LocalRpc::ALL {
            for message in contract.messages(rpc.path()) {
                calls += 1;
                let Err(refused) = staff.call(*rpc, &message).await else { continue };
                assert_eq!(leaks(refused.message().as_bytes()), None, "{} {role}", rpc.path());
                assert_eq!(leaks(refused.details()), None, "{} {role}", rpc.path());
                assert_eq!(leaks(format!("{:?}", refused.metadata()).as_bytes()), None);
            }
        }
    }
    assert!(calls > 500, "{calls} calls are too few");
}

fn wish(consent: Vec<u8>) -> RequestReferralRequest {
    let content = ReferralContent {
        name: NAME.to_owned(),
        personal_identity_number: NUMBER.to_owned(),
        contact: CONTACT.to_owned(),
        note: NOTE.to_owned(),
        ..ReferralContent::default()
    };
    RequestReferralRequest { content: Some(content), ..referral_to("kommun:0881", consent) }
}

/// The audit of a node, with what was decided.
pub(crate) async fn exported(region: &Region, name: &str) -> Vec<u8> {
    let file = region.path(name).join("audit.jsonl");
    let out = file.to_str().expect("a plain name").to_owned();
    let dir = region.path(name);
    let dir = dir.to_str().expect("a plain name");
    let export = ["audit", "export", "--with-entries", "--out", &out, "--dir", dir];
    eventually("a checkpoint is signed", || async {
        (region.program().run(&export).code == Some(0)).then_some(())
    })
    .await;
    std::fs::read(file).expect("a bundle")
}

/// The files in a directory, by name.
pub(crate) fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries =
        std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    let named = entries.map(|entry| {
        let bytes = std::fs::read(entry.path()).expect("a file");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    });
    named.collect()
}
