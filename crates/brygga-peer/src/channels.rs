//! Calls to other nodes: one connection per organisation, opened when it is needed.
//!
//! A channel that buffers and reconnects by itself hides why a call failed and whom it talked
//! to. Here a call has one deadline over everything, a connection ends with the trust that it
//! was opened with, and what went wrong comes back as it is.

mod call;
mod dialler;
mod error;
mod http2;
mod line;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use brygga_domain::OrgId;
use brygga_identity::clock::Clock;
use brygga_identity::tls::IdentitySlot;
use brygga_identity::trust::TrustStore;
use brygga_proto::federation::v1::{
    DeliverRequest, DeliverResponse, WatchCapacityRequest, WatchCapacityResponse,
};
use brygga_proto::registry::v1::{FetchRegistryRequest, SignedRegistry};
use brygga_proto::relocation::v1::TakeCellsResponse;
use brygga_wire::relay::{CellsPut, CellsWanted};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::timeout;
use tonic::{Request, Streaming};

use crate::limits::Limits;

use call::{Call, answer};
use dialler::Dialler;
use line::Line;

pub use error::{CallError, DialError};

/// The connections of this node to others. Cheap to clone; clones share them.
#[derive(Clone)]
pub struct PeerChannels {
    dialler: Dialler,
    slots: Arc<Mutex<HashMap<OrgId, Arc<Slot>>>>,
}

/// The place of one organisation's connection; locked while it is being opened.
#[derive(Default)]
struct Slot(AsyncMutex<Option<Line>>);

impl PeerChannels {
    /// Presents `own`, and connects to whom `trust` lists at the time of `clock`.
    pub fn new(
        own: IdentitySlot,
        trust: Arc<TrustStore>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Self {
        Self { dialler: Dialler::new(own, trust, clock, limits), slots: Arc::default() }
    }

    /// The limits that it keeps.
    pub fn limits(&self) -> &Limits {
        &self.dialler.limits
    }

    /// Delivers a batch. Repeating it is safe: messages carry their identifiers.
    ///
    /// # Errors
    /// [`CallError`]; the peer may have stored the batch all the same.
    pub async fn deliver(
        &self,
        recipient: &OrgId,
        batch: DeliverRequest,
    ) -> Result<DeliverResponse, CallError> {
        self.call(recipient, batch).await
    }

    /// Asks for a registry newer than `held_sequence`; none where the peer has no newer one.
    ///
    /// What comes back proves nothing before it is verified.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn fetch_registry(
        &self,
        peer: &OrgId,
        held_sequence: u64,
    ) -> Result<Option<SignedRegistry>, CallError> {
        let answer = self.call(peer, FetchRegistryRequest { held_sequence }).await?;
        Ok(answer.registry)
    }

    /// Begins to hear of a publisher's services, where `resume_token` left off.
    ///
    /// What comes proves nothing before it is verified.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn watch_capacity(
        &self,
        peer: &OrgId,
        resume_token: Vec<u8>,
    ) -> Result<Streaming<WatchCapacityResponse>, CallError> {
        self.call(peer, WatchCapacityRequest { resume_token }).await
    }

    /// Hands over the cells of a slot. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`CallError`]; the relay may have them all the same.
    pub async fn put_cells(&self, relay: &OrgId, put: CellsPut) -> Result<(), CallError> {
        self.call(relay, put.into_proto()).await.map(drop)
    }

    /// Asks for all cells of a slot.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn take_cells(
        &self,
        relay: &OrgId,
        wanted: CellsWanted,
    ) -> Result<TakeCellsResponse, CallError> {
        self.call(relay, wanted.to_proto()).await
    }

    async fn call<C: Call>(&self, peer: &OrgId, call: C) -> Result<C::Answer, CallError> {
        let slot = self.slot(peer);
        let answered = timeout(self.limits().call_deadline, self.attempt(peer, &slot, call)).await;
        if answered.is_err() {
            // Whoever is silent for so long gets a new connection, and perhaps another endpoint.
            // Where the place is locked, somebody is opening one already.
            let _silent = slot.0.try_lock().map(|mut line| line.take());
        }
        answered.unwrap_or(Err(CallError::Deadline))
    }

    /// Calls on the open connection, or on a new one. A connection that was open before may
    /// have been closed by the peer's own clock meanwhile, so its failure is not yet the call's.
    async fn attempt<C: Call>(
        &self,
        peer: &OrgId,
        slot: &Slot,
        call: C,
    ) -> Result<C::Answer, CallError> {
        let open = slot.0.lock().await.clone().filter(|line| !line.http2.is_closed());
        if let Some(line) = open {
            match answer(C::send(line, self.request(call.clone())).await) {
                Err(CallError::Broken(_)) => {}
                answer => return answer,
            }
        }
        let line = self.redial(peer, slot).await?;
        answer(C::send(line, self.request(call)).await)
    }

    /// Opens a connection in place of the one that is there; only one caller does at a time.
    async fn redial(&self, peer: &OrgId, slot: &Slot) -> Result<Line, CallError> {
        let mut line = slot.0.lock().await;
        let opened = self.dialler.dial(peer).await?;
        *line = Some(opened.clone());
        Ok(opened)
    }

    /// Tells the peer how long its answer is waited for.
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.limits().call_deadline);
        request
    }

    fn slot(&self, peer: &OrgId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(peer.clone()).or_default())
    }
}
