//! Agreements for the organisation's own people.

use std::collections::BTreeSet;
use std::sync::Arc;

use brygga_domain::agreement::{
    AgreementDraft, AgreementRecord, AgreementState, AgreementTerms, Suspension, SuspensionReason,
    affected,
};
use brygga_domain::{AgreementId, Reason, Refusal, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::agreement::{
    Threads, check_amendment, conversation, others, propose, sign, switch, terminate,
};
use brygga_exchange::audit::Actor;
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, Reader, StorageError};

use crate::referrals::{answered, decision};
use crate::{App, AppError};

/// What is to be done with an agreement.
enum Change {
    Propose(Box<AgreementTerms>),
    Sign,
    /// From an instant on; none for now.
    Terminate(Option<Timestamp>),
    /// Turn the own switch; none to resume.
    Switch(Option<SuspensionReason>),
}

type Answered = Decision<Result<AgreementRecord, Refusal>>;

impl App {
    /// Signs terms for this organisation and asks the other parties to sign.
    ///
    /// # Errors
    /// [`Reason::PolicyFindings`] where a rule can never decide anything and that is not accepted;
    /// [`Reason::InvalidField`] where the parties do not suit the kind or one is no member;
    /// [`Reason::RoleDenied`] where only members of a working group may; [`Reason::IdempotencyMismatch`] where the id
    /// and version name other terms.
    pub async fn agreement_propose(
        &self,
        caller: &Caller,
        terms: AgreementTerms,
        accept_findings: bool,
        only_affected: bool,
    ) -> Result<AgreementRecord, AppError> {
        let terms = self.amended(terms, only_affected)?;
        self.check_proposer(caller, &terms)?;
        self.check_findings(&terms, accept_findings)?;
        terms.check_parties(|organisation| {
            self.principal(organisation).ok().map(|member| member.kind)
        })?;
        self.agreement_change(
            caller,
            terms.agreement_id,
            terms.version,
            Change::Propose(Box::new(terms)),
        )
        .await
    }

    /// Terms with those who have to sign, where not all do, checked against the version that counts now.
    fn amended(
        &self,
        terms: AgreementTerms,
        only_affected: bool,
    ) -> Result<AgreementTerms, Refusal> {
        let (me, now) = (&self.parts().organisation, self.now());
        let book = self.parts().agreements.book();
        let before = book.current(terms.agreement_id, now).map(|held| &**held);
        let terms = match before {
            Some(before) if only_affected => {
                let below = book.below(terms.agreement_id, terms.version);
                let counts = below.filter(|held| {
                    held.terms().version >= before.terms().version && held.is_signed()
                });
                let mut signs: BTreeSet<_> =
                    counts.flat_map(|held| affected(held.terms(), &terms)).collect();
                signs.insert(me.clone());
                let required_signatures = signs.into_iter().collect();
                AgreementDraft { required_signatures, ..(*terms).clone() }.check()?
            }
            None if only_affected => {
                return Err(Refusal::at(Reason::InvalidField, "terms.agreement_id"));
            }
            _ => terms,
        };
        let below: Vec<_> = book.below(terms.agreement_id, terms.version).collect();
        check_amendment(me, &below, &terms, now)?;
        Ok(terms)
    }

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

    /// Ends an agreement from `effective_at` on, none for now, and tells the other parties.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`Reason::AgreementExpired`].
    pub async fn agreement_terminate(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: u32,
        effective_at: Option<Timestamp>,
    ) -> Result<AgreementRecord, AppError> {
        self.agreement_change(
            caller,
            id,
            self.counting(id, version)?,
            Change::Terminate(effective_at),
        )
        .await
    }

    /// Lets nothing new begin under an agreement for now, or again, and tells the other parties. What waits to be
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
        let me = &self.parts().organisation;
        let ours = |held: &&Suspension| held.organisation == *me;
        let mut held = book.below(id, u32::MAX);
        held.find(|record| record.suspensions().iter().any(|one| ours(&one)))
            .map(|record| record.terms().version)
    }

    /// Who has suspended an agreement now.
    pub fn agreement_suspensions(&self, record: &AgreementRecord) -> Vec<Suspension> {
        self.parts().agreements.book().suspensions(record).cloned().collect()
    }

    /// Where an agreement stands now, among its versions.
    pub fn agreement_state(&self, record: &AgreementRecord) -> AgreementState {
        self.parts().agreements.book().state(record, self.now())
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

    /// The version that is meant: where none is named the one that counts now, not one that waits for signatures.
    fn counting(&self, id: AgreementId, version: u32) -> Result<u32, AppError> {
        let book = self.parts().agreements.book();
        let found = match version {
            0 => book.current(id, self.now()),
            _ => book.find(id, version),
        };
        Ok(found.ok_or(Refusal::new(Reason::NotFound))?.terms().version)
    }

    async fn agreement_change(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: u32,
        change: Change,
    ) -> Result<AgreementRecord, AppError> {
        let app = self.clone();
        let shared = Arc::new((Actor::User(caller.subject().to_owned()), change));
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
        if self.monitor_round().await.is_err() {
            tracing::warn!("what waits could not be judged again; the clock will try again");
        }
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
            threads.iter().map(|(party, _)| Key::Conversation(conversation(&terms), party.clone())),
        );
        let decided = self.locally(|local| match (change, held) {
            (Change::Propose(terms), held) => {
                propose(local, actor, (**terms).clone(), held, threads)
            }
            (Change::Sign, Some(record)) => sign(local, actor, record, threads),
            (Change::Terminate(at), Some(record)) => {
                let at = at.unwrap_or(local.now);
                terminate(local, actor, record, at, threads)
            }
            (Change::Switch(reason), Some(record)) => {
                switch(local, actor, record, *reason, threads)
            }
            (Change::Sign | Change::Terminate(_) | Change::Switch(_), None) => {
                brygga_exchange::Decided {
                    writes: brygga_exchange::WriteSet::default(),
                    answer: Err(Refusal::new(Reason::NotFound)),
                }
            }
        });
        Ok(decision(decided, read_keys))
    }

    async fn threads(
        &self,
        reader: &mut Reader<'_>,
        terms: &AgreementTerms,
    ) -> Result<Threads, StorageError> {
        let mut threads = Vec::new();
        for party in others(terms, &self.parts().organisation) {
            let chain = reader.chain(conversation(terms), &party).await?;
            threads.push((party, chain));
        }
        Ok(threads)
    }
}
