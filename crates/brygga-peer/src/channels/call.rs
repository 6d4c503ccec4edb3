//! The calls that a node makes to others, each with the most that it takes for an answer.

use std::error::Error as _;

use brygga_proto::federation::v1::capacity_watch_service_client::CapacityWatchServiceClient;
use brygga_proto::federation::v1::delivery_service_client::DeliveryServiceClient;
use brygga_proto::federation::v1::{
    DeliverRequest, DeliverResponse, WatchCapacityRequest, WatchCapacityResponse,
};
use brygga_proto::registry::v1::registry_service_client::RegistryServiceClient;
use brygga_proto::registry::v1::{FetchRegistryRequest, FetchRegistryResponse};
use brygga_proto::relocation::v1::relay_service_client::RelayServiceClient;
use brygga_proto::relocation::v1::{
    PutCellsRequest, PutCellsResponse, TakeCellsRequest, TakeCellsResponse,
};
use tonic::{Request, Response, Status, Streaming};

use crate::limits::{
    MAX_CELLS_RESPONSE_BYTES, MAX_DELIVER_RESPONSE_BYTES, MAX_REGISTRY_RESPONSE_BYTES,
    MAX_WATCH_STEP_BYTES,
};

use super::CallError;
use super::line::Line;

/// A request that can be made again: its effect is the same however often it arrives.
pub(super) trait Call: Clone + Send + Sync {
    type Answer: Send;

    /// Makes the call once.
    fn send(
        line: Line,
        request: Request<Self>,
    ) -> impl Future<Output = Result<Response<Self::Answer>, Status>> + Send;
}

impl Call for DeliverRequest {
    type Answer = DeliverResponse;

    async fn send(line: Line, request: Request<Self>) -> Result<Response<Self::Answer>, Status> {
        let client = DeliveryServiceClient::with_origin(line.http2, line.origin);
        client.max_decoding_message_size(MAX_DELIVER_RESPONSE_BYTES).deliver(request).await
    }
}

impl Call for WatchCapacityRequest {
    type Answer = Streaming<WatchCapacityResponse>;

    async fn send(line: Line, request: Request<Self>) -> Result<Response<Self::Answer>, Status> {
        let client = CapacityWatchServiceClient::with_origin(line.http2, line.origin);
        client.max_decoding_message_size(MAX_WATCH_STEP_BYTES).watch_capacity(request).await
    }
}

impl Call for FetchRegistryRequest {
    type Answer = FetchRegistryResponse;

    async fn send(line: Line, request: Request<Self>) -> Result<Response<Self::Answer>, Status> {
        let client = RegistryServiceClient::with_origin(line.http2, line.origin);
        client.max_decoding_message_size(MAX_REGISTRY_RESPONSE_BYTES).fetch_registry(request).await
    }
}

impl Call for PutCellsRequest {
    type Answer = PutCellsResponse;

    async fn send(line: Line, request: Request<Self>) -> Result<Response<Self::Answer>, Status> {
        let client = RelayServiceClient::with_origin(line.http2, line.origin);
        client.max_decoding_message_size(MAX_DELIVER_RESPONSE_BYTES).put_cells(request).await
    }
}

impl Call for TakeCellsRequest {
    type Answer = TakeCellsResponse;

    async fn send(line: Line, request: Request<Self>) -> Result<Response<Self::Answer>, Status> {
        let client = RelayServiceClient::with_origin(line.http2, line.origin);
        client.max_decoding_message_size(MAX_CELLS_RESPONSE_BYTES).take_cells(request).await
    }
}

/// Tells an answer of the peer from a line that broke: the latter names its source.
pub(super) fn answer<T>(answer: Result<Response<T>, Status>) -> Result<T, CallError> {
    match answer {
        Ok(response) => Ok(response.into_inner()),
        Err(status) if status.source().is_some() => Err(CallError::Broken(status)),
        Err(status) => Err(CallError::Status(status)),
    }
}
