//! What the decisions of a group want stored and is not stored yet.
//!
//! Decisions that touch different things are stored together, which is what makes many of them a
//! second possible; one that touches what another waits to store has that stored first, and is
//! decided anew on what it then finds.

use std::collections::HashSet;

use brygga_exchange::{Key, WriteSet};

use crate::decision::Plan;
use crate::error::StorageError;
use crate::transaction::Transaction;
use crate::{
    access, aggregate, agreement, audit, capacity, consent, conversation, erase, inbox, offer,
    outbox, quota, referral, register, retention, stop,
};

/// Write sets that have no key in common, merged.
#[derive(Default)]
pub(crate) struct Pending {
    writes: WriteSet,
    written: HashSet<Key>,
    read: HashSet<Key>,
}

impl Pending {
    /// Whether the plan was made without seeing something that waits here, or changes what
    /// something here rests on.
    pub(crate) fn collides(&self, plan: &Plan) -> bool {
        let changes = plan.writes.keys();
        changes.iter().any(|key| self.written.contains(key) || self.read.contains(key))
            || plan.read_keys.iter().any(|key| self.written.contains(key))
    }

    /// Adds a plan that does not collide.
    pub(crate) fn add(&mut self, plan: Plan) {
        self.written.extend(plan.writes.keys());
        self.read.extend(plan.read_keys);
        self.writes.merge(plan.writes);
    }

    /// Writes everything, table by table; parents before children.
    pub(crate) async fn flush(
        &mut self,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StorageError> {
        let Self { writes, .. } = std::mem::take(self);
        agreement::upsert(transaction, &writes.agreements).await?;
        agreement::switch(transaction, &writes.suspensions).await?;
        quota::declare(transaction, &writes.quotas).await?;
        consent::upsert(transaction, &writes.consents, &writes.consent_words).await?;
        referral::insert(transaction, &writes.new_referrals).await?;
        referral::update(transaction, &writes.changed_referrals).await?;
        referral::note::insert(transaction, &writes.notes).await?;
        offer::write(transaction, &writes.offers).await?;
        aggregate::write(transaction, &writes.aggregates).await?;
        capacity::write(transaction, &writes.capacity).await?;
        stop::upsert(transaction, &writes.stops).await?;
        referral::insert_events(transaction, &writes.events).await?;
        conversation::step(transaction, &writes.chains).await?;
        outbox::insert(transaction, &writes.outbox).await?;
        outbox::update(transaction, &writes.outbox_changes).await?;
        outbox::cover(transaction, &writes.covered).await?;
        erase::erase(transaction, &writes.erasures).await?;
        inbox::insert(transaction, &writes.inbox).await?;
        register::insert(transaction, &writes.register).await?;
        register::insert_exports(transaction, &writes.register_exports).await?;
        retention::insert_kept(transaction, &writes.kept).await?;
        audit::insert(transaction, &writes.audit).await?;
        access::write(transaction, &writes.access).await
    }
}
