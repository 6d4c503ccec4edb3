//! Assigning a referral to a colleague, and disclosing it to another unit of the house.

use brygga_domain::access::{AccessGround, InsideDisclosure, Sight};
use brygga_domain::disclosure::check_gdpr;
use brygga_domain::referral::Referral;
use brygga_domain::{InsideDisclosureId, Reason, ReferralId, Refusal};
use brygga_exchange::Key;
use brygga_exchange::access as decide;
use brygga_identity::caller::Caller;
use brygga_identity::roles::Role;
use brygga_storage::{Reader, StorageError};
use brygga_wire::local::InsideWish;

use super::{own_unit, referral_access};
use crate::referrals::{answered, decision};
use crate::{App, AppError};

impl App {
    /// Lets a colleague work on a referral; returns everybody who does, whoever began first, first.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent or hidden, [`Reason::RoleDenied`] where the caller
    /// neither works on it nor answers for its unit.
    pub async fn referral_assign(
        &self,
        caller: &Caller,
        id: ReferralId,
        subject: String,
    ) -> Result<Vec<String>, AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        let handlers = self
            .parts()
            .store
            .decide("access.assign", move |reader| {
                let (app, caller, subject) = (app.clone(), caller.clone(), subject.clone());
                Box::pin(async move {
                    let keys = vec![Key::Referral(id)];
                    let (referral, ground) = match app.handed_on(reader, &caller, id, true).await? {
                        Ok(found) => found,
                        Err(refusal) => return Ok(answered(Err(refusal), keys)),
                    };
                    let held = reader.referral_handlers(id).await?;
                    let mut names: Vec<String> =
                        held.iter().map(|handler| handler.subject.clone()).collect();
                    if !names.contains(&subject) {
                        names.push(subject.clone());
                    }
                    let access = referral_access(&caller, "referral.assign", &referral, ground);
                    let decided = app
                        .locally(|local| decide::assign(local, access, id, subject, &held))
                        .map(|()| names);
                    Ok(decision(decided, keys))
                })
            })
            .await??;
        Ok(handlers)
    }

    /// A referral that a caller may give others access to, and why. Whoever answers for its unit
    /// may assign it although somebody else works on it.
    async fn handed_on(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        id: ReferralId,
        by_seniors: bool,
    ) -> Result<Result<(Referral, AccessGround), Refusal>, StorageError> {
        let absent = Refusal::new(Reason::NotFound);
        let Some(referral) = reader.referral_by_id(id).await? else { return Ok(Err(absent)) };
        let sight = self.sight(reader, caller, &referral).await?;
        let answers_for_it = by_seniors && sight == Sight::Listed && is_senior(caller);
        let ground = sight.may_hand_on().or(answers_for_it.then_some(AccessGround::OwnUnit));
        Ok(match (sight, ground) {
            (Sight::Hidden, _) => Err(absent),
            (_, Some(ground)) => Ok((referral, ground)),
            (_, None) => Err(Refusal::at(Reason::RoleDenied, "referral_id")),
        })
    }

    /// Discloses a referral to another unit of the house.
    ///
    /// # Errors
    /// [`Reason::NotFound`] and [`Reason::RoleDenied`] as for any act on it,
    /// [`Reason::GroundNotAllowed`], [`Reason::GdprBasisNotAllowed`], [`Reason::InvalidField`].
    pub async fn referral_disclose_inside(
        &self,
        caller: &Caller,
        wish: InsideWish,
    ) -> Result<InsideDisclosureId, AppError> {
        let standing = self.principal(&self.parts().organisation)?.standing();
        check_gdpr(Some(wish.gdpr_basis), standing)?;
        let (app, caller) = (self.clone(), caller.clone());
        let id = wish.referral_id;
        let disclosed = self
            .parts()
            .store
            .decide("access.disclose", move |reader| {
                let (app, caller, wish) = (app.clone(), caller.clone(), wish.clone());
                Box::pin(async move {
                    let keys = vec![Key::Referral(id)];
                    let (referral, ground) = match app.handed_on(reader, &caller, id, false).await?
                    {
                        Ok(found) => found,
                        Err(refusal) => return Ok(answered(Err(refusal), keys)),
                    };
                    if own_unit(&referral) == Some(&wish.unit) {
                        let own = Refusal::at(Reason::InvalidField, "unit");
                        return Ok(answered(Err(own), keys));
                    }
                    let access =
                        referral_access(&caller, "referral.disclose_inside", &referral, ground);
                    let access = super::with_data(access, &referral.grant.data_categories);
                    let decided = app.locally(|local| {
                        let disclosure = InsideDisclosure {
                            id: InsideDisclosureId::from_bytes(local.identifier()),
                            referral_id: id,
                            unit: wish.unit,
                            ground: wish.ground,
                            gdpr_basis: wish.gdpr_basis,
                            justification: wish.justification,
                            disclosed_by: caller.subject().to_owned(),
                            disclosed_at: local.now,
                            revocation: None,
                        };
                        decide::disclose(local, access, disclosure)
                    });
                    Ok(decision(decided.map(|disclosure| disclosure.id), keys))
                })
            })
            .await??;
        Ok(disclosed)
    }

    /// Takes a disclosure inside the house back.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where it is absent, or its referral hidden from the caller.
    pub async fn referral_revoke_inside(
        &self,
        caller: &Caller,
        id: InsideDisclosureId,
    ) -> Result<(), AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        self.parts()
            .store
            .decide("access.revoke", move |reader| {
                let (app, caller) = (app.clone(), caller.clone());
                Box::pin(async move {
                    let keys = vec![Key::InsideDisclosure(id)];
                    let absent = || answered(Err(Refusal::new(Reason::NotFound)), keys.clone());
                    let Some(held) = reader.inside_disclosure(id).await? else {
                        return Ok(absent());
                    };
                    let referral = reader.referral_by_id(held.referral_id).await?;
                    let Some(referral) = referral else { return Ok(absent()) };
                    let sight = app.sight(reader, &caller, &referral).await?;
                    let Some(ground) = sight.may_hand_on() else { return Ok(absent()) };
                    let access =
                        referral_access(&caller, "referral.revoke_inside", &referral, ground);
                    let decided = app.locally(|local| decide::revoke(local, access, held));
                    Ok(decision(decided.map(drop), keys))
                })
            })
            .await??;
        Ok(())
    }
}

/// Whether the caller answers for a unit (föreståndare, ansvarig handläggare).
fn is_senior(caller: &Caller) -> bool {
    caller.has_role(Role::ResponsibleCaseWorker) || caller.has_role(Role::ShelterManager)
}
