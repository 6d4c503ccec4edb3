//! What the organisation's own people do with referrals: ask, answer, withdraw; and what the clock does.

mod act;
mod request;

pub(crate) use act::progress;
pub use act::{act, expire};
pub use request::{Asked, PreparedContent, RequestContext, request};
