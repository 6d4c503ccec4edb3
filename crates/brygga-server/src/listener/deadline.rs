//! One deadline for one whole call: headers, handler and the reply to its last byte.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::body::Body;

use super::admission::CallPass;
use super::shed::Shed;

/// The shorter of our own span and the client's `grpc-timeout`. A header that does
/// not parse counts as absent.
pub(super) fn call_span(headers: &HeaderMap, longest: Duration) -> Duration {
    headers
        .get("grpc-timeout")
        .and_then(|value| parse_timeout(value.to_str().ok()?))
        .map_or(longest, |asked| asked.min(longest))
}

/// The header's form in the gRPC protocol: 1 to 8 digits and a unit.
fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

/// A reply that ends at the deadline, and keeps the call counted until it has ended.
pub(super) struct DeadlineBody {
    body: Body,
    deadline: Pin<Box<Sleep>>,
    ended: bool,
    _pass: CallPass,
}

impl DeadlineBody {
    pub(super) fn new(body: Body, deadline: Instant, pass: CallPass) -> Self {
        Self { body, deadline: Box::pin(sleep_until(deadline)), ended: false, _pass: pass }
    }
}

impl HttpBody for DeadlineBody {
    type Data = <Body as HttpBody>::Data;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.deadline.as_mut().poll(cx).is_ready() {
            self.ended = true;
            return Poll::Ready(Some(Ok(Frame::trailers(Shed::Deadline.trailers()))));
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(30);

    fn span(header: &str) -> Duration {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", header.parse().unwrap());
        call_span(&headers, LONGEST)
    }

    #[test]
    fn a_shorter_timeout_wins_and_a_longer_one_does_not() {
        assert_eq!(call_span(&HeaderMap::new(), LONGEST), LONGEST);
        assert_eq!(span("250m"), Duration::from_millis(250));
        assert_eq!(span("2S"), Duration::from_secs(2));
        assert_eq!(span("99999999H"), LONGEST);
    }

    #[test]
    fn a_timeout_that_does_not_parse_counts_as_absent() {
        for header in ["", "S", "1", "1x", "-1S", "+1S", "123456789m", "1 S"] {
            assert_eq!(span(header), LONGEST, "{header:?}");
        }
    }
}
