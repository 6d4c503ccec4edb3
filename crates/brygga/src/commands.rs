//! Every command of the binary, one file for each noun.

mod agreement;
mod audit;
mod completion;
mod config;
mod consent;
mod doctor;
mod init;
mod join;
mod migrate;
mod node;
mod outbox;
mod referral;
mod registry;
mod token;

use clap::Subcommand;

use crate::cli::{Cli, Invocation};
use crate::failure::Failure;
use crate::output::Answer;

/// What can be asked of the binary.
#[derive(Subcommand)]
pub(crate) enum Command {
    Init(init::InitArgs),
    Join(join::JoinArgs),
    Registry(registry::RegistryArgs),
    Config(config::ConfigArgs),
    Doctor(doctor::DoctorArgs),
    Migrate(migrate::MigrateArgs),
    Token(token::TokenArgs),
    Agreement(agreement::AgreementArgs),
    Consent(consent::ConsentArgs),
    Referral(Box<referral::ReferralArgs>),
    Outbox(outbox::OutboxArgs),
    Node(node::NodeArgs),
    Audit(audit::AuditArgs),
    Completion(completion::CompletionArgs),
}

/// Runs one command.
pub(crate) async fn run(cli: Cli) -> Result<Answer, Failure> {
    let at: Invocation = cli.invocation();
    match cli.command {
        Command::Init(args) => args.run(&at),
        Command::Join(args) => args.run(&at),
        Command::Registry(args) => args.run(&at),
        Command::Config(args) => args.run(&at),
        Command::Doctor(args) => args.run(&at).await,
        Command::Migrate(args) => args.run(&at).await,
        Command::Token(args) => args.run(&at),
        Command::Agreement(args) => args.run(&at).await,
        Command::Consent(args) => args.run(&at).await,
        Command::Referral(args) => args.run(&at).await,
        Command::Outbox(args) => args.run(&at).await,
        Command::Node(args) => args.run(&at).await,
        Command::Audit(args) => args.run(&at).await,
        Command::Completion(args) => Ok(args.run()),
    }
}
