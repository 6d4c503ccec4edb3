//! What others tell: a replica in memory and in the store, judged again by this node's own agreements.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use brygga_domain::agreement::{Action, AgreementState, Effect, PartyRole};
use brygga_domain::capacity::{Known, Replica, Statement};
use brygga_domain::{OrgId, Reason, Refusal, ServiceId, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::WriteSet;
use brygga_exchange::capacity::ReplicaStep;
use brygga_identity::roles::Role;
use brygga_storage::{Decision, StorageError};
use brygga_wire::capacity::{SignedStatement, VerifiedStatement};

use super::visibility::sees_service;
use super::{Seen, sees};
use crate::App;

/// What this node knows of others' services.
#[derive(Default)]
pub(crate) struct Neighbours {
    replica: RwLock<Replica>,
    /// How often anything was heard.
    heard: AtomicU64,
}

/// One step of a watch, as it was heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Whether what follows replaces everything that was known.
    pub replaces_all: bool,
    /// Statements, verified.
    pub statements: Vec<VerifiedStatement>,
    /// Where to go on.
    pub resume_token: Vec<u8>,
}

/// Another's service as this node knows it.
#[derive(Clone, Debug)]
pub struct KnownService {
    /// What its publisher said; without numbers where their time is past.
    pub statement: Statement,
    /// As of when nothing has changed.
    pub as_of: Timestamp,
    /// Whether its time is past.
    pub is_stale: bool,
    /// By what it is seen.
    pub seen: Seen,
}

impl App {
    /// Whoever may publish something that this organisation sees, by the agreements in force.
    pub fn capacity_publishers(&self) -> BTreeSet<OrgId> {
        let (book, now, me) =
            (self.parts().agreements.book(), self.now(), &self.parts().organisation);
        let in_force =
            book.of(me).filter(|record| book.state(record, now) == AgreementState::Active);
        let mut publishers = BTreeSet::new();
        for record in in_force {
            let terms = record.terms();
            let publishes = terms.rules.iter().filter(|rule| {
                rule.action == Action::CapacityPublish
                    && rule.effect == Effect::Permit
                    && (rule.to.is_empty() || rule.to.contains(me))
            });
            for rule in publishes {
                let participants =
                    terms.parties.iter().filter(|party| party.role == PartyRole::Participant);
                let others = participants.map(|party| &party.organisation);
                let may =
                    |one: &&OrgId| *one != me && (rule.from.is_empty() || rule.from.contains(one));
                publishers.extend(others.filter(may).cloned());
            }
        }
        publishers
    }

    /// Checks who made a statement.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] where it is not of whoever tells it, [`Reason::BadSignature`].
    pub fn capacity_verify(
        &self,
        publisher: &OrgId,
        signed: SignedStatement,
    ) -> Result<VerifiedStatement, Refusal> {
        if signed.publisher() != publisher {
            return Err(Refusal::at(Reason::WrongActor, "publisher"));
        }
        let now = self.now();
        let counts = |at: Timestamp| self.verifying_key(publisher, signed.key_id(), at.min(now));
        let key = signed.claimed_between().into_iter().find_map(counts);
        signed.verify(&key.ok_or(Refusal::at(Reason::BadSignature, "key_id"))?)
    }

    /// Takes in what a publisher told. What did not change is not written.
    ///
    /// # Errors
    /// [`StorageError`]; then it is asked for again.
    pub async fn capacity_hear(&self, publisher: &OrgId, heard: Heard) -> Result<(), StorageError> {
        let now = self.now();
        let Heard { replaces_all, statements, resume_token } = heard;
        if replaces_all || !statements.is_empty() {
            let (known, kept): (Vec<_>, Vec<_>) = statements
                .into_iter()
                .map(|verified| {
                    let (statement, bytes) = verified.into_parts();
                    let id = statement.service.id;
                    (statement, (id, bytes))
                })
                .unzip();
            let step = ReplicaStep {
                publisher: publisher.clone(),
                replaces_all,
                statements: kept,
                resume_token,
                as_of: now,
            };
            self.store_replica(step).await?;
            let known: Vec<_> =
                known.into_iter().filter_map(|statement| self.judged(statement, now)).collect();
            let mut replica = self.replica_mut();
            self.parts().capacity.neighbours.heard.fetch_add(1, Ordering::SeqCst);
            if replaces_all {
                replica.replace(publisher, known);
            } else {
                for known in known {
                    replica.apply(known);
                }
            }
        }
        self.replica_mut().heard(publisher, now);
        Ok(())
    }

    async fn store_replica(&self, step: ReplicaStep) -> Result<(), StorageError> {
        let step = Arc::new(step);
        self.parts()
            .store
            .decide("capacity.hear", move |_| {
                let step = Arc::clone(&step);
                Box::pin(async move {
                    let mut writes = WriteSet::default();
                    let read_keys = vec![Key::Replica(step.publisher.clone())];
                    writes.capacity.replicas.push((*step).clone());
                    Ok(Decision { writes, answer: (), read_keys })
                })
            })
            .await
    }

    /// Fills the memory with what was heard before this process began. Returns where each publisher's watch goes on.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn capacity_recall(&self) -> Result<Vec<(OrgId, Vec<u8>)>, StorageError> {
        let stored =
            self.parts().store.read(|reader| Box::pin(async move { reader.replicas().await }));
        let mut tokens = Vec::new();
        for (publisher, stored) in stored.await? {
            let mut known = Vec::new();
            for bytes in stored.statements {
                // What an older program kept and this one cannot read is heard anew.
                let Ok(signed) = SignedStatement::decode(&bytes) else { continue };
                known.extend(self.judged(signed.into_statement(), stored.as_of));
            }
            self.replica_mut().replace(&publisher, known);
            tokens.push((publisher, stored.resume_token));
        }
        Ok(tokens)
    }

    /// Judges again what is known, by the agreements as they are now: what nothing lets be seen any more is forgotten.
    pub fn capacity_judge(&self) {
        let changed: Vec<_> = {
            let replica = self.replica();
            let judged = replica.iter().map(|known| (known, self.grounds(&known.statement)));
            let changed = judged.filter(|(known, grounds)| {
                let held = (known.agreement_id, known.agreement_version, known.relied_on_until);
                let is_same = |(seen, until): &(Seen, Timestamp)| {
                    (seen.agreement, seen.version, *until) == held
                };
                !grounds.as_ref().is_some_and(is_same)
            });
            changed.map(|(known, grounds)| (known.clone(), grounds)).collect()
        };
        for (known, grounds) in changed {
            let (publisher, id) = (known.publisher().clone(), known.service());
            let mut replica = self.replica_mut();
            // A newer one may have come meanwhile; it was judged then.
            let held = replica.get(&publisher, id);
            let held = held.filter(|held| held.statement.revision == known.statement.revision);
            let Some(as_of) = held.map(|held| held.as_of) else { continue };
            replica.remove(&publisher, id);
            if let Some(grounds) = grounds {
                replica.apply(believed(known.statement, as_of, grounds));
            }
        }
    }

    /// Takes up again what was heard and could not be seen then: an agreement may have reached the publisher first.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn capacity_take_up(&self) -> Result<(), StorageError> {
        let heard = &self.parts().capacity.neighbours.heard;
        let before = heard.load(Ordering::SeqCst);
        let stored =
            self.parts().store.read(|reader| Box::pin(async move { reader.replicas().await }));
        for (_, stored) in stored.await? {
            for bytes in stored.statements {
                let Ok(signed) = SignedStatement::decode(&bytes) else { continue };
                let known = self.judged(signed.into_statement(), stored.as_of);
                let Some(known) = known else { continue };
                let mut replica = self.replica_mut();
                // What was heard since is newer than what was read.
                if heard.load(Ordering::SeqCst) != before {
                    return Ok(());
                }
                replica.apply(known);
            }
        }
        Ok(())
    }

    /// A statement with what lets this organisation see it; none where nothing does any more.
    fn judged(&self, statement: Statement, as_of: Timestamp) -> Option<Known> {
        let grounds = self.grounds(&statement)?;
        Some(believed(statement, as_of, grounds))
    }

    /// What lets this organisation see a statement, and until when its numbers can be relied on.
    fn grounds(&self, statement: &Statement) -> Option<(Seen, Timestamp)> {
        let (book, now) = (self.parts().agreements.book(), self.now());
        let me = &self.parts().organisation;
        let seen = sees(&book, &statement.publisher, &statement.service, me, now)?;
        let terms = book.find(seen.agreement, seen.version)?.terms().hold_terms();
        let until = match terms.fresh {
            Some(span) => statement.valid_until.min(statement.published_at.plus(span)),
            None => statement.valid_until,
        };
        Some((seen, until))
    }

    /// What is known of another's service, if this organisation and somebody in these roles may see it.
    pub fn capacity_known(
        &self,
        roles: &BTreeSet<Role>,
        publisher: &OrgId,
        id: ServiceId,
    ) -> Option<KnownService> {
        let known = self.replica().get(publisher, id).cloned()?;
        self.known(known).filter(|known| sees_service(roles, &known.statement.service))
    }

    /// What is known of others' services and somebody in these roles may see, by publisher and name.
    pub fn capacity_list(&self, roles: &BTreeSet<Role>) -> Vec<KnownService> {
        let held: Vec<Known> = self.replica().iter().cloned().collect();
        let seen = held.into_iter().filter_map(|known| self.known(known));
        let mut listed: Vec<_> =
            seen.filter(|known| sees_service(roles, &known.statement.service)).collect();
        listed.sort_by(|one, other| {
            let key = |known: &KnownService| {
                (known.statement.publisher.clone(), known.statement.service.name.clone())
            };
            key(one).cmp(&key(other))
        });
        listed
    }

    /// One that is known, by the agreements of this moment.
    pub(super) fn known(&self, known: Known) -> Option<KnownService> {
        let (book, now) = (self.parts().agreements.book(), self.now());
        let (me, statement) = (&self.parts().organisation, known.statement.clone());
        let seen = sees(&book, &statement.publisher, &statement.service, me, now)?;
        let is_stale = known.is_stale(now);
        let statement = if is_stale { statement.outdated() } else { statement };
        Some(KnownService { statement, as_of: known.as_of, is_stale, seen })
    }

    pub(super) fn replica(&self) -> std::sync::RwLockReadGuard<'_, Replica> {
        self.parts().capacity.neighbours.replica.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn replica_mut(&self) -> std::sync::RwLockWriteGuard<'_, Replica> {
        self.parts().capacity.neighbours.replica.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn believed(statement: Statement, as_of: Timestamp, grounds: (Seen, Timestamp)) -> Known {
    let (seen, relied_on_until) = grounds;
    Known {
        statement,
        as_of,
        agreement_id: seen.agreement,
        agreement_version: seen.version,
        relied_on_until,
    }
}
