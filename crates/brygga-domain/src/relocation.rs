//! Protected relocation: a person under threat moves to another municipality, and nobody who should not know can tell
//! where (docs/RELOCATION.md).
//!
//! Everything here is what named officers read. It is stored and carried sealed to them; no node reads it without one
//! of them. There is no value for fingerade personuppgifter: such a person is an ordinary person.

mod act;
mod blind_need;
mod case;
mod disclosure;
mod end;
mod enquiry;
mod letter;
mod level;
mod move_in;
mod position;
mod reciprocity;
#[cfg(test)]
mod tests;
mod timers;
mod words;

pub use act::Act;
pub use blind_need::{BlindNeed, BlindNeedDraft};
pub use case::{Opening, Relocation, Side, Stage};
pub use disclosure::{
    CONTENT_BYTES_MAX, CallBack, Content, Counterpart, GivenShare, Prepared, SPOKE_WITH_CHARS_MAX,
};
pub use enquiry::{
    ENQUIRY_LIFETIME_MAX, Enquiry, NamedOfficer, OFFER_LIFETIME_MAX, Offer, OfferDraft, Offering,
    OfficerCard, OpenEnquiry, OwnOffer, check_until,
};
pub use letter::{Letter, Taken};
pub use level::{ProtectionLevel, SecrecyBasis, Withheld};
pub use move_in::{HandoverEntry, HandoverItem};
pub use position::{ASSISTANCE_BYTES_MAX, AssistanceNote, Position, RefusalCode};
pub use reciprocity::{HalfYear, Reciprocity};
pub use timers::{Due, DueKind};
pub use words::{AgeBand, Earliest, EndKind, HousingKind, Route, SupportLevel};
