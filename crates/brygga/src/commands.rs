//! Every command of the binary, one file for each noun.

mod access;
mod affirmation;
mod aggregate;
mod agreement;
mod audit;
mod backup;
pub(crate) mod bench;
mod call;
mod capacity;
mod completion;
mod config;
mod consent;
mod demo;
mod doctor;
mod hold;
mod init;
mod join;
mod keys;
mod migrate;
mod node;
mod notice;
mod offer;
mod officer;
mod outbox;
pub(crate) mod referral;
mod register;
mod registry;
mod relocation;
mod responsibility;
mod retention;
mod serve;
mod signal;
mod token;
mod transfer;

use clap::Subcommand;
use tokio::runtime::Runtime;

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
    Serve(serve::ServeArgs),
    Doctor(doctor::DoctorArgs),
    Migrate(migrate::MigrateArgs),
    Backup(backup::BackupArgs),
    Keys(keys::KeysArgs),
    Token(token::TokenArgs),
    Agreement(agreement::AgreementArgs),
    Aggregate(aggregate::AggregateArgs),
    Consent(consent::ConsentArgs),
    Referral(Box<referral::ReferralArgs>),
    Offer(offer::OfferArgs),
    Capacity(Box<capacity::CapacityArgs>),
    Hold(hold::HoldArgs),
    Call(call::CallArgs),
    Officer(officer::OfficerArgs),
    Relocation(Box<relocation::RelocationArgs>),
    Responsibility(Box<responsibility::ResponsibilityArgs>),
    Transfer(Box<transfer::TransferArgs>),
    Notice(notice::NoticeArgs),
    Signal(signal::SignalArgs),
    Outbox(outbox::OutboxArgs),
    Access(access::AccessArgs),
    Register(register::RegisterArgs),
    Retention(retention::RetentionArgs),
    Node(node::NodeArgs),
    Audit(audit::AuditArgs),
    Demo(demo::DemoArgs),
    Bench(bench::BenchArgs),
    #[command(hide = true)]
    BenchFloorServe(bench::FloorServeArgs),
    #[command(hide = true)]
    BenchPolicyMeasure(bench::PolicyMeasureArgs),
    Completion(completion::CompletionArgs),
}

/// The threads that a command runs on.
pub(crate) fn runtime(cli: &Cli) -> std::io::Result<Runtime> {
    match cli.command {
        Command::Serve(_) => serve::runtime(&cli.invocation()),
        _ => Runtime::new(),
    }
}

/// Runs one command.
pub(crate) async fn run(cli: Cli) -> Result<Answer, Failure> {
    let at: Invocation = cli.invocation();
    match cli.command {
        Command::Init(args) => args.run(&at),
        Command::Join(args) => args.run(&at),
        Command::Registry(args) => args.run(&at),
        Command::Config(args) => args.run(&at),
        Command::Serve(args) => args.run(&at).await,
        Command::Doctor(args) => args.run(&at).await,
        Command::Migrate(args) => args.run(&at).await,
        Command::Backup(args) => args.run(&at).await,
        Command::Keys(args) => args.run(&at).await,
        Command::Token(args) => args.run(&at),
        Command::Agreement(args) => args.run(&at).await,
        Command::Aggregate(args) => args.run(&at).await,
        Command::Consent(args) => args.run(&at).await,
        Command::Referral(args) => args.run(&at).await,
        Command::Offer(args) => args.run(&at).await,
        Command::Capacity(args) => args.run(&at).await,
        Command::Hold(args) => args.run(&at).await,
        Command::Call(args) => args.run(&at).await,
        Command::Officer(args) => args.run(&at).await,
        Command::Relocation(args) => args.run(&at).await,
        Command::Responsibility(args) => args.run(&at).await,
        Command::Transfer(args) => args.run(&at).await,
        Command::Notice(args) => args.run(&at).await,
        Command::Signal(args) => args.run(&at).await,
        Command::Outbox(args) => args.run(&at).await,
        Command::Access(args) => args.run(&at).await,
        Command::Register(args) => args.run(&at).await,
        Command::Retention(args) => args.run(&at).await,
        Command::Node(args) => args.run(&at).await,
        Command::Audit(args) => args.run(&at).await,
        Command::Demo(args) => args.run(&at).await,
        Command::Bench(args) => args.run().await,
        Command::BenchFloorServe(args) => args.run(&at).await,
        Command::BenchPolicyMeasure(args) => args.run().await,
        Command::Completion(args) => Ok(args.run(&at)),
    }
}
