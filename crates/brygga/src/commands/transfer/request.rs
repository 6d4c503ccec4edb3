//! `brygga transfer request`.

use std::path::PathBuf;

use brygga_domain::{OrgId, UnitId};
use brygga_proto::local::v1::{Protection, RequestTransferRequest};
use brygga_proto::transfer::v1 as proto;
use clap::Args;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Service, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::wire_code;

/// Ask another municipality in writing to take over a case, or to give one up (SoL 29:10)
///
/// No consent is needed, but what the person wants is recorded: of an adult, of a child from 15 and the guardians, and of
/// a younger child's guardians when the child has been heard. A person with protection moves by the protected way only.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga transfer request --to kommun:0881 --direction HAND_OVER \
    --protection NONE --content-file begaran.toml\n\n\
Content file:\n  name = \"Förnamn Testsson\"\n  personal_identity_number = \"12 digits\"     # may be left out\n  \
person = \"ADULT\"                           # CHILD_FROM_15, CHILD_UNDER_15\n  \
strongest_tie = \"to which municipality, and why\"\n  duration = \"LASTING\"                      # LIMITED, UNCLEAR\n  \
circumstances = \"\"                         # may be left out, as the rest\n  measure = \"what is given now\"\n  \
legal_basis = \"the decision and section it rests on\"\n  deputy_view = \"what a god man or förvaltare says\"\n  \
inquiry = \"NONE\"                           # CHILD, MISUSE: whoever began it finishes it\n  \
inquiry_moves = false\n  [[wishes]]\n  of = \"PERSON\"                              # GUARDIAN, CHILD_HEARD\n  \
wish = \"MOVE\"                              # STAY, NO_WISH, NOT_ASKED\n  words = \"in own words\""
)]
pub(super) struct RequestArgs {
    /// Municipality that is asked
    #[arg(long, value_name = "MUNICIPALITY")]
    to: OrgId,
    /// Function there; its intake when left out
    #[arg(long, value_name = "UNIT")]
    to_unit: Option<UnitId>,
    /// Own function that asks; the intake when left out
    #[arg(long, value_name = "UNIT")]
    unit: Option<UnitId>,
    /// Which way the case is to go
    #[arg(long, value_name = "DIRECTION", value_parser = wire_code::parser::<proto::TransferDirection>())]
    direction: proto::TransferDirection,
    /// Whether the person is protected; never stored and never sent
    #[arg(long, value_name = "PROTECTION", value_parser = wire_code::parser::<Protection>())]
    protection: Protection,
    /// TOML file with who the person is and what is decided by; - for standard input
    #[arg(long, value_name = "FILE")]
    content_file: PathBuf,
    /// Agreement; the only one that permits it when left out
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentFile {
    name: String,
    #[serde(default)]
    personal_identity_number: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    person: Option<proto::TransferPerson>,
    wishes: Vec<WishEntry>,
    strongest_tie: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    duration: Option<proto::NeedDuration>,
    #[serde(default)]
    circumstances: String,
    #[serde(default)]
    measure: String,
    #[serde(default)]
    legal_basis: String,
    #[serde(default)]
    deputy_view: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    inquiry: Option<proto::OpenInquiry>,
    #[serde(default)]
    inquiry_moves: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WishEntry {
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    of: Option<proto::WishOf>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    wish: Option<proto::PersonsWish>,
    words: String,
}

impl RequestArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let content = parse(&Zeroizing::new(read_text(&self.content_file)?))?;
        let request = RequestTransferRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            target: self.to.to_string(),
            target_unit: self.to_unit.as_ref().map(UnitId::to_string).unwrap_or_default(),
            source_unit: self.unit.as_ref().map(UnitId::to_string).unwrap_or_default(),
            direction: self.direction.into(),
            agreement_id: self.agreement.map(Identifier::to_bytes).unwrap_or_default(),
            protection: self.protection.into(),
            content: Some(content),
        };
        let response = to.request_transfer(request).await;
        let transfer = response.map_err(|status| refused(&status))?.into_inner().transfer;
        Ok(shown::bare(&transfer.unwrap_or_default(), at.language))
    }
}

fn parse(text: &str) -> Result<proto::TransferContent, Failure> {
    let file: ContentFile = toml::from_str(text).map_err(|error| {
        // Neither the message nor the excerpt: both may quote the file.
        let end = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        Failure::usage("TRANSFER_FILE", "a key is missing or unknown, or has the wrong form")
            .at(format!("line {line}"))
            .fix("see the keys in: brygga transfer request --help")
    })?;
    let wishes = file.wishes.into_iter().map(|wish| proto::RecordedWish {
        of: wish.of.unwrap_or_default().into(),
        wish: wish.wish.unwrap_or_default().into(),
        words: wish.words,
    });
    Ok(proto::TransferContent {
        salt: Vec::new(),
        name: file.name,
        personal_identity_number: file.personal_identity_number,
        person: file.person.unwrap_or_default().into(),
        wishes: wishes.collect(),
        strongest_tie: file.strongest_tie,
        duration: file.duration.unwrap_or_default().into(),
        circumstances: file.circumstances,
        measure: file.measure,
        legal_basis: file.legal_basis,
        deputy_view: file.deputy_view,
        inquiry: file.inquiry.unwrap_or(proto::OpenInquiry::None).into(),
        inquiry_moves: file.inquiry_moves,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "name = \"Eva Testsson\"\nperson = \"ADULT\"\nstrongest_tie = \"Nybro\"\n\
        duration = \"LASTING\"\n[[wishes]]\nof = \"PERSON\"\nwish = \"MOVE\"\nwords = \"Vill flytta.\"\n";

    #[test]
    fn a_content_file_is_read() {
        let content = parse(FILE).unwrap();
        assert_eq!(content.wishes[0].wish(), proto::PersonsWish::Move);
        assert_eq!(content.inquiry(), proto::OpenInquiry::None);
    }

    #[test]
    fn an_error_names_the_line_and_never_what_stands_there() {
        let failure = parse(&FILE.replace("LASTING", "Tolvan")).expect_err("refused");
        let text = failure.text(crate::cli::Language::En);
        assert!(text.contains("line 4") && !text.contains("Tolvan"), "{text}");
    }
}
