//! Messages from another node, each answered on its own.

use brygga_app::{App, Arrival};
use brygga_domain::{OrgId, Reason, Refusal};
use brygga_exchange::receive::Answer;
use brygga_proto::federation::v1 as proto;
use brygga_proto::federation::v1::deliver_result::Result as DeliverResult;
use brygga_proto::federation::v1::delivery_service_server::DeliveryService;
use brygga_wire::{Receipt, SignedEnvelope, to_status};
use futures_util::future::join_all;
use tonic::{Request, Response, Status};

/// Envelopes in one batch, at most. A batch also keeps within
/// [`MAX_BATCH_MESSAGE_BYTES`](crate::limits::MAX_BATCH_MESSAGE_BYTES), which 64 of the largest
/// envelopes do not.
pub const MAX_BATCH_ENVELOPES: usize = 64;

/// Takes deliveries.
pub(super) struct Deliveries {
    app: App,
}

impl Deliveries {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    /// One envelope, attributed; whatever is wrong with it is said in its own result.
    async fn attribute(&self, peer: &OrgId, envelope: proto::Envelope) -> Result<Arrival, Answer> {
        match SignedEnvelope::from_proto(envelope) {
            Ok(envelope) => self.app.attribute(peer, envelope).await,
            Err(refusal) => Err(Answer::Failure { refusal, retryable: false }),
        }
    }

    async fn take_in(&self, arrival: Result<Arrival, Answer>) -> proto::DeliverResult {
        let answer = match arrival {
            Ok(arrival) => self.app.take_in(arrival).await,
            Err(answer) => answer,
        };
        proto::DeliverResult { result: Some(result(answer)) }
    }
}

#[tonic::async_trait]
impl DeliveryService for Deliveries {
    async fn deliver(
        &self,
        request: Request<proto::DeliverRequest>,
    ) -> Result<Response<proto::DeliverResponse>, Status> {
        let peer = super::peer(&request)?;
        let envelopes = request.into_inner().envelopes;
        if !(1..=MAX_BATCH_ENVELOPES).contains(&envelopes.len()) {
            return Err(to_status(&Refusal::at(Reason::InvalidField, "envelopes")));
        }
        let mut arrivals = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            arrivals.push(self.attribute(&peer, envelope).await);
        }
        // All at once, so that they share the store's next commit. Each future is started in the
        // order of the batch and enters the store's queue when it is, so a thread stays in order.
        let answers = arrivals.into_iter().map(|arrival| self.take_in(arrival));
        Ok(Response::new(proto::DeliverResponse {
            results: join_all(answers).await,
            registry_sequence: super::registry::held_sequence(&self.app),
        }))
    }
}

fn result(answer: Answer) -> DeliverResult {
    match answer {
        Answer::Receipt(bytes) => match Receipt::decode(&bytes) {
            Ok(receipt) => DeliverResult::Receipt(receipt.to_proto()),
            // Only a broken store can hold a receipt that does not read back.
            Err(_) => failure(&Refusal::new(Reason::RecipientInternal), true),
        },
        Answer::Failure { refusal, retryable } => failure(&refusal, retryable),
    }
}

fn failure(refusal: &Refusal, retryable: bool) -> DeliverResult {
    DeliverResult::Failure(proto::DeliverFailure {
        reason: refusal.reason.as_str().to_owned(),
        field: refusal.field.to_owned(),
        retryable,
    })
}
