//! What is taken back is stopped everywhere, and everybody says what they still hold.

use std::time::{Duration, Instant};

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, SubjectArea};
use brygga_proto::consent::v1::ConsentRecipient;
use brygga_proto::consent::v1::processing_stopped::Held;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    MarkReferralInErrorRequest, NarrowConsentRequest, ProcessingStop, ShowConsentRequest,
    ShowReferralRequest, WithdrawConsentRequest,
};
use brygga_proto::referral::v1::{Accepted, ReferralStatus};
use brygga_proto::types::v1::DataCategory;
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, holds_for, reason_of,
    referral_to,
};

use crate::setting::{Neighbours, act, agree, delivered, has_status, look, record, request};

const BORGHOLM: &str = "kommun:0885";
const NYBRO: &str = "kommun:0881";

/// Kalmar with an agreement with each of three others.
struct Circle {
    region: Region,
    kalmar: Staff,
}

impl Circle {
    async fn agreed() -> Self {
        let places = [Place::KALMAR, Place::NYBRO, Place::BORGHOLM, Place::STADSMISSIONEN];
        let region = Region::start(&places).await;
        let now = region.clock("kalmar").now();
        for place in &places[1..] {
            let kind = match place.kind {
                "municipality" => AgreementKind::RegionalCooperation,
                _ => AgreementKind::Iop,
            };
            let parties = [Place::KALMAR.organisation, place.organisation];
            let terms = agreement_terms(&parties, kind, SubjectArea::Homelessness, now);
            agree(&region, "kalmar", place.name, terms).await;
        }
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        Self { region, kalmar }
    }

    async fn send(&self, to: &str, consent: &[u8]) -> Vec<u8> {
        let wish = referral_to(to, consent.to_vec());
        let id = request(&self.kalmar, wish).await.expect("permitted").referral_id;
        delivered(&self.kalmar, &id).await;
        id
    }
}

async fn stops(staff: &Staff, consent: &[u8]) -> Vec<ProcessingStop> {
    let wanted = ShowConsentRequest { consent_id: consent.to_vec() };
    staff.consents().show_consent(wanted).await.expect("shown").into_inner().stops
}

async fn all_answered(staff: &Staff, consent: &[u8], count: usize) -> Vec<ProcessingStop> {
    eventually("every recipient answers", || async {
        let stops = stops(staff, consent).await;
        let done = stops.len() == count && stops.iter().all(|stop| stop.answer.is_some());
        done.then_some(stops)
    })
    .await
}

fn held_by<'s>(stops: &'s [ProcessingStop], recipient: &str) -> &'s Held {
    let stop = stops.iter().find(|stop| stop.recipient == recipient).expect("it was told");
    stop.answer.as_ref().and_then(|answer| answer.held.as_ref()).expect("it answered")
}

async fn name_seen(staff: &Staff, referral_id: &[u8]) -> Option<String> {
    let wanted = ShowReferralRequest { referral_id: referral_id.to_vec() };
    let shown = staff.referrals().show_referral(wanted).await.ok()?.into_inner();
    shown.content.map(|content| content.name)
}

/// CON-02: a person withdraws a consent on which three organisations have got something.
///
/// Kalmar ──referrals──▶ Nybro (accepted), Borgholm (not answered), Stadsmissionen (accepted, outside lag
/// 2001:454). Verified: each answers within 60 s with what it still holds: Nybro keeps its file by SoL 16:1
/// and closes it, Borgholm and Stadsmissionen erase; nobody can read the content any more; the two that
/// were open end as cancelled at both ends; a new referral is refused; a second withdrawal changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn con_02_withdrawal_stops_every_recipient_and_each_says_what_it_holds() {
    let circle = Circle::agreed().await;
    let (region, kalmar) = (&circle.region, &circle.kalmar);
    let mission = Place::STADSMISSIONEN.organisation;
    let recipients = [NYBRO, BORGHOLM, mission];
    let consent = consent_for(&recipients, 30, region.clock("kalmar").now());
    let consent = record(kalmar, consent).await;
    let mut sent = Vec::new();
    for to in recipients {
        sent.push(circle.send(to, &consent).await);
    }
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    let borgholm = region.staff("borgholm", "CASE_WORKER", None);
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    act(&nybro, &sent[0], Action::Accept(Accepted {})).await.expect("accepted");
    act(&shelter, &sent[2], Action::Accept(Accepted {})).await.expect("accepted");
    has_status(kalmar, &sent[0], ReferralStatus::Accepted).await;
    has_status(kalmar, &sent[2], ReferralStatus::Accepted).await;
    assert_eq!(name_seen(&borgholm, &sent[1]).await.as_deref(), Some("Kim Testsson"));

    let begun = Instant::now();
    let withdraw = WithdrawConsentRequest { consent_id: consent.clone() };
    let answer = kalmar.consents().withdraw_consent(withdraw.clone()).await.expect("never refused");
    assert_eq!(answer.into_inner().stops.len(), 3, "each is told");
    let answered = all_answered(kalmar, &consent, 3).await;
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());

    let Held::RetainedBecause(law) = held_by(&answered, NYBRO) else {
        panic!("an authority keeps the file of what it accepted: {answered:?}");
    };
    assert_eq!(law.statute, "SoL 16:1");
    for who in [BORGHOLM, mission] {
        assert!(matches!(held_by(&answered, who), Held::Erased(_)), "{who}: {answered:?}");
    }
    for (staff, id) in [(&nybro, &sent[0]), (&borgholm, &sent[1]), (&shelter, &sent[2])] {
        let ended = has_status(staff, id, ReferralStatus::Cancelled).await;
        assert!(ended.processing_stopped);
        assert_eq!(name_seen(staff, id).await, None, "the content is closed");
        let mirrored = has_status(kalmar, id, ReferralStatus::Cancelled).await;
        assert_eq!(mirrored.version, ended.version);
    }
    let refused =
        request(kalmar, referral_to(NYBRO, consent.clone())).await.expect_err("withdrawn");
    assert_eq!(reason_of(&refused), Reason::ConsentWithdrawn);
    let again = kalmar.consents().withdraw_consent(withdraw).await.expect("never refused");
    assert_eq!((again.get_ref().stopped_messages, again.get_ref().stops.len()), (0, 3));
}

/// ORE-20: the person asks what was sent about them, and gets a paper.
///
/// Verified: before anything is sent the receipt says so; after a referral it names the recipient, the data
/// and the ground; after the withdrawal it says when and what the recipient still holds; it tells how to
/// withdraw; the easy one names no law; neither names the person, the case or where the paper is kept.
#[tokio::test(flavor = "multi_thread")]
async fn ore_20_the_person_gets_a_receipt_of_what_was_sent() {
    let circle = Circle::agreed().await;
    let (region, kalmar) = (&circle.region, &circle.kalmar);
    let consent = consent_for(&[NYBRO], 30, region.clock("kalmar").now());
    let consent = record(kalmar, consent).await;
    let receipt = |style: &str| {
        let id = hex::encode(&consent);
        let words = ["consent", "receipt", &id, "--style", style, "--language", "sv"];
        tokio::task::block_in_place(|| region.run("kalmar", &words))
    };
    assert!(receipt("plain").contains("Inget ännu."), "nothing is sent");
    assert!(receipt("easy").contains("Vi har inte berättat något ännu."));

    circle.send(NYBRO, &consent).await;
    let plain = receipt("plain");
    for part in [NYBRO, "identitet", "12 kap. 2 §", "SÅ TAR DU TILLBAKA", "www.imy.se"] {
        assert!(plain.contains(part), "{part}: {plain}");
    }
    assert!(!plain.contains("Inget ännu.") && !plain.contains("TOG TILLBAKA"), "{plain}");

    let withdraw = WithdrawConsentRequest { consent_id: consent.clone() };
    kalmar.consents().withdraw_consent(withdraw).await.expect("never refused");
    all_answered(kalmar, &consent, 1).await;
    let (plain, easy) = (receipt("plain"), receipt("easy"));
    assert!(plain.contains("DU TOG TILLBAKA SAMTYCKET"), "{plain}");
    for paper in [&plain, &easy] {
        assert!(paper.contains("har raderat allt"), "{paper}");
        for hidden in ["Testsson", "199001012385", "pärm"] {
            assert!(!paper.contains(hidden), "{hidden}: {paper}");
        }
    }
    assert!(!easy.contains('§') && easy.contains("Du får säga nej när du vill."), "{easy}");
}

/// CON-02, offline: what waits is dropped, and a recipient that never got anything says so.
///
/// Verified: while Nybro is away a referral waits; the withdrawal drops it and leaves an order to stop that
/// waits and is overdue after a minute; when Nybro is back it has received nothing, says NOTHING_HELD, and
/// the referral ends at Kalmar, whose follow-up is closed by Kalmar alone.
#[tokio::test(flavor = "multi_thread")]
async fn con_02_what_waits_is_dropped_and_an_offline_recipient_answers_when_it_is_back() {
    let mut neighbours = Neighbours::agreed().await;
    let consent = neighbours.consent(30).await;
    neighbours.region.stop_node("nybro").await;
    let wish = referral_to(NYBRO, consent.clone());
    let id = request(&neighbours.kalmar, wish).await.expect("queued").referral_id;
    let withdraw = WithdrawConsentRequest { consent_id: consent.clone() };
    let answer = neighbours.kalmar.consents().withdraw_consent(withdraw).await;
    assert_eq!(answer.expect("never refused").into_inner().stopped_messages, 1);
    neighbours.region.clock("kalmar").turn(brygga_domain::Seconds(61));
    let waiting = stops(&neighbours.kalmar, &consent).await;
    assert!(waiting[0].is_overdue && waiting[0].answer.is_none(), "somebody has to call");

    neighbours.region.start_node("nybro").await;
    let answered = all_answered(&neighbours.kalmar, &consent, 1).await;
    assert!(matches!(held_by(&answered, NYBRO), Held::NothingHeld(_)));
    let nybro = neighbours.region.staff("nybro", "CASE_WORKER", None);
    holds_for("nothing arrives", Duration::from_millis(500), || async {
        look(&nybro, &id).await.is_none()
    })
    .await;
    let ended = has_status(&neighbours.kalmar, &id, ReferralStatus::Cancelled).await;
    assert!(ended.follow_up_open);
    let acknowledge = Action::Acknowledge(brygga_proto::referral::v1::LoopClosed {});
    let closed = act(&neighbours.kalmar, &id, acknowledge).await.expect("closed here");
    assert!(!closed.follow_up_open);
}

/// A consent that is narrowed stops just what it covers no more.
///
/// Verified: leaving Borgholm out stops Borgholm's referral and not Nybro's; nothing can be added again.
#[tokio::test(flavor = "multi_thread")]
async fn narrowed_consent_stops_what_it_covers_no_more() {
    let circle = Circle::agreed().await;
    let (region, kalmar) = (&circle.region, &circle.kalmar);
    let consent = consent_for(&[NYBRO, BORGHOLM], 30, region.clock("kalmar").now());
    let categories = consent.data_categories.clone();
    let consent = record(kalmar, consent).await;
    let (at_nybro, at_borgholm) =
        (circle.send(NYBRO, &consent).await, circle.send(BORGHOLM, &consent).await);
    let left = |organisations: &[&str]| NarrowConsentRequest {
        consent_id: consent.clone(),
        recipients: organisations
            .iter()
            .map(|one| ConsentRecipient { organisation: (*one).to_owned(), unit: String::new() })
            .collect(),
        data_categories: categories.clone(),
        valid_until: None,
    };
    kalmar.consents().narrow_consent(left(&[NYBRO])).await.expect("narrowed");
    let answered = all_answered(kalmar, &consent, 1).await;
    assert!(matches!(held_by(&answered, BORGHOLM), Held::Erased(_)));
    has_status(kalmar, &at_borgholm, ReferralStatus::Cancelled).await;
    let kept = look(kalmar, &at_nybro).await.expect("it stands");
    assert_eq!(kept.status(), ReferralStatus::Requested);
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    assert_eq!(name_seen(&nybro, &at_nybro).await.as_deref(), Some("Kim Testsson"));
    let wider = kalmar.consents().narrow_consent(left(&[NYBRO, BORGHOLM])).await;
    assert_eq!(reason_of(&wider.expect_err("nothing is added")), Reason::InvalidField);
    let mut fewer = left(&[NYBRO]);
    fewer.data_categories = vec![DataCategory::HousingNeed.into()];
    kalmar.consents().narrow_consent(fewer).await.expect("narrowed again");
    all_answered(kalmar, &consent, 2).await;
}

/// A referral about the wrong person is taken back, whatever its state.
///
/// Verified: marked in error at Kalmar after Nybro has accepted, it is ENTERED_IN_ERROR at both ends, the
/// content is gone at both, also for Kalmar itself, and marking it again changes nothing; the target cannot.
#[tokio::test(flavor = "multi_thread")]
async fn referral_made_by_mistake_is_erased_at_both_ends() {
    let neighbours = Neighbours::agreed().await;
    let wish = referral_to(NYBRO, neighbours.consent(30).await);
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;
    act(&neighbours.nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    has_status(&neighbours.kalmar, &id, ReferralStatus::Accepted).await;
    let mark = MarkReferralInErrorRequest { referral_id: id.clone() };
    let wrong = neighbours.nybro.referrals().mark_referral_in_error(mark.clone()).await;
    assert_eq!(reason_of(&wrong.expect_err("not theirs to mark")), Reason::WrongActor);

    neighbours.kalmar.referrals().mark_referral_in_error(mark.clone()).await.expect("marked");
    for staff in [&neighbours.kalmar, &neighbours.nybro] {
        has_status(staff, &id, ReferralStatus::EnteredInError).await;
        assert_eq!(name_seen(staff, &id).await, None);
    }
    let stop = eventually("Nybro has erased", || async {
        let again = neighbours.kalmar.referrals().mark_referral_in_error(mark.clone()).await;
        let stop = again.expect("repeatable").into_inner().stop?;
        stop.answer.is_some().then_some(stop)
    })
    .await;
    assert!(matches!(held_by(&[stop], NYBRO), Held::Erased(_)), "nothing is kept of a mistake");
}
