//! What a node does about cases that it cannot read: days, counts and the purge.

use brygga_domain::Seconds;
use brygga_domain::relocation::{Act, Position, Stage};
use brygga_storage::StorageError;

use super::towns::{NETWORK, Town, Towns};

async fn purged(town: &Town) -> usize {
    town.app.relocation_purge_round().await.unwrap()
}

async fn balance(town: &Town) -> Vec<(String, i32)> {
    let found = town.app.reciprocity(town.officers[0].clone(), NETWORK).await.unwrap();
    found.into_iter().map(|(half_year, sum)| (half_year.to_string(), sum)).collect()
}

async fn reminders(town: &Town) -> u32 {
    town.app.relocation_reminders().await.unwrap()
}

/// From the first word to the purge, on 1 June 2026 at noon and after.
#[tokio::test]
async fn a_move_is_counted_at_either_side_when_it_is_purged_and_not_before() {
    let mut towns = Towns::begin().await;
    let [id, haninge, _] = towns.opened().await;
    towns.origin.show(id).await;
    assert_eq!((reminders(&towns.origin).await, reminders(&towns.haninge).await), (0, 0));
    // Three working days: Thursday.
    towns.turn(Seconds::days(3));
    assert_eq!((reminders(&towns.origin).await, reminders(&towns.haninge).await), (1, 1));
    assert_eq!(reminders(&towns.kalmar).await, 0, "its offer is open for a week more");
    for act in [Act::TakePosition(Position::Accepted), Act::Move, Act::FollowUp, Act::Close] {
        towns.haninge.act(0, haninge, act).await.unwrap();
    }
    towns.carry().await;
    assert_eq!(towns.origin.show(id).await.stage, Stage::Closed);
    assert_eq!((reminders(&towns.origin).await, reminders(&towns.haninge).await), (0, 0));

    towns.turn(Seconds::days(30));
    assert_eq!((purged(&towns.origin).await, purged(&towns.haninge).await), (0, 0));
    assert_eq!(balance(&towns.haninge).await, []);
    towns.turn(Seconds::hours(12));
    assert_eq!((purged(&towns.origin).await, purged(&towns.haninge).await), (1, 1));
    assert_eq!((purged(&towns.origin).await, purged(&towns.haninge).await), (0, 0));
    // July has begun; the move was closed in June.
    assert_eq!(balance(&towns.origin).await, [("2026-H1".to_owned(), -1)]);
    assert_eq!(balance(&towns.haninge).await, [("2026-H1".to_owned(), 1)]);
    let left = |town: &Town, id| {
        let store = town.app.parts().store.clone();
        async move {
            let read = store.read(move |reader| {
                Box::pin(async move {
                    let commitment = reader.relocation_commitment(id).await?;
                    Ok::<_, StorageError>((commitment, reader.mailboxes().await?.len()))
                })
            });
            read.await.unwrap()
        }
    };
    let (ours, theirs) = (left(&towns.origin, id).await, left(&towns.haninge, haninge).await);
    assert_ne!((ours.0.unwrap(), ours.1), (theirs.0.unwrap(), 1), "no mailbox, and no one salt");
    assert_eq!((ours.1, theirs.1), (0, 0));
}

/// Kalmar has offered, and the person has chosen Haninge, where nobody has looked.
#[tokio::test]
async fn an_offer_goes_a_day_after_its_end_unless_a_letter_waits() {
    let mut towns = Towns::begin().await;
    let [id, haninge, _] = towns.offered().await;
    towns.origin.disclose(id, 0).await;
    towns.carry().await;
    // Offered until 15 June at noon.
    towns.turn(Seconds::days(15));
    assert_eq!(purged(&towns.kalmar).await, 0, "the day after is not over");
    towns.turn(Seconds::hours(12));
    assert_eq!(purged(&towns.kalmar).await, 1);
    assert_eq!(balance(&towns.kalmar).await, [], "nobody has moved");
    assert_eq!(purged(&towns.haninge).await, 0, "somebody is on the way");
    towns.turn(Seconds::days(13));
    assert_eq!(purged(&towns.haninge).await, 0);
    assert_eq!(towns.haninge.show(haninge).await.stage, Stage::Arrived);
    towns.turn(Seconds::days(30));
    assert_eq!(purged(&towns.haninge).await, 0, "it is no offer any more");
}

#[tokio::test]
async fn a_letter_that_nobody_reads_keeps_a_case_for_two_weeks() {
    let mut towns = Towns::begin().await;
    let [id, ..] = towns.offered().await;
    towns.origin.disclose(id, 0).await;
    towns.carry().await;
    towns.turn(Seconds::days(15 + 14));
    assert_eq!(purged(&towns.haninge).await, 0);
    towns.turn(Seconds::hours(12));
    assert_eq!(purged(&towns.haninge).await, 1);
}

/// An officer purges a case that has ended, before its day.
#[tokio::test]
async fn an_officers_purge_counts_as_the_nodes_does() {
    let mut towns = Towns::begin().await;
    let [id, haninge, _] = towns.opened().await;
    for act in [Act::TakePosition(Position::Accepted), Act::Move, Act::Close] {
        towns.haninge.act(0, haninge, act).await.unwrap();
    }
    towns.carry().await;
    let officer = towns.haninge.officers[1].clone();
    towns.haninge.app.relocation_purge(officer, haninge).await.unwrap();
    assert_eq!(balance(&towns.haninge).await, [("2026-H1".to_owned(), 1)]);
    assert_eq!(towns.origin.show(id).await.stage, Stage::Closed);
    assert_eq!(balance(&towns.origin).await, []);
}
