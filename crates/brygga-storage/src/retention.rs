//! What is over: closed cases and ended consents, for the rules of retention.

use brygga_domain::consent::SubjectAge;
use brygga_domain::referral::Referral;
use brygga_domain::{ConsentId, MessageId, Timestamp};
use brygga_exchange::retention::KeptCase;
use sqlx::any::AnyRow;

use crate::batch::Batch;
use crate::error::StorageError;
use crate::reader::Reader;
use crate::row::StoredRow;
use crate::transaction::Transaction;
use crate::values::Values;

/// The rules may be asked again, with another answer.
static KEEP: Batch = Batch::new(
    "INSERT INTO retention_kept (referral_id, until, section) VALUES",
    3,
    " ON CONFLICT (referral_id) DO UPDATE SET until = excluded.until, section = excluded.section",
);

/// A case that is over and still holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedCase {
    /// The referral.
    pub referral: Referral,
    /// Message that carried its request.
    pub request_message: MessageId,
    /// When the two sides told each other something last; none where they never did.
    pub last_note_at: Option<Timestamp>,
    /// When the consent it rests on was withdrawn; none where it stands, or was recorded elsewhere.
    pub consent_withdrawn_at: Option<Timestamp>,
    /// What the rules said when they were asked with the day of birth; none where they were not.
    pub kept: Option<KeptCase>,
    /// Place in the order of closing.
    pub place: ClosedPlace,
}

/// A consent that has ended, on which no case rests that still holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedConsent {
    /// The consent.
    pub id: ConsentId,
    /// When it ended: by its time, or because it was withdrawn.
    pub ended_at: Timestamp,
    /// Whether it is of somebody under 18.
    pub about_child: bool,
    /// Whether a case rested on it, which has been erased since.
    pub had_case: bool,
}

/// A place in the order of closing; the default is before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClosedPlace {
    closed_at: Timestamp,
    seq: i64,
}

impl ClosedPlace {
    /// The place as 16 bytes, for whoever asks for the next page.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.closed_at.as_millis().to_be_bytes());
        bytes[8..].copy_from_slice(&self.seq.to_be_bytes());
        bytes
    }

    /// Reads what [`Self::to_bytes`] has written; none for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (closed_at, seq) = bytes.split_first_chunk()?;
        let closed_at = Timestamp::from_millis(i64::from_be_bytes(*closed_at));
        Some(Self { closed_at, seq: i64::from_be_bytes(seq.try_into().ok()?) })
    }
}

impl Default for ClosedPlace {
    fn default() -> Self {
        Self { closed_at: Timestamp::from_millis(i64::MIN), seq: 0 }
    }
}

/// Notes that cases are kept.
pub(crate) async fn insert_kept(
    transaction: &mut Transaction<'_>,
    kept: &[KeptCase],
) -> Result<(), StorageError> {
    let bind = |kept: &KeptCase, values: &mut Values| {
        values.bytes(kept.referral_id.as_bytes()).instant_or_null(kept.until).text(&kept.section);
    };
    transaction.write(&KEEP, kept, false, bind).await
}

impl Reader<'_> {
    /// Closed cases that hold personal data, those that closed first at the beginning; at most `limit`.
    pub async fn referrals_closed(
        &mut self,
        after: ClosedPlace,
        limit: u32,
    ) -> Result<Vec<ClosedCase>, StorageError> {
        let mut values = Values::new();
        values.instant(after.closed_at).number(after.seq).number(limit);
        let statement = "SELECT referral.id, referral.seq, changed_at, request_message, \
             consent.withdrawn_at AS consent_withdrawn_at, retention_kept.until, section, \
             (SELECT MAX(written_at) FROM referral_note WHERE referral_note.referral_id = referral.id) \
             AS last_note_at \
             FROM referral LEFT JOIN consent ON consent.id = referral.consent_id \
             LEFT JOIN retention_kept ON retention_kept.referral_id = referral.id \
             WHERE status IN ('REJECTED', 'CANCELLED', 'EXPIRED', 'COMPLETED', 'FAILED', \
             'ENTERED_IN_ERROR') AND referral.key_slot IS NOT NULL \
             AND (changed_at, referral.seq) > ($1, $2) ORDER BY changed_at, referral.seq LIMIT $3";
        let mut cases = Vec::new();
        for found in &self.rows(statement, values).await? {
            let row = StoredRow::new("referral", "id", found);
            let id = row.fixed("id")?;
            let Some(referral) = self.referral_by_id(id).await? else { continue };
            let section = row.text_or_null("section")?.map(str::to_owned);
            let until = row.instant_or_null("until")?;
            let kept = section.map(|section| KeptCase { referral_id: id, until, section });
            cases.push(ClosedCase {
                referral,
                request_message: row.fixed("request_message")?,
                last_note_at: row.instant_or_null("last_note_at")?,
                consent_withdrawn_at: row.instant_or_null("consent_withdrawn_at")?,
                kept,
                place: ClosedPlace {
                    closed_at: row.instant("changed_at")?,
                    seq: row.number("seq")?,
                },
            });
        }
        Ok(cases)
    }

    /// Consents of this organisation that ended before an instant and still hold words, those after
    /// `after` in the order of their identifiers; at most `limit`.
    pub async fn consents_ended(
        &mut self,
        before: Timestamp,
        after: Option<ConsentId>,
        limit: u32,
    ) -> Result<Vec<EndedConsent>, StorageError> {
        let mut values = Values::new();
        values
            .bytes(after.as_ref().map_or(&[], |id| id.as_bytes().as_slice()))
            .instant(before)
            .number(limit);
        // Cases of the consent are found by the index `referral_consent`, word for word its condition.
        let statement = "SELECT id, valid_until, withdrawn_at, subject_age, \
             (SELECT COUNT(*) FROM referral WHERE side = 'SOURCE' AND consent_id IS NOT NULL \
             AND consent_id = consent.id) AS cases FROM consent \
             WHERE key_slot IS NOT NULL AND id > $1 AND (valid_until < $2 OR withdrawn_at < $2) \
             AND NOT EXISTS (SELECT 1 FROM referral WHERE side = 'SOURCE' \
             AND consent_id IS NOT NULL AND consent_id = consent.id \
             AND referral.key_slot IS NOT NULL) ORDER BY id LIMIT $3";
        let found = self.rows(statement, values).await?;
        found.iter().map(ended_consent).collect()
    }
}

fn ended_consent(found: &AnyRow) -> Result<EndedConsent, StorageError> {
    let row = StoredRow::new("consent", "id", found);
    let valid_until = row.instant("valid_until")?;
    let withdrawn_at = row.instant_or_null("withdrawn_at")?;
    let age = row.coded("subject_age", SubjectAge::parse)?;
    Ok(EndedConsent {
        id: row.fixed("id")?,
        ended_at: withdrawn_at.map_or(valid_until, |at| at.min(valid_until)),
        about_child: age != SubjectAge::Adult,
        had_case: row.number("cases")? > 0,
    })
}
