//! Asking somebody else with the same content, after a decline, an expiry or a failure.

use brygga_domain::referral::{Referral, Side, Status};
use brygga_domain::{Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_wire::local::{ReferralWish, RerouteWish, Wish};

use crate::{App, AppError, ReferralView};

impl App {
    /// Sends a new referral with the content of an earlier one: to whom the target proposed, to the same
    /// target for a second look, or to anybody else whom the consent covers.
    ///
    /// # Errors
    /// [`Reason::NotFound`] where the earlier referral is absent, hidden or erased; [`Reason::WrongActor`] at
    /// the target; [`Reason::InvalidTransition`] where it is neither declined, expired nor failed;
    /// otherwise as [`App::referral_request`].
    pub async fn referral_reroute(
        &self,
        caller: &Caller,
        wish: RerouteWish,
    ) -> Result<ReferralView, AppError> {
        let id = wish.referral_id;
        let (app, asking) = (self.clone(), caller.clone());
        let found = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let workable = app.workable(reader, &asking, id).await?;
                let message = reader.referral_request_message(id).await?;
                let at_rest = reader.referral_content(id).await?;
                Ok((workable, message.zip(at_rest)))
            })
        });
        let (workable, stored) = found.await?;
        let (earlier, _) = workable?;
        check(&earlier)?;
        let absent = || Refusal::at(Reason::NotFound, "referral_id");
        let (message, at_rest) = stored.ok_or_else(absent)?;
        let content = self.open_content(&earlier, message, &at_rest).await?.ok_or_else(absent)?;
        let consent_id = wish.consent_id.or(earlier.grant.consent.map(|(consent, _)| consent));
        let again = ReferralWish {
            idempotency_key: wish.idempotency_key,
            digest: wish.digest,
            consent_id,
            wish: again(earlier, wish),
            places: None,
            content,
        };
        self.referral_request(caller, again).await
    }
}

fn check(earlier: &Referral) -> Result<(), Refusal> {
    if earlier.side != Side::Source {
        return Err(Refusal::new(Reason::WrongActor));
    }
    let is_open_for_it = matches!(
        earlier.status,
        Status::Rejected(_) | Status::Expired | Status::Failed { .. } | Status::Cancelled { .. }
    );
    if is_open_for_it && !earlier.is_stopped {
        Ok(())
    } else {
        Err(Refusal::new(Reason::InvalidTransition))
    }
}

/// The same request for somebody else. Whether the person chose the new recipient is not known, so it
/// is not said.
fn again(earlier: Referral, wish: RerouteWish) -> Wish {
    let recipient_chosen_by_person =
        earlier.request.recipient_chosen_by_person && earlier.target == wish.target;
    let request = earlier.request;
    Wish {
        target: wish.target,
        target_unit: wish.target_unit,
        agreement: wish.agreement,
        priority: request.priority,
        subject: request.subject,
        service_type: request.service_type,
        host_municipality: request.host_municipality,
        home_municipality: request.home_municipality,
        acute_duty: request.acute_duty,
        source_unit: request.source_unit,
        ground: Some(earlier.grant.ground),
        gdpr_basis: Some(earlier.grant.gdpr_basis),
        contact_policy: request.contact_policy,
        recipient_chosen_by_person,
        part_of: Some(earlier.id),
        affirmations: wish.affirmations,
    }
}
