//! From an invite to a signed registry, and every way in which that must not work.

mod change;
mod joining;

use brygga_crypto::SigningKey;
use brygga_domain::{Seconds, Timestamp};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{AcceptedJoin, Invite, InviteBook, Issuance, JoinRequest};
use crate::registry::sample::*;
use crate::registry::{Member, Registry};

/// An hour after the first registry.
const NOW: Timestamp = ISSUED.plus(Seconds::hours(1));
const INVITE_EXPIRES: Timestamp = ISSUED.plus(Seconds::days(3));
const NEXT: Issuance = Issuance { issued_at: NOW, expires_at: NOW.plus(Seconds::days(30)) };

fn invite(organisation: &str, seed: u64) -> Invite {
    let registry = verified(&registry(1, [member(KALMAR, 1)]));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    Invite::new(anchor(), registry, org(organisation), INVITE_EXPIRES, &mut rng)
}

fn book_with(invites: &[&Invite]) -> InviteBook {
    let mut book = InviteBook::default();
    invites.iter().for_each(|invite| book.add(invite));
    book
}

/// What Nybro sends back with its keys of seed 2.
fn request(invite: &Invite) -> JoinRequest {
    JoinRequest::new(invite, &newcomer(), &newcomer_key()).unwrap()
}

fn newcomer() -> Member {
    member(NYBRO, 2)
}

fn newcomer_key() -> SigningKey {
    signing_key(2)
}

fn accepted() -> AcceptedJoin {
    let invite = invite(NYBRO, 1);
    book_with(&[&invite]).redeem(&request(&invite), FEDERATION, NOW).unwrap()
}

fn founding() -> Registry {
    registry(1, [member(KALMAR, 1)])
}
