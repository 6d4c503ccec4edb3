//! `brygga notice confirm`.

use std::path::PathBuf;

use brygga_proto::local::v1::ConfirmNoticeRequest;
use clap::Args;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Service, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::IdentifierOrEnding;
use crate::node_dir::read_text;
use crate::output::Answer;

/// Confirm a notice of a time on the day it came, and tell Kronofogden who works with it
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga notice confirm 0f8e2c61 --case-worker-file handlaggare.toml\n\n\
Case worker file:\n  name = \"Förnamn Efternamn\"\n  phone = \"0480-000 00\""
)]
pub(super) struct ConfirmArgs {
    /// The notice, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// TOML file with the responsible case worker; - for standard input. Sealed to Kronofogden
    #[arg(long, value_name = "FILE")]
    case_worker_file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseWorkerFile {
    name: String,
    phone: String,
}

impl ConfirmArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let text = Zeroizing::new(read_text(&self.case_worker_file)?);
        let named: CaseWorkerFile = super::send::parse(&text)?;
        let notice_id = find(to, &self.id).await?;
        let request =
            ConfirmNoticeRequest { notice_id, case_worker: named.name, phone: named.phone };
        let response = to.confirm_notice(request).await;
        let notice = response.map_err(|status| refused(&status))?.into_inner().notice;
        Ok(shown::bare(&notice.unwrap_or_default(), at.language))
    }
}
