//! Capacity: what an organisation offers, how much of it is left, and places that are held.
//!
//! A publisher says how a service stands ([`Publication`]); what is held and what is left is computed from the holds
//! themselves ([`Ledger`]) and never stored as a number; others are told a [`Statement`]. Whoever looks for places asks one
//! publisher ([`Hold`]) or all parties of an agreement at once ([`Call`]). Nothing here is about a person.

mod area;
mod call;
mod discretion;
mod facts;
mod fit;
mod freshness;
mod hold;
mod ledger;
mod licence;
mod line;
mod nearness;
mod need;
mod publication;
mod queue;
mod reception;
mod replica;
mod service;
mod statement;
#[cfg(test)]
mod tests;
mod times;
mod unmet;
mod words;

pub use area::ExcludedAreas;
pub use call::{Call, CallEnd, CallState, ReceivedCall, ReceivedCallState, WantedPlaces};
pub use discretion::told_at;
pub use fit::{Warning, WhyNot};
pub use freshness::Freshness;
pub use hold::{Hold, HoldAct, HoldEnd, HoldItem, HoldState};
pub use ledger::{Ledger, Promise, Promised};
pub use licence::{AttestedPermit, LicensedActivity};
pub use line::{Counts, Line, LineKey};
pub use nearness::{County, Locality, Nearness};
pub use need::{Audience, Gender, Need, NeedDraft, Sobriety};
pub use publication::{Publication, PublicationDraft};
pub use queue::{Departed, Turn, advance};
pub use reception::Reception;
pub use replica::{Found, Hit, Known, Miss, Replica};
pub use service::{Permit, Service, ServiceDraft};
pub use statement::{Statement, ToldCounts, ToldLine};
pub use times::{OpeningWindow, Season};
pub use unmet::{Days, UnmetNeed, UnmetSum};
pub use words::{
    AbsentReason, AcquisitionRoute, CapacityStatus, Period, PlaceFor, PlaceKind, Visibility,
};
