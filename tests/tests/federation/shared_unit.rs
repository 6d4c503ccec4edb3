//! A unit that several boards of one municipality share, and acts for each of them.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, SubjectArea};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    AccessEntry, ApproveBreakGlassRequest, AwaitDeliveryRequest, BreakGlassReason,
    ExtractForPersonRequest, ListReferralsRequest, ListReferralsResponse, ListRegisterRequest,
    MarkReferralInErrorRequest, OpenBreakGlassRequest, ProcessingStop, RequestReferralRequest,
    ShowConsentRequest, ShowReferralRequest, WithdrawConsentRequest,
};
use brygga_proto::referral::v1::{ReferralWithdrawn, StatusReason};
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, reason_of, referral_to};
use tonic::Status;
use tonic_types::StatusExt;

use crate::setting::{act, agree, delivered, listed, look, record, request};

const CITY: Place = Place {
    name: "uppsala",
    organisation: "kommun:0380",
    title: "Uppsala kommun",
    kind: "municipality",
    units: &["socialnamnden", "omsorgsnamnden", "bostadssamordningen"],
    marks: &[],
};
const NYBRO: &str = Place::NYBRO.organisation;
const OFFICE: &str = "bostadssamordningen";
const SOCIAL: &str = "socialnamnden";
const CARE: &str = "omsorgsnamnden";

/// Uppsala, whose housing office acts for two boards, with a cooperation with Nybro.
async fn city() -> Region {
    let mut region = Region::found(&[CITY, Place::NYBRO]);
    let shared = format!("[{{ unit = \"{OFFICE}\", acts_for = [\"{SOCIAL}\", \"{CARE}\"] }}]");
    region.set("uppsala", "shared_list", &shared);
    for name in ["uppsala", "nybro"] {
        region.start_node(name).await;
    }
    let now = region.clock("uppsala").now();
    let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
    let terms = agreement_terms(&[CITY.organisation, NYBRO], kind, subject, now);
    agree(&region, "uppsala", "nybro", terms).await;
    region
}

fn worker(region: &Region, subject: &str, unit: &str) -> Staff {
    region.staff("uppsala", "CASE_WORKER", Some(unit)).named(subject)
}

/// A referral of one board on a new consent, asked for by somebody.
async fn ask(region: &Region, who: &Staff, board: &str) -> Result<Vec<u8>, Status> {
    let now = region.clock("uppsala").now();
    ask_on(who, board, record(who, consent_for(&[NYBRO], 30, now)).await).await
}

/// A referral of one board on a consent, asked for by somebody.
async fn ask_on(who: &Staff, board: &str, consent: Vec<u8>) -> Result<Vec<u8>, Status> {
    let wish = referral_to(NYBRO, consent);
    let asked = request(who, RequestReferralRequest { source_unit: board.to_owned(), ..wish });
    Ok(asked.await?.referral_id)
}

/// The field of what a role does not permit.
fn role_denied_at(refused: &Status) -> String {
    assert_eq!(reason_of(refused), Reason::RoleDenied);
    refused.get_details_error_info().expect("coded").metadata["field"].clone()
}

async fn show(who: &Staff, id: &[u8]) -> Result<(), Status> {
    let wanted = ShowReferralRequest { referral_id: id.to_vec() };
    who.referrals().show_referral(wanted).await.map(drop)
}

/// The referrals of which a consent tells somebody, where it is shown and where it is withdrawn.
async fn told_by_consent(who: &Staff, consent: &[u8]) -> [Vec<Vec<u8>>; 3] {
    let wanted = ShowConsentRequest { consent_id: consent.to_vec() };
    let shown = who.consents().show_consent(wanted).await.expect("kept here").into_inner();
    let again = WithdrawConsentRequest { consent_id: consent.to_vec() };
    let withdrawn = who.consents().withdraw_consent(again).await.expect("never refused");
    let of_stops = |stops: Vec<ProcessingStop>| stops.into_iter().map(|one| one.referral_id);
    [
        shown.disclosures.into_iter().map(|one| one.referral_id).collect(),
        of_stops(shown.stops).collect(),
        of_stops(withdrawn.into_inner().stops).collect(),
    ]
}

/// Whether a referral looks to somebody as one that does not exist, in its bytes and in the list.
async fn is_hidden_from(who: &Staff, id: &[u8]) -> bool {
    let hidden = show(who, id).await.expect_err("not theirs");
    let absent = show(who, &[7; 16]).await.expect_err("there is none");
    let told = (hidden.message(), hidden.details()) == (absent.message(), absent.details());
    let wanted = AwaitDeliveryRequest { referral_id: id.to_vec(), wait_seconds: 1 };
    let awaited = who.referrals().await_delivery(wanted).await.expect_err("not theirs");
    told && reason_of(&awaited) == Reason::NotFound
        && !listed(who).await.iter().any(|one| one.referral_id == id)
}

async fn extract(region: &Region, id: &[u8]) -> Vec<AccessEntry> {
    let reviewer = region.staff("uppsala", "LOG_REVIEWER", None);
    let about = ExtractForPersonRequest { referral_ids: vec![id.to_vec()], consent_ids: vec![] };
    reviewer.access().extract_for_person(about).await.expect("an extract").into_inner().entries
}

/// What the audit log says of a referral: who, what, and for whom.
async fn audited(region: &Region, id: &[u8]) -> Vec<String> {
    let subject = brygga_domain::ReferralId::try_from(id).expect("an identifier").to_string();
    let entries = whole_audit(region).await.into_iter();
    entries.filter(|entry| entry.contains(&subject)).collect()
}

async fn whole_audit(region: &Region) -> Vec<String> {
    let app = region.node("uppsala").app();
    app.audit_checkpoint().await.expect("a checkpoint is made");
    let leaves = app.parts().store.read(|reader| Box::pin(reader.audit_range(0, 1000)));
    let leaves = leaves.await.expect("the log").into_iter();
    leaves.map(|leaf| String::from_utf8(leaf.entry).expect("UTF-8")).collect()
}

/// Of each message of a type that the register holds: the unit that made it and the board for which.
async fn sent(region: &Region, subject: &str) -> Vec<(String, String)> {
    let registrar = region.staff("uppsala", "REGISTRAR", None);
    let list = registrar.register().list_register(ListRegisterRequest::default()).await;
    let entries = list.expect("listed").into_inner().entries.into_iter();
    let wanted = entries.filter(|entry| entry.subject == subject);
    wanted.map(|entry| (entry.handled_by, entry.on_behalf_of)).collect()
}

/// UPP-01: the housing office of Uppsala acts for two boards, each of which remains responsible.
///
/// Verified: it asks, reads and withdraws for the social board; audit, access log and register name who acted and the
/// board; the social board sees its case, the care board does not; the office sees no case that a board began by
/// itself; a unit that acts for nobody is refused, and so is the office for a board that it does not act for.
#[tokio::test(flavor = "multi_thread")]
async fn upp_01_a_shared_unit_acts_on_behalf_of_a_board() {
    let region = city().await;
    let office = worker(&region, "anna", OFFICE);
    let id = ask(&region, &office, SOCIAL).await.expect("it acts for the board");
    delivered(&office, &id).await;
    assert_eq!(listed(&office).await.len(), 1);
    let wanted = AwaitDeliveryRequest { referral_id: id.clone(), wait_seconds: 1 };
    office.referrals().await_delivery(wanted).await.expect("its own");
    let reason = StatusReason::NoLongerNeeded.into();
    act(&office, &id, Action::Withdraw(ReferralWithdrawn { referral_id: vec![], reason }))
        .await
        .expect("withdrawn for the board");

    let log = extract(&region, &id).await;
    for action in ["referral.request", "referral.show", "referral.withdraw"] {
        let entry = log.iter().find(|entry| entry.action == action).expect(action);
        assert_eq!((&*entry.unit, &*entry.on_behalf_of), (OFFICE, SOCIAL), "{action}");
    }
    let leaves = audited(&region, &id).await;
    assert!(leaves.len() >= 3, "{leaves:?}");
    for leaf in leaves.iter().filter(|leaf| leaf.contains("\treferral.")) {
        assert!(leaf.contains("\tuser:anna\t"), "{leaf}");
        assert!(leaf.ends_with("\ton-behalf-of:socialnamnden"), "{leaf}");
    }
    let acted = (OFFICE.to_owned(), SOCIAL.to_owned());
    for subject in ["referral.requested", "referral.withdrawn"] {
        assert_eq!(sent(&region, subject).await, std::slice::from_ref(&acted), "{subject}");
    }
    let arrived = sent(&region, "referral.progressed").await;
    assert!(arrived.iter().all(|by| *by == Default::default()), "{arrived:?}");

    let (social, care) = (worker(&region, "bertil", SOCIAL), worker(&region, "cilla", CARE));
    assert_eq!(listed(&social).await.len(), 1, "the board sees its case");
    assert!(is_hidden_from(&care, &id).await);
    let own = ask(&region, &social, SOCIAL).await.expect("by itself");
    assert!(is_hidden_from(&office, &own).await);
    for (who, board) in [("parken", SOCIAL), (OFFICE, "kulturnamnden"), (CARE, SOCIAL)] {
        let stranger = worker(&region, "dag", who);
        let refused = ask(&region, &stranger, board).await.expect_err("it acts for nobody there");
        assert_eq!(role_denied_at(&refused), "source_unit", "{who}");
    }
}

/// The boards take their mandate back.
///
/// Verified: from the next start the office sees what it began no more, whoever there began it, and begins nothing; the
/// board sees it as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_shared_unit_without_its_mandate_sees_nothing_that_it_began() {
    let mut region = city().await;
    let office = worker(&region, "anna", OFFICE);
    let id = ask(&region, &office, SOCIAL).await.expect("it acts for the board");
    delivered(&office, &id).await;
    region.stop_node("uppsala").await;
    region.set("uppsala", "shared_list", "[]");
    region.start_node("uppsala").await;

    assert!(is_hidden_from(&worker(&region, "anna", OFFICE), &id).await);
    let office = worker(&region, "anna", OFFICE);
    let page = ListReferralsRequest { page_size: 1, ..ListReferralsRequest::default() };
    let page = office.referrals().list_referrals(page).await.expect("listed").into_inner();
    assert_eq!(page, ListReferralsResponse::default(), "nor that there is more to turn to");
    let refused = ask(&region, &office, SOCIAL).await.expect_err("no mandate");
    assert_eq!(reason_of(&refused), Reason::RoleDenied);
    assert_eq!(listed(&worker(&region, "bertil", SOCIAL)).await.len(), 1);
}

/// A consent is kept by the unit that recorded it, and what rests on it may be another's.
///
/// Verified: of a consent that the office recorded, it is told the case that it began for the board and not the one that
/// the board began by itself, nor the order to stop that; without its mandate it is told of neither; the board, which
/// does not keep it, withdraws it and is told of both orders.
#[tokio::test(flavor = "multi_thread")]
async fn a_consent_tells_nobody_of_a_referral_that_is_hidden_from_them() {
    let mut region = city().await;
    let (office, social) = (worker(&region, "anna", OFFICE), worker(&region, "bertil", SOCIAL));
    let now = region.clock("uppsala").now();
    let consent = record(&office, consent_for(&[NYBRO], 30, now)).await;
    let begun = ask_on(&office, SOCIAL, consent.clone()).await.expect("it acts for the board");
    let own = ask_on(&social, SOCIAL, consent.clone()).await.expect("by itself");
    for id in [&begun, &own] {
        delivered(&social, id).await;
    }
    let withdraw = WithdrawConsentRequest { consent_id: consent.clone() };
    let withdrawn = social.consents().withdraw_consent(withdraw).await.expect("never refused");
    let told: Vec<_> =
        withdrawn.into_inner().stops.into_iter().map(|one| one.referral_id).collect();
    assert_eq!(told.len(), 2, "both are the board's");

    assert!(is_hidden_from(&office, &own).await);
    let only = vec![begun];
    assert_eq!(told_by_consent(&office, &consent).await, [only.clone(), only.clone(), only]);

    region.stop_node("uppsala").await;
    region.set("uppsala", "shared_list", "[]");
    region.start_node("uppsala").await;
    let office = worker(&region, "anna", OFFICE);
    assert_eq!(told_by_consent(&office, &consent).await.concat(), Vec::<Vec<u8>>::new());
}

/// Secrecy holds between the boards also where one unit acts for both, and towards the recipient.
///
/// Verified: the office, which works on a case of the social board, cannot have one of the care board continue it; one of
/// the same board continues it, and the recipient is told so.
#[tokio::test(flavor = "multi_thread")]
async fn a_referral_of_one_board_continues_none_of_another() {
    let region = city().await;
    let office = worker(&region, "anna", OFFICE);
    let earlier = ask(&region, &office, SOCIAL).await.expect("it acts for the board");
    delivered(&office, &earlier).await;
    let now = region.clock("uppsala").now();
    let consent = record(&office, consent_for(&[NYBRO], 30, now)).await;
    let next = |board: &str| {
        let (source_unit, part_of) = (board.to_owned(), earlier.clone());
        let wish = referral_to(NYBRO, consent.clone());
        request(&office, RequestReferralRequest { source_unit, part_of, ..wish })
    };
    let refused = next(CARE).await.expect_err("another board's");
    assert_eq!(role_denied_at(&refused), "part_of");
    let id = next(SOCIAL).await.expect("the same board's").referral_id;
    delivered(&office, &id).await;
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    assert_eq!(look(&nybro, &id).await.expect("it arrived").part_of, earlier);
}

/// What the office undoes for a board names the board as what it did.
///
/// Verified: a withdrawn consent's order to stop names the office and the board in the register for the case that the
/// office began, and nobody for the one that the board began; a mistake's erasure, an approved glass and a refused
/// request name the board in the audit; whoever approves does so in the access log, too.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_shared_unit_stops_erases_and_opens_names_the_board() {
    let region = city().await;
    let (office, social) = (worker(&region, "anna", OFFICE), worker(&region, "bertil", SOCIAL));
    let now = region.clock("uppsala").now();
    let consent_id = record(&office, consent_for(&[NYBRO], 30, now)).await;
    for who in [&office, &social] {
        let id = ask_on(who, SOCIAL, consent_id.clone()).await.expect("permitted");
        delivered(&social, &id).await;
    }
    let withdraw = WithdrawConsentRequest { consent_id };
    office.consents().withdraw_consent(withdraw).await.expect("never refused");
    let mut orders = sent(&region, "processing.stop_requested").await;
    orders.sort();
    let acted = (OFFICE.to_owned(), SOCIAL.to_owned());
    assert_eq!(orders, [Default::default(), acted]);

    let mistaken = ask(&region, &office, SOCIAL).await.expect("it acts for the board");
    delivered(&office, &mistaken).await;
    let (referral_id, reason) = (mistaken.clone(), BreakGlassReason::LifeOrHealth.into());
    let wish = OpenBreakGlassRequest { referral_id, reason, justification: "larm".to_owned() };
    let glass = worker(&region, "cilla", CARE).access().open_break_glass(wish).await;
    let break_glass_id = glass.expect("asked").into_inner().break_glass_id;
    let senior = region.staff("uppsala", "RESPONSIBLE_CASE_WORKER", Some(OFFICE)).named("dag");
    let approve = ApproveBreakGlassRequest { break_glass_id };
    senior.access().approve_break_glass(approve).await.expect("a second person");
    let log = extract(&region, &mistaken).await;
    let approved = log.iter().find(|entry| entry.action == "break_glass.approve").expect("logged");
    assert_eq!((&*approved.unit, &*approved.on_behalf_of), (OFFICE, SOCIAL));

    let mark = MarkReferralInErrorRequest { referral_id: mistaken.clone() };
    office.referrals().mark_referral_in_error(mark).await.expect("marked");
    let leaves = audited(&region, &mistaken).await;
    for action in ["\tbreak_glass.approve\t", "\treferral.erase "] {
        let leaf = leaves.iter().find(|leaf| leaf.contains(action)).expect(action);
        assert!(leaf.ends_with("\ton-behalf-of:socialnamnden"), "{leaf}");
    }

    let unknown = RequestReferralRequest {
        source_unit: SOCIAL.to_owned(),
        ..referral_to("kommun:9999", vec![])
    };
    request(&office, unknown).await.expect_err("no such organisation");
    let refused = whole_audit(&region).await;
    let refused = refused.iter().rfind(|leaf| leaf.contains("\treferral.request\t-\trefused\t"));
    assert!(refused.expect("noted").ends_with("\ton-behalf-of:socialnamnden"), "{refused:?}");
}
