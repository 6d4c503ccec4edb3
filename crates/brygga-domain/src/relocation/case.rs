//! The case itself, at either side: where it stands, and what it knows.

use std::collections::BTreeSet;

use crate::calendar::{months_after, over_after};
use crate::legal::coded_enum;
use crate::{AgreementId, OfficerId, OrgId, Reason, Refusal, RelocationId, Sensitive, Timestamp};

use super::{
    AssistanceNote, BlindNeed, CallBack, Content, Counterpart, Enquiry, GivenShare, HandoverEntry,
    Offer, OwnOffer, Position, Prepared, ProtectionLevel, Route, SecrecyBasis, Withheld,
};

/// Most officers of a case.
const OFFICERS_MAX: usize = 4;
/// Most members that are excluded.
const EXCLUSIONS_MAX: usize = 64;
/// Most people from whom insight is withheld.
const WITHHELD_MAX: usize = 8;
/// Months from one review of withheld insight to the next (lag 2024:79 5:4).
const REVIEW_MONTHS: i32 = 6;

coded_enum!(
    /// Which end this is.
    Side {
        /// From where the person moves.
        Origin = "ORIGIN",
        /// To where.
        Destination = "DESTINATION",
    }
);

coded_enum!(
    /// Where a case stands.
    Stage {
        /// Origin: opened, and nobody was asked.
        Assessed = "ASSESSED",
        /// Origin: members of the network were asked, blindly.
        Enquired = "ENQUIRED",
        /// Origin: the person has chosen.
        Selected = "SELECTED",
        /// Origin: the chosen one was told who the person is.
        Disclosed = "DISCLOSED",
        /// Destination: it has offered.
        Offered = "OFFERED",
        /// Destination: a disclosure has come, unopened.
        Arrived = "ARRIVED",
        /// Destination: two officers have opened it.
        Opened = "OPENED",
        /// The destination has accepted.
        Accepted = "ACCEPTED",
        /// The destination has refused. Not the end: somebody else can be chosen, or IVO decides.
        Refused = "REFUSED",
        /// Origin: IVO decides.
        Escalated = "ESCALATED",
        /// Things are being handed over.
        HandingOver = "HANDING_OVER",
        /// The person has come.
        Moved = "MOVED",
        /// Both have followed up.
        FollowedUp = "FOLLOWED_UP",
        /// All is done.
        Closed = "CLOSED",
        /// The person did not want it any more.
        Withdrawn = "WITHDRAWN",
        /// One side said that it is not safe.
        Aborted = "ABORTED",
    }
);

impl Stage {
    /// Whether nothing happens any more but the purge.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn | Self::Aborted)
    }
}

/// What an officer writes to open a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The exchange network's agreement.
    pub agreement_id: AgreementId,
    /// Who may see and do anything. 2 to 4, nobody twice.
    pub officers: Vec<OfficerId>,
    /// By which way.
    pub route: Route,
    /// How the person is protected.
    pub level: ProtectionLevel,
    /// Which rule of secrecy was examined; none yet is allowed until a disclosure is released.
    pub secrecy_basis: Option<SecrecyBasis>,
    /// Members of the network who are never asked.
    pub exclusions: Sensitive<BTreeSet<OrgId>>,
    /// From whom insight is withheld.
    pub withheld: Vec<Withheld>,
    /// What is needed.
    pub need: BlindNeed,
}

/// A relocation as one side's officers know it. Used in sealed state; nothing of it is stored in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the field says it, or the method that sets it")]
pub struct Relocation {
    pub id: RelocationId,
    pub side: Side,
    pub stage: Stage,
    pub agreement_id: AgreementId,
    pub officers: Vec<OfficerId>,
    /// At the destination none until it is opened.
    pub route: Option<Route>,
    pub level: ProtectionLevel,
    pub secrecy_basis: Option<SecrecyBasis>,
    pub exclusions: Sensitive<BTreeSet<OrgId>>,
    pub withheld: Vec<Withheld>,
    pub need: BlindNeed,
    pub enquiry: Option<Enquiry>,
    pub offers: Vec<Offer>,
    /// Place of the chosen offer in the list.
    pub selected: Option<usize>,
    pub call_back: Option<CallBack>,
    pub prepared: Option<Prepared>,
    /// At the destination: the mailbox that its offer named, and until when it offers.
    pub own_offer: Option<OwnOffer>,
    /// At the destination: the disclosure as it came, under two shares.
    pub arrived: Option<Content>,
    /// At the destination: the share that the first officer gave.
    pub share: Option<GivenShare>,
    /// At the destination: from where the person comes, once it is opened.
    pub origin: Option<Counterpart>,
    /// At the destination: who the person is.
    pub content: Option<Content>,
    pub position: Option<(Position, Timestamp)>,
    pub assistance: Vec<AssistanceNote>,
    pub handover: Vec<HandoverEntry>,
    pub disclosed_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub escalated_at: Option<Timestamp>,
    /// At the origin: when IVO's decision was received, which can be appealed from then on.
    pub decided_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Letters of this side.
    pub sent: u32,
    /// Letters of the other side that were taken, in order.
    pub received: u32,
}

impl Relocation {
    /// Opens a case at its origin.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] for too few or too many officers, exclusions or withheld, at the one that is wrong.
    pub fn open_at_origin(id: RelocationId, opening: Opening) -> Result<Self, Refusal> {
        check_officers(&opening.officers)?;
        if opening.exclusions.expose().len() > EXCLUSIONS_MAX {
            return Err(Refusal::at(Reason::InvalidField, "exclusions"));
        }
        if opening.withheld.len() > WITHHELD_MAX {
            return Err(Refusal::at(Reason::InvalidField, "withheld"));
        }
        let mut case = Self::new(id, Side::Origin, opening.agreement_id, opening.need);
        case.officers = opening.officers;
        case.route = Some(opening.route);
        case.level = opening.level;
        case.secrecy_basis = opening.secrecy_basis;
        case.exclusions = opening.exclusions;
        case.withheld = opening.withheld;
        Ok(case)
    }

    /// Begins a case at a member that offers.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] for other than 2 officers.
    pub fn offer_at_destination(
        id: RelocationId,
        agreement_id: AgreementId,
        officers: [OfficerId; 2],
        need: BlindNeed,
    ) -> Result<Self, Refusal> {
        check_officers(&officers)?;
        let mut case = Self::new(id, Side::Destination, agreement_id, need);
        case.officers = officers.to_vec();
        case.stage = Stage::Offered;
        Ok(case)
    }

    /// A case whose fields are read from its record.
    pub fn restored(
        id: RelocationId,
        side: Side,
        agreement_id: AgreementId,
        need: BlindNeed,
    ) -> Self {
        Self::new(id, side, agreement_id, need)
    }

    fn new(id: RelocationId, side: Side, agreement_id: AgreementId, need: BlindNeed) -> Self {
        Self {
            id,
            side,
            stage: Stage::Assessed,
            agreement_id,
            officers: Vec::new(),
            route: None,
            level: ProtectionLevel::Threatened,
            secrecy_basis: None,
            exclusions: Sensitive::new(BTreeSet::new()),
            withheld: Vec::new(),
            need,
            enquiry: None,
            offers: Vec::new(),
            selected: None,
            call_back: None,
            prepared: None,
            own_offer: None,
            arrived: None,
            share: None,
            origin: None,
            content: None,
            position: None,
            assistance: Vec::new(),
            handover: Vec::new(),
            disclosed_at: None,
            opened_at: None,
            escalated_at: None,
            decided_at: None,
            ended_at: None,
            sent: 0,
            received: 0,
        }
    }

    /// Whether an officer may see it and act.
    pub fn names(&self, officer: OfficerId) -> bool {
        self.officers.contains(&officer)
    }

    /// The person's protection is another one now: it only rises.
    pub fn raise(&mut self, level: ProtectionLevel) {
        self.level = self.level.raised_to(level);
    }

    /// The rule of secrecy was examined, again or for the first time.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] after the end.
    pub fn examine(&mut self, basis: SecrecyBasis) -> Result<(), Refusal> {
        self.must_go_on()?;
        self.secrecy_basis = Some(basis);
        Ok(())
    }

    /// Somebody's withheld insight was reviewed: it goes on for six months, or is taken away.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] after the end; [`Reason::NotFound`] at `place`.
    pub fn review_withheld(
        &mut self,
        place: usize,
        goes_on: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.must_go_on()?;
        let held = self.withheld.get_mut(place).ok_or(Refusal::at(Reason::NotFound, "place"))?;
        if goes_on {
            held.review_due = over_after(now, |day| months_after(day, REVIEW_MONTHS));
        } else {
            self.withheld.remove(place);
        }
        Ok(())
    }

    pub(super) fn must_go_on(&self) -> Result<(), Refusal> {
        if self.stage.is_over() { Err(not_now()) } else { Ok(()) }
    }

    pub(super) fn must(&self, side: Side, stages: &[Stage]) -> Result<(), Refusal> {
        if self.side == side { self.must_be(stages) } else { Err(not_now()) }
    }

    pub(super) fn must_be(&self, stages: &[Stage]) -> Result<(), Refusal> {
        if stages.contains(&self.stage) { Ok(()) } else { Err(not_now()) }
    }

    /// Both know who the person is, and it is not over.
    pub(super) fn must_be_together(&self) -> Result<(), Refusal> {
        if self.opened_at.is_some() && !self.stage.is_over() { Ok(()) } else { Err(not_now()) }
    }
}

fn check_officers(officers: &[OfficerId]) -> Result<(), Refusal> {
    let once: BTreeSet<_> = officers.iter().collect();
    if once.len() == officers.len() && (2..=OFFICERS_MAX).contains(&officers.len()) {
        Ok(())
    } else {
        Err(Refusal::at(Reason::InvalidField, "officers"))
    }
}

const fn not_now() -> Refusal {
    Refusal::new(Reason::InvalidTransition)
}
