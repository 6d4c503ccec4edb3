//! Breaking the glass.

use brygga_domain::access::{AccessGround, AccessObject, BreakGlass, BreakGlassReason};
use brygga_domain::{BreakGlassId, Reason, ReferralId, Refusal};
use brygga_exchange::Key;
use brygga_exchange::access as decide;
use brygga_identity::caller::Caller;

use super::{access, referral_access};
use crate::referrals::{answered, decision};
use crate::{App, AppError};

impl App {
    /// Asks for access that cannot wait. Answered alike whether or not there is such a referral.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `justification`.
    pub async fn break_glass_open(
        &self,
        caller: &Caller,
        id: ReferralId,
        reason: BreakGlassReason,
        justification: String,
    ) -> Result<BreakGlass, AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        let opened = self
            .parts()
            .store
            .decide("access.break_glass", move |_| {
                let justification = justification.clone();
                let object = AccessObject::Referral(id);
                // Replaced by the glass itself once it has an identifier.
                let ground = AccessGround::OwnUnit;
                let access = access(&caller, "break_glass.open", object, None, ground);
                let decided =
                    app.locally(|local| decide::open(local, access, id, reason, justification));
                Box::pin(async move { Ok(decision(decided, Vec::new())) })
            })
            .await??;
        Ok(opened)
    }

    /// Approves as the second person.
    ///
    /// # Errors
    /// [`Reason::NotFound`], [`Reason::WrongActor`] for whoever asked, [`Reason::InvalidTransition`].
    pub async fn break_glass_approve(
        &self,
        caller: &Caller,
        id: BreakGlassId,
    ) -> Result<BreakGlass, AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        let approved = self
            .parts()
            .store
            .decide("access.approve_glass", move |reader| {
                let (app, caller) = (app.clone(), caller.clone());
                Box::pin(async move {
                    let keys = vec![Key::BreakGlass(id)];
                    let Some(glass) = reader.break_glass(id).await? else {
                        return Ok(answered(Err(Refusal::new(Reason::NotFound)), keys));
                    };
                    let (action, ground) = ("break_glass.approve", AccessGround::BreakGlass(id));
                    let referral = reader.referral_by_id(glass.referral_id).await?;
                    let access = match &referral {
                        Some(referral) => referral_access(&caller, action, referral, ground),
                        None => {
                            let object = AccessObject::Referral(glass.referral_id);
                            access(&caller, action, object, None, ground)
                        }
                    };
                    let decided = app.locally(|local| decide::approve(local, access, glass));
                    Ok(decision(decided, keys))
                })
            })
            .await??;
        Ok(approved)
    }
}
