//! What is held that an arriving message may touch, and so rests on.

use brygga_domain::ConversationId;
use brygga_exchange::Key;
use brygga_exchange::receive::{Held, Touches, touches};
use brygga_storage::{Reader, StorageError};

use super::Arrival;

/// Reads it, and names what the decision rests on.
pub(super) async fn find(
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
            held.agreement = reader.agreement_by_version(id, version).await?;
            read_keys.push(Key::Agreement(id));
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
