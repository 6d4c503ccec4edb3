//! `brygga relocation`: protected relocations, for the officers whom a case names.

mod open;
mod shown;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::relocation_service_client::RelocationServiceClient;
use brygga_proto::local::v1::{
    EndRelocationRequest, ListRelocationsRequest, PurgeRelocationRequest, RaiseProtectionRequest,
    ReviewRelocationsRequest, ShowRelocationRequest,
};
use brygga_proto::relocation::v1::{ProtectionLevel, RelocationEnd};
use clap::{Args, Subcommand};
use serde_json::json;

use super::officer::ProofArgs;
use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::wire_code::parser;

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
    #[command(
        after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt \
        show CASE-ID"
    )]
    Show {
        /// The case
        id: Identifier,
    },
    /// List the cases that name you, by id alone
    #[command(
        after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt \
        list"
    )]
    List,
    /// Say that the person is better protected now; a lower level changes nothing
    #[command(
        after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt \
        raise CASE-ID --level PROTECTED_REGISTRATION"
    )]
    Raise {
        /// The case
        id: Identifier,
        /// The level
        #[arg(long, value_parser = parser::<ProtectionLevel>())]
        level: ProtectionLevel,
    },
    /// End a case, from every state and without a reason
    #[command(
        after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt \
        end CASE-ID --how ABORTED"
    )]
    End {
        /// The case
        id: Identifier,
        /// Whether the person does not want it any more, or it is not safe
        #[arg(long, value_parser = parser::<RelocationEnd>())]
        how: RelocationEnd,
    },
    /// Destroy the key of a case that has ended; nobody can read it afterwards
    #[command(
        after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt \
        purge CASE-ID"
    )]
    Purge {
        /// The case
        id: Identifier,
    },
    /// Read the sealed access log, as a reviewer
    #[command(
        after_help = "Example:\n  brygga relocation --officer OFFICER-ID --passphrase-file losenord.txt \
        review"
    )]
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
                Ok(shown::one(found.into_inner().relocation, at.language))
            }
            Action::List => {
                let found = service.list_relocations(ListRelocationsRequest { proof }).await;
                let found = found.map_err(|status| refused(&status))?.into_inner();
                let ids: Vec<_> = found.relocation_ids.iter().map(|id| show(id)).collect();
                let answer = Answer::new(json!({"relocations": ids}));
                let none = ids.is_empty().then(|| Text::None.of(at.language).to_owned());
                Ok(answer.lines(ids.into_iter().chain(none)))
            }
            Action::Raise { id, level } => {
                let (relocation_id, level) = (id.to_bytes(), (*level).into());
                let asked = RaiseProtectionRequest { proof, relocation_id, level };
                let found =
                    service.raise_protection(asked).await.map_err(|status| refused(&status))?;
                Ok(shown::one(found.into_inner().relocation, at.language))
            }
            Action::End { id, how } => {
                let (relocation_id, end) = (id.to_bytes(), (*how).into());
                let asked = EndRelocationRequest { proof, relocation_id, end };
                let found =
                    service.end_relocation(asked).await.map_err(|status| refused(&status))?;
                Ok(shown::one(found.into_inner().relocation, at.language))
            }
            Action::Purge { id } => {
                let asked = PurgeRelocationRequest { proof, relocation_id: id.to_bytes() };
                service.purge_relocation(asked).await.map_err(|status| refused(&status))?;
                let answer = Answer::new(json!({"purged": show(&id.to_bytes())}));
                Ok(answer.line(Text::RelocationPurged.of(at.language)))
            }
            Action::Review => {
                let log = service.review_relocations(ReviewRelocationsRequest { proof }).await;
                let log = log.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::accesses(&log.accesses, at.language))
            }
        }
    }
}
