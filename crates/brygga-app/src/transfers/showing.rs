//! Transfers as they are shown to the unit's own people.

use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::transfer::Transfer;
use brygga_domain::{Reason, Refusal, TransferId};
use brygga_exchange::transfer::{StoredPart, TransferPart};
use brygga_identity::caller::Caller;
use brygga_storage::StorageError;
use brygga_wire::local::TransferSecrets;
use brygga_wire::transfer::{decode_content, decode_words};
use zeroize::Zeroizing;

use super::{LISTED_FOR, LISTED_MAX, transfer_access};
use crate::access::access;
use crate::content::{Kept, SealedFor};
use crate::referrals::may_see;
use crate::{App, AppError};

impl App {
    /// Shows a transfer with what this node can open of it.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or another unit's.
    pub async fn transfer_show(
        &self,
        caller: &Caller,
        id: TransferId,
    ) -> Result<(Transfer, TransferSecrets), AppError> {
        let held = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let transfer = reader.transfer_by_id(id).await?;
                Ok((transfer, reader.transfer_parts(id).await?))
            })
        });
        let (transfer, parts) = held.await?;
        let transfer = transfer.filter(|held| may_see(caller, held.own_unit()));
        let transfer = transfer.ok_or(Refusal::new(Reason::NotFound))?;
        self.log_access(transfer_access(caller, "transfer.show", &transfer)).await?;
        let mut secrets = TransferSecrets::default();
        for stored in parts {
            let Some(opened) = self.transfer_part(&transfer, &stored).await? else { continue };
            match stored.part {
                TransferPart::Request => secrets.content = decode_content(&opened).ok(),
                TransferPart::Answer => secrets.answer = decode_words(&opened).ok(),
                TransferPart::HandOver => secrets.hand_over = decode_words(&opened).ok(),
            }
        }
        Ok((transfer, secrets))
    }

    /// Opens a part; none where it is erased.
    pub(crate) async fn transfer_part(
        &self,
        transfer: &Transfer,
        stored: &StoredPart,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let Some(content) = &stored.content else { return Ok(None) };
        let sealed_for =
            SealedFor { message: stored.id, sender: transfer.peer(), unit: transfer.own_unit() };
        let sealed_for = (!stored.is_own).then_some(sealed_for);
        self.opened_bytes(Kept::TransferPart(stored.id), content, sealed_for).await
    }

    /// The transfers of the caller's units without content: those that are not over, and those that are since less than
    /// 30 days.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn transfer_list(&self, caller: &Caller) -> Result<Vec<Transfer>, AppError> {
        let seen = access(caller, "transfer.list", AccessObject::List, None, AccessGround::OwnUnit);
        self.log_access(seen).await?;
        let since = self.now().minus(LISTED_FOR);
        let found = self
            .parts()
            .store
            .read(move |reader| Box::pin(reader.transfers_since(since, LISTED_MAX)));
        let found = found.await?;
        Ok(found.into_iter().filter(|held| may_see(caller, held.own_unit())).collect())
    }
}
