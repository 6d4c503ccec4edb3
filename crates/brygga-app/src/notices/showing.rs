//! Notices as they are shown: of a protected person whoever may not show it gets the case number only.

use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::notice::{EvictionNotice, NoticeSide};
use brygga_domain::{NoticeId, Reason, Refusal};
use brygga_exchange::notice::{NoticePart, StoredNoticePart};
use brygga_identity::caller::Caller;
use brygga_storage::StorageError;
use brygga_wire::local::{ListedNotice, NoticeSecrets};
use brygga_wire::notice::{decode_eviction, decode_responsible};
use zeroize::Zeroizing;

use super::sight::View;
use super::{LISTED_FOR, notice_access};
use crate::access::access;
use crate::content::{Kept, SealedFor};
use crate::paging::{ListPage, ListPlace, SORTED_MAX, page};
use crate::{App, AppError};

impl App {
    /// Shows a notice with what this node can open of it: what was told and confirmed last. Kronofogden's node does not
    /// show the content of a protected person's notice again.
    ///
    /// # Errors
    /// [`brygga_domain::Reason::NotFound`] where it is absent or the caller may not show it.
    pub async fn notice_show(
        &self,
        caller: &Caller,
        id: NoticeId,
    ) -> Result<(EvictionNotice, NoticeSecrets), AppError> {
        // Both at once, so that who works with it and how late it is fit together.
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let notice = reader.notice_by_id(id).await?;
                Ok((notice, reader.notice_parts(id).await?))
            })
        });
        let (notice, parts) = found.await?;
        let notice = notice.filter(|notice| self.shows(caller, notice));
        let notice = notice.ok_or(Refusal::new(Reason::NotFound))?;
        self.log_access(notice_access(caller, "notice.show", &notice)).await?;
        let mut secrets = NoticeSecrets::default();
        for stored in parts {
            let is_kept_back = notice.protected
                && notice.side == NoticeSide::Sender
                && stored.part == NoticePart::Eviction;
            if is_kept_back {
                continue;
            }
            let Some(opened) = self.notice_part(&notice, &stored).await? else { continue };
            match stored.part {
                NoticePart::Eviction => secrets.content = decode_eviction(&opened).ok(),
                NoticePart::Confirmation => secrets.responsible = decode_responsible(&opened).ok(),
                NoticePart::Signal => {}
            }
        }
        Ok((notice, secrets))
    }

    pub(crate) async fn notice_part(
        &self,
        notice: &EvictionNotice,
        stored: &StoredNoticePart,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let Some(content) = &stored.content else { return Ok(None) };
        let sealed_for =
            SealedFor { message: stored.id, sender: notice.peer(), unit: notice.own_unit() };
        let sealed_for = (!stored.is_own).then_some(sealed_for);
        self.opened_bytes(Kept::NoticePart(stored.id), content, sealed_for).await
    }

    /// The notices that the caller may know of, without content: those that are not over, and those that changed in the
    /// last 30 days; what waits for a confirmation and has children first, then what changed last.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn notice_list(
        &self,
        caller: &Caller,
        after: Option<ListPlace>,
        limit: u32,
    ) -> Result<ListPage<ListedNotice>, AppError> {
        let seen = access(caller, "notice.list", AccessObject::List, None, AccessGround::OwnUnit);
        self.log_access(seen).await?;
        let now = self.now();
        let since = now.minus(LISTED_FOR);
        let store = &self.parts().store;
        let found =
            store.read(move |reader| Box::pin(reader.notices_since(since, SORTED_MAX))).await?;
        let listed = |notice: EvictionNotice| match self.view(caller, &notice, now) {
            View::Whole => Some(ListedNotice::Whole(Box::new(notice))),
            View::NumberOnly => Some(ListedNotice::NumberOnly(notice.case_number)),
            View::Nothing => None,
        };
        let listed = found.into_iter().filter_map(listed).map(|one| (place(&one), one)).collect();
        Ok(page(listed, after.as_ref(), limit))
    }
}

/// Where one stands in the list. Among the others the place of one that is known by its number would tell when it came.
fn place(one: &ListedNotice) -> ListPlace {
    match one {
        ListedNotice::Whole(notice) => ListPlace::in_class(u8::from(!notice.comes_first()))
            .then_later(notice.changed_at)
            .then(notice.id.as_bytes()),
        ListedNotice::NumberOnly(number) => ListPlace::in_class(2).then(number.as_str().as_bytes()),
    }
}
