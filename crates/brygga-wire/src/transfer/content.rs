//! The sealed parts: who the person is and what is decided by, and the words of an answer or a hand-over.

use std::fmt;

use brygga_domain::sensitive::Sensitive;
use brygga_domain::transfer::{
    NeedDuration, OpenInquiry, Person, PersonsWish, WishOf, check_wishes,
};
use brygga_domain::{DataCategory, Reason, Refusal};
use brygga_proto::transfer::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::code;
use crate::content::{
    MAX_NAME_CHARS, MAX_NOTE_CHARS, PersonalIdentityNumber, SALT_BYTES, names_another,
    names_somebody,
};
use crate::field::{counted, filled_text, from_bytes, invalid, multiline_text, text};

/// Most wishes of one person and the guardians.
const MAX_WISHES: usize = 8;
/// Longest words of a wish, and what is given now, in characters.
const MAX_WISH_CHARS: usize = 1_000;
/// Longest decision and section that a measure rests on, in characters.
const MAX_BASIS_CHARS: usize = 200;

/// What the two and IVO decide by (SoL 29:10).
#[derive(Clone, PartialEq, Eq)]
pub struct TransferContent {
    /// Name as the person gave it.
    pub name: Sensitive<String>,
    /// Personnummer or samordningsnummer.
    pub personal_identity_number: Option<Sensitive<PersonalIdentityNumber>>,
    /// Who speaks for the person.
    pub person: Person,
    /// What everybody who has to be asked wants.
    pub wishes: Vec<RecordedWish>,
    /// To which municipality the person has the strongest tie, and why.
    pub strongest_tie: Sensitive<String>,
    /// For how long the need can be expected to last.
    pub duration: NeedDuration,
    /// Other circumstances.
    pub circumstances: Option<Sensitive<String>>,
    /// What is given now, and the decision and section that it rests on.
    pub measure: Option<Sensitive<(String, String)>>,
    /// What a deputy says.
    pub deputy_view: Option<Sensitive<String>>,
    /// An inquiry that has begun.
    pub inquiry: Sensitive<OpenInquiry>,
    /// Whether the other is to finish it.
    pub inquiry_moves: bool,
}

/// What somebody who has to be asked wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedWish {
    /// Whose it is.
    pub of: WishOf,
    /// What is wished.
    pub wish: Sensitive<PersonsWish>,
    /// In words.
    pub words: Sensitive<String>,
}

impl TransferContent {
    /// The kinds of data in it, in the order of the vocabulary.
    pub fn categories(&self) -> Vec<DataCategory> {
        let speaks_another = self.wishes.iter().any(|wish| wish.of == WishOf::Guardian);
        let filled = |category: &DataCategory| match category {
            DataCategory::Identity | DataCategory::HousingSituation | DataCategory::FreeText => {
                true
            }
            DataCategory::SupportNeed => {
                self.measure.is_some() || *self.inquiry.expose() != OpenInquiry::None
            }
            DataCategory::ThirdPerson => self.deputy_view.is_some() || speaks_another,
            DataCategory::Contact | DataCategory::Household | DataCategory::HousingNeed => false,
        };
        DataCategory::ALL.iter().copied().filter(filled).collect()
    }

    /// Refuses a text that holds the identity number of somebody else than the person.
    ///
    /// # Errors
    /// `SEND_CONTENT_FORBIDDEN` at the field, which the refusal does not repeat.
    pub fn check_texts(&self) -> Result<(), Refusal> {
        let own = self.personal_identity_number.as_ref().map(Sensitive::expose);
        let wishes = self.wishes.iter().map(|wish| (&wish.words, "content.wishes.words"));
        let texts = [
            (Some(&self.name), "content.name"),
            (Some(&self.strongest_tie), "content.strongest_tie"),
            (self.circumstances.as_ref(), "content.circumstances"),
            (self.deputy_view.as_ref(), "content.deputy_view"),
        ];
        let texts = texts.into_iter().filter_map(|(text, field)| Some((text?, field)));
        let mut texts = texts.chain(wishes).map(|(text, field)| (text.expose().as_str(), field));
        let measure = self.measure.as_ref().map(Sensitive::expose);
        let measure = measure.into_iter().flat_map(|(given, basis)| {
            [(given.as_str(), "content.measure"), (basis.as_str(), "content.legal_basis")]
        });
        let found = texts.by_ref().chain(measure).find(|(text, _)| names_another(text, own));
        found.map_or(Ok(()), |(_, field)| Err(Refusal::at(Reason::ContentForbidden, field)))
    }

    /// The bytes to commit to and to seal, which clear themselves when dropped.
    pub fn encode(&self, salt: [u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
        let message = proto::TransferContent { salt: salt.to_vec(), ..content_to_proto(self) };
        Zeroizing::new(message.encode_to_vec())
    }
}

impl fmt::Debug for TransferContent {
    /// The kinds of data, which the header tells anyway.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferContent")
            .field("categories", &self.categories())
            .finish_non_exhaustive()
    }
}

/// Reads what [`TransferContent::encode`] made, after it has been opened.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field under `content.`, never with what it holds.
pub fn decode_content(encoded: &[u8]) -> Result<TransferContent, Refusal> {
    let content = proto::TransferContent::decode(encoded).map_err(|_| invalid("content"))?;
    let _: [u8; SALT_BYTES] = from_bytes(&content.salt, "content.salt")?;
    content_from_proto(content)
}

/// The content without a salt, for somebody who may read it.
pub fn content_to_proto(content: &TransferContent) -> proto::TransferContent {
    let shown = |text: Option<&Sensitive<String>>| {
        text.map(|text| text.expose().clone()).unwrap_or_default()
    };
    let number = content.personal_identity_number.as_ref();
    let (measure, legal_basis) =
        content.measure.as_ref().map(|measure| measure.expose().clone()).unwrap_or_default();
    proto::TransferContent {
        salt: Vec::new(),
        name: content.name.expose().clone(),
        personal_identity_number: number
            .map(|number| number.expose().as_str().to_owned())
            .unwrap_or_default(),
        person: code::number_or_unset(Some(content.person)),
        wishes: content.wishes.iter().map(wish_to_proto).collect(),
        strongest_tie: content.strongest_tie.expose().clone(),
        duration: code::number_or_unset(Some(content.duration)),
        circumstances: shown(content.circumstances.as_ref()),
        measure,
        legal_basis,
        deputy_view: shown(content.deputy_view.as_ref()),
        inquiry: code::number_or_unset(Some(*content.inquiry.expose())),
        inquiry_moves: content.inquiry_moves,
    }
}

/// Reads the content, with everybody asked who has to be.
///
/// # Errors
/// The field at fault.
pub fn content_from_proto(content: proto::TransferContent) -> Result<TransferContent, Refusal> {
    counted(&content.wishes, 1..=MAX_WISHES, "content.wishes")?;
    let person = code::read(content.person, "content.person")?;
    let wishes = content.wishes.into_iter().map(wish_from_proto);
    let wishes = wishes.collect::<Result<Vec<_>, _>>()?;
    let of: Vec<_> = wishes.iter().map(|wish| wish.of).collect();
    check_wishes(person, &of).map_err(|_| invalid("content.wishes"))?;
    let inquiry: OpenInquiry = code::read(content.inquiry, "content.inquiry")?;
    if content.inquiry_moves && inquiry == OpenInquiry::None {
        return Err(invalid("content.inquiry_moves"));
    }
    Ok(TransferContent {
        name: Sensitive::new(filled_text(content.name, MAX_NAME_CHARS, "content.name")?),
        personal_identity_number: number(content.personal_identity_number)?,
        person,
        wishes,
        strongest_tie: long(content.strongest_tie, "content.strongest_tie")?
            .ok_or(invalid("content.strongest_tie"))?,
        duration: code::read(content.duration, "content.duration")?,
        circumstances: long(content.circumstances, "content.circumstances")?,
        measure: measure(content.measure, content.legal_basis)?,
        deputy_view: long(content.deputy_view, "content.deputy_view")?,
        inquiry: Sensitive::new(inquiry),
        inquiry_moves: content.inquiry_moves,
    })
}

fn number(number: String) -> Result<Option<Sensitive<PersonalIdentityNumber>>, Refusal> {
    if number.is_empty() {
        return Ok(None);
    }
    let field = "content.personal_identity_number";
    let number = PersonalIdentityNumber::parse(number).ok_or(invalid(field))?;
    Ok(Some(Sensitive::new(number)))
}

fn long(value: String, field: &'static str) -> Result<Option<Sensitive<String>>, Refusal> {
    let value = multiline_text(value, MAX_NOTE_CHARS, field)?;
    Ok(Some(value).filter(|value| !value.trim().is_empty()).map(Sensitive::new))
}

/// What is given goes with the decision that it rests on.
fn measure(given: String, basis: String) -> Result<Option<Sensitive<(String, String)>>, Refusal> {
    let given = multiline_text(given, MAX_WISH_CHARS, "content.measure")?;
    let basis = text(basis, MAX_BASIS_CHARS, "content.legal_basis")?;
    match (given.trim().is_empty(), basis.trim().is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some(Sensitive::new((given, basis)))),
        _ => Err(invalid("content.legal_basis")),
    }
}

fn wish_to_proto(wish: &RecordedWish) -> proto::RecordedWish {
    proto::RecordedWish {
        of: code::number_or_unset(Some(wish.of)),
        wish: code::number_or_unset(Some(*wish.wish.expose())),
        words: wish.words.expose().clone(),
    }
}

fn wish_from_proto(wish: proto::RecordedWish) -> Result<RecordedWish, Refusal> {
    let words = multiline_text(wish.words, MAX_WISH_CHARS, "content.wishes.words")?;
    if words.trim().is_empty() {
        return Err(invalid("content.wishes.words"));
    }
    Ok(RecordedWish {
        of: code::read(wish.of, "content.wishes.of")?,
        wish: Sensitive::new(code::read(wish.wish, "content.wishes.wish")?),
        words: Sensitive::new(words),
    })
}

/// Words as somebody of this organisation writes them: nobody needs an identity number in them.
///
/// # Errors
/// `SEND_CONTENT_FORBIDDEN` at `words` where they hold one; otherwise as [`words_from_text`].
pub fn own_words(words: String) -> Result<Sensitive<String>, Refusal> {
    let words = words_from_text(words)?;
    match names_somebody(words.expose()) {
        true => Err(Refusal::at(Reason::ContentForbidden, "words")),
        false => Ok(words),
    }
}

/// Words as somebody writes them.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `words` where they are empty, too long or hold a control character.
pub fn words_from_text(words: String) -> Result<Sensitive<String>, Refusal> {
    long(words, "words")?.ok_or(invalid("words"))
}

/// The words of an answer or a hand-over as bytes to commit to and to seal.
pub fn encode_words(words: &Sensitive<String>, salt: [u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
    let message = proto::TransferWords { salt: salt.to_vec(), words: words.expose().clone() };
    Zeroizing::new(message.encode_to_vec())
}

/// Reads what [`encode_words`] made, after it has been opened.
///
/// # Errors
/// `SEND_INVALID_FIELD`.
pub fn decode_words(encoded: &[u8]) -> Result<Sensitive<String>, Refusal> {
    let words = proto::TransferWords::decode(encoded).map_err(|_| invalid("content"))?;
    let _: [u8; SALT_BYTES] = from_bytes(&words.salt, "content.salt")?;
    words_from_text(words.words)
}
