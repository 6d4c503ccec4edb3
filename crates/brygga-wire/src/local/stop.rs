//! What a recipient was told to stop, and what it answered.

use brygga_domain::Timestamp;
use brygga_domain::stop::ProcessingStop;
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::stop::stopped_to_proto;
use crate::time;

/// An order of this node, as its own staff see it.
pub fn stop_to_proto(stop: &ProcessingStop, now: Timestamp) -> proto::ProcessingStop {
    proto::ProcessingStop {
        stop_id: stop.id.as_bytes().to_vec(),
        referral_id: stop.referral_id.as_bytes().to_vec(),
        recipient: stop.peer.to_string(),
        reason: code::number_or_unset(Some(stop.reason)),
        requested_at: Some(time::to_proto(stop.requested_at)),
        answer: stop.answer.as_ref().map(|answer| stopped_to_proto(stop, answer)),
        is_overdue: stop.is_overdue(now),
    }
}
