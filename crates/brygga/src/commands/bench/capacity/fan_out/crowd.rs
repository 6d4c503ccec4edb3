//! The organisations that watch: members with keys and certificates of their own, and the agreements that let them see
//! what the publisher has.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::agreement::{Action, AgreementKind, Effect, Rule, SubjectArea};
use brygga_domain::{OrgId, Timestamp};
use brygga_identity::tls::NodeIdentity;
use brygga_proto::registry::v1::FetchRegistryRequest;
use brygga_proto::registry::v1::registry_service_client::RegistryServiceClient;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;

use crate::commands::bench::members::{Founder, Newcomer, Pact, admit, agree, found};
use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::when;

use super::subscriber::{Publisher, connect, watch};
use super::tally::Tally;

const PUBLISHER: &str = "kommun:0880";
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
        let founder =
            Founder { organisation: PUBLISHER, name: "Kalmar kommun", kind: "municipality" };
        let address = found(dir, &founder).await?;
        let now = when::now();
        let mut identities = Vec::with_capacity(members);
        let mut listed = Vec::with_capacity(members);
        for number in 0..members {
            let Newcomer { identity, member, .. } = newcomer(number, now)?;
            identities.push(identity);
            listed.push(member);
        }
        let organisations: Vec<_> = listed.iter().map(|one| one.organisation.clone()).collect();
        let trust = admit(dir, listed)?;
        let organisation = OrgId::parse(PUBLISHER).map_err(failed)?;
        let mut rule = Rule::new("plats-1".to_owned(), Effect::Permit, Action::CapacityPublish);
        rule.from = vec![organisation.clone()];
        let pact = Pact {
            kind: AgreementKind::RegionalCooperation,
            subject: SubjectArea::Homelessness,
            rules: &[rule],
            is_told: false,
        };
        agree(dir, &organisation, &organisations, pact).await?;
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

/// A member at a host that does not exist.
fn newcomer(number: usize, now: Timestamp) -> Result<Newcomer, Failure> {
    let organisation = OrgId::parse(&format!("demo:prenumerant-{number}")).map_err(failed)?;
    let host = format!("https://nod-{number}.example:8443");
    Newcomer::make(organisation, format!("Prenumerant {number}"), &host, now)
}
