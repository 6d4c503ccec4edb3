//! Holds, and those of own services that count.

use std::collections::BTreeMap;

use brygga_crypto::Digest;
use brygga_domain::capacity::{
    Departed, Hold, HoldAct, HoldItem, HoldState, LineKey, Period, PlaceFor, Promise, Promised,
};
use brygga_domain::{HoldId, OrgId, Reason, Seconds, ServiceId, Timestamp};
use brygga_exchange::capacity::{CapacityWrites, NewHold};
use brygga_exchange::records::Chain;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

const TABLE: &str = "hold";

static INSERT: Batch = Batch::new(
    "INSERT INTO hold (id, publisher, holder, items, with_child, agreement_id, agreement_version, \
     rule_id, places, counts_since, requested_at, reentry_of, ttl, state, expires_at, position, \
     reason, changed_at, extensions, pending, revision, idempotency_key, request_digest) VALUES",
    23,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE hold SET state = step.column3, expires_at = step.column4, position = step.column5, \
     reason = step.column6, changed_at = step.column7, extensions = step.column8, \
     pending = step.column9, revision = step.column10 FROM (VALUES",
    10,
    ") AS step WHERE hold.id = step.column1 AND hold.revision = step.column2",
);

static COUNT: Batch = Batch::new(
    "INSERT INTO hold_counted (service_id, place_for, period, promise, hold_id, places) VALUES",
    6,
    "",
);

static COUNT_ANEW: Batch = Batch::new(
    "UPDATE hold_counted SET promise = step.column2 FROM (VALUES",
    2,
    ") AS step WHERE hold_counted.hold_id = step.column1",
);

static COUNT_NO_MORE: Batch =
    Batch::new("DELETE FROM hold_counted WHERE hold_id IN (VALUES", 1, ")");

/// Stores holds.
pub(super) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &CapacityWrites,
) -> Result<(), StorageError> {
    let bind = |new: &NewHold, values: &mut Values| {
        let hold = &new.hold;
        values
            .bytes(hold.id.as_bytes())
            .text(hold.publisher.as_str())
            .text(hold.holder.as_str())
            .text(&items_to_text(&hold.items))
            .number(hold.with_child)
            .bytes(hold.agreement_id.as_bytes())
            .number(hold.agreement_version)
            .text(&hold.rule_id)
            .number(hold.places())
            .instant_or_null(hold.counts_since)
            .instant(hold.requested_at)
            .bytes_or_null(hold.reentry_of.as_ref().map(|id| id.as_bytes().as_slice()))
            .number(hold.ttl.0);
        bind_progress(hold, values);
        values
            .bytes_or_null(new.idempotency.as_ref().map(|given| given.key.as_slice()))
            .bytes_or_null(
                new.idempotency.as_ref().map(|given| given.request_digest.as_bytes().as_slice()),
            );
    };
    transaction.write(&INSERT, &writes.new_holds, false, bind).await?;
    let bind = |(hold, before): &(Hold, u32), values: &mut Values| {
        values.bytes(hold.id.as_bytes()).number(*before);
        bind_progress(hold, values);
    };
    transaction.write(&UPDATE, &writes.changed_holds, true, bind).await?;
    count(transaction, writes).await
}

/// Counts what holds of own services have, from their beginning until they are over.
async fn count<'w>(
    transaction: &mut Transaction<'_>,
    writes: &'w CapacityWrites,
) -> Result<(), StorageError> {
    // The caller's key is given where somebody asks another, and the publisher's holds have none.
    let counted = writes.new_holds.iter().filter(|new| new.idempotency.is_none());
    let counted = counted.filter_map(|new| Some((Promise::of(new.hold.state)?, &new.hold)));
    let items = |(promise, hold): (_, &'w Hold)| {
        hold.items.iter().map(move |item| (promise, hold.id, item))
    };
    let counted: Vec<_> = counted.flat_map(items).collect();
    let bind = |(promise, hold, item): &(Promise, HoldId, &HoldItem), values: &mut Values| {
        values
            .bytes(item.service.as_bytes())
            .text(item.line.place_for.as_str())
            .text(item.line.period.as_str())
            .text(promise.as_str())
            .bytes(hold.as_bytes())
            .number(item.places);
    };
    transaction.write(&COUNT, &counted, false, bind).await?;
    let changed = || writes.changed_holds.iter().map(|(hold, _)| hold);
    let anew = changed().filter_map(|hold| Some((hold.id, Promise::of(hold.state)?)));
    let bind = |(hold, promise): &(HoldId, Promise), values: &mut Values| {
        values.bytes(hold.as_bytes()).text(promise.as_str());
    };
    transaction.write(&COUNT_ANEW, &anew.collect::<Vec<_>>(), false, bind).await?;
    let over: Vec<_> = changed().filter(|hold| !hold.state.is_live()).map(|hold| hold.id).collect();
    let bind = |hold: &HoldId, values: &mut Values| {
        values.bytes(hold.as_bytes());
    };
    transaction.write(&COUNT_NO_MORE, &over, false, bind).await
}

/// Puts what changes, in the order of both statements.
fn bind_progress(hold: &Hold, values: &mut Values) {
    let (mut expires_at, mut position, mut reason) = (None, None, None);
    let state = match hold.state {
        HoldState::Requested => "REQUESTED",
        HoldState::Waiting { position: stands } => {
            position = Some(stands);
            "WAITING"
        }
        HoldState::Held { expires_at: until } => {
            expires_at = Some(until);
            "HELD"
        }
        HoldState::Confirmed => "CONFIRMED",
        HoldState::Refused(why) => {
            reason = Some(why);
            "REFUSED"
        }
        HoldState::Cancelled => "CANCELLED",
        HoldState::Expired => "EXPIRED",
        HoldState::Departed => "DEPARTED",
        HoldState::TakenBack => "TAKEN_BACK",
    };
    values
        .text(state)
        .instant_or_null(expires_at)
        .number_or_null(position)
        .text_or_null(reason.map(Reason::as_str))
        .instant(hold.changed_at)
        .number(hold.extensions)
        .text_or_null(hold.pending.map(HoldAct::as_str))
        .number(hold.revision);
}

impl Reader<'_> {
    /// A hold.
    pub async fn hold_by_id(&mut self, id: HoldId) -> Result<Option<Hold>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let found = self.row("SELECT * FROM hold WHERE id = $1", values).await?;
        found.as_ref().map(read).transpose()
    }

    /// A hold as somebody wants to have its place again. The right is used up by another hold that rests on it, unless
    /// that was refused or given back.
    pub async fn hold_departed(&mut self, id: HoldId) -> Result<Option<Departed>, StorageError> {
        let Some(hold) = self.hold_by_id(id).await? else { return Ok(None) };
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id FROM hold WHERE reentry_of = $1 \
                         AND state NOT IN ('REFUSED', 'CANCELLED', 'EXPIRED') LIMIT 1";
        let is_used = self.row(statement, values).await?.is_some();
        Ok(Some(Departed { hold, is_used }))
    }

    /// Those who wait for an own service.
    pub(super) async fn holds_waiting(
        &mut self,
        service: ServiceId,
    ) -> Result<Vec<Hold>, StorageError> {
        let mut values = Values::new();
        values.bytes(service.as_bytes());
        let statement = "SELECT hold.* FROM hold_counted \
                         JOIN hold ON hold.id = hold_counted.hold_id \
                         WHERE hold_counted.service_id = $1 AND hold_counted.promise = 'WAITING'";
        self.rows(statement, values).await?.iter().map(read).collect()
    }

    /// The threads of holds, as far as there are any.
    pub(super) async fn threads(
        &mut self,
        holds: &[Hold],
    ) -> Result<BTreeMap<HoldId, Chain>, StorageError> {
        let mut threads = BTreeMap::new();
        for hold in holds {
            let chain = self.chain(hold.conversation(), &hold.holder).await?;
            threads.extend(chain.map(|chain| (hold.id, chain)));
        }
        Ok(threads)
    }

    /// The hold that was asked for under a caller's key, and the digest of that request.
    pub async fn hold_by_idempotency_key(
        &mut self,
        key: [u8; 16],
    ) -> Result<Option<(Hold, Digest)>, StorageError> {
        let mut values = Values::new();
        values.bytes(&key);
        let found = self.row("SELECT * FROM hold WHERE idempotency_key = $1", values).await?;
        let Some(found) = found else { return Ok(None) };
        let digest = StoredRow::new(TABLE, "id", &found).fixed("request_digest")?;
        Ok(Some((read(&found)?, digest)))
    }

    /// What is promised of an own service, added up from the holds of it that are not over.
    pub(super) async fn promised(&mut self, service: ServiceId) -> Result<Promised, StorageError> {
        let mut values = Values::new();
        values.bytes(service.as_bytes());
        let statement = "SELECT promise, place_for, period, CAST(SUM(places) AS BIGINT) AS places \
                         FROM hold_counted WHERE service_id = $1 \
                         GROUP BY promise, place_for, period";
        let mut promised = Promised::default();
        for found in self.rows(statement, values).await? {
            let row = StoredRow::new("hold_counted", "place_for", &found);
            let line = LineKey {
                place_for: row.coded("place_for", PlaceFor::parse)?,
                period: row.coded("period", Period::parse)?,
            };
            promised.add(row.coded("promise", Promise::parse)?, line, row.count("places")?);
        }
        Ok(promised)
    }

    /// Holds that are held past their time, at most `limit`.
    pub async fn holds_past(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Hold>, StorageError> {
        let mut values = Values::new();
        values.instant(now).number(limit);
        let statement = "SELECT * FROM hold WHERE state = 'HELD' AND expires_at <= $1 \
                         ORDER BY expires_at, id LIMIT $2";
        self.rows(statement, values).await?.iter().map(read).collect()
    }

    /// Holds that are not over, the newest first, at most `limit`.
    pub async fn holds_live(&mut self, limit: u32) -> Result<Vec<Hold>, StorageError> {
        let mut values = Values::new();
        values.number(limit);
        let statement = "SELECT * FROM hold WHERE state IN ('REQUESTED', 'WAITING', 'HELD', 'CONFIRMED') \
                         ORDER BY requested_at DESC, id LIMIT $1";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<Hold, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let state = match row.text("state")? {
        "REQUESTED" => HoldState::Requested,
        "WAITING" => HoldState::Waiting { position: row.count("position")? },
        "HELD" => HoldState::Held { expires_at: row.instant("expires_at")? },
        "CONFIRMED" => HoldState::Confirmed,
        "REFUSED" => HoldState::Refused(row.coded("reason", Reason::parse)?),
        "CANCELLED" => HoldState::Cancelled,
        "EXPIRED" => HoldState::Expired,
        "DEPARTED" => HoldState::Departed,
        "TAKEN_BACK" => HoldState::TakenBack,
        _ => return Err(row.inconsistent("state")),
    };
    Ok(Hold {
        id: row.fixed("id")?,
        publisher: row.coded("publisher", |text| OrgId::parse(text).ok())?,
        holder: row.coded("holder", |text| OrgId::parse(text).ok())?,
        items: row.coded("items", items_from_text)?,
        with_child: row.flag("with_child")?,
        agreement_id: row.fixed("agreement_id")?,
        agreement_version: row.count("agreement_version")?,
        rule_id: row.text("rule_id")?.to_owned(),
        counts_since: row.instant_or_null("counts_since")?,
        requested_at: row.instant("requested_at")?,
        reentry_of: row.fixed_or_null("reentry_of")?,
        ttl: Seconds(row.number("ttl")?),
        state,
        changed_at: row.instant("changed_at")?,
        extensions: row.count("extensions")?,
        pending: row.coded_or_null("pending", HoldAct::parse)?,
        revision: row.count("revision")?,
    })
}

fn items_to_text(items: &[HoldItem]) -> String {
    let item = |item: &HoldItem| {
        let LineKey { place_for, period } = item.line;
        let (place_for, period) = (place_for.as_str(), period.as_str());
        format!("{}/{place_for}/{period}/{}", item.service, item.places)
    };
    items.iter().map(item).collect::<Vec<_>>().join(",")
}

fn items_from_text(text: &str) -> Option<Vec<HoldItem>> {
    let item = |text: &str| {
        let mut parts = text.split('/');
        let service = parts.next()?.parse().ok()?;
        let place_for = PlaceFor::parse(parts.next()?)?;
        let period = Period::parse(parts.next()?)?;
        let places = parts.next()?.parse().ok()?;
        let line = LineKey { place_for, period };
        parts.next().is_none().then_some(HoldItem { service, line, places })
    };
    text.split(',').map(item).collect()
}
