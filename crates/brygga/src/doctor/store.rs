//! The database as a finding: reachable, migrated, safe and whole, and of a size that can be kept.

use std::sync::Arc;

use brygga_app::{RetentionReport, to_count};
use brygga_audit::Checkpoint;
use brygga_domain::access::BreakGlass;
use brygga_domain::capacity::Freshness;
use brygga_domain::stop::ANSWER_WITHIN;
use brygga_domain::{OrgId, Timestamp};
use brygga_identity::trust::MAX_CLOCK_LEAD;
use brygga_policy::AgreementBook;
use brygga_storage::{Reader, StorageError, Store, StoreFinding};

use super::disk::mebibytes;
use super::{Examination, Fault, Finding, View, waiting};
use crate::store_address::store_settings;
use crate::when;

pub(super) async fn look(view: &View<'_>, found: &mut Examination) {
    let address = match store_settings(view.settings) {
        Ok(address) => address,
        Err(failure) => {
            let values = [("detail", &*failure.text(view.at.language))];
            found.findings.push(view.found(Fault::StoreAddress, &values));
            return;
        }
    };
    let store = match Store::open(&address).await {
        Ok(store) => store,
        Err(error) => {
            found.findings.push(unopened(view, &error));
            return;
        }
    };
    let checked = store.check().await.into_iter();
    found.findings.extend(checked.filter_map(|checked| faulty(view, checked)));
    // What cannot be read has been said by the check.
    let due = Due {
        answer: view.now().minus(ANSWER_WITHIN),
        evaluation: view.now(),
        review: view.now().minus(BreakGlass::REVIEW_WITHIN),
    };
    let me = view.settings.node.organisation.clone();
    let read = store.read(move |reader| {
        let me = me.clone();
        Box::pin(async move { read(reader, &me, due).await })
    });
    if let Ok(read) = read.await {
        found.figures.database_bytes = Some(read.bytes);
        found.findings.extend(outgrown(view, read.bytes, found.figures.free_bytes));
        found.findings.extend(clock(view, read.newest_checkpoint.as_deref()));
        waiting::look(view, &read.outbox, found);
        waiting::look_at_people(view, read.stops_overdue, read.referrals_unhandled, found);
        waiting::look_at_reviews(view, read.reviews_overdue, found);
        waiting::look_at_evaluations(view, read.evaluations_due, found);
        waiting::look_at_services(view, read.services_stale, found);
        waiting::look_at_retention(view, read.retention.as_deref(), found);
    }
    store.close().await;
}

/// What is read in one go.
struct Held {
    bytes: u64,
    evaluations_due: usize,
    newest_checkpoint: Option<String>,
    outbox: brygga_storage::OutboxCounts,
    referrals_unhandled: u64,
    reviews_overdue: u64,
    services_stale: usize,
    stops_overdue: u64,
    retention: Option<Vec<u8>>,
}

/// What is late where it is older.
#[derive(Clone, Copy)]
struct Due {
    answer: Timestamp,
    evaluation: Timestamp,
    review: Timestamp,
}

async fn read(reader: &mut Reader<'_>, me: &OrgId, due: Due) -> Result<Held, StorageError> {
    let agreements = reader.agreement_records().await?.into_iter().map(Arc::new);
    let (book, own) = (AgreementBook::new(agreements), reader.services_since(0).await?);
    let services = to_count(&book, me, own.iter().map(|(_, stored)| stored), due.evaluation);
    let stale = services.into_iter().filter(|one| one.freshness == Freshness::Stale);
    Ok(Held {
        bytes: reader.database_size().await?.bytes,
        evaluations_due: book.to_evaluate(due.evaluation).count(),
        newest_checkpoint: reader.audit_latest_checkpoint().await?.map(|newest| newest.note),
        outbox: reader.outbox_counts().await?,
        referrals_unhandled: reader.referrals_unhandled().await?,
        services_stale: stale.count(),
        reviews_overdue: reader.break_glasses_unreviewed_before(due.review).await?,
        stops_overdue: reader.stops_overdue(due.answer).await?,
        retention: reader.note(RetentionReport::NOTE).await?,
    })
}

fn unopened(view: &View<'_>, error: &StorageError) -> Finding {
    let detail = error.to_string();
    let fault = match error {
        StorageError::Unmigrated { .. } => Fault::StoreUnmigrated,
        StorageError::Unavailable => Fault::StoreUnavailable,
        StorageError::Url => Fault::StoreAddress,
        StorageError::WeakSetting { .. } => Fault::StoreSetting,
        _ => Fault::StoreUnsound,
    };
    // The code is the error's own, so that it is the same wherever it is met.
    Finding { code: error.code().to_owned(), ..view.found(fault, &[("detail", &detail)]) }
}

fn faulty(view: &View<'_>, checked: StoreFinding) -> Option<Finding> {
    let problem = checked.problem?;
    let fault = match checked.subject {
        "file" => Fault::StoreFile,
        "settings" => Fault::StoreSetting,
        "schema" => Fault::StoreUnmigrated,
        "reachable" => Fault::StoreUnavailable,
        _ => Fault::StoreUnsound,
    };
    let code = format!("STORE_{}", checked.subject.to_uppercase());
    Some(Finding { code, ..view.found(fault, &[("detail", &problem)]) })
}

/// A backup is a copy beside the database.
pub(super) fn outgrown(view: &View<'_>, bytes: u64, free: Option<u64>) -> Option<Finding> {
    let free = free.filter(|free| bytes > *free)?;
    let values = [("size", &*mebibytes(bytes)), ("free", &mebibytes(free))];
    Some(view.found(Fault::DatabaseOutgrowsDisk, &values))
}

/// The node has signed something at an instant that this clock has not reached.
fn clock(view: &View<'_>, newest: Option<&str>) -> Option<Finding> {
    let signed = Checkpoint::parse_own(newest?)?.time;
    (signed > view.now().plus(MAX_CLOCK_LEAD)).then(|| {
        let (signed, clock) = (when::swedish(signed), when::swedish(view.now()));
        view.found(Fault::ClockWentBack, &[("signed", &signed), ("clock", &clock)])
    })
}
