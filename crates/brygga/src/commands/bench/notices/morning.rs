//! The batch of a morning: every notice durable at Kronofogden's node, delivered, and its receipt durable there too.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use brygga_domain::agreement::{Action, AgreementKind, Effect, Rule, SubjectArea};
use brygga_domain::{OrgId, Timestamp};
use brygga_identity::keys::NodeKeys;
use brygga_identity::tls::PeerDirectory;
use brygga_proto::local::v1::{Protection, SendNoticeRequest, ShowNodeRequest};
use brygga_proto::notice::v1::{
    Children, EvictionContent, EvictionGround, LandlordKind, NoticeKind, Occupants,
};
use brygga_storage::Store;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::client::refused;
use crate::commands::bench::exchange::Staff;
use crate::commands::bench::figures::{Figure, Wanted};
use crate::commands::bench::members::{Founder, Pact, admit, agree, found};
use crate::commands::bench::process::Server;
use crate::commands::bench::region::serve;
use crate::commands::bench::sample::rounded;
use crate::failure::{Failure, chain};
use crate::identifier::Identifier;
use crate::node_dir::NodeDir;
use crate::progress::Progress;
use crate::store_address::store_settings;

use super::recipients::{Counted, Recipient, Tally, code};

/// The rule that permits notices.
pub(super) const RULE: &str = "besked-1";

const SENDER: &str = "demo:kronofogden";
/// How often it is looked at what has arrived.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Longest time in which nothing more arrives.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch {
    pub(super) notices: usize,
    pub(super) municipalities: usize,
    /// Calls under way at the same time.
    pub(super) in_flight: usize,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Morning {
    batch: Batch,
    /// From the first call to the answer to the last one.
    accepted: Duration,
    /// From the first call until the last receipt was durable at the sender.
    receipted: Duration,
    counted: Counted,
    sender_bytes: Option<u64>,
}

/// Kronofogden's node, running, and the municipalities.
struct Office {
    dir: NodeDir,
    node: Server,
    staff: Staff,
    tally: Arc<Tally>,
    /// The municipalities answer while this is there.
    _answering: JoinSet<()>,
}

/// Measures in `directory`, which does not exist yet.
pub(super) async fn measure(
    directory: &Path,
    batch: Batch,
    progress: &Progress,
) -> Result<Morning, Failure> {
    progress.say(format!("Kronofogden and {} municipalities", batch.municipalities));
    std::fs::create_dir(directory).map_err(|error| Failure::file(directory, &error))?;
    let office = Office::open(NodeDir::new(&directory.join("kronofogden")), batch).await?;
    progress.say(format!("{} notices", batch.notices));
    let began = Instant::now();
    send_all(&office.staff, batch).await?;
    let accepted = began.elapsed();
    progress.say("waiting for the last receipt");
    office.until_receipted(batch.notices).await?;
    let receipted = began.elapsed();
    let counted = office.tally.counted()?;
    let sender_bytes = office.node.resident_bytes();
    progress.say("looking through the sender's store");
    office.close(batch.notices).await?;
    Ok(Morning { batch, accepted, receipted, counted, sender_bytes })
}

impl Office {
    /// Founds Kronofogden's federation in `dir`, takes the municipalities in, agrees with them and starts its node.
    async fn open(dir: NodeDir, batch: Batch) -> Result<Self, Failure> {
        let founder =
            Founder { organisation: SENDER, name: "Kronofogden", kind: "enforcement-authority" };
        found(&dir, &founder).await?;
        let (mut recipients, mut listed) = (Vec::new(), Vec::new());
        for number in 0..batch.municipalities {
            let (recipient, member) = Recipient::make(number).await?;
            recipients.push(recipient);
            listed.push(member);
        }
        let organisations: Vec<_> = listed.iter().map(|one| one.organisation.clone()).collect();
        let directory: Arc<dyn PeerDirectory> = Arc::new(admit(&dir, listed)?);
        let pact = Pact {
            kind: AgreementKind::KfmCooperation,
            subject: SubjectArea::EvictionPrevention,
            rules: &[Rule::new(RULE.to_owned(), Effect::Permit, Action::NoticeSend)],
            is_told: true,
        };
        let sender = OrgId::parse(SENDER);
        let sender = sender.map_err(|error| Failure::other("BENCH", chain(&error)))?;
        agree(&dir, &sender, &organisations, pact).await?;
        let keys = NodeKeys::load(&dir.settings()?.keys.directory)
            .map_err(|error| Failure::other("KEYS", chain(&error)))?;
        let tally = Arc::new(Tally::new(keys.signing().public()));
        let mut answering = JoinSet::new();
        for recipient in recipients {
            recipient.answer(&directory, &tally, &mut answering)?;
        }
        let (node, staff) = (serve(&dir)?, Staff::of(&dir)?);
        staff.until_ready().await?;
        Ok(Self { dir, node, staff, tally, _answering: answering })
    }

    /// Waits until the sender's outbox has nothing left that waits. It is first asked when so many messages were signed
    /// for, so that the question takes no part of the machine before.
    async fn until_receipted(&self, notices: usize) -> Result<(), Failure> {
        let late = || Failure::other("BENCH", "the last receipts did not come in time");
        let (mut messages, mut moved) = (0, Instant::now());
        while messages < notices as u64 {
            sleep(LOOK_EVERY).await;
            let now = self.tally.counted()?.messages;
            if now > messages {
                (messages, moved) = (now, Instant::now());
            }
            if moved.elapsed() > PATIENCE {
                return Err(late());
            }
        }
        loop {
            let shown = self.staff.node().show_node(ShowNodeRequest {}).await;
            let shown = shown.map_err(|status| refused(&status))?.into_inner();
            if shown.outbox_queued + shown.outbox_dead == 0 {
                return Ok(());
            }
            if shown.outbox_dead > 0 || moved.elapsed() > PATIENCE {
                return Err(late());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Ends the node, and makes sure that its store has so many notices, each with the receipt that says when it came.
    async fn close(self, notices: usize) -> Result<(), Failure> {
        self.node.stop().await?;
        let store = Store::open(&store_settings(&self.dir.settings()?)?).await?;
        let (since, limit) =
            (Timestamp::from_millis(0), u32::try_from(notices).unwrap_or(u32::MAX));
        let read = store.read(move |reader| {
            Box::pin(async move {
                Ok((reader.outbox_counts().await?, reader.notices_since(since, limit).await?))
            })
        });
        let (outbox, held) = read.await?;
        store.close().await;
        let arrived = held.iter().filter(|one| one.arrived_at.is_some()).count();
        if arrived == notices && outbox.delivered == notices as u64 {
            return Ok(());
        }
        let found = format!("{arrived} of {notices} have arrived, {} delivered", outbox.delivered);
        Err(Failure::other("BENCH", found))
    }
}

/// Sends every notice, to the municipalities in turn; returns when each is durable at the sender.
async fn send_all(staff: &Staff, batch: Batch) -> Result<(), Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders: JoinSet<Result<(), Failure>> = JoinSet::new();
    for _ in 0..batch.in_flight {
        let (staff, next) = (staff.clone(), Arc::clone(&next));
        senders.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= batch.notices {
                    return Ok(());
                }
                let sent = staff.notices().send_notice(wish(number, batch.municipalities)).await;
                sent.map_err(|status| refused(&status))?;
            }
        });
    }
    while let Some(ended) = senders.join_next().await {
        ended.map_err(|_| Failure::other("BENCH", "a sender ended badly"))??;
    }
    Ok(())
}

/// The notice with a number: a time for an eviction, about a person who does not exist.
fn wish(number: usize, municipalities: usize) -> SendNoticeRequest {
    let content = EvictionContent {
        tenant_name: "Kim Testsson".to_owned(),
        tenant_number: "199001012385".to_owned(),
        address: "Provgatan 1".to_owned(),
        planned_at: "2030-12-02T10:00".to_owned(),
        ground: EvictionGround::Rent.into(),
        landlord: LandlordKind::Municipal.into(),
        children: Children::Unknown.into(),
        other_occupants: Occupants::No.into(),
        contact: "0771-000 00".to_owned(),
        ..EvictionContent::default()
    };
    SendNoticeRequest {
        idempotency_key: Identifier::fresh().to_bytes(),
        kind: NoticeKind::Scheduled.into(),
        protection: Protection::None.into(),
        municipality: code(number % municipalities),
        case_number: format!("U-{number}-26"),
        content: Some(content),
        ..SendNoticeRequest::default()
    }
}

impl Morning {
    fn per_second(&self, span: Duration) -> f64 {
        self.batch.notices as f64 / span.as_secs_f64()
    }

    /// The figure, beside so many referrals a second.
    pub(super) fn figure(&self, referrals: f64) -> Figure {
        Figure {
            name: "notices_receipted",
            label: "Notices/s receipted / referrals/s",
            unit: "/s",
            wanted: Wanted::AtLeast,
            must: 0.5,
            aim: 1.0,
            measured: Some(self.per_second(self.receipted)),
            floor: Some(referrals),
        }
    }

    pub(super) fn json(&self) -> Value {
        let Self { batch, accepted, receipted, counted, sender_bytes } = self;
        json!({
            "notices": batch.notices,
            "municipalities": batch.municipalities,
            "in_flight": batch.in_flight,
            "recipients": "simulated: they sign receipts and store nothing",
            "accepted_seconds": rounded(accepted.as_secs_f64(), 3),
            "accepted_per_second": rounded(self.per_second(*accepted), 1),
            "receipted_seconds": rounded(receipted.as_secs_f64(), 3),
            "receipted_per_second": rounded(self.per_second(*receipted), 1),
            "deliveries": counted.batches,
            "messages_signed_for": counted.messages,
            "signatures_verified": counted.verified,
            "sender_bytes": sender_bytes,
        })
    }

    /// Lines for people.
    pub(super) fn lines(&self) -> [String; 4] {
        let Batch { notices, municipalities, in_flight } = self.batch;
        let rate = |span: Duration| {
            format!("{:>7.0}/s  {:.2} s", self.per_second(span), span.as_secs_f64())
        };
        let Counted { batches, messages, .. } = self.counted;
        [
            format!(
                "Notices    {notices} to {municipalities} municipalities, {in_flight} calls in flight; \
                 {messages} messages in {batches} deliveries"
            ),
            format!("  accepted, durable at the sender            {}", rate(self.accepted)),
            format!("  delivered, last receipt durable there too  {}", rate(self.receipted)),
            "  The municipalities are simulated in this process: they sign receipts and store nothing."
                .to_owned(),
        ]
    }
}
