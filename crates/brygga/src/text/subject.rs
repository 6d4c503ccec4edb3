//! What a document in the register concerns, in brief, by the type of its message.

use crate::cli::Language;

/// Every subject with its words. They name a kind of document, never a person.
const SUBJECTS: &[(&str, &str, &str)] = &[
    ("aggregate.reported", "sammanställning av remisser", "aggregate of referrals"),
    ("aggregate.requested", "begäran om sammanställning", "request for an aggregate"),
    ("agreement.proposed", "förslag till avtal", "proposed agreement"),
    ("agreement.signed", "undertecknat avtal", "signed agreement"),
    ("agreement.suspended", "paus av avtal", "suspension of agreement"),
    ("agreement.quota_declared", "underlag för kvot", "base of a quota"),
    ("agreement.resumed", "avtal återupptaget", "resumption of agreement"),
    ("agreement.terminated", "uppsägning av avtal", "termination of agreement"),
    ("capacity.call_answered", "svar på en platsförfrågan", "answer to a call for places"),
    ("capacity.call_closed", "avslutad platsförfrågan", "end of a call for places"),
    ("capacity.called", "platsförfrågan", "call for places"),
    ("capacity.hold_changed", "ändrad platshållning", "change of a hold of places"),
    ("capacity.hold_ended", "avslutad platshållning", "end of a hold of places"),
    ("capacity.hold_moved", "plats i kön för återinflyttning", "place in the queue to come back"),
    ("capacity.hold_requested", "begäran om att hålla platser", "request to hold places"),
    (
        "notice.confirmed",
        "bekräftelse av besked om avhysning",
        "confirmation of a notice of eviction",
    ),
    ("signal.given", "underrättelse om ett hem", "signal about a home"),
    ("signal.step", "åtgärd efter en underrättelse", "step after a signal"),
    ("notice.eviction", "besked om avhysning", "notice of an eviction"),
    (
        "processing.stop_requested",
        "begäran om att sluta behandla uppgifter",
        "order to stop processing",
    ),
    (
        "processing.stopped",
        "svar om att behandlingen har upphört",
        "answer that processing has stopped",
    ),
    (
        "referral.acknowledged",
        "bekräftelse av avslutad remiss",
        "acknowledgement of how a referral ended",
    ),
    ("referral.claimed", "anspråk på öppen remiss", "claim of an open referral"),
    ("referral.noted", "meddelande i remiss", "note in a referral"),
    ("referral.offer_closed", "stängd öppen remiss", "closed open referral"),
    ("referral.offered", "erbjudande av öppen remiss", "offer of an open referral"),
    (
        "referral.review_requested",
        "begäran om omprövning av avböjd remiss",
        "request for a second look at a decline",
    ),
    ("referral.claimed", "anspråk på öppen remiss", "claim of an open referral"),
    ("referral.offer_closed", "avslut av öppen remiss", "end of an open referral"),
    ("referral.offered", "erbjudande om öppen remiss", "offer of an open referral"),
    ("referral.requested", "begäran om remiss", "request for a referral"),
    ("referral.withdrawn", "återkallelse av remiss", "withdrawal of a referral"),
    ("referral.progressed", "händelse i remiss", "event of a referral"),
    (
        "transfer.answered",
        "svar på begäran om överflyttning av ärende",
        "answer to a request to move a case",
    ),
    ("transfer.escalated", "överflyttning av ärende hos IVO", "transfer of a case with IVO"),
    ("transfer.handed_over", "överlämnande av ärende", "hand-over of a case"),
    ("transfer.requested", "begäran om överflyttning av ärende", "request to move a case"),
    (
        "transfer.withdrawn",
        "återkallad begäran om överflyttning av ärende",
        "withdrawn request to move a case",
    ),
];

/// The words of a subject; the code itself where this version has none.
pub(crate) fn subject(code: &str, language: Language) -> String {
    let found = SUBJECTS.iter().find(|(known, ..)| *known == code);
    let words = found.map(|(_, swedish, english)| match language {
        Language::Sv => *swedish,
        Language::En => *english,
    });
    words.unwrap_or(code).to_owned()
}
