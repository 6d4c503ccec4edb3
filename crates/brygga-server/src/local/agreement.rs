//! Agreements: proposed, signed, ended and shown.

use std::cmp::Reverse;

use brygga_app::{App, AppError, ProposalManner};
use brygga_domain::agreement::AgreementRecord;
use brygga_domain::{AgreementId, Timestamp};
use brygga_exchange::quota::QuotaNews;
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::agreement_service_server::AgreementService;
use brygga_wire::local::{
    agreement_key, agreement_to_proto, explain_wish, negotiation_to_proto, proposed_terms,
    publication_wish, suspension, termination,
};
use tonic::{Request, Response, Status};

use super::explained::{explanation_to_proto, lint_to_proto, publications_to_proto};
use super::quota::standing_to_proto;
use super::{admitted, answer, fresh_id};

/// Agreements in one list; no node has more.
const MAX_LISTED: usize = 1_000;

/// The agreements of the node.
pub(super) struct Agreements {
    app: App,
}

impl Agreements {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    fn shown(&self, record: &AgreementRecord) -> proto::Agreement {
        let suspensions = self.app.agreement_suspensions(record);
        let state = self.app.agreement_state(record);
        let shown = agreement_to_proto(record, &state, &suspensions, self.app.now());
        let negotiation = negotiation_to_proto(self.app.agreement_negotiation(record));
        proto::Agreement { negotiation: negotiation.into(), ..shown }
    }

    async fn propose(
        &self,
        caller: &Caller,
        request: proto::ProposeAgreementRequest,
    ) -> Result<proto::ProposeAgreementResponse, AppError> {
        let fresh = AgreementId::from_bytes(fresh_id());
        let terms = proposed_terms(request.terms, fresh)?;
        let manner = ProposalManner {
            accept_findings: request.accept_findings,
            only_affected: request.only_affected,
            counters: Some(request.counters).filter(|version| *version > 0),
        };
        let record = self.app.agreement_propose(caller, terms, manner).await?;
        Ok(proto::ProposeAgreementResponse { agreement: Some(self.shown(&record)) })
    }

    async fn sign(
        &self,
        caller: &Caller,
        request: proto::SignAgreementRequest,
    ) -> Result<proto::SignAgreementResponse, AppError> {
        let (id, version) = agreement_key(&request.agreement_id, request.version)?;
        let (version, accept) = (version.unwrap_or_default(), request.accept_findings);
        let record = self.app.agreement_sign(caller, id, version, accept).await?;
        Ok(proto::SignAgreementResponse { agreement: Some(self.shown(&record)) })
    }

    async fn terminate(
        &self,
        caller: &Caller,
        request: proto::TerminateAgreementRequest,
    ) -> Result<proto::TerminateAgreementResponse, AppError> {
        let (id, version, at) = termination(&request, self.app.now())?;
        let version = version.unwrap_or_default();
        let record = self.app.agreement_terminate(caller, id, version, at).await?;
        Ok(proto::TerminateAgreementResponse { agreement: Some(self.shown(&record)) })
    }

    async fn suspend(
        &self,
        caller: &Caller,
        request: proto::SuspendAgreementRequest,
    ) -> Result<proto::SuspendAgreementResponse, AppError> {
        let (id, version, reason) = suspension(&request)?;
        let version = version.unwrap_or_default();
        let record = self.app.agreement_switch(caller, id, version, Some(reason)).await?;
        Ok(proto::SuspendAgreementResponse { agreement: Some(self.shown(&record)) })
    }

    async fn resume(
        &self,
        caller: &Caller,
        request: proto::ResumeAgreementRequest,
    ) -> Result<proto::ResumeAgreementResponse, AppError> {
        let (id, version) = agreement_key(&request.agreement_id, request.version)?;
        let version = version.unwrap_or_default();
        let record = self.app.agreement_switch(caller, id, version, None).await?;
        Ok(proto::ResumeAgreementResponse { agreement: Some(self.shown(&record)) })
    }

    async fn quotas(
        &self,
        request: &proto::ListQuotasRequest,
    ) -> Result<proto::ListQuotasResponse, AppError> {
        let (id, _) = agreement_key(&request.agreement_id, 0)?;
        let standing = self.app.agreement_quotas(id).await?;
        Ok(proto::ListQuotasResponse { quotas: standing.iter().map(standing_to_proto).collect() })
    }

    async fn declare(
        &self,
        caller: &Caller,
        request: proto::DeclareQuotaRequest,
    ) -> Result<proto::DeclareQuotaResponse, AppError> {
        let (id, _) = agreement_key(&request.agreement_id, 0)?;
        let proto::DeclareQuotaRequest { rule_id, base, provided, .. } = request;
        let news = QuotaNews { rule_id, base, provided };
        let declared = self.app.quota_declare(caller, id, news).await?;
        Ok(proto::DeclareQuotaResponse { quota: Some(standing_to_proto(&declared)) })
    }

    async fn list(&self) -> Result<proto::ListAgreementsResponse, AppError> {
        let store = &self.app.parts().store;
        let mut records = store.read(|reader| Box::pin(reader.agreement_records())).await?;
        records.sort_by_key(|record| Reverse(proposed_at(record)));
        records.truncate(MAX_LISTED);
        let agreements = records.iter().map(|record| self.shown(record)).collect();
        Ok(proto::ListAgreementsResponse { agreements })
    }

    fn lint(
        &self,
        request: proto::LintAgreementRequest,
    ) -> Result<proto::LintAgreementResponse, AppError> {
        let terms = if request.terms.is_some() {
            proposed_terms(request.terms, AgreementId::from_bytes(fresh_id()))?
        } else {
            let (id, version) = agreement_key(&request.agreement_id, request.version)?;
            self.app.agreement_show(id, version.unwrap_or_default())?.terms().clone()
        };
        Ok(lint_to_proto(&self.app.terms_lint(&terms), &terms))
    }

    async fn explain(
        &self,
        caller: &Caller,
        request: proto::ExplainReferralRequest,
    ) -> Result<proto::ExplainReferralResponse, AppError> {
        let explanation = self.app.referral_explain(caller, &explain_wish(request)?).await?;
        Ok(explanation_to_proto(&explanation))
    }

    fn show(
        &self,
        request: &proto::ShowAgreementRequest,
    ) -> Result<proto::ShowAgreementResponse, AppError> {
        let (id, version) = agreement_key(&request.agreement_id, request.version)?;
        let record = self.app.agreement_show(id, version.unwrap_or_default())?;
        Ok(proto::ShowAgreementResponse { agreement: Some(self.shown(&record)) })
    }
}

#[tonic::async_trait]
impl AgreementService for Agreements {
    async fn propose_agreement(
        &self,
        request: Request<proto::ProposeAgreementRequest>,
    ) -> Result<Response<proto::ProposeAgreementResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.propose(&caller, request).await)
    }

    async fn sign_agreement(
        &self,
        request: Request<proto::SignAgreementRequest>,
    ) -> Result<Response<proto::SignAgreementResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.sign(&caller, request).await)
    }

    async fn terminate_agreement(
        &self,
        request: Request<proto::TerminateAgreementRequest>,
    ) -> Result<Response<proto::TerminateAgreementResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.terminate(&caller, request).await)
    }

    async fn suspend_agreement(
        &self,
        request: Request<proto::SuspendAgreementRequest>,
    ) -> Result<Response<proto::SuspendAgreementResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.suspend(&caller, request).await)
    }

    async fn resume_agreement(
        &self,
        request: Request<proto::ResumeAgreementRequest>,
    ) -> Result<Response<proto::ResumeAgreementResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.resume(&caller, request).await)
    }

    async fn declare_quota(
        &self,
        request: Request<proto::DeclareQuotaRequest>,
    ) -> Result<Response<proto::DeclareQuotaResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.declare(&caller, request).await)
    }

    async fn list_quotas(
        &self,
        request: Request<proto::ListQuotasRequest>,
    ) -> Result<Response<proto::ListQuotasResponse>, Status> {
        let (_caller, request) = admitted(request)?;
        answer(self.quotas(&request).await)
    }

    async fn show_agreement(
        &self,
        request: Request<proto::ShowAgreementRequest>,
    ) -> Result<Response<proto::ShowAgreementResponse>, Status> {
        let (_caller, request) = admitted(request)?;
        answer(self.show(&request))
    }

    async fn lint_agreement(
        &self,
        request: Request<proto::LintAgreementRequest>,
    ) -> Result<Response<proto::LintAgreementResponse>, Status> {
        let (_caller, request) = admitted(request)?;
        answer(self.lint(request))
    }

    async fn explain_referral(
        &self,
        request: Request<proto::ExplainReferralRequest>,
    ) -> Result<Response<proto::ExplainReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.explain(&caller, request).await)
    }

    async fn explain_publication(
        &self,
        request: Request<proto::ExplainPublicationRequest>,
    ) -> Result<Response<proto::ExplainPublicationResponse>, Status> {
        let (_caller, request) = admitted(request)?;
        let said = publication_wish(request).map(|wish| self.app.publication_explain(&wish));
        answer(said.map(|said| publications_to_proto(&said)).map_err(AppError::Refused))
    }

    async fn list_agreements(
        &self,
        request: Request<proto::ListAgreementsRequest>,
    ) -> Result<Response<proto::ListAgreementsResponse>, Status> {
        admitted(request)?;
        answer(self.list().await)
    }
}

/// When the proposer signed; a proposal without a signature does not exist.
fn proposed_at(record: &AgreementRecord) -> Option<Timestamp> {
    record.signatures().iter().map(|signature| signature.signed_at).min()
}
