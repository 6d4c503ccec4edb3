//! Letters that have come: opened with the officer's key, checked, taken in their order.
//!
//! What cannot be read, is signed by somebody else, or belongs to another pair is marked as read and nothing more: whoever
//! sent it learns nothing, and no officer is troubled. What cannot be judged yet stays for the next look.

use brygga_crypto::SealingPrivateKey;
use brygga_crypto::officer::SharedContent;
use brygga_domain::relocation::{Letter, Offer, Relocation, Side, Stage, Taken};
use brygga_domain::{Refusal, Sensitive};
use brygga_exchange::WriteSet;
use brygga_wire::relocation::{
    OfferLetter, Said, SealedLetter, SignedLetter, Way, open_reply, open_step, shared_to_bytes,
};

use crate::relay::Incoming;
use crate::{App, AppError};

use super::Unlocked;
use super::post::{own_mailbox, thread_of};

/// So many officers open the other side's letters; in a case that has more, one may meet what others can open.
const READERS: usize = 2;

/// What a parcel holds for the officer who looks.
enum Opened {
    /// A disclosure, which nobody opens alone.
    Shared(SharedContent),
    /// A letter that nobody has checked.
    Signed(Box<SignedLetter>),
    /// Sealed to other officers, perhaps.
    Closed,
    /// Nothing.
    Unreadable,
}

/// What becomes of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It stays: what it needs has not come, or another officer can open it.
    Kept,
    /// It is done with.
    Read,
}

impl App {
    /// Takes what has come for a case, and marks as read what is done with.
    pub(super) async fn letters_take(
        &self,
        officer: &Unlocked,
        case: &mut Relocation,
        writes: &mut WriteSet,
    ) -> Result<(), AppError> {
        let Some(mailbox) = own_mailbox(case) else { return Ok(()) };
        let network = case.agreement_id;
        let come = self.parcels_in().await?.into_iter().filter(|incoming| {
            let to = incoming.mailbox.as_ref().map(|to| *to.as_bytes());
            to == Some(mailbox) && incoming.network == network
        });
        let (mut read, mut later, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for incoming in come {
            let fate = match opened(officer, case, &incoming) {
                Opened::Shared(shared) => disclosure_take(case, &shared),
                Opened::Signed(signed) if signed.offered_mailbox().is_some() => {
                    self.offer_take(case, *signed).unwrap_or_else(|fate| fate)
                }
                // It may be about an offer that has come with it.
                Opened::Signed(signed) => {
                    later.push((signed, incoming));
                    continue;
                }
                Opened::Closed => Fate::Kept,
                Opened::Unreadable => Fate::Read,
            };
            read.extend((fate == Fate::Read).then_some(incoming));
        }
        for (signed, incoming) in later {
            match self.step_checked(case, *signed) {
                Ok((number, letter)) => steps.push((number, letter, incoming)),
                Err(fate) => read.extend((fate == Fate::Read).then_some(incoming)),
            }
        }
        steps.sort_by_key(|(number, ..)| *number);
        for (number, letter, incoming) in steps {
            // What the other side may not say now is left aside, and counted.
            let is_early = case.take(number, &letter) == Ok(Taken::Early);
            read.extend((!is_early).then_some(incoming));
        }
        for incoming in &read {
            writes.relay.parcels_in.push(self.parcel_read(incoming)?);
        }
        Ok(())
    }

    /// An offer that its organisation has signed, for this enquiry, is kept where it may be chosen.
    fn offer_take(&self, case: &mut Relocation, signed: SignedLetter) -> Result<Fate, Fate> {
        let enquiry = case.enquiry.as_ref().ok_or(Fate::Read)?;
        let (id, to) = (enquiry.id, enquiry.mailbox);
        let candidates = self.candidates(case.agreement_id).map_err(|_| Fate::Kept)?;
        let organisation = signed.organisation().clone();
        let thread = signed.offered_mailbox().ok_or(Fate::Read)?;
        // A mailbox that two offers name would make two threads one.
        let is_used =
            |offer: &Offer| offer.mailbox == thread && *offer.organisation.expose() != organisation;
        let is_asked = candidates.contains_key(&organisation);
        if !is_asked || thread == to || case.offers.iter().any(is_used) {
            return Err(Fate::Read);
        }
        let said = self.verified(signed, &Way { thread, to })?;
        let Said::Offer(OfferLetter { enquiry, officers, content, mailbox, until }) = said else {
            return Err(Fate::Read);
        };
        if enquiry == id {
            let organisation = Sensitive::new(organisation);
            case.offered(Offer { organisation, officers, content, mailbox, until }, self.now());
        }
        Ok(Fate::Read)
    }

    /// A step of the other side of this pair, and what becomes of any other.
    fn step_checked(
        &self,
        case: &mut Relocation,
        signed: SignedLetter,
    ) -> Result<(u32, Letter), Fate> {
        match case.side {
            Side::Origin => self.step_at_origin(case, signed),
            Side::Destination => self.step_at_destination(case, signed),
        }
    }

    /// From the chosen municipality, once it was told who the person is; every other can only take back its offer.
    fn step_at_origin(
        &self,
        case: &mut Relocation,
        signed: SignedLetter,
    ) -> Result<(u32, Letter), Fate> {
        let from = |offer: &Offer| offer.organisation.expose() == signed.organisation();
        // Its offer may come later.
        let place = case.offers.iter().position(from).ok_or(Fate::Kept)?;
        let thread = case.offers.get(place).ok_or(Fate::Kept)?.mailbox;
        let to = own_mailbox(case).ok_or(Fate::Read)?;
        let (number, letter) = step(self.verified(signed, &Way { thread, to })?)?;
        if case.selected == Some(place) && case.disclosed_at.is_some() {
            return Ok((number, letter));
        }
        if matches!(letter, Letter::Ended { .. }) {
            case.taken_back(place, self.now());
        }
        Err(Fate::Read)
    }

    /// From whoever has told who the person is; before that is opened, an end from whoever has the offer's mailbox.
    fn step_at_destination(
        &self,
        case: &Relocation,
        signed: SignedLetter,
    ) -> Result<(u32, Letter), Fate> {
        let organisation = signed.organisation();
        let may_write = match &case.origin {
            Some(origin) => origin.organisation.expose() == organisation,
            None => self
                .network_members(case.agreement_id)
                .map_err(|_| Fate::Kept)?
                .members
                .contains_key(organisation),
        };
        if !may_write {
            return Err(Fate::Read);
        }
        let thread = thread_of(case).ok_or(Fate::Read)?;
        let (number, letter) = step(self.verified(signed, &Way { thread, to: thread })?)?;
        let waits = case.origin.is_none() && !matches!(letter, Letter::Ended { .. });
        if waits { Err(Fate::Kept) } else { Ok((number, letter)) }
    }

    /// What its organisation has signed. Where its key is not known now, the letter waits.
    fn verified(&self, signed: SignedLetter, way: &Way) -> Result<Said, Fate> {
        let at = signed.signed_at().min(self.now());
        let key = self.verifying_key(signed.organisation(), signed.key_id(), at);
        let said = signed.verify(&key.ok_or(Fate::Kept)?, way);
        said.map_err(|_: Refusal| Fate::Read)
    }

    /// Checks a letter as [`Self::letters_take`] does; none where it is not good.
    pub(super) fn vouched(&self, signed: SignedLetter, way: &Way) -> Option<Said> {
        self.verified(signed, way).ok()
    }
}

fn step(said: Said) -> Result<(u32, Letter), Fate> {
    match said {
        Said::Step { number, letter } => Ok((number, letter)),
        Said::Disclosure(_) | Said::Offer(_) => Err(Fate::Read),
    }
}

fn opened(officer: &Unlocked, case: &Relocation, incoming: &Incoming) -> Opened {
    let letter = match SealedLetter::from_bytes(&incoming.content) {
        Err(_) => return Opened::Unreadable,
        Ok(SealedLetter::Disclosure(shared)) => return Opened::Shared(shared),
        Ok(SealedLetter::Reply(sealed)) => case.enquiry.as_ref().and_then(|enquiry| {
            let key = SealingPrivateKey::from_bytes(enquiry.reply_key.expose());
            open_reply(&key, enquiry.id, &sealed).ok()
        }),
        Ok(SealedLetter::Step(sealed)) => {
            let thread = thread_of(case);
            let letter = thread.and_then(|thread| open_step(&officer.key, &thread, &sealed).ok());
            if letter.is_none() && case.officers.len() > READERS {
                return Opened::Closed;
            }
            letter
        }
    };
    let signed = letter.and_then(|letter| SignedLetter::from_bytes(&letter).ok());
    signed.map_or(Opened::Unreadable, |signed| Opened::Signed(Box::new(signed)))
}

/// The first that comes waits for its officers. One that comes meanwhile waits, too: the first may be none.
fn disclosure_take(case: &mut Relocation, shared: &SharedContent) -> Fate {
    if case.side == Side::Destination && case.stage == Stage::Arrived {
        return Fate::Kept;
    }
    if case.arrived().is_ok() {
        case.arrived = Some(Sensitive::new(shared_to_bytes(shared)));
    }
    Fate::Read
}
