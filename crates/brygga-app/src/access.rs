//! Who of the own organisation may see a referral, and the log of who has.
//!
//! Every use case about a referral asks [`App::sight`] here, so that need-to-know is decided in
//! one place; what is asked of the store stops as soon as the answer is known.

mod glass;
mod inside;
mod review;

use brygga_domain::access::{
    AccessGround, AccessObject, Asker, Behalf, ConsentKeeper, Handler, Sight, Standing, Width,
};
use brygga_domain::referral::{Referral, Side};
use brygga_domain::{ConsentId, DataCategory, Reason, ReferralId, Refusal, Timestamp, UnitId};
use brygga_exchange::Decided;
use brygga_exchange::access::{Access, Accessor, note};
use brygga_exchange::audit::Actor;
use brygga_identity::caller::Caller;
use brygga_identity::roles::Role;
use brygga_storage::{Decision, Reader, StorageError};
use brygga_wire::content::ReferralContent;

use crate::App;

pub use review::{REVIEW_WITHIN, ReviewBook, SampleDrawn};

/// How far a caller sees inside the units of the token: the widest of the roles.
fn width(caller: &Caller) -> Width {
    caller.roles().iter().copied().map(width_of).max().unwrap_or(Width::Nothing)
}

/// How far one role sees (domain guide 3.2). The flows of other roles do not pass here.
pub const fn width_of(role: Role) -> Width {
    match role {
        Role::HousingMatcher | Role::ShelterManager | Role::ShelterStaff => Width::Unit,
        Role::CaseWorker | Role::ResponsibleCaseWorker => Width::OwnCases,
        Role::HousingSupporter => Width::Assigned,
        Role::AgreementManager
        | Role::HousingAcquirer
        | Role::HousingAssistant
        | Role::HousingConsultant
        | Role::IncidentReporter
        | Role::KfmOfficer
        | Role::LandlordAdmin
        | Role::LogReviewer
        | Role::Operator
        | Role::ProtectedOfficer
        | Role::RegionalCoordinator
        | Role::Registrar
        | Role::ReleaseOfficer
        | Role::RentCollector
        | Role::RentDebtAdviser => Width::Nothing,
    }
}

/// The caller as need-to-know sees it.
pub(crate) fn asker(caller: &Caller) -> Asker<'_> {
    Asker {
        subject: caller.subject(),
        width: width(caller),
        units: caller.units(),
        behalves: caller.behalves(),
    }
}

/// The function at this node that a referral belongs to; none is the intake.
pub(crate) const fn own_unit(referral: &Referral) -> Option<&UnitId> {
    match referral.side {
        Side::Source => referral.request.source_unit.as_ref(),
        Side::Target => referral.target_unit.as_ref(),
    }
}

/// The function before which it was laid because nobody took it on; otherwise its own.
fn deputy(referral: &Referral) -> Option<&UnitId> {
    match &referral.escalation {
        Some(escalation) if referral.side == Side::Target => escalation.unit.as_ref(),
        _ => own_unit(referral),
    }
}

/// What is left of a content for somebody who only matches needs with dwellings.
pub(crate) fn fitted(content: ReferralContent, caller: &Caller) -> ReferralContent {
    if caller.roles().iter().any(|role| *role != Role::HousingMatcher) {
        return content;
    }
    ReferralContent {
        household: content.household,
        homelessness_situation: content.homelessness_situation,
        housing_needs: content.housing_needs,
        support_needs: content.support_needs,
        ..ReferralContent::default()
    }
}

impl App {
    /// What a caller may see of a referral now.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) async fn sight(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        referral: &Referral,
    ) -> Result<Sight, StorageError> {
        let (asker, now) = (asker(caller), self.now());
        let handlers = reader.referral_handlers(referral.id).await?;
        let held = Standing {
            unit: own_unit(referral),
            deputy: deputy(referral),
            shared: referral.shared_unit.as_ref(),
            handlers: &handlers,
            disclosures: &[],
            glasses: &[],
        };
        if let sight @ Sight::Work(_) = asker.sight(held, now) {
            return Ok(sight);
        }
        let disclosures = reader.inside_disclosures(referral.id).await?;
        let glasses = reader.break_glasses(referral.id).await?;
        Ok(asker.sight(Standing { disclosures: &disclosures, glasses: &glasses, ..held }, now))
    }

    /// A referral that a caller may work on, and why.
    ///
    /// # Errors
    /// The inner one is [`Reason::NotFound`] where it is absent or hidden, and
    /// [`Reason::RoleDenied`] where the caller's unit lists it and somebody else works on it.
    pub(crate) async fn workable(
        &self,
        reader: &mut Reader<'_>,
        caller: &Caller,
        id: ReferralId,
    ) -> Result<Result<(Referral, AccessGround), Refusal>, StorageError> {
        let absent = Refusal::new(Reason::NotFound);
        let Some(referral) = reader.referral_by_id(id).await? else { return Ok(Err(absent)) };
        Ok(match self.sight(reader, caller, &referral).await? {
            Sight::Hidden => Err(absent),
            Sight::Listed | Sight::Read(_) => Err(Refusal::at(Reason::RoleDenied, "referral_id")),
            Sight::Work(ground) => Ok((referral, ground)),
        })
    }

    /// Notes a read in both logs before it is answered.
    pub(crate) async fn log_access(&self, access: Access) -> Result<(), StorageError> {
        let app = self.clone();
        self.parts()
            .store
            .decide("access.note", move |_| {
                let access = access.clone();
                let writes = app.locally(|local| note(local, access));
                Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
            })
            .await
    }
}

/// An access of a caller; `unit` is the one it belongs to.
pub(crate) fn access(
    caller: &Caller,
    action: &str,
    object: AccessObject,
    unit: Option<&UnitId>,
    ground: AccessGround,
) -> Access {
    let own = unit.filter(|unit| caller.units().contains(*unit));
    let unit = own.or_else(|| caller.units().first()).cloned();
    let roles: Vec<&str> = caller.roles().iter().map(|role| role.as_str()).collect();
    let subject = caller.subject().to_owned();
    let by = Accessor { subject, roles: roles.join(","), unit, on_behalf_of: None };
    let action = action.to_owned();
    Access { by, action, object, data_categories: Vec::new(), ground }
}

/// An access of a caller to a referral.
pub(crate) fn referral_access(
    caller: &Caller,
    action: &str,
    referral: &Referral,
    ground: AccessGround,
) -> Access {
    let object = AccessObject::Referral(referral.id);
    let mut access = access(caller, action, object, own_unit(referral), ground);
    if let Some(Behalf { board, unit }) = behalf(caller, referral) {
        (access.by.unit, access.by.on_behalf_of) = (Some(unit), Some(board));
    }
    access
}

/// For which board a caller acts with a referral, and as which unit; none where it is of the caller's own unit.
pub(crate) fn behalf(caller: &Caller, referral: &Referral) -> Option<Behalf> {
    let (board, shared) = (own_unit(referral), referral.shared_unit.as_ref());
    let asker = asker(caller);
    let acts = !asker.is_in(board) && asker.represents(board, shared);
    let (board, unit) = board.zip(shared).filter(|_| acts)?;
    Some(Behalf { board: board.clone(), unit: unit.clone() })
}

/// Who decides, as the audit names it.
pub(crate) fn actor(caller: &Caller, behalf: Option<&Behalf>) -> Actor {
    Actor::of(caller.subject(), behalf.map(|behalf| &behalf.board))
}

/// An access of a caller to a consent.
pub(crate) fn consent_access(caller: &Caller, action: &str, id: ConsentId) -> Access {
    access(caller, action, AccessObject::Consent(id), None, AccessGround::OwnUnit)
}

/// The same with the kinds of data that were in it.
pub(crate) fn with_data(mut access: Access, data_categories: &[DataCategory]) -> Access {
    access.data_categories = data_categories.to_vec();
    access
}

/// A referral that a caller begins: its access, and the caller as the first who works on it.
pub(crate) fn begun(
    decided: Decided<Referral>,
    caller: &Caller,
    now: Timestamp,
) -> Decided<Referral> {
    let Ok(referral) = &decided.answer else { return decided };
    let id = referral.id;
    let access = referral_access(caller, "referral.request", referral, AccessGround::OwnUnit);
    let access = with_data(access, &referral.grant.data_categories);
    let behalf = behalf(caller, referral);
    let mut decided = decided.on_behalf(behalf.as_ref()).accessed(now, access);
    decided.writes.access.handlers.push((id, handler(caller, now)));
    decided
}

/// The caller as somebody who begins to work on a referral.
pub(crate) fn handler(caller: &Caller, since: Timestamp) -> Handler {
    Handler { subject: caller.subject().to_owned(), assigned_by: None, since }
}

/// The caller as whoever records a consent.
pub(crate) fn keeper(caller: &Caller) -> ConsentKeeper {
    let recorded_by = caller.subject().to_owned();
    ConsentKeeper { recorded_by, unit: caller.units().first().cloned() }
}

/// On which ground a caller may read a consent; none where it is hidden.
pub(crate) async fn consent_ground(
    reader: &mut Reader<'_>,
    caller: &Caller,
    id: ConsentId,
) -> Result<Option<AccessGround>, StorageError> {
    let kept = reader.consent_keeper(id).await?;
    Ok(kept.and_then(|kept| asker(caller).consent_ground(&kept)))
}
