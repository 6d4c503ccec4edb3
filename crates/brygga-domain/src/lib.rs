//! What Brygga talks about: organisations, agreements, consents and referrals,
//! their states, transitions and the reasons for which they are refused.
//!
//! Nothing here knows a network, a file, a database or a clock: time and
//! randomness arrive as arguments, decisions leave as values.

pub mod agreement;
pub mod code;
pub mod consent;
pub mod disclosure;
pub mod id;
pub mod legal;
pub mod member;
pub mod org;
pub mod reason;
pub mod referral;
pub mod sensitive;
pub mod time;

pub use id::{AgreementId, ConsentId, ConversationId, IdParseError, MessageId, ReferralId};
pub use legal::{DataCategory, DisclosureGround, GdprBasis};
pub use member::{MemberKind, SocialServicesStatus};
pub use org::{OrgId, OrgIdError, UnitId, UnitIdError};
pub use reason::{Fault, Reason, Refusal};
pub use time::{Seconds, Timestamp};
