//! The use cases with their input and output: load what is held, let [`brygga_exchange`] decide,
//! store the result in one transaction. Both faces of the node and its background work call here,
//! so that there is one way to do each thing.

mod access;
mod aggregates;
mod agreement_cache;
mod agreements;
mod alarms;
mod audit_log;
mod awaiting;
mod calls;
mod capacity;
mod case_keys;
mod clockwork;
mod consent_words;
mod consents;
mod content;
mod deliveries;
mod directory;
mod envelopes;
mod erase;
mod error;
mod explaining;
mod monitor;
mod notes;
mod notices;
mod offers;
mod paging;
mod places;
mod proposing;
mod quotas;
mod receiving;
mod referrals;
mod register;
mod relay;
mod relocations;
mod requesting;
mod rerouting;
mod retention;
mod signals;
mod stops;
mod transfers;

use std::sync::Arc;

use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, Seconds, Timestamp};
use brygga_exchange::Local;
use brygga_exchange::retry::RetryPolicy;
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::trust::{TrustStore, TrustView};
use brygga_storage::Store;

pub use access::{REVIEW_WITHIN, ReviewBook, SampleDrawn, width_of};
pub use aggregates::AgreementAggregates;
pub use agreement_cache::AgreementCache;
pub use audit_log::AuditProgress;
pub use calls::CallView;
pub use capacity::{
    CapacityBoard, FoundCapacity, FoundHit, FoundMiss, Heard, HoldWish, KnownService, OwnService,
    PublishedService, Seen, Step, WAIT_MAX, WatchedFrom, Window, to_count,
};
pub use case_keys::CaseKeys;
pub use consents::ConsentDetails;
pub use deliveries::DueMessages;
pub use error::AppError;
pub use explaining::ExplainedPublication;
pub use offers::OfferView;
pub use paging::{ListPage, ListPlace, SORTED_MAX};
pub use proposing::ProposalManner;
pub use quotas::QuotaStanding;
pub use receiving::Arrival;
pub use referrals::{ListWish, ReferralDetails, ReferralPage, ReferralView};
pub use register::RegisterPortion;
pub use relay::{Filled, RelayBoards, RelayDesk, RelayedNetwork};
pub use relocations::Proof;
pub use retention::{Outlook, RetentionCase, RetentionPlan, RetentionReport};
pub use signals::LateSignals;

/// Everything that a node's use cases need. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// The node's own organisation.
    pub organisation: OrgId,
    /// Federation that it belongs to.
    pub federation: String,
    /// Wall clock.
    pub clock: Arc<dyn Clock>,
    /// Its keys.
    pub keys: NodeKeys,
    /// Whom it trusts.
    pub trust: Arc<TrustStore>,
    /// Where it keeps things.
    pub store: Store,
    /// Keys of cases, apart from what they open.
    pub case_keys: CaseKeys,
    /// How it retries.
    pub retry: RetryPolicy,
    /// How long it tries a message before it gives it up.
    pub message_lifetime: Seconds,
    /// Telephone number for duties that cannot wait for a node; none where nobody answers.
    pub duty_phone: Option<String>,
    /// Agreements in force, refreshed when they change.
    pub agreements: AgreementCache,
    /// Own services as others are told of them, and others' as they tell of them.
    pub capacity: CapacityBoard,
    /// The cells of exchange networks whose relay this node is.
    pub relay: RelayBoards,
}

impl App {
    /// Puts the parts together; the agreement cache is filled by [`Self::refresh_agreements`].
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The parts.
    pub fn parts(&self) -> &Parts {
        &self.0
    }

    /// The present instant of the node's clock.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// What is believed about the federation at this instant.
    pub fn trust(&self) -> TrustView {
        self.0.trust.at(self.now())
    }

    /// Runs a decision as this organisation, at this instant, with the system's randomness.
    fn locally<T>(&self, decide: impl FnOnce(&mut Local<'_>) -> T) -> T {
        let mut rng = SystemRandom;
        decide(&mut Local {
            organisation: &self.0.organisation,
            signing_key: self.0.keys.signing(),
            now: self.now(),
            message_lifetime: self.0.message_lifetime,
            rng: &mut rng,
        })
    }
}
