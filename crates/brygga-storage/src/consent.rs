//! Consents at the organisation that collected them.

use brygga_domain::ConsentId;
use brygga_domain::consent::{Consent, ConsentDraft, ConsentForm, ConsentingParty, SubjectAge};
use brygga_domain::sensitive::Sensitive;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::text_form::{
    categories_from_text, categories_to_text, consent_events_from_text, consent_events_to_text,
    recipients_from_text, recipients_to_text, relations_from_text, relations_to_text,
};
use crate::transaction::Transaction;
use crate::values::Values;

/// A consent is only ever narrowed or withdrawn, and a withdrawal stands.
static UPSERT: Batch = Batch::new(
    "INSERT INTO consent (id, person_reference, consenting_party, recipients, data_categories, \
     purpose, valid_from, valid_until, form, language, evidence_reference, withdrawn_at, \
     subject_age, third_parties_covered, events) VALUES",
    15,
    " ON CONFLICT (id) DO UPDATE SET recipients = excluded.recipients, \
     data_categories = excluded.data_categories, valid_until = excluded.valid_until, \
     events = excluded.events, \
     withdrawn_at = COALESCE(consent.withdrawn_at, excluded.withdrawn_at)",
);

/// Stores consents, new or withdrawn.
pub(crate) async fn upsert(
    transaction: &mut Transaction<'_>,
    consents: &[Consent],
) -> Result<(), StorageError> {
    let bind = |consent: &Consent, values: &mut Values| {
        values
            .bytes(consent.consent_id.as_bytes())
            .text(consent.person_reference.expose())
            .text(consent.consenting_party.as_str())
            .text(&recipients_to_text(&consent.recipients))
            .text(&categories_to_text(&consent.data_categories))
            .text(&consent.purpose)
            .instant(consent.valid_from)
            .instant(consent.valid_until)
            .text(consent.form.as_str())
            .text(&consent.language)
            .text(consent.evidence_reference.expose())
            .instant_or_null(consent.withdrawn_at)
            .text(consent.subject_age.as_str())
            .text(&relations_to_text(&consent.third_parties_covered))
            .text(&consent_events_to_text(&consent.events));
    };
    transaction.write(&UPSERT, consents, true, bind).await
}

impl Reader<'_> {
    /// The consent. Inside a decision it stays as it is until the decision is stored.
    pub async fn consent_by_id(&mut self, id: ConsentId) -> Result<Option<Consent>, StorageError> {
        if let Some(known) = self.foreseen.consent(id) {
            return Ok(Some(known.clone()));
        }
        let found = if self.is_deciding {
            let bind = |id: &ConsentId, values: &mut Values| {
                values.bytes(id.as_bytes());
            };
            self.dialect.consents_held.find(self.connection, &[id], bind).await?.pop()
        } else {
            let mut values = Values::new();
            values.bytes(id.as_bytes());
            self.row("SELECT * FROM consent WHERE id = $1", values).await?
        };
        found.map(|found| read(&StoredRow::new("consent", "id", &found))).transpose()
    }
}

/// The consent in a row of its table.
pub(crate) fn read(row: &StoredRow<'_>) -> Result<Consent, StorageError> {
    let draft = ConsentDraft {
        consent_id: row.fixed("id")?,
        person_reference: Sensitive::new(row.text("person_reference")?.to_owned()),
        consenting_party: row.coded("consenting_party", ConsentingParty::parse)?,
        recipients: row.coded("recipients", recipients_from_text)?,
        data_categories: row.coded("data_categories", categories_from_text)?,
        purpose: row.text("purpose")?.to_owned(),
        valid_from: row.instant("valid_from")?,
        valid_until: row.instant("valid_until")?,
        form: row.coded("form", ConsentForm::parse)?,
        language: row.text("language")?.to_owned(),
        // A consent without information is never stored.
        information_given: true,
        evidence_reference: Sensitive::new(row.text("evidence_reference")?.to_owned()),
        withdrawn_at: row.instant_or_null("withdrawn_at")?,
        subject_age: row.coded("subject_age", SubjectAge::parse)?,
        third_parties_covered: row.coded("third_parties_covered", relations_from_text)?,
        events: row.coded("events", consent_events_from_text)?,
    };
    draft.check().map_err(|_| row.inconsistent("id"))
}
