//! What is held that an arriving message may touch, and so rests on.

use brygga_domain::aggregate::Quarter;
use brygga_domain::agreement::Action;
use brygga_domain::{
    AgreementId, CallId, ConversationId, HoldId, NoticeId, OfferId, OrgId, ReferralId, ServiceId,
    StopId, Timestamp, TransferId,
};
use brygga_exchange::Key;
use brygga_exchange::aggregate::{AggregateHeld, CountedAgreement};
use brygga_exchange::call::AnsweredCall;
use brygga_exchange::receive::{Held, Touches, touches};
use brygga_policy::{AggregateQuestion, AgreementBook, counted_under, decide_aggregate};
use brygga_storage::{Reader, StorageError};
use brygga_wire::envelope::{Header, MessageType};
use brygga_wire::referral::places_requested;

use super::Arrival;
use crate::App;
use crate::calls::{answered_call, open};
use crate::capacity::services;
use crate::quotas::quota_use;

/// Reads it, and names what the decision rests on.
pub(super) async fn find(
    app: &App,
    reader: &mut Reader<'_>,
    arrival: &Arrival,
    book: &AgreementBook,
    now: Timestamp,
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
            read_keys.extend(stopped(reader, &mut held, (id, referral), &header.sender).await?);
        }
        Touches::OwnOffer(id) => read_keys.extend(own_offer(reader, &mut held, id).await?),
        Touches::OfferAnswered(id, offer) => {
            held.referral = reader.referral_by_id(id).await?;
            read_keys.extend([Key::Referral(id), received_offer(reader, &mut held, offer).await?]);
        }
        Touches::ReceivedOffer(id) => read_keys.push(received_offer(reader, &mut held, id).await?),
        Touches::OwnAggregate(id, quarter) => {
            held.aggregate = own_aggregate(reader, arrival, book, (id, quarter), now).await?;
            read_keys.extend(counted(&held, id, quarter));
        }
        Touches::AskedAggregate(id, quarter) => {
            read_keys
                .push(asked_aggregate(reader, &mut held, (id, quarter), &header.sender).await?);
        }
        Touches::Hold(id, services, departed) => {
            read_keys.extend(hold(reader, &mut held, (id, departed), services).await?);
        }
        Touches::OwnCall(id, hold) => {
            read_keys.extend(own_call(reader, &mut held, id, hold).await?)
        }
        Touches::ReceivedCall(id) => read_keys.extend(received_call(reader, &mut held, id).await?),
        Touches::Transfer(id) => read_keys.push(transfer(reader, &mut held, id).await?),
        Touches::Notice(id) => read_keys.push(notice(app, reader, &mut held, id).await?),
        Touches::Signal(id, replaced) => {
            read_keys.extend(signal(reader, &mut held, (id, replaced)).await?);
        }
        Touches::Referral(_) | Touches::Nothing => {}
    }
    read_keys.extend(places(reader, arrival, book, now, &mut held).await?);
    Ok((held, read_keys))
}

/// What an own aggregate rests on: the counts of each agreement, and the one that asks.
fn counted(held: &Held, id: AgreementId, quarter: Quarter) -> Vec<Key> {
    let counted = held.aggregate.counted.iter().flatten().map(|one| one.agreement);
    let counts = counted.chain([id]).map(|id| Key::Aggregate(id, quarter));
    counts.chain([Key::Agreement(id)]).collect()
}

/// A notice, what else may have its id, and the own function for protected post.
async fn notice(
    app: &App,
    reader: &mut Reader<'_>,
    held: &mut Held,
    id: NoticeId,
) -> Result<Key, StorageError> {
    held.protected_unit = app.protected_unit(&app.parts().organisation);
    held.notice = reader.notice_by_id(id).await?;
    held.signal = reader.signal_by_id(id).await?;
    Ok(Key::Notice(id))
}

/// A signal, what else may have its id, and the earlier one that it goes on from.
async fn signal(
    reader: &mut Reader<'_>,
    held: &mut Held,
    (id, replaced): (NoticeId, Option<NoticeId>),
) -> Result<Vec<Key>, StorageError> {
    held.signal = reader.signal_by_id(id).await?;
    held.notice = reader.notice_by_id(id).await?;
    if let Some(replaced) = replaced {
        held.replaced = reader.signal_by_id(replaced).await?;
    }
    Ok(std::iter::once(id).chain(replaced).map(Key::Notice).collect())
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

/// The places that are taken in the quotas that a referral or a hold between the two would count in, where the message
/// asks for one; and the referral that a hold came with.
async fn places(
    reader: &mut Reader<'_>,
    arrival: &Arrival,
    book: &AgreementBook,
    now: Timestamp,
    held: &mut Held,
) -> Result<Vec<Key>, StorageError> {
    let header = arrival.envelope.header();
    let (me, sender) = (&arrival.me.organisation, &header.sender);
    let (ends, action) = match header.message_type {
        MessageType::ReferralRequested => ((sender, me), Action::ReferralSend),
        MessageType::ReferralClaimed => ((me, sender), Action::ReferralSend),
        MessageType::CapacityHoldRequested => ((sender, me), Action::CapacityPublish),
        _ => return Ok(came_with(reader, held, header).await?.into_iter().collect()),
    };
    let (quota_use, mut rests_on) = quota_use(reader, book, ends, action, now).await?;
    held.quota_use = quota_use;
    rests_on.extend(held_with(reader, arrival, book, now, held).await?);
    Ok(rests_on)
}

/// The referral that a hold came with, where its publisher tells until when it is held.
async fn came_with(
    reader: &mut Reader<'_>,
    held: &mut Held,
    header: &Header,
) -> Result<Option<Key>, StorageError> {
    if header.message_type != MessageType::CapacityHoldMoved {
        return Ok(None);
    }
    let id = ReferralId::from_bytes(*header.conversation.as_bytes());
    held.referral = reader.referral_by_id(id).await?;
    Ok(Some(Key::Referral(id)))
}

/// What the places rest on that are to be held with a referral.
async fn held_with(
    reader: &mut Reader<'_>,
    arrival: &Arrival,
    book: &AgreementBook,
    now: Timestamp,
    held: &mut Held,
) -> Result<Vec<Key>, StorageError> {
    let header = arrival.envelope.header();
    if header.message_type != MessageType::ReferralRequested {
        return Ok(Vec::new());
    }
    // What cannot be read is refused where the message is decided.
    let Ok(Some(asked)) = places_requested(arrival.envelope.payload(), header) else {
        return Ok(Vec::new());
    };
    let services = asked.items.iter().map(|item| item.service).collect();
    let mut read_keys = hold(reader, held, (asked.id, None), services).await?;
    let ends = (&header.sender, &arrival.me.organisation);
    let (used, rests_on) = quota_use(reader, book, ends, Action::CapacityPublish, now).await?;
    held.places_use = used;
    read_keys.extend(rests_on);
    Ok(read_keys)
}

/// The transfer of a case.
async fn transfer(
    reader: &mut Reader<'_>,
    held: &mut Held,
    id: TransferId,
) -> Result<Key, StorageError> {
    held.transfer = reader.transfer_by_id(id).await?;
    Ok(Key::Transfer(id))
}

/// Another's offer.
async fn received_offer(
    reader: &mut Reader<'_>,
    held: &mut Held,
    id: OfferId,
) -> Result<Key, StorageError> {
    held.received_offer = reader.received_offer_by_id(id).await?;
    Ok(Key::Offer(id))
}

/// An own offer, and the consent that it rests on.
async fn own_offer(
    reader: &mut Reader<'_>,
    held: &mut Held,
    id: OfferId,
) -> Result<Vec<Key>, StorageError> {
    held.offer = reader.offer_by_id(id).await?;
    let mut read_keys = vec![Key::Offer(id)];
    let rests_on = held.offer.as_ref().and_then(|offer| offer.basis.consent_id);
    if let Some(consent) = rests_on {
        held.consent = reader.consent_by_id(consent).await?;
        read_keys.push(Key::Consent(consent));
    }
    Ok(read_keys)
}

/// An own call with its threads, and the hold that answers it, which must not be there yet.
async fn own_call(
    reader: &mut Reader<'_>,
    held: &mut Held,
    id: CallId,
    hold: Option<HoldId>,
) -> Result<Vec<Key>, StorageError> {
    let mut read_keys = vec![Key::Call(id)];
    if let Some(call) = reader.call_by_id(id).await? {
        let (call, keys) = open(reader, call).await?;
        held.call = Some(call);
        read_keys.extend(keys);
    }
    if let Some(hold) = hold {
        held.hold = reader.hold_by_id(hold).await?;
        read_keys.push(Key::Hold(hold));
    }
    Ok(read_keys)
}

/// Another's call, and what the own answer to it holds.
async fn received_call(
    reader: &mut Reader<'_>,
    held: &mut Held,
    id: CallId,
) -> Result<Vec<Key>, StorageError> {
    let (answered, keys) = answered_call(reader, id).await?;
    if let Some(AnsweredCall { call, hold, services, .. }) = answered {
        (held.received_call, held.hold, held.services) = (Some(call), hold, services);
    }
    Ok(keys)
}

/// A hold, the own services that it asks for or is of, and the hold whose place it wants to have again.
async fn hold(
    reader: &mut Reader<'_>,
    held: &mut Held,
    (id, departed): (HoldId, Option<HoldId>),
    mut asked: Vec<ServiceId>,
) -> Result<Vec<Key>, StorageError> {
    held.hold = reader.hold_by_id(id).await?;
    if let Some(hold) = &held.hold {
        asked = hold.items.iter().map(|item| item.service).collect();
    }
    let (services, keys) = services(reader, asked.into_iter()).await?;
    held.services = services;
    if let Some(departed) = departed {
        held.departed = reader.hold_departed(departed).await?;
    }
    let holds = std::iter::once(id).chain(departed).map(Key::Hold);
    Ok(keys.into_iter().chain(holds).collect())
}

/// An order to stop, and the referral that it is about.
async fn stopped(
    reader: &mut Reader<'_>,
    held: &mut Held,
    (id, referral): (StopId, Option<ReferralId>),
    sender: &OrgId,
) -> Result<Vec<Key>, StorageError> {
    held.stop = reader.stop_by_id(id).await?;
    let Some(referral) = referral else { return Ok(vec![Key::Stop(id)]) };
    let thread = ConversationId::from_bytes(*referral.as_bytes());
    held.referral = reader.referral_by_id(referral).await?;
    held.referral_chain = reader.chain(thread, sender).await?;
    let sender = sender.clone();
    Ok(vec![Key::Stop(id), Key::Referral(referral), Key::Conversation(thread, sender)])
}

/// The own question that somebody answers.
async fn asked_aggregate(
    reader: &mut Reader<'_>,
    held: &mut Held,
    (id, quarter): (AgreementId, Quarter),
    teller: &OrgId,
) -> Result<Key, StorageError> {
    let asked = reader.aggregates_asked(id, quarter).await?;
    held.aggregate.asked = asked.into_iter().find(|one| one.teller == *teller);
    Ok(Key::Aggregate(id, quarter))
}

/// The own numbers. Nothing is counted for who may not read it: counting looks at every referral.
async fn own_aggregate(
    reader: &mut Reader<'_>,
    arrival: &Arrival,
    agreements: &AgreementBook,
    (agreement, quarter): (AgreementId, Quarter),
    now: Timestamp,
) -> Result<AggregateHeld, StorageError> {
    let (asks, teller) = (&arrival.sender.organisation, &arrival.me);
    let question = AggregateQuestion { reader: asks, teller, agreement, quarter, agreements, now };
    if decide_aggregate(&question).is_err() {
        return Ok(AggregateHeld::default());
    }
    let told = reader.aggregate_told(agreement, quarter).await?;
    let mut held = AggregateHeld { told, ..AggregateHeld::default() };
    if held.told.is_none() {
        let mut counted = Vec::new();
        for agreement in counted_under(agreements, agreement, &teller.organisation, now) {
            let told = reader.aggregate_told(agreement, quarter).await?;
            let arrived = match told {
                Some(_) => Vec::new(),
                None => reader.aggregate_counted(agreement, quarter).await?,
            };
            counted.push(CountedAgreement { agreement, told, arrived });
        }
        held.counted = Some(counted);
    }
    Ok(held)
}
