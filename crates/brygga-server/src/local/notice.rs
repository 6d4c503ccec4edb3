//! Notices of evictions.

use brygga_app::{App, AppError};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::notice_service_server::NoticeService;
use brygga_wire::local::{
    listed_notice, notice_confirmation, notice_details, notice_id, notice_to_proto, notice_wish,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer, page};

/// Notices, sent and received.
pub(super) struct NoticeDesk {
    app: App,
}

impl NoticeDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    async fn send(
        &self,
        caller: &Caller,
        request: proto::SendNoticeRequest,
    ) -> Result<proto::SendNoticeResponse, AppError> {
        let notice = self.app.notice_send(caller, notice_wish(request)?).await?;
        let notice = Some(notice_to_proto(&notice, self.app.now()));
        Ok(proto::SendNoticeResponse { notice })
    }

    async fn confirm(
        &self,
        caller: &Caller,
        request: proto::ConfirmNoticeRequest,
    ) -> Result<proto::ConfirmNoticeResponse, AppError> {
        let (id, responsible) = notice_confirmation(request)?;
        let notice = self.app.notice_confirm(caller, id, &responsible).await?;
        let notice = Some(notice_to_proto(&notice, self.app.now()));
        Ok(proto::ConfirmNoticeResponse { notice })
    }

    async fn show(
        &self,
        caller: &Caller,
        request: &proto::ShowNoticeRequest,
    ) -> Result<proto::ShowNoticeResponse, AppError> {
        let id = notice_id(&request.notice_id)?;
        let (notice, secrets) = self.app.notice_show(caller, id).await?;
        Ok(notice_details(&notice, &secrets, self.app.now()))
    }

    async fn list(
        &self,
        caller: &Caller,
        request: &proto::ListNoticesRequest,
    ) -> Result<proto::ListNoticesResponse, AppError> {
        let (after, limit) =
            (page::sorted_place(&request.page_token)?, page::size(request.page_size)?);
        let listed = self.app.notice_list(caller, after, limit).await?;
        let now = self.app.now();
        let notices = listed.entries.iter().map(|one| listed_notice(one, now)).collect();
        let next_page_token = page::sorted_token(listed.next.as_ref());
        Ok(proto::ListNoticesResponse { notices, next_page_token })
    }
}

#[tonic::async_trait]
impl NoticeService for NoticeDesk {
    async fn send_notice(
        &self,
        request: Request<proto::SendNoticeRequest>,
    ) -> Result<Response<proto::SendNoticeResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.send(&caller, request).await)
    }

    async fn confirm_notice(
        &self,
        request: Request<proto::ConfirmNoticeRequest>,
    ) -> Result<Response<proto::ConfirmNoticeResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.confirm(&caller, request).await)
    }

    async fn show_notice(
        &self,
        request: Request<proto::ShowNoticeRequest>,
    ) -> Result<Response<proto::ShowNoticeResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(&caller, &request).await)
    }

    async fn list_notices(
        &self,
        request: Request<proto::ListNoticesRequest>,
    ) -> Result<Response<proto::ListNoticesResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(&caller, &request).await)
    }
}
