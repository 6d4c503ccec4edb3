//! Letters that leave: signed by the node, sealed to officers of the other side, put into parcels.

use brygga_crypto::SealingPublicKey;
use brygga_domain::relocation::{Letter, NamedOfficer, OFFER_LIFETIME_MAX, Relocation, Side};
use brygga_domain::{OfficerId, ParcelId, Reason, Refusal, Sensitive, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::relay::{Address, Outgoing, StoredParcel};
use brygga_wire::relay::{Parcel, ParcelContent};
use brygga_wire::relocation::{Disclosure, Said, SealedLetter, SignedLetter, Signer, Way};
use zeroize::Zeroizing;

use crate::{App, AppError};

use super::{Unlocked, random};

const fn internal() -> Refusal {
    Refusal::new(Reason::RecipientInternal)
}

/// The whole second before.
pub(super) const fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(1000).saturating_mul(1000))
}

/// The mailbox that letters of a case come to.
pub(super) fn own_mailbox(case: &Relocation) -> Option<[u8; 32]> {
    match case.side {
        Side::Origin => case.enquiry.as_ref().map(|enquiry| enquiry.mailbox),
        Side::Destination => case.own_offer.map(|offer| offer.mailbox),
    }
}

/// The mailbox that the pair's offer names.
pub(super) fn thread_of(case: &Relocation) -> Option<[u8; 32]> {
    match case.side {
        Side::Origin => case.chosen().map(|offer| offer.mailbox),
        Side::Destination => case.own_offer.map(|offer| offer.mailbox),
    }
}

fn keys(officers: &[NamedOfficer; 2]) -> [SealingPublicKey; 2] {
    [&officers[0], &officers[1]].map(|officer| SealingPublicKey::from_bytes(officer.key))
}

impl App {
    /// The parcel of a step: to the other side's officers, or to whoever asked where it has not told who it is.
    pub(super) fn step_out(
        &self,
        case: &Relocation,
        letter: Letter,
    ) -> Result<StoredParcel, AppError> {
        let is_abort = matches!(letter, Letter::Ended { .. });
        let said = Said::Step { number: case.sent, letter };
        let thread = thread_of(case).ok_or_else(internal)?;
        let (to, sealed) = match (case.counterpart(), case.own_offer) {
            (Some(other), _) => {
                let signed = self.letter_signed(&said, &Way { thread, to: other.mailbox });
                (other.mailbox, SealedLetter::step(keys(&other.officers), &thread, &signed))
            }
            (None, Some(offer)) => {
                let signed = self.letter_signed(&said, &Way { thread, to: offer.reply_to });
                let reply_key = SealingPublicKey::from_bytes(offer.reply_key);
                (offer.reply_to, SealedLetter::reply(&reply_key, offer.enquiry, &signed))
            }
            (None, None) => return Err(internal().into()),
        };
        let sealed = sealed.map_err(|_| internal())?;
        self.letter_out(case, to, &sealed, is_abort)
    }

    /// A second officer tells the chosen municipality who the person is.
    pub(super) async fn release(
        &self,
        officer: &Unlocked,
        case: &mut Relocation,
        writes: &mut WriteSet,
    ) -> Result<(), AppError> {
        let prepared_by = case.prepared.as_ref().map(|prepared| prepared.by);
        let person = case.release(officer.id, self.now())?;
        let other = prepared_by.ok_or_else(internal)?;
        let officers = [self.named(officer.id).await?, self.named(other).await?];
        let mailbox = own_mailbox(case).ok_or_else(internal)?;
        let route = case.route.ok_or_else(internal)?;
        let told = Disclosure { officers, mailbox, route, level: case.level, person };
        let offer = case.chosen().ok_or_else(internal)?;
        let (thread, [one, two]) = (offer.mailbox, keys(&offer.officers));
        let way = Way { thread, to: thread };
        let signed = self.letter_signed(&Said::Disclosure(told), &way);
        let sealed = SealedLetter::disclosure([&one, &two], &thread, &signed);
        let sealed = sealed.map_err(|_| internal())?;
        writes.relay.parcels_out.push(self.letter_out(case, thread, &sealed, false)?);
        Ok(())
    }

    /// An own officer as the other side seals to them; who they are stands in what the officers have written.
    async fn named(&self, id: OfficerId) -> Result<NamedOfficer, AppError> {
        let key = self.officer_key(id).await?.ok_or(Refusal::at(Reason::NotFound, "officers"))?;
        let nothing = || Sensitive::new(String::new());
        Ok(NamedOfficer { id, name: nothing(), phone: nothing(), key: *key.as_bytes() })
    }

    /// What is sealed to an officer of this organisation; none for nobody, and for a reviewer.
    pub(super) async fn officer_key(
        &self,
        id: OfficerId,
    ) -> Result<Option<SealingPublicKey>, AppError> {
        let officer = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.officer(id).await }));
        let officer = officer.await?.filter(|officer| !officer.is_reviewer);
        Ok(officer.map(|officer| officer.public_key))
    }

    /// A letter with this node's signature.
    pub(super) fn letter_signed(&self, said: &Said, way: &Way) -> Zeroizing<Vec<u8>> {
        let parts = self.parts();
        let (organisation, key) = (&parts.organisation, parts.keys.signing());
        SignedLetter::sign(said, way, &Signer { organisation, key, at: self.now() })
    }

    /// A letter in a parcel, which is repeated until it is acknowledged.
    pub(super) fn letter_out(
        &self,
        case: &Relocation,
        to: [u8; 32],
        sealed: &SealedLetter,
        is_abort: bool,
    ) -> Result<StoredParcel, AppError> {
        let parcel = Parcel {
            id: ParcelId::from_bytes(random()),
            answer_to: own_mailbox(case).map(SealingPublicKey::from_bytes),
            acknowledged: Vec::new(),
            // Within what the relay carries, also for a clock that is two days behind.
            expires_at: whole_second(self.now().plus(OFFER_LIFETIME_MAX)),
            content: ParcelContent::Sealed(sealed.to_bytes()),
        };
        let to = Address::Mailbox(SealingPublicKey::from_bytes(to));
        self.parcel_out(case.agreement_id, &Outgoing { to, parcel, is_abort })
    }
}
