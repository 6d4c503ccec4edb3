//! `brygga relocation`: protected relocations, for the officers whom a case names.

/// The example of a command: what names the officer is the same in all.
macro_rules! example {
    ($line:literal) => {
        concat!(
            "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt ",
            $line
        )
    };
}

mod act;
mod document;
mod next;
mod offer;
mod open;
mod shown;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::relocation_service_client::RelocationServiceClient;
use brygga_proto::local::v1::{
    ListEnquiriesRequest, ListRelocationsRequest, ListRelocationsResponse, PurgeRelocationRequest,
    ReviewRelocationsRequest, ShowReciprocityRequest, ShowReciprocityResponse,
    ShowRelocationRequest,
};
use clap::{Args, Subcommand};
use serde_json::json;

use super::officer::ProofArgs;
use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::text::relocation::RelocationText;

/// The node's relocations, asked in the officer's name.
type Service = RelocationServiceClient<LocalChannel>;

/// Protected relocations: for the officers whom a case names, and nobody else
///
/// Nothing of a case stands in a list, a log or a search. An unknown case, a case of others and a wrong passphrase are
/// answered alike.
#[derive(Args)]
pub(crate) struct RelocationArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    proof: ProofArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Open(Box<open::OpenArgs>),
    /// Show a case that names you; the look is written into the sealed access log
    #[command(after_help = example!("show CASE-ID"))]
    Show {
        /// The case
        id: Identifier,
    },
    /// List the cases that name you, by id alone
    #[command(after_help = example!("list"))]
    List,
    #[command(flatten)]
    Act(act::ActAction),
    /// List what others of the network ask; nobody learns who they are
    #[command(after_help = example!("enquiries"))]
    Enquiries,
    Offer(offer::OfferArgs),
    Document(document::DocumentArgs),
    /// Show who came less who went in a network, for each half-year; nobody else gets these numbers
    #[command(after_help = example!("reciprocity --agreement AGREEMENT-ID"))]
    Reciprocity {
        /// The exchange network's agreement
        #[arg(long, value_name = "AGREEMENT-ID")]
        agreement: Identifier,
    },
    /// Destroy the key of a case that has ended; nobody can read it afterwards
    #[command(after_help = example!("purge CASE-ID"))]
    Purge {
        /// The case
        id: Identifier,
    },
    /// Read the sealed access log, as a reviewer
    #[command(after_help = example!("review"))]
    Review,
}

impl RelocationArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::ProtectedOfficer).await?;
        let mut service = RelocationServiceClient::new(channel);
        let proof = Some(self.proof.proof()?);
        match &self.action {
            Action::Open(args) => args.run(&mut service, proof, at).await,
            Action::Show { id } => {
                let asked = ShowRelocationRequest { proof, relocation_id: id.to_bytes() };
                let found =
                    service.show_relocation(asked).await.map_err(|status| refused(&status))?;
                Ok(shown::one(found.into_inner().relocation, at))
            }
            Action::List => {
                let found = service.list_relocations(ListRelocationsRequest { proof }).await;
                Ok(listed(found.map_err(|status| refused(&status))?.get_ref(), at.language))
            }
            Action::Act(action) => {
                let request = action.request(proof, self.proof.is_standard_input())?;
                let done = service.act_on_relocation(request).await;
                let done = done.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::one(done.relocation, at))
            }
            Action::Enquiries => {
                let found = service.list_enquiries(ListEnquiriesRequest { proof }).await;
                let found = found.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::enquiries(&found.enquiries, at.language))
            }
            Action::Offer(args) => {
                let request = args.request(proof, self.proof.is_standard_input())?;
                let made = service.offer_relocation(request).await;
                let made = made.map_err(|status| refused(&status))?.into_inner().relocation_id;
                let line = format!("{} {}", RelocationText::Offered.of(at.language), show(&made));
                Ok(Answer::new(json!({"relocation_id": show(&made)})).line(line))
            }
            Action::Document(args) => {
                let statement = args.statement(self.proof.is_standard_input())?;
                let asked = ShowRelocationRequest { proof, relocation_id: args.id.to_bytes() };
                let found =
                    service.show_relocation(asked).await.map_err(|status| refused(&status))?;
                let case = found.into_inner().relocation.unwrap_or_default();
                args.write(&case, statement, at.language, at.now)
            }
            Action::Reciprocity { agreement } => {
                let asked = ShowReciprocityRequest { proof, agreement_id: agreement.to_bytes() };
                let found = service.show_reciprocity(asked).await;
                Ok(counted(found.map_err(|status| refused(&status))?.get_ref(), at.language))
            }
            Action::Purge { id } => {
                let asked = PurgeRelocationRequest { proof, relocation_id: id.to_bytes() };
                service.purge_relocation(asked).await.map_err(|status| refused(&status))?;
                let answer = Answer::new(json!({"purged": show(&id.to_bytes())}));
                Ok(answer.line(RelocationText::Purged.of(at.language)))
            }
            Action::Review => {
                let log = service.review_relocations(ReviewRelocationsRequest { proof }).await;
                let log = log.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::accesses(&log.accesses, at.language))
            }
        }
    }
}

/// Who came less who went, a half-year in a row.
fn counted(found: &ShowReciprocityResponse, language: Language) -> Answer {
    let half_years = found.half_years.iter();
    let all: Vec<_> = half_years
        .clone()
        .map(|one| json!({"half_year": one.half_year, "balance": one.balance}))
        .collect();
    let none = all.is_empty().then(|| Text::None.of(language).to_owned());
    let rows = half_years.map(|one| format!("{}  {:+}", one.half_year, one.balance));
    Answer::new(json!({ "half_years": all })).lines(none.into_iter().chain(rows))
}

/// The cases by their random names, and how many are due: a list tells no more.
fn listed(found: &ListRelocationsResponse, language: Language) -> Answer {
    let ids: Vec<_> = found.relocation_ids.iter().map(|id| show(id)).collect();
    let count = found.due_count;
    let answer = Answer::new(json!({"relocations": ids, "due_count": count}));
    let due = format!("{} {count}", RelocationText::DueCount.of(language));
    let none = ids.is_empty().then(|| Text::None.of(language).to_owned());
    answer.lines(ids.into_iter().chain(none).chain((count > 0).then_some(due)))
}
