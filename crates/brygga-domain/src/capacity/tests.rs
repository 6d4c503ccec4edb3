//! Invariants INV-1 to INV-9 of places, in every course of publications and holds.

use proptest::prelude::*;

use super::*;
use crate::agreement::SubjectArea;
use crate::code::{CodedTerm, SERVICE_TYPE};
use crate::{AgreementId, HoldId, OrgId, Reason, Seconds, ServiceId, Timestamp};

pub(super) const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);
pub(super) const SERVICE: ServiceId = ServiceId::from_bytes([7; 16]);
pub(super) const KEY: LineKey = LineKey { place_for: PlaceFor::Anybody, period: Period::Night };
pub(super) const TTL: Seconds = Seconds(5_400);
const EXTENSIONS_MAX: u32 = 2;

pub(super) fn draft(code: &str) -> ServiceDraft {
    ServiceDraft {
        id: SERVICE,
        name: "Natthärbärget".to_owned(),
        unit: None,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, code).unwrap(),
        place: PlaceKind::Bed,
        municipality: Some("0880".to_owned()),
        county: Some("08".to_owned()),
        season: None,
        opening: None,
        reception: Reception::default(),
        house_rules: Vec::new(),
        max_nights: None,
        needs_decision: false,
        termination_hours: None,
        support_visits_per_week: 0,
        staffed: true,
        acquisition_route: None,
        visibility: Visibility::Agreement,
        permit: None,
    }
}

pub(super) fn publication(sequence: u64, counts: Counts) -> Result<Publication, crate::Refusal> {
    let service = draft("NIGHT_SHELTER").check()?;
    let lines = vec![Line { key: KEY, counts: Ok(counts), status: None }];
    let valid_until = START.plus(Seconds::days(30));
    PublicationDraft { service, lines, sequence, published_at: START, valid_until }.check()
}

pub(super) fn beds(baseline: u32, occupied: u32) -> Counts {
    Counts { baseline, occupied, ..Counts::default() }
}

pub(super) fn hold(number: u8, places: u32, now: Timestamp) -> Hold {
    let mut hold = Hold {
        id: HoldId::from_bytes([number; 16]),
        publisher: OrgId::parse("demo:stadsmissionen-kalmar").unwrap(),
        holder: OrgId::parse("kommun:0881").unwrap(),
        items: vec![HoldItem { service: SERVICE, line: KEY, places }],
        with_child: false,
        agreement_id: AgreementId::from_bytes([1; 16]),
        agreement_version: 1,
        rule_id: "plats-1".to_owned(),
        counts_since: None,
        requested_at: now,
        reentry_of: None,
        ttl: TTL,
        state: HoldState::Requested,
        changed_at: now,
        extensions: 0,
        pending: None,
        revision: 1,
    };
    hold.granted(now);
    hold
}

/// Somebody waits to come back, behind all others.
pub(super) fn waiting(number: u8, places: u32, now: Timestamp) -> Hold {
    let reentry_of = Some(HoldId::from_bytes([255 - number; 16]));
    let mut waiting = Hold { reentry_of, ..hold(number, places, now) };
    waiting.wait(now);
    waiting
}

/// One thing that happens, to the hold of a number where it is about one.
#[derive(Clone, Copy, Debug)]
enum Step {
    Publish(u32, u32),
    Hold(u32),
    Return(u32),
    Act(usize, HoldAct),
    End(usize, HoldEnd),
    Wait(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..12_u32, 0..12_u32).prop_map(|(all, occupied)| Step::Publish(all, occupied)),
        4 => (1..4_u32).prop_map(Step::Hold),
        2 => (1..4_u32).prop_map(Step::Return),
        5 => (0..8_usize, prop::sample::select(HoldAct::ALL))
            .prop_map(|(which, act)| Step::Act(which, act)),
        2 => (0..8_usize, prop::sample::select(HoldEnd::ALL))
            .prop_map(|(which, end)| Step::End(which, end)),
        2 => (0..4_000_i64).prop_map(Step::Wait),
    ]
}

/// The publisher's node, as far as places go.
struct House {
    now: Timestamp,
    publication: Publication,
    holds: Vec<Hold>,
}

impl House {
    fn promised(&self) -> Promised {
        Promised::of(SERVICE, &self.holds)
    }

    /// Places that nobody has, whoever waits for them.
    fn free(&self) -> i64 {
        i64::from(Ledger::new(&self.publication, &self.promised()).free(KEY).unwrap())
    }

    /// Those who wait get what is free; how many places.
    fn advance(&mut self) -> i64 {
        let mut promised = self.promised();
        let granted = advance(&self.publication, &mut promised, &mut self.holds, self.now);
        assert_eq!(promised, self.promised());
        let granted = granted.into_iter().map(|index| &self.holds[index]);
        let granted = granted.filter(|hold| matches!(hold.state, HoldState::Held { .. }));
        granted.map(|hold| i64::from(hold.items[0].places)).sum()
    }

    /// Those who wait stand one behind the other, and the first cannot have what it waits for.
    fn check_queue(&self) {
        let position = |hold: &Hold| match hold.state {
            HoldState::Waiting { position } => Some((position, hold.items[0].places)),
            _ => None,
        };
        let mut queue: Vec<_> = self.holds.iter().filter_map(position).collect();
        queue.sort_unstable();
        assert!((1..).zip(&queue).all(|(at, (position, _))| at == *position), "{queue:?}");
        if let Some((_, places)) = queue.first() {
            let promised = self.promised();
            let ledger = Ledger::new(&self.publication, &promised);
            assert!(*places > ledger.free(KEY).unwrap(), "the first could have its place");
            assert_eq!(ledger.available(KEY), Some(0), "nobody overtakes");
        }
    }

    /// What the step does where it is permitted: how many places more or fewer are free afterwards.
    fn take(&mut self, step: Step) -> Option<i64> {
        match step {
            Step::Publish(all, occupied) => {
                let next = publication(self.publication.sequence + 1, beds(all, occupied)).ok()?;
                Ledger::new(&next, &self.promised()).check().ok()?;
                let before = self.free();
                self.publication = next;
                Some(self.free() - before)
            }
            Step::Hold(places) => {
                let number = u8::try_from(self.holds.len() + 1).unwrap();
                let new = hold(number, places, self.now);
                Ledger::new(&self.publication, &self.promised()).check_item(&new.items[0]).ok()?;
                self.holds.push(new);
                Some(-i64::from(places))
            }
            Step::Return(places) => {
                let number = u8::try_from(self.holds.len() + 1).unwrap();
                self.holds.push(waiting(number, places, self.now));
                Some(0)
            }
            Step::Act(which, act) => {
                let now = self.now;
                let hold = self.holds.get_mut(which)?;
                let (places, was) = (i64::from(hold.items[0].places), hold.state_at(now));
                hold.act(act, now, EXTENSIONS_MAX).ok()?;
                let confirmed = was != HoldState::Confirmed && hold.state == HoldState::Confirmed;
                let released =
                    matches!(was, HoldState::Held { .. }) && hold.state == HoldState::Cancelled;
                if confirmed {
                    self.publication = self.publication.moved(&[(KEY, places)], now).unwrap();
                }
                Some(if released { places } else { 0 })
            }
            Step::End(which, end) => {
                let now = self.now;
                let hold = self.holds.get_mut(which)?;
                let (places, was) = (i64::from(hold.items[0].places), hold.state_at(now));
                hold.end(end, now).ok().filter(|changed| *changed)?;
                if was == HoldState::Confirmed {
                    self.publication = self.publication.moved(&[(KEY, -places)], now).unwrap();
                }
                let gave = matches!(was, HoldState::Held { .. } | HoldState::Confirmed);
                Some(if gave { places } else { 0 })
            }
            Step::Wait(seconds) => {
                self.now = self.now.plus(Seconds(seconds));
                let now = self.now;
                let ended = self.holds.iter_mut().filter_map(|hold| {
                    let is_ended = hold.expire(now);
                    if is_ended && hold.reentry_of.is_some() {
                        hold.wait(now);
                    }
                    is_ended.then_some(i64::from(hold.items[0].places))
                });
                Some(ended.sum())
            }
        }
    }
}

proptest! {
    #[test]
    fn inv_1_to_9_hold_in_every_course(
        steps in prop::collection::vec(any_step(), 0..60),
        all in 0..12_u32,
    ) {
        let holds = Vec::new();
        let mut house =
            House { now: START, publication: publication(1, beds(all, 0)).unwrap(), holds };
        for step in steps {
            let (before, holds) = (house.free(), house.holds.clone());
            let mut promised = house.promised();
            let Some(difference) = house.take(step) else {
                prop_assert_eq!(house.free(), before, "a refusal changes nothing");
                continue;
            };
            let difference = difference - house.advance();
            house.check_queue();
            holds.iter().for_each(|hold| promised.discount(SERVICE, hold));
            prop_assert!(promised.is_nothing());
            house.holds.iter().for_each(|hold| promised.count(SERVICE, hold));
            prop_assert_eq!(&promised, &house.promised());
            let ledger = Ledger::new(&house.publication, &promised);
            let counts = house.publication.line(KEY).unwrap().counts.unwrap();
            let (total, occupied) = (i64::from(counts.total()), i64::from(counts.occupied));
            let held = i64::from(ledger.held(KEY));
            let available = i64::from(ledger.available(KEY).unwrap());
            prop_assert!(available >= 0, "INV-1");
            prop_assert!(occupied <= total, "INV-2");
            prop_assert!(held <= total - occupied, "INV-3");
            prop_assert!(total >= 0, "INV-4");
            prop_assert!(occupied + held <= total, "INV-5");
            // INV-6, INV-7, INV-8: a confirmation changes nothing, a release and a hold exactly their places.
            prop_assert_eq!(house.free() - before, difference, "{:?}", step);
            prop_assert_eq!(available, total - occupied - held, "INV-9");
            prop_assert!(ledger.confirmed(KEY) <= counts.occupied);
        }
    }
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    let refused = |counts| publication(1, counts).unwrap_err().reason;
    assert_eq!(refused(beds(5, 8)), Reason::CapacityInvariant);
    assert_eq!(refused(beds(10_001, 0)), Reason::CapacityInvariant);
    let sooner = Counts { additional_24h: 2, additional_72h: 1, ..beds(5, 0) };
    assert_eq!(refused(sooner), Reason::CapacityInvariant);
    assert!(publication(1, beds(0, 0)).is_ok(), "nothing at all can be published");
    let opened = Counts { overflow: 3, ..beds(5, 8) };
    assert!(publication(1, opened).is_ok(), "what is opened beyond counts too");
}

#[test]
fn a_hold_ends_at_its_time_and_is_never_made_anew() {
    let mut held = hold(1, 1, START);
    let late = START.plus(TTL);
    assert_eq!(held.state_at(late), HoldState::Expired);
    assert_eq!(held.act(HoldAct::Confirm, late, 2).unwrap_err().reason, Reason::HoldExpired);
    assert_eq!(held.act(HoldAct::Extend, late, 2).unwrap_err().reason, Reason::HoldExpired);
    assert_eq!(held.act(HoldAct::Cancel, late, 2), Ok(true), "what is gone is given back at once");
    assert_eq!(held.state, HoldState::Expired);
}

#[test]
fn a_place_is_free_when_the_end_of_its_hold_is_recorded_and_not_before() {
    let mut held = hold(1, 1, START);
    let published = publication(1, beds(1, 0)).unwrap();
    let available =
        |hold: &Hold| Ledger::new(&published, &Promised::of(SERVICE, [hold])).available(KEY);
    assert_eq!(available(&held), Some(0), "a clock that is put back finds it held");
    assert!(held.expire(START.plus(TTL)));
    assert_eq!(available(&held), Some(1));
    assert_eq!(held.act(HoldAct::Confirm, START, 2).unwrap_err().reason, Reason::HoldExpired);
}

#[test]
fn an_extension_that_is_heard_late_is_believed() {
    let mut held = hold(1, 1, START);
    assert_eq!(held.ask(HoldAct::Extend, START), Ok(true));
    assert!(held.expire(START.plus(TTL)), "this node's clock is ahead, or the answer late");
    let extended_at = START.plus(Seconds(5_000));
    held.settled(Ok(()), extended_at);
    assert_eq!(held.state, HoldState::Held { expires_at: extended_at.plus(TTL) });
}

#[test]
fn what_is_done_twice_is_done_once() {
    let mut held = hold(1, 1, START);
    assert_eq!(held.act(HoldAct::Confirm, START, 2), Ok(true));
    assert_eq!(held.act(HoldAct::Confirm, START, 2), Ok(false));
    assert_eq!(held.end(HoldEnd::Departed, START), Ok(true));
    assert_eq!(held.end(HoldEnd::Departed, START), Ok(false));
    assert_eq!(held.act(HoldAct::Cancel, START, 2).unwrap_err().reason, Reason::InvalidTransition);
}

#[test]
fn a_hold_is_extended_as_often_as_agreed() {
    let mut held = hold(1, 1, START);
    let later = START.plus(Seconds(5_000));
    assert_eq!(held.act(HoldAct::Extend, later, 1), Ok(true));
    assert_eq!(held.state, HoldState::Held { expires_at: later.plus(TTL) });
    assert_eq!(held.act(HoldAct::Extend, later, 1).unwrap_err().reason, Reason::InvalidTransition);
}

#[test]
fn protected_housing_tells_a_status_and_no_place() {
    let service = ServiceDraft {
        municipality: None,
        visibility: Visibility::NamedRole,
        permit: Some(Permit { reference: "IVO-1".to_owned(), max_persons: 12 }),
        ..draft("PROTECTED_HOUSING")
    };
    let publish = |service: ServiceDraft, baseline| {
        let lines = vec![Line { key: KEY, counts: Ok(beds(baseline, 0)), status: None }];
        let (sequence, valid_until) = (1, START.plus(TTL));
        let service = service.check()?;
        PublicationDraft { service, lines, sequence, published_at: START, valid_until }.check()
    };
    let published = publish(service.clone(), 12).unwrap();
    let me = OrgId::parse("demo:kvinnojouren-kalmar").unwrap();
    let told = Statement::of(&me, &Ledger::new(&published, &Promised::default()), 1, START);
    assert_eq!(told.lines[0].counts, Err(AbsentReason::Masked));
    assert_eq!(told.lines[0].status, CapacityStatus::Capacity);
    let six_hours = 21_600_000;
    for instant in [told.made_at, told.published_at] {
        assert_eq!(instant.as_millis(), START.as_millis() / six_hours * six_hours);
    }
    assert_eq!(told.valid_until.millis_since(told.published_at), six_hours);
    assert_eq!(publish(service.clone(), 13).unwrap_err().reason, Reason::LicenceRequired);
    let placed = ServiceDraft { municipality: Some("0880".to_owned()), ..service.clone() };
    assert_eq!(placed.check().unwrap_err().field, "service.municipality");
    let open = ServiceDraft { visibility: Visibility::Agreement, ..service };
    assert_eq!(open.check().unwrap_err().field, "service.visibility");
}

#[test]
fn one_place_used_by_day_and_by_night_is_one_person_of_a_permit() {
    let permit = Some(Permit { reference: "IVO-1".to_owned(), max_persons: 5 });
    let service = ServiceDraft { permit, ..draft("HVB") }.check().unwrap();
    let line = |period, baseline| {
        let key = LineKey { period, ..KEY };
        Line { key, counts: Ok(beds(baseline, 0)), status: None }
    };
    let publish = |lines| {
        let (service, valid_until) = (service.clone(), START.plus(TTL));
        PublicationDraft { service, lines, sequence: 1, published_at: START, valid_until }.check()
    };
    assert!(publish(vec![line(Period::Day, 5), line(Period::Night, 4)]).is_ok());
    let one_more = vec![line(Period::Day, 5), line(Period::RoundTheClock, 1)];
    assert_eq!(publish(one_more).unwrap_err().reason, Reason::LicenceRequired);
}

#[test]
fn house_rules_that_exclude_each_other_are_refused() {
    let rule = |code| CodedTerm::known(crate::code::HOUSE_RULE, code).unwrap();
    let with = |rules| ServiceDraft { house_rules: rules, ..draft("SOBER_HOUSING") }.check();
    assert!(with(vec![rule("SOBRIETY_TOTAL"), rule("PETS_ALLOWED")]).is_ok());
    for (one, other) in [("PETS_ALLOWED", "PETS_NOT_ALLOWED"), ("SOBRIETY_TOTAL", "SOBRIETY_TOTAL")]
    {
        assert_eq!(with(vec![rule(one), rule(other)]).unwrap_err().field, "service.house_rules");
    }
    let sober = with(vec![rule("SOBRIETY_ON_SITE")]).unwrap();
    assert!(sober.has_house_rule("SOBRIETY") && !sober.has_house_rule("SOBRIETY_NONE"));
}
