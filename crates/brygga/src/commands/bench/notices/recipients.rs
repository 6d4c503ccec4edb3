//! The municipalities: one listener each over mutual TLS, and a receipt with the municipality's own signature for every
//! message. They store nothing and decide nothing, so that it is the sender that is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use brygga_crypto::{SigningKey, VerifyingKey};
use brygga_domain::{OrgId, Refusal};
use brygga_identity::clock::SystemClock;
use brygga_identity::registry::Member;
use brygga_identity::tls::{IdentitySlot, NodeIdentity, PeerAcceptor, PeerDirectory};
use brygga_proto::federation::v1::deliver_result::Result as Verdicted;
use brygga_proto::federation::v1::delivery_service_server::{
    DeliveryService, DeliveryServiceServer,
};
use brygga_proto::federation::v1::{
    DeliverRequest, DeliverResponse, DeliverResult, Envelope, Receipt,
};
use brygga_wire::{ReceiptStatement, SignedEnvelope, Verdict};
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::commands::bench::floor::incoming;
use crate::commands::bench::members::Newcomer;
use crate::failure::{Failure, chain};
use crate::when;

/// Of so many messages one has its signature verified.
const VERIFIED_EVERY: u64 = 256;
/// Municipalities have codes from here on, which no real one has.
const FIRST_CODE: usize = 3_001;

/// A municipality that does not answer yet.
pub(super) struct Recipient {
    listener: TcpListener,
    identity: NodeIdentity,
    signing: SigningKey,
}

/// The code of the municipality with a number.
pub(super) fn code(number: usize) -> String {
    format!("{:04}", FIRST_CODE + number)
}

impl Recipient {
    /// The municipality with a number, and its entry in the registry.
    pub(super) async fn make(number: usize) -> Result<(Self, Member), Failure> {
        let organisation = OrgId::parse(&format!("kommun:{}", code(number))).map_err(failed)?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let endpoint = format!("https://{}", listener.local_addr().map_err(failed)?);
        let name = format!("Kommun {number}");
        let made = Newcomer::make(organisation, name, &endpoint, when::now())?;
        let Newcomer { identity, signing, member } = made;
        Ok((Self { listener, identity, signing }, member))
    }

    /// Answers whom `directory` lists, for as long as `answering` is there.
    pub(super) fn answer(
        self,
        directory: &Arc<dyn PeerDirectory>,
        tally: &Arc<Tally>,
        answering: &mut JoinSet<()>,
    ) -> Result<(), Failure> {
        let own = IdentitySlot::new(self.identity);
        let acceptor = PeerAcceptor::new(&own, Arc::clone(directory), Arc::new(SystemClock));
        let incoming = incoming(self.listener, acceptor.map_err(failed)?);
        let signatory = Signatory { signing: self.signing, tally: Arc::clone(tally) };
        let service = DeliveryServiceServer::new(signatory);
        answering.spawn(async move {
            // One that ends early shows: what is sent to it does not arrive.
            let _ = Server::builder().add_service(service).serve_with_incoming(incoming).await;
        });
        Ok(())
    }
}

/// What came to all of them.
pub(super) struct Tally {
    sender: VerifyingKey,
    batches: AtomicU64,
    messages: AtomicU64,
    verified: AtomicU64,
    bad: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    /// Deliveries, of one message or more.
    pub(super) batches: u64,
    /// Messages that were signed for, repeats too.
    pub(super) messages: u64,
    /// Signatures of the sender that were verified.
    pub(super) verified: u64,
}

impl Tally {
    pub(super) fn new(sender: VerifyingKey) -> Self {
        let [batches, messages, verified, bad] = [const { AtomicU64::new(0) }; 4];
        Self { sender, batches, messages, verified, bad }
    }

    /// The counts.
    ///
    /// # Errors
    /// Where anything came that should not.
    pub(super) fn counted(&self) -> Result<Counted, Failure> {
        let [batches, messages, verified, bad] =
            [&self.batches, &self.messages, &self.verified, &self.bad]
                .map(|counter| counter.load(Ordering::Relaxed));
        match bad {
            0 => Ok(Counted { batches, messages, verified }),
            bad => Err(Failure::other("BENCH", format!("{bad} messages were not good"))),
        }
    }
}

/// One municipality that answers.
struct Signatory {
    signing: SigningKey,
    tally: Arc<Tally>,
}

impl Signatory {
    fn sign_for(&self, envelope: Envelope) -> Result<Receipt, Refusal> {
        let envelope = SignedEnvelope::from_proto(envelope)?;
        let number = self.tally.messages.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(VERIFIED_EVERY) {
            envelope.verify(&self.tally.sender)?;
            self.tally.verified.fetch_add(1, Ordering::Relaxed);
        }
        let header = envelope.header();
        let statement = ReceiptStatement {
            message_id: header.message_id,
            header_digest: envelope.header_digest(),
            recipient: header.recipient.clone(),
            sender: header.sender.clone(),
            stored_at: when::now(),
            verdict: Verdict::Accepted { rule_id: super::morning::RULE.to_owned() },
        };
        Ok(Receipt::decode(&*statement.sign(&self.signing)).unwrap_or_default())
    }
}

#[tonic::async_trait]
impl DeliveryService for Signatory {
    async fn deliver(
        &self,
        request: Request<DeliverRequest>,
    ) -> Result<Response<DeliverResponse>, Status> {
        self.tally.batches.fetch_add(1, Ordering::Relaxed);
        let mut results = Vec::new();
        for envelope in request.into_inner().envelopes {
            let receipt = self.sign_for(envelope).map_err(|refusal| {
                self.tally.bad.fetch_add(1, Ordering::Relaxed);
                Status::invalid_argument(refusal.reason.as_str())
            })?;
            results.push(DeliverResult { result: Some(Verdicted::Receipt(receipt)) });
        }
        Ok(Response::new(DeliverResponse { results, registry_sequence: 0 }))
    }
}

fn failed(error: impl std::error::Error) -> Failure {
    Failure::other("BENCH", chain(&error))
}
