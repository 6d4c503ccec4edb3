//! An invented country: facilities in every county, with services of every kind, and needs of every kind. The same each
//! time, so that two runs measure the same.

use brygga_domain::agreement::SubjectArea;
use brygga_domain::capacity::{
    CapacityStatus, Counts, County, Gender, Known, LineKey, Locality, Need, NeedDraft, Period,
    PlaceFor, PlaceKind, Reception, Replica, ServiceDraft, Sobriety, Statement, ToldCounts,
    ToldLine, Visibility,
};
use brygga_domain::code::{CodedTerm, HOUSE_RULE, SERVICE_TYPE};
use brygga_domain::{AgreementId, OrgId, Seconds, ServiceId, Timestamp};

/// When everything here happens.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
/// Services of a facility, but for every tenth, which has four more in all: 2,000 of 660.
const SERVICES: u32 = 3;
/// Municipalities of a county that have a facility.
const MUNICIPALITIES: u32 = 13;

const TYPES: [&str; 12] = [
    "NIGHT_SHELTER",
    "ACUTE_PLACE",
    "ROOF_GUARANTEE",
    "TRANSITION_DWELLING",
    "SOBER_HOUSING",
    "TRAINING_FLAT",
    "MOTIVATION_HOUSING",
    "HOUSING_FIRST_FLAT",
    "SUPPORT_HOUSING_16_20",
    "HVB",
    "HOUSING_SUPPORT",
    "STORAGE_BELONGINGS",
];
const RULES: [&str; 4] = ["SOBRIETY_TOTAL", "SOBRIETY_ON_SITE", "ALCOHOL_ALLOWED", "HOME_VISITS"];
const LANGUAGES: [&str; 6] = ["sv", "en", "ar", "so", "fi", "ti"];

/// Numbers that look drawn by lot and are the same each time (xorshift).
pub(super) struct Lot(u64);

impl Lot {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// A number below another.
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 33) % u64::from(end.max(1))).unwrap_or(0)
    }

    /// Whether something of one in so many happens.
    fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let end = u32::try_from(all.len()).ok()?;
        all.get(self.below(end) as usize).copied()
    }
}

/// What a node knows of so many facilities, spread over the country.
pub(super) fn known(facilities: u32) -> Replica {
    let mut replica = Replica::new();
    for facility in 0..facilities {
        let mut lot = Lot::new(u64::from(facility) * 7_919);
        let more = u32::from(facility % 33 == 0);
        for number in 0..SERVICES + more {
            if let Some(known) = service(&mut lot, facility, number) {
                replica.apply(known);
            }
        }
    }
    replica
}

fn municipality(lot: &mut Lot) -> Option<String> {
    let counties: Vec<_> = County::all().collect();
    let county = lot.of(&counties)?.code();
    Some(format!("{county}{:02}", 80 + lot.below(MUNICIPALITIES)))
}

fn service(lot: &mut Lot, facility: u32, number: u32) -> Option<Known> {
    let municipality = municipality(lot)?;
    let code = lot.of(&TYPES)?;
    let place = if code.ends_with("FLAT") { PlaceKind::Dwelling } else { PlaceKind::Bed };
    let mut id = [0; 16];
    id[..4].copy_from_slice(&facility.to_be_bytes());
    id[4..8].copy_from_slice(&number.to_be_bytes());
    let rule = lot.of(&RULES).and_then(|code| CodedTerm::known(HOUSE_RULE, code));
    let service = ServiceDraft {
        id: ServiceId::from_bytes(id),
        name: format!("Verksamhet {number} vid anläggning {facility}"),
        unit: None,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, code)?,
        place,
        county: municipality.get(..2).map(str::to_owned),
        municipality: Some(municipality),
        season: None,
        opening: None,
        reception: reception(lot),
        house_rules: rule.into_iter().collect(),
        max_nights: lot.one_in(3).then_some(30),
        needs_decision: lot.one_in(3),
        termination_hours: lot.one_in(4).then_some(24),
        support_visits_per_week: lot.below(20),
        staffed: lot.one_in(2),
        acquisition_route: None,
        visibility: Visibility::Agreement,
        permit: None,
    };
    let valid_until = NOW.plus(Seconds::days(1));
    let statement = Statement {
        publisher: OrgId::parse(&format!("demo:anlaggning-{facility}")).ok()?,
        service: service.check().ok()?,
        lines: lines(lot),
        sequence: 1,
        revision: 1,
        published_at: NOW,
        valid_until,
        made_at: NOW,
    };
    let agreement_id = AgreementId::from_bytes([1; 16]);
    let relied_on_until = valid_until;
    Some(Known { statement, as_of: NOW, agreement_id, agreement_version: 1, relied_on_until })
}

fn reception(lot: &mut Lot) -> Reception {
    Reception {
        min_age: Some(18),
        max_age: lot.one_in(4).then_some(64),
        children: lot.one_in(3),
        couples: lot.one_in(2),
        pets: lot.one_in(4),
        wheelchair: lot.one_in(2),
        substance_support: lot.one_in(3),
        income_support: lot.one_in(2),
        languages: (0..3).filter_map(|_| lot.of(&LANGUAGES)).map(str::to_owned).collect(),
    }
}

fn lines(lot: &mut Lot) -> Vec<ToldLine> {
    let first = if lot.one_in(2) { PlaceFor::Anybody } else { PlaceFor::Men };
    let both = [Some(first), lot.one_in(2).then_some(PlaceFor::Women)];
    let line = |place_for: PlaceFor| {
        let (baseline, occupied) = (8, 8 - lot.below(4));
        let counts = Counts { baseline, occupied, ..Counts::default() };
        let told = ToldCounts { counts, held: 0 };
        let is_free = told.available() > 0;
        ToldLine {
            key: LineKey { place_for, period: Period::Night },
            counts: Ok(told),
            status: if is_free { CapacityStatus::Capacity } else { CapacityStatus::NoCapacity },
        }
    };
    both.into_iter().flatten().map(line).collect()
}

/// A need: some ordinary, some that little meets, and some that nothing does.
pub(super) fn need(lot: &mut Lot) -> Option<Need> {
    let near = municipality(lot)?;
    let kinds = ["EMERGENCY_ACCOMMODATION", "HOUSING_SOLUTION", "NIGHT_SHELTER", "TRAINING_FLAT"];
    let special = lot.one_in(2);
    let draft = NeedDraft {
        service_type: lot.of(&kinds).map(str::to_owned),
        near: Locality::parse(&near),
        adults: 1,
        children: if lot.one_in(5) { 2 } else { 0 },
        couple: false,
        gender: lot.of(&[Gender::Man, Gender::Woman]),
        age: Some(18 + lot.below(60)),
        wheelchair: special && lot.one_in(2),
        pets: special && lot.one_in(2),
        sobriety: special.then_some(Sobriety::NotSober),
        house_rules: Vec::new(),
        substance_support: special && lot.one_in(2),
        income_support: special && lot.one_in(2),
        languages: if special { vec!["ti".to_owned(), "so".to_owned()] } else { Vec::new() },
        support_visits_per_week: lot.below(15),
        period: if lot.one_in(10) { Some(Period::Day) } else { Some(Period::Night) },
        from: None,
        nights: Some(1 + lot.below(60)),
    };
    draft.check().ok()
}
