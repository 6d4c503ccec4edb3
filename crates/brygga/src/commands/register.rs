//! `brygga register`: the register of official documents (diarium), for the registrar.

mod export;
mod file;

use brygga_domain::Timestamp;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::register_service_client::RegisterServiceClient;
use brygga_proto::local::v1::{ListRegisterRequest, RegisterDirection, RegisterEntry};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::subject::subject;
use crate::text::vocabulary::word;
use crate::when;

/// Entries that are asked for at a time.
const PAGE: u32 = 500;

/// Show and export the register of official documents (diarium)
#[derive(Args)]
pub(crate) struct RegisterArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(ListArgs),
    Export(export::ExportArgs),
}

/// List the documents that were received and sent, in the order of their numbers
///
/// The register holds number, date, direction, the other organisation, what it concerns in brief and
/// the secrecy marking; never the content of a case.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga register list --from 2026-01-01 --to 2026-02-01 --public"
)]
struct ListArgs {
    /// Only from this day or instant on
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    from: Option<Timestamp>,
    /// Only before this day or instant
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    to: Option<Timestamp>,
    /// Leave out who and what where a document is marked as secret (OSL 5:2)
    #[arg(long)]
    public: bool,
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: usize,
}

impl RegisterArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::Registrar).await?;
        let register = RegisterServiceClient::new(channel);
        match &self.action {
            Action::List(args) => args.run(register, at.language).await,
            Action::Export(args) => args.run(register, at.language).await,
        }
    }
}

impl ListArgs {
    async fn run(
        &self,
        mut register: RegisterServiceClient<LocalChannel>,
        language: Language,
    ) -> Result<Answer, Failure> {
        let mut entries = Vec::new();
        let mut page_token = String::new();
        while entries.len() < self.limit {
            let rest = u32::try_from(self.limit - entries.len()).unwrap_or(PAGE);
            let request = ListRegisterRequest {
                from: self.from.map(when::to_proto),
                to: self.to.map(when::to_proto),
                public: self.public,
                page_size: rest.min(PAGE),
                page_token,
            };
            let page = register.list_register(request).await;
            let page = page.map_err(|status| refused(&status))?.into_inner();
            entries.extend(page.entries);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        Ok(list(&entries, language))
    }
}

fn list(entries: &[RegisterEntry], language: Language) -> Answer {
    let value = json!({"entries": entries.iter().map(entry).collect::<Vec<_>>()});
    let answer = Answer::new(value);
    if entries.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading = [
        Text::Number,
        Text::Date,
        Text::Direction,
        Text::Counterparty,
        Text::Concerns,
        Text::Secrecy,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(entries.iter().map(|entry| row(entry, language)));
    answer.lines(table(&rows))
}

fn row(entry: &RegisterEntry, language: Language) -> Vec<String> {
    let provision = entry.secrecy.as_ref().map(|marking| marking.provision.clone());
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    vec![
        entry.label.clone(),
        when::from_proto(entry.registered_at).map_or_else(String::new, when::swedish),
        word::<RegisterDirection>(entry.direction, language),
        or_dash(entry.counterparty.clone()),
        or_dash(subject(&entry.subject, language)),
        provision.unwrap_or_else(|| "–".to_owned()),
    ]
}

/// An entry for programs; what the public part leaves out is null.
fn entry(entry: &RegisterEntry) -> Value {
    let time = |at| when::from_proto(at).map(when::rfc3339);
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let id = |id: &[u8]| (!id.is_empty()).then(|| show(id));
    let secrecy = entry.secrecy.as_ref().map(|marking| {
        json!({
            "provision": marking.provision,
            "marked_at": time(marking.marked_at),
            "authority": marking.authority,
        })
    });
    let direction = match RegisterDirection::try_from(entry.direction) {
        Ok(RegisterDirection::In) => "IN",
        Ok(RegisterDirection::Out) => "OUT",
        Ok(RegisterDirection::Unspecified) | Err(_) => "",
    };
    json!({
        "number": entry.number,
        "label": entry.label,
        "registered_at": time(entry.registered_at),
        "direction": direction,
        "counterparty": text(&entry.counterparty),
        "subject": text(&entry.subject),
        "message_id": id(&entry.message_id),
        "conversation_id": id(&entry.conversation_id),
        "secrecy": secrecy,
        "handled_by": text(&entry.handled_by),
        "on_behalf_of": text(&entry.on_behalf_of),
    })
}
