//! A hold: places that a publisher keeps for another organisation. The publisher's node decides, by its own clock;
//! whoever holds mirrors what the receipts say.

use crate::legal::coded_enum;
use crate::{
    AgreementId, ConversationId, HoldId, OrgId, Reason, Refusal, Seconds, ServiceId, Timestamp,
};

use super::LineKey;

coded_enum!(
    /// What whoever holds can do.
    HoldAct {
        /// Hold for as long again.
        Extend = "EXTEND",
        /// Take the places.
        Confirm = "CONFIRM",
        /// Give them back.
        Cancel = "CANCEL",
    }
);

coded_enum!(
    /// How a publisher ends a hold.
    HoldEnd {
        /// Whoever was there has left.
        Departed = "DEPARTED",
        /// The place cannot be given.
        TakenBack = "TAKEN_BACK",
    }
);

/// Places of one line of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldItem {
    /// The service.
    pub service: ServiceId,
    /// Its line.
    pub line: LineKey,
    /// How many. 1 to 100.
    pub places: u32,
}

/// How a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    /// Asked for, and not answered; only at whoever asks.
    Requested,
    /// It waits for its turn to come back; no place is kept.
    Waiting {
        /// Where it stands in the queue of its line, from 1; at whoever holds as it was told last.
        position: u32,
    },
    /// Held.
    Held {
        /// Until then, on the publisher's clock.
        expires_at: Timestamp,
    },
    /// Taken: it counts as occupied.
    Confirmed,
    /// Refused, or never answered; only at whoever asks.
    Refused(Reason),
    /// Given back.
    Cancelled,
    /// Past its time.
    Expired,
    /// Whoever was there has left.
    Departed,
    /// The publisher took it back.
    TakenBack,
}

impl HoldState {
    /// Whether places are kept, or somebody waits for an answer or a place.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Requested | Self::Waiting { .. } | Self::Held { .. } | Self::Confirmed)
    }
}

/// Places that are held together: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which; also its thread.
    pub id: HoldId,
    /// Who gives the places.
    pub publisher: OrgId,
    /// Who holds them.
    pub holder: OrgId,
    /// What is held. 1 to 8, no line twice.
    pub items: Vec<HoldItem>,
    /// Whether a child comes along.
    pub with_child: bool,
    /// Agreement that it goes under.
    pub agreement_id: AgreementId,
    /// Its version when it was asked for.
    pub agreement_version: u32,
    /// The permission that it counts under, as the node that holds this has found.
    pub rule_id: String,
    /// Since when the permission's quota is counted; none where it does not count.
    pub counts_since: Option<Timestamp>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The hold that ended by departure and whose place is to be had again; none where it is no re-entry.
    pub reentry_of: Option<HoldId>,
    /// For how long it was asked, and is extended.
    pub ttl: Seconds,
    /// How it stands.
    pub state: HoldState,
    /// When it came to stand so.
    pub changed_at: Timestamp,
    /// How often it was extended.
    pub extensions: u32,
    /// What was asked last and is not answered; only at whoever holds.
    pub pending: Option<HoldAct>,
    /// 1 at first, one more with each change.
    pub revision: u32,
}

impl Hold {
    /// Most things that are held together.
    pub const ITEMS_MAX: usize = 8;
    /// Most places of one item.
    pub const PLACES_MAX: u32 = 100;

    /// How many places all its items are.
    pub fn places(&self) -> u32 {
        self.items.iter().fold(0, |sum, item| sum.saturating_add(item.places))
    }

    /// Its thread.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// What whoever holds does, decided at the publisher. Whether anything changed.
    ///
    /// # Errors
    /// [`Reason::HoldExpired`] past its time, whether or not anybody has noticed; [`Reason::InvalidTransition`] for what
    /// cannot be done from here, also beyond `extensions_max`.
    pub fn act(
        &mut self,
        act: HoldAct,
        now: Timestamp,
        extensions_max: u32,
    ) -> Result<bool, Refusal> {
        let impossible = Err(Refusal::at(Reason::InvalidTransition, "payload.act"));
        let state = match (act, self.state_at(now)) {
            (HoldAct::Confirm, HoldState::Confirmed) | (HoldAct::Cancel, HoldState::Cancelled) => {
                return Ok(false);
            }
            // What is gone anyway needs no giving back.
            (HoldAct::Cancel, HoldState::Expired) => return Ok(self.expire(now)),
            (_, HoldState::Expired) => {
                return Err(Refusal::at(Reason::HoldExpired, "payload.hold_id"));
            }
            (HoldAct::Extend, HoldState::Held { .. }) if self.extensions >= extensions_max => {
                return impossible;
            }
            (HoldAct::Extend, HoldState::Held { .. }) => {
                self.extensions += 1;
                HoldState::Held { expires_at: now.plus(self.ttl) }
            }
            (HoldAct::Confirm, HoldState::Held { .. }) => HoldState::Confirmed,
            (HoldAct::Cancel, HoldState::Held { .. } | HoldState::Waiting { .. }) => {
                HoldState::Cancelled
            }
            _ => return impossible,
        };
        self.change(state, now);
        Ok(true)
    }

    /// The publisher ends it. Whether anything changed.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`]: only who came can leave, and what is over cannot be taken back.
    pub fn end(&mut self, end: HoldEnd, now: Timestamp) -> Result<bool, Refusal> {
        let state = match (end, self.state) {
            (HoldEnd::Departed, HoldState::Departed)
            | (HoldEnd::TakenBack, HoldState::TakenBack) => return Ok(false),
            (HoldEnd::Departed, HoldState::Confirmed) => HoldState::Departed,
            (
                HoldEnd::TakenBack,
                HoldState::Waiting { .. } | HoldState::Held { .. } | HoldState::Confirmed,
            ) => HoldState::TakenBack,
            _ => return Err(Refusal::at(Reason::InvalidTransition, "end")),
        };
        self.change(state, now);
        Ok(true)
    }

    /// Its time is past. Whether anything changed.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let is_past = self.state_at(now) == HoldState::Expired && self.state != HoldState::Expired;
        if is_past {
            self.change(HoldState::Expired, now);
        }
        is_past
    }

    /// How it stands at an instant, whether or not anybody has noticed that its time is past.
    pub fn state_at(&self, now: Timestamp) -> HoldState {
        match self.state {
            HoldState::Held { expires_at } if expires_at <= now => HoldState::Expired,
            state => state,
        }
    }

    /// Whoever asked hears that it is held. Where it waits for its turn its publisher tells more than that it was
    /// accepted.
    pub fn granted(&mut self, at: Timestamp) {
        if self.state == HoldState::Requested && self.reentry_of.is_none() {
            self.change(HoldState::Held { expires_at: at.plus(self.ttl) }, at);
        }
    }

    /// Whoever asked hears that it is refused, or gives up.
    pub fn refused(&mut self, reason: Reason, at: Timestamp) {
        if self.state == HoldState::Requested {
            self.change(HoldState::Refused(reason), at);
        }
    }

    /// Whoever holds hears what became of what was asked last, at the publisher's instant.
    pub fn settled(&mut self, answer: Result<(), Reason>, at: Timestamp) {
        let Some(act) = self.pending.take() else { return };
        let state = match (act, answer, self.state) {
            // This node's clock may have been ahead, or the answer late: what the publisher says counts.
            (HoldAct::Extend, Ok(()), HoldState::Held { .. } | HoldState::Expired) => {
                self.extensions += 1;
                HoldState::Held { expires_at: at.plus(self.ttl) }
            }
            // Of two turns the first may be over and the second not heard yet.
            (
                HoldAct::Confirm,
                Ok(()),
                HoldState::Waiting { .. } | HoldState::Held { .. } | HoldState::Expired,
            ) => HoldState::Confirmed,
            (
                HoldAct::Cancel,
                Ok(()),
                HoldState::Waiting { .. } | HoldState::Held { .. } | HoldState::Expired,
            ) => HoldState::Cancelled,
            (_, Err(Reason::HoldExpired), HoldState::Held { .. }) => HoldState::Expired,
            (_, _, state) => state,
        };
        self.change(state, at);
    }

    /// Whoever holds hears that the publisher ended it. Whether anything changed: what was given back or ended before
    /// stays so, whatever its publisher says of it later.
    pub fn ended(&mut self, end: HoldEnd, at: Timestamp) -> bool {
        if matches!(self.state, HoldState::Cancelled | HoldState::Departed | HoldState::TakenBack) {
            return false;
        }
        let state = match end {
            HoldEnd::Departed => HoldState::Departed,
            HoldEnd::TakenBack => HoldState::TakenBack,
        };
        self.pending = None;
        self.change(state, at);
        true
    }

    /// Whoever holds asks for something. Whether it is to be sent.
    ///
    /// # Errors
    /// [`Reason::VersionConflict`] while another is not answered; otherwise as [`Self::act`], as far as this node knows.
    pub fn ask(&mut self, act: HoldAct, now: Timestamp) -> Result<bool, Refusal> {
        match self.pending {
            Some(pending) if pending == act => return Ok(false),
            Some(_) => return Err(Refusal::at(Reason::VersionConflict, "act")),
            None => {}
        }
        // Whether it may be extended once more, and whether it is past its time, the publisher knows for certain.
        let mut tried = self.clone();
        let could = match tried.act(act, now, u32::MAX) {
            Err(refusal) if refusal.reason == Reason::HoldExpired => Ok(true),
            answer => answer,
        };
        if could.map_err(|refusal| Refusal { field: "act", ..refusal })? {
            self.pending = Some(act);
            self.revision += 1;
            return Ok(true);
        }
        Ok(false)
    }

    pub(super) fn change(&mut self, state: HoldState, at: Timestamp) {
        (self.state, self.changed_at) = (state, at);
        self.revision += 1;
    }
}
