//! Signals as they are shown.

use brygga_domain::access::{AccessGround, AccessObject};
use brygga_domain::signal::{Signal, SignalStep};
use brygga_domain::{NoticeId, Reason, Refusal, Seconds};
use brygga_exchange::notice::StoredNoticePart;
use brygga_identity::caller::Caller;
use brygga_storage::StorageError;
use brygga_wire::local::{ChainLink, SignalSecrets};
use brygga_wire::signal::decode_signal_content;
use zeroize::Zeroizing;

use super::signal_access;
use crate::access::access;
use crate::content::{Kept, SealedFor};
use crate::paging::{ListPage, ListPlace, SORTED_MAX, page};
use crate::{App, AppError};

/// How long what is over stays in the list.
const LISTED_FOR: Seconds = Seconds::days(30);

/// How much of what is open lies past its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateSignals {
    /// Signals that are open.
    pub open: u32,
    /// Those of which something is late.
    pub late: u32,
    /// Those that nobody has taken on.
    pub unhandled: u32,
    /// Notices of evictions that wait for a confirmation, without those of protected persons.
    pub notices_waiting: u64,
    /// Those of which it is late.
    pub notices_late: u64,
}

impl App {
    /// Shows a signal with what this node can open of it, and its chain.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or the caller may not see it.
    pub async fn signal_show(
        &self,
        caller: &Caller,
        id: NoticeId,
    ) -> Result<(Signal, SignalSecrets, Vec<ChainLink>), AppError> {
        let signal = self.signal_of(caller, id).await?;
        let store = &self.parts().store;
        let parts = store.read(move |reader| Box::pin(reader.notice_parts(id))).await?;
        self.log_access(signal_access(caller, "signal.show", &signal)).await?;
        let mut secrets = SignalSecrets::default();
        for stored in parts {
            let Some(opened) = self.signal_part(&signal, &stored).await? else { continue };
            let content = decode_signal_content(&opened).ok();
            let is_first = stored.id == signal.message_id;
            match content {
                // What does not fit is not what the sender was let to tell.
                Some(content) if is_first => {
                    secrets.content = Some(content).filter(|one| one.suits_subject(signal.subject));
                }
                Some(content) if content.tells_occupant() => secrets.occupant = Some(content),
                Some(content) if content.suits_step(SignalStep::Undertaking) => {
                    secrets.undertaking = Some(content);
                }
                Some(_) | None => {}
            }
        }
        let chain = self.chain_of(caller, id).await?;
        Ok((signal, secrets, chain))
    }

    pub(crate) async fn signal_part(
        &self,
        signal: &Signal,
        stored: &StoredNoticePart,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let Some(content) = &stored.content else { return Ok(None) };
        let sealed_for =
            SealedFor { message: stored.id, sender: signal.peer(), unit: signal.own_unit() };
        let sealed_for = (!stored.is_own).then_some(sealed_for);
        self.opened_bytes(Kept::NoticePart(stored.id), content, sealed_for).await
    }

    /// The signals that the caller may see, without content: first what is open, then what the agreement puts first, then
    /// what came first.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn signal_list(
        &self,
        caller: &Caller,
        after: Option<ListPlace>,
        limit: u32,
    ) -> Result<ListPage<Signal>, AppError> {
        let seen = access(caller, "signal.list", AccessObject::List, None, AccessGround::OwnUnit);
        self.log_access(seen).await?;
        let now = self.now();
        let since = now.minus(LISTED_FOR);
        let store = &self.parts().store;
        let found =
            store.read(move |reader| Box::pin(reader.signals_since(since, SORTED_MAX))).await?;
        let seen = found.into_iter().filter(|signal| self.sees_signal(caller, signal, now));
        let seen = seen.map(|signal| (place(&signal), signal)).collect();
        Ok(page(seen, after.as_ref(), limit))
    }

    /// How many signals are open here, late and unhandled, and how many notices wait: for whoever sees numbers and no person.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn signals_late(&self) -> Result<LateSignals, StorageError> {
        let now = self.now();
        let store = &self.parts().store;
        let open =
            store.read(move |reader| Box::pin(reader.signals_since(now, SORTED_MAX))).await?;
        let open = open.iter().filter(|signal| signal.outcome.is_none());
        let open: Vec<_> = open.filter(|signal| signal.not_taken.is_none()).collect();
        let count = |is: &dyn Fn(&Signal) -> bool| {
            u32::try_from(open.iter().filter(|signal| is(signal)).count()).unwrap_or(u32::MAX)
        };
        let waiting = store.glance(|reader| Box::pin(reader.notices_waiting())).await?;
        Ok(LateSignals {
            open: count(&|_| true),
            late: count(&|signal| signal.alarm(now).is_some()),
            unhandled: count(&|signal| !signal.has(SignalStep::TakenOn)),
            notices_waiting: waiting.0,
            notices_late: waiting.1,
        })
    }

    /// A signal that a caller may see.
    pub(super) async fn signal_of(
        &self,
        caller: &Caller,
        id: NoticeId,
    ) -> Result<Signal, AppError> {
        let store = &self.parts().store;
        let held = store.read(move |reader| Box::pin(reader.signal_by_id(id))).await?;
        let now = self.now();
        let held = held.filter(|held| self.sees_signal(caller, held, now));
        Ok(held.ok_or(Refusal::new(Reason::NotFound))?)
    }
}

/// Where a signal stands in the list.
fn place(signal: &Signal) -> ListPlace {
    ListPlace::in_class(u8::from(signal.outcome.is_some()))
        .then_number(signal.rank)
        .then_earlier(signal.sent_at)
        .then(signal.id.as_bytes())
}
