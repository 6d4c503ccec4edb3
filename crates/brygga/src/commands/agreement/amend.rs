//! `brygga agreement admit` and `leave`: a next version that only those sign for whom something changes.

use brygga_domain::{OrgId, Seconds, Timestamp};
use brygga_proto::agreement::v1::{AgreementTerms, Party, PartyRole};
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{
    Agreement, AgreementState, ProposeAgreementRequest, ShowAgreementRequest,
};
use clap::Args;

use crate::cli::Invocation;
use crate::client::{LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::when;

/// Let others join an agreement
///
/// Where the agreement is open to accession only this organisation and those who join sign the new version; else
/// all do.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga agreement admit AGREEMENT-ID --party kommun:0885")]
pub(super) struct AdmitArgs {
    /// The agreement
    id: Identifier,
    /// Who joins; may be repeated
    #[arg(long = "party", value_name = "ORG", required = true)]
    parties: Vec<OrgId>,
}

/// Leave an agreement that goes on between the others
///
/// This organisation alone signs the new version; it begins when the notice has passed. What has begun is finished.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga agreement leave AGREEMENT-ID --from 2026-12-31")]
pub(super) struct LeaveArgs {
    /// The agreement
    id: Identifier,
    /// From when: a date or an instant; as soon as the notice allows when left out
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    from: Option<Timestamp>,
}

type Service = AgreementServiceClient<LocalChannel>;

impl AdmitArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Option<Agreement>, Failure> {
        let mut terms = next(service, self.id, at.now).await?;
        terms.parties.extend(self.parties.iter().map(|organisation| Party {
            organisation: organisation.to_string(),
            role: PartyRole::Participant.into(),
        }));
        propose(service, terms).await
    }
}

impl LeaveArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Option<Agreement>, Failure> {
        let own = at.node.settings()?.node.organisation;
        let mut terms = next(service, self.id, at.now).await?;
        terms.parties.retain(|party| party.organisation != own.as_str());
        for group in &mut terms.groups {
            group.members.retain(|member| member.organisation != own.as_str());
        }
        terms.groups.retain(|group| !group.members.is_empty());
        // A minute, since the node reads its clock a moment later.
        let notice = Seconds::days(i64::from(terms.notice_days)).0 + 60;
        let earliest = at.now.plus(Seconds(notice));
        terms.valid_from = Some(when::to_proto(self.from.unwrap_or(earliest)));
        propose(service, terms).await
    }
}

/// The number of the newest version.
pub(super) async fn newest(service: &mut Service, id: Identifier) -> Result<u32, Failure> {
    Ok(show(service, id, 0).await?.terms.map_or(0, |terms| terms.version))
}

/// The terms that count now as the next version, in force from now.
pub(super) async fn next(
    service: &mut Service,
    id: Identifier,
    now: Timestamp,
) -> Result<AgreementTerms, Failure> {
    let newest = show(service, id, 0).await?;
    let version = newest.terms.as_ref().map_or(0, |terms| terms.version) + 1;
    let mut held = newest;
    // Above the version that counts there can be some that wait for signatures.
    while held.state() == AgreementState::Proposed
        && let Some(older) = held.terms.as_ref().map(|terms| terms.version - 1)
        && older > 0
    {
        held = show(service, id, older).await?;
    }
    let terms = held.terms.unwrap_or_default();
    let valid_from = Some(when::to_proto(now));
    Ok(AgreementTerms { version, valid_from, required_signatures: Vec::new(), ..terms })
}

async fn show(service: &mut Service, id: Identifier, version: u32) -> Result<Agreement, Failure> {
    let wanted = ShowAgreementRequest { agreement_id: id.to_bytes(), version };
    let shown = service.show_agreement(wanted).await.map_err(|status| refused(&status))?;
    Ok(shown.into_inner().agreement.unwrap_or_default())
}

async fn propose(
    service: &mut Service,
    terms: AgreementTerms,
) -> Result<Option<Agreement>, Failure> {
    let request = ProposeAgreementRequest {
        terms: Some(terms),
        accept_findings: false,
        only_affected: true,
        counters: 0,
    };
    let response = service.propose_agreement(request).await.map_err(|status| refused(&status))?;
    Ok(response.into_inner().agreement)
}
