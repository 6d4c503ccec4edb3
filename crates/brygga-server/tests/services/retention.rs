//! What is purged when: listed for the archivist, held up by the register, and at last erased.

use brygga_app::RetentionPlan;
use brygga_domain::{Reason, ReferralId, Seconds};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::ErasureCause;
use brygga_exchange::receive::Answer;
use brygga_identity::roles::Role;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::RetentionOutlook;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as referral;
use brygga_wire::SignedEnvelope;

use crate::federation::{Federation, MOBILE_TEAM, NYBRO, unit};
use crate::node::Node;
use crate::requests::{act, record_consent, sign_agreement, wish};

const PLAN: RetentionPlan =
    RetentionPlan { list_only: false, outbox: Seconds::days(30), inbox: Seconds::days(120) };
const FIVE_YEARS: Seconds = Seconds::days(5 * 365 + 2);

/// A referral from Kalmar that both ends have closed, and its request as it travelled.
struct Closed {
    id: Vec<u8>,
    request: SignedEnvelope,
}

async fn closed_referral(federation: &Federation, number: &str) -> Closed {
    let Federation { kalmar, nybro, .. } = federation;
    sign_agreement(federation).await;
    record_consent(federation).await;
    let mut wish = wish(1);
    wish.content.as_mut().unwrap().personal_identity_number = number.to_owned();
    let mut referrals = kalmar.local.person(&[Role::CaseWorker]).referrals();
    let sent = referrals.request_referral(wish).await.unwrap().into_inner();
    let id = sent.referral.unwrap().referral_id;
    let owed = kalmar.owed_to(nybro).await;
    let request = SignedEnvelope::decode(&owed[0].envelope).unwrap();
    assert_eq!(kalmar.deliver_all(nybro).await, 1);
    let nybro = federation.nybro.local.person_of(&[Role::CaseWorker], &[unit(MOBILE_TEAM)]);
    let housed = referral::Completed {
        result: referral::OutcomeResult::Housed.into(),
        ..referral::Completed::default()
    };
    for action in [
        Action::Accept(referral::Accepted {}),
        Action::Start(referral::Started {}),
        Action::Complete(housed),
    ] {
        act(&nybro, &id, action).await.unwrap();
        federation.nybro.deliver_all(&federation.kalmar).await;
    }
    Closed { id, request }
}

async fn only_case(node: &Node) -> Option<local::RetentionCase> {
    let mut service = node.local.person(&[Role::Registrar]).retention();
    let request = local::ListRetentionRequest::default();
    let mut cases = service.list_retention(request).await.unwrap().into_inner().cases;
    assert!(cases.len() <= 1);
    cases.pop()
}

async fn export_register(node: &Node) {
    let mut register = node.local.person(&[Role::Registrar]).register();
    let request = local::ExportRegisterRequest::default();
    let portion = register.export_register(request).await.unwrap().into_inner();
    let request = local::ConfirmExportRequest {
        after_number: portion.after_number,
        last_number: portion.last_number,
        sha256: vec![1; 32],
    };
    register.confirm_export(request).await.unwrap();
}

/// Whether a case worker still reads anything about the person.
async fn is_readable(node: &Node, id: &[u8]) -> bool {
    let units = if node.organisation.as_str() == NYBRO { vec![unit(MOBILE_TEAM)] } else { vec![] };
    let mut referrals = node.local.person_of(&[Role::CaseWorker], &units).referrals();
    let request = local::ShowReferralRequest { referral_id: id.to_vec() };
    referrals.show_referral(request).await.unwrap().into_inner().content.is_some()
}

#[tokio::test]
async fn a_case_past_its_time_is_erased_after_its_register_entries_are_exported() {
    let federation = Federation::start().await;
    let Closed { id, .. } = closed_referral(&federation, "199001012385").await;
    let kalmar = &federation.kalmar;
    let kept = only_case(kalmar).await.unwrap();
    assert_eq!((kept.outlook(), kept.section.as_str()), (RetentionOutlook::KeepUntil, "SoL 16:1"));
    assert_eq!((kept.referral_id.as_slice(), kept.until.as_str()), (id.as_slice(), "2031-06-01"));

    federation.clock.advance(FIVE_YEARS);
    let due = only_case(kalmar).await.unwrap();
    assert_eq!((due.outlook(), due.blocked), (RetentionOutlook::PurgeUnlessBirth, true));
    let report = kalmar.app.retention_round(&PLAN).await.unwrap();
    assert_eq!((report.erased, report.blocked, report.consents), (0, 1, 0));
    assert!(is_readable(kalmar, &id).await, "nothing goes before the export");

    export_register(kalmar).await;
    assert!(!only_case(kalmar).await.unwrap().blocked);
    let report = kalmar.app.retention_round(&PLAN).await.unwrap();
    assert_eq!((report.erased, report.blocked), (1, 0));
    assert_eq!(report.consents, 1, "the consent goes with its last case");
    assert!(!is_readable(kalmar, &id).await);
    assert_eq!(only_case(kalmar).await, None, "there is nothing left to purge");
    assert_eq!(kalmar.app.retention_last().await.unwrap(), Some(report));
}

#[tokio::test]
async fn who_was_born_on_a_day_that_research_keeps_stays_and_is_opened_once() {
    let federation = Federation::start().await;
    // A samordningsnummer of somebody born on 5 June.
    let Closed { id, .. } = closed_referral(&federation, "191406652386").await;
    let kalmar = &federation.kalmar;
    federation.clock.advance(FIVE_YEARS);
    export_register(kalmar).await;
    for _ in 0..2 {
        let report = kalmar.app.retention_round(&PLAN).await.unwrap();
        assert_eq!((report.erased, report.blocked), (0, 0));
    }
    let kept = only_case(kalmar).await.unwrap();
    assert_eq!(kept.outlook(), RetentionOutlook::KeepForever);
    assert_eq!(kept.section, "Socialtjänstförordn. 13:1");
    assert!(is_readable(kalmar, &id).await);
    let store = &kalmar.app.parts().store;
    kalmar.app.audit_checkpoint().await.unwrap();
    let leaves = store.read(|reader| Box::pin(reader.audit_range(0, 1000))).await.unwrap();
    let openings = leaves
        .iter()
        .filter(|leaf| String::from_utf8_lossy(&leaf.entry).contains("\tclock\tretention.keep\t"));
    assert_eq!(openings.count(), 1);
}

#[tokio::test]
async fn a_node_that_only_lists_erases_nothing() {
    let federation = Federation::start().await;
    let Closed { id, .. } = closed_referral(&federation, "199001012385").await;
    federation.clock.advance(FIVE_YEARS);
    export_register(&federation.kalmar).await;
    let plan = RetentionPlan { list_only: true, ..PLAN };
    let report = federation.kalmar.app.retention_round(&plan).await.unwrap();
    assert_eq!((report.erased, report.due), (0, 1));
    assert!(is_readable(&federation.kalmar, &id).await);
}

#[tokio::test]
async fn a_repeat_after_the_purge_has_no_second_effect() {
    let federation = Federation::start().await;
    let Federation { kalmar, nybro, clock } = &federation;
    let Closed { id, request } = closed_referral(&federation, "199001012385").await;
    let first = nybro.app.receive(&kalmar.organisation, request.clone()).await;
    assert!(matches!(first, Answer::Receipt(_)), "as long as it is remembered: {first:?}");
    // The registry must still be good, or nothing is taken of anybody; so the plan is short.
    clock.advance(Seconds::days(25));
    let plan = RetentionPlan { outbox: Seconds::days(1), inbox: Seconds::days(1), ..PLAN };
    for node in [kalmar, nybro] {
        let report = node.app.retention_round(&plan).await.unwrap();
        assert!(report.outbox > 0 && report.inbox > 0, "{report:?}");
    }
    let registered = register_last(nybro).await;
    for is_erased in [false, true] {
        let repeat = nybro.app.receive(&kalmar.organisation, request.clone()).await;
        let Answer::Failure { refusal, .. } = repeat else {
            panic!("a repeat of what was forgotten is no new message: {repeat:?}");
        };
        assert_eq!(refusal.reason, Reason::ChainBroken);
        assert_eq!(register_last(nybro).await, registered, "nothing was stored");
        assert_eq!(is_readable(nybro, &id).await, !is_erased);
        let case = ReferralId::from_bytes(id.as_slice().try_into().unwrap());
        let cause = ErasureCause::RetentionEnded;
        nybro.app.case_erase(&Actor::Clock, case, cause).await.unwrap();
    }
}

async fn register_last(node: &Node) -> u64 {
    node.app.parts().store.read(|reader| Box::pin(reader.register_last())).await.unwrap()
}
