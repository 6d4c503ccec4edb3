//! What the gate would say, without sending anything.

use std::sync::Arc;

use brygga_domain::agreement::{Action, AgreementRecord, AgreementTerms};
use brygga_domain::consent::Consent;
use brygga_domain::{ConsentId, Reason, Refusal, Seconds};
use brygga_exchange::access::Access;
use brygga_identity::caller::Caller;
use brygga_policy::{
    Citation, ConsentEvidence, EligibilityEvidence, Explanation, Finding, Publication,
    PublicationQuestion, ReferralQuestion, explain, lint, publications,
};
use brygga_wire::local::{AssumedConsent, ExplainWish, PublicationWish};

use crate::access::{consent_access, consent_ground, with_data};
use crate::quotas::quota_use;
use crate::{App, AppError};

/// One agreement, and what it says of a publication.
pub type ExplainedPublication = (Arc<AgreementRecord>, Result<Publication, Refusal>);

/// How long a consent holds that is only taken for granted.
const ASSUMED: Seconds = Seconds::days(1);

impl App {
    /// Explains whether a referral could be sent now, and what stands in the way. Nothing changes, but for
    /// the access log where a consent is looked at.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for a recipient that is no member and for a consent that is absent or hidden
    /// from the caller; [`AppError::Storage`].
    pub async fn referral_explain(
        &self,
        caller: &Caller,
        wish: &ExplainWish,
    ) -> Result<Explanation, AppError> {
        let sender = self.principal(&self.parts().organisation)?;
        let absent = |_| Refusal::at(Reason::NotFound, "recipient");
        let recipient = self.principal(&wish.recipient).map_err(absent)?;
        let now = self.now();
        let consent = match wish.consent {
            AssumedConsent::Record(id) => Some(self.readable_consent(caller, id).await?),
            AssumedConsent::Granted | AssumedConsent::None => None,
        };
        let evidence = match (&consent, wish.consent) {
            (Some(consent), _) => ConsentEvidence::Record(consent),
            (None, AssumedConsent::Granted) => {
                ConsentEvidence::Statement { valid_until: now.plus(ASSUMED) }
            }
            (None, _) => ConsentEvidence::None,
        };
        let (book, quota_use) = self
            .parts()
            .store
            .read({
                let app = self.clone();
                let ends = (sender.organisation.clone(), recipient.organisation.clone());
                move |reader| {
                    Box::pin(async move {
                        let book = app.agreements_held(reader).await?;
                        let (used, _) =
                            quota_use(reader, &book, (&ends.0, &ends.1), Action::ReferralSend, now)
                                .await?;
                        Ok((book, used))
                    })
                }
            })
            .await?;
        Ok(explain(&ReferralQuestion {
            action: Action::ReferralSend,
            sender: &sender,
            recipient: &recipient,
            sender_unit: wish.source_unit.as_ref(),
            recipient_unit: wish.recipient_unit.as_ref(),
            subject: wish.subject,
            service_type: &wish.service_type,
            categories: &wish.data_categories,
            third_persons: &[],
            ground: wish.ground,
            gdpr: wish.gdpr_basis,
            child: wish.about_child,
            agreements: &book,
            citation: wish.agreement.map_or(Citation::Unnamed, Citation::Current),
            consent: evidence,
            eligibility: EligibilityEvidence::Affirmed(&wish.affirmations),
            quota_use: Some(&quota_use),
            now,
        }))
    }

    /// A consent that the caller may read; the look leaves its mark in the access log.
    async fn readable_consent(&self, caller: &Caller, id: ConsentId) -> Result<Consent, AppError> {
        let asking = caller.clone();
        let held = self.parts().store.read(move |reader| {
            Box::pin(async move {
                let consent = reader.consent_by_id(id).await?;
                let ground = consent_ground(reader, &asking, id).await?;
                Ok(consent.zip(ground))
            })
        });
        let absent = Refusal::at(Reason::NotFound, "consent_id");
        let (consent, ground) = held.await?.ok_or(absent)?;
        let seen = Access { ground, ..consent_access(caller, "referral.explain", id) };
        self.log_access(with_data(seen, &consent.data_categories)).await?;
        Ok(consent)
    }

    /// Says under which agreements this organisation may publish a capability.
    pub fn publication_explain(&self, wish: &PublicationWish) -> Vec<ExplainedPublication> {
        let book = self.parts().agreements.book();
        let question = PublicationQuestion {
            publisher: &self.parts().organisation,
            unit: wish.unit.as_ref(),
            subject: wish.subject,
            service_type: &wish.service_type,
            // Of a single case its own terms speak, and nobody asks by a matrix.
            route: None,
            agreements: &book,
            now: self.now(),
        };
        let said = publications(&question, wish.agreement).into_iter();
        said.map(|(agreement, said)| (Arc::clone(agreement), said)).collect()
    }

    /// Rules of terms that can never decide anything.
    pub fn terms_lint(&self, terms: &AgreementTerms) -> Vec<Finding> {
        lint(terms, |organisation| self.principal(organisation).ok())
    }

    /// Refuses what nobody has said is meant.
    pub(crate) fn check_findings(
        &self,
        terms: &AgreementTerms,
        are_accepted: bool,
    ) -> Result<(), Refusal> {
        let first = self.terms_lint(terms).into_iter().next().filter(|_| !are_accepted);
        first.map_or(Ok(()), |finding| {
            let refusal = Refusal::at(Reason::PolicyFindings, "terms.rules");
            Err(Refusal { rule_id: finding.rule_id, ..refusal })
        })
    }
}
