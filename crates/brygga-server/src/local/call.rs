//! Calls for places: placed to all parties of an agreement, and answered here.

use brygga_app::{App, AppError, CallView};
use brygga_domain::capacity::{Call, ReceivedCall};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::call_service_server::CallService;
use brygga_wire::local::{
    call_answer, call_id, call_wish, own_call_to_proto, received_call_to_proto,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// Places called for.
pub(super) struct CallDesk {
    app: App,
}

impl CallDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    fn own(&self, call: &Call) -> proto::Call {
        own_call_to_proto(call, &self.app.parts().organisation)
    }

    fn received(&self, call: &ReceivedCall) -> proto::Call {
        received_call_to_proto(call, self.app.now())
    }

    fn shown(&self, view: &CallView) -> proto::Call {
        match view {
            CallView::Own(call) => self.own(call),
            CallView::Received(call) => self.received(call),
        }
    }

    async fn place(
        &self,
        caller: &Caller,
        request: proto::PlaceCallRequest,
    ) -> Result<proto::PlaceCallResponse, AppError> {
        let call = self.app.call_place(caller, call_wish(request)?).await?;
        Ok(proto::PlaceCallResponse { call: Some(self.own(&call)) })
    }

    async fn answer(
        &self,
        caller: &Caller,
        request: &proto::AnswerCallRequest,
    ) -> Result<proto::AnswerCallResponse, AppError> {
        let (id, items) = call_answer(request)?;
        let call = self.app.call_answer(caller, id, items).await?;
        Ok(proto::AnswerCallResponse { call: Some(self.received(&call)) })
    }

    async fn off(
        &self,
        caller: &Caller,
        request: &proto::CallOffRequest,
    ) -> Result<proto::CallOffResponse, AppError> {
        let call = self.app.call_off(caller, call_id(&request.call_id)?).await?;
        Ok(proto::CallOffResponse { call: Some(self.own(&call)) })
    }

    async fn show(
        &self,
        request: &proto::ShowCallRequest,
    ) -> Result<proto::ShowCallResponse, AppError> {
        let view = self.app.call_show(call_id(&request.call_id)?).await?;
        Ok(proto::ShowCallResponse { call: Some(self.shown(&view)) })
    }

    async fn list(&self) -> Result<proto::ListCallsResponse, AppError> {
        let views = self.app.call_list().await?;
        Ok(proto::ListCallsResponse { calls: views.iter().map(|view| self.shown(view)).collect() })
    }
}

#[tonic::async_trait]
impl CallService for CallDesk {
    async fn place_call(
        &self,
        request: Request<proto::PlaceCallRequest>,
    ) -> Result<Response<proto::PlaceCallResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.place(&caller, request).await)
    }

    async fn answer_call(
        &self,
        request: Request<proto::AnswerCallRequest>,
    ) -> Result<Response<proto::AnswerCallResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.answer(&caller, &request).await)
    }

    async fn call_off(
        &self,
        request: Request<proto::CallOffRequest>,
    ) -> Result<Response<proto::CallOffResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.off(&caller, &request).await)
    }

    async fn show_call(
        &self,
        request: Request<proto::ShowCallRequest>,
    ) -> Result<Response<proto::ShowCallResponse>, Status> {
        let (_, request) = admitted(request)?;
        answer(self.show(&request).await)
    }

    async fn list_calls(
        &self,
        request: Request<proto::ListCallsRequest>,
    ) -> Result<Response<proto::ListCallsResponse>, Status> {
        admitted(request)?;
        answer(self.list().await)
    }
}
