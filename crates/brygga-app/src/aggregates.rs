//! Aggregates for the organisation's own people: asked of the parties of an agreement, and shown as they were told.

use std::sync::Arc;

use brygga_domain::aggregate::{Quarter, TellerAggregate, TellerState};
use brygga_domain::agreement::{AgreementRecord, PartyRole};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::aggregate::{AskedAggregate, ask};
use brygga_exchange::agreement::conversation;
use brygga_exchange::audit::Actor;
use brygga_exchange::records::OutboxState;
use brygga_identity::caller::Caller;
use brygga_policy::{AggregateGrant, AggregateQuestion, AgreementBook, closest, decide_aggregate};
use brygga_storage::{Decision, Reader, StorageError};
use brygga_wire::aggregate::reported_table;
use brygga_wire::local::AggregateScope;

use crate::referrals::answered;
use crate::{App, AppError};

/// What the parties of one agreement have told of a quarter.
#[derive(Clone, Debug)]
pub struct AgreementAggregates {
    /// The agreement, in the version that counts now.
    pub agreement: Arc<AgreementRecord>,
    /// The parties that may be asked or have been, in the order of the terms.
    pub tellers: Vec<TellerAggregate>,
}

impl App {
    /// Asks every party that the rules let this organisation ask, and that has not told and has no question on its
    /// way. One that was not answered for as long as a message lives is asked again.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an agreement to which this organisation is no party, and where none carries the tag;
    /// otherwise as [`decide_aggregate`], where it permits nothing in any agreement.
    pub async fn aggregates_ask(
        &self,
        caller: &Caller,
        scope: &AggregateScope,
        quarter: Quarter,
    ) -> Result<Vec<AgreementAggregates>, AppError> {
        let actor = Arc::new(Actor::User(caller.subject().to_owned()));
        for agreement in self.agreements_in(scope)? {
            let book = self.parts().agreements.book();
            for (teller, grant) in self.tellers(&book, agreement.terms().agreement_id, quarter) {
                if grant.is_ok() {
                    let id = agreement.terms().agreement_id;
                    self.aggregate_ask(&actor, id, quarter, teller).await?;
                }
            }
        }
        self.aggregates_show(scope, quarter).await
    }

    /// Shows what the parties have told, and who has not.
    ///
    /// # Errors
    /// As [`Self::aggregates_ask`].
    pub async fn aggregates_show(
        &self,
        scope: &AggregateScope,
        quarter: Quarter,
    ) -> Result<Vec<AgreementAggregates>, AppError> {
        let (mut shown, mut refusals) = (Vec::new(), Vec::new());
        for agreement in self.agreements_in(scope)? {
            match self.aggregates_of(agreement, quarter).await? {
                Ok(one) => shown.push(one),
                Err(refusal) => refusals.push(refusal),
            }
        }
        match closest(refusals) {
            Some(refusal) if shown.is_empty() => Err(refusal.into()),
            _ => Ok(shown),
        }
    }

    /// The agreements that are meant, in the version that counts now, by their id.
    fn agreements_in(&self, scope: &AggregateScope) -> Result<Vec<Arc<AgreementRecord>>, Refusal> {
        let (book, now) = (self.parts().agreements.book(), self.now());
        let mut ids: Vec<AgreementId> = match scope {
            AggregateScope::Agreement(id) => vec![*id],
            AggregateScope::Tag(_) => book.records().map(|one| one.terms().agreement_id).collect(),
        };
        ids.dedup();
        let is_meant = |record: &&Arc<AgreementRecord>| match scope {
            AggregateScope::Agreement(_) => true,
            AggregateScope::Tag(tag) => record.terms().tags.contains(tag),
        };
        let me = &self.parts().organisation;
        let is_ours = |record: &&Arc<AgreementRecord>| record.terms().role(me).is_some();
        let current = ids.into_iter().filter_map(|id| book.current(id, now));
        let meant: Vec<_> = current.filter(is_ours).filter(is_meant).cloned().collect();
        let field = match scope {
            AggregateScope::Agreement(_) => "agreement_id",
            AggregateScope::Tag(_) => "tag",
        };
        if meant.is_empty() { Err(Refusal::at(Reason::NotFound, field)) } else { Ok(meant) }
    }

    /// The other participants of an agreement, each with what permits this organisation to ask it.
    fn tellers(
        &self,
        book: &AgreementBook,
        agreement: AgreementId,
        quarter: Quarter,
    ) -> Vec<(OrgId, Result<AggregateGrant, Refusal>)> {
        let (reader, now) = (&self.parts().organisation, self.now());
        let Some(record) = book.current(agreement, now) else { return Vec::new() };
        let parties = record.terms().parties.iter();
        let others = parties
            .filter(|party| party.role == PartyRole::Participant && party.organisation != *reader);
        let granted = |organisation: &OrgId| {
            let teller = self.principal(organisation)?;
            let agreements = book;
            let teller = &teller;
            decide_aggregate(&AggregateQuestion {
                reader,
                teller,
                agreement,
                quarter,
                agreements,
                now,
            })
        };
        others.map(|party| (party.organisation.clone(), granted(&party.organisation))).collect()
    }

    async fn aggregate_ask(
        &self,
        actor: &Arc<Actor>,
        agreement: AgreementId,
        quarter: Quarter,
        teller: OrgId,
    ) -> Result<(), AppError> {
        let app = self.clone();
        let (actor, teller) = (Arc::clone(actor), Arc::new(teller));
        let store = &self.parts().store;
        let asked = store.decide("aggregate.ask", move |reader| {
            let (app, actor, teller) = (app.clone(), Arc::clone(&actor), Arc::clone(&teller));
            Box::pin(
                async move { app.decide_ask(reader, &actor, (agreement, quarter, &teller)).await },
            )
        });
        Ok(asked.await??)
    }

    async fn decide_ask(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        question: (AgreementId, Quarter, &OrgId),
    ) -> Result<Decision<Result<(), Refusal>>, StorageError> {
        let (agreement, quarter, teller) = question;
        let thread = conversation(agreement);
        let read_keys = vec![
            Key::Agreement(agreement),
            Key::Aggregate(agreement, quarter),
            Key::Conversation(thread, teller.clone()),
        ];
        let held = reader.aggregates_asked(agreement, quarter).await?;
        if let Some(held) = held.iter().find(|held| held.teller == *teller) {
            let is_late = self.now() >= held.asked_at.plus(self.parts().message_lifetime);
            match state(reader, held).await? {
                TellerState::Told(_) => return Ok(answered(Ok(()), read_keys)),
                TellerState::Waiting if !is_late => return Ok(answered(Ok(()), read_keys)),
                _ => {}
            }
        }
        let book = self.agreements_held(reader).await?;
        let found = self.tellers(&book, agreement, quarter);
        let grant = found.into_iter().find(|(one, _)| one == teller).map(|(_, grant)| grant);
        // The agreement has changed since.
        let grant = match grant.unwrap_or(Err(Refusal::at(Reason::NotFound, "agreement_id"))) {
            Ok(grant) => grant,
            Err(refusal) => return Ok(answered(Err(refusal), read_keys)),
        };
        let chain = reader.chain(thread, teller).await?;
        let writes = self.locally(|local| ask(local, actor, question, &grant, chain));
        Ok(Decision { writes, answer: Ok(()), read_keys })
    }

    /// What is told stays to be read, also where it may not be asked for any more.
    async fn aggregates_of(
        &self,
        agreement: Arc<AgreementRecord>,
        quarter: Quarter,
    ) -> Result<Result<AgreementAggregates, Refusal>, StorageError> {
        let id = agreement.terms().agreement_id;
        let store = &self.parts().store;
        let held = store.read(move |reader| {
            Box::pin(async move {
                let mut states = Vec::new();
                for held in reader.aggregates_asked(id, quarter).await? {
                    let state = state(reader, &held).await?;
                    states.push((held.teller, held.asked_at, state));
                }
                Ok(states)
            })
        });
        let held = held.await?;
        let found = self.tellers(&self.parts().agreements.book(), id, quarter);
        let (mut tellers, mut refusals) = (Vec::new(), Vec::new());
        for (organisation, grant) in found {
            let asked = held.iter().find(|(teller, ..)| *teller == organisation);
            let (asked_at, state) = match (asked, grant) {
                (Some((_, asked_at, state)), _) => (Some(*asked_at), state.clone()),
                (None, Ok(_)) => (None, TellerState::NotAsked),
                (None, Err(refusal)) => {
                    refusals.push(refusal);
                    continue;
                }
            };
            tellers.push(TellerAggregate { organisation, asked_at, state });
        }
        if tellers.is_empty() {
            let nobody = Refusal::at(Reason::NotFound, "agreement_id");
            return Ok(Err(closest(refusals).unwrap_or(nobody)));
        }
        Ok(Ok(AgreementAggregates { agreement, tellers }))
    }
}

/// How far a question has come: an answer, or what became of the message that asked.
async fn state(
    reader: &mut Reader<'_>,
    asked: &AskedAggregate,
) -> Result<TellerState, StorageError> {
    if let Some(report) = &asked.report {
        let broken = |_| StorageError::Inconsistent {
            table: "aggregate_asked",
            column: "report",
            id: asked.agreement.to_string(),
        };
        return reported_table(report).map(TellerState::Told).map_err(broken);
    }
    let sent = reader.outbox_entry(asked.message_id).await?;
    Ok(match sent.map(|entry| entry.state) {
        Some(
            OutboxState::Delivered { refusal: Some(reason), .. } | OutboxState::Dead { reason },
        ) => TellerState::Refused(reason),
        // What was delivered long ago is in the outbox no more.
        Some(OutboxState::Queued { .. } | OutboxState::Delivered { .. }) | None => {
            TellerState::Waiting
        }
    })
}
