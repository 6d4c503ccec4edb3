//! `brygga officer`: those who handle protected persons, each with a key that only a passphrase opens.

use std::path::{Path, PathBuf};

use brygga_identity::roles::Role;
use brygga_proto::local::v1::relocation_service_client::RelocationServiceClient;
use brygga_proto::local::v1::{EnrolOfficerRequest, OfficerProof};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Invocation;
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::text::Text;

/// Enrol as a protected officer, with a key that only your passphrase opens
#[derive(Args)]
pub(crate) struct OfficerArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make your key; keep the handle that is printed, and the passphrase, which nobody can reset
    #[command(after_help = "Example:\n  brygga officer enrol --passphrase-file losenord.txt")]
    Enrol {
        /// File with the passphrase, at least 12 characters; "-" for standard input
        #[arg(long, value_name = "FILE")]
        passphrase_file: PathBuf,
        /// Review what officers of other units do, instead of having cases
        #[arg(long)]
        reviewer: bool,
    },
}

impl OfficerArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::ProtectedOfficer).await?;
        let mut service = RelocationServiceClient::new(channel);
        let Action::Enrol { passphrase_file, reviewer } = &self.action;
        let passphrase = passphrase(passphrase_file)?;
        let request = EnrolOfficerRequest { passphrase, reviewer: *reviewer };
        let response = service.enrol_officer(request).await;
        let officer = response.map_err(|status| refused(&status))?.into_inner().officer_id;
        let answer = Answer::new(json!({"officer_id": show(&officer)}));
        let line = format!("{}: {}", Text::OfficerHandle.of(at.language), show(&officer));
        Ok(answer.line(line).line(Text::OfficerKeep.of(at.language)))
    }
}

/// Who asks, in every call about a protected relocation.
#[derive(Args)]
pub(super) struct ProofArgs {
    /// Your handle, as "brygga officer enrol" printed it
    #[arg(long, value_name = "OFFICER-ID", env = "BRYGGA_OFFICER")]
    officer: Identifier,
    /// File with your passphrase; "-" for standard input
    #[arg(long, value_name = "FILE")]
    passphrase_file: PathBuf,
}

impl ProofArgs {
    /// Whether the passphrase takes up standard input.
    pub(super) fn is_standard_input(&self) -> bool {
        self.passphrase_file == Path::new("-")
    }

    pub(super) fn proof(&self) -> Result<OfficerProof, Failure> {
        let passphrase = passphrase(&self.passphrase_file)?;
        Ok(OfficerProof { officer_id: self.officer.to_bytes(), passphrase })
    }
}

/// The file's first line; editors end it with a line break that is no part of it.
fn passphrase(file: &Path) -> Result<Vec<u8>, Failure> {
    let text = read_text(file)?;
    Ok(text.lines().next().unwrap_or_default().as_bytes().to_vec())
}
