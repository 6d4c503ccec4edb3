//! `brygga node`: the node that is running.

use brygga_identity::roles::Role;
use brygga_proto::local::v1::node_service_client::NodeServiceClient;
use brygga_proto::local::v1::{ShowNodeRequest, ShowNodeResponse};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::output::Answer;
use crate::text::Text;
use crate::when;

/// Show the node that is running
#[derive(Args)]
pub(crate) struct NodeArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show who the node is and how it is doing
    #[command(after_help = "Example:\n  brygga node show")]
    Show,
}

impl NodeArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let Action::Show = self.action;
        let channel = self.client.connect(at, Role::Operator).await?;
        let response = NodeServiceClient::new(channel).show_node(ShowNodeRequest {}).await;
        let node = response.map_err(|status| refused(&status))?.into_inner();
        Ok(answer(&node, at.language))
    }
}

fn answer(node: &ShowNodeResponse, language: Language) -> Answer {
    let expires = when::from_proto(node.registry_expires_at);
    let value = json!({
        "organisation": node.organisation,
        "name": node.name,
        "federation": node.federation,
        "version": node.version,
        "registry_sequence": node.registry_sequence,
        "registry_expires_at": expires.map(when::rfc3339),
        "outbox_queued": node.outbox_queued,
        "outbox_dead": node.outbox_dead,
        "audit_size": node.audit_size,
        "storage_engine": node.storage_engine,
    });
    let label = |text: Text| format!("{:<12}", text.of(language));
    let expires = expires.map_or_else(|| "–".to_owned(), when::swedish);
    let (queued, dead) = (node.outbox_queued, node.outbox_dead);
    let outbox = match language {
        Language::Sv => format!("{queued} i kö, {dead} gav upp"),
        Language::En => format!("{queued} queued, {dead} dead"),
    };
    let audit = match language {
        Language::Sv => format!("{} poster under en undertecknad kontrollpunkt", node.audit_size),
        Language::En => format!("{} entries under a signed checkpoint", node.audit_size),
    };
    let until = Text::ValidUntil.of(language);
    Answer::new(value)
        .line(format!("{}  {}", node.organisation, node.name))
        .line(format!("{}{}", label(Text::Federation), node.federation))
        .line(format!("{}{}, {}", label(Text::Program), node.version, node.storage_engine))
        .line(format!("{}{}, {until} {expires}", label(Text::Registry), node.registry_sequence))
        .line(format!("{}{outbox}", label(Text::Outbox)))
        .line(format!("{}{audit}", label(Text::AuditLog)))
}
