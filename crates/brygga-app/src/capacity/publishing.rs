//! Publishing: what this organisation has.

use std::sync::Arc;

use brygga_domain::capacity::{
    AcquisitionRoute, Freshness, Ledger, PublicationDraft, Service, Statement,
};
use brygga_domain::{OrgId, Reason, Refusal, ServiceId, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::audit::Actor;
use brygga_exchange::capacity::{ServiceHeld, StoredService, publish, withdraw};
use brygga_identity::caller::Caller;
use brygga_policy::{AgreementBook, PublicationGrant, ServiceQuestion, decide_publication};
use brygga_storage::{Decision, Reader, StorageError};

use super::reminding::shown_until;
use super::seen_by;
use crate::referrals::{answered, decision, may_see};
use crate::{App, AppError};

/// An own service as it stands, and who sees it.
#[derive(Clone, Debug)]
pub struct PublishedService {
    /// What is told of it.
    pub statement: Statement,
    /// Who may see it now, by id.
    pub seen_by: Vec<OrgId>,
    /// Until when everybody who may see it is shown its numbers.
    pub shown_until: Timestamp,
    /// How old the numbers are.
    pub freshness: Freshness,
}

impl App {
    /// Says how a service stands. Sequence 0 takes the next. The area is checked and forgotten.
    ///
    /// # Errors
    /// [`Reason::PolicyDenied`] at `area` where the organisation takes no more dwellings; otherwise as
    /// [`decide_publication`], [`PublicationDraft::check`] and [`publish`].
    pub async fn capacity_publish(
        &self,
        caller: &Caller,
        draft: PublicationDraft,
        area: Option<&str>,
    ) -> Result<PublishedService, AppError> {
        // Before anything else, so that it leaves no trace.
        self.parts().capacity.excluded_areas.check(area.unwrap_or_default())?;
        if !may_see(caller, draft.service.unit.as_ref()) {
            return Err(Refusal::at(Reason::RoleDenied, "service.unit").into());
        }
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let asked = Arc::new((actor, draft));
        let published = self.parts().store.decide("capacity.publish", move |reader| {
            let (app, asked) = (app.clone(), Arc::clone(&asked));
            Box::pin(async move { app.decide_publication(reader, &asked.0, &asked.1).await })
        });
        let stored = published.await??;
        let id = stored.id();
        let held = self
            .parts()
            .store
            .read(move |reader| Box::pin(async move { reader.service_by_id(id).await }));
        let held = held.await?.unwrap_or(ServiceHeld::untouched(stored));
        Ok(self.published(&held))
    }

    async fn decide_publication(
        &self,
        reader: &mut Reader<'_>,
        actor: &Actor,
        draft: &PublicationDraft,
    ) -> Result<Decision<Result<StoredService, Refusal>>, StorageError> {
        let id = draft.service.id;
        let held = reader.service_by_id(id).await?;
        let book = self.agreements_held(reader).await?;
        let mut keys = vec![Key::Service(id)];
        keys.extend(held.iter().flat_map(ServiceHeld::waiting_keys));
        let clause = match self.permitting(&book, draft, reader).await? {
            Ok(clause) => clause,
            Err(denied) => return Ok(answered(Err(denied), keys)),
        };
        let mut draft = draft.clone();
        if draft.sequence == 0 {
            let before = held.as_ref().map_or(0, |held| held.stored.publication.sequence);
            draft.sequence = before.saturating_add(1);
        }
        let publication = match draft.check() {
            Ok(publication) => publication,
            Err(refusal) => return Ok(answered(Err(refusal), keys)),
        };
        let decided = self.locally(|local| publish(local, actor, publication, held, clause));
        Ok(decision(decided, keys))
    }

    /// What permits a publication, as the audit log names it: the first agreement that does.
    async fn permitting(
        &self,
        book: &AgreementBook,
        draft: &PublicationDraft,
        reader: &mut Reader<'_>,
    ) -> Result<Result<String, Refusal>, StorageError> {
        let me = &self.parts().organisation;
        let is_single = |service: &Service| {
            service.acquisition_route == Some(AcquisitionRoute::WithoutAgreement)
        };
        let mut places = draft.places();
        if is_single(&draft.service) {
            let own = reader.services_since(0).await?.into_iter().map(|(_, stored)| stored);
            let others =
                own.filter(|one| one.withdrawn_at.is_none() && one.id() != draft.service.id);
            let single = others.filter(|one| is_single(&one.publication.service));
            places += single.map(|one| one.publication.places()).sum::<u32>();
        }
        let principal = match self.principal(me) {
            Ok(principal) => principal,
            Err(unknown) => return Ok(Err(unknown)),
        };
        let granted = decide_publication(&ServiceQuestion {
            publisher: me,
            kind: principal.kind,
            permits: &self.trust().permits(me),
            service: &draft.service,
            places_without_agreement: places,
            agreements: book,
            now: self.now(),
        });
        // What permits it never is empty.
        Ok(granted
            .map(|granted| granted.first().map_or_else(String::new, PublicationGrant::clause)))
    }

    /// Takes a service back, for good.
    ///
    /// # Errors
    /// As [`withdraw`].
    pub async fn capacity_withdraw(&self, caller: &Caller, id: ServiceId) -> Result<(), AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        let withdrawn = self.parts().store.decide("capacity.withdraw", move |reader| {
            let (app, caller) = (app.clone(), caller.clone());
            Box::pin(async move {
                let held = reader.service_by_id(id).await?;
                let held = held
                    .filter(|one| may_see(&caller, one.stored.publication.service.unit.as_ref()));
                let actor = Actor::User(caller.subject().to_owned());
                let decided = app.locally(|local| withdraw(local, &actor, id, held));
                Ok(decision(decided, vec![Key::Service(id)]))
            })
        });
        Ok(withdrawn.await??)
    }

    /// Own services that are not withdrawn, by name.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn capacity_services(
        &self,
        caller: &Caller,
    ) -> Result<Vec<PublishedService>, AppError> {
        let all = self.parts().store.read(|reader| {
            Box::pin(async move {
                let mut all = Vec::new();
                for (_, stored) in reader.services_since(0).await? {
                    all.extend(reader.service_by_id(stored.id()).await?);
                }
                Ok(all)
            })
        });
        let own = all.await?.into_iter().filter(|one| {
            let stored = &one.stored;
            stored.withdrawn_at.is_none()
                && may_see(caller, stored.publication.service.unit.as_ref())
        });
        let mut services: Vec<_> = own.map(|held| self.published(&held)).collect();
        services
            .sort_by(|one, other| one.statement.service.name.cmp(&other.statement.service.name));
        Ok(services)
    }

    /// What the own people see: also the numbers that others are not told.
    fn published(&self, held: &ServiceHeld) -> PublishedService {
        let (book, now, me) =
            (self.parts().agreements.book(), self.now(), &self.parts().organisation);
        let ledger = Ledger::new(&held.stored.publication, &held.promised);
        let statement = Statement::own(me, &ledger, held.stored.revision, now);
        let seen = seen_by(&book, me, &statement.service, now);
        let shown_until = shown_until(&book, me, &held.stored.publication, now);
        let freshness = Freshness::of(statement.published_at, shown_until, now);
        let seen_by = seen.into_iter().map(|(organisation, _)| organisation).collect();
        PublishedService { statement, seen_by, shown_until, freshness }
    }
}
