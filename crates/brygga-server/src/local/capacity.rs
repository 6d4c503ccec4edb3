//! Own services, published; others', as they are known.

use brygga_app::{App, AppError, FoundHit, FoundMiss, KnownService, PublishedService};
use brygga_domain::code::{CodeLists, SERVICE_TYPE};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::capacity_service_server::CapacityService;
use brygga_wire::local::{
    capacity_need, hit_to_proto, known_to_proto, miss_to_proto, publication, published_to_proto,
    service_id, unmet_days, unmet_to_proto,
};
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// Services that are listed at most.
const LISTED_MAX: usize = 1_000;

/// What there is, here and at others.
pub(super) struct CapacityDesk {
    app: App,
}

impl CapacityDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    async fn publish(
        &self,
        caller: &Caller,
        request: proto::PublishCapacityRequest,
    ) -> Result<proto::PublishCapacityResponse, AppError> {
        let (draft, area) = publication(request, self.app.now())?;
        let service = self.app.capacity_publish(caller, draft, area.as_deref()).await?;
        Ok(proto::PublishCapacityResponse { service: Some(published(&service)) })
    }

    async fn withdraw(
        &self,
        caller: &Caller,
        request: &proto::WithdrawServiceRequest,
    ) -> Result<proto::WithdrawServiceResponse, AppError> {
        self.app.capacity_withdraw(caller, service_id(&request.service_id)?).await?;
        Ok(proto::WithdrawServiceResponse {})
    }

    async fn services(&self, caller: &Caller) -> Result<proto::ListServicesResponse, AppError> {
        let services = self.app.capacity_services(caller).await?;
        let services = services.iter().take(LISTED_MAX).map(published).collect();
        Ok(proto::ListServicesResponse { services })
    }

    fn list(
        &self,
        caller: &Caller,
        request: &proto::ListCapacityRequest,
    ) -> proto::ListCapacityResponse {
        let (lists, wanted) = (CodeLists::current(), &request.service_type);
        let is_wanted = |known: &KnownService| {
            let code = lists.effective(&known.statement.service.service_type);
            let is_covered = wanted.is_empty() || lists.covers(SERVICE_TYPE, wanted, code);
            is_covered && (known.is_stale || !request.stale_only)
        };
        let listed = self.app.capacity_list(caller.roles());
        let listed = listed.iter().filter(|known| is_wanted(known)).take(LISTED_MAX);
        proto::ListCapacityResponse { services: listed.map(known).collect() }
    }

    async fn search(
        &self,
        caller: &Caller,
        request: proto::SearchCapacityRequest,
    ) -> Result<proto::SearchCapacityResponse, AppError> {
        let found = self.app.capacity_search(caller, &capacity_need(request)?).await;
        Ok(proto::SearchCapacityResponse {
            fits: found.fits.iter().map(hit).collect(),
            has_more: found.has_more,
            almost: found.almost.iter().map(miss).collect(),
            alternatives: found.alternatives.iter().map(hit).collect(),
        })
    }

    async fn unmet(
        &self,
        request: &proto::ShowUnmetNeedRequest,
    ) -> Result<proto::ShowUnmetNeedResponse, AppError> {
        Ok(unmet_to_proto(self.app.capacity_unmet(unmet_days(request)?).await?))
    }
}

fn hit(hit: &FoundHit) -> proto::CapacityHit {
    hit_to_proto(known(&hit.known), hit.line, hit.nearness, &hit.warnings)
}

fn miss(miss: &FoundMiss) -> proto::CapacityMiss {
    miss_to_proto(known(&miss.known), miss.line, miss.nearness, &miss.reasons)
}

fn published(service: &PublishedService) -> proto::PublishedService {
    published_to_proto(
        &service.statement,
        &service.seen_by,
        (service.shown_until, service.freshness),
    )
}

fn known(known: &KnownService) -> proto::KnownService {
    known_to_proto(&known.statement, known.as_of, known.is_stale, known.seen.agreement)
}

#[tonic::async_trait]
impl CapacityService for CapacityDesk {
    async fn publish_capacity(
        &self,
        request: Request<proto::PublishCapacityRequest>,
    ) -> Result<Response<proto::PublishCapacityResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.publish(&caller, request).await)
    }

    async fn withdraw_service(
        &self,
        request: Request<proto::WithdrawServiceRequest>,
    ) -> Result<Response<proto::WithdrawServiceResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.withdraw(&caller, &request).await)
    }

    async fn list_services(
        &self,
        request: Request<proto::ListServicesRequest>,
    ) -> Result<Response<proto::ListServicesResponse>, Status> {
        let (caller, _) = admitted(request)?;
        answer(self.services(&caller).await)
    }

    async fn list_capacity(
        &self,
        request: Request<proto::ListCapacityRequest>,
    ) -> Result<Response<proto::ListCapacityResponse>, Status> {
        let (caller, request) = admitted(request)?;
        Ok(Response::new(self.list(&caller, &request)))
    }
    async fn search_capacity(
        &self,
        request: Request<proto::SearchCapacityRequest>,
    ) -> Result<Response<proto::SearchCapacityResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.search(&caller, request).await)
    }

    async fn show_unmet_need(
        &self,
        request: Request<proto::ShowUnmetNeedRequest>,
    ) -> Result<Response<proto::ShowUnmetNeedResponse>, Status> {
        let (_, request) = admitted(request)?;
        answer(self.unmet(&request).await)
    }
}
