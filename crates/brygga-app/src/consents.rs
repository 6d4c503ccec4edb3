//! Consents for the organisation's own people.

use brygga_domain::consent::Consent;
use brygga_domain::{ConsentId, Reason, Refusal};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_identity::caller::Caller;

use crate::referrals::{answered, decision};
use crate::{App, AppError};

impl App {
    /// Keeps a consent. The same one again changes nothing.
    ///
    /// # Errors
    /// [`Reason::IdempotencyMismatch`] where the id names another consent.
    pub async fn consent_record(
        &self,
        caller: &Caller,
        consent: Consent,
    ) -> Result<Consent, AppError> {
        let app = self.clone();
        let actor = Actor::User(caller.subject().to_owned());
        let kept = self
            .parts()
            .store
            .decide("consent.record", move |reader| {
                let (app, actor, consent) = (app.clone(), actor.clone(), consent.clone());
                Box::pin(async move {
                    let read_keys = vec![Key::Consent(consent.consent_id)];
                    if let Some(held) = reader.consent_by_id(consent.consent_id).await? {
                        let mismatch = Refusal::at(Reason::IdempotencyMismatch, "consent_id");
                        let answer = if held == consent { Ok(held) } else { Err(mismatch) };
                        return Ok(answered(answer, read_keys));
                    }
                    let decided = app
                        .locally(|local| brygga_exchange::consent::record(local, &actor, consent));
                    Ok(decision(decided, read_keys))
                })
            })
            .await??;
        Ok(kept)
    }

    /// Ends a consent at once; returns how many queued messages were stopped. Unknown ids stop nothing.
    ///
    /// # Errors
    /// [`AppError::Storage`] only: a withdrawal is never refused.
    pub async fn consent_withdraw(&self, caller: &Caller, id: ConsentId) -> Result<u32, AppError> {
        let app = self.clone();
        let actor = Actor::User(caller.subject().to_owned());
        let stopped = self
            .parts()
            .store
            .decide("consent.withdraw", move |reader| {
                let (app, actor) = (app.clone(), actor.clone());
                Box::pin(async move {
                    let Some(consent) = reader.consent_by_id(id).await? else {
                        return Ok(answered(Ok(0), vec![Key::Consent(id)]));
                    };
                    let queued = reader.outbox_queued_by_consent(id).await?;
                    let keys = queued.iter().map(|entry| Key::Outbox(entry.message_id));
                    let read_keys = keys.chain([Key::Consent(id)]).collect();
                    let decided = app.locally(|local| {
                        brygga_exchange::consent::withdraw(local, &actor, consent, &queued)
                    });
                    Ok(decision(decided, read_keys))
                })
            })
            .await??;
        Ok(stopped)
    }

    /// Shows a consent. The read leaves a leaf in the audit log.
    ///
    /// # Errors
    /// [`Reason::NotFound`].
    pub async fn consent_show(&self, caller: &Caller, id: ConsentId) -> Result<Consent, AppError> {
        let held = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.consent_by_id(id).await }))
            .await?;
        let consent = held.ok_or(Refusal::new(Reason::NotFound))?;
        self.log_read(caller, "consent.show", &id.to_string()).await?;
        Ok(consent)
    }
}
