//! `brygga transfer package`: what IVO needs, as a Swedish document. IVO has no node.

use std::path::PathBuf;

use brygga_proto::local::v1::{ShowTransferResponse, Transfer, TransferStatus};
use brygga_proto::transfer::v1::{
    NeedDuration, OpenInquiry, PersonsWish, TransferContent, TransferDirection, TransferPerson,
    TransferPosition, WishOf,
};
use clap::Args;
use serde_json::json;

use super::{Service, by_id};
use crate::cli::{Invocation, Language};
use crate::failure::Failure;
use crate::founding::write_new;
use crate::identifier::{IdentifierOrEnding, show};
use crate::output::Answer;
use crate::text::Text;
use crate::text::vocabulary::{Word, word};
use crate::when;

/// Write what IVO needs to a file: request, answer, criteria, wishes, and which attachments are missing
#[derive(Args)]
#[command(after_help = "Example:\n  brygga transfer package 0f8e2c61 --out ansokan-ivo.md")]
pub(super) struct PackageArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// File that is written; it holds personal data and must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl PackageArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let found = by_id(to, &self.id).await?;
        let missing = missing(&found);
        write_new(&self.out, &document(&found))?;
        let path = self.out.display().to_string();
        let answer = Answer::new(json!({ "file": path, "missing": missing }));
        Ok(answer.line(format!("{} {path}", Text::TransferPackage.of(at.language))).lines(missing))
    }
}

/// The whole document.
fn document(found: &ShowTransferResponse) -> String {
    let transfer = found.transfer.clone().unwrap_or_default();
    let mut lines = vec![
        "# Ansökan om överflyttning av ärende (29 kap. 11 § socialtjänstlagen, 2025:400)"
            .to_owned(),
        String::new(),
        "Till Inspektionen för vård och omsorg (IVO).".to_owned(),
        String::new(),
        "SEKRETESS enligt 26 kap. 1 § offentlighets- och sekretesslagen (2009:400).".to_owned(),
        String::new(),
        "## Parter".to_owned(),
        String::new(),
    ];
    lines.extend(parties(&transfer));
    lines.extend(content_lines(found));
    lines.extend(["## Bilagor".to_owned(), String::new()]);
    lines.extend(attachments(found));
    lines.push(String::new());
    lines.join("\n")
}

fn parties(transfer: &Transfer) -> Vec<String> {
    let instant = |at| when::from_proto(at).map_or_else(|| "okänt".to_owned(), when::swedish);
    let direction = match transfer.direction() {
        TransferDirection::TakeOver => "begär att få ta över ärendet",
        _ => "begär att den andra kommunen tar över ärendet",
    };
    vec![
        format!("- Begärande kommun: {} ({direction})", transfer.requester),
        format!("- Tillfrågad kommun: {}", transfer.asked),
        format!(
            "- Ansvarig kommun till dess att ett beslut har fått laga kraft: {}",
            transfer.responsible
        ),
        format!("- Beteckning: {}", show(&transfer.transfer_id)),
        format!("- Begäran gjord: {}", instant(transfer.requested_at)),
        format!("- Begäran mottagen: {}", instant(transfer.arrived_at)),
        format!("- En månad löpte ut: {}", or_dash(&transfer.reply_by)),
        format!("- Läge: {}", word::<TransferStatus>(transfer.status, Language::Sv)),
        String::new(),
    ]
}

/// Request, criteria, wishes and answer, as they stand in the document and are shown to staff.
pub(super) fn content_lines(found: &ShowTransferResponse) -> Vec<String> {
    let mut lines = Vec::new();
    match &found.content {
        Some(content) => lines.extend(request(content, found.transfer.as_ref())),
        None => lines.push("Begäran kan inte öppnas här, eller är gallrad.".to_owned()),
    }
    let transfer = found.transfer.clone().unwrap_or_default();
    lines.extend([String::new(), "## Avskrift av svaret".to_owned(), String::new()]);
    match transfer.position() {
        TransferPosition::Unspecified => lines.push("Inget svar har lämnats.".to_owned()),
        position => {
            let at = when::from_proto(transfer.answered_at).map_or_else(String::new, when::swedish);
            lines.push(format!("{}, {at}.", position.word(Language::Sv)));
            lines.extend([String::new(), or_dash(&found.answer_words)]);
        }
    }
    if !found.hand_over_words.is_empty() {
        let heading = "## Överlämnat".to_owned();
        lines.extend([String::new(), heading, String::new(), found.hand_over_words.clone()]);
    }
    lines.push(String::new());
    lines
}

fn request(content: &TransferContent, transfer: Option<&Transfer>) -> Vec<String> {
    let sv = Language::Sv;
    let mut lines = vec![
        "## Avskrift av begäran".to_owned(),
        String::new(),
        format!("- Namn: {}", content.name),
        format!("- Personnummer: {}", or_dash(&content.personal_identity_number)),
        format!("- Den enskilde är: {}", word::<TransferPerson>(content.person, sv)),
        String::new(),
        "### Starkast anknytning".to_owned(),
        String::new(),
        content.strongest_tie.clone(),
        String::new(),
        "### Den enskildes önskemål".to_owned(),
        String::new(),
    ];
    lines.extend(content.wishes.iter().map(|wish| {
        let of = word::<WishOf>(wish.of, sv);
        format!("- {of} {}: {}", word::<PersonsWish>(wish.wish, sv), wish.words)
    }));
    let measure = match content.measure.as_str() {
        "" => "Ingen pågående insats.".to_owned(),
        given => format!("{given} (grund: {})", content.legal_basis),
    };
    let sections = [
        ("Hjälpbehovets varaktighet", word::<NeedDuration>(content.duration, sv)),
        ("Omständigheter i övrigt", or_dash(&content.circumstances)),
        ("Pågående insats och laglig grund", measure),
        ("Inställning hos god man eller förvaltare", or_dash(&content.deputy_view)),
        ("Pågående utredning (29 kap. 9 §)", inquiry(content, transfer)),
    ];
    for (heading, text) in sections {
        lines.extend([String::new(), format!("### {heading}"), String::new(), text]);
    }
    lines
}

/// Whoever began an inquiry finishes it, unless the two agree otherwise.
fn inquiry(content: &TransferContent, transfer: Option<&Transfer>) -> String {
    let what = word::<OpenInquiry>(content.inquiry, Language::Sv);
    let agreed = transfer.is_some_and(|one| one.position() == TransferPosition::Agree);
    match (content.inquiry(), content.inquiry_moves) {
        (OpenInquiry::None | OpenInquiry::Unspecified, _) => "Ingen.".to_owned(),
        (_, true) if agreed => {
            format!("{what}: slutförs av den övertagande kommunen, enligt överenskommelse.")
        }
        (_, true) => format!(
            "{what}: begärs bli slutförd av den övertagande kommunen; annars av den som inledde den."
        ),
        (_, false) => format!("{what}: slutförs av den kommun som inledde den."),
    }
}

fn attachments(found: &ShowTransferResponse) -> Vec<String> {
    let mut lines = vec!["- [x] Avskrift av begäran (ovan)".to_owned()];
    lines.retain(|_| found.content.is_some());
    if !found.answer_words.is_empty() {
        lines.push("- [x] Avskrift av svaret (ovan)".to_owned());
    }
    lines.extend(missing(found).into_iter().map(|one| format!("- [ ] SAKNAS: {one}")));
    lines
}

/// Attachments that somebody has to add by hand, since no node holds them.
fn missing(found: &ShowTransferResponse) -> Vec<String> {
    let mut missing = vec![
        "nämndens protokoll eller delegationsordning som visar behörigheten att ansöka".to_owned(),
        "beslutsunderlag: utredning och beslut i ärendet".to_owned(),
    ];
    if found.content.is_none() {
        missing.push("kopia av begäran".to_owned());
    }
    let status = found.transfer.as_ref().map_or(TransferStatus::Unspecified, Transfer::status);
    if found.answer_words.is_empty() && status != TransferStatus::NoReply {
        missing.push("kopia av svaret, om det har lämnats på annat sätt".to_owned());
    }
    if found.content.as_ref().is_some_and(|content| content.deputy_view.is_empty()) {
        missing.push(
            "ställföreträdarens inställning, om den enskilde har god man eller förvaltare"
                .to_owned(),
        );
    }
    missing
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use brygga_proto::transfer::v1::RecordedWish;

    use super::*;

    fn found() -> ShowTransferResponse {
        let wish = RecordedWish {
            of: WishOf::Person.into(),
            wish: PersonsWish::Stay.into(),
            words: "Vill stanna.".to_owned(),
        };
        ShowTransferResponse {
            transfer: Some(Transfer {
                requester: "kommun:0880".to_owned(),
                asked: "kommun:0881".to_owned(),
                responsible: "kommun:0880".to_owned(),
                status: TransferStatus::NoReply.into(),
                reply_by: "2026-03-10".to_owned(),
                ..Transfer::default()
            }),
            content: Some(TransferContent {
                name: "Eva Testsson".to_owned(),
                person: TransferPerson::Adult.into(),
                wishes: vec![wish],
                strongest_tie: "Nybro: syster.".to_owned(),
                inquiry: OpenInquiry::Misuse.into(),
                ..TransferContent::default()
            }),
            ..ShowTransferResponse::default()
        }
    }

    #[test]
    fn r21_the_package_holds_what_ivo_needs_and_names_what_is_missing() {
        let text = document(&found());
        for part in [
            "29 kap. 11 §",
            "Ansvarig kommun till dess att ett beslut har fått laga kraft: kommun:0880",
            "En månad löpte ut: 2026-03-10",
            "Eva Testsson",
            "den enskilde vill att ärendet ligger kvar: Vill stanna.",
            "Nybro: syster.",
            "missbruksutredning: slutförs av den kommun som inledde den.",
            "Inget svar har lämnats.",
            "SAKNAS: nämndens protokoll",
            "SAKNAS: beslutsunderlag",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("kopia av svaret"), "nobody has answered: {text}");
    }
}
