//! The way from the first arrears to an eviction, or to none.

use brygga_proto::agreement::v1::SignalTerms;
use brygga_proto::local::v1::{
    ChainLink, SendSignalRequest, Signal, SignalAct, TakeSignalStepRequest,
};
use brygga_proto::notice::v1::Children;
use brygga_proto::signal::v1::SignalSubject;

use super::*;
use crate::signal;

/// What stands in a chain: what a signal is about, or what Kronofogden told last.
async fn chain(staff: &Staff, of: &Signal) -> Vec<Result<SignalSubject, NoticeKind>> {
    let shown = signal::show(staff, of).await.expect("shown");
    let link = |link: &ChainLink| {
        let is_signal = link.notice_id.is_empty();
        if is_signal { Ok(link.subject()) } else { Err(link.kind()) }
    };
    shown.chain.iter().map(link).collect()
}

fn linking(signal: &Signal, notice_id: &[u8]) -> TakeSignalStepRequest {
    let step = signal::step(signal, SignalAct::EvictionNotice);
    TakeSignalStepRequest { notice_id: notice_id.to_vec(), ..step }
}

/// Rent is late, then the tenancy is terminated, then Kronofogden has a time; and somebody else's eviction goes the protected
/// way.
///
/// Verified: from either signal Kalmar sees all three in their order and, once it is so, that the eviction was withdrawn; the
/// landlord sees its own two and hears of no step, a rent-debt adviser no notice; a step without a notice, one that is not
/// there, one of a protected person and a notice without its step are refused, and so is a second of the wrong end.
#[tokio::test(flavor = "multi_thread")]
async fn the_way_from_the_first_arrears_to_the_end_is_one_chain() {
    let court = Court::agreed_beside(signal::LANDLORD).await;
    signal::agree_on(&court.region, &["kalmar", "hyresvard"], SignalTerms::default()).await;
    court.receives_protected_post().await;
    let landlord = court.region.staff("hyresvard", "LANDLORD_ADMIN", None);
    let arrears = signal::send(&landlord, signal::arrears(15, Children::No)).await;
    let arrears = arrears.expect("permitted");
    let terminated = SendSignalRequest {
        replaces: arrears.signal_id.clone(),
        ..signal::rent_notice(843_100, "")
    };
    let terminated = signal::send(&landlord, terminated).await.expect("permitted");
    eventually("it arrives", || signal::listed(&court.kalmar, &terminated)).await;
    let notice = court.scheduled().await;
    let case_worker = &court.kalmar;
    assert_eq!(chain(case_worker, &arrears).await.len(), 2, "nobody has linked anything");

    let linked = signal::take(case_worker, linking(&terminated, &notice.notice_id)).await;
    assert_eq!(linked.expect("linked").steps.len(), 1);
    use SignalSubject::{Arrears, RentNotice};
    for from in [&arrears, &terminated] {
        let wanted = [Ok(Arrears), Ok(RentNotice), Err(NoticeKind::Scheduled)];
        assert_eq!(chain(case_worker, from).await, wanted);
    }
    follow(&court.kronofogden, &notice, NoticeKind::Withdrawn).await.expect("it follows");
    eventually("the eviction is withdrawn", || async {
        let last = chain(case_worker, &arrears).await.pop();
        (last == Some(Err(NoticeKind::Withdrawn))).then_some(())
    })
    .await;
    let adviser = court.region.staff("kalmar", "RENT_DEBT_ADVISER", None);
    for (staff, who) in [(&adviser, "the adviser"), (&landlord, "the landlord")] {
        assert_eq!(chain(staff, &arrears).await, [Ok(Arrears), Ok(RentNotice)], "{who}");
    }
    let at_landlord = signal::listed(&landlord, &terminated).await.expect("listed");
    assert_eq!(at_landlord.steps, [], "what stays is not told");

    let protected = send(&court.kronofogden, wish(Protection::Protected)).await.expect("permitted");
    let both = "CASE_WORKER PROTECTED_OFFICER";
    let both = court.region.staff("kalmar", both, Some(PROTECTED_POST));
    eventually("it arrives", || listed(&both, &protected)).await;
    let disturbed = signal::step(&terminated, SignalAct::Letter);
    let not_its_step = TakeSignalStepRequest { notice_id: notice.notice_id.clone(), ..disturbed };
    let refused = [
        (case_worker, linking(&terminated, &[]), Reason::InvalidField),
        (case_worker, linking(&terminated, &[7; 16]), Reason::NotFound),
        (case_worker, linking(&terminated, &protected.notice_id), Reason::NotFound),
        (case_worker, not_its_step, Reason::InvalidField),
        (&landlord, linking(&terminated, &notice.notice_id), Reason::NotFound),
    ];
    for (staff, request, reason) in refused {
        let refusal = signal::take(staff, request).await.unwrap_err();
        assert_eq!(reason_of(&refusal), reason, "{refusal}");
    }
    let theirs = SendSignalRequest {
        target_unit: PROTECTED_POST.to_owned(),
        ..signal::arrears(15, Children::No)
    };
    let theirs = signal::send(&landlord, theirs).await.expect("permitted");
    eventually("it arrives", || signal::listed(&both, &theirs)).await;
    let refusal = signal::take(&both, linking(&theirs, &protected.notice_id)).await.unwrap_err();
    assert_eq!(reason_of(&refusal), Reason::NotFound, "also for who sees both");
}
