//! Quotas: how much is used of them, for whoever decides and for people, and of how many they are a share.

use std::sync::Arc;

use brygga_domain::agreement::{Action, AgreementRecord, Quota};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal, Timestamp};
use brygga_exchange::Key;
use brygga_exchange::agreement::conversation;
use brygga_exchange::audit::Actor;
use brygga_exchange::quota::{QuotaNews, QuotaSpan, declare, span};
use brygga_identity::caller::Caller;
use brygga_policy::{AgreementBook, QuotaUse, Used, in_force};
use brygga_storage::{Reader, StorageError};

use crate::referrals::decision;
use crate::{App, AppError};

/// How one organisation's quota stands in the period that runs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaStanding {
    /// Which quota, whose, in which period.
    pub span: QuotaSpan,
    /// What was agreed.
    pub quota: Quota,
    /// Places that are taken as far as this node knows, and of how many it is a share.
    pub used: Used,
    /// How many the giver says that it has provided; 0 where it publishes nothing.
    pub provided: u32,
    /// Whether all places are known: only the giver's own node counts them.
    pub is_complete: bool,
}

impl App {
    /// How the quotas stand of the version that counts now: the own ones, and those that this organisation may use.
    ///
    /// # Errors
    /// [`Reason::NotFound`]; [`AppError::Storage`].
    pub async fn agreement_quotas(&self, id: AgreementId) -> Result<Vec<QuotaStanding>, AppError> {
        let record = self.agreement_counting(id)?;
        let (me, now) = (self.parts().organisation.clone(), self.now());
        let wanted: Vec<_> = spans(&record, &me, now);
        let standing = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let mut standing = Vec::with_capacity(wanted.len());
                for (span, quota) in wanted {
                    let (used, provided) = used(reader, &span).await?;
                    let is_complete = span.giver == me;
                    standing.push(QuotaStanding { span, quota, used, provided, is_complete });
                }
                Ok(standing)
            })
        });
        Ok(standing.await?)
    }

    /// Declares what is new of an own quota in the period that runs now, and tells the other parties.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for the agreement and at `rule_id`, [`Reason::InvalidField`] at `base` and `provided`;
    /// the reasons of a state that is not in force; [`AppError::Storage`].
    pub async fn quota_declare(
        &self,
        caller: &Caller,
        id: AgreementId,
        news: QuotaNews,
    ) -> Result<QuotaStanding, AppError> {
        let record = self.agreement_counting(id)?;
        in_force(&self.agreement_state(&record))?;
        let (app, actor) = (self.clone(), Actor::User(caller.subject().to_owned()));
        let shared = Arc::new((actor, news, record));
        let declared = self.parts().store.decide("quota.declare", move |reader| {
            let (app, shared) = (app.clone(), Arc::clone(&shared));
            Box::pin(async move {
                let (actor, news, record) = &*shared;
                let mut before = None;
                let me = &app.parts().organisation;
                if let Ok(span) = span(record, &news.rule_id, me, app.now()) {
                    before = reader.quota_declared(&span).await?;
                }
                let threads = app.threads(reader, record.terms()).await?;
                let thread = conversation(id);
                let others = threads.iter().map(|(party, _)| party.clone());
                let keys = others.map(|party| Key::Conversation(thread, party));
                let keys = keys.chain([Key::Quota(id)]).collect();
                let decided =
                    app.locally(|local| declare(local, actor, record, news, before, threads));
                Ok(decision(decided, keys))
            })
        });
        let declared = declared.await??;
        let standing = self.agreement_quotas(id).await?;
        let own = standing.into_iter().find(|one| one.span == declared.span);
        Ok(own.ok_or(Refusal::at(Reason::NotFound, "rule_id"))?)
    }
}

/// Those that the organisation gives or may use, in the order of the rules and of the parties.
fn spans(record: &AgreementRecord, me: &OrgId, now: Timestamp) -> Vec<(QuotaSpan, Quota)> {
    let parties = record.terms().parties.iter().map(|party| &party.organisation);
    let parties: Vec<_> = parties.collect();
    let mut spans = Vec::new();
    for rule in &record.terms().rules {
        let Some(quota) = rule.quota else { continue };
        let users = if rule.action == Action::ReferralSend { &rule.from } else { &rule.to };
        let may_use = users.is_empty() || users.contains(me);
        let own = parties.iter().filter(|giver| may_use || **giver == me);
        let found = own.filter_map(|giver| span(record, &rule.rule_id, giver, now).ok());
        spans.extend(found.map(|span| (span, quota)));
    }
    spans
}

/// Counts for a referral or a hold that is decided now, and names what the decision then rests on; both are empty where no
/// agreement in force counts.
pub(crate) async fn quota_use(
    reader: &mut Reader<'_>,
    book: &AgreementBook,
    (sender, recipient): (&OrgId, &OrgId),
    action: Action,
    now: Timestamp,
) -> Result<(QuotaUse, Vec<Key>), StorageError> {
    let (mut quota_use, mut keys) = (QuotaUse::default(), Vec::new());
    for (agreement_id, rule, quota) in book.quotas(sender, recipient, action, now) {
        let span = QuotaSpan {
            agreement_id,
            rule_id: rule.rule_id.clone(),
            giver: recipient.clone(),
            began: quota.period.began(now),
        };
        let (used, _) = used(reader, &span).await?;
        quota_use.enter(agreement_id, &rule.rule_id, used);
        keys.push(Key::Quota(agreement_id));
    }
    Ok((quota_use, keys))
}

/// Places that are taken, of how many the quota is a share, and how many have been provided.
async fn used(reader: &mut Reader<'_>, span: &QuotaSpan) -> Result<(Used, u32), StorageError> {
    let by_sender = reader.quota_places(span).await?;
    let declared = reader.quota_declared(span).await?;
    let (base, provided) = declared.map_or((None, 0), |told| (told.base, told.provided));
    Ok((Used { by_sender, base }, provided))
}
