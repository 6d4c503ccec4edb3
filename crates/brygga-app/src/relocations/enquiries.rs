//! Blind enquiries: asked by an origin, listed and answered at every other member.

use std::collections::BTreeMap;

use brygga_crypto::{SealingPrivateKey, SealingPublicKey, SystemRandom};
use brygga_domain::relocation::{
    ENQUIRY_LIFETIME_MAX, Enquiry, NamedOfficer, Offering, OfficerCard, OpenEnquiry, OwnOffer,
    Relocation, check_until,
};
use brygga_domain::{
    AgreementId, EnquiryId, OrgId, ParcelId, Reason, Refusal, RelocationId, Sensitive, Timestamp,
};
use brygga_exchange::WriteSet;
use brygga_exchange::relay::{Address, Outgoing};
use brygga_exchange::relocation::StoredRelocation;
use brygga_policy::may_relocate;
use brygga_wire::relay::{Parcel, ParcelContent};
use brygga_wire::relocation::{BlindEnquiry, OfferLetter, Said, SealedLetter, Way};

use crate::relay::Incoming;
use crate::{App, AppError};

use super::post::whole_second;
use super::{Proof, RestsOn, Unlocked, random};

const fn absent() -> Refusal {
    Refusal::new(Reason::NotFound)
}

impl App {
    /// Enquiries that have come to this organisation, are not over and not answered.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an officer that is none, or a reviewer.
    pub async fn relocation_enquiries(&self, proof: Proof) -> Result<Vec<OpenEnquiry>, AppError> {
        self.uniformly(self.asked_of(&proof)).await?;
        let open = self.enquiries_open().await?;
        let listed = open.into_iter().map(|(enquiry, incoming)| OpenEnquiry {
            id: enquiry.id,
            agreement_id: incoming.network,
            need: enquiry.need,
            until: enquiry.until,
        });
        Ok(listed.collect())
    }

    /// Answers an enquiry: begins a case here, with a mailbox, and offers.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for an enquiry that is not there, over or answered; [`Reason::InvalidField`] at what is wrong;
    /// [`Reason::NotFound`] at `officers` for one who has not enrolled; [`Reason::ReleaseMissing`] as
    /// [`Self::relocation_open`].
    pub async fn relocation_offer(
        &self,
        proof: Proof,
        offering: Offering,
    ) -> Result<RelocationId, AppError> {
        // All of it as one: what is refused last would otherwise take as long again as a wrong passphrase.
        let asked = self.uniformly(async {
            let officer = self.asked_of(&proof).await?;
            offering.check(officer.id, self.now())?;
            let found = self.enquiry_open(offering.enquiry).await?;
            Ok((officer, found))
        });
        let (officer, found) = asked.await?;
        let mut officers = Vec::new();
        for card in &offering.officers {
            officers.push(self.carded(card).await?);
        }
        let [one, other]: [NamedOfficer; 2] = officers.try_into().map_err(|_| absent())?;
        self.offer(&officer, &offering, found, [one, other]).await
    }

    pub(super) async fn offer(
        &self,
        officer: &Unlocked,
        offering: &Offering,
        found: (BlindEnquiry, Incoming),
        officers: [NamedOfficer; 2],
    ) -> Result<RelocationId, AppError> {
        let (enquiry, incoming) = found;
        let (id, network) = (RelocationId::from_bytes(random()), incoming.network);
        let both = [officers[0].id, officers[1].id];
        let mut case = Relocation::offer_at_destination(id, network, both, enquiry.need.clone())?;
        let access = self.access_line(officer, id, "offer").await?;
        // The mailbox needs the case's key, and the record names the mailbox.
        let begun = self.record_new(&case).await?;
        let slot = begun.record.key_slot;
        let stored = async {
            let mailbox = self.mailbox_new(id, slot).await?;
            case.own_offer = Some(OwnOffer {
                enquiry: enquiry.id,
                mailbox: *mailbox.public.as_bytes(),
                until: offering.until,
                reply_key: *enquiry.reply_key.as_bytes(),
                reply_to: *enquiry.mailbox.as_bytes(),
            });
            let mut writes = WriteSet::default();
            let again = self.record_again(&case, &begun).await?;
            writes.relocations.new.push(StoredRelocation { revision: begun.revision, ..again });
            writes.relocations.accesses.push(access);
            writes.relay.mailboxes.push(mailbox.stored);
            let sealed = self.offer_sealed(offering, &enquiry, mailbox.public, officers)?;
            let to = *enquiry.mailbox.as_bytes();
            writes.relay.parcels_out.push(self.letter_out(&case, to, &sealed, false)?);
            writes.relay.parcels_in.push(self.parcel_read(&incoming)?);
            self.relocation_store("relocation.offer", writes, RestsOn::Unread(incoming.id)).await
        };
        let stored = stored.await;
        self.key_used(slot, stored.is_ok());
        stored.map(|()| id)
    }

    fn offer_sealed(
        &self,
        offering: &Offering,
        enquiry: &BlindEnquiry,
        mailbox: SealingPublicKey,
        officers: [NamedOfficer; 2],
    ) -> Result<SealedLetter, Refusal> {
        let thread = *mailbox.as_bytes();
        let said = Said::Offer(OfferLetter {
            enquiry: enquiry.id,
            officers,
            content: offering.content,
            mailbox: thread,
            until: offering.until,
        });
        let signed = self.letter_signed(&said, &Way { thread, to: *enquiry.mailbox.as_bytes() });
        let sealed = SealedLetter::reply(&enquiry.reply_key, enquiry.id, &signed);
        // Whoever asks with a key that nothing can be sealed to gets no answer.
        sealed.map_err(|_| absent())
    }

    /// Asks all candidates, blindly.
    pub(super) async fn enquire(
        &self,
        case: &mut Relocation,
        held: &StoredRelocation,
        until: Timestamp,
        writes: &mut WriteSet,
    ) -> Result<(), AppError> {
        let until = whole_second(until);
        check_until(until, self.now(), ENQUIRY_LIFETIME_MAX)?;
        let least = self.network_members(case.agreement_id)?.least_candidates;
        let mut candidates = self.candidates(case.agreement_id)?;
        candidates.retain(|organisation, _| !case.exclusions.expose().contains(organisation));
        if candidates.len() < least {
            return Err(Refusal::new(Reason::AnonymitySetTooSmall).into());
        }
        let before = case.enquiry.as_ref().map(|enquiry| enquiry.id);
        let mailbox = self.mailbox_new(case.id, held.record.key_slot).await?;
        let reply = SealingPrivateKey::generate(&mut SystemRandom);
        let id = EnquiryId::from_bytes(random());
        let enquiry = Enquiry {
            id,
            reply_key: Sensitive::new(*reply.to_bytes()),
            mailbox: *mailbox.public.as_bytes(),
            until,
        };
        case.enquire(enquiry, candidates.len(), least)?;
        let (need, reply_key) = (case.need.clone(), reply.public());
        let asked = BlindEnquiry { id, need, reply_key, mailbox: mailbox.public, until };
        let parcel = Parcel {
            // The same bytes, so that it can be taken back.
            id: ParcelId::from_bytes(*id.as_bytes()),
            answer_to: None,
            acknowledged: Vec::new(),
            expires_at: until,
            content: ParcelContent::Enquiry(asked.to_bytes()),
        };
        let to = Address::Members(candidates.into_values().collect());
        let outgoing = Outgoing { to, parcel, is_abort: false };
        writes.relay.parcels_out.push(self.parcel_out(case.agreement_id, &outgoing)?);
        writes.relay.mailboxes.push(mailbox.stored);
        writes.relay.sent.extend(before.map(|id| ParcelId::from_bytes(*id.as_bytes())));
        Ok(())
    }

    /// Whom a member of a network may ask, and hears.
    pub(super) fn candidates(
        &self,
        network: AgreementId,
    ) -> Result<BTreeMap<OrgId, SealingPublicKey>, Refusal> {
        let mut members = self.network_members(network)?.members;
        let (book, now, me) =
            (self.parts().agreements.book(), self.now(), &self.parts().organisation);
        if let Some(record) = book.current(network, now) {
            members.retain(|other, _| may_relocate(&record.terms().rules, me, other, now));
        }
        Ok(members)
    }

    async fn asked_of(&self, proof: &Proof) -> Result<Unlocked, AppError> {
        let officer = self.officer_unlocked(proof).await?;
        if officer.is_reviewer { Err(absent().into()) } else { Ok(officer) }
    }

    /// An officer of this organisation with the card that the other side gets.
    async fn carded(&self, card: &OfficerCard) -> Result<NamedOfficer, AppError> {
        let key =
            self.officer_key(card.id).await?.ok_or(Refusal::at(Reason::NotFound, "officers"))?;
        let (name, phone) = (card.name.clone(), card.phone.clone());
        Ok(NamedOfficer { id: card.id, name, phone, key: *key.as_bytes() })
    }

    pub(super) async fn enquiry_open(
        &self,
        id: EnquiryId,
    ) -> Result<(BlindEnquiry, Incoming), AppError> {
        let mut open = self.enquiries_open().await?.into_iter();
        Ok(open.find(|(enquiry, _)| enquiry.id == id).ok_or(absent())?)
    }

    async fn enquiries_open(&self) -> Result<Vec<(BlindEnquiry, Incoming)>, AppError> {
        let (come, now) = (self.parcels_in().await?, self.now());
        let for_many = come.into_iter().filter(|incoming| incoming.mailbox.is_none());
        let read = for_many.filter_map(|incoming| {
            let enquiry = BlindEnquiry::from_bytes(&incoming.content).ok()?;
            (now < enquiry.until).then_some((enquiry, incoming))
        });
        Ok(read.collect())
    }
}
