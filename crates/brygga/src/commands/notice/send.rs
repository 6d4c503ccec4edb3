//! `brygga notice send` and `brygga notice follow`.

use std::path::{Path, PathBuf};

use brygga_domain::UnitId;
use brygga_proto::local::v1::{Protection, SendNoticeRequest};
use brygga_proto::notice::v1 as proto;
use clap::Args;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Service, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, IdentifierOrEnding};
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::wire_code;

/// Tell the municipality where a dwelling is of an eviction from it (utsökningsförordningen 16:2)
///
/// Who receives it follows from the municipality's code. A notice about a protected person goes to the function that
/// receives protected post there, sealed to its key; where there is none, nothing is sent and you have to telephone.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga notice send --kind SCHEDULED --case-number U-12345-26 --municipality 0880 \
    --protection NONE --content-file besked.toml\n\n\
Content file:\n  tenant_name = \"Förnamn Testsson\"\n  tenant_number = \"12 digits\"               # may be left out\n  \
address = \"where the dwelling is\"           # may be left out for a protected person only\n  \
planned_at = \"2026-12-01T10:00\"             # with SCHEDULED and REMOVAL, in Swedish time\n  \
ground = \"RENT\"                             # DISTURBANCE, OTHER\n  \
landlord = \"MUNICIPAL\"                      # PRIVATE, COOPERATIVE, SOCIAL_SERVICES, OTHER\n  \
children = \"YES\"                            # NO, UNKNOWN; never who they are\n  \
children_count = \"ONE\"                      # TWO, THREE_OR_MORE; may be left out\n  \
living_form = \"PERMANENT\"                   # ALTERNATING, VISITING; may be left out\n  \
other_occupants = \"NO\"                      # YES, UNKNOWN\n  contact = \"telephone of the function that sends\""
)]
pub(super) struct SendArgs {
    /// What is told
    #[arg(long, value_name = "KIND", value_parser = wire_code::parser::<proto::NoticeKind>())]
    kind: proto::NoticeKind,
    /// Kronofogden's case, as U-12345-26
    #[arg(long, value_name = "NUMBER")]
    case_number: String,
    /// Municipality where the dwelling is, as its code of four digits
    #[arg(long, value_name = "CODE")]
    municipality: String,
    /// Whether the person is protected
    #[arg(long, value_name = "PROTECTION", value_parser = wire_code::parser::<Protection>())]
    protection: Protection,
    /// TOML file with who is to be evicted and from where; - for standard input. Sealed to the municipality
    #[arg(long, value_name = "FILE")]
    content_file: PathBuf,
    /// Function there; its intake when left out, and for a protected person the one for protected post
    #[arg(long, value_name = "UNIT")]
    to_unit: Option<UnitId>,
    /// Own function that sends; the intake when left out
    #[arg(long, value_name = "UNIT")]
    unit: Option<UnitId>,
    /// Agreement; the only one that permits it when left out
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

/// Tell what comes next of an eviction: another time, a respite, that it is taken back, lapsed or carried out
#[derive(Args)]
#[command(after_help = "Example:\n  brygga notice follow 0f8e2c61 --kind WITHDRAWN\n  \
    brygga notice follow 0f8e2c61 --kind RESPITE --until 2026-12-18")]
pub(super) struct FollowArgs {
    /// The notice, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// What is told
    #[arg(long, value_name = "KIND", value_parser = wire_code::parser::<proto::NoticeKind>())]
    kind: proto::NoticeKind,
    /// With RESPITE: its last day, as 2026-12-01; left out where no day is set
    #[arg(long, value_name = "DAY", default_value = "", hide_default_value = true)]
    until: String,
    /// TOML file with the new time, as for "send"; with SCHEDULED and REMOVAL only
    #[arg(long, value_name = "FILE")]
    content_file: Option<PathBuf>,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContentFile {
    tenant_name: String,
    #[serde(default)]
    tenant_number: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    planned_at: String,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    ground: Option<proto::EvictionGround>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    landlord: Option<proto::LandlordKind>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    children: Option<proto::Children>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    children_count: Option<proto::ChildrenCount>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    living_form: Option<proto::LivingForm>,
    #[serde(default, deserialize_with = "wire_code::deserialize")]
    other_occupants: Option<proto::Occupants>,
    contact: String,
}

impl SendArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let request = SendNoticeRequest {
            idempotency_key: fresh(self.idempotency_key),
            kind: self.kind.into(),
            notice_id: Vec::new(),
            protection: self.protection.into(),
            municipality: self.municipality.clone(),
            case_number: self.case_number.clone(),
            target_unit: self.to_unit.as_ref().map(UnitId::to_string).unwrap_or_default(),
            source_unit: self.unit.as_ref().map(UnitId::to_string).unwrap_or_default(),
            agreement_id: self.agreement.map(Identifier::to_bytes).unwrap_or_default(),
            content: Some(content(&self.content_file)?),
            until: String::new(),
        };
        send(to, request, at).await
    }
}

impl FollowArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let content = self.content_file.as_deref().map(content).transpose()?;
        let request = SendNoticeRequest {
            idempotency_key: fresh(self.idempotency_key),
            kind: self.kind.into(),
            notice_id: find(to, &self.id).await?,
            content,
            until: self.until.clone(),
            ..SendNoticeRequest::default()
        };
        send(to, request, at).await
    }
}

fn fresh(key: Option<Identifier>) -> Vec<u8> {
    key.unwrap_or_else(Identifier::fresh).to_bytes()
}

async fn send(
    to: &mut Service,
    request: SendNoticeRequest,
    at: &Invocation,
) -> Result<Answer, Failure> {
    let response = to.send_notice(request).await;
    let notice = response.map_err(|status| refused(&status))?.into_inner().notice;
    Ok(shown::bare(&notice.unwrap_or_default(), at.language))
}

fn content(file: &Path) -> Result<proto::EvictionContent, Failure> {
    Ok(told(parse(&Zeroizing::new(read_text(file)?))?))
}

/// What a file tells of an eviction.
pub(super) fn told(file: ContentFile) -> proto::EvictionContent {
    proto::EvictionContent {
        salt: Vec::new(),
        tenant_name: file.tenant_name,
        tenant_number: file.tenant_number,
        address: file.address,
        planned_at: file.planned_at,
        ground: file.ground.unwrap_or_default().into(),
        landlord: file.landlord.unwrap_or_default().into(),
        children: file.children.unwrap_or_default().into(),
        children_count: file.children_count.unwrap_or_default().into(),
        living_form: file.living_form.unwrap_or_default().into(),
        other_occupants: file.other_occupants.unwrap_or_default().into(),
        contact: file.contact,
    }
}

/// Reads a file of a notice; no message repeats what stands there.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let end = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        Failure::usage("NOTICE_FILE", "a key is missing or unknown, or has the wrong form")
            .at(format!("line {line}"))
            .fix("see the keys in: brygga notice send --help")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Language;

    const FILE: &str = "tenant_name = \"Eva Testsson\"\naddress = \"Provgatan 1\"\n\
        planned_at = \"2026-12-01T10:00\"\nground = \"rent\"\nlandlord = \"MUNICIPAL\"\n\
        children = \"UNKNOWN\"\nother_occupants = \"NO\"\ncontact = \"0480-000 00\"\n";

    #[test]
    fn a_content_file_is_read() {
        let read: ContentFile = parse(FILE).unwrap();
        assert_eq!(read.ground, Some(proto::EvictionGround::Rent));
        assert_eq!((read.children_count, read.tenant_number.as_str()), (None, ""));
    }

    #[test]
    fn an_error_names_the_line_and_never_what_stands_there() {
        let read = parse::<ContentFile>(&FILE.replace("UNKNOWN", "Tolvan"));
        let failure = read.err().expect("refused");
        for language in [Language::Sv, Language::En] {
            let text = failure.text(language);
            assert!(text.contains('6') && !text.contains("Tolvan"), "{text}");
        }
    }
}
