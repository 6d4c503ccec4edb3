//! Holds, and those of own services that count.

use brygga_crypto::Digest;
use brygga_domain::capacity::{Hold, HoldAct, HoldItem, HoldState, LineKey, Period, PlaceFor};
use brygga_domain::{HoldId, OrgId, Reason, Seconds, ServiceId, Timestamp};
use brygga_exchange::capacity::{CapacityWrites, NewHold};
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
     rule_id, places, counts_since, requested_at, ttl, state, expires_at, reason, changed_at, extensions, pending, \
     revision, idempotency_key, request_digest) VALUES",
    21,
    "",
);

static UPDATE: Batch = Batch::new(
    "UPDATE hold SET state = step.column3, expires_at = step.column4, reason = step.column5, \
     changed_at = step.column6, extensions = step.column7, pending = step.column8, \
     revision = step.column9 FROM (VALUES",
    9,
    ") AS step WHERE hold.id = step.column1 AND hold.revision = step.column2",
);

static COUNT: Batch = Batch::new("INSERT INTO hold_counted (service_id, hold_id) VALUES", 2, "");

static COUNT_NO_MORE: Batch =
    Batch::new("DELETE FROM hold_counted WHERE hold_id IN (VALUES", 1, ")");

/// Stores holds. At the publisher a hold counts from its beginning until it is over.
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
    // The caller's key is given where somebody asks another, and the publisher's holds have none.
    let counted = writes.new_holds.iter().filter(|new| new.idempotency.is_none());
    let counted: Vec<_> = counted.flat_map(|new| services(&new.hold)).collect();
    let bind = |(service, hold): &(ServiceId, HoldId), values: &mut Values| {
        values.bytes(service.as_bytes()).bytes(hold.as_bytes());
    };
    transaction.write(&COUNT, &counted, false, bind).await?;
    let over = writes.changed_holds.iter().filter(|(hold, _)| !hold.state.is_live());
    let over: Vec<_> = over.map(|(hold, _)| hold.id).collect();
    let bind = |hold: &HoldId, values: &mut Values| {
        values.bytes(hold.as_bytes());
    };
    transaction.write(&COUNT_NO_MORE, &over, false, bind).await
}

/// The services of a hold, each once.
fn services(hold: &Hold) -> impl Iterator<Item = (ServiceId, HoldId)> {
    let mut services: Vec<_> = hold.items.iter().map(|item| item.service).collect();
    services.sort();
    services.dedup();
    let id = hold.id;
    services.into_iter().map(move |service| (service, id))
}

/// Puts what changes, in the order of both statements.
fn bind_progress(hold: &Hold, values: &mut Values) {
    let (state, expires_at, reason) = match hold.state {
        HoldState::Requested => ("REQUESTED", None, None),
        HoldState::Held { expires_at } => ("HELD", Some(expires_at), None),
        HoldState::Confirmed => ("CONFIRMED", None, None),
        HoldState::Refused(reason) => ("REFUSED", None, Some(reason)),
        HoldState::Cancelled => ("CANCELLED", None, None),
        HoldState::Expired => ("EXPIRED", None, None),
        HoldState::Departed => ("DEPARTED", None, None),
        HoldState::TakenBack => ("TAKEN_BACK", None, None),
    };
    values
        .text(state)
        .instant_or_null(expires_at)
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

    /// Holds of an own service that are not over.
    pub(super) async fn holds_counted(
        &mut self,
        service: ServiceId,
    ) -> Result<Vec<Hold>, StorageError> {
        let mut values = Values::new();
        values.bytes(service.as_bytes());
        let statement = "SELECT hold.* FROM hold_counted \
                         JOIN hold ON hold.id = hold_counted.hold_id \
                         WHERE hold_counted.service_id = $1";
        self.rows(statement, values).await?.iter().map(read).collect()
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
        let statement = "SELECT * FROM hold WHERE state IN ('REQUESTED', 'HELD', 'CONFIRMED') \
                         ORDER BY requested_at DESC, id LIMIT $1";
        self.rows(statement, values).await?.iter().map(read).collect()
    }
}

fn read(found: &AnyRow) -> Result<Hold, StorageError> {
    let row = StoredRow::new(TABLE, "id", found);
    let state = match row.text("state")? {
        "REQUESTED" => HoldState::Requested,
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
