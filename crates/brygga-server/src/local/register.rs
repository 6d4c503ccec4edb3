//! The register of official documents, for the registrar. Metadata only.

use brygga_app::{App, AppError};
use brygga_crypto::Digest;
use brygga_domain::{Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::register_service_server::RegisterService;
use brygga_storage::{RegisterFilter, RegisteredEntry};
use brygga_wire::local::{RegisterRow, register_entry};
use brygga_wire::time;
use tonic::{Request, Response, Status};

use super::{admitted, answer, page};

/// The register of the organisation.
pub(super) struct RegisterDesk {
    app: App,
}

impl RegisterDesk {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    async fn list(
        &self,
        caller: &Caller,
        request: &proto::ListRegisterRequest,
    ) -> Result<proto::ListRegisterResponse, AppError> {
        let limit = page::size(request.page_size)?;
        let after = page::place(&request.page_token)?.unwrap_or_default();
        let from = time::from_proto_or_none(request.from, "from")?;
        let to = time::from_proto_or_none(request.to, "to")?;
        let first = RegisterFilter::first(limit);
        let filter = RegisterFilter {
            after: after.unsigned_abs(),
            from: from.unwrap_or(first.from),
            to: to.unwrap_or(first.to),
            ..first
        };
        let entries = self.app.register_list(caller, filter).await?;
        let is_full = u32::try_from(entries.len()).is_ok_and(|count| count == limit);
        let next = entries.last().filter(|_| is_full);
        let next = next.and_then(|entry| i64::try_from(entry.number).ok());
        Ok(proto::ListRegisterResponse {
            entries: self.shown(&entries, request.public),
            next_page_token: page::token(next),
        })
    }

    async fn export(
        &self,
        caller: &Caller,
        request: &proto::ExportRegisterRequest,
    ) -> Result<proto::ExportRegisterResponse, AppError> {
        let last = Some(request.last_number).filter(|last| *last > 0);
        let portion = self.app.register_export(caller, request.after_number, last).await?;
        Ok(proto::ExportRegisterResponse {
            entries: self.shown(&portion.entries, request.public),
            after_number: portion.after,
            next_after_number: portion.next_after,
            last_number: portion.last,
        })
    }

    async fn confirm(
        &self,
        caller: &Caller,
        request: &proto::ConfirmExportRequest,
    ) -> Result<proto::ConfirmExportResponse, AppError> {
        let sha256 = Digest::try_from(request.sha256.as_slice())
            .map_err(|_| Refusal::at(Reason::InvalidField, "sha256"))?;
        let (after, last) = (request.after_number, request.last_number);
        let exported_number = self.app.register_confirm(caller, after, last, sha256).await?;
        Ok(proto::ConfirmExportResponse { exported_number })
    }

    fn shown(&self, entries: &[RegisteredEntry], public: bool) -> Vec<proto::RegisterEntry> {
        let own = &self.app.parts().organisation;
        let row = |RegisteredEntry { number, entry }: &RegisteredEntry| {
            let row = RegisterRow {
                number: *number,
                registered_at: entry.registered_at,
                direction: entry.direction,
                counterparty: &entry.counterparty,
                message_id: entry.message_id,
                conversation: entry.conversation,
                subject: &entry.subject,
                secrecy: entry.secrecy,
                behalf: entry.behalf.as_ref(),
            };
            register_entry(&row, own, public)
        };
        entries.iter().map(row).collect()
    }
}

#[tonic::async_trait]
impl RegisterService for RegisterDesk {
    async fn list_register(
        &self,
        request: Request<proto::ListRegisterRequest>,
    ) -> Result<Response<proto::ListRegisterResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(&caller, &request).await)
    }

    async fn export_register(
        &self,
        request: Request<proto::ExportRegisterRequest>,
    ) -> Result<Response<proto::ExportRegisterResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.export(&caller, &request).await)
    }

    async fn confirm_export(
        &self,
        request: Request<proto::ConfirmExportRequest>,
    ) -> Result<Response<proto::ConfirmExportResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.confirm(&caller, &request).await)
    }
}
