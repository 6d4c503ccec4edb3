//! Consents: the record that stays where it was collected, and the little that a recipient learns.

#[cfg(test)]
mod tests;

use brygga_domain::consent::{Consent, ConsentDraft, ConsentEvent, ConsentRecipient};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{ConsentId, Refusal, Timestamp};
use brygga_proto::consent::v1 as proto;

use crate::code;
use crate::field::{counted, from_bytes, from_text, from_text_or_none, text_or_empty};
use crate::time;

const MAX_RECIPIENTS: usize = 16;
const MAX_DATA_CATEGORIES: usize = 16;
const MAX_THIRD_PARTIES: usize = 8;

/// The record, for the organisation's own staff only.
pub fn consent_to_proto(consent: &Consent) -> proto::ConsentRecord {
    let recipients = consent.recipients.iter();
    proto::ConsentRecord {
        consent_id: consent.consent_id.as_bytes().to_vec(),
        person_reference: consent.person_reference.expose().clone(),
        consenting_party: code::number_or_unset(Some(consent.consenting_party)),
        recipients: recipients
            .map(|recipient| proto::ConsentRecipient {
                organisation: recipient.organisation.to_string(),
                unit: text_or_empty(recipient.unit.as_ref()),
            })
            .collect(),
        data_categories: code::numbers(&consent.data_categories),
        purpose: consent.purpose.clone(),
        valid_from: Some(time::to_proto(consent.valid_from)),
        valid_until: Some(time::to_proto(consent.valid_until)),
        form: code::number_or_unset(Some(consent.form)),
        language: consent.language.clone(),
        information_given: consent.information_given,
        evidence_reference: consent.evidence_reference.expose().clone(),
        withdrawn_at: consent.withdrawn_at.map(time::to_proto),
        subject_age: code::number_or_unset(Some(consent.subject_age)),
        third_parties_covered: code::numbers(&consent.third_parties_covered),
        events: consent.events.iter().map(event_to_proto).collect(),
    }
}

fn event_to_proto(event: &ConsentEvent) -> proto::ConsentEvent {
    proto::ConsentEvent {
        r#type: code::number_or_unset(Some(event.kind)),
        at: Some(time::to_proto(event.at)),
    }
}

/// Reads a record.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field under `consent.`, also for a blanket consent and for one
/// without information to the person.
pub fn consent_from_proto(record: proto::ConsentRecord) -> Result<Consent, Refusal> {
    counted(&record.recipients, 1..=MAX_RECIPIENTS, "consent.recipients")?;
    counted(&record.data_categories, 1..=MAX_DATA_CATEGORIES, "consent.data_categories")?;
    let others = &record.third_parties_covered;
    counted(others, 0..=MAX_THIRD_PARTIES, "consent.third_parties_covered")?;
    ConsentDraft {
        consent_id: from_bytes(&record.consent_id, "consent.consent_id")?,
        person_reference: Sensitive::new(record.person_reference),
        consenting_party: code::read(record.consenting_party, "consent.consenting_party")?,
        recipients: record.recipients.iter().map(recipient).collect::<Result<_, _>>()?,
        data_categories: code::read_all(&record.data_categories, "consent.data_categories")?,
        purpose: record.purpose,
        valid_from: time::from_proto(record.valid_from, "consent.valid_from")?,
        valid_until: time::from_proto(record.valid_until, "consent.valid_until")?,
        form: code::read(record.form, "consent.form")?,
        language: record.language,
        information_given: record.information_given,
        evidence_reference: Sensitive::new(record.evidence_reference),
        withdrawn_at: time::from_proto_or_none(record.withdrawn_at, "consent.withdrawn_at")?,
        subject_age: code::read(record.subject_age, "consent.subject_age")?,
        third_parties_covered: code::read_all(
            &record.third_parties_covered,
            "consent.third_parties_covered",
        )?,
        // What happened to it is the node's to say.
        events: Vec::new(),
    }
    .check()
}

pub(crate) fn recipient(recipient: &proto::ConsentRecipient) -> Result<ConsentRecipient, Refusal> {
    Ok(ConsentRecipient {
        organisation: from_text(&recipient.organisation, "consent.recipients.organisation")?,
        unit: from_text_or_none(&recipient.unit, "consent.recipients.unit")?,
    })
}

pub(crate) fn statement_to_proto(
    (consent_id, valid_until): (ConsentId, Timestamp),
) -> proto::ConsentStatement {
    proto::ConsentStatement {
        consent_id: consent_id.as_bytes().to_vec(),
        valid_until: Some(time::to_proto(valid_until)),
    }
}

pub(crate) fn statement_from_proto(
    statement: &proto::ConsentStatement,
) -> Result<(ConsentId, Timestamp), Refusal> {
    Ok((
        from_bytes(&statement.consent_id, "payload.consent.consent_id")?,
        time::from_proto(statement.valid_until, "payload.consent.valid_until")?,
    ))
}
