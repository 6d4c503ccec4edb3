//! Two officers of the destination open together what has arrived.

use brygga_crypto::officer::{Share, SharedContent, open_share};
use brygga_domain::relocation::{Counterpart, GivenShare, Letter, Relocation, Side, Stage};
use brygga_domain::{OrgId, Reason, Refusal, Sensitive};
use brygga_wire::relocation::{
    Disclosure, Said, SignedLetter, Way, disclosure_place, shared_from_bytes,
};

use crate::{App, AppError};

use super::Unlocked;
use super::post::thread_of;

impl App {
    /// The first officer's call gives that officer's share, the second's opens. What turns out to be no disclosure to this
    /// organisation is as if it had never come.
    pub(super) fn open_arrived(
        &self,
        officer: &Unlocked,
        case: &mut Relocation,
    ) -> Result<Option<Letter>, AppError> {
        let not_now = || Refusal::new(Reason::InvalidTransition);
        if case.side != Side::Destination || case.stage != Stage::Arrived {
            return Err(not_now().into());
        }
        let thread = thread_of(case).ok_or_else(not_now)?;
        let arrived = case.arrived.as_ref().ok_or_else(not_now)?;
        let shared = shared_from_bytes(arrived.expose())?;
        let place = disclosure_place(&thread);
        let mut shares = shared.shares.iter();
        let own = shares.find_map(|sealed| open_share(&officer.key, &place, sealed).ok());
        let Some(own) = own else {
            case.nothing_arrived();
            return Ok(None);
        };
        let Some(given) = case.share.clone() else {
            let share = Sensitive::new(*own.to_bytes());
            case.share = Some(GivenShare { by: officer.id, share });
            return Ok(None);
        };
        if given.by == officer.id {
            return Err(Refusal::at(Reason::ReleaseMissing, "second_officer").into());
        }
        let other = Share::from_bytes(given.share.expose());
        // Without a registry that counts, nobody could be believed, and what has come would be lost.
        let me = &self.parts().organisation;
        if self.trust().member(me).is_err() {
            return Err(Refusal::at(Reason::RecipientUnavailable, "registry").into());
        }
        let Some((organisation, told)) = self.disclosed(case, &thread, &shared, &other, &own)
        else {
            case.nothing_arrived();
            return Ok(None);
        };
        let letter = case.open(given.by, officer.id, told.person, self.now())?;
        let (officers, mailbox) = (told.officers, told.mailbox);
        let organisation = Sensitive::new(organisation);
        case.origin = Some(Counterpart { organisation, officers, mailbox });
        case.route = Some(told.route);
        case.raise(told.level);
        Ok(Some(letter))
    }

    fn disclosed(
        &self,
        case: &Relocation,
        thread: &[u8; 32],
        shared: &SharedContent,
        one: &Share,
        other: &Share,
    ) -> Option<(OrgId, Disclosure)> {
        let letter = shared.open(one, other, &disclosure_place(thread)).ok()?;
        let signed = SignedLetter::from_bytes(&letter).ok()?;
        let organisation = signed.organisation().clone();
        let network = self.network_members(case.agreement_id).ok()?;
        if !network.members.contains_key(&organisation) {
            return None;
        }
        match self.vouched(signed, &Way { thread: *thread, to: *thread })? {
            Said::Disclosure(told) => Some((organisation, told)),
            Said::Offer(_) | Said::Step { .. } => None,
        }
    }
}
