//! The register of official documents (diarium): each message that is received or sent is entered
//! in the transaction that stores the message, which is sooner than "without delay" (OSL 5:1).

use brygga_crypto::Digest;
use brygga_domain::access::Behalf;
use brygga_domain::register::{RegisterDirection, SecrecyProvision};
use brygga_domain::{ConversationId, MessageId, OrgId, Timestamp};
use brygga_wire::envelope::{Header, MessageType};

use crate::Decided;
use crate::records::OutboxEntry;

/// A document in the register. Its number is given by the store.
///
/// Nobody is named in it; it becomes about somebody for whoever can link the thread to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry {
    /// When it was received or drawn up; a secrecy marking has the same date.
    pub registered_at: Timestamp,
    /// Received or sent.
    pub direction: RegisterDirection,
    /// Who sent it, or to whom it was sent.
    pub counterparty: OrgId,
    /// The message.
    pub message_id: MessageId,
    /// Its thread: the referral or the agreement that it is about.
    pub conversation: ConversationId,
    /// What it concerns, in brief: the type of its payload.
    pub subject: String,
    /// The secrecy marking, made by the own organisation; none where nothing in it is about a person.
    pub secrecy: Option<SecrecyProvision>,
    /// The shared unit that made it and the board for which; none where nobody acted for another.
    pub behalf: Option<Behalf>,
}

/// An export of the register that the registrar has confirmed to have kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterExport {
    /// Lowest number in it.
    pub first_number: u64,
    /// Highest number in it.
    pub last_number: u64,
    /// When it was confirmed.
    pub exported_at: Timestamp,
    /// The registrar, by the opaque subject of the token.
    pub exported_by: String,
    /// SHA-256 of the file as the registrar keeps it.
    pub sha256: Digest,
}

impl RegisterEntry {
    /// The entry of a message that is sent.
    pub(crate) fn sent(message: &OutboxEntry, message_type: &MessageType) -> Self {
        Self {
            registered_at: message.created_at,
            direction: RegisterDirection::Out,
            counterparty: message.recipient.clone(),
            message_id: message.message_id,
            conversation: message.conversation,
            subject: message.message_type.clone(),
            secrecy: secrecy(message_type),
            behalf: None,
        }
    }

    /// The entry of a message that is received.
    pub(crate) fn received(header: &Header, now: Timestamp) -> Self {
        Self {
            registered_at: now,
            direction: RegisterDirection::In,
            counterparty: header.sender.clone(),
            message_id: header.message_id,
            conversation: header.conversation,
            subject: header.message_type.as_str().to_owned(),
            secrecy: secrecy(&header.message_type),
            behalf: None,
        }
    }
}

impl<T> Decided<T> {
    /// The same decision by somebody who acts for a board; unchanged where nobody does.
    #[must_use]
    pub fn on_behalf(mut self, behalf: Option<&Behalf>) -> Self {
        for entry in &mut self.writes.register {
            entry.behalf = behalf.cloned();
        }
        self
    }
}

/// Marked unless it is known to be about no person: also what this version cannot read.
fn secrecy(message_type: &MessageType) -> Option<SecrecyProvision> {
    match message_type {
        MessageType::AgreementProposed
        | MessageType::AgreementSigned
        | MessageType::AgreementSuspended
        | MessageType::AgreementResumed
        | MessageType::AgreementQuotaDeclared
        | MessageType::AgreementTerminated
        | MessageType::AggregateRequested
        | MessageType::AggregateReported
        | MessageType::CapacityCalled
        | MessageType::CapacityCallAnswered
        | MessageType::CapacityCallClosed
        | MessageType::CapacityHoldRequested
        | MessageType::CapacityHoldChanged
        | MessageType::CapacityHoldEnded
        | MessageType::CapacityHoldMoved => None,
        _ => Some(SecrecyProvision::Osl26_1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_about_a_person_is_marked_and_an_agreement_is_not() {
        let marked = Some(SecrecyProvision::Osl26_1);
        assert_eq!(secrecy(&MessageType::ReferralRequested), marked);
        assert_eq!(secrecy(&MessageType::Other("relocation.asked".to_owned())), marked);
        assert_eq!(secrecy(&MessageType::AgreementProposed), None);
    }
}
