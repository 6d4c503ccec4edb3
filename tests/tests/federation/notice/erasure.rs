//! Notices past their time: their keys go, and with them every copy of what was sealed.

use brygga_app::App;
use brygga_domain::NoticeId;
use brygga_exchange::notice::StoredNoticePart;

use super::*;
use crate::transfer_erasure::{PLAN, exported, held};

/// Days of five years, with what leap years and a night on the way need.
const FIVE_YEARS: i64 = 5 * 365 + 3;

fn id_of(notice: &Notice) -> NoticeId {
    NoticeId::try_from(notice.notice_id.as_slice()).expect("an identifier")
}

async fn slots(app: &App, notice: &Notice) -> Vec<brygga_crypto::at_rest::KeySlot> {
    let id = id_of(notice);
    let read = app.parts().store.read(move |reader| Box::pin(reader.notice_parts(id)));
    let parts: Vec<StoredNoticePart> = read.await.expect("rows");
    parts.iter().filter_map(|part| Some(part.content.as_ref()?.key_slot)).collect()
}

/// A notice about somebody with a number, confirmed and executed, as both ends know.
async fn executed(court: &Court, number: &str, protection: Protection) -> Notice {
    let mut wish = wish(protection);
    number.clone_into(&mut wish.content.as_mut().expect("content").tenant_number);
    let sent = send(&court.kronofogden, wish).await.expect("permitted");
    let officer = court.region.staff("kalmar", "PROTECTED_OFFICER", Some(PROTECTED_POST));
    let staff = if protection == Protection::None { &court.kalmar } else { &officer };
    let notice = eventually("the notice arrives", || listed(staff, &sent)).await;
    confirm(staff, &notice).await.expect("confirmed");
    follow(&court.kronofogden, &sent, NoticeKind::Executed).await.expect("it follows");
    eventually("it is over", || async {
        listed(staff, &sent).await.filter(|one| one.kind() == NoticeKind::Executed)
    })
    .await
}

/// What the clock did about cases of a kind, as the audit log names them.
async fn leaves(app: &App, action: &str) -> Vec<String> {
    app.audit_checkpoint().await.expect("a checkpoint");
    let store = &app.parts().store;
    let leaves = store.read(|reader| Box::pin(reader.audit_range(0, 1_000))).await.expect("leaves");
    let entries = leaves.iter().map(|leaf| String::from_utf8_lossy(&leaf.entry).into_owned());
    entries.filter(|entry| entry.contains(&format!("\tclock\t{action}"))).collect()
}

/// Two evictions were executed, one of somebody born on a day that research keeps.
///
/// Verified: nothing goes before five years, nor before what was registered is exported; then at the municipality no slot of
/// the first holds a key and no row holds content, while Kronofogden keeps it until it has decided otherwise; the second is
/// opened for its day once and stays; and the next round finds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_past_its_time_opens_from_no_copy_at_the_municipality() {
    let court = Court::agreed().await;
    let notice = executed(&court, CANARIES[1], Protection::None).await;
    let kept = executed(&court, "191406652386", Protection::None).await;
    let app = court.region.node("kalmar").app();
    let copied = slots(app, &notice).await;
    assert_eq!((copied.len(), held(app, &copied).await), (2, 2), "a time and a confirmation");
    court.turn_to(5 * 365, 12, 0);
    let report = app.retention_round(&PLAN).await.expect("a round");
    assert_eq!((report.erased, report.blocked), (0, 0), "it is not time yet");
    court.turn_to(3, 12, 0);
    let report = app.retention_round(&PLAN).await.expect("a round");
    assert_eq!((report.erased, report.blocked), (0, 2), "nothing is exported");
    exported(&court.region, &["kalmar", "kronofogden"]).await;
    for (erased, name) in [(1, "kalmar"), (0, "kalmar"), (0, "kronofogden")] {
        let report = court.region.node(name).app().retention_round(&PLAN).await.expect("a round");
        assert_eq!((report.erased, report.blocked), (erased, 0), "{name}");
    }
    assert_eq!((held(app, &copied).await, slots(app, &notice).await.len()), (0, 0));
    assert_eq!(slots(app, &kept).await.len(), 2);
    assert_eq!(leaves(app, "retention.keep\t").await.len(), 1);
    let shown = show(&court.kalmar, &notice).await.expect("it is there");
    assert_eq!((shown.content, shown.case_worker.as_str()), (None, ""));
    assert_eq!(shown.notice.expect("a notice").kind(), NoticeKind::Executed);
    assert!(show(&court.kronofogden, &notice).await.expect("it is there").content.is_some());
}

/// The same of a protected person.
///
/// Verified: it is erased, and the log does not say which it was.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_does_not_say_which_protected_notice_was_erased() {
    let court = Court::agreed().await;
    court.receives_protected_post().await;
    let notice = executed(&court, CANARIES[1], Protection::Protected).await;
    court.turn_to(FIVE_YEARS, 12, 0);
    exported(&court.region, &["kalmar"]).await;
    let app = court.region.node("kalmar").app();
    let report = app.retention_round(&PLAN).await.expect("a round");
    assert_eq!((report.erased, report.blocked), (1, 0));
    assert_eq!(slots(app, &notice).await.len(), 0);
    let erased = leaves(app, "notice.erase RETENTION_ENDED\t").await;
    assert_eq!(erased.len(), 1);
    assert!(!erased[0].contains(&id_of(&notice).to_string()), "{erased:?}");
}
