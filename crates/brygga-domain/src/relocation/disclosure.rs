//! Who the person is: told to two named officers, by two officers, after a call.

use crate::{OfficerId, OrgId, Reason, Refusal, Sensitive, Timestamp};

use super::{Letter, NamedOfficer, Relocation, Side, Stage};

/// That the recipient was called back before anything was told (domain guide 6.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBack {
    /// Which officer called.
    pub by: OfficerId,
    /// Who answered.
    pub spoke_with: Sensitive<String>,
    /// When.
    pub at: Timestamp,
}

/// The person, as officers read it: never parsed, never searched.
pub type Content = Sensitive<Vec<u8>>;

/// Longest content, in bytes of UTF-8: with everything around it, it goes into one letter.
pub const CONTENT_BYTES_MAX: usize = 4_000;
/// Longest name of whoever answered the call, in characters.
pub const SPOKE_WITH_CHARS_MAX: usize = 100;

/// What is about to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What.
    pub content: Content,
    /// Which officer prepared it; another one releases it.
    pub by: OfficerId,
}

/// The share that one officer of the destination gave for the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenShare {
    /// Who gave it.
    pub by: OfficerId,
    /// The share. With the other officer's own it opens what has arrived.
    pub share: Sensitive<[u8; 32]>,
}

/// The other side, as letters to it need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterpart {
    /// Which organisation.
    pub organisation: Sensitive<OrgId>,
    /// Two officers there, to both of whom letters are sealed.
    pub officers: [NamedOfficer; 2],
    /// Public key of the mailbox that letters go to.
    pub mailbox: [u8; 32],
}

impl Relocation {
    /// Where letters of this case go; none before anybody is chosen, or before the disclosure is opened.
    pub fn counterpart(&self) -> Option<Counterpart> {
        match self.side {
            Side::Origin => self.chosen().map(|offer| Counterpart {
                organisation: offer.organisation.clone(),
                officers: offer.officers.clone(),
                mailbox: offer.mailbox,
            }),
            Side::Destination => self.origin.clone(),
        }
    }

    /// The chosen municipality was called back.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]; [`Reason::InvalidField`] at `spoke_with` for none or more than 100 characters.
    pub fn called_back(&mut self, call: CallBack) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Selected])?;
        if !(1..=SPOKE_WITH_CHARS_MAX).contains(&call.spoke_with.expose().chars().count()) {
            return Err(Refusal::at(Reason::InvalidField, "spoke_with"));
        }
        self.call_back = Some(call);
        Ok(())
    }

    /// An officer writes what is to be told. Again it replaces what was prepared.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]; [`Reason::InvalidField`] at `content` for none, more than [`CONTENT_BYTES_MAX`] or what
    /// is no UTF-8.
    pub fn prepare(&mut self, by: OfficerId, content: Content) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Selected])?;
        let bytes = content.expose();
        if !(1..=CONTENT_BYTES_MAX).contains(&bytes.len()) || std::str::from_utf8(bytes).is_err() {
            return Err(Refusal::at(Reason::InvalidField, "content"));
        }
        self.prepared = Some(Prepared { content, by });
        Ok(())
    }

    /// Another officer releases it. Returns what is to be sealed to the two officers there.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]; [`Reason::ReleaseMissing`] without call-back, secrecy basis or second officer, at the
    /// one that is missing; [`Reason::NotFound`] where the offer is over.
    pub fn release(&mut self, by: OfficerId, now: Timestamp) -> Result<Content, Refusal> {
        self.must(Side::Origin, &[Stage::Selected])?;
        let missing = |field| Err(Refusal::at(Reason::ReleaseMissing, field));
        if self.call_back.is_none() {
            return missing("call_back");
        }
        if self.secrecy_basis.is_none() {
            return missing("secrecy_basis");
        }
        if self.chosen().is_none_or(|offer| now >= offer.until) {
            return Err(Refusal::at(Reason::NotFound, "offer"));
        }
        match self.prepared.take() {
            Some(prepared) if prepared.by != by => {
                // An offer is good for one disclosure: letters of two would carry the same numbers.
                if let Some(place) = self.selected {
                    self.taken_back(place, now);
                }
                self.stage = Stage::Disclosed;
                self.disclosed_at = Some(now);
                Ok(prepared.content)
            }
            Some(same) => {
                self.prepared = Some(same);
                missing("second_officer")
            }
            None => missing("content"),
        }
    }

    /// At the destination: a disclosure has come, which its two officers open together.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`].
    pub fn arrived(&mut self) -> Result<(), Refusal> {
        self.must(Side::Destination, &[Stage::Offered])?;
        self.stage = Stage::Arrived;
        Ok(())
    }

    /// At the destination: what has arrived is no disclosure to this organisation; it goes on waiting for one.
    pub fn nothing_arrived(&mut self) {
        if self.side == Side::Destination && self.stage == Stage::Arrived {
            (self.arrived, self.share) = (None, None);
            self.stage = Stage::Offered;
        }
    }

    /// At the destination: the second officer opens it with the share that the first gave. The clocks of the law begin.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]; [`Reason::ReleaseMissing`] for the officer who gave the share.
    pub fn open(
        &mut self,
        given_by: OfficerId,
        by: OfficerId,
        content: Content,
        now: Timestamp,
    ) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::Arrived])?;
        if given_by == by {
            return Err(Refusal::at(Reason::ReleaseMissing, "second_officer"));
        }
        (self.arrived, self.share) = (None, None);
        self.content = Some(content);
        self.opened_at = Some(now);
        self.stage = Stage::Opened;
        Ok(self.says(Letter::Opened { at: now }))
    }
}
