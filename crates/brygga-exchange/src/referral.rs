//! What the organisation's own people do with referrals: ask, answer, withdraw, tell; and
//! what the clock does.

mod act;
mod note;
mod request;

pub(crate) use act::progress;
pub use act::{act, escalate, expire};
pub use note::{NoteContext, NoteDraft, NoteGround, addressed_unit, consent_of_note, note};
pub use request::{Asked, PreparedContent, RequestContext, request};
pub(crate) use request::{ContentFacts, permit, request_for};
