//! Two ends of a case, over the post office of the relay.

use brygga_domain::Reason;
use brygga_domain::relocation::{
    Act, EndKind, HandoverItem, Position, ProtectionLevel, RefusalCode, Route, Stage,
};

use super::towns::{NYNASHAMN, Towns, refused, sensitive};

#[tokio::test]
async fn a_case_goes_from_the_enquiry_to_its_end_at_both_ends() {
    let mut towns = Towns::begin().await;
    let [id, haninge, _] = towns.offered().await;
    towns.origin.disclose(id, 0).await;
    assert_eq!(towns.haninge.show(haninge).await.stage, Stage::Offered, "nothing has come yet");
    towns.carry().await;
    assert_eq!(towns.haninge.show(haninge).await.stage, Stage::Arrived);

    let given = towns.haninge.act(0, haninge, Act::Open).await.unwrap();
    assert_eq!((given.stage, given.content, given.origin), (Stage::Arrived, None, None));
    let alone = towns.haninge.act(0, haninge, Act::Open).await;
    assert_eq!(refused(alone), (Reason::ReleaseMissing, "second_officer"));
    let opened = towns.haninge.act(1, haninge, Act::Open).await.unwrap();
    assert_eq!(opened.stage, Stage::Opened);
    assert_eq!(opened.content.unwrap().expose(), "Tolvan Tolvansson".as_bytes());
    assert_eq!(opened.origin.unwrap().organisation.expose().as_str(), NYNASHAMN);
    assert_eq!(opened.route, Some(Route::Transfer));
    assert_eq!(opened.level, ProtectionLevel::ConfidentialityMarking);
    assert_eq!((opened.arrived, opened.share), (None, None));
    towns.carry().await;
    assert!(towns.origin.show(id).await.opened_at.is_some());

    let note = |text: &str| Act::Assist(sensitive(text));
    towns.haninge.act(0, haninge, note("frågar")).await.unwrap();
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.assistance, [sensitive("frågar")]);
    towns.origin.act(1, id, note("svarar")).await.unwrap();
    towns.haninge.act(0, haninge, Act::TakePosition(Position::Accepted)).await.unwrap();
    towns.carry().await;
    let item = HandoverItem::SafetyPlan;
    let handing = towns.origin.act(0, id, Act::HandOver(item)).await.unwrap();
    assert_eq!(handing.stage, Stage::HandingOver);
    towns.carry().await;
    let received = towns.haninge.act(1, haninge, Act::Receive(item)).await.unwrap();
    assert_eq!(received.assistance, [sensitive("svarar")]);
    for act in [Act::Move, Act::FollowUp, Act::Close] {
        towns.haninge.act(0, haninge, act).await.unwrap();
    }
    towns.carry().await;
    let closed = towns.origin.show(id).await;
    assert_eq!((closed.stage, closed.received), (Stage::Closed, 7));
    assert!(closed.handover[0].received_at.is_some());
    assert_eq!(towns.haninge.show(haninge).await.stage, Stage::Closed);
}

#[tokio::test]
async fn after_a_refusal_somebody_else_is_chosen_and_the_first_is_not_heard_any_more() {
    let mut towns = Towns::begin().await;
    let [id, haninge, kalmar] = towns.opened().await;
    let no = Act::TakePosition(Position::Refused(RefusalCode::NoPlace));
    towns.haninge.act(0, haninge, no).await.unwrap();
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.stage, Stage::Refused);
    let again = towns.origin.act(0, id, Act::Select { place: 0 }).await;
    assert_eq!(refused(again), (Reason::NotFound, "offer"));
    towns.origin.disclose(id, 1).await;
    // It still has something to say, which belongs to another pair.
    towns.haninge.act(0, haninge, Act::Assist(sensitive("ändå"))).await.unwrap();
    towns.haninge.act(0, haninge, Act::NoteDecision { takes_over: true }).await.unwrap();
    towns.carry().await;
    let case = towns.origin.show(id).await;
    assert_eq!((case.stage, case.received, case.assistance.len()), (Stage::Disclosed, 0, 0));
    towns.kalmar.open_both(kalmar).await;
    towns.kalmar.act(0, kalmar, Act::TakePosition(Position::Accepted)).await.unwrap();
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.stage, Stage::Accepted);
    towns.haninge.act(0, haninge, Act::End(EndKind::Aborted)).await.unwrap();
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.stage, Stage::Accepted);
}

#[tokio::test]
async fn either_side_ends_it_at_once() {
    for is_origin in [true, false] {
        let mut towns = Towns::begin().await;
        let [id, haninge, _] = towns.opened().await;
        let end = Act::End(if is_origin { EndKind::Withdrawn } else { EndKind::Aborted });
        let (stage, ended) = if is_origin {
            (Stage::Withdrawn, towns.origin.act(1, id, end).await)
        } else {
            (Stage::Aborted, towns.haninge.act(1, haninge, end).await)
        };
        assert_eq!(ended.unwrap().stage, stage);
        towns.carry().await;
        let (here, there) = (towns.origin.show(id).await, towns.haninge.show(haninge).await);
        assert_eq!((here.stage, there.stage), (stage, stage));
        assert_eq!((there.content, there.arrived), (None, None));
    }
}

#[tokio::test]
async fn an_end_is_heard_before_the_disclosure_is_opened() {
    let mut towns = Towns::begin().await;
    let [id, haninge, kalmar] = towns.offered().await;
    towns.origin.disclose(id, 0).await;
    towns.carry().await;
    assert_eq!(towns.haninge.show(haninge).await.stage, Stage::Arrived);
    towns.origin.act(0, id, Act::End(EndKind::Aborted)).await.unwrap();
    towns.carry().await;
    let there = towns.haninge.show(haninge).await;
    assert_eq!((there.stage, there.arrived), (Stage::Aborted, None));
    // Nobody was told in Kalmar, and nobody waits for its end.
    towns.kalmar.act(0, kalmar, Act::End(EndKind::Aborted)).await.unwrap();
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.stage, Stage::Aborted);
}

#[tokio::test]
async fn a_destination_takes_back_its_offer_or_ends_what_it_has_not_opened() {
    let mut towns = Towns::begin().await;
    let [id, haninge, kalmar] = towns.offered().await;
    towns.kalmar.act(0, kalmar, Act::End(EndKind::Aborted)).await.unwrap();
    towns.carry().await;
    let case = towns.origin.show(id).await;
    assert_eq!(case.stage, Stage::Enquired);
    let gone = towns.origin.act(0, id, Act::Select { place: 1 }).await;
    assert_eq!(refused(gone), (Reason::NotFound, "offer"));
    towns.origin.disclose(id, 0).await;
    towns.carry().await;
    towns.haninge.show(haninge).await;
    towns.haninge.act(0, haninge, Act::End(EndKind::Aborted)).await.unwrap();
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.stage, Stage::Aborted);
}

/// Letters to the origin are sealed to two of its officers: another one leaves them where they are.
#[tokio::test]
async fn a_third_officer_sees_what_the_other_two_have_taken() {
    let mut towns = Towns::begin().await;
    let third = towns.origin.enrolled("cilla").await;
    towns.origin.third = Some(third.clone());
    let [id, haninge, _] = towns.opened().await;
    towns.haninge.act(0, haninge, Act::TakePosition(Position::Accepted)).await.unwrap();
    towns.carry().await;
    let app = &towns.origin.app;
    let seen = app.relocation_show(third.clone(), id).await.unwrap();
    assert_eq!(seen.stage, Stage::Disclosed);
    assert_eq!(towns.origin.show(id).await.stage, Stage::Accepted);
    assert_eq!(app.relocation_show(third, id).await.unwrap().stage, Stage::Accepted);
}
