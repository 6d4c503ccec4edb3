//! Everything that an officer does in a case, each with what it needs and no more.
//!
//! A text about somebody, and the name of whoever was called back, come from a file or standard input: a command line
//! stays in the shell's history.

use std::path::{Path, PathBuf};

use brygga_domain::Timestamp;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{ActOnRelocationRequest, OfficerProof, WithheldReview};
use brygga_proto::relocation::v1::{
    HandoverItem, ProtectionLevel, RefusalCode, RelocationEnd, RelocationPosition, SecrecyBasis,
};
use brygga_proto::transfer::v1::TransferOutcome;
use clap::Subcommand;

use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::node_dir::read_text;
use crate::text::complaint::Complaint;
use crate::when;
use crate::wire_code::parser;

/// What an officer does.
#[derive(Subcommand)]
pub(super) enum ActAction {
    /// Say that the person is better protected now; a lower level changes nothing
    #[command(after_help = example!("raise CASE-ID --level PROTECTED_REGISTRATION"))]
    Raise {
        /// The case
        id: Identifier,
        /// The level
        #[arg(long, value_parser = parser::<ProtectionLevel>())]
        level: ProtectionLevel,
    },
    /// Say which rule of secrecy was examined; nothing is disclosed without
    #[command(after_help = example!("examine CASE-ID --secrecy-basis OSL_21_3"))]
    Examine {
        /// The case
        id: Identifier,
        /// The rule
        #[arg(long, value_parser = parser::<SecrecyBasis>())]
        secrecy_basis: SecrecyBasis,
    },
    /// Ask the members that are not excluded, without anybody learning who asks; at the origin
    #[command(after_help = example!("enquire CASE-ID --until 2026-12-31"))]
    Enquire {
        /// The case
        id: Identifier,
        /// When offers are taken no more
        #[arg(long, value_name = "WHEN", value_parser = when::parse)]
        until: Timestamp,
    },
    /// Say which offer the person chooses; at the origin
    #[command(after_help = example!("select CASE-ID --offer 1"))]
    Select {
        /// The case
        id: Identifier,
        /// The offer's number in "brygga relocation show"
        #[arg(long, value_name = "NUMBER", value_parser = number)]
        offer: u32,
    },
    /// Record that an officer of the chosen municipality was called back; at the origin
    #[command(after_help = example!("call-back CASE-ID --spoke-with-file svarade.txt"))]
    CallBack {
        /// The case
        id: Identifier,
        /// Text file with one line, who answered; "-" for standard input
        #[arg(long, value_name = "FILE")]
        spoke_with_file: PathBuf,
    },
    /// Write what is to be told; another officer releases it; at the origin
    #[command(after_help = example!("prepare CASE-ID --content-file personen.txt"))]
    Prepare {
        /// The case
        id: Identifier,
        /// Text file with who the person is, at most 4,000 bytes; "-" for standard input
        #[arg(long, value_name = "FILE")]
        content_file: PathBuf,
    },
    /// Tell what another officer has prepared; it cannot be taken back; at the origin
    #[command(after_help = example!("release CASE-ID"))]
    Release {
        /// The case
        id: Identifier,
    },
    /// Open what has arrived: the first officer gives a share, the second reads; at the destination
    #[command(after_help = example!("open-disclosure CASE-ID"))]
    OpenDisclosure {
        /// The case
        id: Identifier,
    },
    /// Take a position, at once (SoL 29:10); at the destination
    #[command(after_help = example!("position CASE-ID --position REFUSED --refusal NO_PLACE"))]
    Position {
        /// The case
        id: Identifier,
        /// The position
        #[arg(long, value_parser = parser::<RelocationPosition>())]
        position: RelocationPosition,
        /// Why it is refused; with REFUSED only
        #[arg(long, value_parser = parser::<RefusalCode>())]
        refusal: Option<RefusalCode>,
    },
    /// Send the other side a note for the investigation; either side, once it is opened
    #[command(after_help = example!("assist CASE-ID --text-file underlag.txt"))]
    Assist {
        /// The case
        id: Identifier,
        /// Text file with what is asked or told, at most 2,000 bytes; "-" for standard input
        #[arg(long, value_name = "FILE")]
        text_file: PathBuf,
    },
    /// Say that something is handed over; at the origin
    #[command(after_help = example!("hand-over CASE-ID --item SAFETY_PLAN"))]
    HandOver {
        /// The case
        id: Identifier,
        /// What
        #[arg(long, value_parser = parser::<HandoverItem>())]
        item: HandoverItem,
    },
    /// Say that something handed over has come; at the destination
    #[command(after_help = example!("receive CASE-ID --item SAFETY_PLAN"))]
    Receive {
        /// The case
        id: Identifier,
        /// What
        #[arg(long, value_parser = parser::<HandoverItem>())]
        item: HandoverItem,
    },
    /// Say that the person has come; at the destination
    #[command(after_help = example!("moved CASE-ID"))]
    Moved {
        /// The case
        id: Identifier,
    },
    /// Say that both have followed up how it went; at the destination
    #[command(after_help = example!("follow-up CASE-ID"))]
    FollowUp {
        /// The case
        id: Identifier,
    },
    /// Close a case at both ends; at the destination
    #[command(after_help = example!("close CASE-ID"))]
    Close {
        /// The case
        id: Identifier,
    },
    /// Apply to IVO, after a refused transfer or a month without a position (SoL 29:11); at the origin
    #[command(after_help = example!("escalate CASE-ID"))]
    Escalate {
        /// The case
        id: Identifier,
    },
    /// Record when IVO's decision came; it can be appealed for three weeks (FL 44 §); at the origin
    #[command(after_help = example!("decision-came CASE-ID --at 2026-12-31"))]
    DecisionCame {
        /// The case
        id: Identifier,
        /// When it came
        #[arg(long, value_name = "WHEN", value_parser = when::parse)]
        at: Timestamp,
    },
    /// Record IVO's decision once it is final; at the origin, and at a destination that takes over
    #[command(after_help = example!("decision CASE-ID --outcome MOVES"))]
    Decision {
        /// The case
        id: Identifier,
        /// Whether the other municipality takes over
        #[arg(long, value_parser = parser::<TransferOutcome>())]
        outcome: TransferOutcome,
    },
    /// Review a decision to withhold insight, six months after the last time (lag 2024:79 5:4)
    #[command(after_help = example!("review-withheld CASE-ID --number 1 --outcome GOES_ON"))]
    ReviewWithheld {
        /// The case
        id: Identifier,
        /// The decision's number in "brygga relocation show"
        #[arg(long, value_name = "NUMBER", value_parser = number)]
        number: u32,
        /// What the review has decided
        #[arg(long, value_parser = parser::<WithheldReview>())]
        outcome: WithheldReview,
    },
    /// End a case, from every state and without a reason
    #[command(after_help = example!("end CASE-ID --how ABORTED"))]
    End {
        /// The case
        id: Identifier,
        /// Whether the person does not want it any more, or it is not safe
        #[arg(long, value_parser = parser::<RelocationEnd>())]
        how: RelocationEnd,
    },
}

impl ActAction {
    /// The request, with the texts read.
    ///
    /// # Errors
    /// For a file that cannot be read, or standard input that is asked for twice.
    pub(super) fn request(
        &self,
        proof: Option<OfficerProof>,
        stdin_taken: bool,
    ) -> Result<ActOnRelocationRequest, Failure> {
        let relocation_id = self.id().to_bytes();
        let act = Some(self.act(stdin_taken)?);
        Ok(ActOnRelocationRequest { proof, relocation_id, act })
    }

    const fn id(&self) -> Identifier {
        match self {
            Self::Raise { id, .. }
            | Self::Examine { id, .. }
            | Self::Enquire { id, .. }
            | Self::Select { id, .. }
            | Self::CallBack { id, .. }
            | Self::Prepare { id, .. }
            | Self::Release { id }
            | Self::OpenDisclosure { id }
            | Self::Position { id, .. }
            | Self::Assist { id, .. }
            | Self::HandOver { id, .. }
            | Self::Receive { id, .. }
            | Self::Moved { id }
            | Self::FollowUp { id }
            | Self::Close { id }
            | Self::Escalate { id }
            | Self::DecisionCame { id, .. }
            | Self::Decision { id, .. }
            | Self::ReviewWithheld { id, .. }
            | Self::End { id, .. } => *id,
        }
    }

    fn act(&self, stdin_taken: bool) -> Result<Act, Failure> {
        Ok(match self {
            Self::Raise { level, .. } => Act::Raise((*level).into()),
            Self::Examine { secrecy_basis, .. } => Act::Examine((*secrecy_basis).into()),
            Self::Enquire { until, .. } => {
                Act::Enquire(proto::SendEnquiry { until: Some(when::to_proto(*until)) })
            }
            Self::Select { offer, .. } => Act::Select(offer - 1),
            Self::CallBack { spoke_with_file, .. } => {
                let spoke_with = private_text(spoke_with_file, stdin_taken)?.trim().to_owned();
                Act::CallBack(proto::RecordCallBack { spoke_with })
            }
            Self::Prepare { content_file, .. } => {
                let content = private_text(content_file, stdin_taken)?;
                Act::Prepare(proto::PrepareDisclosure { content })
            }
            Self::Release { .. } => Act::Release(proto::ReleaseDisclosure {}),
            Self::OpenDisclosure { .. } => Act::Open(proto::OpenDisclosure {}),
            Self::Position { position, refusal, .. } => {
                let (position, refusal) = ((*position).into(), refusal.unwrap_or_default().into());
                Act::TakePosition(proto::TakePosition { position, refusal })
            }
            Self::Assist { text_file, .. } => {
                let text = private_text(text_file, stdin_taken)?;
                Act::Assist(proto::SendAssistance { text })
            }
            Self::HandOver { item, .. } => Act::HandOver((*item).into()),
            Self::Receive { item, .. } => Act::Receive((*item).into()),
            Self::Moved { .. } => Act::Move(proto::RecordMove {}),
            Self::FollowUp { .. } => Act::FollowUp(proto::RecordFollowUp {}),
            Self::Close { .. } => Act::Close(proto::CloseRelocation {}),
            Self::Escalate { .. } => Act::Escalate(proto::EscalateRelocation {}),
            Self::DecisionCame { at, .. } => {
                Act::ReceiveDecision(proto::ReceiveIvoDecision { at: Some(when::to_proto(*at)) })
            }
            Self::Decision { outcome, .. } => Act::NoteDecision((*outcome).into()),
            Self::ReviewWithheld { number, outcome, .. } => {
                let (place, review) = (number - 1, (*outcome).into());
                Act::ReviewWithheld(proto::ReviewWithheld { place, review })
            }
            Self::End { how, .. } => Act::End((*how).into()),
        })
    }
}

/// Reads a text about somebody. Standard input holds one thing only.
///
/// # Errors
/// Where the file cannot be read, or the passphrase has taken standard input.
pub(super) fn private_text(file: &Path, stdin_taken: bool) -> Result<String, Failure> {
    if stdin_taken && file == Path::new("-") {
        let what = "standard input cannot be both the passphrase and a text";
        return Err(Failure::usage("STANDARD_INPUT_TWICE", what).fix("name a file for one of them"));
    }
    read_text(file)
}

/// A number in a list that is shown, which begins at 1.
fn number(text: &str) -> Result<u32, Complaint> {
    text.parse().ok().filter(|number| *number > 0).ok_or(Complaint::ValueForm)
}

#[cfg(test)]
mod tests;
