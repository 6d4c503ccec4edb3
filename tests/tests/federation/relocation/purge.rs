//! Purged by the node itself: no officer has to remember, and none is there.

use brygga_domain::{Reason, RelocationId, Seconds};
use brygga_storage::StorageError;
use brygga_testkit::{Place, Region, eventually, reason_of};

use super::three;

/// A case ends. For thirty days its officers can look at it; then the node purges it.
///
/// Verified: nothing goes early, and no other case goes; the row holds no record, day or tally, only a commitment; the
/// vault has no reminder left; officers get the answer of a case that never was; and nothing was counted, since nobody
/// has moved.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_a_month_after_its_end_without_any_officer() {
    let region = Region::start(&[Place::KALMAR]).await;
    let [anna, berit, _] = three(&region).await;
    let (ended, other) =
        (anna.open(&berit).await.expect("opened"), anna.open(&berit).await.unwrap());
    anna.end(&ended).await.expect("ended");
    let app = region.node("kalmar").app();
    let clock = region.clock("kalmar");
    clock.turn(Seconds::days(30));
    assert_eq!(app.relocation_purge_round().await.expect("a round"), 0, "not before its day");
    anna.show(&ended).await.expect("still there");
    assert_eq!(app.relocation_reminders().await.expect("a count"), 0);

    clock.turn(Seconds::days(1));
    let id = RelocationId::try_from(ended.as_slice()).expect("an id");
    let kept = eventually("the node purges it", || async {
        let store = &app.parts().store;
        let read = store.read(move |reader| {
            Box::pin(async move {
                let commitment = reader.relocation_commitment(id).await?;
                Ok::<_, StorageError>((commitment, reader.relocations().await?.len()))
            })
        });
        let (commitment, left) = read.await.ok()?;
        commitment.map(|commitment| (commitment, left))
    })
    .await;
    assert_eq!(kept.1, 1, "the other stays");
    assert_ne!(kept.0, [0; 32]);
    let unfinished = app.parts().case_keys.vault().erasures_unfinished(1).await.expect("a vault");
    assert!(unfinished.is_empty());
    assert_eq!(reason_of(&anna.show(&ended).await.unwrap_err()), Reason::NotFound);
    assert_eq!(anna.list().await, vec![other]);
    let network = brygga_domain::AgreementId::from_bytes([7; 16]);
    let balance = app
        .parts()
        .store
        .read(move |reader| Box::pin(async move { reader.reciprocity(network).await }));
    assert_eq!(balance.await.expect("a balance"), []);
}
