//! `brygga notice copy`: the person's copy of the confirmation (socialtjänstförordningen 11:3), in plain Swedish.

use std::path::PathBuf;

use brygga_proto::local::v1::{ShowNoticeRequest, ShowNoticeResponse};
use clap::Args;
use serde_json::json;

use super::{Service, find};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::founding::write_new;
use crate::identifier::IdentifierOrEnding;
use crate::output::Answer;
use crate::text::notice::NoticeText;
use crate::when;

/// Write the person's copy of a confirmation to a file, in Swedish; the node keeps none
#[derive(Args)]
#[command(after_help = "Example:\n  brygga notice copy 0f8e2c61 --out till-personen.md")]
pub(super) struct CopyArgs {
    /// The notice, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// File that is written; it holds personal data and must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl CopyArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let notice_id = find(to, &self.id).await?;
        let found = to.show_notice(ShowNoticeRequest { notice_id }).await;
        let found = found.map_err(|status| refused(&status))?.into_inner();
        let text = document(&found).ok_or_else(|| {
            Failure::usage("NOT_CONFIRMED", "there is no confirmation of which to write a copy")
        })?;
        write_new(&self.out, &text)?;
        let path = self.out.display().to_string();
        let line = format!("{} {path}", NoticeText::Copy.of(at.language));
        Ok(Answer::new(json!({ "file": path })).line(line))
    }
}

/// The text; none while nothing is confirmed, and where the content cannot be opened.
fn document(found: &ShowNoticeResponse) -> Option<String> {
    let (notice, content) = (found.notice.as_ref()?, found.content.as_ref()?);
    let confirmed = when::swedish(when::from_proto(notice.confirmed_at)?);
    let place = match content.address.as_str() {
        "" => "din bostad",
        address => address,
    };
    let planned = match content.planned_at.split_once('T') {
        Some((day, time)) => format!("Kronofogden har bestämt tiden till {day} klockan {time}."),
        None => "Kronofogden har inte bestämt någon tid än.".to_owned(),
    };
    let lines = [
        "# Till dig som har fått besked om vräkning".to_owned(),
        format!("{}.", content.tenant_name),
        format!("Kronofogden har talat om för socialtjänsten att du kan bli vräkt från {place}."),
        format!("{planned} Kronofogdens målnummer är {}.", notice.case_number),
        format!("Vi har svarat Kronofogden att vi har fått beskedet: {confirmed}."),
        format!("Hos oss är det {} som arbetar med det här.", found.case_worker),
        format!("Ring {}.", found.phone),
        "Det är inte för sent att få hjälp. Vi kan gå igenom skulden med dig, prata med hyresvärden och \
         hjälpa dig att söka stöd. Du bestämmer själv om du vill ta emot hjälp."
            .to_owned(),
        "Det här är en kopia av svaret till Kronofogden (11 kap. 3 § socialtjänstförordningen).".to_owned(),
    ];
    Some(lines.join("\n\n") + "\n")
}

#[cfg(test)]
mod tests {
    use brygga_proto::local::v1::Notice;
    use brygga_proto::notice::v1::EvictionContent;

    use super::*;

    fn found() -> ShowNoticeResponse {
        ShowNoticeResponse {
            notice: Some(Notice {
                case_number: "U-12345-26".to_owned(),
                confirmed_at: Some(prost_types::Timestamp { seconds: 1_767_278_400, nanos: 0 }),
                ..Notice::default()
            }),
            content: Some(EvictionContent {
                tenant_name: "Eva Testsson".to_owned(),
                address: "Provgatan 1".to_owned(),
                planned_at: "2026-01-12T10:00".to_owned(),
                ..EvictionContent::default()
            }),
            case_worker: "Dagny Provsson".to_owned(),
            phone: "0480-000 01".to_owned(),
            tasks: Vec::new(),
            ..ShowNoticeResponse::default()
        }
    }

    #[test]
    fn the_person_reads_what_when_and_whom_to_call() {
        let text = document(&found()).unwrap();
        for part in
            ["Provgatan 1", "2026-01-12 klockan 10:00", "Dagny Provsson", "Ring 0480-000 01"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn there_is_no_copy_of_what_was_not_confirmed_or_cannot_be_opened() {
        let mut unconfirmed = found();
        unconfirmed.notice.as_mut().unwrap().confirmed_at = None;
        assert_eq!(document(&unconfirmed), None);
        assert_eq!(document(&ShowNoticeResponse { content: None, ..found() }), None);
    }
}
