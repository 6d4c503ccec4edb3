//! What officers of two organisations say to each other, before it is signed and sealed.

use brygga_domain::relocation::{
    ASSISTANCE_BYTES_MAX, CONTENT_BYTES_MAX, Content, NamedOfficer, OfferDraft, OfficerCard,
    ProtectionLevel, Route,
};
use brygga_domain::{EnquiryId, Refusal, Sensitive, Timestamp, relocation};
use brygga_proto::relocation::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::code::{Coded, read};
use crate::field::{from_bytes, invalid, required};
use crate::time;

use super::officer::{
    offered_from_proto, officers_from_proto, officers_to_proto, position_code, position_from_code,
};

/// One letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Origin to destination: who the person is.
    Disclosure(Disclosure),
    /// Destination to origin: what it can do.
    Offer(OfferLetter),
    /// Either to the other.
    Step {
        /// 1 for the first of its side.
        number: u32,
        /// What has happened.
        letter: relocation::Letter,
    },
}

/// An offer without the organisation, for which its signature stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferLetter {
    /// Which enquiry it answers.
    pub enquiry: EnquiryId,
    /// The two who open a disclosure together.
    pub officers: [NamedOfficer; 2],
    /// What is offered.
    pub content: OfferDraft,
    /// Public key of the mailbox that letters about it go to.
    pub mailbox: [u8; 32],
    /// When it is no longer offered.
    pub until: Timestamp,
}

/// Who the person is, and whom letters about it go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Whom letters to the origin are sealed to. Their names and numbers may be empty.
    pub officers: [NamedOfficer; 2],
    /// Public key of the mailbox that they go to.
    pub mailbox: [u8; 32],
    /// By which way.
    pub route: Route,
    /// How the person is protected.
    pub level: ProtectionLevel,
    /// The person, as officers write and read it.
    pub person: Content,
}

impl Said {
    /// The bytes that are signed; they clear themselves.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        use proto::letter::Content;
        let content = match self {
            Self::Disclosure(disclosure) => Content::Disclosure(disclosure.to_proto()),
            Self::Offer(offer) => Content::Offer(offer.to_proto()),
            Self::Step { number, letter } => Content::Step(step_to_proto(*number, letter)),
        };
        Zeroizing::new(proto::Letter { content: Some(content) }.encode_to_vec())
    }

    /// Reads what was signed.
    ///
    /// # Errors
    /// The field at fault; whoever sent it is not told.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        use proto::letter::Content;
        let letter = proto::Letter::decode(bytes).map_err(|_| invalid("letter"))?;
        match required(letter.content, "letter")? {
            Content::Disclosure(disclosure) => {
                Disclosure::from_proto(disclosure).map(Self::Disclosure)
            }
            Content::Offer(offer) => OfferLetter::from_proto(offer).map(Self::Offer),
            Content::Step(step) => step_from_proto(step),
        }
    }
}

impl OfferLetter {
    fn to_proto(&self) -> proto::RelocationOffer {
        proto::RelocationOffer {
            enquiry_id: self.enquiry.as_bytes().to_vec(),
            officers: officers_to_proto(&self.officers),
            housing: self.content.housing.number(),
            support: self.content.support.number(),
            earliest: self.content.earliest.number(),
            mailbox: self.mailbox.to_vec(),
            until: Some(time::to_proto(self.until)),
        }
    }

    fn from_proto(offer: proto::RelocationOffer) -> Result<Self, Refusal> {
        let officers = officers_from_proto(offer.officers, "offer.officers")?;
        for NamedOfficer { id, name, phone, .. } in &officers {
            OfficerCard { id: *id, name: name.clone(), phone: phone.clone() }.check()?;
        }
        Ok(Self {
            enquiry: from_bytes(&offer.enquiry_id, "offer.enquiry_id")?,
            officers,
            content: offered_from_proto(offer.housing, offer.support, offer.earliest)?,
            mailbox: from_bytes(&offer.mailbox, "offer.mailbox")?,
            until: time::from_proto(offer.until, "offer.until")?,
        })
    }
}

impl Disclosure {
    fn to_proto(&self) -> proto::RelocationDisclosure {
        proto::RelocationDisclosure {
            officers: officers_to_proto(&self.officers),
            mailbox: self.mailbox.to_vec(),
            route: self.route.number(),
            level: self.level.number(),
            // It was checked to be UTF-8 when it was prepared.
            person: String::from_utf8_lossy(self.person.expose()).into_owned(),
        }
    }

    fn from_proto(disclosure: proto::RelocationDisclosure) -> Result<Self, Refusal> {
        let person = disclosure.person.into_bytes();
        if !(1..=CONTENT_BYTES_MAX).contains(&person.len()) {
            return Err(invalid("disclosure.person"));
        }
        Ok(Self {
            officers: officers_from_proto(disclosure.officers, "disclosure.officers")?,
            mailbox: from_bytes(&disclosure.mailbox, "disclosure.mailbox")?,
            route: read(disclosure.route, "disclosure.route")?,
            level: read(disclosure.level, "disclosure.level")?,
            person: Sensitive::new(person),
        })
    }
}

/// The instant of a letter; a note has none.
const fn instant(letter: &relocation::Letter) -> Option<Timestamp> {
    use relocation::Letter;
    match letter {
        Letter::Assistance { .. } => None,
        Letter::Opened { at }
        | Letter::Position { at, .. }
        | Letter::HandedOver { at, .. }
        | Letter::Received { at, .. }
        | Letter::Moved { at }
        | Letter::FollowedUp { at }
        | Letter::Closed { at }
        | Letter::Ended { at, .. } => Some(*at),
    }
}

fn step_to_proto(number: u32, letter: &relocation::Letter) -> proto::RelocationStep {
    use proto::relocation_step::Step;
    use relocation::Letter;
    let step = match letter {
        Letter::Opened { .. } => Step::Opened(proto::RelocationOpened {}),
        Letter::Position { position, .. } => Step::Position(position_code(*position)),
        Letter::Assistance { text } => Step::Assistance(text.expose().clone()),
        Letter::HandedOver { item, .. } => Step::HandedOver(item.as_str().to_owned()),
        Letter::Received { item, .. } => Step::Received(item.as_str().to_owned()),
        Letter::Moved { .. } => Step::Moved(proto::RelocationMoved {}),
        Letter::FollowedUp { .. } => Step::FollowedUp(proto::RelocationFollowedUp {}),
        Letter::Closed { .. } => Step::Closed(proto::RelocationClosed {}),
        Letter::Ended { kind, .. } => Step::Ended(kind.number()),
    };
    proto::RelocationStep { number, at: instant(letter).map(time::to_proto), step: Some(step) }
}

fn step_from_proto(step: proto::RelocationStep) -> Result<Said, Refusal> {
    use proto::relocation_step::Step;
    use relocation::Letter;
    let number = step.number;
    if number == 0 {
        return Err(invalid("step.number"));
    }
    let at = time::from_proto_or_none(step.at, "step.at")?;
    let happened = || at.ok_or(invalid("step.at"));
    let item = |code: &str| relocation::HandoverItem::parse(code).ok_or(invalid("step.item"));
    let letter = match required(step.step, "step.step")? {
        Step::Opened(_) => Letter::Opened { at: happened()? },
        Step::Position(code) => Letter::Position {
            position: position_from_code(&code, "step.position")?,
            at: happened()?,
        },
        Step::Assistance(text) => {
            if !(1..=ASSISTANCE_BYTES_MAX).contains(&text.len()) {
                return Err(invalid("step.assistance"));
            }
            Letter::Assistance { text: Sensitive::new(text) }
        }
        Step::HandedOver(code) => Letter::HandedOver { item: item(&code)?, at: happened()? },
        Step::Received(code) => Letter::Received { item: item(&code)?, at: happened()? },
        Step::Moved(_) => Letter::Moved { at: happened()? },
        Step::FollowedUp(_) => Letter::FollowedUp { at: happened()? },
        Step::Closed(_) => Letter::Closed { at: happened()? },
        Step::Ended(kind) => Letter::Ended { kind: read(kind, "step.ended")?, at: happened()? },
    };
    Ok(Said::Step { number, letter })
}
