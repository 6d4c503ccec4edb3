//! What a node keeps, in SQLite or PostgreSQL, behind one API and one set of statements.
//!
//! One call, one transaction: a decision reads, says in a [`brygga_exchange::WriteSet`] what is to
//! be stored, and is answered only after a durable commit. Decisions that wait at the same time
//! share a commit.
//!
//! Why the `Any` driver: each statement has one text and one way of binding for both databases, and
//! what differs is a short list in `dialect.rs`. The price is that only integers, text and bytes
//! exist: a flag is 0 or 1, an instant is milliseconds.
//! Why checked by conformance and not by the compiler: a macro checks against one database, and the
//! suite in `tests/` runs every method on both.

mod access;
mod aggregate;
mod agreement;
mod audit;
mod batch;
mod call;
mod capacity;
mod check;
mod connect;
mod consent;
mod conversation;
mod decision;
mod dialect;
mod engine;
mod erase;
mod error;
pub mod floor;
mod foresight;
mod group;
mod guard;
mod inbox;
mod lease;
mod migrate;
mod news;
mod note;
mod notice;
mod offer;
mod outbox;
mod pending;
mod purge;
mod quota;
mod reader;
mod referral;
mod register;
mod relay;
mod relocation;
mod retention;
mod row;
pub mod scratch;
mod settings;
mod signal;
mod stop;
mod store;
mod text_form;
mod transaction;
mod transfer;
mod values;
mod vault;
mod writer;

pub use access::{AccessFilter, AccessListed};
pub use audit::AuditCheckpoint;
pub use capacity::StoredReplica;
pub use check::{DatabaseSize, StoreFinding};
pub use decision::{Decision, Expectation};
pub use engine::Engine;
pub use erase::CaseSlots;
pub use error::StorageError;
pub use migrate::MigrationReport;
pub use news::{OutboxNotice, Settled};
pub use notice::{HeldNotice, NoticePlace, RaisedCounts};
pub use outbox::{OutboxCounts, OutboxFilter, OutboxListed};
pub use reader::Reader;
pub use referral::{ReferralFilter, ReferralListed, ReferralSent};
pub use register::{RegisterFilter, RegisteredEntry};
pub use retention::{ClosedCase, ClosedPlace, EndedConsent};
pub use settings::StoreSettings;
pub use store::Store;
pub use transfer::{ClosedTransfer, TransferPlace};
pub use vault::{Erasing, SlotState, SlotTurn, StoredSlot, Vault};
