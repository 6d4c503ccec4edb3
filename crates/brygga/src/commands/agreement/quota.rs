//! `brygga agreement quota`.

use brygga_domain::agreement::is_name;
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{DeclareQuotaRequest, ListQuotasRequest, QuotaStanding};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::when;

/// Show how much of an agreement's quotas is used in the period that runs now
///
/// Of your own quota all places are shown, of another's those that you have taken yourselves and what its giver tells.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga agreement quota AGREEMENT-ID --base lagenhet=100")]
pub(super) struct QuotaArgs {
    /// The agreement
    id: Identifier,
    /// Declare, for this period, of how many your quota is a share, for example homes that fell vacant
    #[arg(long, value_name = "RULE=NUMBER", value_parser = declared)]
    base: Option<(String, u32)>,
    /// Declare how many you have provided so far in this period
    #[arg(long, value_name = "RULE=NUMBER", value_parser = declared)]
    provided: Option<(String, u32)>,
}

fn declared(text: &str) -> Result<(String, u32), String> {
    let parts = text.split_once('=').and_then(|(rule, number)| Some((rule, number.parse().ok()?)));
    let named = parts.filter(|(rule, _)| is_name(rule));
    let (rule, number) = named.ok_or("expected RULE=NUMBER, for example lagenhet=100")?;
    Ok((rule.to_owned(), number))
}

impl QuotaArgs {
    /// What is to be declared: rule, base and provided.
    fn news(&self) -> impl Iterator<Item = (String, Option<u32>, Option<u32>)> {
        let base = self.base.clone().map(|(rule, base)| (rule, Some(base), None));
        let provided = self.provided.clone().map(|(rule, provided)| (rule, None, Some(provided)));
        base.into_iter().chain(provided)
    }

    pub(super) async fn run(
        &self,
        channel: LocalChannel,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let mut service = AgreementServiceClient::new(channel);
        for (rule_id, base, provided) in self.news() {
            let agreement_id = self.id.to_bytes();
            let request = DeclareQuotaRequest { agreement_id, rule_id, base, provided };
            service.declare_quota(request).await.map_err(|status| refused(&status))?;
        }
        let request = ListQuotasRequest { agreement_id: self.id.to_bytes() };
        let response = service.list_quotas(request).await.map_err(|status| refused(&status))?;
        let quotas = response.into_inner().quotas;
        let value = json!({"quotas": quotas.iter().map(entry).collect::<Vec<_>>()});
        if quotas.is_empty() {
            return Ok(Answer::new(value).line(Text::None.of(at.language)));
        }
        let heading = [Text::Rule, Text::Giver, Text::PeriodSince, Text::PlacesTaken];
        let mut rows = vec![heading.map(|text| text.of(at.language).to_owned()).to_vec()];
        rows.extend(quotas.iter().flat_map(|quota| lines(quota, at.language)));
        Ok(Answer::new(value).lines(table(&rows)))
    }
}

/// One line, or where each sender has the whole quota one for each that has taken a place.
fn lines(quota: &QuotaStanding, language: Language) -> Vec<Vec<String>> {
    let line = |places: u32, whose: &str| {
        let began = when::from_proto(quota.period_began).filter(|at| at.as_millis() > 0);
        let of = format!("{places} {} {}", Text::OutOf.of(language), quota.limit);
        vec![
            quota.rule_id.clone(),
            quota.giver.clone(),
            began.map_or_else(|| "–".to_owned(), when::swedish),
            format!("{of}{}{whose}", share(places, quota.limit)),
        ]
    };
    if quota.provided > 0 {
        return vec![line(quota.provided, "")];
    }
    if quota.per_sender && !quota.taken.is_empty() {
        let each = quota.taken.iter();
        return each.map(|taken| line(taken.places, &format!(", {}", taken.sender))).collect();
    }
    let known = if quota.is_complete { "" } else { Text::OwnOnly.of(language) };
    vec![line(quota.taken.iter().map(|taken| taken.places).sum(), known)]
}

fn share(places: u32, limit: u32) -> String {
    let percent = (u64::from(places) * 100).checked_div(u64::from(limit));
    percent.map_or_else(String::new, |percent| format!(" ({percent} %)"))
}

fn entry(quota: &QuotaStanding) -> Value {
    let taken: Vec<_> = quota
        .taken
        .iter()
        .map(|taken| json!({"sender": taken.sender, "places": taken.places}))
        .collect();
    json!({
        "rule_id": quota.rule_id,
        "giver": quota.giver,
        "period_began": when::from_proto(quota.period_began).map(when::rfc3339),
        "limit": quota.limit,
        "per_sender": quota.per_sender,
        "base": quota.base,
        "taken": taken,
        "is_complete": quota.is_complete,
        "provided": quota.provided,
    })
}
