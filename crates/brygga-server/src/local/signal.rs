//! Signals about somebody's home.

use brygga_app::{App, AppError, LateSignals};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::signal_service_server::SignalService;
use brygga_wire::local::{signal_details, signal_id, signal_to_proto, signal_wish, step_wish};
use tonic::{Request, Response, Status};

use super::{admitted, answer, page};

/// Signals, sent and received.
pub(super) struct SignalDesk {
    app: App,
}

impl SignalDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    async fn send(
        &self,
        caller: &Caller,
        request: proto::SendSignalRequest,
    ) -> Result<proto::SendSignalResponse, AppError> {
        let signal = self.app.signal_send(caller, signal_wish(request)?).await?;
        let signal = Some(signal_to_proto(&signal, self.app.now()));
        Ok(proto::SendSignalResponse { signal })
    }

    async fn step(
        &self,
        caller: &Caller,
        request: proto::TakeSignalStepRequest,
    ) -> Result<proto::TakeSignalStepResponse, AppError> {
        let signal = self.app.signal_step(caller, step_wish(request)?).await?;
        let signal = Some(signal_to_proto(&signal, self.app.now()));
        Ok(proto::TakeSignalStepResponse { signal })
    }

    async fn show(
        &self,
        caller: &Caller,
        request: &proto::ShowSignalRequest,
    ) -> Result<proto::ShowSignalResponse, AppError> {
        let id = signal_id(&request.signal_id)?;
        let (signal, secrets, chain) = self.app.signal_show(caller, id).await?;
        Ok(signal_details(&signal, secrets, &chain, self.app.now()))
    }

    async fn list(
        &self,
        caller: &Caller,
        request: &proto::ListSignalsRequest,
    ) -> Result<proto::ListSignalsResponse, AppError> {
        let (after, limit) =
            (page::sorted_place(&request.page_token)?, page::size(request.page_size)?);
        let listed = self.app.signal_list(caller, after, limit).await?;
        let now = self.app.now();
        let signals = listed.entries.iter().map(|signal| signal_to_proto(signal, now)).collect();
        let next_page_token = page::sorted_token(listed.next.as_ref());
        Ok(proto::ListSignalsResponse { signals, next_page_token })
    }

    async fn count(&self) -> Result<proto::CountLateSignalsResponse, AppError> {
        let counted = self.app.signals_late().await?;
        let LateSignals { open, late, unhandled, .. } = counted;
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(proto::CountLateSignalsResponse {
            open,
            late,
            unhandled,
            notices_waiting: count(counted.notices_waiting),
            notices_late: count(counted.notices_late),
        })
    }
}

#[tonic::async_trait]
impl SignalService for SignalDesk {
    async fn send_signal(
        &self,
        request: Request<proto::SendSignalRequest>,
    ) -> Result<Response<proto::SendSignalResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.send(&caller, request).await)
    }

    async fn take_signal_step(
        &self,
        request: Request<proto::TakeSignalStepRequest>,
    ) -> Result<Response<proto::TakeSignalStepResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.step(&caller, request).await)
    }

    async fn show_signal(
        &self,
        request: Request<proto::ShowSignalRequest>,
    ) -> Result<Response<proto::ShowSignalResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(&caller, &request).await)
    }

    async fn list_signals(
        &self,
        request: Request<proto::ListSignalsRequest>,
    ) -> Result<Response<proto::ListSignalsResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(&caller, &request).await)
    }

    async fn count_late_signals(
        &self,
        request: Request<proto::CountLateSignalsRequest>,
    ) -> Result<Response<proto::CountLateSignalsResponse>, Status> {
        let _ = admitted(request)?;
        answer(self.count().await)
    }
}
