//! Members by the hundred: each with keys and a certificate of its own in the signed registry, and agreements in force
//! with a node that has a process of its own.

use brygga_crypto::{SealingPrivateKey, SigningKey, SystemRandom, sha256};
use brygga_domain::agreement::{
    AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Party, PartyRole, Priority,
    ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::{
    AgreementId, MemberKind, OrgId, Refusal, Seconds, SocialServicesStatus, Timestamp,
};
use brygga_exchange::WriteSet;
use brygga_identity::keys::load_operator;
use brygga_identity::registry::{
    Endpoint, Member, MemberSealingKey, MemberSigningKey, NodeKey, SignedRegistry, Validity,
};
use brygga_identity::tls::{MintRequest, NodeIdentity};
use brygga_identity::trust::TrustStore;
use brygga_storage::{Decision, Store};
use brygga_wire::agreement::encode_terms;

use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::store_address::store_settings;
use crate::when;

use super::process::run;
use super::region::free_address;

/// The federation of all measurements.
pub(super) const FEDERATION: &str = "bench.example";
/// Parties of an agreement beside the node, as many as there can be.
const OTHERS: usize = 63;

/// The node that has a process.
pub(super) struct Founder<'a> {
    pub(super) organisation: &'a str,
    pub(super) name: &'a str,
    /// As `init --kind` takes it.
    pub(super) kind: &'a str,
}

/// A member that lives in this process.
pub(super) struct Newcomer {
    /// What it proves itself with.
    pub(super) identity: NodeIdentity,
    /// What it signs with.
    pub(super) signing: SigningKey,
    /// Its entry in the registry. Nobody has the key that opens what is sealed to it.
    pub(super) member: Member,
}

/// What an agreement is about.
#[derive(Clone, Copy)]
pub(super) struct Pact<'a> {
    pub(super) kind: AgreementKind,
    pub(super) subject: SubjectArea,
    pub(super) rules: &'a [Rule],
    /// Whether all have told each other that they hold every signature; otherwise the node tells them once it runs.
    pub(super) is_told: bool,
}

/// Founds a federation in `dir`, on SQLite; returns where others reach the node.
pub(super) async fn found(dir: &NodeDir, founder: &Founder<'_>) -> Result<String, Failure> {
    let (path, address) = (dir.path().display().to_string(), free_address()?);
    let local = free_address()?;
    let who = ["init", "--org", founder.organisation, "--kind", founder.kind];
    let named = ["--name", founder.name, "--federation", FEDERATION, "--dir", &path];
    let reached = ["--address", &address, "--local-address", &local];
    let how = ["--storage", "sqlite", "--development"];
    run(&[&who[..], &named, &reached, &how].concat()).await?;
    run(&["migrate", "--dir", &path]).await?;
    Ok(address)
}

impl Newcomer {
    /// A municipality with keys of its own, reached at `endpoint`.
    pub(super) fn make(
        organisation: OrgId,
        name: String,
        endpoint: &str,
        now: Timestamp,
    ) -> Result<Self, Failure> {
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
        let signing = SigningKey::generate(&mut SystemRandom);
        let sealing = SealingPrivateKey::generate(&mut SystemRandom).public();
        let validity = Validity::default();
        let member = Member {
            name,
            kind: MemberKind::Municipality,
            social_services_status: SocialServicesStatus::Authority,
            node_keys: vec![NodeKey { pin: minted.pin, spiffe_id: minted.spiffe_id, validity }],
            signing_keys: vec![MemberSigningKey { key: signing.public(), validity }],
            sealing_keys: vec![MemberSealingKey { key: sealing, unit: None, valid_until: None }],
            endpoints: vec![Endpoint::parse(endpoint).map_err(failed)?],
            contact_points: Vec::new(),
            trust_marks: Vec::new(),
            revoked_at: None,
            organisation,
        };
        Ok(Self { identity, signing, member })
    }
}

/// Puts a registry in force at the node in `dir`, in which they are members; returns whom it trusts then.
pub(super) fn admit(dir: &NodeDir, newcomers: Vec<Member>) -> Result<TrustStore, Failure> {
    let settings = dir.settings()?;
    let trust = dir.trust(&settings)?;
    let operator = load_operator(&settings.keys.directory).map_err(failed)?;
    let held = trust.verified().ok_or_else(|| Failure::other("BENCH", "there is no registry"))?;
    let mut registry = held.registry().clone();
    registry.sequence += 1;
    registry.members.extend(newcomers.into_iter().map(|one| (one.organisation.clone(), one)));
    let signed = SignedRegistry::unsigned(registry.encode()).and_then(|made| made.sign(&operator));
    let verified = signed.and_then(|signed| signed.verify(trust.anchor())).map_err(failed)?;
    trust.install(verified, when::now()).map_err(failed)?;
    Ok(trust)
}

/// Stores agreements in force between the node in `dir`, which does not run, and all of these.
pub(super) async fn agree(
    dir: &NodeDir,
    own: &OrgId,
    members: &[OrgId],
    pact: Pact<'_>,
) -> Result<(), Failure> {
    let now = when::now();
    let with = |(number, others): (usize, &[OrgId])| {
        let parties: Vec<_> = std::iter::once(own).chain(others).cloned().collect();
        agreement(number, &parties, pact, now)
    };
    let agreements = members.chunks(OTHERS).enumerate().map(with);
    let agreements = agreements.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let store = Store::open(&store_settings(&dir.settings()?)?).await?;
    let stored = store.decide("bench.agreements", move |_| {
        let writes = WriteSet { agreements: agreements.clone(), ..WriteSet::default() };
        Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
    });
    stored.await?;
    store.close().await;
    Ok(())
}

/// An agreement that all of `parties` have signed, as far as the store can tell.
pub(super) fn agreement(
    number: usize,
    parties: &[OrgId],
    pact: Pact<'_>,
    now: Timestamp,
) -> Result<AgreementRecord, Refusal> {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&(number as u64).to_be_bytes());
    let party = |organisation: &OrgId| Party {
        organisation: organisation.clone(),
        role: PartyRole::Participant,
    };
    let response_times = [(Priority::Routine, 432_000), (Priority::Urgent, 14_400)];
    let terms = AgreementDraft {
        agreement_id: AgreementId::from_bytes(id),
        version: 1,
        kind: pact.kind,
        title: format!("Samverkan {number}"),
        parties: parties.iter().map(party).collect(),
        subjects: vec![pact.subject],
        rules: pact.rules.to_vec(),
        response_times: ResponseTimes::parse(&response_times)?,
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
    for organisation in parties.iter().cloned() {
        let key_id = "0011223344556677".to_owned();
        let signature =
            AgreementSignature { organisation, key_id, signed_at: now, signature: [7; 64] };
        record.add_signature(signature)?;
    }
    if pact.is_told {
        for organisation in parties {
            record.verify(organisation);
        }
    }
    Ok(record)
}

fn failed(error: impl std::error::Error) -> Failure {
    Failure::other("BENCH", chain(&error))
}
