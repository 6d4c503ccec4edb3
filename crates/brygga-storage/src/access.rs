//! Who may see a referral, who has seen what, and the reviews of that.

mod log;
mod rights;

use brygga_domain::access::{
    Approval, BreakGlass, ConsentKeeper, Handler, InsideDisclosure, ReviewFinding,
};
use brygga_domain::{ConsentId, ReferralId, UnitId};
use brygga_exchange::access::{AccessEntry, AccessReview, AccessWrites};

use crate::batch::Batch;
use crate::error::StorageError;
use crate::text_form::categories_to_text;
use crate::transaction::Transaction;
use crate::values::Values;

pub use log::{AccessFilter, AccessListed};

static LOG: Batch = Batch::new(
    "INSERT INTO access_log (at, subject, roles, unit, on_behalf_of, action, object_kind, object_id, \
     data_categories, ground, ground_detail, leaf) VALUES",
    12,
    "",
);

static HANDLERS: Batch = Batch::new(
    "INSERT INTO referral_handler (referral_id, subject, assigned_by, since) VALUES",
    4,
    " ON CONFLICT (referral_id, subject) DO NOTHING",
);

static KEEPERS: Batch =
    Batch::new("INSERT INTO consent_keeper (consent_id, recorded_by, unit) VALUES", 3, "");

/// Only the taking back of a disclosure can change, once and for good.
static DISCLOSURES: Batch = Batch::new(
    "INSERT INTO inside_disclosure (id, referral_id, unit, ground, gdpr_basis, justification, \
     disclosed_by, disclosed_at, revoked_by, revoked_at) VALUES",
    10,
    " ON CONFLICT (id) DO UPDATE SET \
     revoked_by = COALESCE(inside_disclosure.revoked_by, excluded.revoked_by), \
     revoked_at = COALESCE(inside_disclosure.revoked_at, excluded.revoked_at)",
);

/// Approval and review happen once; whoever comes first stays.
static GLASSES: Batch = Batch::new(
    "INSERT INTO break_glass (id, referral_id, opened_by, opened_at, reason, justification, \
     approved_by, approved_at, review_id) VALUES",
    9,
    " ON CONFLICT (id) DO UPDATE SET \
     approved_by = COALESCE(break_glass.approved_by, excluded.approved_by), \
     approved_at = COALESCE(break_glass.approved_at, excluded.approved_at), \
     review_id = COALESCE(break_glass.review_id, excluded.review_id)",
);

static REVIEWS: Batch = Batch::new(
    "INSERT INTO access_review (id, reviewer, signed_at, findings, statement, key_id, signature) \
     VALUES",
    7,
    "",
);

static FORGET_DISCLOSURES: Batch = Batch::new(
    "UPDATE inside_disclosure SET justification = '' WHERE referral_id IN (VALUES",
    1,
    ")",
);

static FORGET_GLASSES: Batch =
    Batch::new("UPDATE break_glass SET justification = '' WHERE referral_id IN (VALUES", 1, ")");

/// Stores what decisions change about access.
pub(crate) async fn write(
    transaction: &mut Transaction<'_>,
    writes: &AccessWrites,
) -> Result<(), StorageError> {
    transaction.write(&HANDLERS, &writes.handlers, false, bind_handler).await?;
    transaction.write(&KEEPERS, &writes.consent_keepers, false, bind_keeper).await?;
    transaction.write(&DISCLOSURES, &writes.disclosures, true, bind_disclosure).await?;
    transaction.write(&GLASSES, &writes.glasses, true, bind_glass).await?;
    transaction.write(&REVIEWS, &writes.reviews, false, bind_review).await?;
    transaction.write(&LOG, &writes.entries, false, bind_entry).await
}

/// What people wrote about a case goes with its content; who decided what stays.
pub(crate) async fn forget_words(
    transaction: &mut Transaction<'_>,
    cases: &[ReferralId],
) -> Result<(), StorageError> {
    let bind = |id: &ReferralId, values: &mut Values| {
        values.bytes(id.as_bytes());
    };
    transaction.write(&FORGET_DISCLOSURES, cases, false, bind).await?;
    transaction.write(&FORGET_GLASSES, cases, false, bind).await
}

fn bind_entry(entry: &AccessEntry, values: &mut Values) {
    let access = &entry.access;
    values
        .instant(entry.at)
        .text(&access.by.subject)
        .text(&access.by.roles)
        .text_or_null(access.by.unit.as_ref().map(UnitId::as_str))
        .text_or_null(access.by.on_behalf_of.as_ref().map(UnitId::as_str))
        .text(&access.action)
        .text(access.object.kind())
        .bytes_or_null(access.object.id().map(<[u8; 16]>::as_slice))
        .text(&categories_to_text(&access.data_categories))
        .text(access.ground.as_str())
        .text(&access.ground.detail())
        .bytes(entry.leaf.as_bytes());
}

fn bind_handler((referral, handler): &(ReferralId, Handler), values: &mut Values) {
    values
        .bytes(referral.as_bytes())
        .text(&handler.subject)
        .text_or_null(handler.assigned_by.as_deref())
        .instant(handler.since);
}

fn bind_keeper((consent, kept): &(ConsentId, ConsentKeeper), values: &mut Values) {
    values
        .bytes(consent.as_bytes())
        .text(&kept.recorded_by)
        .text_or_null(kept.unit.as_ref().map(UnitId::as_str));
}

fn bind_disclosure(disclosure: &InsideDisclosure, values: &mut Values) {
    let revocation = disclosure.revocation.as_ref();
    values
        .bytes(disclosure.id.as_bytes())
        .bytes(disclosure.referral_id.as_bytes())
        .text(disclosure.unit.as_str())
        .text(disclosure.ground.as_str())
        .text(disclosure.gdpr_basis.as_str())
        .text(&disclosure.justification)
        .text(&disclosure.disclosed_by)
        .instant(disclosure.disclosed_at)
        .text_or_null(revocation.map(|revocation| revocation.by.as_str()))
        .instant_or_null(revocation.map(|revocation| revocation.at));
}

fn bind_glass(glass: &BreakGlass, values: &mut Values) {
    let approval: Option<&Approval> = glass.approval.as_ref();
    values
        .bytes(glass.id.as_bytes())
        .bytes(glass.referral_id.as_bytes())
        .text(&glass.opened_by)
        .instant(glass.opened_at)
        .text(glass.reason.as_str())
        .text(&glass.justification)
        .text_or_null(approval.map(|approval| approval.by.as_str()))
        .instant_or_null(approval.map(|approval| approval.at))
        .bytes_or_null(glass.review.as_ref().map(|review| review.as_bytes().as_slice()));
}

fn bind_review(review: &AccessReview, values: &mut Values) {
    let findings: Vec<&str> = review.findings.iter().copied().map(ReviewFinding::as_str).collect();
    values
        .bytes(review.id.as_bytes())
        .text(&review.reviewer)
        .instant(review.signed_at)
        .text(&findings.join(","))
        .text(&review.statement)
        .bytes(review.key_id.as_bytes())
        .bytes(&review.signature);
}
