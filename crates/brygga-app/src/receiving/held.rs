//! What is held that an arriving message may touch, and so rests on.

use brygga_domain::{AgreementId, ConversationId};
use brygga_exchange::Key;
use brygga_exchange::receive::{Held, Touches, touches};
use brygga_storage::{Reader, StorageError};
use brygga_wire::envelope::{Header, MessageType};

use super::Arrival;
use crate::App;

/// Reads it, and names what the decision rests on.
pub(super) async fn find(
    app: &App,
    reader: &mut Reader<'_>,
    arrival: &Arrival,
) -> Result<(Held, Vec<Key>), StorageError> {
    let header = arrival.envelope.header();
    let mut held = Held {
        inbox: reader.inbox_entry(&header.sender, header.message_id).await?,
        chain: reader.chain(header.conversation, &header.sender).await?,
        ..Held::default()
    };
    let mut read_keys = arrival.touched_first();
    match touches(&arrival.envelope) {
        // Somebody else's thread may have begun it: then a request must not begin it again.
        Touches::Referral(id)
            if !reader.is_new_conversation(header.conversation, &header.sender) =>
        {
            held.referral = reader.referral_by_id(id).await?;
            read_keys.push(Key::Referral(id));
        }
        Touches::Agreement(id, version) => {
            read_keys.extend(agreement(app, reader, header, (id, version), &mut held).await?);
        }
        Touches::Stop(id, referral) => {
            held.stop = reader.stop_by_id(id).await?;
            read_keys.push(Key::Stop(id));
            if let Some(referral) = referral {
                let thread = ConversationId::from_bytes(*referral.as_bytes());
                held.referral = reader.referral_by_id(referral).await?;
                held.referral_chain = reader.chain(thread, &header.sender).await?;
                read_keys.push(Key::Referral(referral));
                read_keys.push(Key::Conversation(thread, header.sender.clone()));
            }
        }
        Touches::OwnOffer(id) => {
            held.offer = reader.offer_by_id(id).await?;
            read_keys.push(Key::Offer(id));
            let rests_on = held.offer.as_ref().and_then(|offer| offer.basis.consent_id);
            if let Some(consent) = rests_on {
                held.consent = reader.consent_by_id(consent).await?;
                read_keys.push(Key::Consent(consent));
            }
        }
        Touches::OfferAnswered(id, offer) => {
            held.received_offer = reader.received_offer_by_id(offer).await?;
            held.referral = reader.referral_by_id(id).await?;
            read_keys.extend([Key::Offer(offer), Key::Referral(id)]);
        }
        Touches::ReceivedOffer(id) => {
            held.received_offer = reader.received_offer_by_id(id).await?;
            read_keys.push(Key::Offer(id));
        }
        Touches::Referral(_) | Touches::Nothing => {}
    }
    Ok((held, read_keys))
}

/// The agreement, and where it waits for signatures and is proposed again the threads with its parties: other terms end
/// it, and they are told.
async fn agreement(
    app: &App,
    reader: &mut Reader<'_>,
    header: &Header,
    (id, version): (AgreementId, u32),
    held: &mut Held,
) -> Result<Vec<Key>, StorageError> {
    let mut read_keys = vec![Key::Agreement(id)];
    held.agreement = reader.agreement_by_version(id, version).await?;
    let is_proposed = header.message_type == MessageType::AgreementProposed;
    let open = held.agreement.as_ref().filter(|record| is_proposed && !record.is_signed());
    if let Some(record) = open {
        let threads = app.threads(reader, record.terms()).await?;
        let parties = threads.iter().map(|(party, _)| party.clone());
        read_keys.extend(parties.map(|party| Key::Conversation(header.conversation, party)));
        held.agreement_threads = threads;
    }
    Ok(read_keys)
}
