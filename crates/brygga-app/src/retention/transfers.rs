//! Transfers go by the same rules as referrals, counted from the last thing that either end said.

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::transfer::Transfer;
use brygga_domain::{ConversationId, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::ErasureCause;
use brygga_exchange::retention::keep_transfer;
use brygga_exchange::transfer::{KeptTransfer, TransferPart};
use brygga_policy::{Birth, CaseFacts, Keeper, Retention, Until, retention};
use brygga_storage::{ClosedTransfer, Decision, TransferPlace};
use brygga_wire::transfer::decode_content;

use super::{RetentionReport, STEP, asked_again, facts, is_full};
use crate::{App, AppError};

/// A transfer that is over, and whether register entries of its time are in no export yet.
struct Closed {
    held: ClosedTransfer,
    is_blocked: bool,
}

impl App {
    /// Erases the sealed parts of transfers past their time. They are counted with the cases.
    pub(super) async fn purge_transfers(
        &self,
        keeper: &Keeper,
        list_only: bool,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        let Some(latest) = keeper.noted_at_latest(swedish_day(report.at)) else { return Ok(()) };
        let mut after = None;
        loop {
            let closed = self.transfers_step(after).await?;
            for one in &closed {
                if swedish_day(one.held.transfer.changed_at) > latest {
                    return Ok(());
                }
                // One that cannot be erased does not keep the others; the next round tries it again.
                if let Err(error) = self.purge_transfer(keeper, one, list_only, report).await {
                    tracing::warn!(
                        reason = error.to_refusal().reason.as_str(),
                        "a transfer past its time could not be erased"
                    );
                }
            }
            let Some(last) = closed.last().filter(|_| is_full(&closed, STEP)) else {
                return Ok(());
            };
            after = Some(last.held.place());
        }
    }

    async fn purge_transfer(
        &self,
        keeper: &Keeper,
        one: &Closed,
        list_only: bool,
        report: &mut RetentionReport,
    ) -> Result<(), AppError> {
        let (now, transfer) = (report.at, &one.held.transfer);
        let kept = one.held.kept.as_ref();
        if kept.is_some_and(|kept| kept.until.is_none_or(|until| now < until)) {
            return Ok(());
        }
        let facts = facts_of(transfer, now);
        let mut answer = retention(keeper, &facts, Birth::NotAsked, swedish_day(now));
        if !matches!(answer, Retention::Keep { .. }) && one.is_blocked {
            report.blocked += 1;
            return Ok(());
        }
        if matches!(answer, Retention::AskBirth) && !list_only {
            let birth = self.transfer_birth(transfer).await?;
            answer = retention(keeper, &facts, birth, swedish_day(now));
            if let Retention::Keep { until, section } = answer {
                self.keep_transfer(transfer, until, section).await?;
            }
        }
        match answer {
            Retention::Keep { until: Until::HandedOver, .. } => report.to_hand_over += 1,
            Retention::Keep { .. } => {}
            Retention::Purge { .. } | Retention::AskBirth if list_only => report.due += 1,
            Retention::Purge { .. } => {
                let cause = ErasureCause::RetentionEnded;
                self.transfer_erase(&Actor::Clock, transfer.id, cause).await?;
                report.erased += 1;
            }
            // Asked with what there is to know of it, the rules do not ask again.
            Retention::AskBirth => {}
        }
        Ok(())
    }

    /// Notes that it was opened for the day of birth and is kept, so that it is not opened again before its time.
    async fn keep_transfer(
        &self,
        transfer: &Transfer,
        until: Until,
        section: &str,
    ) -> Result<(), AppError> {
        let until = asked_again(until);
        let kept = KeptTransfer { id: transfer.id, until, section: section.to_owned() };
        let app = self.clone();
        let noted = self.parts().store.decide("retention.keep", move |_| {
            let writes = app.locally(|local| keep_transfer(local, kept.clone()));
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        Ok(noted.await?)
    }

    async fn transfer_birth(&self, transfer: &Transfer) -> Result<Birth, AppError> {
        let (id, store) = (transfer.id, &self.parts().store);
        let parts = store.read(move |reader| Box::pin(reader.transfer_parts(id))).await?;
        let request = parts.iter().find(|part| part.part == TransferPart::Request);
        let Some(request) = request else { return Ok(Birth::Unknown) };
        let opened = self.transfer_part(transfer, request).await?;
        let content = opened.and_then(|opened| decode_content(&opened).ok());
        let number = content.and_then(|content| content.personal_identity_number);
        Ok(number.map_or(Birth::Unknown, |number| facts::birth_of(&number)))
    }

    async fn transfers_step(&self, after: Option<TransferPlace>) -> Result<Vec<Closed>, AppError> {
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let closed = reader.transfers_closed(after, STEP).await?;
                let open_since = reader.register_open_since().await?;
                let threads: Vec<ConversationId> =
                    closed.iter().map(|one| one.transfer.conversation()).collect();
                let open = reader.register_not_exported(&threads).await?;
                Ok((closed, open, open_since))
            })
        });
        let (closed, open, open_since) = found.await?;
        let judge = |held: ClosedTransfer| {
            let is_late = open.contains(&held.transfer.conversation());
            let is_open = open_since.is_some_and(|since| since <= held.transfer.changed_at);
            Closed { held, is_blocked: is_late || is_open }
        };
        Ok(closed.into_iter().map(judge).collect())
    }
}

/// A transfer rests on no consent, and gives nobody a place by itself.
fn facts_of(transfer: &Transfer, now: Timestamp) -> CaseFacts {
    CaseFacts {
        is_closed: transfer.is_over(now),
        last_note: swedish_day(transfer.changed_at),
        about_child: transfer.about_child,
        child_placed: false,
        consent_ends: None,
    }
}
