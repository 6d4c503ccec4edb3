//! Somebody comes back: from prison, on consent or on the law's ground, and from care.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::{
    SendSignalRequest, SignalAct, SignalAlarm, SignalOutcome, TakeSignalStepRequest,
};
use brygga_proto::signal::v1::signal_content::Content;
use brygga_proto::signal::v1::{NeedCode, PaymentUndertaking, Release, SignalSubject};
use brygga_proto::types::v1::DisclosureGround;
use brygga_testkit::{Place, Region, Staff, eventually, reason_of};
use jiff::civil::{Date, Weekday};
use prost::Message;

use super::{
    CANARIES, KALMAR, LANDLORD, agree_on, hears, list, listed, rent_notice, sealed, send, show,
    step, take, wish,
};

const PRISON: Place = Place {
    name: "kriminalvarden",
    organisation: "demo:kriminalvarden",
    title: "Kriminalvården",
    kind: "prison-and-probation",
    units: &[],
    marks: &[],
};
const CARE: Place = Place {
    name: "regionen",
    organisation: "demo:region-kalmar",
    title: "Region Kalmar län",
    kind: "region",
    units: &[],
    marks: &[],
};

/// The Monday of the week some days from now.
fn monday(region: &Region, days: i64) -> Date {
    let day = swedish_day(region.clock("kalmar").now().plus(Seconds::days(days)));
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.saturating_sub(jiff::Span::new().days(back))
}

fn leaving(region: &Region, subject: SignalSubject, days: i64) -> SendSignalRequest {
    let release = Release {
        person_name: CANARIES[0].to_owned(),
        person_number: "199001012385".to_owned(),
        needs: vec![NeedCode::Dwelling.into(), NeedCode::RentDuringStay.into()],
        supervision: subject == SignalSubject::Release,
        contact: "010-000 00 00".to_owned(),
        ..Release::default()
    };
    SendSignalRequest {
        on: monday(region, days).to_string(),
        ground: DisclosureGround::Consent122.into(),
        ..wish(subject, Content::Release(release))
    }
}

/// Kriminalvården and two municipalities, one of which the prison lies in.
async fn prison() -> (Region, Staff) {
    let region = Region::start(&[KALMAR, PRISON, Place::NYBRO]).await;
    agree_on(&region, &["kalmar", "kriminalvarden", "nybro"], Default::default()).await;
    let officer = region.staff("kriminalvarden", "RELEASE_OFFICER", None);
    (region, officer)
}

/// REL-01, ORE-08: somebody who is registered in Kalmar is to be released in 60 days from a prison in Nybro.
///
/// Verified: Kalmar gets the signal and Nybro nothing; nobody acknowledges it for five days, which both ends see; it is taken
/// on, and both see that; when the planned day comes without a word about a place, both see that; with a place it is placed at
/// both ends.
#[tokio::test(flavor = "multi_thread")]
async fn rel_01_ore_08_the_home_municipality_answers_before_the_release() {
    let (region, officer) = prison().await;
    let turn = |by: Seconds| {
        for name in ["kalmar", "kriminalvarden", "nybro"] {
            region.clock(name).turn(by);
        }
    };
    let sent =
        send(&officer, leaving(&region, SignalSubject::Release, 60)).await.expect("consented");
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let arrived = eventually("it reaches home", || listed(&kalmar, &sent)).await;
    assert_eq!(arrived.recipient, "kommun:0880");
    assert!(list(&region.staff("nybro", "CASE_WORKER", None)).await.is_empty());
    eventually("Kriminalvården knows", || async { listed(&officer, &sent).await?.arrived_at })
        .await;
    turn(Seconds::days(5));
    for staff in [&kalmar, &officer] {
        let seen = listed(staff, &sent).await.expect("listed");
        assert_eq!((seen.alarm(), seen.days_unhandled), (SignalAlarm::NotTakenOn, 5));
    }
    take(&kalmar, step(&sent, SignalAct::TakenOn)).await.expect("acknowledged");
    let there = hears(&officer, &sent, SignalAct::TakenOn).await;
    assert_eq!((there.alarm(), there.days_unhandled), (SignalAlarm::Unspecified, 0));
    turn(Seconds::days(56));
    for staff in [&kalmar, &officer] {
        let seen = listed(staff, &sent).await.expect("listed");
        assert_eq!(seen.alarm(), SignalAlarm::NoOutcome);
    }
    take(&kalmar, step(&sent, SignalAct::PlaceArranged)).await.expect("a place");
    let there = hears(&officer, &sent, SignalAct::PlaceArranged).await;
    assert_eq!(there.outcome(), SignalOutcome::Placed);
    let read = show(&kalmar, &sent).await.expect("readable").content.and_then(|one| one.content);
    let Some(Content::Release(release)) = read else { panic!("a release") };
    assert!(release.supervision && release.needs.len() == 2);
}

/// REL-02: Kriminalvården has no consent.
///
/// Verified: without a ground it is refused, and with one that OSL 35 has not; on OSL 35:15 it goes; nobody else can send a
/// release, whatever their role.
#[tokio::test(flavor = "multi_thread")]
async fn rel_02_without_consent_only_the_law_for_prisons_carries_a_release() {
    let (region, officer) = prison().await;
    let on = |ground: DisclosureGround| SendSignalRequest {
        ground: ground.into(),
        ..leaving(&region, SignalSubject::Release, 60)
    };
    let cases = [
        (DisclosureGround::Unspecified, Reason::GroundMissing),
        (DisclosureGround::Care269, Reason::GroundNotAllowed),
        (DisclosureGround::StatutoryDuty1028, Reason::GroundNotAllowed),
    ];
    for (ground, reason) in cases {
        let refused = send(&officer, on(ground)).await.unwrap_err();
        assert_eq!(reason_of(&refused), reason, "{ground:?}");
    }
    assert!(list(&officer).await.is_empty(), "nothing is stored");
    let sent = send(&officer, on(DisclosureGround::Kvv3515)).await.expect("OSL 35:15");
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    eventually("it arrives", || listed(&kalmar, &sent)).await;
    for (place, role) in [("kriminalvarden", "RENT_COLLECTOR"), ("nybro", "RELEASE_OFFICER")] {
        let other = region.staff(place, role, None);
        let refused = send(&other, on(DisclosureGround::Consent122)).await.unwrap_err();
        assert_eq!(reason_of(&refused), Reason::RoleDenied, "{place}");
    }
}

/// NAT-03: somebody is in care, and a rent notice arrives.
///
/// Verified: the region tells Kalmar on consent, Kalmar undertakes to pay, and the landlord reads months and amount; nothing
/// that the landlord's node shows or has stored says that there was a stay, from whom Kalmar knows, or why it pays.
#[tokio::test(flavor = "multi_thread")]
async fn nat_03_the_landlord_hears_that_the_rent_is_paid_and_not_why() {
    let region = Region::start(&[KALMAR, LANDLORD, CARE]).await;
    agree_on(&region, &["kalmar", "hyresvard"], Default::default()).await;
    agree_on(&region, &["kalmar", "regionen"], Default::default()).await;
    let ward = region.staff("regionen", "RELEASE_OFFICER", None);
    let landlord = region.staff("hyresvard", "LANDLORD_ADMIN", None);
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let told =
        send(&ward, leaving(&region, SignalSubject::Discharge, 30)).await.expect("consented");
    eventually("Kalmar knows", || listed(&kalmar, &told)).await;
    let today = swedish_day(region.clock("kalmar").now()).to_string();
    let notice = send(&landlord, rent_notice(843_100, &today)).await.expect("permitted");
    eventually("the notice arrives", || listed(&kalmar, &notice)).await;
    let months = vec!["2026-11".to_owned(), "2026-12".to_owned()];
    let pays = PaymentUndertaking { months, amount_ore: 1_686_200 };
    let request = TakeSignalStepRequest {
        content: sealed(Content::Undertaking(pays.clone())),
        ..step(&notice, SignalAct::Undertaking)
    };
    take(&kalmar, request).await.expect("undertaken");
    let there = hears(&landlord, &notice, SignalAct::Undertaking).await;
    assert_eq!(there.outcome(), SignalOutcome::Averted);
    let read = show(&landlord, &notice).await.expect("the landlord's");
    assert_eq!(read.undertaking, Some(pays));
    assert_eq!(list(&landlord).await.len(), 1);
    let shown = read.encode_to_vec();
    for word in [CARE.organisation, "DISCHARGE", "RENT_DURING_STAY"] {
        assert!(!shown.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word}");
    }
    crate::notice::nowhere_in(&region, &["hyresvard"], &["199001012385", "010-000 00 00"]);
}
