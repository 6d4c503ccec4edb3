//! The registrar's view: the register of official documents, read, exported and kept.
//!
//! Two ends of an export: the node says up to which number nothing more can come, and the
//! registrar says that the file is kept. Only then may anything in it be purged.

use brygga_crypto::Digest;
use brygga_domain::{Reason, Refusal};
use brygga_exchange::WriteSet;
use brygga_exchange::audit::{Actor, Verdict, leaf};
use brygga_exchange::register::RegisterExport;
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, RegisterFilter, RegisteredEntry};

use crate::{App, AppError};

/// Documents in one portion of an export.
const PORTION: u32 = 500;

/// A portion of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterPortion {
    /// Lowest number first.
    pub entries: Vec<RegisteredEntry>,
    /// The portion holds the numbers above this.
    pub after: u64,
    /// And up to this; equal to `last` in the last portion.
    pub next_after: u64,
    /// Highest number of the whole export.
    pub last: u64,
}

impl App {
    /// Documents of the register. The read leaves a leaf in the audit log.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn register_list(
        &self,
        caller: &Caller,
        filter: RegisterFilter,
    ) -> Result<Vec<RegisteredEntry>, AppError> {
        let store = &self.parts().store;
        let entries = store
            .glance(move |reader| Box::pin(async move { reader.register_list(&filter).await }));
        let entries = entries.await?;
        self.log_read(caller, "register.list", "-").await?;
        Ok(entries)
    }

    /// A portion of an export: the numbers above `after`, or above what is exported already.
    /// Without `last` it begins an export, which ends at the highest number of that moment.
    /// Each portion leaves a leaf in the audit log.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `last_number` for a number that is not given yet.
    pub async fn register_export(
        &self,
        caller: &Caller,
        after: Option<u64>,
        last: Option<u64>,
    ) -> Result<RegisterPortion, AppError> {
        let store = &self.parts().store;
        let settled = match last {
            Some(last) => last,
            None => store.register_settled().await?,
        };
        let found = store.read(move |reader| {
            Box::pin(async move {
                let given = reader.register_last().await?;
                let after = match after {
                    Some(after) => after,
                    None => reader.register_exported().await?,
                };
                let first = RegisterFilter::first(PORTION);
                let filter = RegisterFilter { after, until: settled, ..first };
                Ok((given, after, reader.register_list(&filter).await?))
            })
        });
        let (given, after, entries) = found.await?;
        if settled > given {
            return Err(Refusal::at(Reason::InvalidField, "last_number").into());
        }
        let is_full = u32::try_from(entries.len()).is_ok_and(|count| count == PORTION);
        let next = entries.last().filter(|_| is_full).map(|entry| entry.number);
        // A register that was exported to its end has nothing after it.
        let last = settled.max(after.min(given));
        let portion = RegisterPortion { entries, after, next_after: next.unwrap_or(last), last };
        self.log_read(caller, "register.export", &format!("{after}-{last}")).await?;
        Ok(portion)
    }

    /// Notes that the registrar keeps an export of the numbers above `after` up to `last`; returns
    /// how far the register is exported.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `last_number` for numbers that are not given yet or none at
    /// all, at `after_number` where they leave a gap to what was exported before.
    pub async fn register_confirm(
        &self,
        caller: &Caller,
        after: u64,
        last: u64,
        sha256: Digest,
    ) -> Result<u64, AppError> {
        let app = self.clone();
        let user = caller.subject().to_owned();
        let store = &self.parts().store;
        let confirmed = store.decide("register.confirm", move |reader| {
            let (app, user) = (app.clone(), user.clone());
            Box::pin(async move {
                let exported = reader.register_exported().await?;
                let given = reader.register_last().await?;
                let answer = check(after, last, exported, given).map(|()| exported.max(last));
                let verdict = answer.as_ref().err().cloned();
                let verdict = verdict.map_or(Verdict::Done, Verdict::Refused);
                let (subject, actor) = (format!("{after}-{last}"), Actor::User(user.clone()));
                let mut writes = WriteSet::default();
                app.locally(|local| {
                    writes.audit.push(leaf(local, &actor, "register.confirm", &subject, &verdict));
                });
                writes.register_exports.extend(answer.is_ok().then(|| RegisterExport {
                    first_number: after + 1,
                    last_number: last,
                    exported_at: app.now(),
                    exported_by: user,
                    sha256,
                }));
                Ok(Decision { writes, answer, read_keys: Vec::new() })
            })
        });
        confirmed.await?.map_err(AppError::Refused)
    }
}

/// An export counts where it goes on from what was exported before.
fn check(after: u64, last: u64, exported: u64, given: u64) -> Result<(), Refusal> {
    if last > given || last <= after {
        return Err(Refusal::at(Reason::InvalidField, "last_number"));
    }
    if after > exported {
        return Err(Refusal::at(Reason::InvalidField, "after_number"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_begins_where_the_last_one_ended_or_before() {
        assert_eq!(check(0, 7, 0, 9), Ok(()));
        assert_eq!(check(7, 9, 7, 9), Ok(()));
        assert_eq!(check(0, 9, 7, 9), Ok(()));
        let gap = check(8, 9, 7, 9).unwrap_err();
        assert_eq!((gap.reason, gap.field), (Reason::InvalidField, "after_number"));
    }

    #[test]
    fn numbers_that_nobody_was_given_are_not_exported() {
        for (after, last) in [(0, 10), (9, 9), (8, 3)] {
            let refusal = check(after, last, 9, 9).unwrap_err();
            assert_eq!(refusal.field, "last_number", "{after}-{last}");
        }
    }
}
