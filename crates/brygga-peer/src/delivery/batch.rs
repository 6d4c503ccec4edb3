//! One batch: what is due becomes a call, and its answer a reply for each message.

use brygga_app::App;
use brygga_domain::{OrgId, Reason};
use brygga_exchange::records::OutboxEntry;
use brygga_exchange::settle::{Again, Reply};
use brygga_proto::federation::v1::deliver_result::Result as Answer;
use brygga_proto::federation::v1::{DeliverRequest, DeliverResponse, DeliverResult, Envelope};
use prost::Message;

use crate::channels::{CallError, PeerChannels};

use super::failures::Failures;

/// Messages for one recipient that travel together, oldest first.
pub(super) struct Batch {
    entries: Vec<OutboxEntry>,
    /// Stored messages that are none: a defect here, which no peer can mend.
    spoilt: Vec<OutboxEntry>,
    request: DeliverRequest,
}

/// What became of a batch.
pub(super) struct Settlement {
    /// A reply for each message.
    pub(super) replies: Vec<(OutboxEntry, Reply)>,
    /// Why the recipient gave no answer that can be used; none where it did.
    pub(super) failure: Option<&'static str>,
}

impl Batch {
    pub(super) fn new(due: Vec<OutboxEntry>) -> Self {
        let mut batch = Self {
            entries: Vec::with_capacity(due.len()),
            spoilt: Vec::new(),
            request: DeliverRequest { envelopes: Vec::with_capacity(due.len()) },
        };
        for entry in due {
            match Envelope::decode(entry.envelope.as_slice()) {
                Ok(envelope) => {
                    batch.request.envelopes.push(envelope);
                    batch.entries.push(entry);
                }
                Err(_) => batch.spoilt.push(entry),
            }
        }
        batch
    }

    /// Sends it. Where every message is spoilt there is nothing to send and nobody to ask.
    pub(super) async fn send(
        &mut self,
        channels: &PeerChannels,
        recipient: &OrgId,
    ) -> Result<DeliverResponse, CallError> {
        let request = std::mem::take(&mut self.request);
        if request.envelopes.is_empty() {
            return Ok(DeliverResponse::default());
        }
        channels.deliver(recipient, request).await
    }

    /// Sorts the answer. One bad item fails by itself; an answer that cannot be attributed to
    /// the messages, or none at all, fails them all, to be tried again.
    pub(super) fn settle(
        self,
        app: &App,
        answer: Result<DeliverResponse, CallError>,
        failures: &mut Failures,
    ) -> Settlement {
        let (results, failure, was_sent) = match answer {
            Ok(answer) if answer.results.len() == self.entries.len() => {
                (Ok(answer.results), None, true)
            }
            Ok(_) => (Err(Reason::RecipientInternal), Some("result_count"), true),
            Err(error) => (Err(error.reason()), Some(error.kind()), error.was_sent()),
        };
        let replies: Vec<Reply> = match results {
            Ok(results) => {
                let answered = self.entries.iter().zip(results);
                answered.map(|(entry, result)| judge(app, entry, result, failures)).collect()
            }
            Err(reason) => {
                let again = match self.entries.as_slice() {
                    [alone] if was_sent => failures.failed(alone.message_id),
                    _ => Again::After(0),
                };
                vec![Reply::Failure { reason, again }; self.entries.len()]
            }
        };
        let spoilt = Reply::Failure { reason: Reason::InvalidField, again: Again::Never };
        let mut replies: Vec<_> = self.entries.into_iter().zip(replies).collect();
        replies.extend(self.spoilt.into_iter().map(|entry| (entry, spoilt.clone())));
        Settlement { replies, failure }
    }
}

/// What the recipient said of one message. A receipt that it did not sign for this very message
/// is none, and the message goes again.
fn judge(app: &App, entry: &OutboxEntry, result: DeliverResult, failures: &mut Failures) -> Reply {
    let reason = match result.result {
        Some(Answer::Receipt(receipt)) => {
            match app.check_receipt(entry, &receipt.encode_to_vec()) {
                Ok(reply) => {
                    failures.forget(entry.message_id);
                    return reply;
                }
                Err(refusal) => {
                    tracing::warn!(
                        peer = %entry.recipient,
                        reason = refusal.reason.as_str(),
                        "a receipt is not usable"
                    );
                    refusal.reason
                }
            }
        }
        Some(Answer::Failure(failure)) => {
            let reason = Reason::parse(&failure.reason).unwrap_or(Reason::RecipientInternal);
            if !failure.retryable {
                failures.forget(entry.message_id);
                return Reply::Failure { reason, again: Again::Never };
            }
            reason
        }
        None => Reason::RecipientInternal,
    };
    Reply::Failure { reason, again: failures.failed(entry.message_id) }
}
