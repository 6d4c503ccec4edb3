//! The way from the first arrears to an eviction, or to none: signals that go on from one another, and Kronofogden's notices
//! that the municipality has linked to them.

use brygga_domain::notice::NoticeSide;
use brygga_domain::{NoticeId, Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_wire::local::ChainLink;

use crate::{App, AppError};

/// Signals of one chain.
const CHAIN_MAX: u32 = 100;

impl App {
    /// The chain of a signal, in the order of sending, without what the caller may not see.
    pub(super) async fn chain_of(
        &self,
        caller: &Caller,
        id: NoticeId,
    ) -> Result<Vec<ChainLink>, AppError> {
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let signals = reader.signal_chain(id, CHAIN_MAX).await?;
                let linked = signals.iter().flat_map(|signal| &signal.steps);
                let linked: Vec<_> = linked.filter_map(|taken| taken.notice).collect();
                let mut notices = Vec::new();
                for id in linked {
                    notices.extend(reader.notice_by_id(id).await?);
                }
                Ok((signals, notices))
            })
        });
        let (signals, mut notices) = found.await?;
        notices.sort_by_key(|notice| notice.id);
        notices.dedup_by_key(|notice| notice.id);
        let now = self.now();
        let signals = signals.into_iter().filter(|one| self.sees_signal(caller, one, now));
        let notices = notices.into_iter().filter(|one| self.shows(caller, one));
        let mut chain: Vec<_> =
            signals.map(ChainLink::signal).chain(notices.map(ChainLink::notice)).collect();
        chain.sort_by_key(ChainLink::sent_at);
        Ok(chain)
    }

    /// Whether a notice of Kronofogden can be linked to a signal: the caller may show it, and the person is not protected,
    /// whose notices are named nowhere else.
    pub(super) async fn check_link(&self, caller: &Caller, id: NoticeId) -> Result<(), AppError> {
        let notice = self.notice_of(caller, id).await?;
        let is_linked = notice.side == NoticeSide::Recipient && !notice.protected;
        if is_linked { Ok(()) } else { Err(Refusal::new(Reason::NotFound).into()) }
    }
}
