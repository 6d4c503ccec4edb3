//! On what ground somebody saw or changed something about a person, and what it was.

use crate::{BreakGlassId, ConsentId, DisclosureGround, NoticeId, OfferId, ReferralId, TransferId};

/// Why an access was permitted. Kept in the access log with each access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessGround {
    /// A colleague opened the glass with a second person (see [`super::BreakGlass`]).
    BreakGlass(BreakGlassId),
    /// The unit that owns it disclosed it to the reader's unit on this ground (OSL 8:1-2).
    DisclosedInside(DisclosureGround),
    /// The reader works on it: asked for it, took it on, or was assigned.
    Handler,
    /// The systematic review of the log itself, or an extract for the person it is about.
    LogReview,
    /// It belongs to the reader's own unit.
    OwnUnit,
}

impl AccessGround {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BreakGlass(_) => "BREAK_GLASS",
            Self::DisclosedInside(_) => "DISCLOSED_INSIDE",
            Self::Handler => "HANDLER",
            Self::LogReview => "LOG_REVIEW",
            Self::OwnUnit => "OWN_UNIT",
        }
    }

    /// What belongs to the code: which glass, or which secrecy rule; empty for nothing.
    pub fn detail(self) -> String {
        match self {
            Self::BreakGlass(id) => id.to_string(),
            Self::DisclosedInside(ground) => ground.as_str().to_owned(),
            Self::Handler | Self::LogReview | Self::OwnUnit => String::new(),
        }
    }

    /// Reads a code with what belongs to it.
    pub fn parse(code: &str, detail: &str) -> Option<Self> {
        Some(match code {
            "BREAK_GLASS" => Self::BreakGlass(detail.parse().ok()?),
            "DISCLOSED_INSIDE" => Self::DisclosedInside(DisclosureGround::parse(detail)?),
            "HANDLER" => Self::Handler,
            "LOG_REVIEW" => Self::LogReview,
            "OWN_UNIT" => Self::OwnUnit,
            _ => return None,
        })
    }
}

/// What was seen or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessObject {
    /// A consent.
    Consent(ConsentId),
    /// A list, which holds no content and names nobody.
    List,
    /// The access log.
    Log,
    /// A notice of an eviction.
    Notice(NoticeId),
    /// An open referral of this organisation.
    Offer(OfferId),
    /// A referral.
    Referral(ReferralId),
    /// The transfer of a case.
    Transfer(TransferId),
}

impl AccessObject {
    /// The stable code of its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Consent(_) => "CONSENT",
            Self::List => "LIST",
            Self::Log => "LOG",
            Self::Notice(_) => "NOTICE",
            Self::Offer(_) => "OFFER",
            Self::Referral(_) => "REFERRAL",
            Self::Transfer(_) => "TRANSFER",
        }
    }

    /// Its identifier, where it has one.
    pub fn id(&self) -> Option<&[u8; 16]> {
        match self {
            Self::Consent(id) => Some(id.as_bytes()),
            Self::Notice(id) => Some(id.as_bytes()),
            Self::Offer(id) => Some(id.as_bytes()),
            Self::Referral(id) => Some(id.as_bytes()),
            Self::Transfer(id) => Some(id.as_bytes()),
            Self::List | Self::Log => None,
        }
    }

    /// Reads a kind with its identifier.
    pub fn parse(kind: &str, id: Option<&[u8]>) -> Option<Self> {
        match (kind, id) {
            ("CONSENT", Some(id)) => ConsentId::try_from(id).ok().map(Self::Consent),
            ("LIST", None) => Some(Self::List),
            ("LOG", None) => Some(Self::Log),
            ("NOTICE", Some(id)) => NoticeId::try_from(id).ok().map(Self::Notice),
            ("OFFER", Some(id)) => OfferId::try_from(id).ok().map(Self::Offer),
            ("REFERRAL", Some(id)) => ReferralId::try_from(id).ok().map(Self::Referral),
            ("TRANSFER", Some(id)) => TransferId::try_from(id).ok().map(Self::Transfer),
            _ => None,
        }
    }
}
