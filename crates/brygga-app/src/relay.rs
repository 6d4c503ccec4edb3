//! Exchange networks: which there are, what a node has for others there, and what it has got (docs/RELOCATION.md).
//!
//! Nothing here reads a letter: it is carried, and kept in cells that the node has sealed to itself.

mod desk;
mod office;
mod serving;

use brygga_crypto::{Cell, SystemRandom};
use brygga_domain::agreement::{AgreementRecord, AgreementState, NetworkTerms};
use brygga_domain::calendar::end_of_swedish_day;
use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{AgreementId, OrgId, ParcelId, Reason, Refusal, Timestamp};
use brygga_exchange::relay::StoredParcel;
use zeroize::Zeroizing;

use crate::App;

pub use desk::{Filled, RelayDesk};
pub(crate) use office::Incoming;
pub use serving::RelayBoards;

/// A network that this organisation takes part in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayedNetwork {
    /// Its agreement.
    pub agreement_id: AgreementId,
    /// Whose node is its relay.
    pub relay: OrgId,
    /// How it speaks.
    pub terms: NetworkTerms,
}

impl App {
    /// The networks in force that this organisation takes part in.
    pub fn relay_networks(&self) -> Vec<RelayedNetwork> {
        let (book, now) = (self.parts().agreements.book(), self.now());
        let own = book.of(&self.parts().organisation);
        let in_force = own.filter(|record| book.state(record, now) == AgreementState::Active);
        in_force.filter_map(|record| network_of(record)).collect()
    }

    /// A row of the post: a cell that the node seals to itself.
    pub(crate) fn post_kept(
        &self,
        id: ParcelId,
        expires_at: Timestamp,
        post: &[u8],
    ) -> Result<StoredParcel, Refusal> {
        let internal = || Refusal::new(Reason::RecipientInternal);
        let own = self.parts().keys.intake().next().ok_or_else(internal)?.public();
        let sealed = Cell::to_mailbox(&mut SystemRandom, &own, post).map_err(|_| internal())?;
        // To the day: the instant would tell when it was made.
        let needed_until = end_of_swedish_day(swedish_day(expires_at));
        Ok(StoredParcel { id, needed_until, sealed })
    }

    /// What such a row holds; none where the node's keys open it no more.
    fn post_opened(&self, stored: &StoredParcel) -> Option<Zeroizing<Vec<u8>>> {
        self.parts().keys.intake().find_map(|key| stored.sealed.open_as_mailbox(key))
    }
}

fn network_of(record: &AgreementRecord) -> Option<RelayedNetwork> {
    let terms = record.terms();
    Some(RelayedNetwork {
        agreement_id: terms.agreement_id,
        relay: terms.relay()?.clone(),
        terms: terms.network?,
    })
}
