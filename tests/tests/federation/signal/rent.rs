//! Rent that is not paid: notices, arrears, undertakings, and who comes first.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{Reason, Seconds, calendar};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{PriorityMark, SignalTerms};
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::{
    CountLateSignalsRequest, SendSignalRequest, SignalAct, SignalAlarm, SignalOutcome, StepReason,
    TakeSignalStepRequest,
};
use brygga_proto::notice::v1::Children;
use brygga_proto::signal::v1::signal_content::Content;
use brygga_proto::signal::v1::{PaymentUndertaking, SignalSubject, VisitRound, VisitRoundDwelling};
use brygga_proto::types::v1::DataCategory;
use brygga_testkit::{consent_for, eventually, reason_of};

use super::{
    CANARIES, Estate, LANDLORD, acts, arrears, hears, list, listed, rent_notice, sealed, send,
    show, step, take, wish,
};
use crate::schema::Contract;
use crate::setting::record;

/// The Swedish day some days from Kalmar's present one.
fn day(estate: &Estate, days: i64) -> jiff::civil::Date {
    swedish_day(estate.region.clock("kalmar").now().plus(Seconds::days(days)))
}

fn undertaking() -> Content {
    let months = vec!["2026-11".to_owned()];
    Content::Undertaking(PaymentUndertaking { months, amount_ore: 843_100 })
}

/// EVI-02: a rent notice with another amount.
///
/// Verified: the second has another id and a window of its own; the first is superseded at both ends and takes no
/// undertaking; the same request again sends nothing; and the landlord has no call that changes a notice.
#[tokio::test(flavor = "multi_thread")]
async fn evi_02_a_corrected_amount_is_a_new_notice_with_a_new_clock() {
    let estate = Estate::agreed().await;
    let served = day(&estate, 0).to_string();
    let first = estate.given(rent_notice(843_100, &served)).await;
    let corrected = SendSignalRequest {
        replaces: first.signal_id.clone(),
        ..rent_notice(843_200, &day(&estate, 1).to_string())
    };
    estate.turn(Seconds::days(1));
    let second = estate.given(corrected.clone()).await;
    assert_ne!(second.signal_id, first.signal_id);
    assert!(second.redeem_by > first.redeem_by, "{} {}", second.redeem_by, first.redeem_by);
    for staff in [&estate.landlord, &estate.kalmar] {
        let old = listed(staff, &first).await.expect("it stays");
        assert_eq!(old.outcome(), SignalOutcome::Superseded);
        assert_eq!(
            listed(staff, &second).await.expect("open").outcome(),
            SignalOutcome::Unspecified
        );
    }
    let request = TakeSignalStepRequest {
        content: sealed(undertaking()),
        ..step(&first, SignalAct::Undertaking)
    };
    let refused = take(&estate.kalmar, request).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::Terminal);
    let again = send(&estate.landlord, corrected).await.expect("the same");
    assert_eq!(again.signal_id, second.signal_id);
    assert_eq!(list(&estate.kalmar).await.len(), 2);
}

/// EVI-03: the tenant was served five days before the socialnämnd.
///
/// Verified at both ends: three weeks run from the later of the two, to the next working day, and an eviction can be decided
/// two weekdays after that; while nobody has served the tenant no window is open, and when the landlord tells that somebody
/// has, it opens.
#[tokio::test(flavor = "multi_thread")]
async fn evi_03_the_three_weeks_run_from_the_later_service() {
    let estate = Estate::agreed().await;
    let notice = estate.given(rent_notice(843_100, &day(&estate, -5).to_string())).await;
    let end = calendar::working_day_from(day(&estate, 21));
    let decision = calendar::working_days_after(end, 2);
    let there = eventually("the landlord knows when it arrived", || async {
        listed(&estate.landlord, &notice).await.filter(|one| one.arrived_at.is_some())
    })
    .await;
    for seen in [&notice, &there] {
        assert_eq!(seen.redeem_by, end.to_string());
        assert_eq!(seen.earliest_decision, decision.to_string());
    }
    let unserved = estate.given(rent_notice(100_000, "")).await;
    assert_eq!(unserved.redeem_by, "");
    let served = TakeSignalStepRequest {
        on: day(&estate, 0).to_string(),
        ..step(&unserved, SignalAct::TenantServed)
    };
    take(&estate.landlord, served).await.expect("told");
    let opened = hears(&estate.kalmar, &unserved, SignalAct::TenantServed).await;
    assert_eq!(opened.redeem_by, end.to_string());
}

/// EVI-04: the socialnämnd undertakes to pay on day 20, and another time on the day after the last.
///
/// Verified: in time the landlord hears it with months and amount and the notice is averted at both ends; too late it is taken
/// as a message, is marked late at both ends and averts nothing.
#[tokio::test(flavor = "multi_thread")]
async fn evi_04_an_undertaking_in_time_averts_and_a_late_one_is_flagged() {
    let estate = Estate::agreed().await;
    for (is_late, outcome) in [(false, SignalOutcome::Averted), (true, SignalOutcome::Unspecified)]
    {
        let notice = estate.given(rent_notice(843_100, &day(&estate, 0).to_string())).await;
        let last: jiff::civil::Date = notice.redeem_by.parse().expect("a day");
        let until =
            calendar::end_of_swedish_day(last).millis_since(estate.region.clock("kalmar").now());
        let days = if is_late { 1 } else { -1 };
        estate.turn(Seconds(until / 1000 + days * 3_600));
        let request = TakeSignalStepRequest {
            content: sealed(undertaking()),
            ..step(&notice, SignalAct::Undertaking)
        };
        let here = take(&estate.kalmar, request).await.expect("a message");
        let there = estate.hears(&notice, SignalAct::Undertaking).await;
        for seen in [&here, &there] {
            assert_eq!(seen.steps.last().map(|taken| taken.is_late), Some(is_late));
            assert_eq!(seen.outcome(), outcome);
        }
        let read = show(&estate.landlord, &notice).await.expect("the landlord's");
        let pays = read.undertaking.expect("what is paid");
        assert_eq!((pays.months, pays.amount_ore), (vec!["2026-11".to_owned()], 843_100));
    }
}

/// ORE-06, NKP-07, STJ-02: rent is late; nobody tries to reach the tenant for three days.
///
/// Verified: on the third day it is overdue at Kalmar and counted there, and the landlord hears nothing of that; a visit before
/// any letter needs a reason and is taken with one; letter, visit and plan stay at Kalmar; the landlord sees that somebody
/// works with it and nothing else; when it is paid both see it averted, and it counts as prevented in Kalmar's list.
#[tokio::test(flavor = "multi_thread")]
async fn ore_06_nkp_07_stj_02_late_rent_is_worked_with_until_it_is_averted() {
    let estate = Estate::agreed().await;
    let signal = estate.given(arrears(10, Children::Yes)).await;
    assert_eq!(signal.alarm(), SignalAlarm::Unspecified);
    estate.turn(Seconds::days(3));
    let late = listed(&estate.kalmar, &signal).await.expect("listed");
    assert_eq!((late.alarm(), late.days_unhandled), (SignalAlarm::NoContact, 3));
    let there = listed(&estate.landlord, &signal).await.expect("listed");
    assert_eq!((there.alarm(), there.days_unhandled), (SignalAlarm::Unspecified, 3));
    let coordinator = estate.region.staff("kalmar", "REGIONAL_COORDINATOR", None);
    let counted = coordinator.signals().count_late_signals(CountLateSignalsRequest {}).await;
    let counted = counted.expect("numbers").into_inner();
    assert_eq!((counted.open, counted.late, counted.unhandled), (1, 1, 1));

    let refused = take(&estate.kalmar, step(&signal, SignalAct::Visit)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    let reason = StepReason::Children.into();
    let visit = TakeSignalStepRequest { reason, ..step(&signal, SignalAct::Visit) };
    take(&estate.kalmar, visit).await.expect("with a reason");
    for act in [SignalAct::Letter, SignalAct::Plan, SignalAct::TakenOn] {
        take(&estate.kalmar, step(&signal, act)).await.expect("a step");
    }
    let here = listed(&estate.kalmar, &signal).await.expect("listed");
    assert_eq!((here.alarm(), here.days_unhandled), (SignalAlarm::Unspecified, 0));
    let there = estate.hears(&signal, SignalAct::TakenOn).await;
    assert_eq!(acts(&there), [SignalAct::TakenOn], "what stays does not leave Kalmar");

    take(&estate.landlord, step(&signal, SignalAct::Paid)).await.expect("told");
    let here = hears(&estate.kalmar, &signal, SignalAct::Paid).await;
    assert_eq!(here.outcome(), SignalOutcome::Averted);
    let refused = take(&estate.landlord, step(&signal, SignalAct::Evicted)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::Terminal);
}

/// ORE-05, STJ-01, STJ-07: two signals at the same minute, one with children; and whom only the socialtjänst may put first.
///
/// Verified: the one with children comes first whichever was sent first, with its next time; an agreement that puts suspected
/// mental ill-health first moves the one that Kalmar marks before it; the landlord cannot set that mark, hears nothing of it,
/// and no message has a number for it; and no field of arrears or of a rent notice holds a date of birth or a number.
#[tokio::test(flavor = "multi_thread")]
async fn ore_05_stj_01_stj_07_who_comes_first_is_agreed_and_said_in_bands() {
    let priority = [PriorityMark::IllHealth, PriorityMark::Children].map(Into::into).to_vec();
    let estate = Estate::agreed_on(SignalTerms { priority, ..SignalTerms::default() }).await;
    let plain = estate.given(arrears(10, Children::No)).await;
    let children = estate.given(arrears(10, Children::Yes)).await;
    let order = || async {
        let ids: Vec<_> = list(&estate.kalmar).await.into_iter().map(|one| one.signal_id).collect();
        ids
    };
    assert_eq!(order().await, [children.signal_id.clone(), plain.signal_id.clone()]);
    assert_eq!(children.priority, [i32::from(PriorityMark::Children)]);
    assert!(children.due_at.is_some(), "its time is seen");

    let mark = || step(&plain, SignalAct::MarkIllHealth);
    let refused = take(&estate.landlord, mark()).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::RoleDenied);
    take(&estate.kalmar, mark()).await.expect("the socialtjänst's");
    assert_eq!(order().await, [plain.signal_id.clone(), children.signal_id.clone()]);
    take(&estate.kalmar, step(&plain, SignalAct::TakenOn)).await.expect("told");
    let there = estate.hears(&plain, SignalAct::TakenOn).await;
    assert!(there.priority.is_empty() && acts(&there) == [SignalAct::TakenOn]);

    let contract = Contract::read();
    let travels = |name: &&str| name.contains("PRIORITY_CLASS") || name.starts_with("SignalGiven");
    let named = contract.names_with(&["ill_health", "mental"]);
    assert_eq!(named.into_iter().filter(travels).count(), 0);
    let born = contract.names_with(&["birth", "born", "number"]);
    let of_rent = |name: &&str| name.starts_with("Arrears.") || name.starts_with("RentNotice.");
    assert_eq!(born.into_iter().find(of_rent), None);
}

/// BFK-03: the rent is 3 days late and the agreement gives 14.
///
/// Verified: the landlord's node refuses and nothing is stored or sent; on the fifteenth day it is told.
#[tokio::test(flavor = "multi_thread")]
async fn bfk_03_no_arrears_are_told_within_the_days_of_grace() {
    let grace = SignalTerms { grace_days: 14, ..SignalTerms::default() };
    let estate = Estate::agreed_on(grace).await;
    for days in [3, 14] {
        let refused = send(&estate.landlord, arrears(days, Children::No)).await.unwrap_err();
        assert_eq!(reason_of(&refused), Reason::WithinGrace);
    }
    assert!(list(&estate.landlord).await.is_empty());
    estate.given(arrears(15, Children::No)).await;
    assert_eq!(list(&estate.kalmar).await.len(), 1);
}

/// ORE-16: Försäkringskassan pays the rent to the landlord, which only a flag says, on the person's consent.
///
/// Verified: without a consent, and with one for somebody else, it is refused; with one the landlord sees that the rent is
/// secured, and nothing in all that it can see says by what.
#[tokio::test(flavor = "multi_thread")]
async fn ore_16_the_landlord_hears_that_the_rent_is_secured_and_not_by_what() {
    let estate = Estate::agreed().await;
    let signal = estate.given(arrears(10, Children::No)).await;
    let secured =
        |consent_id| TakeSignalStepRequest { consent_id, ..step(&signal, SignalAct::RentSecured) };
    let refused = take(&estate.kalmar, secured(Vec::new())).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::ConsentMissing);
    let now = estate.region.clock("kalmar").now();
    let consent = |recipient: &str| ConsentRecord {
        data_categories: vec![DataCategory::HousingSituation.into()],
        ..consent_for(&[recipient], 30, now)
    };
    let others = record(&estate.kalmar, consent("kommun:0881")).await;
    let refused = take(&estate.kalmar, secured(others)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::ConsentScope);
    let own = record(&estate.kalmar, consent(LANDLORD.organisation)).await;
    take(&estate.kalmar, secured(own)).await.expect("consented");
    let there = estate.hears(&signal, SignalAct::RentSecured).await;
    assert_eq!(acts(&there), [SignalAct::RentSecured]);
    let seen = show(&estate.landlord, &signal).await.expect("the landlord's");
    assert_eq!((seen.undertaking, seen.occupant.as_str()), (None, ""));
    let contract = Contract::read();
    let said = contract.names_with(&["benefit", "forsakringskassan", "direct_payment"]);
    let told = |name: &&str| name.starts_with("Signal");
    assert_eq!(said.into_iter().find(told), None);
}

/// NYN-06: thirty dwellings with unpaid rent, to knock at together before a day.
///
/// Verified: Kalmar reads the dwellings, which have no names; when the last day is over the round has expired at both ends and
/// neither can open it, and its addresses stand in no file of either node.
#[tokio::test(flavor = "multi_thread")]
async fn nyn_06_a_round_of_visits_is_gone_after_its_last_day() {
    let estate = Estate::agreed().await;
    let dwelling = |number: u32| VisitRoundDwelling {
        address: format!("{} lgh {number}", CANARIES[1]),
        rents_unpaid: 1,
    };
    let dwellings = (1101..1131).map(dwelling).collect();
    let round = VisitRound { dwellings, contact: "0480-000 00".to_owned() };
    let asked = SendSignalRequest {
        on: day(&estate, 6).to_string(),
        ..wish(SignalSubject::VisitRound, Content::Round(round))
    };
    let signal = estate.given(asked).await;
    for staff in [&estate.kalmar, &estate.landlord] {
        let read = show(staff, &signal).await.expect("readable");
        assert!(matches!(read.content.and_then(|one| one.content), Some(Content::Round(_))));
    }
    estate.turn(Seconds::days(7));
    for staff in [&estate.kalmar, &estate.landlord] {
        eventually("the round expires", || async {
            let seen = listed(staff, &signal).await?;
            (seen.outcome() == SignalOutcome::Expired).then_some(())
        })
        .await;
        assert_eq!(show(staff, &signal).await.expect("listed").content, None);
    }
    crate::notice::nowhere_in(&estate.region, &["kalmar", "hyresvard"], &CANARIES);
}
