//! Transfers past their time: their keys go, and with them every copy of what was sealed.

use brygga_app::{App, RetentionPlan};
use brygga_crypto::at_rest::KeySlot;
use brygga_domain::{Seconds, TransferId};
use brygga_exchange::erase::{ErasureCause, Subject};
use brygga_exchange::transfer::StoredPart;
use brygga_proto::local::v1::act_on_transfer_request::Act;
use brygga_proto::local::v1::{
    AnswerTransfer, ConfirmExportRequest, ExportRegisterRequest, Transfer, TransferStatus,
    WithdrawTransfer,
};
use brygga_proto::transfer::v1::TransferPosition;
use brygga_storage::{Erasing, SlotState};
use brygga_testkit::{Region, eventually};

use crate::transfer::{County, act, details, request, stands, wish};

pub(crate) const PLAN: RetentionPlan =
    RetentionPlan { list_only: false, outbox: Seconds::days(9_999), inbox: Seconds::days(9_999) };
const NAMES: [&str; 2] = ["kalmar", "nybro"];

/// A transfer of somebody with this number, which Nybro has declined in words and Kalmar withdrawn.
async fn withdrawn(county: &County, number: &str) -> Transfer {
    let mut wish = wish();
    number.clone_into(&mut wish.content.as_mut().expect("content").personal_identity_number);
    let asked = request(&county.kalmar, wish).await.expect("permitted");
    stands(&county.nybro, &asked, TransferStatus::Requested).await;
    let disagree = AnswerTransfer {
        position: TransferPosition::Disagree.into(),
        words: "Anknytningen är starkast till Kalmar.".to_owned(),
    };
    act(&county.nybro, &asked, Act::Answer(disagree)).await.expect("answered");
    stands(&county.kalmar, &asked, TransferStatus::Disagreed).await;
    act(&county.kalmar, &asked, Act::Withdraw(WithdrawTransfer {})).await.expect("withdrawn");
    stands(&county.nybro, &asked, TransferStatus::Withdrawn).await
}

fn id_of(transfer: &Transfer) -> TransferId {
    TransferId::try_from(transfer.transfer_id.as_slice()).expect("an identifier")
}

async fn parts(app: &App, id: TransferId) -> Vec<StoredPart> {
    let read = app.parts().store.read(move |reader| Box::pin(reader.transfer_parts(id)));
    read.await.expect("rows")
}

fn slots(parts: &[StoredPart]) -> Vec<KeySlot> {
    parts.iter().filter_map(|part| Some(part.content.as_ref()?.key_slot)).collect()
}

/// How many of the slots still hold a key.
pub(crate) async fn held(app: &App, slots: &[KeySlot]) -> usize {
    let mut held = 0;
    for slot in slots {
        let state = app.parts().case_keys.vault().slot_state(*slot).await.expect("a slot");
        held += usize::from(matches!(state, SlotState::Held(_)));
    }
    held
}

/// What was registered is in an export that somebody keeps.
pub(crate) async fn exported(region: &Region, names: &[&str]) {
    for name in names {
        let registrar = region.staff(name, "REGISTRAR", None);
        let portion = registrar.register().export_register(ExportRegisterRequest::default()).await;
        let portion = portion.expect("a portion").into_inner();
        let confirm = ConfirmExportRequest {
            after_number: portion.after_number,
            last_number: portion.last_number,
            sha256: vec![1; 32],
        };
        registrar.register().confirm_export(confirm).await.expect("confirmed");
    }
}

/// Verified: nothing goes before its time, nor before what was registered is exported; then, at both ends, no slot of
/// any part holds a key, no row and no envelope holds content, so that no copy of the database opens; the caller sees how
/// it stood and nothing of the person; and the next round finds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_past_its_time_opens_from_no_copy() {
    let county = County::agreed().await;
    let transfer = withdrawn(&county, "199001012385").await;
    let id = id_of(&transfer);
    county.turn(5 * 365);
    exported(&county.region, &NAMES).await;
    for name in NAMES {
        let report = county.region.node(name).app().retention_round(&PLAN).await.expect("a round");
        assert_eq!((report.erased, report.blocked), (0, 0), "{name}: it is not time yet");
    }
    county.turn(3);
    for (name, staff) in [("kalmar", &county.kalmar), ("nybro", &county.nybro)] {
        let app = county.region.node(name).app();
        let copied = slots(&parts(app, id).await);
        assert_eq!((copied.len(), held(app, &copied).await), (2, 2), "a request and an answer");
        assert!(details(staff, &transfer).await.expect("shown").content.is_some());
        // Reading it was registered, too, if anything was.
        let report = app.retention_round(&PLAN).await.expect("a round");
        assert_eq!((report.erased, report.blocked), (1, 0), "{name}");
        assert_eq!(held(app, &copied).await, 0, "{name}");
        assert_eq!(slots(&parts(app, id).await), [], "{name}");
        let store = &app.parts().store;
        let thread = brygga_domain::ConversationId::from_bytes(*id.as_bytes());
        let sent = store.read(move |reader| Box::pin(reader.outbox_thread(thread))).await;
        for entry in sent.expect("rows") {
            assert!(entry.envelope.is_empty() && entry.at_rest.is_none(), "{name}");
        }
        let shown = details(staff, &transfer).await.expect("it is there");
        assert_eq!((shown.content, shown.answer_words.as_str()), (None, ""), "{name}");
        let stood = shown.transfer.expect("a transfer").status();
        assert_eq!(stood, TransferStatus::Withdrawn, "{name}");
        let again = app.retention_round(&PLAN).await.expect("a round");
        assert_eq!((again.erased, again.blocked), (0, 0), "{name}");
    }
}

/// Verified: without an export, and on a node that only lists, a transfer past its time is counted and stays; one of
/// somebody born on a day that research keeps stays and is opened for it once.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_stays_until_it_is_exported_and_for_research() {
    let county = County::agreed().await;
    let ordinary = withdrawn(&county, "199001012385").await;
    // A samordningsnummer of somebody born on 5 June.
    let kept = withdrawn(&county, "191406652386").await;
    county.turn(5 * 365 + 3);
    let app = county.region.node("kalmar").app();
    let report = app.retention_round(&PLAN).await.expect("a round");
    assert_eq!((report.erased, report.blocked), (0, 2));
    exported(&county.region, &["kalmar"]).await;
    let plan = RetentionPlan { list_only: true, ..PLAN };
    let report = app.retention_round(&plan).await.expect("a round");
    assert_eq!((report.erased, report.due), (0, 2));
    for erased in [1, 0] {
        let report = app.retention_round(&PLAN).await.expect("a round");
        assert_eq!((report.erased, report.blocked), (erased, 0));
    }
    assert_eq!(slots(&parts(app, id_of(&ordinary)).await).len(), 0);
    assert_eq!(slots(&parts(app, id_of(&kept)).await).len(), 2);
    app.audit_checkpoint().await.expect("a checkpoint");
    let store = &app.parts().store;
    let leaves = store.read(|reader| Box::pin(reader.audit_range(0, 1_000))).await.expect("leaves");
    let openings = leaves
        .iter()
        .filter(|leaf| String::from_utf8_lossy(&leaf.entry).contains("\tclock\tretention.keep\t"));
    assert_eq!(openings.count(), 1);
}

/// One key of a transfer is destroyed, and the process ends before its database has followed.
///
/// Verified: the next start finishes it: every key is gone and every part is cleared.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_of_a_transfer_that_a_crash_cut_in_two_is_finished() {
    let mut county = County::agreed().await;
    let transfer = withdrawn(&county, "199001012385").await;
    let id = id_of(&transfer);
    let app = county.region.node("kalmar").app().clone();
    let copied = slots(&parts(&app, id).await);
    let cause = ErasureCause::RetentionEnded;
    let erasing = Erasing { slot: copied[0], subject: Subject::Transfer(id), cause };
    app.parts().case_keys.vault().slot_destroy(erasing).await.expect("the vault is there");
    drop(app);
    county.region.stop_node("kalmar").await;
    county.region.start_node("kalmar").await;
    let app = county.region.node("kalmar").app();
    eventually("the database follows", || async {
        slots(&parts(app, id).await).is_empty().then_some(())
    })
    .await;
    assert_eq!(held(app, &copied).await, 0);
}
