//! What a consent says of the person in words: encrypted under a key of its own, opened for whoever
//! may read the consent, and for no decision.

use brygga_domain::ConsentId;
use brygga_domain::consent::{Consent, ConsentPrivate};
use brygga_domain::sensitive::Sensitive;
use brygga_exchange::records::{ConsentAtRest, ContentAtRest};
use brygga_storage::StorageError;
use zeroize::Zeroizing;

use crate::content::Kept;
use crate::{App, AppError};

impl App {
    /// The words of a new consent as they are stored.
    pub(crate) async fn shut_consent(&self, consent: &Consent) -> Result<ConsentAtRest, AppError> {
        let id = consent.consent_id;
        let words = encode(&consent.private());
        let words = self.encrypt_at_rest(Kept::Consent(id), &words).await?;
        Ok(ConsentAtRest { consent_id: id, words })
    }

    /// The consent with its words; shut where they are erased.
    pub(crate) async fn open_consent(&self, consent: Consent) -> Result<Consent, StorageError> {
        let id = consent.consent_id;
        let stored = self.parts().store.glance(move |reader| Box::pin(reader.consent_words(id)));
        let words = match stored.await? {
            Some(words) => self.consent_words(id, &words).await?,
            None => None,
        };
        Ok(consent.with_private(words.unwrap_or_else(ConsentPrivate::shut)))
    }

    async fn consent_words(
        &self,
        id: ConsentId,
        words: &ContentAtRest,
    ) -> Result<Option<ConsentPrivate>, StorageError> {
        let opened = self.decrypted_at_rest(Kept::Consent(id), words).await?;
        Ok(opened.and_then(|bytes| decode(&bytes)))
    }
}

/// The three texts, each behind its length in bytes (u32, big-endian). Used in stored state.
fn encode(private: &ConsentPrivate) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    for text in [&private.person_reference, &private.purpose, &private.evidence_reference] {
        let text = text.expose();
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

fn decode(mut bytes: &[u8]) -> Option<ConsentPrivate> {
    let mut next = || {
        let (length, rest) = bytes.split_first_chunk()?;
        let (text, rest) =
            rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        bytes = rest;
        Some(Sensitive::new(String::from_utf8(text.to_vec()).ok()?))
    };
    Some(ConsentPrivate {
        person_reference: next()?,
        purpose: next()?,
        evidence_reference: next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_cut_off_words_do_not() {
        let text = |text: &str| Sensitive::new(text.to_owned());
        let private = ConsentPrivate {
            person_reference: text("Akt 17"),
            purpose: text("Boende på längre sikt"),
            evidence_reference: text(""),
        };
        let bytes = encode(&private);
        assert_eq!(decode(&bytes), Some(private));
        assert_eq!(decode(&bytes[..bytes.len() - 1]), None);
    }
}
