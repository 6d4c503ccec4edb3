use super::*;

#[test]
fn a_slot_is_unix_seconds_divided() {
    let clock = SlotClock::new(300);
    assert_eq!(clock.slot(NOW), 1_767_225_600 / 300);
    assert_eq!(clock.begins(clock.slot(NOW)), NOW);
    assert_eq!(clock.slot(Timestamp::from_millis(NOW.as_millis() + 299_999)), clock.slot(NOW));
    assert_eq!(clock.slot(NOW.plus(Seconds(300))), clock.slot(NOW) + 1);
    assert_eq!(clock.slot(Timestamp::from_millis(-1)), 0);
    assert_eq!(SlotClock::new(0), SlotClock::new(1));
}

#[test]
fn a_turn_is_anywhere_in_the_first_half() {
    let (clock, mut rng) = (SlotClock::new(300), rng());
    let mut quarters = [0; 4];
    for slot in 5_000..5_400 {
        let after = clock.turn(slot, &mut rng).millis_since(clock.begins(slot));
        assert!((0..150_000).contains(&after));
        quarters[usize::try_from(after / 37_500).unwrap()] += 1;
    }
    assert!(quarters.iter().all(|count| (60..140).contains(count)), "{quarters:?}");
}

#[test]
fn a_node_that_was_away_fetches_what_is_kept() {
    let clock = SlotClock::new(300);
    assert_eq!(clock.to_fetch(None, 1_000), 999..1_000);
    assert_eq!(clock.to_fetch(Some(998), 1_000), 999..1_000);
    assert_eq!(clock.to_fetch(Some(990), 1_000), 991..1_000);
    assert_eq!(clock.to_fetch(Some(5), 1_000), 976..1_000);
    assert!(clock.to_fetch(Some(999), 1_000).is_empty());
    assert!(clock.to_fetch(Some(1_000), 1_000).is_empty(), "the clock was set back");
    assert!(clock.to_fetch(None, 0).is_empty());
}
