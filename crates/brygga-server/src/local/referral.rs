//! Referrals: sent, answered, shown and listed.

use brygga_app::{App, AppError, ListWish, ReferralView};
use brygga_domain::referral::{Delivery, Side};
use brygga_domain::{Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::referral_service_server::ReferralService;
use brygga_proto::rpc::ReferralAction;
use brygga_wire::local::{
    act_on_referral, awaited_delivery, awaited_to_proto, delivery_wait, note_to_proto, note_wish,
    referral_details, referral_id, referral_to_proto, referral_wish, reroute_wish, stop_to_proto,
    warnings_to_proto,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer, page};
use crate::roles;

/// The referrals of the organisation, at both ends.
pub(super) struct Referrals {
    app: App,
}

impl Referrals {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    fn shown(&self, view: &ReferralView) -> proto::Referral {
        let duty_phone = self.app.duty_phone(&view.referral.target);
        // A request whose message is kept no more has long been answered.
        let delivery = view.delivery.as_ref().unwrap_or(&Delivery::Delivered);
        let last_event = view.last_event.as_ref().map(|event| event.progressed.as_slice());
        referral_to_proto(
            &view.referral,
            delivery,
            self.app.now(),
            duty_phone.as_deref(),
            last_event,
        )
    }

    async fn request(
        &self,
        caller: &Caller,
        request: proto::RequestReferralRequest,
    ) -> Result<proto::RequestReferralResponse, AppError> {
        let wait = delivery_wait(request.wait_seconds)?;
        let wish = referral_wish(request)?;
        let warnings = warnings_to_proto(&wish.content);
        let view = self.app.referral_request_delivered(caller, wish, wait).await?;
        Ok(proto::RequestReferralResponse { referral: Some(self.shown(&view)), warnings })
    }

    async fn reroute(
        &self,
        caller: &Caller,
        request: &proto::RerouteReferralRequest,
    ) -> Result<proto::RerouteReferralResponse, AppError> {
        let view = self.app.referral_reroute(caller, reroute_wish(request)?).await?;
        Ok(proto::RerouteReferralResponse { referral: Some(self.shown(&view)) })
    }

    async fn note(
        &self,
        caller: &Caller,
        request: proto::SendNoteRequest,
    ) -> Result<proto::SendNoteResponse, AppError> {
        let note = self.app.note_send(caller, note_wish(request)?).await?;
        Ok(proto::SendNoteResponse { note: Some(note_to_proto(&note)) })
    }

    async fn mark_in_error(
        &self,
        caller: &Caller,
        request: &proto::MarkReferralInErrorRequest,
    ) -> Result<proto::MarkReferralInErrorResponse, AppError> {
        let id = referral_id(&request.referral_id)?;
        let stop = self.app.referral_mark_in_error(caller, id).await?;
        let stop = stop.map(|stop| stop_to_proto(&stop, self.app.now()));
        Ok(proto::MarkReferralInErrorResponse { stop })
    }

    async fn act(
        &self,
        caller: &Caller,
        request: proto::ActOnReferralRequest,
    ) -> Result<proto::ActOnReferralResponse, AppError> {
        if let Some(action) = &request.action {
            roles::of_action(ReferralAction::from(action)).check(caller.roles())?;
        }
        let (id, expected_version, command) = act_on_referral(request)?;
        let view = self.app.referral_act(caller, id, expected_version, command).await?;
        Ok(proto::ActOnReferralResponse { referral: Some(self.shown(&view)) })
    }

    async fn show(
        &self,
        caller: &Caller,
        request: &proto::ShowReferralRequest,
    ) -> Result<proto::ShowReferralResponse, AppError> {
        let details = self.app.referral_show(caller, referral_id(&request.referral_id)?).await?;
        let events = details.events.iter().map(|event| event.progressed.as_slice());
        let referral = self.shown(&details.view);
        Ok(referral_details(referral, details.content.as_ref(), events, &details.notes))
    }

    async fn list(
        &self,
        caller: &Caller,
        request: &proto::ListReferralsRequest,
    ) -> Result<proto::ListReferralsResponse, AppError> {
        let wish = ListWish {
            side: side(request.side)?,
            open_only: request.open_only,
            before: page::place(&request.page_token)?,
            limit: page::size(request.page_size)?,
        };
        let page = self.app.referral_list(caller, wish).await?;
        Ok(proto::ListReferralsResponse {
            referrals: page.views.iter().map(|view| self.shown(view)).collect(),
            next_page_token: page::token(page.next),
        })
    }

    async fn awaited(
        &self,
        caller: &Caller,
        request: &proto::AwaitDeliveryRequest,
    ) -> Result<proto::AwaitDeliveryResponse, AppError> {
        let (id, wait) = awaited_delivery(request)?;
        let delivery = self.app.referral_await_delivery(caller, id, wait).await?;
        Ok(awaited_to_proto(&delivery))
    }
}

#[tonic::async_trait]
impl ReferralService for Referrals {
    async fn request_referral(
        &self,
        request: Request<proto::RequestReferralRequest>,
    ) -> Result<Response<proto::RequestReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.request(&caller, request).await)
    }

    async fn act_on_referral(
        &self,
        request: Request<proto::ActOnReferralRequest>,
    ) -> Result<Response<proto::ActOnReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.act(&caller, request).await)
    }

    async fn reroute_referral(
        &self,
        request: Request<proto::RerouteReferralRequest>,
    ) -> Result<Response<proto::RerouteReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.reroute(&caller, &request).await)
    }

    async fn send_note(
        &self,
        request: Request<proto::SendNoteRequest>,
    ) -> Result<Response<proto::SendNoteResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.note(&caller, request).await)
    }

    async fn mark_referral_in_error(
        &self,
        request: Request<proto::MarkReferralInErrorRequest>,
    ) -> Result<Response<proto::MarkReferralInErrorResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.mark_in_error(&caller, &request).await)
    }

    async fn show_referral(
        &self,
        request: Request<proto::ShowReferralRequest>,
    ) -> Result<Response<proto::ShowReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(&caller, &request).await)
    }

    async fn list_referrals(
        &self,
        request: Request<proto::ListReferralsRequest>,
    ) -> Result<Response<proto::ListReferralsResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(&caller, &request).await)
    }

    async fn await_delivery(
        &self,
        request: Request<proto::AwaitDeliveryRequest>,
    ) -> Result<Response<proto::AwaitDeliveryResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.awaited(&caller, &request).await)
    }
}

/// The end that is asked for; none for both.
fn side(number: i32) -> Result<Option<Side>, Refusal> {
    match proto::Side::try_from(number) {
        Ok(proto::Side::Unspecified) => Ok(None),
        Ok(proto::Side::Source) => Ok(Some(Side::Source)),
        Ok(proto::Side::Target) => Ok(Some(Side::Target)),
        Err(_) => Err(Refusal::at(Reason::InvalidField, "side")),
    }
}
