//! What Brygga talks about: organisations, agreements, consents, referrals and capacity,
//! their states, transitions and the reasons for which they are refused.
//!
//! Nothing here knows a network, a file, a database or a clock: time and
//! randomness arrive as arguments, decisions leave as values.

pub mod access;
pub mod aggregate;
pub mod agreement;
pub mod calendar;
pub mod capacity;
pub mod code;
pub mod consent;
pub mod contact_form;
pub mod deadlines;
pub mod disclosure;
pub mod eligibility;
pub mod id;
pub mod lateness;
pub mod legal;
pub mod member;
pub mod notice;
pub mod offer;
pub mod org;
pub mod reason;
pub mod referral;
pub mod register;
pub mod relocation;
pub mod responsibility;
pub mod sensitive;
pub mod signal;
pub mod stop;
pub mod swedish_day;
pub mod time;
pub mod transfer;

pub use id::{
    AccessReviewId, AgreementId, BreakGlassId, CallId, ConsentId, ConversationId, EnquiryId,
    HoldId, IdParseError, InsideDisclosureId, MessageId, NoticeId, OfferId, OfficerId, ParcelId,
    ReferralId, RelocationId, ServiceId, StopId, TransferId,
};
pub use legal::{DataCategory, DisclosureGround, GdprBasis, ThirdPersonRelation};
pub use member::{MemberKind, SocialServicesStatus};
pub use org::{OrgId, OrgIdError, UnitId, UnitIdError};
pub use reason::{Fault, Reason, Refusal};
pub use sensitive::Sensitive;
pub use time::{Seconds, Timestamp};
