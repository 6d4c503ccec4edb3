//! The local port: what the organisation's own staff and systems ask, and what they see.

mod access;
mod action;
mod aggregate;
mod agreement;
mod awaiting;
mod call;
mod capacity;
mod capacity_search;
mod consent;
mod explain;
mod note;
mod notice;
mod offer;
mod referral;
mod register;
mod relocation;
mod reroute;
mod responsibility;
mod signal;
mod stop;
#[cfg(test)]
mod tests;
mod transfer;
mod wish;

pub use access::{
    AccessRow, InsideWish, ReviewWish, SampleQuestion, access_to_proto, assignment, break_glass_id,
    extract_wish, findings_to_proto, glass_wish, inside_disclosure_id, inside_wish, review_wish,
    sample_question, sampled_to_proto, waiting_to_proto,
};
pub use action::act_on_referral;
pub use aggregate::{AggregateScope, aggregate_scope, aggregates_to_proto};
pub use agreement::{
    agreement_key, agreement_state_to_proto, agreement_to_proto, negotiation_to_proto,
    proposed_terms, suspension, termination,
};
pub use awaiting::{MAX_WAIT_SECONDS, awaited_delivery, awaited_to_proto, delivery_wait};
pub use call::{
    CallWish, call_answer, call_id, call_wish, own_call_to_proto, received_call_to_proto,
};
pub use capacity::{
    HoldRequest, hold_act, hold_end, hold_id, hold_request, hold_to_proto, hold_wait,
    known_to_proto, publication, published_to_proto, service_id,
};
pub use capacity_search::{capacity_need, hit_to_proto, miss_to_proto, unmet_days, unmet_to_proto};
pub use consent::{disclosure_to_proto, narrowing, recorded_consent};
pub use explain::{AssumedConsent, ExplainWish, PublicationWish, explain_wish, publication_wish};
pub use note::{NoteShown, NoteWish, note_to_proto, note_wish};
pub use notice::{
    ListedNotice, NewThread, NoticeSecrets, NoticeThread, NoticeWish, listed_notice,
    notice_confirmation, notice_details, notice_id, notice_to_proto, notice_wish,
};
pub use offer::{
    OfferTerms, OfferWish, offer_claim, offer_id, offer_wish, own_offer_to_proto,
    received_offer_to_proto,
};
pub use referral::{referral_details, referral_to_proto};
pub use register::{RegisterRow, register_entry};
pub use relocation::{
    RelocationWish, network_id, offering_from_proto, officer_proof, open_enquiry_to_proto,
    reciprocity_to_proto, relocation_act_from_proto, relocation_id, relocation_to_proto,
    relocation_wish,
};
pub use reroute::{RerouteWish, reroute_wish};
pub use responsibility::{responsibility_to_proto, situation};
pub use signal::{
    ChainLink, SignalSecrets, SignalWish, StepWish, signal_details, signal_id, signal_to_proto,
    signal_wish, step_wish,
};
pub use stop::stop_to_proto;
pub use transfer::{
    TransferDeed, TransferSecrets, TransferWish, transfer_deed, transfer_details, transfer_id,
    transfer_to_proto, transfer_wish,
};
pub use wish::{PlacesWish, ReferralWish, Wish, referral_wish, warnings_to_proto};

use brygga_domain::{ConsentId, MessageId, ReferralId, Refusal};

use crate::field::from_bytes;

/// Reads the identifier in a request about one referral.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `referral_id`.
pub fn referral_id(bytes: &[u8]) -> Result<ReferralId, Refusal> {
    from_bytes(bytes, "referral_id")
}

/// Reads the identifier in a request about one consent.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `consent_id`.
pub fn consent_id(bytes: &[u8]) -> Result<ConsentId, Refusal> {
    from_bytes(bytes, "consent_id")
}

/// Reads the identifier in a request about one message.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `message_id`.
pub fn message_id(bytes: &[u8]) -> Result<MessageId, Refusal> {
    from_bytes(bytes, "message_id")
}
