//! The audit log grows: leaves get their place, the head gets signed.

use brygga_audit::{Checkpoint, Commitment, Frontier, KeyName};
use brygga_domain::{Refusal, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::audit::{Actor, Verdict, leaf};
use brygga_identity::caller::Caller;
use brygga_storage::{AuditCheckpoint, Decision, StorageError};

use crate::App;
use crate::access::actor;

/// Leaves that get their place in one round.
const SEQUENCE_BATCH: u32 = 5_000;

/// The log after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditProgress {
    /// Leaves under the newest checkpoint.
    pub size: u64,
    /// Leaves that the round added.
    pub added: u64,
}

impl App {
    /// Notes that somebody of the own organisation read something.
    pub(crate) async fn log_read(
        &self,
        caller: &Caller,
        action: &'static str,
        subject: &str,
    ) -> Result<(), StorageError> {
        self.log(actor(caller, None), action, subject.to_owned(), Verdict::Done).await
    }

    /// Notes a refusal that came before there was anything to decide about, and gives it back.
    pub(crate) async fn log_refusal(
        &self,
        actor: Actor,
        action: &'static str,
        refusal: Refusal,
    ) -> Result<Refusal, StorageError> {
        self.log(actor, action, "-".to_owned(), Verdict::Refused(refusal.clone())).await?;
        Ok(refusal)
    }

    async fn log(
        &self,
        actor: Actor,
        action: &'static str,
        subject: String,
        verdict: Verdict,
    ) -> Result<(), StorageError> {
        let app = self.clone();
        self.parts()
            .store
            .decide("audit.note", move |_| {
                let audit = app.locally(|local| leaf(local, &actor, action, &subject, &verdict));
                let writes = WriteSet { audit: vec![audit], ..WriteSet::default() };
                Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
            })
            .await
    }

    /// Gives waiting leaves their place and signs the head, if anything waited.
    ///
    /// # Errors
    /// [`StorageError`]; nothing is signed then, and the next round tries again.
    pub async fn audit_checkpoint(&self) -> Result<AuditProgress, StorageError> {
        let store = &self.parts().store;
        let last = store
            .read(|reader| Box::pin(async move { reader.audit_latest_checkpoint().await }))
            .await?;
        let mut frontier = match &last {
            Some(checkpoint) => Frontier::from_bytes(&checkpoint.frontier).map_err(|_| {
                StorageError::Inconsistent {
                    table: "audit_checkpoint",
                    column: "frontier",
                    id: checkpoint.size.to_string(),
                }
            })?,
            None => Frontier::default(),
        };
        let before = frontier.size();
        store.audit_sequence(SEQUENCE_BATCH).await?;
        let placed = store.read(move |reader| {
            Box::pin(async move { reader.audit_range(before, SEQUENCE_BATCH).await })
        });
        for leaf in placed.await? {
            frontier.push(Commitment::from_digest(leaf.commitment).leaf_hash());
        }
        let progress = AuditProgress { size: frontier.size(), added: frontier.size() - before };
        if progress.added > 0 {
            let earlier = last.and_then(|checkpoint| Checkpoint::parse_own(&checkpoint.note));
            // Checkpoints never go back in time, even where the clock was set back.
            let time = earlier.map_or(self.now(), |earlier| earlier.time.max(self.now()));
            let (note, frontier) = (self.signed_head(&frontier, time), frontier.to_bytes());
            store
                .audit_checkpoint_put(AuditCheckpoint { size: progress.size, note, frontier })
                .await?;
        }
        Ok(progress)
    }

    fn signed_head(&self, frontier: &Frontier, time: Timestamp) -> String {
        let head = frontier.head();
        let checkpoint =
            Checkpoint { origin: self.audit_origin(), size: head.size, root: head.root, time };
        checkpoint.sign(self.parts().keys.signing())
    }

    /// The log's name: federation and organisation.
    pub fn audit_origin(&self) -> KeyName {
        let parts = self.parts();
        audit_origin(&parts.federation, parts.organisation.as_str())
    }
}

/// The name of an organisation's log, as a C2SP key name.
fn audit_origin(federation: &str, organisation: &str) -> KeyName {
    let name = format!("{federation}/audit/{}", organisation.replace(':', "/"));
    // A federation's and an organisation's names hold only letters, digits, dots and hyphens.
    KeyName::parse(&name).expect("names of federation and organisation make a key name")
}
