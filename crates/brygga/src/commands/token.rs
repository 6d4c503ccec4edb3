//! `brygga token`: a staff token of the development issuer.

use std::path::PathBuf;

use brygga_domain::{Seconds, UnitId};
use brygga_identity::roles::Role;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Invocation;
use crate::client::{StaffToken, development_token, thumbprint};
use crate::failure::Failure;
use crate::output::Answer;
use crate::wire_code::domain_parser;

/// Mint staff tokens; only where the node has a development issuer
#[derive(Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print a token for invented staff; refused in production
    #[command(
        after_help = "Example:\n  BRYGGA_TOKEN=$(brygga token mint --role CASE_WORKER \\\n      \
        --unit mobila-teamet)"
    )]
    Mint(MintArgs),
}

#[derive(Args)]
struct MintArgs {
    /// Role of the caller; may be repeated
    #[arg(long = "role", value_name = "ROLE", required = true)]
    #[arg(value_parser = domain_parser(Role::ALL, Role::as_str))]
    roles: Vec<Role>,
    /// Unit that the caller works in; may be repeated
    #[arg(long = "unit", value_name = "UNIT")]
    units: Vec<UnitId>,
    /// Minutes until it expires
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
    minutes: u8,
    /// Bind it to the client certificate in this file (PEM): good over a connection with it only
    #[arg(long, value_name = "CERTIFICATE")]
    bind: Option<PathBuf>,
}

impl TokenArgs {
    pub(crate) fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let Action::Mint(args) = &self.action;
        let settings = at.node.settings()?;
        let lifetime = Seconds(i64::from(args.minutes) * 60);
        let bound_to = args.bind.as_deref().map(thumbprint).transpose()?;
        let wanted = StaffToken { roles: &args.roles, units: &args.units, lifetime, bound_to };
        let token = development_token(&settings, &wanted, at.now)?;
        Ok(Answer::new(json!({"token": token, "expires_in_seconds": lifetime.0})).line(token))
    }
}
