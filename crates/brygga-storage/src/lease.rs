//! Leases: which process delivers to a recipient, so that two do not send at the same time.

use brygga_domain::Timestamp;

use crate::error::StorageError;
use crate::store::Store;
use crate::values::Values;

impl Store {
    /// Takes the lease until `until`, or prolongs it for its owner. Returns whether `owner` has it now.
    ///
    /// `recipient` is an organisation, or the name of any other work that one process does at a
    /// time. NOT protected: a process that is paused beyond `until` may still be working.
    pub async fn lease_acquire(
        &self,
        recipient: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StorageError> {
        const ACQUIRE: &str = "INSERT INTO delivery_lease (recipient, owner, until) \
            VALUES ($1, $2, $4) ON CONFLICT (recipient) DO UPDATE \
            SET owner = excluded.owner, until = excluded.until \
            WHERE delivery_lease.until <= $3 OR delivery_lease.owner = excluded.owner \
            RETURNING owner";
        let (recipient, owner) = (recipient.to_owned(), owner.to_owned());
        self.direct("lease.acquire", move |reader| {
            let mut values = Values::new();
            values.text(&recipient).text(&owner).instant(now).instant(until);
            Box::pin(async move { Ok(reader.row(ACQUIRE, values).await?.is_some()) })
        })
        .await
    }

    /// Gives the lease back early; does nothing where another process has it.
    pub async fn lease_release(&self, recipient: &str, owner: &str) -> Result<(), StorageError> {
        const RELEASE: &str = "DELETE FROM delivery_lease WHERE recipient = $1 AND owner = $2";
        let (recipient, owner) = (recipient.to_owned(), owner.to_owned());
        self.direct("lease.release", move |reader| {
            let mut values = Values::new();
            values.text(&recipient).text(&owner);
            Box::pin(async move { reader.write(RELEASE, values).await.map(|_| ()) })
        })
        .await
    }
}
