//! Messages that arrive: attributed, verified, decided, stored; each on its own, so that one bad
//! item never fails the batch.

mod held;

use std::sync::Arc;

use brygga_crypto::{KeyId, VerifyingKey};
use brygga_domain::{OrgId, Reason, ReferralId, Refusal, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::receive::{Answer, Receiver, receive};
use brygga_exchange::records::ContentAtRest;
use brygga_policy::Principal;
use brygga_storage::{Decision, Expectation, Reader, StorageError};
use brygga_wire::envelope::{MessageType, SignedEnvelope, VerifiedEnvelope};
use brygga_wire::offer::decode_claimed;

use crate::content::{ArrivedContent, Kept};
use crate::{App, AppError};

/// A message whose signature is good, ready to be decided as often as the store asks.
#[derive(Debug)]
pub struct Arrival {
    envelope: VerifiedEnvelope,
    me: Principal,
    sender: Principal,
    content: Option<ContentAtRest>,
}

impl Arrival {
    /// What every message touches, whatever it is about: itself and its thread.
    fn touched_first(&self) -> Vec<Key> {
        let header = self.envelope.header();
        vec![
            Key::Inbox(header.sender.clone(), header.message_id),
            Key::Conversation(header.conversation, header.sender.clone()),
        ]
    }

    /// What begins a thread is seldom a repeat; anything else finds its thread.
    fn expectation(&self) -> Expectation {
        match self.envelope.header().message_type {
            MessageType::ReferralRequested => Expectation::Absent,
            _ => Expectation::Unknown,
        }
    }
}

impl App {
    /// Takes one envelope from a peer whose TLS identity is `peer`.
    pub async fn receive(&self, peer: &OrgId, envelope: SignedEnvelope) -> Answer {
        match self.attribute(peer, envelope).await {
            Ok(arrival) => self.take_in(arrival).await,
            Err(unverified) => unverified,
        }
    }

    /// Decides and stores a message. It enters the store's queue when this is first polled, so those that
    /// are started in the order of a batch stay in it.
    pub async fn take_in(&self, arrival: Arrival) -> Answer {
        let message_type = &arrival.envelope.header().message_type;
        let negotiates = is_negotiation(message_type);
        let claims = *message_type == MessageType::ReferralClaimed;
        let orders_stop = *message_type == MessageType::ProcessingStopRequested;
        let arrival = Arc::new(arrival);
        let app = self.clone();
        let (foreseen, expectation) = (arrival.touched_first(), arrival.expectation());
        let slot = arrival.content.as_ref().map(|content| content.key_slot);
        let store = &self.parts().store;
        let stored = store.decide_on("envelope.receive", foreseen, expectation, move |reader| {
            let (app, arrival) = (app.clone(), Arc::clone(&arrival));
            Box::pin(async move { app.decide_arrival(reader, &arrival).await })
        });
        match stored.await {
            Ok((answer, is_stored)) => {
                if let Some(slot) = slot {
                    self.key_used(slot, is_stored);
                }
                if negotiates && self.refresh_agreements().await.is_err() {
                    tracing::warn!("agreements could not be read anew; the clock will try again");
                }
                if negotiates {
                    self.agreements_round().await;
                }
                if claims && self.offers_round().await.is_err() {
                    tracing::warn!("a claim could not be answered; the clock will try again");
                }
                if orders_stop && self.answer_stops().await.is_err() {
                    tracing::warn!(
                        "an order to stop could not be answered; the clock will try again"
                    );
                }
                answer
            }
            Err(error) => {
                tracing::warn!(
                    storage.error = error.code(),
                    "an arriving message could not be stored"
                );
                let refusal = AppError::from(error).to_refusal();
                Answer::Failure { refusal, retryable: true }
            }
        }
    }

    /// Attributes a message, and encrypts its content for the own store.
    ///
    /// # Errors
    /// The answer: what a newer registry could cure may come again, what is false may not.
    pub async fn attribute(
        &self,
        peer: &OrgId,
        envelope: SignedEnvelope,
    ) -> Result<Arrival, Answer> {
        let never = |refusal| Answer::Failure { refusal, retryable: false };
        let later = |refusal| Answer::Failure { refusal, retryable: true };
        let header = envelope.header();
        if header.sender != *peer {
            return Err(never(Refusal::at(Reason::Unauthenticated, "header.sender")));
        }
        if header.recipient != self.parts().organisation {
            return Err(never(Refusal::at(Reason::WrongRecipient, "header.recipient")));
        }
        let stranger = |_| later(Refusal::at(Reason::Unauthenticated, "header.sender"));
        let sender = self.principal(peer).map_err(stranger)?;
        let me = self.principal(&self.parts().organisation).map_err(stranger)?;
        let key = self.verifying_key(peer, envelope.key_id(), header.created_at);
        let key = key.ok_or_else(|| later(Refusal::at(Reason::BadSignature, "key_id")))?;
        let envelope = envelope.verify(&key).map_err(never)?;
        self.check_claimant(&envelope).map_err(later)?;
        let content = self.arrived_content(&envelope).await;
        let content = content.map_err(|error| later(error.to_refusal()))?;
        Ok(Arrival { envelope, me, sender, content })
    }

    /// A claim is not taken while the function that claims has no key here: its content could not be sealed.
    fn check_claimant(&self, envelope: &VerifiedEnvelope) -> Result<(), Refusal> {
        let header = envelope.header();
        if header.message_type != MessageType::ReferralClaimed {
            return Ok(());
        }
        // What cannot be read is refused where the message is decided.
        let Ok((_, unit)) = decode_claimed(envelope.payload(), header) else { return Ok(()) };
        let key = self.trust().sealing_key(&header.sender, unit.as_ref());
        key.map(drop).map_err(|_| Refusal::at(Reason::NotFound, "payload.unit"))
    }

    /// The sealed part, encrypted for the own store. It is not taken while the key that it is sealed to
    /// is not here, since nobody could read it.
    async fn arrived_content(
        &self,
        envelope: &VerifiedEnvelope,
    ) -> Result<Option<ContentAtRest>, AppError> {
        let Some(info) = envelope.header().sealed.as_ref().filter(|_| !envelope.is_cover()) else {
            return Ok(None);
        };
        let unknown = || Refusal::at(Reason::NotFound, "header.sealing_key_id");
        let sealing_key: KeyId = info.sealing_key_id.parse().map_err(|_| unknown())?;
        self.parts().keys.sealing_by_id(sealing_key).ok_or_else(unknown)?;
        let commitment = info.content_commitment;
        let arrived = ArrivedContent { sealing_key, commitment, sealed: envelope.sealed() };
        self.encrypt_at_rest(kept_as(envelope), &arrived.encode()).await.map(Some)
    }

    /// The answer, and whether the content is stored.
    async fn decide_arrival(
        &self,
        reader: &mut Reader<'_>,
        arrival: &Arrival,
    ) -> Result<Decision<(Answer, bool)>, StorageError> {
        let header = arrival.envelope.header();
        let book = match header.message_type {
            MessageType::ReferralRequested
            | MessageType::ReferralOffered
            | MessageType::ReferralClaimed
            | MessageType::ReferralNoted
            | MessageType::AgreementProposed
            | MessageType::CapacityCalled
            | MessageType::CapacityCallAnswered
            | MessageType::CapacityHoldRequested
            | MessageType::NoticeEviction
            | MessageType::SignalGiven
            | MessageType::TransferRequested
            | MessageType::AggregateRequested => self.agreements_held(reader).await?,
            _ => self.parts().agreements.book(),
        };
        let now = self.now();
        let (held, read_keys) = held::find(self, reader, arrival, &book, now).await?;
        let keys = |organisation: &OrgId, id: &str, at: Timestamp| {
            self.verifying_key(organisation, id, at)
        };
        let members = |organisation: &OrgId| self.principal(organisation).ok();
        let receiver = Receiver {
            me: &arrival.me,
            sender: &arrival.sender,
            agreements: &book,
            keys: &keys,
            members: &members,
            owns: &|owner, company| self.owns(owner, company),
        };
        let content = arrival.content.clone();
        let (writes, answer) =
            self.locally(|local| receive(local, &receiver, &arrival.envelope, held, content));
        let is_stored = writes.new_referrals.iter().any(|new| new.content.is_some())
            || writes.notes.iter().any(|note| note.content.is_some())
            || writes.transfers.parts.iter().any(|part| part.content.is_some())
            || writes.notices.parts.iter().any(|part| part.content.is_some());
        Ok(Decision { writes, answer: (answer, is_stored), read_keys })
    }

    /// The key of a member for something that it signed at an instant.
    pub(crate) fn verifying_key(
        &self,
        organisation: &OrgId,
        key_id: &str,
        at: Timestamp,
    ) -> Option<VerifyingKey> {
        self.trust().verifying_key(organisation, key_id.parse().ok()?, at).ok()
    }
}

fn is_negotiation(message_type: &MessageType) -> bool {
    matches!(
        message_type,
        MessageType::AgreementProposed
            | MessageType::AgreementSigned
            | MessageType::AgreementSuspended
            | MessageType::AgreementResumed
            | MessageType::AgreementTerminated
    )
}

/// What the sealed content of a message is kept as: a note, a part of a transfer or a notice, or the thread's referral.
fn kept_as(envelope: &VerifiedEnvelope) -> Kept {
    let header = envelope.header();
    match header.message_type {
        MessageType::ReferralNoted => Kept::Note(header.message_id),
        MessageType::NoticeEviction
        | MessageType::NoticeConfirmed
        | MessageType::SignalGiven
        | MessageType::SignalStep => Kept::NoticePart(header.message_id),
        MessageType::TransferRequested
        | MessageType::TransferAnswered
        | MessageType::TransferHandedOver => Kept::TransferPart(header.message_id),
        _ => Kept::Referral(ReferralId::from_bytes(*header.conversation.as_bytes())),
    }
}
