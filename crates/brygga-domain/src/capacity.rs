//! Capacity: what an organisation offers, how much of it is left, and places that are held.
//!
//! A publisher says how a service stands ([`Publication`]); what is held and what is left is computed from the holds
//! themselves ([`Ledger`]) and never stored as a number; others are told a [`Statement`]. Nothing here is about a person.

mod area;
mod discretion;
mod fit;
mod hold;
mod ledger;
mod licence;
mod line;
mod nearness;
mod need;
mod publication;
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
pub use discretion::told_at;
pub use fit::{Fit, Warning, WhyNot};
pub use hold::{Hold, HoldAct, HoldEnd, HoldItem, HoldState};
pub use ledger::Ledger;
pub use licence::{AttestedPermit, LicensedActivity};
pub use line::{Counts, Line, LineKey};
pub use nearness::{County, Locality, Nearness};
pub use need::{Audience, Gender, Need, NeedDraft, Sobriety};
pub use publication::{Publication, PublicationDraft};
pub use reception::Reception;
pub use replica::{Found, Hit, Known, Miss, Replica};
pub use service::{Permit, Service, ServiceDraft};
pub use statement::{Statement, ToldCounts, ToldLine};
pub use times::{OpeningWindow, Season};
pub use unmet::{Days, UnmetNeed, UnmetSum};
pub use words::{
    AbsentReason, AcquisitionRoute, CapacityStatus, Period, PlaceFor, PlaceKind, Visibility,
};
