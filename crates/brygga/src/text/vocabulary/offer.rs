//! The words of an open referral: how it stands, and why it is closed.

use brygga_proto::local::v1::OfferState;
use brygga_proto::referral::v1::OfferEnd;

use super::{Word, differ};
use crate::cli::Language;

words!(OfferState {
    Open = "öppen", "open";
    Claiming = "anmäld, väntar på besked", "claimed, awaits the answer";
    Claimed = "tagen", "claimed";
    Closed = "stängd", "closed";
});

words!(OfferEnd {
    ClaimedByAnother = "någon annan var först", "somebody else was first";
    ClaimedByYou = "remissen är er", "the referral is yours";
    NotPermitted = "avtalet eller samtycket omfattar er inte längre", "the agreement or the consent covers you no more";
    Withdrawn = "återtagen", "taken back";
    Expired = "ingen tog den i tid", "nobody claimed it in time";
});
