//! Numbers of referrals, asked of the parties of agreements and shown.

use brygga_app::{AgreementAggregates, App, AppError};
use brygga_domain::aggregate::Quarter;
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::aggregate_service_server::AggregateService;
use brygga_wire::local::{aggregate_scope, aggregates_to_proto};
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// The numbers that the parties of agreements tell.
pub(super) struct AggregateDesk {
    app: App,
}

impl AggregateDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    async fn ask(
        &self,
        caller: &Caller,
        request: proto::AskAggregatesRequest,
    ) -> Result<proto::AskAggregatesResponse, AppError> {
        let (scope, quarter) = aggregate_scope(request.scope)?;
        let told = self.app.aggregates_ask(caller, &scope, quarter).await?;
        Ok(proto::AskAggregatesResponse { aggregates: Some(shown(quarter, &told)) })
    }

    async fn show(
        &self,
        request: proto::ShowAggregatesRequest,
    ) -> Result<proto::ShowAggregatesResponse, AppError> {
        let (scope, quarter) = aggregate_scope(request.scope)?;
        let told = self.app.aggregates_show(&scope, quarter).await?;
        Ok(proto::ShowAggregatesResponse { aggregates: Some(shown(quarter, &told)) })
    }
}

fn shown(quarter: Quarter, told: &[AgreementAggregates]) -> proto::Aggregates {
    let parts = told.iter().map(|one| (one.agreement.terms(), &one.tellers[..]));
    aggregates_to_proto(quarter, parts)
}

#[tonic::async_trait]
impl AggregateService for AggregateDesk {
    async fn ask_aggregates(
        &self,
        request: Request<proto::AskAggregatesRequest>,
    ) -> Result<Response<proto::AskAggregatesResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.ask(&caller, request).await)
    }

    async fn show_aggregates(
        &self,
        request: Request<proto::ShowAggregatesRequest>,
    ) -> Result<Response<proto::ShowAggregatesResponse>, Status> {
        let (_, request) = admitted(request)?;
        answer(self.show(request).await)
    }
}
