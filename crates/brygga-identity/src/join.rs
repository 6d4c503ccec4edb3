//! How an organisation comes into the registry, and how its entry changes afterwards.
//!
//! An operator makes an [`Invite`]; the newcomer answers with a signed [`JoinRequest`]; the
//! operator's [`InviteBook`] recognises the code, once; [`admit`] makes the next document;
//! the operators sign it. Every change is a pure function from one registry to the next
//! [`Draft`], which binds nobody until enough operators have signed.

mod armour;
mod book;
mod change;
mod draft;
mod error;
mod invite;
mod request;

pub use book::{InviteBook, InviteBookError};
pub use change::{
    KeyRotation, admit, attest, found, renew, revoke, rotate_keys, set_endpoints,
    update_contact_points,
};
pub use draft::{ChangeError, Draft, Issuance};
pub use error::JoinError;
pub use invite::{Invite, InviteCode};
pub use request::{AcceptedJoin, JoinRequest};

#[cfg(test)]
mod tests;
