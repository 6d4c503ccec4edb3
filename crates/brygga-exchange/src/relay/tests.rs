use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::*;

mod lossy;
mod slots;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const OWN: SealingPublicKey = SealingPublicKey::from_bytes([1; 32]);
const THEIRS: SealingPublicKey = SealingPublicKey::from_bytes([2; 32]);
const CELLS: usize = 2;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(5)
}

fn id(number: u8) -> ParcelId {
    ParcelId::from_bytes([number; 16])
}

fn parcel(number: u8) -> Parcel {
    Parcel {
        id: id(number),
        answer_to: Some(OWN),
        acknowledged: Vec::new(),
        expires_at: NOW.plus(Seconds::days(2)),
        content: ParcelContent::Sealed(vec![number]),
    }
}

fn letter(number: u8) -> Outgoing {
    Outgoing { to: Address::Mailbox(THEIRS), parcel: parcel(number), is_abort: false }
}

fn enquiry(number: u8) -> Outgoing {
    let content = ParcelContent::Enquiry(vec![number]);
    let parcel = Parcel { answer_to: None, content, ..parcel(number) };
    Outgoing { to: Address::Members(vec![OWN, THEIRS]), parcel, is_abort: false }
}

fn office(all: impl IntoIterator<Item = Outgoing>) -> PostOffice {
    let mut office = PostOffice::default();
    for outgoing in all {
        office.post(outgoing, 100).unwrap();
    }
    office
}

/// Which parcels go in a slot; the relay takes them.
fn go(office: &mut PostOffice, slot: u64) -> Vec<Parcel> {
    let loads = office.loads(slot, NOW, CELLS, &mut rng());
    assert_eq!(loads.len(), CELLS);
    office.sent(slot, &loads);
    let parcels = loads.into_iter().filter_map(|load| match load {
        Load::Cover => None,
        Load::Parcel { parcel, .. } => Some(parcel),
    });
    parcels.collect()
}

fn ids(parcels: &[Parcel]) -> Vec<ParcelId> {
    parcels.iter().map(|parcel| parcel.id).collect()
}

/// What the other end's letter number `number` is, with what it acknowledges.
fn from_them(number: u8, acknowledged: Vec<ParcelId>) -> Parcel {
    Parcel { answer_to: Some(THEIRS), acknowledged, ..parcel(number) }
}

fn take(office: &mut PostOffice, opened: OpenedAs, parcel: &Parcel) -> Arrival {
    let arrival = office.judge(opened, parcel, NOW);
    office.took(parcel, &arrival);
    arrival
}

#[test]
fn as_many_cells_are_filled_whether_there_is_anything_to_say_or_not() {
    let mut office = PostOffice::default();
    for cells in [1, 2, 8] {
        assert_eq!(office.loads(7, NOW, cells, &mut rng()), vec![Load::Cover; cells]);
    }
    for number in 0..20 {
        office.post(letter(number), 7).unwrap();
        assert_eq!(office.loads(7, NOW, 3, &mut rng()).len(), 3);
    }
}

#[test]
fn an_end_goes_first_then_acknowledgements_then_what_has_been_due_longest() {
    let mut office = office([letter(1), enquiry(2), letter(3)]);
    let other = SealingPublicKey::from_bytes([8; 32]);
    let theirs = Parcel { answer_to: Some(other), ..parcel(9) };
    take(&mut office, OpenedAs::Mailbox(OWN), &theirs);
    office.post(Outgoing { is_abort: true, ..letter(4) }, 101).unwrap();

    let first = go(&mut office, 101);
    assert_eq!(first[0].id, id(4));
    assert_eq!(first[1].acknowledged, [id(9)]);
    assert_eq!(first[1].content, ParcelContent::Nothing);
    assert_eq!(ids(&go(&mut office, 102)), [id(1), id(2)]);
    assert_eq!(ids(&go(&mut office, 103)), [id(3)]);
}

#[test]
fn a_parcel_goes_every_four_slots_until_it_is_acknowledged() {
    let mut office = office([letter(1)]);
    let slots = |office: &mut PostOffice, range: std::ops::Range<u64>| -> Vec<u64> {
        range.filter(|slot| !go(office, *slot).is_empty()).collect()
    };
    assert_eq!(slots(&mut office, 100..110), [100, 104, 108]);
    let arrival = take(&mut office, OpenedAs::Mailbox(OWN), &from_them(7, vec![id(1), id(1)]));
    assert_eq!(arrival.delivered, [id(1)]);
    assert_eq!(office.waiting(), 0);
    assert_eq!(slots(&mut office, 110..111), [110], "their letter is acknowledged");
    assert_eq!(slots(&mut office, 111..130), [0; 0]);
}

#[test]
fn a_parcel_that_the_relay_did_not_take_goes_in_the_next_slot() {
    let mut office = office([letter(1)]);
    assert_eq!(office.loads(100, NOW, 1, &mut rng()), office.loads(101, NOW, 1, &mut rng()));
    assert_eq!(ids(&go(&mut office, 101)), [id(1)]);
    assert!(go(&mut office, 102).is_empty());
}

#[test]
fn a_parcel_goes_until_it_ends_and_an_enquiry_is_never_acknowledged() {
    let mut office = office([enquiry(1), letter(2)]);
    let acknowledged = from_them(7, vec![id(1)]);
    assert!(office.judge(OpenedAs::Mailbox(OWN), &acknowledged, NOW).delivered.is_empty());
    let last = Timestamp::from_millis(NOW.plus(Seconds::days(2)).as_millis() - 1);
    assert!(office.forget(last).is_empty());
    let end = NOW.plus(Seconds::days(2));
    assert_eq!(office.loads(100, end, 2, &mut rng()), [Load::Cover, Load::Cover]);
    assert_eq!(office.forget(end), [id(1), id(2)]);
    assert_eq!(office.waiting(), 0);
}

#[test]
fn an_acknowledgement_counts_from_the_named_mailbox_only() {
    let office = office([letter(1)]);
    let acknowledges = from_them(7, vec![id(1)]);
    for opened in [OpenedAs::Member, OpenedAs::Mailbox(THEIRS)] {
        assert!(office.judge(opened, &acknowledges, NOW).delivered.is_empty());
    }
    assert_eq!(office.judge(OpenedAs::Mailbox(OWN), &acknowledges, NOW).delivered, [id(1)]);
}

#[test]
fn a_parcel_is_new_once_and_acknowledged_each_time() {
    let mut office = PostOffice::default();
    let theirs = from_them(7, Vec::new());
    let mailbox = OpenedAs::Mailbox(OWN);
    assert_eq!(take(&mut office, mailbox, &theirs).coming, Coming::New);
    assert_eq!(take(&mut office, mailbox, &theirs).coming, Coming::Known);
    let loads = office.loads(100, NOW, CELLS, &mut rng());
    assert!(matches!(&loads[0], Load::Parcel { to: Address::Mailbox(THEIRS), parcel }
        if parcel.acknowledged == [id(7)] && parcel.expires_at.as_millis() % 1000 == 0));
    assert_eq!(loads[1], Load::Cover);
    office.sent(100, &loads);
    assert!(go(&mut office, 101).is_empty());
    assert_eq!(take(&mut office, mailbox, &theirs).coming, Coming::Known);
    assert_eq!(go(&mut office, 102)[0].acknowledged, [id(7)]);

    let mut anew = PostOffice::default();
    anew.took_before(id(7), theirs.expires_at);
    assert_eq!(anew.judge(mailbox, &theirs, NOW).coming, Coming::Known);
}

#[test]
fn acknowledgements_go_with_a_letter_to_the_same_mailbox() {
    let mut office = office([letter(1), letter(2), letter(3)]);
    for number in 10..50 {
        take(&mut office, OpenedAs::Mailbox(OWN), &from_them(number, Vec::new()));
    }
    let first = go(&mut office, 100);
    assert_eq!(ids(&first), [id(1), id(2)]);
    assert_eq!(first[0].acknowledged.len(), MAX_ACKNOWLEDGED);
    assert_eq!(first[1].acknowledged.len(), 40 - MAX_ACKNOWLEDGED);
    assert!(go(&mut office, 101)[0].acknowledged.is_empty());
}

#[test]
fn what_is_for_many_does_not_come_as_if_for_one_and_nothing_comes_after_its_end() {
    let office = PostOffice::default();
    let coming = |opened, parcel: &Parcel| office.judge(opened, parcel, NOW).coming;
    let (many, one) = (enquiry(1).parcel, parcel(2));
    assert_eq!(coming(OpenedAs::Member, &many), Coming::New);
    assert_eq!(coming(OpenedAs::Mailbox(OWN), &many), Coming::Nothing);
    assert_eq!(coming(OpenedAs::Mailbox(OWN), &one), Coming::New);
    assert_eq!(coming(OpenedAs::Member, &one), Coming::Nothing);
    let over = Parcel { expires_at: NOW, ..parcel(2) };
    assert_eq!(coming(OpenedAs::Mailbox(OWN), &over), Coming::Nothing);
    let endless = Parcel { expires_at: NOW.plus(RELAY_LIFETIME_MAX).plus(Seconds(1)), ..one };
    assert_eq!(coming(OpenedAs::Mailbox(OWN), &endless), Coming::Nothing);
}

#[test]
fn what_a_member_can_make_a_post_office_hold_has_limits() {
    let numbered = |number: usize| {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Parcel { id: ParcelId::from_bytes(bytes), ..from_them(0, Vec::new()) }
    };
    let mut office = PostOffice::default();
    for number in 0..RELAY_TAKEN_MAX {
        let arrival = take(&mut office, OpenedAs::Mailbox(OWN), &numbered(number));
        assert_eq!(arrival.coming, Coming::New);
    }
    let arrival = take(&mut office, OpenedAs::Mailbox(OWN), &numbered(RELAY_TAKEN_MAX));
    assert_eq!(arrival.coming, Coming::Nothing);
    assert_eq!(office.acknowledgements.len(), RELAY_ACKNOWLEDGEMENTS_MAX);
    office.forget(NOW.plus(Seconds::days(2)));
    assert!(office.taken.is_empty());

    for number in 0..RELAY_WAITING_MAX {
        office.post(Outgoing { parcel: numbered(number), ..letter(0) }, 100).unwrap();
    }
    let refused = office.post(Outgoing { parcel: numbered(9_999), ..letter(0) }, 100);
    assert_eq!(refused.unwrap_err().reason, Reason::TooManyRequests);
    office.withdraw(numbered(3).id);
    assert_eq!(office.post(Outgoing { parcel: numbered(9_999), ..letter(0) }, 100), Ok(()));
}
