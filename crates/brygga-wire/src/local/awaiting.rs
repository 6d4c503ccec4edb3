//! Waiting for a request to leave the queue.

use std::time::Duration;

use brygga_domain::referral::{Delivery, Side};
use brygga_domain::{ReferralId, Refusal};
use brygga_proto::local::v1 as proto;

use crate::field::{from_bytes, invalid};

use super::referral::delivery_to_proto;

/// Longest wait, in seconds; shorter than the deadline of a call.
pub const MAX_WAIT_SECONDS: u32 = 20;

/// Reads which referral is waited for, and for how long.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `referral_id` or `wait_seconds`.
pub fn awaited_delivery(
    request: &proto::AwaitDeliveryRequest,
) -> Result<(ReferralId, Duration), Refusal> {
    let id = from_bytes(&request.referral_id, "referral_id")?;
    let seconds = if request.wait_seconds == 0 { MAX_WAIT_SECONDS } else { request.wait_seconds };
    Ok((id, delivery_wait(seconds)?))
}

/// Reads how long to wait.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `wait_seconds` where it is longer than [`MAX_WAIT_SECONDS`].
pub fn delivery_wait(seconds: u32) -> Result<Duration, Refusal> {
    if seconds > MAX_WAIT_SECONDS {
        return Err(invalid("wait_seconds"));
    }
    Ok(Duration::from_secs(seconds.into()))
}

/// How far a request has come on its way.
pub fn awaited_to_proto(delivery: &Delivery) -> proto::AwaitDeliveryResponse {
    let (status, reason) = delivery_to_proto(Side::Source, delivery);
    proto::AwaitDeliveryResponse {
        delivery_status: status.into(),
        refusal_reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(wait_seconds: u32) -> proto::AwaitDeliveryRequest {
        proto::AwaitDeliveryRequest { referral_id: vec![7; 16], wait_seconds }
    }

    #[test]
    fn no_wait_named_is_the_longest_and_a_longer_one_is_refused() {
        let wait = |seconds| awaited_delivery(&request(seconds)).map(|(_, wait)| wait.as_secs());
        assert_eq!(wait(0), Ok(20));
        assert_eq!(wait(20), Ok(20));
        assert_eq!(wait(21).map_err(|refusal| refusal.field), Err("wait_seconds"));
    }
}
