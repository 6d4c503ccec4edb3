//! Signals past their time: each end by its own rule.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{NoticeId, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::{Signal, SignalAct};
use brygga_proto::notice::v1::Children;

use super::{Estate, arrears, hears, rent_notice, show, step, take};
use crate::transfer_erasure::{PLAN, exported, held};

async fn slots(
    estate: &Estate,
    name: &str,
    signal: &Signal,
) -> Vec<brygga_crypto::at_rest::KeySlot> {
    let id = NoticeId::try_from(signal.signal_id.as_slice()).expect("an identifier");
    let store = &estate.region.node(name).app().parts().store;
    let parts = store.read(move |reader| Box::pin(reader.notice_parts(id))).await.expect("rows");
    parts.iter().filter_map(|part| Some(part.content.as_ref()?.key_slot)).collect()
}

async fn erased(estate: &Estate, name: &str) -> u64 {
    let report = estate.region.node(name).app().retention_round(&PLAN).await.expect("a round");
    assert_eq!(report.blocked, 0, "{name}");
    report.erased
}

/// A rent notice was paid; of arrears nobody ever says how they ended.
///
/// Verified: the landlord, who is outside the law about social services, keeps the first thirty days after its end and the
/// second a year longer, since what nothing follows for a year is over; then no slot holds a key there. The municipality
/// keeps both: nothing says on which day the tenant was born, and so whether research keeps it.
#[tokio::test(flavor = "multi_thread")]
async fn a_landlord_keeps_a_signal_thirty_days_after_its_end() {
    let estate = Estate::agreed().await;
    let today = swedish_day(estate.region.clock("kalmar").now()).to_string();
    let paid = estate.given(rent_notice(843_100, &today)).await;
    let open = estate.given(arrears(15, Children::No)).await;
    take(&estate.landlord, step(&paid, SignalAct::Paid)).await.expect("told");
    hears(&estate.kalmar, &paid, SignalAct::Paid).await;
    let copied = slots(&estate, "hyresvard", &paid).await;
    assert_eq!(copied.len(), 1);
    let landlord = estate.region.node("hyresvard").app();
    estate.turn(Seconds::days(1));
    exported(&estate.region, &["hyresvard"]).await;
    for (days, expected) in [(28, 0), (2, 1), (300, 0), (70, 1), (1, 0)] {
        estate.turn(Seconds::days(days));
        assert_eq!(erased(&estate, "hyresvard").await, expected, "after {days} more days");
        assert_eq!(held(landlord, &copied).await, usize::from(days == 28));
    }
    for signal in [&paid, &open] {
        assert_eq!(slots(&estate, "hyresvard", signal).await.len(), 0);
        assert!(show(&estate.landlord, signal).await.expect("it is there").content.is_none());
    }
    estate.turn(Seconds::days(6 * 365));
    exported(&estate.region, &["kalmar"]).await;
    assert_eq!(erased(&estate, "kalmar").await, 0);
    assert!(show(&estate.kalmar, &paid).await.expect("it is there").content.is_some());
}
