//! `brygga registry sign` and `install`: other operators' consent, and taking a registry into use.

use std::path::PathBuf;

use brygga_identity::registry::{RegistryError, SignedRegistry};
use clap::Args;
use serde_json::json;

use super::desk::Desk;
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;

/// Add this operator's signature to a change that waits for it
///
/// For the operators of a federation in which several must sign. Look at the change first:
/// `brygga registry show --file FILE`. With the last signature it is in force here.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry sign --file pending.json --out registry.json")]
pub(super) struct SignArgs {
    /// The pending registry; the signature is added to this file
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// When it is in force, also write it to this file, for other members
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Take a newer registry into use
///
/// It must be signed by enough operators of the trust anchor and be newer than the one in use.
/// A node that is running takes it up within seconds.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry install --file registry.json")]
pub(super) struct InstallArgs {
    /// The signed registry
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

impl SignArgs {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let operator = desk.operator()?;
        let anchor = desk.trust.anchor();
        let key_id = operator.public().key_id();
        if !anchor.operators().contains_key(&key_id) {
            return Err(Failure::refused(
                "NOT_AN_OPERATOR",
                format!("the operator key {key_id} is not in the trust anchor"),
            ));
        }
        let signed = SignedRegistry::from_json(read_text(&self.file)?.as_bytes())?;
        let registry = signed.registry().map_err(RegistryError::Document)?;
        if registry.federation != anchor.federation() {
            return Err(RegistryError::OtherFederation.into());
        }
        let held = desk.trust.verified().map_or(0, |held| held.registry().sequence);
        if registry.sequence <= held {
            let offered = registry.sequence;
            return Err(RegistryError::Rollback { held, offered }.into());
        }
        let signed = signed.sign(&operator)?;
        let published = desk.settle(signed, &self.file, self.out.as_deref())?;
        Ok(published.answer("Signed"))
    }
}

impl InstallArgs {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let signed = SignedRegistry::from_json(read_text(&self.file)?.as_bytes())?;
        let verified = signed.verify(desk.trust.anchor())?;
        let (sequence, members) = (verified.registry().sequence, verified.registry().members.len());
        desk.install(verified)?;
        let own = &desk.settings.node.organisation;
        let is_member = desk.trust.at(desk.now).member(own).is_ok();
        let value = json!({"sequence": sequence, "members": members, "is_member": is_member});
        let standing = if is_member { "is a member" } else { "is not a member" };
        Ok(Answer::new(value)
            .line(format!("Registry {sequence} with {members} members is in use"))
            .line(format!("{own} {standing}")))
    }
}
