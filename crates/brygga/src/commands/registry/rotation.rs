//! `brygga registry request-rotation`, `rotate` and `activate-rotation`: new keys without a gap.
//!
//! The member makes keys that wait, the operator lists them beside the old ones, and the member
//! takes them into use once every node can know them. The old ones end when the overlap does.

use std::fs;
use std::path::PathBuf;

use brygga_config::Settings;
use brygga_crypto::SystemRandom;
use brygga_domain::{Seconds, UnitId};
use brygga_identity::join::{self, KeyRotation};
use brygga_identity::keys::{
    self, NodeKeys, RotationError, RotationRequest, create_private_directory, next_directory,
    waiting_signing,
};
use brygga_identity::registry::{Member, NodeKey};
use brygga_identity::tls::NodeIdentity;
use clap::Args;
use serde_json::json;

use super::desk::{Desk, IssueArgs};
use crate::cli::Invocation;
use crate::failure::{Failure, chain};
use crate::founding::{make_certificate, write_new};
use crate::node_dir::read_text;
use crate::output::Answer;

const KEY_FILE: &str = "node-key.pem";
const CERTIFICATE_FILE: &str = "node-certificate.pem";

/// Make new keys of this node and a request to list them
///
/// The keys wait in keys/next. With --sealing, restart the node before the operator lists them,
/// so that it can open what others seal to them.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry request-rotation --tls --signing")]
pub(super) struct RequestArgs {
    /// A new certificate with a new TLS key
    #[arg(long)]
    tls: bool,
    /// A new signing key
    #[arg(long)]
    signing: bool,
    /// New sealing keys for the intake and every unit
    #[arg(long)]
    sealing: bool,
    /// Write the request to this new file
    #[arg(long, value_name = "FILE", default_value = "rotation-request")]
    out: PathBuf,
}

/// List a member's new keys beside its old ones; for the operator
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry rotate --request rotation-request \\\n      \
    --overlap-days 14 --out registry.json")]
pub(super) struct RotateArgs {
    /// The member's rotation-request; - for standard input
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Days until the old keys end
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=90))]
    overlap_days: u8,
    #[command(flatten)]
    issue: IssueArgs,
}

/// Take the waiting keys into use, once the registry in use lists them
///
/// Restart the node afterwards. Earlier sealing keys are kept: they still open old content.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry activate-rotation")]
pub(super) struct ActivateArgs {}

impl RequestArgs {
    pub(super) fn run(&self, desk: &Desk, at: &Invocation) -> Result<Answer, Failure> {
        if !(self.tls || self.signing || self.sealing) {
            return Err(Failure::usage("NOTHING_TO_ROTATE", "no keys are named")
                .fix("name some of --tls, --signing and --sealing"));
        }
        let dir = &desk.settings.keys.directory;
        let current = NodeKeys::load(dir)?;
        let own = own_entry(desk)?;
        create_private_directory(&next_directory(dir))?;
        let mut entry = Member {
            node_keys: Vec::new(),
            signing_keys: Vec::new(),
            sealing_keys: Vec::new(),
            trust_marks: Vec::new(),
            ..own.clone()
        };
        if self.tls {
            let node = &desk.settings.node;
            let next = next_directory(dir);
            let key = make_certificate(&next, &node.organisation, &node.federation, at.now)?;
            entry.node_keys.push(key);
        }
        if self.signing {
            entry.signing_keys.push(keys::generate_next_signing(dir, &mut SystemRandom)?);
        }
        if self.sealing {
            let entries = current.sealing_entries();
            let units: Vec<Option<UnitId>> = entries.into_iter().map(|entry| entry.unit).collect();
            for unit in units {
                let key = keys::generate_next_sealing(dir, unit.as_ref(), &mut SystemRandom)?;
                entry.sealing_keys.push(key);
            }
        }
        let request = RotationRequest::new(&entry, current.signing(), at.now);
        write_new(&self.out, &format!("{}\n", request.to_text()))?;
        let file = self.out.display().to_string();
        Ok(Answer::new(
            json!({"request": file, "waiting": next_directory(dir).display().to_string()}),
        )
        .line(format!("New keys wait in {}", next_directory(dir).display()))
        .line(format!("  the operator: brygga registry rotate --request {file}"))
        .line("  then here: brygga registry install, and brygga registry activate-rotation"))
    }
}

impl RotateArgs {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        desk.operator()?;
        let held = desk.registry()?;
        let request = RotationRequest::parse(&read_text(&self.request)?)?;
        let entry = request.prove(held.registry(), desk.now)?;
        let rotation = KeyRotation {
            node_keys: entry.node_keys,
            signing_keys: entry.signing_keys,
            sealing_keys: entry.sealing_keys,
            overlap_until: desk.now.plus(Seconds::days(i64::from(self.overlap_days))),
        };
        let issuance = self.issue.issuance(desk.now);
        let draft = join::rotate_keys(held.registry(), &entry.organisation, rotation, issuance)?;
        let published = desk.publish(draft, self.issue.out())?;
        Ok(published.answer(&format!("New keys of {} are listed", entry.organisation)))
    }
}

impl ActivateArgs {
    pub(super) fn run(&self, desk: &Desk, _at: &Invocation) -> Result<Answer, Failure> {
        let dir = &desk.settings.keys.directory;
        let next = next_directory(dir);
        let own = own_entry(desk)?;
        refuse_unlisted(&desk.settings, &own)?;
        let tls = &desk.settings.federation_listener.tls;
        keys::activate(dir)?;
        for (name, target) in [(KEY_FILE, &tls.key_file), (CERTIFICATE_FILE, &tls.certificate_file)]
        {
            let file = next.join(name);
            if file.exists() {
                fs::rename(&file, target).map_err(|error| Failure::file(&file, &error))?;
            }
        }
        Ok(Answer::new(json!({"activated": true}))
            .line("The new keys are in use from the next start of the node"))
    }
}

/// The node's own entry in the registry in use.
fn own_entry(desk: &Desk) -> Result<Member, Failure> {
    let own = &desk.settings.node.organisation;
    desk.trust.at(desk.now).member(own).cloned().map_err(|distrust| {
        Failure::refused("REGISTRY_NOT_MEMBER", distrust.to_string()).at(own.as_str())
    })
}

/// Refuses to use a key that other nodes would refuse.
fn refuse_unlisted(settings: &Settings, own: &Member) -> Result<(), Failure> {
    let dir = &settings.keys.directory;
    let next = next_directory(dir);
    let refused = |what: &str| {
        Failure::refused("KEY_NOT_LISTED", format!("the registry does not list the new {what}"))
            .fix("have the operator list it, then: brygga registry install --file FILE")
    };
    let mut waits = false;
    if let Some(key) = waiting_signing(dir)? {
        waits = true;
        if !own.signing_keys.iter().any(|entry| entry.key == key.public()) {
            return Err(refused("signing key"));
        }
    }
    let certificate = next.join(CERTIFICATE_FILE);
    if certificate.exists() {
        waits = true;
        let identity = NodeIdentity::load(&certificate, &next.join(KEY_FILE))
            .map_err(|error| Failure::other("CERTIFICATE_UNUSABLE", chain(&error)))?;
        let lists = |key: &NodeKey| key.pin == identity.pin();
        if !own.node_keys.iter().any(lists) {
            return Err(refused("TLS key"));
        }
    }
    let keys = NodeKeys::load(dir)?;
    for key in keys.waiting_sealing_entries() {
        waits = true;
        if !own.sealing_keys.iter().any(|entry| entry.key == key.key) {
            return Err(refused("sealing key"));
        }
    }
    if waits {
        Ok(())
    } else {
        Err(Failure::usage("NOTHING_TO_ROTATE", "no keys wait in keys/next"))
    }
}

impl From<RotationError> for Failure {
    fn from(error: RotationError) -> Self {
        Self::refused(error.code(), chain(&error))
    }
}
