//! What the decisions of a round want stored and is not stored yet.
//!
//! Decisions that touch different things are stored together, which is what makes many of them a second possible.

use std::collections::HashSet;

use brygga_exchange::{Key, WriteSet};

use crate::decision::Plan;
use crate::error::StorageError;
use crate::transaction::Transaction;
use crate::{
    access, aggregate, agreement, audit, call, capacity, consent, conversation, erase, inbox,
    notice, offer, outbox, quota, referral, register, relay, relocation, retention, signal, stop,
    transfer,
};

/// What a decision changes, and what it rests on besides.
#[derive(Clone, Default)]
pub(crate) struct Touched {
    written: Vec<Key>,
    read: Vec<Key>,
}

impl Touched {
    /// By a decision that has run.
    pub(crate) fn by(plan: &Plan) -> Self {
        Self { written: plan.writes.keys(), read: plan.read_keys.clone() }
    }
}

/// What several decisions touch.
#[derive(Default)]
pub(crate) struct Taken {
    written: HashSet<Key>,
    read: HashSet<Key>,
}

impl Taken {
    /// Whether one of them changes what a decision changes or rests on, or rests on what it changes.
    pub(crate) fn collides(&self, touched: &Touched) -> bool {
        let changes = &touched.written;
        changes.iter().any(|key| self.written.contains(key) || self.read.contains(key))
            || touched.read.iter().any(|key| self.written.contains(key))
    }

    /// Adds what one more touches.
    pub(crate) fn add(&mut self, touched: Touched) {
        self.written.extend(touched.written);
        self.read.extend(touched.read);
    }
}

/// Write sets that have no key in common, merged.
#[derive(Default)]
pub(crate) struct Pending {
    writes: WriteSet,
    taken: Taken,
}

impl Pending {
    /// Whether something was decided without seeing what waits here, or changes what something here rests on.
    pub(crate) fn collides(&self, touched: &Touched) -> bool {
        self.taken.collides(touched)
    }

    /// Adds what a decision that does not collide wants stored.
    pub(crate) fn add(&mut self, writes: WriteSet, touched: Touched) {
        self.taken.add(touched);
        self.writes.merge(writes);
    }

    /// Writes everything, table by table; parents before children.
    pub(crate) async fn flush(self, transaction: &mut Transaction<'_>) -> Result<(), StorageError> {
        let Self { writes, .. } = self;
        agreement::upsert(transaction, &writes.agreements).await?;
        agreement::switch(transaction, &writes.suspensions).await?;
        quota::declare(transaction, &writes.quotas).await?;
        consent::upsert(transaction, &writes.consents, &writes.consent_words).await?;
        referral::insert(transaction, &writes.new_referrals).await?;
        referral::update(transaction, &writes.changed_referrals).await?;
        referral::note::insert(transaction, &writes.notes).await?;
        offer::write(transaction, &writes.offers).await?;
        aggregate::write(transaction, &writes.aggregates).await?;
        call::write(transaction, &writes.calls).await?;
        relocation::write(transaction, &writes.relocations).await?;
        relay::write(transaction, &writes.relay).await?;
        capacity::write(transaction, &writes.capacity).await?;
        notice::write(transaction, &writes.notices).await?;
        signal::write(transaction, &writes.signals).await?;
        transfer::write(transaction, &writes.transfers).await?;
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
