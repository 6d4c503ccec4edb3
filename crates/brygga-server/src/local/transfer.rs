//! Who is responsible, and cases that move between municipalities.

use brygga_app::{App, AppError};
use brygga_domain::Refusal;
use brygga_domain::responsibility::responsible;
use brygga_domain::transfer::Transfer;
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::transfer_service_server::TransferService;
use brygga_wire::local::{
    responsibility_to_proto, situation, transfer_deed, transfer_details, transfer_id,
    transfer_to_proto, transfer_wish,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// Cases that move.
pub(super) struct TransferDesk {
    app: App,
}

impl TransferDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    fn shown(&self, transfer: &Transfer) -> proto::Transfer {
        transfer_to_proto(transfer, self.app.now())
    }

    async fn request(
        &self,
        caller: &Caller,
        request: proto::RequestTransferRequest,
    ) -> Result<proto::RequestTransferResponse, AppError> {
        let transfer = self.app.transfer_request(caller, transfer_wish(request)?).await?;
        Ok(proto::RequestTransferResponse { transfer: Some(self.shown(&transfer)) })
    }

    async fn act(
        &self,
        caller: &Caller,
        request: proto::ActOnTransferRequest,
    ) -> Result<proto::ActOnTransferResponse, AppError> {
        let (id, deed) = transfer_deed(request)?;
        let transfer = self.app.transfer_act(caller, id, deed).await?;
        Ok(proto::ActOnTransferResponse { transfer: Some(self.shown(&transfer)) })
    }

    async fn show(
        &self,
        caller: &Caller,
        request: &proto::ShowTransferRequest,
    ) -> Result<proto::ShowTransferResponse, AppError> {
        let id = transfer_id(&request.transfer_id)?;
        let (transfer, secrets) = self.app.transfer_show(caller, id).await?;
        Ok(transfer_details(&transfer, &secrets, self.app.now()))
    }

    async fn list(&self, caller: &Caller) -> Result<proto::ListTransfersResponse, AppError> {
        let transfers = self.app.transfer_list(caller).await?;
        let transfers = transfers.iter().map(|transfer| self.shown(transfer)).collect();
        Ok(proto::ListTransfersResponse { transfers })
    }
}

fn find(
    request: &proto::FindResponsibleRequest,
) -> Result<proto::FindResponsibleResponse, Refusal> {
    Ok(responsibility_to_proto(&responsible(&situation(request)?)))
}

#[tonic::async_trait]
impl TransferService for TransferDesk {
    async fn find_responsible(
        &self,
        request: Request<proto::FindResponsibleRequest>,
    ) -> Result<Response<proto::FindResponsibleResponse>, Status> {
        let (_, request) = admitted(request)?;
        answer(find(&request).map_err(AppError::Refused))
    }

    async fn request_transfer(
        &self,
        request: Request<proto::RequestTransferRequest>,
    ) -> Result<Response<proto::RequestTransferResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.request(&caller, request).await)
    }

    async fn act_on_transfer(
        &self,
        request: Request<proto::ActOnTransferRequest>,
    ) -> Result<Response<proto::ActOnTransferResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.act(&caller, request).await)
    }

    async fn show_transfer(
        &self,
        request: Request<proto::ShowTransferRequest>,
    ) -> Result<Response<proto::ShowTransferResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(&caller, &request).await)
    }

    async fn list_transfers(
        &self,
        request: Request<proto::ListTransfersRequest>,
    ) -> Result<Response<proto::ListTransfersResponse>, Status> {
        let (caller, _) = admitted(request)?;
        answer(self.list(&caller).await)
    }
}
