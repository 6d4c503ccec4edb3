//! `brygga capacity search` and `brygga capacity unmet`: a place for somebody, and what was looked for in vain.

use brygga_domain::code::CodedTerm;
use brygga_proto::capacity::v1::{Period, PlaceFor};
use brygga_proto::local::v1::{
    CapacityHit, CapacityMismatch, CapacityMiss, CapacityNeed, CapacityWarning, Gender,
    KnownService, Nearness, SearchCapacityRequest, SearchCapacityResponse, ShowUnmetNeedRequest,
    Sobriety, UnmetNeed,
};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::Language;
use crate::client::refused;
use crate::failure::Failure;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::service::service;
use crate::text::vocabulary::{Word, word};
use crate::wire_code;

use super::{Service, shown};

/// Look for a place in what others publish, the nearest first, with the reasons why the rest does not fit
///
/// What is not said excludes nothing. Nothing of the search is stored, but that it was made where it finds nothing.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga capacity search --type NIGHT_SHELTER --near 0881 --adults 1 --sobriety NOT_SOBER"
)]
pub(super) struct SearchArgs {
    /// What it is: a code of the list in "brygga referral request --help", which covers what is under it
    #[arg(long = "type", value_name = "SERVICE", value_parser = super::super::referral::service)]
    service_type: Option<CodedTerm>,
    /// Where it is wanted: four digits of a municipality or two of a county
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    near: String,
    /// How many are 18 or older
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    adults: u32,
    /// How many are younger
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    children: u32,
    /// Two of them live together as a couple
    #[arg(long)]
    couple: bool,
    /// Of the adults
    #[arg(long, value_name = "GENDER", value_parser = wire_code::parser::<Gender>())]
    gender: Option<Gender>,
    /// In years, of whoever it is about
    #[arg(long, value_name = "YEARS", default_value_t = 0, hide_default_value = true)]
    age: u32,
    /// Somebody uses a wheelchair
    #[arg(long)]
    wheelchair: bool,
    /// A pet comes along
    #[arg(long)]
    pets: bool,
    /// Whether the house may or has to demand sobriety
    #[arg(long, value_name = "SOBRIETY", value_parser = wire_code::parser::<Sobriety>())]
    sobriety: Option<Sobriety>,
    /// Rule that the house has to have; may be repeated
    #[arg(long = "rule", value_name = "RULE")]
    house_rules: Vec<String>,
    /// There has to be support for people in substance use
    #[arg(long)]
    substance_support: bool,
    /// The income is income support
    #[arg(long)]
    income_support: bool,
    /// ISO 639 code of a language, one of which has to be spoken; may be repeated
    #[arg(long = "speaks", value_name = "LANGUAGE")]
    languages: Vec<String>,
    /// Visits of support needed in a week; 168 is around the clock
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    visits: u32,
    /// When the place is used
    #[arg(long, value_name = "PERIOD", value_parser = wire_code::parser::<Period>())]
    period: Option<Period>,
    /// First day, such as 2026-11-22; today where it is not said
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    from: String,
    /// How many nights
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    nights: u32,
}

/// Show how often something was looked for in vain, by type and county
#[derive(Args)]
#[command(after_help = "Example:\n  brygga capacity unmet --from 2026-01-01 --until 2026-12-31")]
pub(super) struct UnmetArgs {
    /// First day
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Last day, at most a year later
    #[arg(long, value_name = "DATE")]
    until: String,
}

impl SearchArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = SearchCapacityRequest { need: Some(self.need()) };
        let found = service.search_capacity(request).await;
        Ok(answer(&found.map_err(|status| refused(&status))?.into_inner(), language))
    }

    fn need(&self) -> CapacityNeed {
        CapacityNeed {
            service_type: self.service_type.as_ref().map_or("", |term| term.code()).to_owned(),
            near: self.near.clone(),
            adults: self.adults,
            children: self.children,
            couple: self.couple,
            gender: self.gender.unwrap_or_default().into(),
            age: self.age,
            wheelchair: self.wheelchair,
            pets: self.pets,
            sobriety: self.sobriety.unwrap_or_default().into(),
            house_rules: self.house_rules.clone(),
            substance_support: self.substance_support,
            income_support: self.income_support,
            languages: self.languages.clone(),
            support_visits_per_week: self.visits,
            period: self.period.unwrap_or_default().into(),
            from: self.from.clone(),
            nights: self.nights,
        }
    }
}

impl UnmetArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = ShowUnmetNeedRequest { from: self.from.clone(), until: self.until.clone() };
        let found = service.show_unmet_need(request).await;
        let needs = found.map_err(|status| refused(&status))?.into_inner().needs;
        let entry = |need: &UnmetNeed| {
            let UnmetNeed { service_type, county, searches } = need;
            json!({"service_type": service_type, "county": county, "searches": searches})
        };
        let entries: Vec<_> = needs.iter().map(entry).collect();
        let row = |need: &UnmetNeed| {
            let wanted = service_name(&need.service_type, language);
            vec![need.searches.to_string(), wanted, need.county.clone()]
        };
        let rows: Vec<_> = needs.iter().map(row).collect();
        Ok(Answer::new(json!({"unmet": entries})).lines(table(&rows)))
    }
}

fn service_name(code: &str, language: Language) -> String {
    if code.is_empty() { "–".to_owned() } else { service(code, language).to_owned() }
}

fn answer(found: &SearchCapacityResponse, language: Language) -> Answer {
    let hits = |hits: &[CapacityHit]| hits.iter().map(hit_entry).collect::<Vec<_>>();
    let value = json!({
        "fits": hits(&found.fits),
        "has_more": found.has_more,
        "almost": found.almost.iter().map(miss_entry).collect::<Vec<_>>(),
        "alternatives": hits(&found.alternatives),
    });
    let rows = |hits: &[CapacityHit]| {
        let rows: Vec<_> = hits.iter().map(|hit| hit_row(hit, language)).collect();
        if rows.is_empty() { vec![Text::None.of(language).to_owned()] } else { table(&rows) }
    };
    let mut answer = Answer::new(value).lines(rows(&found.fits));
    if !found.almost.is_empty() {
        let rows: Vec<_> = found.almost.iter().map(|miss| miss_row(miss, language)).collect();
        answer = answer.line("").line(Text::SearchAlmost.of(language)).lines(table(&rows));
    }
    if !found.alternatives.is_empty() {
        let heading = Text::SearchAlternatives.of(language);
        answer = answer.line("").line(heading).lines(rows(&found.alternatives));
    }
    answer
}

/// Who has it, what, for whom, and how near.
fn row(
    known: Option<&KnownService>,
    (place_for, period, nearness): (i32, i32, i32),
    language: Language,
) -> Vec<String> {
    let told = known.and_then(|known| known.statement.as_ref());
    let publisher = told.map_or("", |told| told.publisher.as_str());
    let whom = word::<PlaceFor>(place_for, language);
    vec![
        publisher.to_owned(),
        shown::name(told).to_owned(),
        format!("{whom}, {}", word::<Period>(period, language)),
        word::<Nearness>(nearness, language),
    ]
}

fn hit_row(hit: &CapacityHit, language: Language) -> Vec<String> {
    let line = (hit.place_for, hit.period, hit.nearness);
    let mut row = row(hit.service.as_ref(), line, language);
    row.push(available(hit).map_or_else(|| "?".to_owned(), |places| places.to_string()));
    row.push(words::<CapacityWarning>(&hit.warnings, language));
    row
}

fn miss_row(miss: &CapacityMiss, language: Language) -> Vec<String> {
    let line = (miss.place_for, miss.period, miss.nearness);
    let mut row = row(miss.service.as_ref(), line, language);
    row.push(words::<CapacityMismatch>(&miss.reasons, language));
    row
}

fn words<T: Word>(numbers: &[i32], language: Language) -> String {
    numbers.iter().map(|number| word::<T>(*number, language)).collect::<Vec<_>>().join("; ")
}

/// Places of the line that fits.
fn available(hit: &CapacityHit) -> Option<u32> {
    let told = hit.service.as_ref()?.statement.as_ref()?;
    let is_it = |line: &&brygga_proto::capacity::v1::Line| {
        line.place_for == hit.place_for && line.period == hit.period
    };
    Some(told.lines.iter().find(is_it)?.counts?.available)
}

fn hit_entry(hit: &CapacityHit) -> Value {
    let warnings = hit.warnings.iter().map(|it| wire_code::show::<CapacityWarning>(*it));
    let line = (hit.place_for, hit.period, hit.nearness);
    let mut entry = entry(hit.service.as_ref(), line);
    entry["available"] = json!(available(hit));
    entry["warnings"] = json!(warnings.collect::<Vec<_>>());
    entry
}

fn miss_entry(miss: &CapacityMiss) -> Value {
    let reasons = miss.reasons.iter().map(|it| wire_code::show::<CapacityMismatch>(*it));
    let line = (miss.place_for, miss.period, miss.nearness);
    let mut entry = entry(miss.service.as_ref(), line);
    entry["reasons"] = json!(reasons.collect::<Vec<_>>());
    entry
}

fn entry(known: Option<&KnownService>, (place_for, period, nearness): (i32, i32, i32)) -> Value {
    json!({
        "service": known.map(shown::known_entry),
        "for": wire_code::show::<PlaceFor>(place_for),
        "when": wire_code::show::<Period>(period),
        "nearness": (nearness != 0).then(|| wire_code::show::<Nearness>(nearness)),
    })
}
