//! Numbers of referrals as a coordinator and a program read them. What is hidden is shown as hidden, never as none.

use brygga_domain::Reason;
use brygga_proto::aggregate::v1::{AggregateOutcome, OutcomeCount, ServiceCount};
use brygga_proto::local::v1::{
    AggregateSum, AggregateSums, AggregateTable, Aggregates, AgreementAggregates, OutcomeSum,
    ServiceSum, TellerAggregate, TellerState,
};
use brygga_proto::types::v1::Code;
use serde_json::{Map, Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::reason::explain;
use crate::text::service::service;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

/// Fewer than five, or as many as would let such a number be computed.
const HIDDEN: &str = "<5*";

/// What the parties have told of a quarter.
pub(super) fn all(found: &Aggregates, language: Language) -> Answer {
    let sums = found.sums.clone().unwrap_or_default();
    let mut lines = vec![format!("{} {}", Text::AggregateOf.of(language), found.quarter)];
    for one in &found.agreements {
        lines.push(format!("{} ({})", one.title, show(&one.agreement_id)));
        let heading = [Text::Party, Text::Status, Text::Referrals, Text::Service, Text::Outcome];
        let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
        rows.extend(one.tellers.iter().map(|teller| row(teller, language)));
        lines.extend(table(&rows).into_iter().map(|line| format!("  {line}")));
    }
    lines.push(sum_line(&sums, language));
    let note = format!("{HIDDEN} {}", Text::AggregateHidden.of(language));
    Answer::new(entry(found, &sums)).lines(lines).lines((sums.told > 0).then_some(note))
}

fn row(teller: &TellerAggregate, language: Language) -> Vec<String> {
    let state = word::<TellerState>(teller.state, language);
    let state = match Reason::parse(&teller.reason) {
        Some(reason) => format!("{state}: {}", explain(reason, language).what),
        None => state,
    };
    let mut cells = vec![teller.organisation.clone(), state];
    let Some(table) = &teller.table else { return cells };
    if table.total == 0 {
        cells.push(HIDDEN.to_owned());
        return cells;
    }
    let services = table.services.iter().map(|one| {
        format!("{} {}", service(code(one.service_type.as_ref()), language), one.referrals)
    });
    let outcomes = table.outcomes.iter().map(|one| {
        format!("{} {}", word::<AggregateOutcome>(one.outcome, language), one.referrals)
    });
    cells.push(table.total.to_string());
    cells.push(with_rest(services.collect(), language));
    cells.push(with_rest(outcomes.collect(), language));
    cells
}

fn with_rest(mut parts: Vec<String>, language: Language) -> String {
    parts.push(format!("{} {HIDDEN}", Text::AggregateRest.of(language)));
    parts.join(", ")
}

/// A sum says how many tables it is of, since the others may hold more.
fn sum_line(sums: &AggregateSums, language: Language) -> String {
    let of = |told: u32| format!("{told} {} {}", Text::OutOf.of(language), sums.tables);
    let at_least = |sum: &AggregateSum| match sum.told {
        0 => HIDDEN.to_owned(),
        told => format!("≥ {} ({})", sum.referrals, of(told)),
    };
    let services = sums.services.iter().map(|one| {
        let name = service(code(one.service_type.as_ref()), language);
        format!("{name} {}", at_least(&one.sum.unwrap_or_default()))
    });
    let outcomes = sums.outcomes.iter().map(|one| {
        let name = word::<AggregateOutcome>(one.outcome, language);
        format!("{name} {}", at_least(&one.sum.unwrap_or_default()))
    });
    let parts: Vec<String> = services.chain(outcomes).collect();
    let told = format!("{} {}", of(sums.told), Text::HaveTold.of(language));
    let total = at_least(&sums.total.unwrap_or_default());
    let separator = if parts.is_empty() { "" } else { "; " };
    format!("{}: {total}, {told}{separator}{}", Text::Sum.of(language), parts.join(", "))
}

fn code(term: Option<&Code>) -> &str {
    term.map_or("", |term| term.code.as_str())
}

/// Aggregates for programs; a number that is hidden is null or left out.
fn entry(found: &Aggregates, sums: &AggregateSums) -> Value {
    let agreement = |one: &AgreementAggregates| {
        json!({
            "agreement_id": show(&one.agreement_id),
            "title": one.title,
            "tellers": one.tellers.iter().map(teller).collect::<Vec<_>>(),
        })
    };
    let service = |one: &ServiceSum| {
        (code(one.service_type.as_ref()).to_owned(), sum(&one.sum.unwrap_or_default()))
    };
    let outcome = |one: &OutcomeSum| {
        let code = wire_code::show::<AggregateOutcome>(one.outcome);
        (code, sum(&one.sum.unwrap_or_default()))
    };
    json!({
        "quarter": found.quarter,
        "agreements": found.agreements.iter().map(agreement).collect::<Vec<_>>(),
        "sums": {
            "tables": sums.tables,
            "told": sums.told,
            "total": sum(&sums.total.unwrap_or_default()),
            "services": sums.services.iter().map(service).collect::<Map<_, _>>(),
            "outcomes": sums.outcomes.iter().map(outcome).collect::<Map<_, _>>(),
        },
    })
}

fn teller(teller: &TellerAggregate) -> Value {
    json!({
        "organisation": teller.organisation,
        "state": wire_code::show::<TellerState>(teller.state),
        "reason": (!teller.reason.is_empty()).then_some(&teller.reason),
        "asked_at": when::from_proto(teller.asked_at).map(when::rfc3339),
        "table": teller.table.as_ref().map(numbers),
    })
}

fn numbers(table: &AggregateTable) -> Value {
    let service =
        |one: &ServiceCount| (code(one.service_type.as_ref()).to_owned(), json!(one.referrals));
    let outcome = |one: &OutcomeCount| {
        (wire_code::show::<AggregateOutcome>(one.outcome), json!(one.referrals))
    };
    json!({
        "total": (table.total > 0).then_some(table.total),
        "services": table.services.iter().map(service).collect::<Map<_, _>>(),
        "outcomes": table.outcomes.iter().map(outcome).collect::<Map<_, _>>(),
    })
}

fn sum(sum: &AggregateSum) -> Value {
    json!({"at_least": sum.referrals, "told": sum.told})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(referrals: u32) -> OutcomeCount {
        OutcomeCount { outcome: AggregateOutcome::Accepted.into(), referrals }
    }

    fn told(organisation: &str, table: AggregateTable) -> TellerAggregate {
        TellerAggregate {
            organisation: organisation.to_owned(),
            state: TellerState::Told.into(),
            table: Some(table),
            ..TellerAggregate::default()
        }
    }

    fn found() -> Aggregates {
        let services = vec![ServiceCount {
            service_type: Some(Code { code: "NIGHT_SHELTER".to_owned(), ..Code::default() }),
            referrals: 7,
        }];
        let large = AggregateTable { total: 12, services, outcomes: vec![count(7)] };
        let waiting = TellerAggregate {
            organisation: "kommun:0885".to_owned(),
            state: TellerState::Waiting.into(),
            ..TellerAggregate::default()
        };
        let one = AgreementAggregates {
            agreement_id: vec![1; 16],
            title: "Samverkan".to_owned(),
            tellers: vec![
                told("kommun:0881", large),
                told("kommun:0880", AggregateTable::default()),
                waiting,
            ],
        };
        let sum = AggregateSum { referrals: 12, told: 1 };
        let sums =
            AggregateSums { tables: 3, told: 2, total: Some(sum), ..AggregateSums::default() };
        Aggregates { quarter: "2026-Q3".to_owned(), agreements: vec![one], sums: Some(sums) }
    }

    #[test]
    fn a_hidden_number_is_shown_as_hidden_and_a_missing_one_as_missing() {
        let text = all(&found(), Language::Sv).text();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "Mottagna remisser under 2026-Q3",
                "Samverkan (01010101-0101-0101-0101-010101010101)",
                "  part         status           remisser  insats                      utfall",
                "  kommun:0881  har svarat       12        natthärbärge 7, övriga <5*  accepterade 7, övriga <5*",
                "  kommun:0880  har svarat       <5*",
                "  kommun:0885  har inte svarat",
                "summa: ≥ 12 (1 av 3), 2 av 3 har svarat",
                "<5* färre än fem, eller dolt för att ett sådant tal inte ska kunna räknas ut",
            ]
        );
    }

    #[test]
    fn for_programs_a_hidden_number_is_null_or_left_out() {
        let answer = all(&found(), Language::En);
        let tellers = &answer.json()["agreements"][0]["tellers"];
        assert_eq!(tellers[0]["table"]["services"], json!({"NIGHT_SHELTER": 7}));
        assert_eq!(tellers[1]["table"], json!({"total": null, "services": {}, "outcomes": {}}));
        assert_eq!(tellers[2]["table"], Value::Null);
    }
}
