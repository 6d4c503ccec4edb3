//! `brygga register export`: the register as a file, kept before the node is told so.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use brygga_proto::local::v1::register_service_client::RegisterServiceClient;
use brygga_proto::local::v1::{ConfirmExportRequest, ExportRegisterRequest};
use clap::Args;
use serde_json::json;

use super::file::{FileFormat, RegisterFile};
use crate::cli::Language;
use crate::client::{LocalChannel, refused};
use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;
use crate::text::Text;

/// Write the register to a file for the archive
///
/// Without --all it holds what no export before it has held. When the file is safe on this machine's
/// disk the node notes its SHA-256, and only then may what is in it be purged. A public extract leaves
/// out who and what where a document is marked as secret (OSL 5:2), holds everything and counts for
/// no purge.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga register export --format csv --out diarium-2026.csv")]
pub(super) struct ExportArgs {
    /// Form of the file
    #[arg(long, value_enum)]
    format: FileFormat,
    /// The new file (mode 0600)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Leave out what is secret: an extract for anybody who asks
    #[arg(long)]
    public: bool,
    /// Begin with the first number, although it was exported before
    #[arg(long)]
    all: bool,
}

/// What has been written.
struct Written {
    after: u64,
    last: u64,
    documents: u64,
    sha256: Vec<u8>,
}

impl ExportArgs {
    pub(super) async fn run(
        &self,
        mut register: RegisterServiceClient<LocalChannel>,
        language: Language,
    ) -> Result<Answer, Failure> {
        let written = self.write(&mut register, language).await?;
        let is_kept = !self.public && written.last > written.after;
        if is_kept {
            let request = ConfirmExportRequest {
                after_number: written.after,
                last_number: written.last,
                sha256: written.sha256.clone(),
            };
            register.confirm_export(request).await.map_err(|status| refused(&status))?;
        }
        let sha256 = hex::encode(&written.sha256);
        let value = json!({
            "file": self.out.display().to_string(),
            "documents": written.documents,
            "after_number": written.after,
            "last_number": written.last,
            "sha256": sha256,
            "confirmed": is_kept,
        });
        let said = if is_kept { Text::RegisterExported } else { Text::RegisterExtracted };
        Ok(Answer::new(value)
            .line(format!("{} {}", said.of(language), self.out.display()))
            .line(format!("{}: {}", Text::Documents.of(language), written.documents))
            .line(format!("SHA-256: {sha256}")))
    }

    async fn write(
        &self,
        register: &mut RegisterServiceClient<LocalChannel>,
        language: Language,
    ) -> Result<Written, Failure> {
        let failed = |error| Failure::file(&self.out, &error);
        let mut options = OpenOptions::new();
        let out = options.write(true).create_new(true).mode(0o600).open(&self.out);
        let out = BufWriter::new(out.map_err(failed)?);
        let mut file = RegisterFile::begin(out, self.format, language).map_err(failed)?;
        let from_the_first = self.all || self.public;
        let mut request = ExportRegisterRequest {
            after_number: from_the_first.then_some(0),
            last_number: 0,
            public: self.public,
        };
        let progress = Progress::begin("register export");
        let mut begun_after = None;
        let last = loop {
            let portion = register.export_register(request).await;
            let portion = portion.map_err(|status| refused(&status))?.into_inner();
            for entry in &portion.entries {
                file.entry(entry).map_err(failed)?;
            }
            begun_after.get_or_insert(portion.after_number);
            progress.count("register export", portion.last_number);
            progress.reached(portion.next_after_number);
            request.after_number = Some(portion.next_after_number);
            request.last_number = portion.last_number;
            if portion.next_after_number >= portion.last_number {
                break portion.last_number;
            }
        };
        let (out, documents, sha256) = file.finish().map_err(failed)?;
        let out = out.into_inner().map_err(|error| failed(error.into_error()))?;
        out.sync_all().map_err(failed)?;
        let after = begun_after.unwrap_or_default();
        Ok(Written { after, last, documents, sha256: sha256.as_bytes().to_vec() })
    }
}
