//! Who inside the organisation may see what, and who has seen it.

use brygga_app::{App, AppError};
use brygga_domain::UnitId;
use brygga_exchange::access::{AccessEntry, AccessReview};
use brygga_identity::caller::Caller;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::access_service_server::AccessService;
use brygga_wire::local::{
    AccessRow, access_to_proto, assignment, break_glass_id, extract_wish, findings_to_proto,
    glass_wish, inside_disclosure_id, inside_wish, review_wish, sample_question, sampled_to_proto,
    waiting_to_proto,
};
use brygga_wire::time;
use tonic::{Request, Response, Status};

use super::{admitted, answer};

/// Rights and the access log.
pub(super) struct AccessDesk {
    app: App,
}

impl AccessDesk {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    async fn assign(
        &self,
        caller: &Caller,
        request: proto::AssignReferralRequest,
    ) -> Result<proto::AssignReferralResponse, AppError> {
        let (id, subject) = assignment(request)?;
        let handlers = self.app.referral_assign(caller, id, subject).await?;
        Ok(proto::AssignReferralResponse { handlers })
    }

    async fn disclose(
        &self,
        caller: &Caller,
        request: proto::DiscloseInsideRequest,
    ) -> Result<proto::DiscloseInsideResponse, AppError> {
        let id = self.app.referral_disclose_inside(caller, inside_wish(request)?).await?;
        Ok(proto::DiscloseInsideResponse { disclosure_id: id.as_bytes().to_vec() })
    }

    async fn revoke(
        &self,
        caller: &Caller,
        request: &proto::RevokeInsideRequest,
    ) -> Result<proto::RevokeInsideResponse, AppError> {
        let id = inside_disclosure_id(&request.disclosure_id)?;
        self.app.referral_revoke_inside(caller, id).await?;
        Ok(proto::RevokeInsideResponse {})
    }

    async fn open(
        &self,
        caller: &Caller,
        request: proto::OpenBreakGlassRequest,
    ) -> Result<proto::OpenBreakGlassResponse, AppError> {
        let (id, reason, justification) = glass_wish(request)?;
        let glass = self.app.break_glass_open(caller, id, reason, justification).await?;
        Ok(proto::OpenBreakGlassResponse {
            break_glass_id: glass.id.as_bytes().to_vec(),
            approve_by: Some(time::to_proto(glass.approve_by())),
        })
    }

    async fn approve(
        &self,
        caller: &Caller,
        request: &proto::ApproveBreakGlassRequest,
    ) -> Result<proto::ApproveBreakGlassResponse, AppError> {
        let id = break_glass_id(&request.break_glass_id)?;
        let glass = self.app.break_glass_approve(caller, id).await?;
        Ok(proto::ApproveBreakGlassResponse {
            referral_id: glass.referral_id.as_bytes().to_vec(),
            open_until: glass.open_until().map(time::to_proto),
            review_due: Some(time::to_proto(glass.review_due())),
        })
    }

    async fn sample(
        &self,
        caller: &Caller,
        request: &proto::SampleAccessLogRequest,
    ) -> Result<proto::SampleAccessLogResponse, AppError> {
        let sample = self.app.access_sample(caller, sample_question(request)?).await?;
        let digest = sample.digest.as_bytes().to_vec();
        let drawn_from = sample.drawn_from;
        let entries = sample.entries.into_iter().map(|drawn| proto::SampledEntry {
            entry: Some(shown(drawn.place, &drawn.entry, &drawn.entry.access.by.subject)),
            because: sampled_to_proto(drawn.why),
        });
        Ok(proto::SampleAccessLogResponse { entries: entries.collect(), drawn_from, digest })
    }

    async fn sign(
        &self,
        caller: &Caller,
        request: proto::SignReviewRequest,
    ) -> Result<proto::SignReviewResponse, AppError> {
        let (reviewed, findings) = review_wish(request)?;
        let review = self.app.access_review(caller, reviewed, findings).await?;
        Ok(proto::SignReviewResponse { review: Some(review_to_proto(&review)) })
    }

    async fn list(
        &self,
        caller: &Caller,
        request: proto::ListReviewsRequest,
    ) -> Result<proto::ListReviewsResponse, AppError> {
        let book = self.app.access_reviews(caller, request.waiting_only).await?;
        let now = self.app.now();
        let waiting = book.waiting.iter().map(|glass| waiting_to_proto(glass, now));
        Ok(proto::ListReviewsResponse {
            reviews: book.signed.iter().map(review_to_proto).collect(),
            waiting: waiting.collect(),
        })
    }

    async fn extract(
        &self,
        caller: &Caller,
        request: &proto::ExtractForPersonRequest,
    ) -> Result<proto::ExtractForPersonResponse, AppError> {
        let found = self.app.access_extract(caller, extract_wish(request)?).await?;
        // The person is told roles and units, and no employee's name.
        let entries = found.iter().map(|listed| shown(listed.place, &listed.entry, ""));
        Ok(proto::ExtractForPersonResponse { entries: entries.collect() })
    }
}

fn shown(place: i64, entry: &AccessEntry, subject: &str) -> proto::AccessEntry {
    let access = &entry.access;
    let unit: Option<&UnitId> = access.by.unit.as_ref();
    access_to_proto(&AccessRow {
        place,
        at: entry.at,
        subject,
        roles: &access.by.roles,
        unit,
        on_behalf_of: access.by.on_behalf_of.as_ref(),
        action: &access.action,
        object: access.object,
        data_categories: &access.data_categories,
        ground: access.ground,
        leaf: entry.leaf.as_bytes(),
    })
}

fn review_to_proto(review: &AccessReview) -> proto::AccessReview {
    proto::AccessReview {
        review_id: review.id.as_bytes().to_vec(),
        reviewer: review.reviewer.clone(),
        signed_at: Some(time::to_proto(review.signed_at)),
        findings: findings_to_proto(&review.findings),
        statement: review.statement.clone(),
        key_id: review.key_id.to_string(),
        signature: review.signature.to_vec(),
    }
}

#[tonic::async_trait]
impl AccessService for AccessDesk {
    async fn assign_referral(
        &self,
        request: Request<proto::AssignReferralRequest>,
    ) -> Result<Response<proto::AssignReferralResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.assign(&caller, request).await)
    }

    async fn disclose_inside(
        &self,
        request: Request<proto::DiscloseInsideRequest>,
    ) -> Result<Response<proto::DiscloseInsideResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.disclose(&caller, request).await)
    }

    async fn revoke_inside(
        &self,
        request: Request<proto::RevokeInsideRequest>,
    ) -> Result<Response<proto::RevokeInsideResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.revoke(&caller, &request).await)
    }

    async fn open_break_glass(
        &self,
        request: Request<proto::OpenBreakGlassRequest>,
    ) -> Result<Response<proto::OpenBreakGlassResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.open(&caller, request).await)
    }

    async fn approve_break_glass(
        &self,
        request: Request<proto::ApproveBreakGlassRequest>,
    ) -> Result<Response<proto::ApproveBreakGlassResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.approve(&caller, &request).await)
    }

    async fn sample_access_log(
        &self,
        request: Request<proto::SampleAccessLogRequest>,
    ) -> Result<Response<proto::SampleAccessLogResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.sample(&caller, &request).await)
    }

    async fn sign_review(
        &self,
        request: Request<proto::SignReviewRequest>,
    ) -> Result<Response<proto::SignReviewResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.sign(&caller, request).await)
    }

    async fn list_reviews(
        &self,
        request: Request<proto::ListReviewsRequest>,
    ) -> Result<Response<proto::ListReviewsResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(&caller, request).await)
    }

    async fn extract_for_person(
        &self,
        request: Request<proto::ExtractForPersonRequest>,
    ) -> Result<Response<proto::ExtractForPersonResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.extract(&caller, &request).await)
    }
}
