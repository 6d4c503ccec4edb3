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
    /// [`Reason::InvalidTransition`].
    pub fn called_back(&mut self, call: CallBack) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Selected])?;
        self.call_back = Some(call);
        Ok(())
    }

    /// An officer writes what is to be told. Again it replaces what was prepared.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`].
    pub fn prepare(&mut self, by: OfficerId, content: Content) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Selected])?;
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
        self.content = Some(content);
        self.opened_at = Some(now);
        self.stage = Stage::Opened;
        Ok(self.says(Letter::Opened { at: now }))
    }
}
