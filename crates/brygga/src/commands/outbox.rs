//! `brygga outbox`: messages on their way, without their content.

use brygga_identity::roles::Role;
use brygga_proto::local::v1::node_service_client::NodeServiceClient;
use brygga_proto::local::v1::{ListOutboxRequest, OutboxMessage, RetryMessageRequest};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::{Answer, table};
use crate::text::Text;
use crate::when;

/// Show and retry messages that are on their way
#[derive(Args)]
pub(crate) struct OutboxArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List messages that wait or have failed, oldest first
    #[command(after_help = "Example:\n  brygga outbox list --dead-only")]
    List {
        /// Leave out what still waits
        #[arg(long)]
        dead_only: bool,
    },
    /// Put a message that has failed for good back in the queue
    #[command(after_help = "Example:\n  brygga outbox retry 0f8e2c61-4b7d-4f0a-9c3e-5d2a7b1c8e90")]
    Retry {
        /// The message
        id: Identifier,
    },
}

impl OutboxArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::Operator).await?;
        let mut node = NodeServiceClient::new(channel);
        match self.action {
            Action::List { dead_only } => {
                let response = node.list_outbox(ListOutboxRequest { dead_only }).await;
                let messages = response.map_err(|status| refused(&status))?.into_inner().messages;
                Ok(list(&messages, at.language))
            }
            Action::Retry { id } => {
                let request = RetryMessageRequest { message_id: id.to_bytes() };
                node.retry_message(request).await.map_err(|status| refused(&status))?;
                let value = json!({"message_id": id.to_string(), "queued": true});
                Ok(Answer::new(value).line(Text::MessageRetried.of(at.language)))
            }
        }
    }
}

fn list(messages: &[OutboxMessage], language: Language) -> Answer {
    let value = json!({"messages": messages.iter().map(entry).collect::<Vec<_>>()});
    let answer = Answer::new(value);
    if messages.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading = [
        Text::Message,
        Text::Kind,
        Text::Recipient,
        Text::Created,
        Text::Attempts,
        Text::NextAttempt,
        Text::LastFailure,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(messages.iter().map(row));
    answer.lines(table(&rows))
}

fn row(message: &OutboxMessage) -> Vec<String> {
    let time = |at| when::from_proto(at).map_or_else(|| "–".to_owned(), when::swedish);
    let failure = if message.last_failure.is_empty() { "–" } else { &message.last_failure };
    vec![
        show(&message.message_id),
        message.message_type.clone(),
        message.recipient.clone(),
        time(message.created_at),
        message.attempts.to_string(),
        time(message.next_attempt_at),
        failure.to_owned(),
    ]
}

fn entry(message: &OutboxMessage) -> Value {
    let time = |at| when::from_proto(at).map(when::rfc3339);
    json!({
        "message_id": show(&message.message_id),
        "recipient": message.recipient,
        "message_type": message.message_type,
        "created_at": time(message.created_at),
        "expires_at": time(message.expires_at),
        "attempts": message.attempts,
        "next_attempt_at": time(message.next_attempt_at),
        "last_failure": message.last_failure,
        "dead": message.dead,
    })
}
