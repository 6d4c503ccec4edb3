//! Consents: kept, narrowed, withdrawn and shown where they were collected.

use brygga_app::{App, AppError};
use brygga_domain::ConsentId;
use brygga_domain::stop::ProcessingStop;
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::consent_service_server::ConsentService;
use brygga_wire::consent::consent_to_proto;
use brygga_wire::local::{
    consent_id, disclosure_to_proto, narrowing, recorded_consent, stop_to_proto,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer, fresh_id};

/// The consents of the organisation.
pub(super) struct Consents {
    app: App,
}

impl Consents {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    async fn record(
        &self,
        caller: &Caller,
        request: proto::RecordConsentRequest,
    ) -> Result<proto::RecordConsentResponse, AppError> {
        let consent = recorded_consent(request, ConsentId::from_bytes(fresh_id()))?;
        let kept = self.app.consent_record(caller, consent).await?;
        Ok(proto::RecordConsentResponse { consent: Some(consent_to_proto(&kept)) })
    }

    async fn narrow(
        &self,
        caller: &Caller,
        request: &proto::NarrowConsentRequest,
    ) -> Result<proto::NarrowConsentResponse, AppError> {
        let (id, left) = narrowing(request)?;
        let (consent, stopped_messages) = self.app.consent_narrow(caller, id, left).await?;
        let stops = self.stops(&self.app.consent_stops(caller, id).await?);
        let consent = Some(consent_to_proto(&consent));
        Ok(proto::NarrowConsentResponse { consent, stopped_messages, stops })
    }

    async fn withdraw(
        &self,
        caller: &Caller,
        request: &proto::WithdrawConsentRequest,
    ) -> Result<proto::WithdrawConsentResponse, AppError> {
        let id = consent_id(&request.consent_id)?;
        let stopped_messages = self.app.consent_withdraw(caller, id).await?;
        let stops = self.stops(&self.app.consent_stops(caller, id).await?);
        Ok(proto::WithdrawConsentResponse { stopped_messages, stops })
    }

    async fn show(
        &self,
        caller: &Caller,
        request: &proto::ShowConsentRequest,
    ) -> Result<proto::ShowConsentResponse, AppError> {
        let details = self.app.consent_show(caller, consent_id(&request.consent_id)?).await?;
        Ok(proto::ShowConsentResponse {
            consent: Some(consent_to_proto(&details.consent)),
            disclosures: details.referrals.iter().map(disclosure_to_proto).collect(),
            stops: self.stops(&details.stops),
        })
    }

    fn stops(&self, stops: &[ProcessingStop]) -> Vec<proto::ProcessingStop> {
        let now = self.app.now();
        stops.iter().map(|stop| stop_to_proto(stop, now)).collect()
    }
}

#[tonic::async_trait]
impl ConsentService for Consents {
    async fn record_consent(
        &self,
        request: Request<proto::RecordConsentRequest>,
    ) -> Result<Response<proto::RecordConsentResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.record(&caller, request).await)
    }

    async fn narrow_consent(
        &self,
        request: Request<proto::NarrowConsentRequest>,
    ) -> Result<Response<proto::NarrowConsentResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.narrow(&caller, &request).await)
    }

    async fn withdraw_consent(
        &self,
        request: Request<proto::WithdrawConsentRequest>,
    ) -> Result<Response<proto::WithdrawConsentResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.withdraw(&caller, &request).await)
    }

    async fn show_consent(
        &self,
        request: Request<proto::ShowConsentRequest>,
    ) -> Result<Response<proto::ShowConsentResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(&caller, &request).await)
    }
}
