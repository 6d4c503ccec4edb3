//! `brygga referral note`.

use std::path::PathBuf;

use brygga_proto::local::v1::SendNoteRequest;
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use clap::Args;
use serde_json::json;

use super::{Service, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, IdentifierOrEnding};
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::text::Text;
use crate::wire_code::parser;

/// Tell the other side something in between, sealed to its function; changes no status
///
/// The sender of the referral needs to name nothing more. The recipient names the ground on which
/// it tells, since its own secrecy holds towards the sender.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga referral note 0f8e2c61 --text-file -")]
pub(super) struct NoteArgs {
    /// The referral, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// File with the text; - for standard input
    #[arg(long, value_name = "FILE")]
    text_file: PathBuf,
    /// Secrecy rule that is lifted or broken
    #[arg(long, value_parser = parser::<DisclosureGround>())]
    ground: Option<DisclosureGround>,
    /// GDPR basis
    #[arg(long, value_parser = parser::<GdprBasis>())]
    gdpr_basis: Option<GdprBasis>,
    /// Consent that it rests on
    #[arg(long, value_name = "CONSENT")]
    consent: Option<Identifier>,
    /// I have read again a text that looks like the result of a drug or alcohol test
    #[arg(long)]
    accept_content_warning: bool,
}

impl NoteArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let request = SendNoteRequest {
            note_id: Identifier::fresh().to_bytes(),
            referral_id: find::referral(service, &self.id).await?,
            text: read_text(&self.text_file)?.trim_end().to_owned(),
            disclosure_ground: self.ground.map_or(0, i32::from),
            gdpr_basis: self.gdpr_basis.map_or(0, i32::from),
            consent_id: self.consent.map_or_else(Vec::new, Identifier::to_bytes),
            accept_content_warning: self.accept_content_warning,
        };
        let response = service.send_note(request).await;
        let response = response.map_err(|status| refused(&status))?.into_inner();
        let note = response.note.unwrap_or_default();
        let value = json!({"note": shown::note_entry(&note)});
        Ok(Answer::new(value).line(Text::NoteSent.of(at.language)))
    }
}
