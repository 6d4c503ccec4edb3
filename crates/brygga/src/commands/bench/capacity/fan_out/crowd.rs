//! The organisations that watch: members with keys and certificates of their own, and the agreements that let them see
//! what the publisher has.

use std::sync::Arc;
use std::time::Duration;

use brygga_crypto::{SealingPrivateKey, SigningKey, SystemRandom, sha256};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect, Party,
    PartyRole, Priority, ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::{
    AgreementId, MemberKind, OrgId, Reason, Refusal, Seconds, SocialServicesStatus, Timestamp,
};
use brygga_exchange::WriteSet;
use brygga_identity::keys::load_operator;
use brygga_identity::registry::{
    Endpoint, Member, MemberSealingKey, MemberSigningKey, NodeKey, SignedRegistry, Validity,
};
use brygga_identity::tls::{MintRequest, NodeIdentity};
use brygga_proto::registry::v1::FetchRegistryRequest;
use brygga_proto::registry::v1::registry_service_client::RegistryServiceClient;
use brygga_storage::{Decision, Store, StoreSettings};
use brygga_wire::agreement::encode_terms;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;

use crate::commands::bench::process::run;
use crate::commands::bench::region::free_address;
use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::store_address::store_settings;
use crate::when;

use super::subscriber::{Publisher, connect, watch};
use super::tally::Tally;

const PUBLISHER: &str = "kommun:0880";
const FEDERATION: &str = "bench.example";
/// Parties of an agreement beside the publisher, as many as there can be.
const OTHERS: usize = 63;
/// Subscribers that are connecting at the same time, fewer than strangers of one address may be.
const CONNECTING: usize = 16;
/// Between two calls of another kind.
const ORDINARY_EVERY: Duration = Duration::from_millis(50);

/// Those who are going to watch.
pub(super) struct Crowd {
    members: Vec<NodeIdentity>,
    publisher: Publisher,
}

/// Those who watch, until this is dropped.
pub(super) struct Watching {
    /// Of the first of them.
    channel: Channel,
    _watches: JoinSet<()>,
}

impl Crowd {
    /// Founds a federation in `dir`, takes so many members in, and agrees with them.
    pub(super) async fn gather(dir: &NodeDir, members: usize) -> Result<Self, Failure> {
        let (path, address) = (dir.path().display().to_string(), free_address()?);
        let local = free_address()?;
        let founding = ["init", "--org", PUBLISHER, "--federation", FEDERATION, "--dir", &path];
        let named = ["--name", "Kalmar kommun", "--address", &address, "--storage", "sqlite"];
        let local = ["--local-address", &local, "--development"];
        run(&[&founding[..], &named, &local].concat()).await?;
        run(&["migrate", "--dir", &path]).await?;
        let now = when::now();
        let mut identities = Vec::with_capacity(members);
        let mut listed = Vec::with_capacity(members);
        for number in 0..members {
            let (identity, member) = newcomer(number, now)?;
            identities.push(identity);
            listed.push(member);
        }
        let organisations: Vec<_> = listed.iter().map(|one| one.organisation.clone()).collect();
        let settings = dir.settings()?;
        let trust = dir.trust(&settings)?;
        admit(&trust, &load_operator(&settings.keys.directory).map_err(failed)?, listed)?;
        agree(&store_settings(&settings)?, &organisations, now).await?;
        let organisation = OrgId::parse(PUBLISHER).map_err(failed)?;
        let turns = Arc::new(Semaphore::new(CONNECTING));
        let publisher = Publisher { organisation, address, directory: Arc::new(trust), turns };
        Ok(Self { members: identities, publisher })
    }

    /// Everybody begins to watch.
    pub(super) fn watch(self, tally: &Arc<Tally>) -> Result<Watching, Failure> {
        let mut watches = JoinSet::new();
        let mut first = None;
        for member in self.members {
            let channel = connect(member, self.publisher.clone())?;
            first.get_or_insert_with(|| channel.clone());
            watches.spawn(watch(channel, Arc::clone(tally)));
        }
        let channel = first.ok_or_else(|| Failure::other("BENCH", "nobody watches"))?;
        Ok(Watching { channel, _watches: watches })
    }
}

impl Watching {
    /// Calls of another kind on the connection of somebody who watches, for so long.
    pub(super) async fn ordinary_calls(&self, span: Duration) -> Result<[f64; 2], Failure> {
        let mut client = RegistryServiceClient::new(self.channel.clone());
        let (end, mut spans) = (Instant::now() + span, Vec::new());
        while Instant::now() < end {
            let began = Instant::now();
            let asked = client.fetch_registry(FetchRegistryRequest { held_sequence: 2 }).await;
            asked.map_err(|status| Failure::other("BENCH", status.message()))?;
            spans.push(began.elapsed());
            sleep(ORDINARY_EVERY).await;
        }
        Ok(super::milliseconds(spans))
    }
}

fn failed(error: impl std::error::Error) -> Failure {
    Failure::other("BENCH", chain(&error))
}

fn newcomer(number: usize, now: Timestamp) -> Result<(NodeIdentity, Member), Failure> {
    let organisation = OrgId::parse(&format!("demo:prenumerant-{number}")).map_err(failed)?;
    let minted = MintRequest {
        org: organisation.clone(),
        federation: FEDERATION.to_owned(),
        node: 1,
        dns_names: Vec::new(),
        not_before: now.minus(Seconds::hours(1)),
        not_after: now.plus(Seconds::days(30)),
    };
    let minted = minted.mint().map_err(failed)?;
    let (certificate, key) = (minted.certificate_pem.as_bytes(), minted.key_pem.expose());
    let identity = NodeIdentity::from_pem(certificate, key.as_bytes()).map_err(failed)?;
    let host = format!("https://nod-{number}.example:8443");
    let signing = SigningKey::generate(&mut SystemRandom).public();
    let sealing = SealingPrivateKey::generate(&mut SystemRandom).public();
    let member = Member {
        name: format!("Prenumerant {number}"),
        kind: MemberKind::Municipality,
        social_services_status: SocialServicesStatus::Authority,
        node_keys: vec![NodeKey {
            pin: minted.pin,
            spiffe_id: minted.spiffe_id,
            validity: Validity::default(),
        }],
        signing_keys: vec![MemberSigningKey { key: signing, validity: Validity::default() }],
        sealing_keys: vec![MemberSealingKey { key: sealing, unit: None, valid_until: None }],
        endpoints: vec![Endpoint::parse(&host).map_err(failed)?],
        contact_points: Vec::new(),
        trust_marks: Vec::new(),
        revoked_at: None,
        organisation,
    };
    Ok((identity, member))
}

/// Puts a registry in force in which they are members.
fn admit(
    trust: &brygga_identity::trust::TrustStore,
    operator: &SigningKey,
    newcomers: Vec<Member>,
) -> Result<(), Failure> {
    let held = trust.verified().ok_or_else(|| Failure::other("BENCH", "there is no registry"))?;
    let mut registry = held.registry().clone();
    registry.sequence += 1;
    registry.members.extend(newcomers.into_iter().map(|one| (one.organisation.clone(), one)));
    let signed = SignedRegistry::unsigned(registry.encode()).and_then(|made| made.sign(operator));
    let verified = signed.and_then(|signed| signed.verify(trust.anchor())).map_err(failed)?;
    trust.install(verified, when::now()).map_err(failed)?;
    Ok(())
}

/// Stores agreements in force with all of them.
async fn agree(at: &StoreSettings, members: &[OrgId], now: Timestamp) -> Result<(), Failure> {
    let publisher = OrgId::parse(PUBLISHER).map_err(failed)?;
    let groups = members.chunks(OTHERS).enumerate();
    let agreements = groups.map(|(number, others)| agreement(number, &publisher, others, now));
    let agreements = agreements.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let store = Store::open(at).await?;
    let stored = store.decide("bench.agreements", move |_| {
        let writes = WriteSet { agreements: agreements.clone(), ..WriteSet::default() };
        Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
    });
    stored.await?;
    store.close().await;
    Ok(())
}

fn agreement(
    number: usize,
    publisher: &OrgId,
    others: &[OrgId],
    now: Timestamp,
) -> Result<AgreementRecord, Refusal> {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&(number as u64).to_be_bytes());
    let signers = || std::iter::once(publisher).chain(others).cloned();
    let party = |organisation| Party { organisation, role: PartyRole::Participant };
    let mut rule = Rule::new("plats-1".to_owned(), Effect::Permit, Action::CapacityPublish);
    rule.from = vec![publisher.clone()];
    let terms = AgreementDraft {
        agreement_id: AgreementId::from_bytes(id),
        version: 1,
        kind: AgreementKind::RegionalCooperation,
        title: format!("Samverkan {number}"),
        parties: signers().map(party).collect(),
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![rule],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 432_000),
            (Priority::Urgent, 14_400),
        ])?,
        consent_max_days: 90,
        valid_from: now.minus(Seconds::hours(1)),
        valid_until: now.plus(Seconds::days(365)),
        document_sha256: None,
        legal_references: vec!["KL 9:37".to_owned()],
        criteria: Vec::new(),
        evaluation_due: None,
        notice_days: 0,
        tags: Vec::new(),
        open_to_accession: false,
        required_signatures: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        holds: None,
        position_days: None,
        network: None,
        signals: None,
    }
    .check()?;
    let bytes = encode_terms(&terms);
    let digest = *sha256(&[&bytes]).as_bytes();
    let mut record = AgreementRecord::proposed(terms, bytes, digest);
    for organisation in signers() {
        let key_id = "0011223344556677".to_owned();
        let signature =
            AgreementSignature { organisation, key_id, signed_at: now, signature: [7; 64] };
        record.add_signature(signature).map_err(|_| Refusal::new(Reason::InvalidField))?;
    }
    Ok(record)
}
