//! Whoever looks for places asks all parties of an agreement that may publish such to it.

use brygga_domain::CallId;
use brygga_domain::agreement::AgreementRecord;
use brygga_domain::capacity::{Call, CallState, WantedPlaces};
use brygga_policy::{AgreementBook, CallQuestion, callable};
use brygga_wire::capacity::encode_called;
use brygga_wire::envelope::MessageType;

use super::NewCall;
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::IdempotencyKey;
use crate::{Decided, Local, WriteSet};

/// What somebody looks for.
#[derive(Clone, Debug)]
pub struct Placing {
    /// What.
    pub wanted: WantedPlaces,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
}

/// Asks every party of an agreement that may be asked. Whoever calls this has looked for its idempotency key and found
/// nothing.
///
/// Refused as [`callable`].
pub fn place(
    local: &mut Local<'_>,
    actor: &Actor,
    placing: Placing,
    record: &AgreementRecord,
    agreements: &AgreementBook,
) -> Decided<Call> {
    let id = CallId::from_bytes(local.identifier());
    let subject = id.to_string();
    let question = CallQuestion {
        caller: local.organisation,
        service_type: &placing.wanted.service_type,
        agreements,
        now: local.now,
    };
    let asked = match callable(record, &question) {
        Ok(asked) => asked,
        Err(refusal) => return refused(local, actor, "call.place", &subject, refusal),
    };
    let (agreement_id, agreement_version) = (record.terms().agreement_id, record.terms().version);
    let rule_id = asked.first().map(|(_, rule_id)| rule_id.clone()).unwrap_or_default();
    let call = Call {
        id,
        wanted: placing.wanted,
        agreement_id,
        agreement_version,
        parties: asked.into_iter().map(|(party, _)| party).collect(),
        placed_at: local.now,
        state: CallState::Open,
        changed_at: local.now,
        revision: 1,
    };
    let mut writes = WriteSet::default();
    for party in &call.parties {
        let draft = Draft {
            message_id: local.message_id(),
            message_type: MessageType::CapacityCalled,
            recipient: party.clone(),
            recipient_unit: None,
            conversation: call.conversation(),
            agreement: Some((agreement_id, agreement_version)),
            expires_at: local.message_end(),
            payload: encode_called(&call),
            sealed: None,
        };
        writes.merge(compose(local, draft, None).writes());
    }
    let clause = format!("{agreement_id}/{agreement_version}/{rule_id}");
    let permitted = Verdict::Permitted { clause };
    writes.audit.push(leaf(local, actor, "call.place", &subject, &permitted));
    writes.calls.new.push(NewCall { call: call.clone(), idempotency: placing.idempotency });
    Decided { writes, answer: Ok(call) }
}
