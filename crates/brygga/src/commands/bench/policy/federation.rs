//! A federation of the size of the country, as files that a node would find.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use brygga_crypto::{SealingPrivateKey, SigningKey, SystemRandom, sha256};
use brygga_domain::agreement::{Action, AgreementKind, AgreementRecord, Effect, Rule, SubjectArea};
use brygga_domain::{
    DataCategory, MemberKind, OrgId, Reason, Refusal, Seconds, SocialServicesStatus, Timestamp,
};
use brygga_exchange::WriteSet;
use brygga_identity::clock::{Clock, SystemClock};
use brygga_identity::registry::{
    Endpoint, Member, MemberSealingKey, MemberSigningKey, NodeKey, Registry, RegistryFile,
    SignedRegistry, TrustAnchor, Validity,
};
use brygga_identity::tls::SpkiPin;
use brygga_storage::{Decision, Store, StoreSettings};

use crate::commands::bench::members::{self, FEDERATION, Pact};
use crate::failure::{Failure, chain};

/// Members: every municipality and its partners (domain guide 10.2).
pub(super) const MEMBERS: usize = 2_200;
/// Agreements that one node holds.
pub(super) const AGREEMENTS: usize = 1_000;
/// Rules in each.
pub(super) const RULES: usize = 20;
/// Parties of each.
const PARTIES: usize = 8;
/// Agreements stored in one decision.
const CHUNK: usize = 100;

const SERVICES: [&str; 5] = ["NIGHT_SHELTER", "HVB", "SUPPORT", "LONG_TERM_HELP", "REGULATED_CARE"];
/// Kinds of data that rules and questions are about.
pub(super) const CATEGORIES: [DataCategory; 3] =
    [DataCategory::Identity, DataCategory::HousingNeed, DataCategory::FreeText];

/// Where the agreements lie.
pub(super) fn database(directory: &Path) -> String {
    format!("sqlite:{}", directory.join("brygga.db").display())
}

/// Makes registry, anchor and store.
pub(super) async fn make(directory: &Path) -> Result<(), Failure> {
    let now = SystemClock.now();
    let operator = SigningKey::generate(&mut SystemRandom);
    let anchor = TrustAnchor::new(FEDERATION, &[operator.public()], 1).map_err(failed)?;
    write(&directory.join("anchor.json"), &anchor.to_json())?;
    let members =
        (0..MEMBERS).map(|number| member(number).map(|one| (one.organisation.clone(), one)));
    let registry = Registry {
        federation: FEDERATION.to_owned(),
        sequence: 1,
        issued_at: now,
        expires_at: now.plus(Seconds::days(30)),
        members: members.collect::<Result<_, _>>()?,
    };
    let signed = SignedRegistry::unsigned(registry.encode()).and_then(|made| made.sign(&operator));
    write(&directory.join("registry.json"), &signed.map_err(failed)?.to_json())?;

    let url = database(directory);
    Store::migrate(&url).await?;
    let store = Store::open(&StoreSettings { url, max_readers: 1 }).await?;
    for first in (0..AGREEMENTS).step_by(CHUNK) {
        let records: Result<Vec<_>, Refusal> =
            (first..first + CHUNK).map(|number| agreement(number, now)).collect();
        let records = records.map_err(failed)?;
        let writes = Arc::new(WriteSet { agreements: records, ..WriteSet::default() });
        store
            .decide("bench.agreements", move |_| {
                let writes = WriteSet::clone(&writes);
                Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
            })
            .await?;
    }
    store.close().await;
    Ok(())
}

/// Reads and verifies the registry as a node does at its start.
pub(super) fn load_registry(directory: &Path) -> Result<Registry, Failure> {
    let path = directory.join("anchor.json");
    let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
    let anchor = TrustAnchor::from_json(&text).map_err(failed)?;
    let loaded =
        RegistryFile::new(directory.join("registry.json")).load(&anchor).map_err(failed)?;
    let missing = || Failure::other("BENCH", "the registry is not there");
    Ok(loaded.ok_or_else(missing)?.registry().clone())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::file(path, &error))
}

fn failed(error: impl std::error::Error) -> Failure {
    Failure::other("BENCH", chain(&error))
}

/// The organisation with a number.
pub(super) fn organisation(number: usize) -> Result<OrgId, Failure> {
    OrgId::parse(&format!("kommun:{:04}", number % MEMBERS)).map_err(failed)
}

fn member(number: usize) -> Result<Member, Failure> {
    let organisation = organisation(number)?;
    let host = format!("https://nod-{number}.example:8443");
    Ok(Member {
        name: format!("Kommun {number}"),
        kind: MemberKind::Municipality,
        social_services_status: SocialServicesStatus::Authority,
        node_keys: vec![NodeKey {
            pin: SpkiPin::from_bytes(*sha256(&[organisation.as_str().as_bytes()]).as_bytes()),
            spiffe_id: format!("spiffe://{FEDERATION}/org/{}/node/1", path(&organisation)),
            validity: Validity::default(),
        }],
        signing_keys: vec![MemberSigningKey {
            key: SigningKey::generate(&mut SystemRandom).public(),
            validity: Validity::default(),
        }],
        sealing_keys: vec![MemberSealingKey {
            key: SealingPrivateKey::generate(&mut SystemRandom).public(),
            unit: None,
            valid_until: None,
        }],
        endpoints: vec![Endpoint::parse(&host).map_err(failed)?],
        contact_points: Vec::new(),
        trust_marks: Vec::new(),
        revoked_at: None,
        organisation,
    })
}

/// An identifier as it stands in a SPIFFE id.
fn path(organisation: &OrgId) -> String {
    organisation.as_str().replace(':', "/")
}

/// The parties of an agreement, spread over all members.
pub(super) fn parties(number: usize) -> impl Iterator<Item = usize> {
    (0..PARTIES).map(move |place| (number * 7 + place * 271) % MEMBERS)
}

fn agreement(number: usize, now: Timestamp) -> Result<AgreementRecord, Refusal> {
    let invalid = |_| Refusal::new(Reason::InvalidField);
    let mut signers = Vec::new();
    for party in parties(number) {
        signers.push(organisation(party).map_err(invalid)?);
    }
    let rules: Vec<_> = (0..RULES).map(|place| rule(place, &signers)).collect();
    let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
    let pact = Pact { kind, subject, rules: &rules, is_told: false };
    members::agreement(number, &signers, pact, now)
}

/// The last rule permits what the case workers of the benchmark ask; those before it are about others,
/// and one in five prohibits.
fn rule(place: usize, signers: &[OrgId]) -> Rule {
    let effect =
        if place % 5 == 4 && place + 1 < RULES { Effect::Prohibit } else { Effect::Permit };
    let mut rule = Rule::new(format!("regel-{place}"), effect, Action::ReferralSend);
    if place + 1 == RULES {
        return rule;
    }
    rule.from = vec![signers[place % PARTIES].clone()];
    rule.service_types =
        vec![SERVICES[place % SERVICES.len()].to_owned(), "BUDGET_ADVICE".to_owned()];
    rule.data_categories = CATEGORIES[..=place % 2].to_vec();
    if effect == Effect::Prohibit {
        rule.service_types = vec!["HVB".to_owned()];
    }
    rule
}
