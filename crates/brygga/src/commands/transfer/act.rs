//! What one of the two municipalities does about a transfer.

use std::path::PathBuf;

use brygga_proto::local::v1::act_on_transfer_request::Act;
use brygga_proto::local::v1::{
    ActOnTransferRequest, AnswerTransfer, AppealIvoDecision, ApplyToIvo, HandOverCase,
    RecordFinality, RecordIvoDecision, WithdrawTransfer,
};
use brygga_proto::transfer::v1::{TransferOutcome, TransferPosition};
use clap::Args;

use super::{Service, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::IdentifierOrEnding;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::wire_code;

/// Take a position on another municipality's request, with the reasons (SoL 29:10: at once)
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga transfer answer 0f8e2c61 --position AGREE --words-file svar.txt"
)]
pub(super) struct AnswerArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// The position
    #[arg(long, value_name = "POSITION", value_parser = wire_code::parser::<TransferPosition>())]
    position: TransferPosition,
    /// Text file with the reasons; - for standard input. Sealed to the other municipality
    #[arg(long, value_name = "FILE")]
    words_file: PathBuf,
}

/// Record that an own request has been taken to IVO, after a refusal or a month without an answer
#[derive(Args)]
#[command(after_help = "Example:\n  brygga transfer ivo 0f8e2c61 --on 2026-03-11")]
pub(super) struct DayArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// On which day
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: String,
}

/// Record what IVO has decided
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga transfer decided 0f8e2c61 --on 2026-05-29 --outcome MOVES"
)]
pub(super) struct OutcomeArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// Day of the decision
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: String,
    /// What was decided
    #[arg(long, value_name = "OUTCOME", value_parser = wire_code::parser::<TransferOutcome>())]
    outcome: TransferOutcome,
}

/// Record that this municipality has appealed IVO's decision, within three weeks from its day
#[derive(Args)]
#[command(after_help = "Example:\n  brygga transfer appeal 0f8e2c61 --on 2026-06-17")]
pub(super) struct AppealArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// On which day
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: String,
}

/// Record since when the decision, or the court's after an appeal, has laga kraft
///
/// IVO tells nobody: ask the administrative court whether anybody has appealed, and record the day that it names.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga transfer final 0f8e2c61 --on 2026-06-23 --outcome MOVES"
)]
pub(super) struct FinalArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// Since which day
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: String,
    /// What holds
    #[arg(long, value_name = "OUTCOME", value_parser = wire_code::parser::<TransferOutcome>())]
    outcome: TransferOutcome,
}

/// Hand the case over: after this the other municipality is responsible
#[derive(Args)]
#[command(after_help = "Example:\n  brygga transfer handover 0f8e2c61 --words-file overlamnat.txt")]
pub(super) struct HandoverArgs {
    /// The transfer, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// Text file that says what is handed over; - for standard input. Sealed to the other municipality
    #[arg(long, value_name = "FILE")]
    words_file: PathBuf,
}

impl AnswerArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let words = read_text(&self.words_file)?;
        let position = self.position.into();
        act(to, &self.id, Act::Answer(AnswerTransfer { position, words }), at).await
    }
}

impl DayArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        act(to, &self.id, Act::Apply(ApplyToIvo { on: self.on.clone() }), at).await
    }
}

impl OutcomeArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let decided = RecordIvoDecision { on: self.on.clone(), outcome: self.outcome.into() };
        act(to, &self.id, Act::Decide(decided), at).await
    }
}

impl AppealArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        act(to, &self.id, Act::Appeal(AppealIvoDecision { on: self.on.clone() }), at).await
    }
}

impl FinalArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let finalised = RecordFinality { on: self.on.clone(), outcome: self.outcome.into() };
        act(to, &self.id, Act::Finalise(finalised), at).await
    }
}

impl HandoverArgs {
    pub(super) async fn run(&self, to: &mut Service, at: &Invocation) -> Result<Answer, Failure> {
        let words = read_text(&self.words_file)?;
        act(to, &self.id, Act::HandOver(HandOverCase { words }), at).await
    }
}

pub(super) async fn withdraw(
    to: &mut Service,
    id: &IdentifierOrEnding,
    at: &Invocation,
) -> Result<Answer, Failure> {
    act(to, id, Act::Withdraw(WithdrawTransfer {}), at).await
}

async fn act(
    service: &mut Service,
    id: &IdentifierOrEnding,
    act: Act,
    at: &Invocation,
) -> Result<Answer, Failure> {
    let transfer_id = find(service, id).await?;
    let request = ActOnTransferRequest { transfer_id, act: Some(act) };
    let response = service.act_on_transfer(request).await;
    let transfer = response.map_err(|status| refused(&status))?.into_inner().transfer;
    Ok(shown::bare(&transfer.unwrap_or_default(), at.language))
}
