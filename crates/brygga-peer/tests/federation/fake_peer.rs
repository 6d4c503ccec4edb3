//! A peer that answers as it is told: real TLS and HTTP/2, and everything between right and wrong.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use brygga_crypto::sha256;
use brygga_domain::{OrgId, Reason, Refusal};
use brygga_identity::registry::SignedRegistry;
use brygga_identity::tls::{AcceptedStream, PeerAcceptor};
use brygga_identity::trust::TrustStore;
use brygga_proto::federation::v1::deliver_result::Result as Answer;
use brygga_proto::federation::v1::delivery_service_server::{
    DeliveryService, DeliveryServiceServer,
};
use brygga_proto::federation::v1::{
    DeliverFailure, DeliverRequest, DeliverResponse, DeliverResult, Envelope, Receipt,
};
use brygga_proto::registry::v1 as proto;
use brygga_proto::registry::v1::registry_service_server::{RegistryService, RegistryServiceServer};
use brygga_proto::registry::v1::{FetchRegistryRequest, FetchRegistryResponse};
use brygga_wire::{ReceiptStatement, SignedEnvelope, Verdict};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use prost::Message;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::federation::{Federation, Party};

/// How the next batch is treated. After the last one all are answered properly.
#[derive(Clone)]
pub(crate) enum Mood {
    /// Properly, but only when the test opens the gate.
    AtTheGate,
    /// The first message gets a receipt that somebody else signed.
    Forge,
    /// Nothing is stored; the messages fail, to be retried or not.
    Fail(bool),
    /// More bytes than any answer may have.
    Flood,
    /// More headers than any answer may have.
    Headers,
    /// Stored, but the connection breaks before the answer.
    LoseReply,
    /// Stored and signed for, but without effect.
    Refuse,
    /// Nothing ever comes.
    Silence,
    /// One answer too many.
    Surplus,
}

/// The peer. Clones share it.
#[derive(Clone)]
pub(crate) struct FakePeer(Arc<State>);

pub(crate) struct State {
    pub(crate) party: Party,
    pub(crate) address: SocketAddr,
    trust: Arc<TrustStore>,
    moods: Mutex<VecDeque<Mood>>,
    batches: watch::Sender<Vec<Vec<Envelope>>>,
    receipts: Mutex<HashMap<Vec<u8>, Receipt>>,
    gate: watch::Sender<bool>,
    cut: watch::Sender<()>,
    connections: AtomicUsize,
    registry: Mutex<Option<proto::SignedRegistry>>,
    asked: watch::Sender<usize>,
    claimed_sequence: Mutex<u64>,
}

impl std::ops::Deref for FakePeer {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl FakePeer {
    pub(crate) async fn start(federation: &Federation, party: Party) -> Self {
        Self::listen(federation, party, TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn listen(federation: &Federation, party: Party, socket: TcpListener) -> Self {
        let trust = Arc::new(TrustStore::in_memory(federation.anchor()));
        let acceptor =
            PeerAcceptor::new(&party.slot, trust.clone(), federation.clock.clone()).unwrap();
        let peer = Self(Arc::new(State {
            party,
            address: socket.local_addr().unwrap(),
            trust,
            moods: Mutex::default(),
            batches: watch::Sender::default(),
            receipts: Mutex::default(),
            gate: watch::Sender::new(false),
            cut: watch::Sender::new(()),
            connections: AtomicUsize::new(0),
            registry: Mutex::default(),
            asked: watch::Sender::new(0),
            claimed_sequence: Mutex::default(),
        }));
        tokio::spawn(peer.clone().accept(socket, acceptor));
        peer
    }

    /// Whom this peer knows, which the test fills in.
    pub(crate) fn trust(&self) -> &TrustStore {
        &self.trust
    }

    pub(crate) fn next(&self, mood: Mood) {
        self.moods.lock().unwrap().push_back(mood);
    }

    /// Lets the batches at the gate through.
    pub(crate) fn open_gate(&self) {
        self.gate.send_replace(true);
    }

    /// Breaks all connections.
    pub(crate) fn cut(&self) {
        self.cut.send_replace(());
    }

    /// Has this registry to hand out, and says so.
    pub(crate) fn hand_out(&self, registry: SignedRegistry, claimed_sequence: u64) {
        *self.registry.lock().unwrap() = Some(registry.to_proto());
        *self.claimed_sequence.lock().unwrap() = claimed_sequence;
    }

    /// Has something to hand out that makes an answer of exactly so many bytes.
    pub(crate) fn hand_out_bytes(&self, bytes: usize) {
        let answer = |document| {
            let registry = proto::SignedRegistry { document, ..Default::default() };
            FetchRegistryResponse { registry: Some(registry) }
        };
        let frame = answer(vec![0; bytes]).encoded_len() - bytes;
        let answer = answer(vec![0; bytes - frame]);
        assert_eq!(answer.encoded_len(), bytes);
        *self.registry.lock().unwrap() = answer.registry;
    }

    /// Waits until so many batches have arrived, and returns all that have.
    pub(crate) async fn batches(&self, count: usize) -> Vec<Vec<Envelope>> {
        let mut batches = self.batches.subscribe();
        let arrived = batches.wait_for(|batches| batches.len() >= count);
        let arrived = tokio::time::timeout(crate::node::SOON, arrived).await;
        arrived.expect("the batch did not arrive").unwrap().clone()
    }

    /// Waits until it was asked for a registry so many times.
    pub(crate) async fn asked(&self, times: usize) {
        let mut asked = self.asked.subscribe();
        let enough = asked.wait_for(|count| *count >= times);
        tokio::time::timeout(crate::node::SOON, enough).await.expect("nobody asks").unwrap();
    }

    /// How many batches have arrived.
    pub(crate) fn batch_count(&self) -> usize {
        self.batches.borrow().len()
    }

    /// How many connections were ever made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    async fn accept(self, socket: TcpListener, acceptor: PeerAcceptor) {
        while let Ok((tcp, _)) = socket.accept().await {
            let acceptor = acceptor.clone();
            let peer = self.clone();
            tokio::spawn(async move {
                tcp.set_nodelay(true).unwrap();
                if let Ok((stream, _)) = acceptor.accept(tcp).await {
                    peer.connections.fetch_add(1, Ordering::SeqCst);
                    peer.serve(stream).await;
                }
            });
        }
    }

    async fn serve(self, stream: AcceptedStream<TcpStream>) {
        let mut cut = self.cut.subscribe();
        let routes = Routes::new(DeliveryServiceServer::new(self.clone()))
            .add_service(RegistryServiceServer::new(self));
        let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let service = TowerToHyperService::new(routes.prepare());
        tokio::select! {
            _ = builder.serve_connection(TokioIo::new(stream), service) => {}
            _ = cut.changed() => {}
        }
    }

    /// Stores an envelope and signs for it; the second time with the same bytes.
    fn sign_for(&self, envelope: &Envelope, verdict: Verdict, signer: &Party) -> Receipt {
        let mut receipts = self.receipts.lock().unwrap();
        let made = receipts.entry(envelope.encode_to_vec()).or_insert_with(|| {
            let header = SignedEnvelope::from_proto(envelope.clone()).unwrap().header().clone();
            let statement = ReceiptStatement {
                message_id: header.message_id,
                header_digest: sha256(&[&envelope.header]),
                recipient: header.recipient,
                sender: header.sender,
                stored_at: header.created_at,
                verdict,
            };
            Receipt::decode(&*statement.sign(signer.keys.signing())).unwrap()
        });
        made.clone()
    }

    pub(crate) fn receipt_of(&self, envelope: &[u8]) -> Vec<u8> {
        self.receipts.lock().unwrap()[envelope].encode_to_vec()
    }

    fn answer(&self, batch: &[Envelope], mood: Option<Mood>) -> Vec<DeliverResult> {
        let accepted = || Verdict::Accepted { rule_id: String::new() };
        let mut results: Vec<_> = batch
            .iter()
            .map(|envelope| match mood {
                Some(Mood::Fail(retryable)) => failure(retryable),
                Some(Mood::Refuse) => {
                    let refusal = Verdict::refused(&Refusal::new(Reason::PolicyDenied));
                    receipt(self.sign_for(envelope, refusal, &self.party))
                }
                _ => receipt(self.sign_for(envelope, accepted(), &self.party)),
            })
            .collect();
        match mood {
            Some(Mood::Forge) => {
                self.receipts.lock().unwrap().remove(&batch[0].encode_to_vec());
                let stranger = Party::new("kommun:0001");
                results[0] = receipt(self.sign_for(&batch[0], accepted(), &stranger));
                self.receipts.lock().unwrap().remove(&batch[0].encode_to_vec());
            }
            Some(Mood::Surplus) => results.push(failure(true)),
            Some(Mood::Flood) => {
                let statement = vec![0; 1024 * 1024];
                results = vec![receipt(Receipt { statement, ..Receipt::default() })];
            }
            _ => {}
        }
        results
    }
}

fn receipt(receipt: Receipt) -> DeliverResult {
    DeliverResult { result: Some(Answer::Receipt(receipt)) }
}

fn failure(retryable: bool) -> DeliverResult {
    let reason = Reason::ChainBroken.as_str().to_owned();
    let failure = DeliverFailure { reason, field: String::new(), retryable };
    DeliverResult { result: Some(Answer::Failure(failure)) }
}

#[tonic::async_trait]
impl DeliveryService for FakePeer {
    async fn deliver(
        &self,
        request: Request<DeliverRequest>,
    ) -> Result<Response<DeliverResponse>, Status> {
        let batch = request.into_inner().envelopes;
        let mood = self.moods.lock().unwrap().pop_front();
        let results = self.answer(&batch, mood.clone());
        self.batches.send_modify(|batches| batches.push(batch));
        match mood {
            Some(Mood::AtTheGate) => {
                self.gate.subscribe().wait_for(|open| *open).await.unwrap();
            }
            Some(Mood::LoseReply) => {
                self.cut();
                std::future::pending().await
            }
            Some(Mood::Silence) => std::future::pending().await,
            _ => {}
        }
        let registry_sequence = *self.claimed_sequence.lock().unwrap();
        let mut answer = Response::new(DeliverResponse { results, registry_sequence });
        if matches!(mood, Some(Mood::Headers)) {
            answer.metadata_mut().insert("x-much", "x".repeat(9 * 1024).parse().unwrap());
        }
        Ok(answer)
    }
}

#[tonic::async_trait]
impl RegistryService for FakePeer {
    async fn fetch_registry(
        &self,
        _request: Request<FetchRegistryRequest>,
    ) -> Result<Response<FetchRegistryResponse>, Status> {
        self.asked.send_modify(|count| *count += 1);
        let registry = self.registry.lock().unwrap().clone();
        Ok(Response::new(FetchRegistryResponse { registry }))
    }
}

/// The organisation as its messages name it.
pub(crate) fn org(peer: &FakePeer) -> &OrgId {
    &peer.party.org
}
