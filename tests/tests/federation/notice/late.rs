//! What is late, who else sees it then, and the times that are not about a confirmation.

use brygga_domain::calendar;
use brygga_proto::local::v1::CountLateSignalsRequest;

use super::*;

/// How many notices wait for a confirmation at Kalmar, and of how many it is late.
async fn counted(coordinator: &Staff) -> (u32, u32) {
    let counted = coordinator.signals().count_late_signals(CountLateSignalsRequest {}).await;
    let counted = counted.expect("numbers").into_inner();
    (counted.notices_waiting, counted.notices_late)
}

/// Two notices come to the mobile team, one of somebody with protected identity to the function for that, and nobody confirms.
///
/// Verified: until 16:00 the mobile team's deputy sees neither and the coordinator counts the open one; from 16:00 the deputy
/// sees it, reads it and confirms it; of the protected one it sees the number, and the coordinator never counts it.
#[tokio::test(flavor = "multi_thread")]
async fn from_16_00_the_deputy_function_sees_what_nobody_has_confirmed() {
    let court = Court::agreed().await;
    let set = ["registry", "contact-point", "set", KALMAR.organisation];
    let who = ["--audience", "organisations", "--unit", "mobila-teamet"];
    let how = ["--phone", "0480-000 00", "--hours", "vardagar", "--deputy-unit", "socialjouren"];
    court.region.run("kalmar", &[&set[..], &who, &how].concat());
    court.receives_protected_post().await;
    court.turn_to(1, 9, 0);
    let to_the_team =
        SendNoticeRequest { target_unit: "mobila-teamet".to_owned(), ..wish(Protection::None) };
    let sent = send(&court.kronofogden, to_the_team).await.expect("permitted");
    send(&court.kronofogden, wish(Protection::Protected)).await.expect("permitted");
    let team = court.region.staff("kalmar", "CASE_WORKER", Some("mobila-teamet"));
    let deputy = court.region.staff("kalmar", "CASE_WORKER", Some("socialjouren"));
    let coordinator = court.region.staff("kalmar", "REGIONAL_COORDINATOR", None);
    eventually("the notice arrives", || listed(&team, &sent)).await;
    assert_eq!(counted(&coordinator).await, (1, 0));
    court.turn_to(0, 15, 59);
    eventually("it is late", || async { (counted(&coordinator).await == (1, 1)).then_some(()) })
        .await;
    assert_eq!(listed(&deputy, &sent).await, None);
    assert_eq!(reason_of(&confirm(&deputy, &sent).await.unwrap_err()), Reason::NotFound);

    court.turn_to(0, 16, 0);
    let all = list(&deputy).await;
    let ids: Vec<_> = all.iter().map(|one| one.notice_id.clone()).collect();
    assert_eq!(ids, [sent.notice_id.clone(), Vec::new()], "and a number of the protected one");
    let shown = show(&deputy, &sent).await.expect("shown");
    assert_eq!(shown.content.expect("content").tenant_name, CANARIES[0]);
    confirm(&deputy, &sent).await.expect("confirmed");
    eventually("Kronofogden hears", || async {
        listed(&court.kronofogden, &sent).await?.confirmed_at
    })
    .await;
    assert_eq!(counted(&coordinator).await, (0, 0));
    assert_eq!(listed(&deputy, &sent).await, None, "it is the team's again");
}

/// T5 to T8: an application, a time, a respite and an eviction.
///
/// Verified: an application lapses after six months without a word and a respite is over after its last day, at both ends and
/// each once; a day belongs to a respite only; the municipality sees by when somebody has been there before the eviction, and
/// by when it is followed up, and Kronofogden does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_respite_an_application_and_an_eviction_have_times_of_their_own() {
    let court = Court::agreed().await;
    court.turn_to(1, 9, 0);
    let mut applied = wish(Protection::None);
    applied.kind = NoticeKind::Application.into();
    applied.content.as_mut().expect("content").planned_at.clear();
    let applied = send(&court.kronofogden, applied).await.expect("permitted");
    let today = swedish_day(court.region.clock("kalmar").now());
    let lapses_after = calendar::months_after(today, 6).to_string();
    let planned = court.scheduled().await;
    let shown = show(&court.kalmar, &planned).await.expect("shown");
    // 2030-12-02 is a Monday, and so is the day a week before.
    assert_eq!((shown.outreach_by.as_str(), shown.follow_up_by.as_str()), ("2030-11-25", ""));
    assert_eq!(show(&court.kronofogden, &planned).await.expect("shown").outreach_by, "");
    eventually("the application arrives", || listed(&court.kalmar, &applied)).await;
    for staff in [&court.kalmar, &court.kronofogden] {
        assert_eq!(show(staff, &applied).await.expect("shown").lapses_after, lapses_after);
    }

    let until = calendar::months_after(today, 1);
    let astray = SendNoticeRequest {
        until: until.to_string(),
        ..following(&planned, NoticeKind::Withdrawn)
    };
    let refused = send(&court.kronofogden, astray).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    let deferred =
        SendNoticeRequest { until: until.to_string(), ..following(&planned, NoticeKind::Respite) };
    send(&court.kronofogden, deferred).await.expect("it follows");
    eventually("the respite arrives", || async {
        listed(&court.kalmar, &planned).await.filter(|one| one.until == until.to_string())
    })
    .await;
    let days = i64::from((until - today).get_days());
    court.turn_to(days, 23, 59);
    assert_eq!(alarms(&court, &planned).await, [NoticeAlarm::Unspecified; 2]);
    court.turn_to(1, 0, 1);
    assert_eq!(alarms(&court, &planned).await, [NoticeAlarm::RespiteOver; 2]);
    are_raised(&court, &["RESPITE_OVER"]).await;

    let content = wish(Protection::None).content;
    let again = SendNoticeRequest { content, ..following(&planned, NoticeKind::Scheduled) };
    send(&court.kronofogden, again).await.expect("it follows");
    follow(&court.kronofogden, &planned, NoticeKind::Executed).await.expect("it follows");
    let shown = eventually("the eviction arrives", || async {
        show(&court.kalmar, &planned).await.ok().filter(|one| !one.follow_up_by.is_empty())
    })
    .await;
    let executed = swedish_day(court.region.clock("kalmar").now());
    assert_eq!(shown.follow_up_by, calendar::weeks_after(executed, 2).to_string());
    assert_eq!(show(&court.kronofogden, &planned).await.expect("shown").follow_up_by, "");
    court.turn_to(6 * 31, 9, 0);
    assert_eq!(alarms(&court, &applied).await, [NoticeAlarm::LapseDue; 2]);
    are_raised(&court, &["RESPITE_OVER", "LAPSE_DUE"]).await;
}
