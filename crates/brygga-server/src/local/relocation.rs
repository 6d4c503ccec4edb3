//! Protected relocations, for the officers whom a case names.

use brygga_app::{App, AppError, Proof};
use brygga_domain::Refusal;
use brygga_domain::relocation::Relocation;
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::relocation_service_server::RelocationService;
use brygga_wire::local::{
    network_id, offering_from_proto, officer_proof, open_enquiry_to_proto, reciprocity_to_proto,
    relocation_act_from_proto, relocation_id, relocation_to_proto, relocation_wish,
};
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

use super::{admitted, answer};

/// Most enquiries in one answer.
const ENQUIRIES_LISTED_MAX: usize = 500;

/// What officers ask for.
pub(super) struct RelocationDesk {
    app: App,
}

fn proven(caller: Caller, proof: Option<proto::OfficerProof>) -> Result<Proof, Refusal> {
    let (officer, passphrase) = officer_proof(proof)?;
    Ok(Proof { caller, officer, passphrase })
}

impl RelocationDesk {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }

    fn shown(&self, case: &Relocation) -> proto::Relocation {
        relocation_to_proto(case, &self.app.relocation_dues(case))
    }

    async fn enrol(
        &self,
        caller: &Caller,
        request: proto::EnrolOfficerRequest,
    ) -> Result<proto::EnrolOfficerResponse, AppError> {
        let passphrase = Zeroizing::new(request.passphrase);
        let id = self.app.officer_enrol(caller, passphrase, request.reviewer).await?;
        Ok(proto::EnrolOfficerResponse { officer_id: id.as_bytes().to_vec() })
    }

    async fn open(
        &self,
        caller: Caller,
        mut request: proto::OpenRelocationRequest,
    ) -> Result<proto::OpenRelocationResponse, AppError> {
        let proof = proven(caller, request.proof.take())?;
        let wish = relocation_wish(request)?;
        let id = self.app.relocation_open(proof, wish.others, wish.opening).await?;
        Ok(proto::OpenRelocationResponse { relocation_id: id.as_bytes().to_vec() })
    }

    async fn show(
        &self,
        caller: Caller,
        request: proto::ShowRelocationRequest,
    ) -> Result<proto::ShowRelocationResponse, AppError> {
        let id = relocation_id(&request.relocation_id)?;
        let case = self.app.relocation_show(proven(caller, request.proof)?, id).await?;
        Ok(proto::ShowRelocationResponse { relocation: Some(self.shown(&case)) })
    }

    async fn list(
        &self,
        caller: Caller,
        request: proto::ListRelocationsRequest,
    ) -> Result<proto::ListRelocationsResponse, AppError> {
        let ids = self.app.relocation_list(proven(caller, request.proof)?).await?;
        let relocation_ids = ids.iter().map(|id| id.as_bytes().to_vec()).collect();
        let due_count = self.app.relocation_reminders().await?;
        Ok(proto::ListRelocationsResponse { relocation_ids, due_count })
    }

    async fn act(
        &self,
        caller: Caller,
        request: proto::ActOnRelocationRequest,
    ) -> Result<proto::ActOnRelocationResponse, AppError> {
        let id = relocation_id(&request.relocation_id)?;
        let act = relocation_act_from_proto(request.act)?;
        let case = self.app.relocation_act(proven(caller, request.proof)?, id, act).await?;
        Ok(proto::ActOnRelocationResponse { relocation: Some(self.shown(&case)) })
    }

    async fn enquiries(
        &self,
        caller: Caller,
        request: proto::ListEnquiriesRequest,
    ) -> Result<proto::ListEnquiriesResponse, AppError> {
        let open = self.app.relocation_enquiries(proven(caller, request.proof)?).await?;
        let enquiries = open.iter().take(ENQUIRIES_LISTED_MAX).map(open_enquiry_to_proto).collect();
        Ok(proto::ListEnquiriesResponse { enquiries })
    }

    async fn offer(
        &self,
        caller: Caller,
        mut request: proto::OfferRelocationRequest,
    ) -> Result<proto::OfferRelocationResponse, AppError> {
        let proof = proven(caller, request.proof.take())?;
        let offering = offering_from_proto(request)?;
        let id = self.app.relocation_offer(proof, offering).await?;
        Ok(proto::OfferRelocationResponse { relocation_id: id.as_bytes().to_vec() })
    }

    async fn reciprocity(
        &self,
        caller: Caller,
        request: proto::ShowReciprocityRequest,
    ) -> Result<proto::ShowReciprocityResponse, AppError> {
        let agreement = network_id(&request.agreement_id)?;
        let counted = self.app.reciprocity(proven(caller, request.proof)?, agreement).await?;
        Ok(reciprocity_to_proto(&counted))
    }

    async fn purge(
        &self,
        caller: Caller,
        request: proto::PurgeRelocationRequest,
    ) -> Result<proto::PurgeRelocationResponse, AppError> {
        let id = relocation_id(&request.relocation_id)?;
        self.app.relocation_purge(proven(caller, request.proof)?, id).await?;
        Ok(proto::PurgeRelocationResponse {})
    }

    async fn review(
        &self,
        caller: Caller,
        request: proto::ReviewRelocationsRequest,
    ) -> Result<proto::ReviewRelocationsResponse, AppError> {
        let lines = self.app.relocation_review(proven(caller, request.proof)?).await?;
        let accesses = lines.iter().map(|line| line.to_proto()).collect();
        Ok(proto::ReviewRelocationsResponse { accesses })
    }
}

#[tonic::async_trait]
impl RelocationService for RelocationDesk {
    async fn enrol_officer(
        &self,
        request: Request<proto::EnrolOfficerRequest>,
    ) -> Result<Response<proto::EnrolOfficerResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.enrol(&caller, request).await)
    }

    async fn open_relocation(
        &self,
        request: Request<proto::OpenRelocationRequest>,
    ) -> Result<Response<proto::OpenRelocationResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.open(caller, request).await)
    }

    async fn show_relocation(
        &self,
        request: Request<proto::ShowRelocationRequest>,
    ) -> Result<Response<proto::ShowRelocationResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.show(caller, request).await)
    }

    async fn list_relocations(
        &self,
        request: Request<proto::ListRelocationsRequest>,
    ) -> Result<Response<proto::ListRelocationsResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(caller, request).await)
    }

    async fn act_on_relocation(
        &self,
        request: Request<proto::ActOnRelocationRequest>,
    ) -> Result<Response<proto::ActOnRelocationResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.act(caller, request).await)
    }

    async fn list_enquiries(
        &self,
        request: Request<proto::ListEnquiriesRequest>,
    ) -> Result<Response<proto::ListEnquiriesResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.enquiries(caller, request).await)
    }

    async fn offer_relocation(
        &self,
        request: Request<proto::OfferRelocationRequest>,
    ) -> Result<Response<proto::OfferRelocationResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.offer(caller, request).await)
    }

    async fn show_reciprocity(
        &self,
        request: Request<proto::ShowReciprocityRequest>,
    ) -> Result<Response<proto::ShowReciprocityResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.reciprocity(caller, request).await)
    }

    async fn purge_relocation(
        &self,
        request: Request<proto::PurgeRelocationRequest>,
    ) -> Result<Response<proto::PurgeRelocationResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.purge(caller, request).await)
    }

    async fn review_relocations(
        &self,
        request: Request<proto::ReviewRelocationsRequest>,
    ) -> Result<Response<proto::ReviewRelocationsResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.review(caller, request).await)
    }
}
