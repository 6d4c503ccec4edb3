//! A search finds exactly what fits, the nearest first, and says why the rest does not.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::capacity::facts::Facts;
use crate::capacity::fit::{
    is_for, is_in_period, is_sober, takes_children, takes_couples, takes_pets,
};
use crate::capacity::tests::draft;
use crate::capacity::{
    AbsentReason, CapacityStatus, Counts, Gender, Locality, NeedDraft, Period, PlaceFor, PlaceKind,
    Reception, Season, ServiceDraft, Sobriety, Statement, ToldCounts, ToldLine, Visibility,
};
use crate::code::{CodedTerm, HOUSE_RULE};
use crate::{AgreementId, OrgId, Seconds, ServiceId};

/// In September.
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A service with one line each for somebody.
#[derive(Debug)]
struct House {
    service: ServiceDraft,
    places: Vec<(PlaceFor, u32)>,
    fresh_for: i64,
}

impl House {
    fn of(code: &str, municipality: &str) -> Self {
        let county = municipality.get(..2).map(str::to_owned);
        let municipality = Some(municipality.to_owned());
        let service = ServiceDraft { municipality, county, ..draft(code) };
        Self { service, places: vec![(PlaceFor::Anybody, 3)], fresh_for: 3_600 }
    }

    fn with(mut self, change: impl FnOnce(&mut ServiceDraft)) -> Self {
        change(&mut self.service);
        self
    }

    fn rule(self, code: &str) -> Self {
        let rule = CodedTerm::known(HOUSE_RULE, code).unwrap();
        self.with(|service| service.house_rules.push(rule))
    }

    fn known(self, number: u8) -> Known {
        let relied_on_until = NOW.plus(Seconds(self.fresh_for));
        let line = |(place_for, available): &(PlaceFor, u32)| ToldLine {
            key: LineKey { place_for: *place_for, period: Period::Night },
            counts: Ok(ToldCounts {
                counts: Counts { baseline: *available + 1, occupied: 1, ..Counts::default() },
                held: 0,
            }),
            status: match available {
                0 => CapacityStatus::NoCapacity,
                _ => CapacityStatus::Capacity,
            },
        };
        let id = ServiceId::from_bytes([number; 16]);
        let statement = Statement {
            publisher: OrgId::parse("demo:stadsmissionen-kalmar").unwrap(),
            service: ServiceDraft { id, ..self.service }.check().unwrap(),
            lines: self.places.iter().map(line).collect(),
            sequence: 1,
            revision: 1,
            published_at: NOW,
            valid_until: relied_on_until,
            made_at: NOW,
        };
        let agreement_id = AgreementId::from_bytes([1; 16]);
        let as_of = NOW.minus(Seconds::hours(2));
        Known { statement, as_of, agreement_id, agreement_version: 1, relied_on_until }
    }
}

fn replica(houses: Vec<House>) -> Replica {
    let mut replica = Replica::new();
    for (house, number) in houses.into_iter().zip(1..) {
        assert!(replica.apply(house.known(number)));
    }
    replica
}

fn need(draft: NeedDraft) -> Need {
    draft.check().unwrap()
}

/// The numbers of what fits, and of what does not with the first reason why.
fn found(replica: &Replica, draft: NeedDraft) -> (Vec<u8>, Vec<(u8, WhyNot)>) {
    let need = need(draft);
    let found = replica.search(&need, Audience::Staff, NOW);
    let number = |known: &Known| known.service().as_bytes()[0];
    let fits = found.fits.iter().map(|hit| number(hit.known)).collect();
    let almost = found.almost.iter().map(|miss| (number(miss.known), miss.reasons[0])).collect();
    (fits, almost)
}

fn none() -> NeedDraft {
    NeedDraft::default()
}

#[test]
fn the_nearest_comes_first_and_what_is_not_told_last() {
    let nowhere =
        |service: &mut ServiceDraft| (service.municipality, service.county) = (None, None);
    let county = |service: &mut ServiceDraft| service.municipality = None;
    let replica = replica(vec![
        House::of("NIGHT_SHELTER", "2580"),
        House::of("NIGHT_SHELTER", "0880").with(nowhere),
        House::of("NIGHT_SHELTER", "1080"),
        House::of("NIGHT_SHELTER", "0880").with(county),
        House::of("NIGHT_SHELTER", "0881"),
        House::of("HVB", "0881"),
    ]);
    let near = |code| Locality::parse(code);
    let wanted = NeedDraft { service_type: Some("NIGHT_SHELTER".to_owned()), ..none() };
    let in_nybro = NeedDraft { near: near("0881"), ..wanted.clone() };
    assert_eq!(found(&replica, in_nybro).0, [5, 4, 3, 1, 2]);
    assert_eq!(found(&replica, NeedDraft { near: near("25"), ..wanted }).0[0], 1);
    let parent = Some("EMERGENCY_ACCOMMODATION".to_owned());
    let parent = found(&replica, NeedDraft { service_type: parent, ..none() });
    assert_eq!(parent.0.len(), 5, "a code covers its children");
}

#[test]
fn a_child_is_never_sent_to_where_notice_is_a_day() {
    let receives = |service: &mut ServiceDraft| {
        service.reception.children = true;
        service.place = PlaceKind::Dwelling;
    };
    let notice = |hours| move |service: &mut ServiceDraft| service.termination_hours = Some(hours);
    let replica = replica(vec![
        House::of("MOTIVATION_HOUSING", "1980").with(receives).with(notice(24)),
        House::of("TRAINING_FLAT", "1980").with(receives).with(notice(25)),
    ]);
    let family = NeedDraft { adults: 1, children: 2, ..none() };
    assert_eq!(found(&replica, family.clone()), (vec![2], vec![(1, WhyNot::ChildSafety)]));
    let wanted = Some("MOTIVATION_HOUSING".to_owned());
    let wanted = need(NeedDraft { service_type: wanted, ..family });
    let found = replica.search(&wanted, Audience::Staff, NOW);
    assert!(found.fits.is_empty());
    assert_eq!(found.alternatives[0].known.service(), ServiceId::from_bytes([2; 16]));
}

#[test]
fn each_thing_that_is_missing_is_its_own_reason() {
    let only = |house: House, draft| {
        let (fits, almost) = found(&replica(vec![house]), draft);
        assert_eq!((fits, almost.len()), (vec![], 1));
        almost[0].1
    };
    let house = || House::of("NIGHT_SHELTER", "0880");
    let places = |places| House { places: vec![places], ..house() };
    let child = NeedDraft { adults: 1, children: 1, ..none() };
    let couple = NeedDraft { couple: true, ..none() };
    let woman = NeedDraft { gender: Some(Gender::Woman), ..none() };
    let ages = |service: &mut ServiceDraft| service.reception.min_age = Some(21);
    let winter = |it: &mut ServiceDraft| it.season = Season::parse("10-01", "03-31").ok();
    let languages = vec!["ar".to_owned()];
    let sober = NeedDraft { sobriety: Some(Sobriety::Sober), ..none() };
    let not_sober = NeedDraft { sobriety: Some(Sobriety::NotSober), ..none() };
    let rules = vec!["ALCOHOL_ALLOWED".to_owned()];
    let cases = [
        (house(), child, WhyNot::Children),
        (house(), couple, WhyNot::Couple),
        (places((PlaceFor::Men, 3)), woman, WhyNot::PlaceFor),
        (house(), NeedDraft { period: Some(Period::Day), ..none() }, WhyNot::Period),
        (house().with(ages), NeedDraft { age: Some(20), ..none() }, WhyNot::Age),
        (house(), NeedDraft { pets: true, ..none() }, WhyNot::Pets),
        (house(), NeedDraft { wheelchair: true, ..none() }, WhyNot::Wheelchair),
        (house(), NeedDraft { substance_support: true, ..none() }, WhyNot::SubstanceSupport),
        (house(), NeedDraft { income_support: true, ..none() }, WhyNot::IncomeSupport),
        (house(), NeedDraft { languages, ..none() }, WhyNot::Language),
        (house(), sober, WhyNot::Sobriety),
        (house().rule("SOBRIETY_ON_SITE"), not_sober, WhyNot::Sobriety),
        (house(), NeedDraft { house_rules: rules, ..none() }, WhyNot::HouseRule),
        (house().with(winter), none(), WhyNot::OutOfSeason),
        (places((PlaceFor::Anybody, 1)), NeedDraft { adults: 2, ..none() }, WhyNot::Full),
        (places((PlaceFor::Anybody, 0)), none(), WhyNot::Full),
        (House { fresh_for: 0, ..house() }, none(), WhyNot::Stale),
    ];
    for (house, draft, reason) in cases {
        assert_eq!(only(house, draft), reason);
    }
}

#[test]
fn a_house_where_one_may_drink_is_found_for_somebody_not_sober() {
    let replica = replica(vec![
        House::of("ROOF_GUARANTEE", "1283").rule("ALCOHOL_ALLOWED"),
        House::of("ROOF_GUARANTEE", "1283"),
        House::of("SOBER_HOUSING", "1283"),
        House::of("SOBER_HOUSING", "1283").rule("SOBRIETY_TOTAL"),
    ]);
    let with = |sobriety| found(&replica, NeedDraft { sobriety: Some(sobriety), ..none() }).0;
    assert_eq!(with(Sobriety::NotSober), [1, 2], "where it is told comes before where it is not");
    assert_eq!(with(Sobriety::Sober), [3, 4]);
    let house_rules = vec!["ALCOHOL_ALLOWED".to_owned()];
    assert_eq!(found(&replica, NeedDraft { house_rules, ..none() }).0, [1]);
}

#[test]
fn what_is_past_its_time_is_not_free_whether_or_not_anybody_has_noticed() {
    let mut replica = replica(vec![House::of("NIGHT_SHELTER", "0880")]);
    let publisher = OrgId::parse("demo:stadsmissionen-kalmar").unwrap();
    let need = need(none());
    let later = NOW.plus(Seconds::hours(1));
    for _ in 0..2 {
        assert_eq!(replica.search(&need, Audience::Staff, NOW).fits.len(), 1 - replica.ends_past());
        let found = replica.search(&need, Audience::Staff, later);
        assert!(found.fits.is_empty());
        assert_eq!(found.almost[0].reasons, [WhyNot::Stale]);
        replica.heard(&publisher, later);
    }
}

impl Replica {
    /// How many services are noticed to be past their time.
    fn ends_past(&self) -> usize {
        self.iter().count() - self.ends.len()
    }
}

#[test]
fn warnings_tell_what_to_think_of_and_count_in_the_order() {
    let visits = |count| move |it: &mut ServiceDraft| it.support_visits_per_week = count;
    let replica = replica(vec![
        House::of("CATEGORY_FLAT", "0680").with(visits(12)),
        House::of("CATEGORY_FLAT", "0680").with(visits(168)),
    ]);
    let need = need(NeedDraft { support_visits_per_week: 168, ..none() });
    let found = replica.search(&need, Audience::Staff, NOW);
    assert!(found.fits[0].warnings.is_empty());
    assert_eq!(found.fits[1].warnings, [Warning::SupportTooLow], "two visits a day (JKP-10)");
}

#[test]
fn services_for_named_roles_are_found_only_by_those_who_decide() {
    let named = |it: &mut ServiceDraft| it.visibility = Visibility::NamedRole;
    let replica = replica(vec![House::of("TRAINING_FLAT", "0880").with(named)]);
    let need = need(none());
    let staff = replica.search(&need, Audience::Staff, NOW);
    assert!(staff.fits.is_empty() && staff.almost.is_empty(), "not even as what almost fits");
    assert_eq!(replica.search(&need, Audience::Deciders, NOW).fits.len(), 1);
}

#[test]
fn a_place_without_a_number_is_a_place() {
    let mut known = House::of("NIGHT_SHELTER", "0880").known(1);
    known.statement.lines[0].counts = Err(AbsentReason::NotCounted);
    let mut replica = Replica::new();
    replica.apply(known);
    let need = need(none());
    let found = replica.search(&need, Audience::Staff, NOW);
    assert_eq!(found.fits[0].warnings, [Warning::NumbersNotTold]);
}

#[test]
fn a_search_shows_so_many_and_tells_that_there_are_more() {
    let of = |code, count| (0..count).map(move |_| House::of(code, "0880"));
    let full = |house: House| House { places: vec![(PlaceFor::Anybody, 0)], ..house };
    let shelters = of("NIGHT_SHELTER", FITS_MAX + 1);
    let all = shelters.chain(of("NIGHT_SHELTER", ALMOST_MAX + 1).map(full));
    let replica = replica(all.chain(of("ACUTE_PLACE", ALTERNATIVES_MAX + 1)).collect());
    let search = |code: &str, children| {
        let need = NeedDraft { service_type: Some(code.to_owned()), children, ..none() };
        let found = replica.search(&need.check().unwrap(), Audience::Staff, NOW);
        (found.fits.len(), found.has_more, found.almost.len(), found.alternatives.len())
    };
    assert_eq!(search("NIGHT_SHELTER", 0), (FITS_MAX, true, ALMOST_MAX, 0));
    assert_eq!(search("RELIEF_PLACE", 0), (0, false, 0, ALTERNATIVES_MAX));
    assert_eq!(search("ACUTE_PLACE", 0), (ALTERNATIVES_MAX + 1, false, 0, 0));
    assert_eq!(search("ACUTE_PLACE", 1), (0, false, ALMOST_MAX, 0));
}

fn any_house() -> impl Strategy<Value = House> {
    let codes = ["NIGHT_SHELTER", "SOBER_HOUSING", "TRAINING_FLAT", "HVB"];
    let places = prop::sample::subsequence(PlaceFor::ALL.to_vec(), 1..=3);
    let what = (prop::sample::select(codes.to_vec()), places, 0..5_u32, 0..3_i64);
    let reception = (any::<[bool; 6]>(), 0..60_u32, 60..120_u32);
    let rules = ["SOBRIETY_TOTAL", "ALCOHOL_ALLOWED", "PETS_NOT_ALLOWED", "HOME_VISITS"];
    let rule = prop::sample::select(rules.to_vec());
    let rest = (prop::option::of(0..48_u32), any::<[bool; 3]>(), rule);
    (what, reception, rest).prop_map(|((code, places, count, hours), (has, from, to), rest)| {
        let (termination_hours, [winter, in_beds, named], rule) = rest;
        let [children, couples, pets, wheelchair, substance_support, income_support] = has;
        let (min_age, max_age) = (Some(from).filter(|age| *age > 20), Some(to));
        let languages = if pets { vec!["ar".to_owned()] } else { Vec::new() };
        let reception = Reception {
            min_age,
            max_age,
            children,
            couples,
            pets,
            wheelchair,
            substance_support,
            income_support,
            languages,
        };
        let house = House::of(code, if winter { "0880" } else { "1880" }).rule(rule);
        let places = places.into_iter().map(|it| (it, count)).collect();
        let house = House { places, fresh_for: hours * 3_600, ..house };
        house.with(|it| {
            it.reception = reception;
            it.termination_hours = termination_hours.filter(|hours| *hours > 0);
            it.season = Season::parse("09-25", "03-31").ok().filter(|_| winter);
            it.place = if in_beds { PlaceKind::Bed } else { PlaceKind::Dwelling };
            it.visibility = if named { Visibility::NamedRole } else { Visibility::Agreement };
        })
    })
}

fn any_need() -> impl Strategy<Value = NeedDraft> {
    let types = ["NIGHT_SHELTER", "HOUSING_SOLUTION", "SUPPORT"].map(str::to_owned);
    let service_type = prop::option::of(prop::sample::select(types.to_vec()));
    let who = (0..4_u32, 0..3_u32, any::<bool>(), prop::option::of(0..120_u32));
    let gender = prop::option::of(prop::sample::select(Gender::ALL));
    let sobriety = prop::option::of(prop::sample::select(Sobriety::ALL));
    let period = prop::option::of(prop::sample::select(Period::ALL));
    let needs = prop::collection::vec(prop::bool::weighted(0.2), 6);
    (service_type, who, gender, sobriety, period, needs).prop_map(
        |(service_type, (adults, children, couple, age), gender, sobriety, period, needs)| {
            let rules = Some("HOME_VISITS".to_owned()).filter(|_| needs[4]);
            let languages = Some("ar".to_owned()).filter(|_| needs[5]);
            NeedDraft {
                service_type,
                near: Locality::parse("0880"),
                adults,
                children,
                couple: couple && adults != 1,
                gender,
                age,
                wheelchair: needs[0],
                pets: needs[1],
                sobriety,
                house_rules: rules.into_iter().collect(),
                substance_support: needs[2],
                income_support: needs[3],
                languages: languages.into_iter().collect(),
                support_visits_per_week: 0,
                period,
                from: None,
                nights: None,
            }
        },
    )
}

/// Why a line does not fit, by looking at it and at nothing that was prepared.
fn reasons(need: &Need, known: &Known, line: &ToldLine, now: Timestamp) -> Vec<WhyNot> {
    let service = &known.statement.service;
    let reception = &service.reception;
    let sober = |wanted| match wanted {
        Sobriety::Sober => is_sober(service),
        Sobriety::NotSober => !is_sober(service),
    };
    let speaks = |language: &String| reception.speaks(language);
    let whether = [
        (!need.has_child() || service.is_child_safe(), WhyNot::ChildSafety),
        (is_for(need, line.key.place_for), WhyNot::PlaceFor),
        (is_in_period(need, line.key.period), WhyNot::Period),
        (need.age.is_none_or(|age| reception.receives_age(age)), WhyNot::Age),
        (!need.has_child() || takes_children(service, line), WhyNot::Children),
        (!need.couple || takes_couples(service, line), WhyNot::Couple),
        (!need.pets || takes_pets(service), WhyNot::Pets),
        (!need.wheelchair || reception.wheelchair, WhyNot::Wheelchair),
        (!need.substance_support || reception.substance_support, WhyNot::SubstanceSupport),
        (need.sobriety.is_none_or(sober), WhyNot::Sobriety),
        (need.house_rules.iter().all(|rule| service.has_house_rule(rule)), WhyNot::HouseRule),
        (!need.income_support || reception.income_support, WhyNot::IncomeSupport),
        (need.languages.is_empty() || need.languages.iter().any(speaks), WhyNot::Language),
    ];
    let mut reasons: Vec<_> =
        whether.iter().filter(|(fits, _)| !fits).map(|(_, why_not)| *why_not).collect();
    reasons.extend(Facts::of(known, line).reasons(need, now));
    reasons
}

proptest! {
    #[test]
    fn a_search_finds_exactly_what_looking_at_everything_would(
        houses in prop::collection::vec(any_house(), 0..7),
        again in prop::collection::vec(any_house(), 0..7),
        draft in any_need(),
        late in any::<bool>(),
    ) {
        let mut replica = replica(houses);
        for (house, number) in again.into_iter().zip(1..) {
            let mut known = house.known(number);
            known.statement.revision = 2;
            replica.apply(known);
        }
        let now = if late { NOW.plus(Seconds(3_600)) } else { NOW };
        let need = need(draft);
        for audience in [Audience::Staff, Audience::Deciders] {
            let found = replica.search(&need, audience, now);
            let fits = found.fits.iter().map(|hit| (hit.known.service(), hit.line));
            let mut expected = BTreeSet::new();
            let lists = crate::code::CodeLists::current();
            for known in replica.iter() {
                let service = &known.statement.service;
                let is_seen = audience == Audience::Deciders
                    || service.visibility != Visibility::NamedRole;
                let of_type = need.service_type.as_ref().is_none_or(|code| {
                    lists.covers(crate::code::SERVICE_TYPE, code, service.service_type.effective())
                });
                let lines = known.statement.lines.iter().filter(|_| is_seen && of_type);
                let lines = lines.filter(|line| reasons(&need, known, line, now).is_empty());
                expected.extend(lines.map(|line| (known.service(), line.key)));
            }
            prop_assert_eq!(found.has_more, expected.len() > FITS_MAX);
            let fits: BTreeSet<_> = fits.collect();
            prop_assert!(fits.is_subset(&expected));
            prop_assert_eq!(fits.len(), expected.len().min(FITS_MAX));
            for miss in &found.almost {
                let line = miss.known.statement.line(miss.line).unwrap();
                prop_assert_eq!(&miss.reasons, &reasons(&need, miss.known, line, now));
            }
        }
    }
}
