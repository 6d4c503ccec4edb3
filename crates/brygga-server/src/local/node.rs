//! The node itself: how it is doing, whom it knows and what it owes others, all without content.

use brygga_app::{App, AppError};
use brygga_domain::{OrgId, Reason, Refusal};
use brygga_exchange::records::{OutboxEntry, OutboxState};
use brygga_identity::caller::Caller;
use brygga_identity::registry::Audience;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::node_service_server::NodeService;
use brygga_proto::registry::v1 as registry;
use brygga_storage::{
    AuditCheckpoint, OutboxCounts, OutboxFilter, OutboxListed, Reader, StorageError,
};
use brygga_wire::local::message_id;
use brygga_wire::time;
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// Messages in one list.
const MAX_LISTED: u32 = 500;

/// The node, for its operator and its users.
pub(super) struct NodeDesk {
    app: App,
}

impl NodeDesk {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    async fn show(&self) -> Result<proto::ShowNodeResponse, AppError> {
        let parts = self.app.parts();
        let (outbox, checkpoint) = parts.store.read(|reader| Box::pin(counts(reader))).await?;
        let held = parts.trust.verified();
        let registry = held.as_ref().map(|held| held.registry());
        let member = registry.and_then(|registry| registry.members.get(&parts.organisation));
        Ok(proto::ShowNodeResponse {
            organisation: parts.organisation.to_string(),
            name: member.map(|member| member.name.clone()).unwrap_or_default(),
            federation: parts.federation.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            registry_sequence: registry.map_or(0, |registry| registry.sequence),
            registry_expires_at: registry.map(|registry| time::to_proto(registry.expires_at)),
            outbox_queued: outbox.queued,
            outbox_dead: outbox.dead,
            audit_size: checkpoint.map_or(0, |checkpoint| checkpoint.size),
            storage_engine: parts.store.engine().as_str().to_owned(),
        })
    }

    fn look_up(
        &self,
        request: &proto::LookUpContactPointRequest,
    ) -> Result<proto::LookUpContactPointResponse, AppError> {
        let organisation = OrgId::parse(&request.organisation)
            .map_err(|_| Refusal::at(Reason::InvalidField, "organisation"))?;
        let (name, found) = self.app.contact_point(&organisation, audience(request.audience)?)?;
        let contact_point = Some(found.to_proto());
        Ok(proto::LookUpContactPointResponse { name, contact_point })
    }

    async fn list(&self, dead_only: bool) -> Result<proto::ListOutboxResponse, AppError> {
        let store = &self.app.parts().store;
        let mut messages = store.read(|reader| Box::pin(owed(reader, dead_only))).await?;
        messages.sort_by_key(|message| message.place);
        messages.truncate(MAX_LISTED as usize);
        let messages = messages.iter().map(|listed| message(&listed.entry)).collect();
        Ok(proto::ListOutboxResponse { messages })
    }

    async fn retry(
        &self,
        caller: &Caller,
        request: &proto::RetryMessageRequest,
    ) -> Result<proto::RetryMessageResponse, AppError> {
        self.app.outbox_retry(caller, message_id(&request.message_id)?).await?;
        Ok(proto::RetryMessageResponse {})
    }
}

#[tonic::async_trait]
impl NodeService for NodeDesk {
    async fn show_node(
        &self,
        request: Request<proto::ShowNodeRequest>,
    ) -> Result<Response<proto::ShowNodeResponse>, Status> {
        admitted(request)?;
        answer(self.show().await)
    }

    async fn look_up_contact_point(
        &self,
        request: Request<proto::LookUpContactPointRequest>,
    ) -> Result<Response<proto::LookUpContactPointResponse>, Status> {
        let (_caller, request) = admitted(request)?;
        answer(self.look_up(&request))
    }

    async fn list_outbox(
        &self,
        request: Request<proto::ListOutboxRequest>,
    ) -> Result<Response<proto::ListOutboxResponse>, Status> {
        let (_caller, request) = admitted(request)?;
        answer(self.list(request.dead_only).await)
    }

    async fn retry_message(
        &self,
        request: Request<proto::RetryMessageRequest>,
    ) -> Result<Response<proto::RetryMessageResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.retry(&caller, &request).await)
    }
}

async fn counts(
    reader: &mut Reader<'_>,
) -> Result<(OutboxCounts, Option<AuditCheckpoint>), StorageError> {
    Ok((reader.outbox_counts().await?, reader.audit_latest_checkpoint().await?))
}

/// The dead letters and, where asked for, what still waits.
async fn owed(reader: &mut Reader<'_>, dead_only: bool) -> Result<Vec<OutboxListed>, StorageError> {
    let mut listed = Vec::new();
    for dead in [true, false] {
        if dead || !dead_only {
            let filter = OutboxFilter { dead, after: 0, limit: MAX_LISTED };
            listed.extend(reader.outbox_list(&filter).await?);
        }
    }
    Ok(listed)
}

fn audience(number: i32) -> Result<Audience, Refusal> {
    match registry::Audience::try_from(number) {
        Ok(registry::Audience::Citizens) => Ok(Audience::Citizens),
        Ok(registry::Audience::Landlords) => Ok(Audience::Landlords),
        Ok(registry::Audience::Organisations) => Ok(Audience::Organisations),
        Ok(registry::Audience::Protected) => Ok(Audience::Protected),
        Ok(registry::Audience::Unspecified) | Err(_) => {
            Err(Refusal::at(Reason::InvalidField, "audience"))
        }
    }
}

fn message(entry: &OutboxEntry) -> proto::OutboxMessage {
    let (next_attempt_at, last_failure, dead) = match &entry.state {
        OutboxState::Queued { next_attempt_at, last_failure } => {
            (Some(*next_attempt_at), *last_failure, false)
        }
        OutboxState::Delivered { refusal, .. } => (None, *refusal, false),
        OutboxState::Dead { reason } => (None, Some(*reason), true),
    };
    proto::OutboxMessage {
        message_id: entry.message_id.as_bytes().to_vec(),
        recipient: entry.recipient.to_string(),
        message_type: entry.message_type.clone(),
        created_at: Some(time::to_proto(entry.created_at)),
        expires_at: Some(time::to_proto(entry.expires_at)),
        attempts: entry.attempts,
        next_attempt_at: next_attempt_at.map(time::to_proto),
        last_failure: last_failure.map(Reason::as_str).unwrap_or_default().to_owned(),
        dead,
    }
}
