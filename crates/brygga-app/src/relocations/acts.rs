//! What an officer does in a case: the letters that have come, the act, what it tells the other side, and one line of the
//! access log, stored together or not at all.

use brygga_domain::relocation::{Act, CallBack, EndKind, Letter, Relocation, Side};
use brygga_domain::{ParcelId, Reason, Refusal, RelocationId, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::relocation::StoredRelocation;

use crate::{App, AppError};

use super::{Proof, RestsOn, Unlocked};

/// How often a look is tried again that another officer was faster than.
const TRIES: usize = 3;

impl App {
    /// A case, for an officer whom it names, with the letters that have come.
    ///
    /// # Errors
    /// [`Reason::NotFound`] otherwise.
    pub async fn relocation_show(
        &self,
        proof: Proof,
        id: RelocationId,
    ) -> Result<Relocation, AppError> {
        let opened = self.uniformly(self.relocation_opened(&proof, id)).await?;
        self.again_where_overtaken(opened, None).await
    }

    /// Does something in a case, once the letters that have come are taken.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`Reason::VersionConflict`] where another officer was faster; whatever the act's method in
    /// [`brygga_domain::relocation`] refuses; [`Reason::AnonymitySetTooSmall`].
    pub async fn relocation_act(
        &self,
        proof: Proof,
        id: RelocationId,
        act: Act,
    ) -> Result<Relocation, AppError> {
        let opened = self.uniformly(self.relocation_opened(&proof, id)).await?;
        if let Act::End(kind) = act {
            return self.again_where_overtaken(opened, Some(kind)).await;
        }
        let (officer, case, held) = opened;
        self.acted(&officer, case, &held, Some(act)).await
    }

    /// A look and an end mean the same whatever another officer has done meanwhile.
    async fn again_where_overtaken(
        &self,
        opened: (Unlocked, Relocation, StoredRelocation),
        end: Option<EndKind>,
    ) -> Result<Relocation, AppError> {
        let (officer, mut case, mut held) = opened;
        for _ in 1..TRIES {
            let done = self.acted(&officer, case, &held, end.map(Act::End)).await;
            let is_overtaken = |refusal: &Refusal| refusal.reason == Reason::VersionConflict;
            if !done.as_ref().is_err_and(|error| is_overtaken(&error.to_refusal())) {
                return done;
            }
            (case, held) = self.relocation_of(&officer, held.id).await?;
        }
        self.acted(&officer, case, &held, end.map(Act::End)).await
    }

    /// Takes the letters, does the act where there is one, and stores what came of it.
    async fn acted(
        &self,
        officer: &Unlocked,
        mut case: Relocation,
        held: &StoredRelocation,
        act: Option<Act>,
    ) -> Result<Relocation, AppError> {
        let mut writes = WriteSet::default();
        let before = case.clone();
        self.letters_take(officer, &mut case, &mut writes).await?;
        let word = act.as_ref().map_or("show", Act::word);
        if let Some(act) = act {
            let said = self.act_done(officer, &mut case, held, act, &mut writes).await?;
            if let Some(letter) = said {
                writes.relay.parcels_out.push(self.step_out(&case, letter)?);
            }
        }
        let access = self.access_line(officer, case.id, word).await?;
        writes.relocations.accesses.push(access);
        let mut rests_on = RestsOn::Nothing;
        if case != before || !writes.relay.parcels_in.is_empty() {
            writes.relocations.changed.push(self.record_again(&case, held).await?);
            rests_on = RestsOn::Case(case.id, held.revision);
        }
        self.relocation_store("relocation.act", writes, rests_on).await?;
        Ok(case)
    }

    /// Does it. Returns what the other side is told.
    async fn act_done(
        &self,
        officer: &Unlocked,
        case: &mut Relocation,
        held: &StoredRelocation,
        act: Act,
        writes: &mut WriteSet,
    ) -> Result<Option<Letter>, AppError> {
        let now = self.now();
        match act {
            Act::Enquire { until } => self.enquire(case, held, until, writes).await?,
            Act::Release => self.release(officer, case, writes).await?,
            Act::Open => return self.open_arrived(officer, case),
            Act::End(kind) => {
                // What still asks for offers asks no more.
                let asking = case.enquiry.as_ref().map(|enquiry| enquiry.id);
                writes.relay.sent.extend(asking.map(|id| ParcelId::from_bytes(*id.as_bytes())));
                return Ok(case.end(kind, now));
            }
            other => return Ok(plain(officer, case, other, now)?),
        }
        Ok(None)
    }
}

/// What needs nothing but the case.
fn plain(
    officer: &Unlocked,
    case: &mut Relocation,
    act: Act,
    now: Timestamp,
) -> Result<Option<Letter>, Refusal> {
    let said = match act {
        Act::Raise(level) => {
            case.raise(level);
            return Ok(None);
        }
        Act::Examine(basis) => return case.examine(basis).map(|()| None),
        Act::Select { place } => return case.select(place, now).map(|()| None),
        Act::CallBack { spoke_with } => {
            let call = CallBack { by: officer.id, spoke_with, at: now };
            return case.called_back(call).map(|()| None);
        }
        Act::Prepare { content } => return case.prepare(officer.id, content).map(|()| None),
        Act::TakePosition(position) => case.take_position(position, now),
        Act::Assist(note) => case.assist(note),
        Act::HandOver(item) => case.hand_over(item, now),
        Act::Receive(item) => case.receive(item, now),
        Act::Move => case.moved(now),
        Act::FollowUp => case.followed_up(now),
        Act::Close => case.close(now),
        Act::Escalate => {
            let due = case.statutory_due().unwrap_or(now);
            return case.escalate(due, now).map(|()| None);
        }
        Act::ReceiveDecision { at } => return case.decision_received(at, now).map(|()| None),
        Act::NoteDecision { takes_over } => return decided(case, takes_over, now),
        Act::ReviewWithheld { place, goes_on } => {
            return case.review_withheld(place, goes_on, now).map(|()| None);
        }
        // Whoever calls has done these.
        Act::Enquire { .. } | Act::Release | Act::Open | Act::End(_) => return Ok(None),
    };
    said.map(Some)
}

/// IVO's decision, as either side has verified it.
fn decided(
    case: &mut Relocation,
    takes_over: bool,
    now: Timestamp,
) -> Result<Option<Letter>, Refusal> {
    match case.side {
        Side::Destination if takes_over => case.take_over_decided(now).map(Some),
        // The destination has nothing to do then, and the origin goes on.
        Side::Destination => Err(Refusal::new(Reason::InvalidTransition)),
        Side::Origin => case.ivo_decided(takes_over).map(|()| None),
    }
}
