//! `brygga registry`: who is who in the federation, and how that changes.

mod admit;
mod contact_point;
mod desk;
mod invite;
mod rotation;
mod show;
mod sign;

use std::path::PathBuf;

use brygga_domain::OrgId;
use brygga_identity::join;
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use desk::{Desk, IssueArgs};

/// Show and change the signed list of members
#[derive(Args)]
pub(crate) struct RegistryArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Show(show::ShowArgs),
    Invite(invite::InviteArgs),
    Admit(admit::AdmitArgs),
    Sign(sign::SignArgs),
    Install(sign::InstallArgs),
    Revoke(RevokeArgs),
    Renew(RenewArgs),
    #[command(subcommand)]
    ContactPoint(contact_point::ContactPointAction),
    RequestRotation(rotation::RequestArgs),
    Rotate(rotation::RotateArgs),
    ActivateRotation(rotation::ActivateArgs),
}

/// Exclude a member: its keys are refused as soon as a node holds the new registry
///
/// For the operator. What the member signed before still verifies as history.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry revoke --org kommun:0881 --out registry.json")]
struct RevokeArgs {
    /// The organisation to exclude
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    #[command(flatten)]
    issue: IssueArgs,
}

/// Sign the same members again with a later expiry
///
/// For the operator. Past its expiry a registry gives no new trust, and seven days later none.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry renew --valid-days 90 --out registry.json")]
struct RenewArgs {
    #[command(flatten)]
    issue: IssueArgs,
}

impl RegistryArgs {
    pub(crate) fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let desk = Desk::open(at)?;
        match &self.action {
            Action::Show(args) => args.run(&desk),
            Action::Invite(args) => args.run(&desk),
            Action::Admit(args) => args.run(&desk),
            Action::Sign(args) => args.run(&desk),
            Action::Install(args) => args.run(&desk),
            Action::Revoke(args) => args.run(&desk),
            Action::Renew(args) => args.run(&desk),
            Action::ContactPoint(action) => action.run(&desk),
            Action::RequestRotation(args) => args.run(&desk, at),
            Action::Rotate(args) => args.run(&desk),
            Action::ActivateRotation(args) => args.run(&desk, at),
        }
    }
}

impl RevokeArgs {
    fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let held = desk.registry()?;
        let issuance = self.issue.issuance(desk.now);
        let draft = join::revoke(held.registry(), &self.org, desk.now, issuance)?;
        let published = desk.publish(draft, self.issue.out())?;
        Ok(published.answer(&format!("{} is excluded", self.org)))
    }
}

impl RenewArgs {
    fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let held = desk.registry()?;
        let draft = join::renew(held.registry(), self.issue.issuance(desk.now))?;
        Ok(desk.publish(draft, self.issue.out())?.answer("The registry is renewed"))
    }
}

/// Where a file of the operator's desk lies: beside the registry.
fn beside_registry(desk: &Desk, name: &str) -> PathBuf {
    desk.settings.registry.file.with_file_name(name)
}
