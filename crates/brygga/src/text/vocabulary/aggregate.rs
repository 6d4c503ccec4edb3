//! The words of aggregates: how far a question has come, and a referral when it was counted.

use brygga_proto::aggregate::v1::AggregateOutcome;
use brygga_proto::local::v1::TellerState;

use super::{Word, differ};
use crate::cli::Language;

words!(TellerState {
    NotAsked = "inte tillfrågad", "not asked";
    Waiting = "har inte svarat", "has not answered";
    Told = "har svarat", "has told";
    Refused = "nekad", "refused";
});

words!(AggregateOutcome {
    Unanswered = "obesvarade", "unanswered";
    Accepted = "accepterade", "accepted";
    Declined = "avböjda", "declined";
    Completed = "avslutade", "completed";
    Failed = "gick inte att genomföra", "could not be done";
    Withdrawn = "återkallade", "taken back";
    Expired = "utgångna", "expired";
});
