//! Staff of the publisher, who count beds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use brygga_crypto::VerifyingKey;
use brygga_domain::Seconds;
use brygga_identity::keys::NodeKeys;
use brygga_proto::agreement::v1::SubjectArea;
use brygga_proto::capacity::v1::{
    Counts, Line, Period, PlaceFor, PlaceKind, Publication, Reception, Service, Visibility,
};
use brygga_proto::local::v1::PublishCapacityRequest;
use brygga_proto::types::v1::Code;
use brygga_wire::time;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::refused;
use crate::commands::bench::exchange::Staff;
use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::when;

/// The service that is published once a second.
pub(super) const GENTLE_SERVICE: [u8; 16] = [99; 16];
/// Services that are published as fast as it goes, each by somebody who waits for one answer after the other.
pub(super) const HURRIED: u8 = 8;

/// Somebody who publishes.
#[derive(Clone)]
pub(super) struct Publisher {
    staff: Staff,
    key: VerifyingKey,
    published: Arc<AtomicU64>,
}

impl Publisher {
    pub(super) fn of(dir: &NodeDir) -> Result<Self, Failure> {
        let keys = NodeKeys::load(&dir.settings()?.keys.directory)
            .map_err(|error| Failure::other("KEYS", chain(&error)))?;
        let key = keys.signing().public();
        Ok(Self { staff: Staff::of(dir)?, key, published: Arc::default() })
    }

    /// The key that statements are signed with.
    pub(super) const fn verifying_key(&self) -> VerifyingKey {
        self.key
    }

    /// Waits for the node, and publishes every service once.
    pub(super) async fn open(&self) -> Result<(), Failure> {
        self.staff.until_ready().await?;
        self.publish_gently().await?;
        for number in 1..=HURRIED {
            self.publish([number; 16], 0).await?;
        }
        Ok(())
    }

    /// Publications that were answered.
    pub(super) fn published(&self) -> u64 {
        self.published.load(Ordering::Relaxed)
    }

    /// Publishes the gentle service; which publication it is, and when it was answered.
    pub(super) async fn publish_gently(&self) -> Result<(u64, Instant), Failure> {
        let sequence = self.publish(GENTLE_SERVICE, 1).await?;
        Ok((sequence, Instant::now()))
    }

    /// Publishes the other services as fast as it goes, until the answer is dropped.
    pub(super) fn hurry(&self) -> JoinSet<()> {
        let mut hurried = JoinSet::new();
        for number in 1..=HURRIED {
            let publisher = self.clone();
            hurried.spawn(async move {
                let mut turn = 0;
                // Whoever is refused counts again.
                loop {
                    turn += 1;
                    if publisher.publish([number; 16], turn % 20).await.is_ok() {
                        publisher.published.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        hurried
    }

    async fn publish(&self, id: [u8; 16], occupied: u32) -> Result<u64, Failure> {
        let request = PublishCapacityRequest {
            publication: Some(publication(id, occupied)),
            area: String::new(),
        };
        let answer = self.staff.capacity().publish_capacity(request).await;
        let service = answer.map_err(|status| refused(&status))?.into_inner().service;
        Ok(service.and_then(|service| service.statement).unwrap_or_default().sequence)
    }
}

fn publication(id: [u8; 16], occupied: u32) -> Publication {
    let service = Service {
        service_id: id.to_vec(),
        name: "Natthärbärget".to_owned(),
        subject: SubjectArea::Homelessness.into(),
        service_type: Some(Code {
            list: "service_type".to_owned(),
            list_version: 1,
            code: "NIGHT_SHELTER".to_owned(),
            broader: Vec::new(),
        }),
        place: PlaceKind::Bed.into(),
        municipality: "0880".to_owned(),
        county: "08".to_owned(),
        reception: Some(Reception::default()),
        visibility: Visibility::Agreement.into(),
        ..Service::default()
    };
    let line = |place_for: PlaceFor| Line {
        place_for: place_for.into(),
        period: Period::Night.into(),
        counts: Some(Counts { baseline: 20, occupied, ..Counts::default() }),
        ..Line::default()
    };
    Publication {
        service: Some(service),
        lines: [PlaceFor::Men, PlaceFor::Women].map(line).to_vec(),
        sequence: 0,
        published_at: None,
        valid_until: Some(time::to_proto(when::now().plus(Seconds::hours(12)))),
    }
}
