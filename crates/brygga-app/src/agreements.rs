//! Agreements for the organisation's own people.

use std::sync::Arc;

use brygga_domain::agreement::{
    AgreementRecord, AgreementState, AgreementTerms, Negotiation, Suspension, SuspensionReason,
};
use brygga_domain::{AgreementId, Reason, Refusal, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::agreement::{
    Threads, conversation, decline, others, propose, sign, switch, terminate, verify,
};
use brygga_exchange::audit::Actor;
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, StorageError};

use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// What is to be done with an agreement.
pub(crate) enum Change {
    Propose(Box<AgreementTerms>),
    Sign,
    /// From an instant on.
    Terminate(Timestamp),
    /// Turn the own switch; none to resume.
    Switch(Option<SuspensionReason>),
    /// Decline what this organisation has not signed.
    Decline,
    /// Tell that every signature is held.
    Verify,
}

type Answered = Decision<Result<AgreementRecord, Refusal>>;

impl App {
    /// Signs a proposed agreement for this organisation and tells the other parties.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`Reason::PolicyFindings`] as for a proposal; [`Reason::AgreementExpired`] or
    /// [`Reason::AgreementTerminated`] where it has ended.
    pub async fn agreement_sign(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: u32,
        accept_findings: bool,
    ) -> Result<AgreementRecord, AppError> {
        let record = self.agreement_show(id, version)?;
        self.check_findings(record.terms(), accept_findings)?;
        self.agreement_change(caller, id, record.terms().version, Change::Sign).await
    }

    /// Ends an agreement from `effective_at` on and tells the other parties.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`Reason::AgreementExpired`].
    pub async fn agreement_terminate(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: u32,
        effective_at: Timestamp,
    ) -> Result<AgreementRecord, AppError> {
        self.agreement_change(
            caller,
            id,
            self.counting(id, version)?,
            Change::Terminate(effective_at),
        )
        .await
    }

    /// Lets nothing new begin under an agreement until it is resumed, or again, and tells the other parties. What waits to be
    /// sent under it is taken back.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`Reason::RoleDenied`] for who takes no part; [`Reason::AgreementExpired`] or
    /// [`Reason::AgreementTerminated`] where it has ended.
    pub async fn agreement_switch(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: u32,
        reason: Option<SuspensionReason>,
    ) -> Result<AgreementRecord, AppError> {
        let version = match reason {
            Some(_) => self.counting(id, version)?,
            None => self.suspended_by_us(id).map_or_else(|| self.counting(id, version), Ok)?,
        };
        self.agreement_change(caller, id, version, Change::Switch(reason)).await
    }

    /// The version that this organisation has suspended; a suspension lasts through later ones.
    fn suspended_by_us(&self, id: AgreementId) -> Option<u32> {
        let book = self.parts().agreements.book();
        let ours = |held: &Suspension| held.organisation == self.parts().organisation;
        let suspended = book.versions(id).find(|record| record.suspensions().iter().any(ours));
        suspended.map(|record| record.terms().version)
    }

    /// Who has suspended an agreement now.
    pub fn agreement_suspensions(&self, record: &AgreementRecord) -> Vec<Suspension> {
        self.parts().agreements.book().suspensions(record).cloned().collect()
    }

    /// Where an agreement stands now, among its versions.
    pub fn agreement_state(&self, record: &AgreementRecord) -> AgreementState {
        self.parts().agreements.book().state(record, self.now())
    }

    /// How far the parties have come in negotiating a version.
    pub fn agreement_negotiation(&self, record: &AgreementRecord) -> Negotiation {
        self.parts().agreements.book().negotiation(record, &self.parts().organisation, self.now())
    }

    /// The agreements that their parties are to evaluate now, by id and version.
    pub fn agreements_to_evaluate(&self) -> Vec<Arc<AgreementRecord>> {
        self.parts().agreements.book().to_evaluate(self.now()).cloned().collect()
    }

    /// Shows one version of an agreement; 0 is the newest.
    ///
    /// # Errors
    /// [`Reason::NotFound`].
    pub fn agreement_show(
        &self,
        id: AgreementId,
        version: u32,
    ) -> Result<Arc<AgreementRecord>, AppError> {
        let book = self.parts().agreements.book();
        let found = if version == 0 { book.newest(id) } else { book.find(id, version) };
        Ok(Arc::clone(found.ok_or(Refusal::new(Reason::NotFound))?))
    }

    /// The version that counts now.
    pub(crate) fn agreement_counting(
        &self,
        id: AgreementId,
    ) -> Result<Arc<AgreementRecord>, Refusal> {
        let book = self.parts().agreements.book();
        let found = book.current(id, self.now()).ok_or(Refusal::new(Reason::NotFound))?;
        Ok(Arc::clone(found))
    }

    /// The version that is meant: where none is named the one that counts now, not one that waits for signatures.
    fn counting(&self, id: AgreementId, version: u32) -> Result<u32, AppError> {
        if version == 0 {
            return Ok(self.agreement_counting(id)?.terms().version);
        }
        Ok(self.agreement_show(id, version)?.terms().version)
    }

    pub(crate) async fn agreement_change(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: u32,
        change: Change,
    ) -> Result<AgreementRecord, AppError> {
        let record =
            self.change_by(Actor::User(caller.subject().to_owned()), id, version, change).await?;
        self.agreements_round().await;
        Ok(record)
    }

    /// Follows up what has changed of the agreements: what waits is judged again, and where every signature is held
    /// the others are told.
    pub(crate) async fn agreements_round(&self) {
        if self.monitor_round().await.is_err() {
            tracing::warn!("what waits could not be judged again; the clock will try again");
        }
        if self.verify_round().await.is_err() {
            tracing::warn!("that all have signed could not be told; the clock will try again");
        }
    }

    /// Tells the other parties of each agreement of which every signature is held, once. Returns how many.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn verify_round(&self) -> Result<usize, StorageError> {
        let (book, me) = (self.parts().agreements.book(), &self.parts().organisation);
        let mut told = 0;
        for record in book.to_verify(me, self.now()) {
            let terms = record.terms();
            let (id, version) = (terms.agreement_id, terms.version);
            match self.change_by(Actor::Clock, id, version, Change::Verify).await {
                Ok(_) => told += 1,
                Err(AppError::Refused(_)) => {}
                Err(AppError::Storage(error)) => return Err(error),
            }
        }
        Ok(told)
    }

    async fn change_by(
        &self,
        actor: Actor,
        id: AgreementId,
        version: u32,
        change: Change,
    ) -> Result<AgreementRecord, AppError> {
        let app = self.clone();
        let shared = Arc::new((actor, change));
        let record = self
            .parts()
            .store
            .decide("agreement.change", move |reader| {
                let (app, shared) = (app.clone(), Arc::clone(&shared));
                Box::pin(async move {
                    app.decide_change(reader, &shared.0, id, version, &shared.1).await
                })
            })
            .await??;
        self.refresh_agreements().await?;
        Ok(record)
    }

    async fn decide_change(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        id: AgreementId,
        version: u32,
        change: &Change,
    ) -> Result<Answered, StorageError> {
        let held = reader.agreement_by_version(id, version).await?;
        let mut read_keys = vec![Key::Agreement(id)];
        let terms = match (change, &held) {
            (Change::Propose(terms), _) => (**terms).clone(),
            (_, Some(record)) => record.terms().clone(),
            (_, None) => return Ok(answered(Err(Refusal::new(Reason::NotFound)), read_keys)),
        };
        let threads = self.threads(reader, &terms).await?;
        read_keys.extend(
            threads.iter().map(|(party, _)| {
                Key::Conversation(conversation(terms.agreement_id), party.clone())
            }),
        );
        let decided = self.locally(|local| match (change, held) {
            (Change::Propose(terms), held) => {
                propose(local, actor, (**terms).clone(), held, threads)
            }
            (Change::Sign, Some(record)) => sign(local, actor, record, threads),
            (Change::Terminate(at), Some(record)) => terminate(local, actor, record, *at, threads),
            (Change::Switch(reason), Some(record)) => {
                switch(local, actor, record, *reason, threads)
            }
            (Change::Decline, Some(record)) => decline(local, actor, record, threads),
            (Change::Verify, Some(record)) => verify(local, actor, record, threads),
            (
                Change::Sign
                | Change::Terminate(_)
                | Change::Switch(_)
                | Change::Decline
                | Change::Verify,
                None,
            ) => brygga_exchange::Decided {
                writes: brygga_exchange::WriteSet::default(),
                answer: Err(Refusal::new(Reason::NotFound)),
            },
        });
        Ok(decision(decided, read_keys))
    }

    /// The threads with the other parties, as they are stored now.
    pub(crate) async fn threads(
        &self,
        reader: &mut Reader<'_>,
        terms: &AgreementTerms,
    ) -> Result<Threads, StorageError> {
        let mut threads = Vec::new();
        for party in others(terms, &self.parts().organisation) {
            let chain = reader.chain(conversation(terms.agreement_id), &party).await?;
            threads.push((party, chain));
        }
        Ok(threads)
    }
}
