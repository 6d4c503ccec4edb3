//! `brygga retention`: what would be purged when, for the archivist.

use brygga_identity::roles::Role;
use brygga_proto::local::v1::retention_service_client::RetentionServiceClient;
use brygga_proto::local::v1::{
    ListRetentionRequest, RetentionCase, RetentionOutlook, RetentionRound, Side,
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::when;

/// Cases that are asked for at a time.
const PAGE: u32 = 500;

/// Show what is purged when (gallring)
#[derive(Args)]
pub(crate) struct RetentionArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List closed cases with what becomes of each, under which section, and what holds it up
    ///
    /// Nothing is purged by this and no content is opened. The node purges by itself once a day, and
    /// nothing whose entries in the register have not been exported.
    #[command(after_help = "Example:\n  brygga retention list --due-only")]
    List {
        /// Only what is past its time
        #[arg(long)]
        due_only: bool,
        /// Look at so many cases at most, from those that closed first
        #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
        limit: usize,
    },
}

impl RetentionArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::Registrar).await?;
        let mut service = RetentionServiceClient::new(channel);
        let Action::List { due_only, limit } = self.action;
        let mut cases = Vec::new();
        let mut page_token = String::new();
        let last_round = loop {
            let rest = u32::try_from(limit - cases.len()).unwrap_or(PAGE);
            let request = ListRetentionRequest { page_size: rest.min(PAGE), page_token };
            let page = service.list_retention(request).await;
            let page = page.map_err(|status| refused(&status))?.into_inner();
            cases.extend(page.cases);
            page_token = page.next_page_token;
            if page_token.is_empty() || cases.len() >= limit {
                break page.last_round;
            }
        };
        cases.retain(|case| !due_only || is_due(case) || is_handed_over(case));
        Ok(list(&cases, last_round.as_ref(), at.language))
    }
}

fn is_due(case: &RetentionCase) -> bool {
    matches!(case.outlook(), RetentionOutlook::Purge | RetentionOutlook::PurgeUnlessBirth)
}

/// Past its time as well, but for people to let go.
fn is_handed_over(case: &RetentionCase) -> bool {
    case.outlook() == RetentionOutlook::HandOver
}

fn list(
    cases: &[RetentionCase],
    last_round: Option<&RetentionRound>,
    language: Language,
) -> Answer {
    let value = json!({
        "cases": cases.iter().map(entry).collect::<Vec<_>>(),
        "last_round": last_round.map(round),
    });
    let mut answer = Answer::new(value);
    if cases.is_empty() {
        answer = answer.line(Text::None.of(language));
    } else {
        let heading = [
            Text::Referral,
            Text::Counterparty,
            Text::ClosedOn,
            Text::Outlook,
            Text::Section,
            Text::HeldUp,
        ];
        let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
        rows.extend(cases.iter().map(|case| row(case, language)));
        answer = answer.lines(table(&rows));
    }
    if cases.iter().any(|case| is_due(case) && case.blocked) {
        answer = answer.line(Text::ExportFirst.of(language));
    }
    match last_round {
        Some(last) => answer.line(last_words(last, language)),
        None => answer,
    }
}

fn row(case: &RetentionCase, language: Language) -> Vec<String> {
    let outlook = word::<RetentionOutlook>(case.outlook, language);
    let outlook = format!("{outlook} {}", case.until);
    let held_up = is_due(case) && case.blocked;
    let held_up = if held_up { Text::NotExported.of(language) } else { "–" };
    vec![
        show(&case.referral_id),
        case.peer.clone(),
        when::from_proto(case.closed_at).map_or_else(String::new, when::swedish),
        outlook.trim_end().to_owned(),
        case.section.clone(),
        held_up.to_owned(),
    ]
}

fn last_words(last: &RetentionRound, language: Language) -> String {
    let at = when::from_proto(last.at).map_or_else(String::new, when::swedish);
    let count = |text: Text, count: u64| format!("{} {count}", text.of(language));
    let counts = [
        count(Text::Erased, last.erased),
        count(Text::HeldUp, last.blocked),
        count(Text::ToHandOver, last.to_hand_over),
    ];
    format!("{} {at}: {}", Text::LastRound.of(language), counts.join(", "))
}

fn entry(case: &RetentionCase) -> Value {
    let side = match case.side() {
        Side::Source => "SOURCE",
        Side::Target => "TARGET",
        Side::Unspecified => "",
    };
    let outlook = case.outlook().as_str_name().trim_start_matches("RETENTION_OUTLOOK_");
    json!({
        "referral_id": show(&case.referral_id),
        "side": side,
        "peer": case.peer,
        "closed_at": when::from_proto(case.closed_at).map(when::rfc3339),
        "outlook": outlook,
        "until": (!case.until.is_empty()).then_some(&case.until),
        "section": case.section,
        "blocked": case.blocked,
    })
}

fn round(last: &RetentionRound) -> Value {
    json!({
        "at": when::from_proto(last.at).map(when::rfc3339),
        "erased": last.erased,
        "blocked": last.blocked,
        "due": last.due,
        "to_hand_over": last.to_hand_over,
        "consents": last.consents,
        "outbox": last.outbox,
        "inbox": last.inbox,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(outlook: RetentionOutlook, blocked: bool) -> RetentionCase {
        RetentionCase {
            referral_id: vec![1; 16],
            side: Side::Target.into(),
            peer: "kommun:0881".to_owned(),
            outlook: outlook.into(),
            section: "SoL 16:1".to_owned(),
            blocked,
            ..RetentionCase::default()
        }
    }

    #[test]
    fn what_is_held_up_is_said_with_what_to_do() {
        let cases = [case(RetentionOutlook::Purge, true)];
        let text = list(&cases, None, Language::Sv).text();
        assert!(text.contains("gallras vid nästa körning  SoL 16:1  ej exporterat"), "{text}");
        assert!(text.contains("brygga register export"), "{text}");
    }

    #[test]
    fn what_stays_is_not_held_up_by_the_register() {
        let cases = [case(RetentionOutlook::KeepForever, true)];
        let text = list(&cases, None, Language::Sv).text();
        assert!(text.contains("bevaras"), "{text}");
        assert!(!text.contains("export"), "{text}");
    }
}
