//! Open referrals: offered, claimed, taken back, shown and listed.

use brygga_app::{App, AppError, OfferView};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::offer_service_server::OfferService;
use brygga_wire::local::{
    offer_claim, offer_id, offer_wish, own_offer_to_proto, received_offer_to_proto,
    warnings_to_proto,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// The open referrals that the organisation offers or may claim.
pub(super) struct OfferDesk {
    app: App,
}

impl OfferDesk {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    fn shown(&self, view: &OfferView) -> proto::Offer {
        let me = &self.app.parts().organisation;
        match view {
            OfferView::Own(offer) => own_offer_to_proto(offer, me),
            OfferView::Received(offer) => received_offer_to_proto(offer, me),
        }
    }

    async fn make(
        &self,
        caller: &Caller,
        request: proto::OfferReferralRequest,
    ) -> Result<proto::OfferReferralResponse, AppError> {
        let wish = offer_wish(request)?;
        let warnings = warnings_to_proto(&wish.content);
        let offer = OfferView::Own(self.app.offer_make(caller, wish).await?);
        Ok(proto::OfferReferralResponse { offer: Some(self.shown(&offer)), warnings })
    }

    async fn list(&self, caller: &Caller) -> Result<proto::ListOffersResponse, AppError> {
        let views = self.app.offer_list(caller).await?;
        Ok(proto::ListOffersResponse {
            offers: views.iter().map(|view| self.shown(view)).collect(),
        })
    }

    async fn show(
        &self,
        caller: &Caller,
        request: &proto::ShowOfferRequest,
    ) -> Result<proto::ShowOfferResponse, AppError> {
        let view = self.app.offer_show(caller, offer_id(&request.offer_id)?).await?;
        Ok(proto::ShowOfferResponse { offer: Some(self.shown(&view)) })
    }

    async fn claim(
        &self,
        caller: &Caller,
        request: &proto::ClaimOfferRequest,
    ) -> Result<proto::ClaimOfferResponse, AppError> {
        let (id, unit) = offer_claim(request)?;
        let view = OfferView::Received(self.app.offer_claim(caller, id, unit).await?);
        Ok(proto::ClaimOfferResponse { offer: Some(self.shown(&view)) })
    }

    async fn withdraw(
        &self,
        caller: &Caller,
        request: &proto::WithdrawOfferRequest,
    ) -> Result<proto::WithdrawOfferResponse, AppError> {
        let offer = self.app.offer_withdraw(caller, offer_id(&request.offer_id)?).await?;
        let view = OfferView::Own(offer);
        Ok(proto::WithdrawOfferResponse { offer: Some(self.shown(&view)) })
    }
}

#[tonic::async_trait]
impl OfferService for OfferDesk {
    async fn offer_referral(
        &self,
        request: Request<proto::OfferReferralRequest>,
    ) -> Result<Response<proto::OfferReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.make(&caller, request).await)
    }

    async fn list_offers(
        &self,
        request: Request<proto::ListOffersRequest>,
    ) -> Result<Response<proto::ListOffersResponse>, Status> {
        let (caller, _) = admitted(request)?;
        answer(self.list(&caller).await)
    }

    async fn show_offer(
        &self,
        request: Request<proto::ShowOfferRequest>,
    ) -> Result<Response<proto::ShowOfferResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(&caller, &request).await)
    }

    async fn claim_offer(
        &self,
        request: Request<proto::ClaimOfferRequest>,
    ) -> Result<Response<proto::ClaimOfferResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.claim(&caller, &request).await)
    }

    async fn withdraw_offer(
        &self,
        request: Request<proto::WithdrawOfferRequest>,
    ) -> Result<Response<proto::WithdrawOfferResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.withdraw(&caller, &request).await)
    }
}
