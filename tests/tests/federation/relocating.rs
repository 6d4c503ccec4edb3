//! Protected relocations between municipalities: blind enquiry, offers, disclosure, position, handover and end, over real
//! nodes and a real relay.

use brygga_domain::Reason;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    CloseRelocation, OpenDisclosure, PrepareDisclosure, RecordCallBack, RecordFollowUp, RecordMove,
    ReleaseDisclosure, SendAssistance, TakePosition,
};
use brygga_proto::relocation::v1::{
    HandoverItem, RefusalCode, RelocationEnd, RelocationPosition, RelocationRoute,
};
use brygga_testkit::{Place, eventually, holds_for, reason_of};

use crate::network::{Exchange, HANINGE, NYNASHAMN};
use crate::officers::{PERSON, Team, disclose, enquire, offered};

fn accept() -> Act {
    let position = RelocationPosition::Accepted.into();
    Act::TakePosition(TakePosition { position, refusal: RefusalCode::Unspecified.into() })
}

/// KSD-10, PRO-01: somebody with protection moves from a small town, from the first word to the last.
///
/// ```text
/// Nynäshamn ── enquiry, blindly ──▶ Kalmar, Nybro, Borgholm        (Haninge, its neighbour, is excluded)
/// Nynäshamn ◀── offers ── Kalmar, Nybro
/// Nynäshamn ── disclosure, by two officers ──▶ Kalmar, opened by two officers
/// Nynäshamn ◀── accepted, received, moved, followed up, closed ──▶ Kalmar
/// ```
///
/// Verified: before the disclosure Kalmar knows a need in codes and nothing else; the origin cannot disclose without
/// call-back, content and a second officer; one officer alone opens nothing at the destination; what is handed over has
/// its receipt; both ends are closed; the one whose offer was not chosen never learns who asked.
#[tokio::test(flavor = "multi_thread")]
async fn ksd_10_pro_01_a_protected_person_moves_and_is_known_by_two_officers_at_each_end() {
    let exchange = Exchange::begin().await;
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let kalmar = Team::of(&exchange.region, Place::KALMAR.name).await;
    let nybro = Team::of(&exchange.region, Place::NYBRO.name).await;
    let id = origin.open(&exchange, RelocationRoute::Application297, &[HANINGE.organisation]).await;
    let asked = origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    assert_eq!(asked.stage, "ENQUIRED");

    let enquiry = kalmar.asked().await;
    assert_eq!(enquiry.agreement_id, exchange.agreement);
    let at_kalmar = kalmar.offer(&exchange, &enquiry).await;
    assert!(kalmar.other.enquiries().await.is_empty(), "it is answered");
    let at_nybro = nybro.offer(&exchange, &nybro.asked().await).await;
    let place = offered(&origin, &id, Place::KALMAR.organisation).await;
    offered(&origin, &id, Place::NYBRO.organisation).await;

    origin.one.act(&id, Act::Select(place)).await.expect("chosen");
    let release = || Act::Release(ReleaseDisclosure {});
    let missing = |refused: Result<_, _>| reason_of(&refused.map(|_: ()| ()).expect_err("missing"));
    assert_eq!(missing(origin.other.act(&id, release()).await.map(drop)), Reason::ReleaseMissing);
    let call = RecordCallBack { spoke_with: "Dagny Provsson".to_owned() };
    origin.one.act(&id, Act::CallBack(call)).await.expect("called back");
    assert_eq!(missing(origin.other.act(&id, release()).await.map(drop)), Reason::ReleaseMissing);
    let content = PERSON.to_owned();
    let prepare = Act::Prepare(PrepareDisclosure { content });
    origin.one.act(&id, prepare).await.expect("prepared");
    assert_eq!(missing(origin.one.act(&id, release()).await.map(drop)), Reason::ReleaseMissing);
    let disclosed = origin.other.act(&id, release()).await.expect("released");
    assert_eq!((disclosed.stage.as_str(), disclosed.prepared.as_str()), ("DISCLOSED", ""));

    let arrived = kalmar.reaches(&at_kalmar, "ARRIVED").await;
    assert_eq!((arrived.content.as_str(), arrived.origin), ("", None));
    let open = || Act::Open(OpenDisclosure {});
    let given = kalmar.one.act(&at_kalmar, open()).await.expect("one gives a share");
    assert_eq!((given.stage.as_str(), given.content.as_str()), ("ARRIVED", ""));
    assert_eq!(missing(kalmar.one.act(&at_kalmar, open()).await.map(drop)), Reason::ReleaseMissing);
    let opened = kalmar.other.act(&at_kalmar, open()).await.expect("the other opens it");
    assert_eq!((opened.stage.as_str(), opened.content.as_str()), ("OPENED", PERSON));
    assert_eq!(opened.origin.expect("an origin").organisation, NYNASHAMN.organisation);

    kalmar.one.act(&at_kalmar, accept()).await.expect("accepted");
    origin.reaches(&id, "ACCEPTED").await;
    let plan = HandoverItem::SafetyPlan;
    origin.one.act(&id, Act::HandOver(plan.into())).await.expect("handed over");
    kalmar.reaches(&at_kalmar, "HANDING_OVER").await;
    kalmar.one.act(&at_kalmar, Act::Receive(plan.into())).await.expect("received");
    eventually("the receipt comes", || async {
        origin.one.show(&id).await.expect("a case").handover.first()?.received_at
    })
    .await;
    kalmar.one.act(&at_kalmar, Act::Move(RecordMove {})).await.expect("moved");
    kalmar.one.act(&at_kalmar, Act::FollowUp(RecordFollowUp {})).await.expect("followed up");
    kalmar.one.act(&at_kalmar, Act::Close(CloseRelocation {})).await.expect("closed");
    origin.reaches(&id, "CLOSED").await;
    let passed_over = nybro.one.show(&at_nybro).await.expect("a case");
    assert_eq!((passed_over.stage.as_str(), passed_over.origin), ("OFFERED", None));
}

/// PRO-05, NYN-07, leak L15: a small town's neighbours, where the threat has its ties, are never asked.
///
/// Verified: what is excluded stands at the origin alone and gets no enquiry, while all others do; with so many exclusions
/// that fewer than the agreed candidates are left nobody is asked at all.
#[tokio::test(flavor = "multi_thread")]
async fn pro_05_nyn_07_leak_15_whoever_is_excluded_is_never_asked() {
    let exchange = Exchange::begin().await;
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let neighbour = Team::of(&exchange.region, HANINGE.name).await;
    let borgholm = Team::of(&exchange.region, Place::BORGHOLM.name).await;
    let route = RelocationRoute::AgreementExchange;
    let too_few = [HANINGE.organisation, Place::KALMAR.organisation];
    let few = origin.open(&exchange, route, &too_few).await;
    let refused = origin.one.act(&few, enquire(&exchange)).await.expect_err("two candidates");
    assert_eq!(reason_of(&refused), Reason::AnonymitySetTooSmall);
    assert_eq!(origin.one.show(&few).await.expect("a case").stage, "ASSESSED");

    let id = origin.open(&exchange, route, &[HANINGE.organisation]).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    borgholm.asked().await;
    holds_for("the neighbour is not asked", std::time::Duration::from_secs(6), || async {
        neighbour.one.enquiries().await.is_empty()
    })
    .await;
    assert_eq!(borgholm.one.enquiries().await.len(), 1, "and nobody is asked twice");
}

/// PRO-03: the destination refuses.
///
/// Verified: the origin gets that it is refused, with a code; another offer can be chosen, and what the first destination
/// says afterwards changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn pro_03_a_refusal_is_told_by_its_code_and_another_can_be_chosen() {
    let exchange = Exchange::begin().await;
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let kalmar = Team::of(&exchange.region, Place::KALMAR.name).await;
    let nybro = Team::of(&exchange.region, Place::NYBRO.name).await;
    let id = origin.open(&exchange, RelocationRoute::Application297, &[]).await;
    origin.one.act(&id, enquire(&exchange)).await.expect("asked");
    let at_kalmar = kalmar.offer(&exchange, &kalmar.asked().await).await;
    let at_nybro = nybro.offer(&exchange, &nybro.asked().await).await;
    let first = offered(&origin, &id, Place::KALMAR.organisation).await;
    let second = offered(&origin, &id, Place::NYBRO.organisation).await;

    disclose(&origin, &id, first).await;
    kalmar.open_arrived(&at_kalmar).await;
    let refusal = RefusalCode::NoPlace;
    let position = RelocationPosition::Refused.into();
    let refuse = TakePosition { position, refusal: refusal.into() };
    kalmar.one.act(&at_kalmar, Act::TakePosition(refuse)).await.expect("refused");
    let told = origin.reaches(&id, "REFUSED").await.position.expect("a position");
    assert_eq!((told.position(), told.refusal()), (RelocationPosition::Refused, refusal));

    disclose(&origin, &id, second).await;
    let late = Act::Assist(SendAssistance { text: "För sent".to_owned() });
    kalmar.one.act(&at_kalmar, late).await.expect("it can be sent");
    let opened = nybro.open_arrived(&at_nybro).await;
    assert_eq!(opened.content, PERSON);
    nybro.one.act(&at_nybro, accept()).await.expect("accepted");
    let accepted = origin.reaches(&id, "ACCEPTED").await;
    assert!(accepted.assistance.is_empty(), "of the first destination nothing is heard any more");
}

/// Either side ends it at once, from wherever it stands, without a reason.
#[tokio::test(flavor = "multi_thread")]
async fn either_side_ends_it_at_once() {
    let exchange = Exchange::begin().await;
    let origin = Team::of(&exchange.region, NYNASHAMN.name).await;
    let kalmar = Team::of(&exchange.region, Place::KALMAR.name).await;
    for by_origin in [true, false] {
        let id = origin.open(&exchange, RelocationRoute::Transfer2910, &[]).await;
        origin.one.act(&id, enquire(&exchange)).await.expect("asked");
        let at_kalmar = kalmar.offer(&exchange, &kalmar.asked().await).await;
        let place = offered(&origin, &id, Place::KALMAR.organisation).await;
        disclose(&origin, &id, place).await;
        kalmar.open_arrived(&at_kalmar).await;
        let end = Act::End(RelocationEnd::Aborted.into());
        let (ends, hears) = if by_origin {
            ((&origin, &id), (&kalmar, &at_kalmar))
        } else {
            ((&kalmar, &at_kalmar), (&origin, &id))
        };
        ends.0.one.act(ends.1, end).await.expect("ended");
        let ended = hears.0.reaches(hears.1, "ABORTED").await;
        assert_eq!(ended.content, "", "nothing of the person is left at the destination");
    }
}
