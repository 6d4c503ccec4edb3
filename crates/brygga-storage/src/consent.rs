//! Consents at the organisation that collected them.

use brygga_domain::ConsentId;
use brygga_domain::consent::{
    Consent, ConsentDraft, ConsentForm, ConsentPrivate, ConsentingParty, SubjectAge,
};
use brygga_exchange::records::{ConsentAtRest, ContentAtRest};

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

/// A consent is only ever narrowed or withdrawn, and a withdrawal stands. Its words never change.
static UPSERT: Batch = Batch::new(
    "INSERT INTO consent (id, consenting_party, recipients, data_categories, valid_from, \
     valid_until, form, language, withdrawn_at, subject_age, third_parties_covered, events, \
     key_slot, words) VALUES",
    14,
    " ON CONFLICT (id) DO UPDATE SET recipients = excluded.recipients, \
     data_categories = excluded.data_categories, valid_until = excluded.valid_until, \
     events = excluded.events, \
     withdrawn_at = COALESCE(consent.withdrawn_at, excluded.withdrawn_at)",
);

/// Stores consents, new or withdrawn, and the words of the new ones.
pub(crate) async fn upsert(
    transaction: &mut Transaction<'_>,
    consents: &[Consent],
    words: &[ConsentAtRest],
) -> Result<(), StorageError> {
    let bind = |consent: &Consent, values: &mut Values| {
        let words = words.iter().find(|words| words.consent_id == consent.consent_id);
        let words = words.map(|words| &words.words);
        values
            .bytes(consent.consent_id.as_bytes())
            .text(consent.consenting_party.as_str())
            .text(&recipients_to_text(&consent.recipients))
            .text(&categories_to_text(&consent.data_categories))
            .instant(consent.valid_from)
            .instant(consent.valid_until)
            .text(consent.form.as_str())
            .text(&consent.language)
            .instant_or_null(consent.withdrawn_at)
            .text(consent.subject_age.as_str())
            .text(&relations_to_text(&consent.third_parties_covered))
            .text(&consent_events_to_text(&consent.events))
            .bytes_or_null(words.map(|held| held.key_slot.as_bytes().as_slice()))
            .bytes_or_null(words.map(|held| held.ciphertext.as_slice()));
    };
    transaction.write(&UPSERT, consents, true, bind).await
}

impl Reader<'_> {
    /// The words of a consent, encrypted; none where there is no such consent or they are erased.
    pub async fn consent_words(
        &mut self,
        id: ConsentId,
    ) -> Result<Option<ContentAtRest>, StorageError> {
        let mut values = Values::new();
        values.bytes(id.as_bytes());
        let statement = "SELECT id, key_slot, words FROM consent \
                         WHERE id = $1 AND words IS NOT NULL";
        let Some(found) = self.row(statement, values).await? else { return Ok(None) };
        let row = StoredRow::new("consent", "id", &found);
        let ciphertext = row.bytes("words")?.to_vec();
        Ok(Some(ContentAtRest { key_slot: row.fixed("key_slot")?, ciphertext }))
    }

    /// The consent, its words shut. Inside a decision it stays as it is until the decision is stored.
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

/// The consent in a row of its table, its words shut.
pub(crate) fn read(row: &StoredRow<'_>) -> Result<Consent, StorageError> {
    let ConsentPrivate { person_reference, purpose, evidence_reference } = ConsentPrivate::shut();
    let draft = ConsentDraft {
        consent_id: row.fixed("id")?,
        person_reference,
        consenting_party: row.coded("consenting_party", ConsentingParty::parse)?,
        recipients: row.coded("recipients", recipients_from_text)?,
        data_categories: row.coded("data_categories", categories_from_text)?,
        purpose: purpose.expose().clone(),
        valid_from: row.instant("valid_from")?,
        valid_until: row.instant("valid_until")?,
        form: row.coded("form", ConsentForm::parse)?,
        language: row.text("language")?.to_owned(),
        // A consent without information is never stored.
        information_given: true,
        evidence_reference,
        withdrawn_at: row.instant_or_null("withdrawn_at")?,
        subject_age: row.coded("subject_age", SubjectAge::parse)?,
        third_parties_covered: row.coded("third_parties_covered", relations_from_text)?,
        events: row.coded("events", consent_events_from_text)?,
    };
    draft.check().map_err(|_| row.inconsistent("id"))
}
