//! Holds: placed at others, and ended here.

use std::time::Duration;

use brygga_app::{App, AppError, HoldWish};
use brygga_domain::capacity::Hold;
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::hold_service_server::HoldService;
use brygga_wire::local::{hold_act, hold_end, hold_id, hold_request, hold_to_proto, hold_wait};
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// Places held.
pub(super) struct HoldDesk {
    app: App,
}

impl HoldDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    fn shown(&self, hold: &Hold) -> proto::Hold {
        hold_to_proto(hold, self.app.now())
    }

    async fn place(
        &self,
        caller: &Caller,
        request: &proto::PlaceHoldRequest,
    ) -> Result<proto::PlaceHoldResponse, AppError> {
        let asked = hold_request(request)?;
        let wait = Duration::from_secs(asked.wait_seconds.into());
        let wish = HoldWish {
            idempotency_key: asked.idempotency_key,
            digest: asked.digest,
            publisher: asked.publisher,
            items: asked.items,
            ttl: asked.ttl,
            with_child: asked.with_child,
            reentry_of: asked.reentry_of,
        };
        let hold = self.app.hold_place(caller, wish, wait).await?;
        Ok(proto::PlaceHoldResponse { hold: Some(self.shown(&hold)) })
    }

    async fn change(
        &self,
        caller: &Caller,
        request: &proto::ChangeHoldRequest,
    ) -> Result<proto::ChangeHoldResponse, AppError> {
        let (id, act) = (hold_id(&request.hold_id)?, hold_act(request.act)?);
        let wait = Duration::from_secs(hold_wait(request.wait_seconds)?.into());
        let hold = self.app.hold_change(caller, id, act, wait).await?;
        Ok(proto::ChangeHoldResponse { hold: Some(self.shown(&hold)) })
    }

    async fn end(
        &self,
        caller: &Caller,
        request: &proto::EndHoldRequest,
    ) -> Result<proto::EndHoldResponse, AppError> {
        let (id, how) = (hold_id(&request.hold_id)?, hold_end(request.end)?);
        let hold = self.app.hold_end(caller, id, how).await?;
        Ok(proto::EndHoldResponse { hold: Some(self.shown(&hold)) })
    }

    async fn show(
        &self,
        request: &proto::ShowHoldRequest,
    ) -> Result<proto::ShowHoldResponse, AppError> {
        let hold = self.app.hold_show(hold_id(&request.hold_id)?).await?;
        Ok(proto::ShowHoldResponse { hold: Some(self.shown(&hold)) })
    }

    async fn list(&self) -> Result<proto::ListHoldsResponse, AppError> {
        let holds = self.app.hold_list().await?;
        Ok(proto::ListHoldsResponse { holds: holds.iter().map(|hold| self.shown(hold)).collect() })
    }
}

#[tonic::async_trait]
impl HoldService for HoldDesk {
    async fn place_hold(
        &self,
        request: Request<proto::PlaceHoldRequest>,
    ) -> Result<Response<proto::PlaceHoldResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.place(&caller, &request).await)
    }

    async fn change_hold(
        &self,
        request: Request<proto::ChangeHoldRequest>,
    ) -> Result<Response<proto::ChangeHoldResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.change(&caller, &request).await)
    }

    async fn end_hold(
        &self,
        request: Request<proto::EndHoldRequest>,
    ) -> Result<Response<proto::EndHoldResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.end(&caller, &request).await)
    }

    async fn show_hold(
        &self,
        request: Request<proto::ShowHoldRequest>,
    ) -> Result<Response<proto::ShowHoldResponse>, Status> {
        let (_, request) = admitted(request)?;
        answer(self.show(&request).await)
    }

    async fn list_holds(
        &self,
        request: Request<proto::ListHoldsRequest>,
    ) -> Result<Response<proto::ListHoldsResponse>, Status> {
        admitted(request)?;
        answer(self.list().await)
    }
}
