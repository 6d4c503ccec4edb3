//! The work list: one side's referrals, newest first, a page at a time.

use std::collections::BTreeSet;

use brygga_domain::UnitId;
use brygga_domain::access::Behalf;
use brygga_domain::referral::{Delivery, Referral, Side};

use super::{TABLE, row};
use crate::error::StorageError;
use crate::outbox;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::values::Values;

/// Which referrals are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralFilter {
    /// Which end this node is.
    pub side: Side,
    /// Only those that are not final, and at the source those that ended and nobody has acknowledged.
    pub open_only: bool,
    /// Only those of these functions at this node, none being the intake, and those of `behalves`; all functions where
    /// unset.
    pub units: Option<Vec<Option<UnitId>>>,
    /// With `units` also those that such a unit made on behalf of such a board.
    pub behalves: BTreeSet<Behalf>,
    /// Only those before this place, from [`ReferralListed::place`] of the page before.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// One referral in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralListed {
    /// The referral.
    pub referral: Referral,
    /// At the source, how far the request has come on its way; none at the target.
    pub delivery: Option<Delivery>,
    /// Place in the order of arrival at this node.
    pub place: i64,
}

macro_rules! list_statement {
    ($which:literal) => {
        concat!(
            "SELECT referral.seq, outbox.state AS outbox_state, outbox.refusal AS outbox_refusal, ",
            referral_columns!(),
            " FROM referral LEFT JOIN outbox ON outbox.message_id = referral.request_message ",
            "WHERE referral.side = $1 AND referral.seq < $2 ",
            "AND ($3 = '' OR $3 LIKE '%,' || referral.own_unit || ',%' ",
            "OR $4 LIKE '%,' || referral.own_unit || '/' || referral.shared_unit || ',%') ",
            $which,
            "ORDER BY referral.seq DESC LIMIT $5"
        )
    };
}

const ALL: &str = list_statement!("");
/// The condition of the index `referral_open`, word for word.
const OPEN: &str = list_statement!(
    "AND (referral.status IN ('REQUESTED', 'ACCEPTED', 'IN_PROGRESS', 'CANCELLATION_REQUESTED', 'ON_HOLD') \
     OR (referral.side = 'SOURCE' AND referral.status <> 'ENTERED_IN_ERROR' \
     AND referral.loop_closed_at IS NULL)) "
);

impl Reader<'_> {
    /// One page of the list, newest first.
    pub async fn referral_list(
        &mut self,
        filter: &ReferralFilter,
    ) -> Result<Vec<ReferralListed>, StorageError> {
        let mut values = Values::new();
        values
            .text(row::side_to_text(filter.side))
            .number(filter.before.unwrap_or(i64::MAX))
            .text(&units_to_text(filter.units.as_deref()))
            .text(&behalves_to_text(&filter.behalves))
            .number(filter.limit);
        let statement = if filter.open_only { OPEN } else { ALL };
        let found = self.rows(statement, values).await?;
        let read = |found| {
            let stored = StoredRow::new(TABLE, "id", found);
            let referral = row::referral(&stored)?;
            let delivery = outbox::delivery(&stored)?;
            Ok(ReferralListed { referral, delivery, place: stored.number("seq")? })
        };
        found.iter().map(read).collect()
    }
}

/// `,a,b,`: each unit between commas, so that one `LIKE` finds it; units hold no wildcard.
/// No unit at all is `,`, which matches nothing; every unit is the empty text.
fn units_to_text(units: Option<&[Option<UnitId>]>) -> String {
    let Some(units) = units else { return String::new() };
    let mut text = String::from(",");
    for unit in units {
        text.push_str(unit.as_ref().map_or(row::INTAKE, UnitId::as_str));
        text.push(',');
    }
    text
}

/// `,a/b,c/b,`: each board with the unit that acts for it, as [`units_to_text`]; units hold no slash.
fn behalves_to_text(behalves: &BTreeSet<Behalf>) -> String {
    let mut text = String::from(",");
    for Behalf { board, unit } in behalves {
        text.push_str(&format!("{board}/{unit},"));
    }
    text
}
