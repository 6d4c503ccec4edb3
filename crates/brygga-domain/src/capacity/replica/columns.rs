//! What lines have in common, and which of it a need asks for. Whatever fits stands in every group of columns that is
//! wanted; of what stands there only places, time and season are looked at again ([`Facts`](crate::capacity::facts::Facts)). A property
//! holds this against looking at every line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::bits::Bits;
use crate::capacity::facts::free;
use crate::capacity::fit::{
    is_for, is_in_period, is_sober, takes_children, takes_couples, takes_pets,
};
use crate::capacity::{
    Audience, County, Known, Locality, Nearness, Need, Period, PlaceFor, PlaceKind, Season,
    Sobriety, ToldLine, Visibility, WhyNot,
};
use crate::code::{CodeLists, CodedTerm, HOUSE_RULE, SERVICE_TYPE};

/// So many places and more are looked up alike.
const FREE_MAX: u32 = 8;
/// From this age on nobody tells apart.
const AGE_MAX: u32 = 120;

/// Something that lines have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// Of the list `service_type`: the code or one above it.
    Type(&'static str),
    /// Not only for those who decide about placements.
    Open,
    Municipality(u16),
    County(County),
    For(PlaceFor),
    Period(Period),
    AnyAge,
    Age(u32),
    ChildSafe,
    Children,
    Couples,
    Pets,
    Wheelchair,
    SubstanceSupport,
    /// Whether the house demands sobriety.
    Sober(bool),
    /// Of the list `house_rule`: the code or one above it.
    Rule(&'static str),
    IncomeSupport,
    Language(String),
    AllYear,
    /// Open on some day of the month.
    Month(i8),
    /// At least so many places of a kind, or so many that nobody tells.
    Free(PlaceKind, u32),
    /// Its time was not past when somebody last looked.
    Fresh,
}

/// The columns that a line stands in, except whether it is fresh, which changes by itself.
pub(super) fn of_line(known: &Known, line: &ToldLine) -> Vec<Column> {
    let service = &known.statement.service;
    let reception = &service.reception;
    let whether = [
        (service.visibility != Visibility::NamedRole, Column::Open),
        (service.is_child_safe(), Column::ChildSafe),
        (takes_children(service, line), Column::Children),
        (takes_couples(service, line), Column::Couples),
        (takes_pets(service), Column::Pets),
        (reception.wheelchair, Column::Wheelchair),
        (reception.substance_support, Column::SubstanceSupport),
        (reception.income_support, Column::IncomeSupport),
        (service.season.is_none(), Column::AllYear),
        (reception.min_age.is_none() && reception.max_age.is_none(), Column::AnyAge),
    ];
    let mut columns: Vec<_> =
        whether.into_iter().filter(|(holds, _)| *holds).map(|(_, column)| column).collect();
    columns.extend(codes(&service.service_type).map(Column::Type));
    columns.extend(service.house_rules.iter().flat_map(codes).map(Column::Rule));
    columns.extend([Column::For(line.key.place_for), Column::Period(line.key.period)]);
    columns.push(Column::Sober(is_sober(service)));
    columns.extend(reception.languages.iter().cloned().map(Column::Language));
    if reception.min_age.is_some() || reception.max_age.is_some() {
        let ages = (0..=AGE_MAX).filter(|age| reception.receives_age(*age));
        columns.extend(ages.map(Column::Age));
    }
    columns.extend(service.season.iter().flat_map(months).map(Column::Month));
    let places = free(line).map_or(0, |places| places.unwrap_or(FREE_MAX));
    let kind = service.place;
    columns.extend((1..=places.min(FREE_MAX)).map(|count| Column::Free(kind, count)));
    if let Some(there) = Locality::of(service) {
        columns.push(Column::County(there.county()));
        columns.extend(there.municipality().map(Column::Municipality));
    }
    columns
}

/// The code of a term and all above it, as they are known here.
fn codes(term: &CodedTerm) -> impl Iterator<Item = &'static str> {
    let list = CodeLists::current().list(term.list());
    let code = list.and_then(|list| list.find(term.effective())).map(|term| term.code);
    let above = list.into_iter().flat_map(move |list| {
        let above: Vec<_> = code.into_iter().flat_map(|code| list.ancestors(code)).collect();
        above
    });
    code.into_iter().chain(above)
}

/// The months in which a season has a day.
fn months(season: &Season) -> impl Iterator<Item = i8> {
    let opens = |month| {
        let days = (1..=31).filter_map(move |day| Date::new(2000, month, day).ok());
        days.into_iter().any(|day| season.contains(day))
    };
    (1..=12).filter(move |month| opens(*month))
}

/// Groups of columns: a line that fits stands in at least one column of each group.
#[derive(Debug, Default)]
pub(super) struct Wanted(pub(super) Vec<Group>);

/// Columns of which a line that fits stands in one.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) columns: Vec<Column>,
    /// Why a line does not fit that stands in none; none where the line's [`Facts`](crate::capacity::facts::Facts) tell.
    pub(super) why_not: Option<WhyNot>,
}

impl Wanted {
    /// What a need asks for, on its first day; except the type, the place and who may see it.
    pub(super) fn of(need: &Need, day: Date) -> Self {
        let mut wanted = Self::default();
        let all_for = PlaceFor::ALL.iter().filter(|it| is_for(need, **it));
        wanted.any(WhyNot::PlaceFor, all_for.map(|it| Column::For(*it)));
        let periods = Period::ALL.iter().filter(|it| is_in_period(need, **it));
        wanted.any(WhyNot::Period, periods.map(|it| Column::Period(*it)));
        wanted.any(None, [Column::AllYear, Column::Month(day.month())]);
        let places = |kind| Column::Free(kind, need.places(kind).min(FREE_MAX));
        wanted.any(None, PlaceKind::ALL.iter().map(|kind| places(*kind)));
        wanted.any(None, [Column::Fresh]);
        let sober = |sober| need.sobriety == Some(sober);
        let whether = [
            (need.has_child(), WhyNot::ChildSafety, Column::ChildSafe),
            (need.has_child(), WhyNot::Children, Column::Children),
            (need.couple, WhyNot::Couple, Column::Couples),
            (need.pets, WhyNot::Pets, Column::Pets),
            (need.wheelchair, WhyNot::Wheelchair, Column::Wheelchair),
            (need.substance_support, WhyNot::SubstanceSupport, Column::SubstanceSupport),
            (need.income_support, WhyNot::IncomeSupport, Column::IncomeSupport),
            (sober(Sobriety::Sober), WhyNot::Sobriety, Column::Sober(true)),
            (sober(Sobriety::NotSober), WhyNot::Sobriety, Column::Sober(false)),
        ];
        for (_, why_not, column) in whether.into_iter().filter(|(is_asked, ..)| *is_asked) {
            wanted.any(why_not, [column]);
        }
        if let Some(age) = need.age {
            wanted.any(WhyNot::Age, [Column::AnyAge, Column::Age(age)]);
        }
        if !need.languages.is_empty() {
            let languages = need.languages.iter().cloned().map(Column::Language);
            wanted.any(WhyNot::Language, languages);
        }
        let lists = CodeLists::current();
        let rule = |code: &String| lists.list(HOUSE_RULE)?.find(code);
        for term in need.house_rules.iter().filter_map(rule) {
            wanted.any(WhyNot::HouseRule, [Column::Rule(term.code)]);
        }
        wanted
    }

    fn any(
        &mut self,
        why_not: impl Into<Option<WhyNot>>,
        columns: impl IntoIterator<Item = Column>,
    ) {
        let (columns, why_not) = (columns.into_iter().collect(), why_not.into());
        self.0.push(Group { columns, why_not });
    }
}

/// What the lines have to be before anything else: of a type, and to be seen.
pub(super) fn base(service_type: Option<&'static str>, audience: Audience) -> Vec<Column> {
    let is_open = (audience == Audience::Staff).then_some(Column::Open);
    service_type.map(Column::Type).into_iter().chain(is_open).collect()
}

/// The wanted type as the list of this version has it, and the one above all of its kind.
pub(super) fn types(need: &Need) -> Option<(&'static str, &'static str)> {
    let list = CodeLists::current().list(SERVICE_TYPE)?;
    let code = list.find(need.service_type.as_deref()?)?.code;
    Some((code, list.ancestors(code).last().unwrap_or(code)))
}

/// Where to look, the nearest first; everything that is left comes last.
pub(super) fn rings(need: &Need) -> Vec<(Nearness, Vec<Column>)> {
    let Some(near) = need.near else { return Vec::new() };
    let municipality = near.municipality().map(Column::Municipality).into_iter().collect();
    let neighbours = near.county().neighbours().map(Column::County).collect();
    vec![
        (Nearness::Municipality, municipality),
        (Nearness::County, vec![Column::County(near.county())]),
        (Nearness::NeighbouringCounty, neighbours),
    ]
}

/// All columns, each with the lines that stand in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    all: Bits,
    columns: BTreeMap<Column, Bits>,
}

impl Columns {
    pub(super) fn insert(&mut self, slot: u32, columns: Vec<Column>) {
        self.all.insert(slot);
        for column in columns {
            self.columns.entry(column).or_default().insert(slot);
        }
    }

    pub(super) fn remove(&mut self, slot: u32, columns: &[Column]) {
        self.all.remove(slot);
        self.leave(slot, columns);
    }

    /// A line stands in some columns no more.
    pub(super) fn leave(&mut self, slot: u32, columns: &[Column]) {
        for column in columns {
            let Some(bits) = self.columns.get_mut(column) else { continue };
            bits.remove(slot);
            if bits.is_empty() {
                self.columns.remove(column);
            }
        }
    }

    /// The lines that stand in every one of some columns.
    pub(super) fn every(&self, columns: &[Column]) -> Bits {
        let mut lines = self.all.clone();
        for column in columns {
            match self.columns.get(column) {
                Some(bits) => lines.keep(bits),
                None => return Bits::default(),
            }
        }
        lines
    }

    /// The lines that stand in at least one of some columns.
    pub(super) fn any(&self, columns: &[Column]) -> Cow<'_, Bits> {
        let mut found = columns.iter().filter_map(|column| self.columns.get(column));
        let mut lines = found.next().map_or_else(Cow::default, Cow::Borrowed);
        for bits in found {
            lines.to_mut().join(bits);
        }
        lines
    }
}
