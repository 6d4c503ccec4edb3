//! What becomes of closed cases, for the archivist. No content is opened for it.

use brygga_app::{App, AppError, Outlook, RetentionCase, RetentionReport};
use brygga_domain::referral::Side;
use brygga_domain::{Reason, Refusal};
use brygga_identity::caller::Caller;
use brygga_policy::Until;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::retention_service_server::RetentionService;
use brygga_storage::ClosedPlace;
use brygga_wire::time;
use tonic::{Request, Response, Status};

use super::{admitted, answer, page};

/// The closed cases of the organisation.
pub(super) struct RetentionDesk {
    app: App,
}

impl RetentionDesk {
    pub(super) fn new(app: App) -> Self {
        Self { app }
    }

    async fn list(
        &self,
        caller: &Caller,
        request: &proto::ListRetentionRequest,
    ) -> Result<proto::ListRetentionResponse, AppError> {
        let limit = page::size(request.page_size)?;
        let after = place(&request.page_token)?;
        let cases = self.app.retention_list(caller, after, limit).await?;
        let last_round = self.app.retention_last().await?;
        let is_full = u32::try_from(cases.len()).is_ok_and(|count| count == limit);
        let last = cases.last().filter(|_| is_full).map(|last| last.case.place);
        Ok(proto::ListRetentionResponse {
            cases: cases.iter().map(shown).collect(),
            next_page_token: last.map(|last| hex::encode(last.to_bytes())).unwrap_or_default(),
            last_round: last_round.map(round),
        })
    }
}

#[tonic::async_trait]
impl RetentionService for RetentionDesk {
    async fn list_retention(
        &self,
        request: Request<proto::ListRetentionRequest>,
    ) -> Result<Response<proto::ListRetentionResponse>, Status> {
        let (caller, request) = admitted(request)?;
        answer(self.list(&caller, &request).await)
    }
}

/// Reads a token; it is a place in the list and no secret.
fn place(token: &str) -> Result<ClosedPlace, Refusal> {
    if token.is_empty() {
        return Ok(ClosedPlace::default());
    }
    let bytes = hex::decode(token).ok();
    let place = bytes.and_then(|bytes| ClosedPlace::from_bytes(&bytes));
    place.ok_or(Refusal::at(Reason::InvalidField, "page_token"))
}

fn shown(one: &RetentionCase) -> proto::RetentionCase {
    let referral = &one.case.referral;
    let (outlook, until) = match one.outlook {
        Outlook::Purge => (proto::RetentionOutlook::Purge, None),
        Outlook::PurgeUnlessBirth => (proto::RetentionOutlook::PurgeUnlessBirth, None),
        Outlook::Keep(Until::Day(day)) => (proto::RetentionOutlook::KeepUntil, Some(day)),
        Outlook::Keep(Until::Forever) => (proto::RetentionOutlook::KeepForever, None),
        Outlook::Keep(Until::HandedOver) => (proto::RetentionOutlook::HandOver, None),
        // A closed case cannot wait for its end; should it, nobody but the organisation ends that.
        Outlook::Keep(Until::OwnDecision | Until::Closed) => {
            (proto::RetentionOutlook::OwnDecision, None)
        }
    };
    let side = match referral.side {
        Side::Source => proto::Side::Source,
        Side::Target => proto::Side::Target,
    };
    proto::RetentionCase {
        referral_id: referral.id.as_bytes().to_vec(),
        side: side.into(),
        peer: referral.peer().to_string(),
        closed_at: Some(time::to_proto(referral.changed_at)),
        outlook: outlook.into(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        section: one.section.clone(),
        blocked: one.is_blocked,
    }
}

fn round(report: RetentionReport) -> proto::RetentionRound {
    proto::RetentionRound {
        at: Some(time::to_proto(report.at)),
        erased: report.erased,
        blocked: report.blocked,
        due: report.due,
        to_hand_over: report.to_hand_over,
        consents: report.consents,
        outbox: report.outbox,
        inbox: report.inbox,
    }
}
