//! `brygga registry admit`: the operator takes a newcomer in.

use std::path::PathBuf;
use std::str::FromStr;

use brygga_identity::join::{self, InviteBook, JoinRequest};
use brygga_identity::registry::TrustMark;
use clap::Args;

use super::beside_registry;
use super::desk::{Desk, IssueArgs};
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;

/// Admit an organisation that answered an invite
///
/// For the operator. The request must be signed by the newcomer's own key and carry the code of
/// an invite that is unused, in time and for the same organisation.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry admit --request join-request \\\n      \
    --trust-mark ivo-permit-protected-housing=2024-1234/12 --out registry.json")]
pub(super) struct AdmitArgs {
    /// The newcomer's join-request; - for standard input
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// A fact that the operators attest; may be repeated
    #[arg(long = "trust-mark", value_name = "TYPE=REFERENCE")]
    trust_marks: Vec<Attested>,
    #[command(flatten)]
    issue: IssueArgs,
}

/// A trust mark on the command line.
#[derive(Clone)]
struct Attested(TrustMark);

impl FromStr for Attested {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mark, reference) = text.split_once('=').ok_or("expected TYPE=REFERENCE")?;
        let (mark, reference) = (mark.to_owned(), reference.to_owned());
        Ok(Self(TrustMark { mark, reference, valid_until: None }))
    }
}

impl AdmitArgs {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        desk.operator()?;
        let request = JoinRequest::parse(&read_text(&self.request)?)?;
        let path = beside_registry(desk, "invites.json");
        let mut book = InviteBook::load(&path)?;
        let accepted = book.redeem(&request, desk.trust.anchor().federation(), desk.now)?;
        let (member, held) = (accepted.member().clone(), desk.registry()?);
        let marks = self.trust_marks.iter().map(|mark| mark.0.clone()).collect();
        let issuance = self.issue.issuance(desk.now);
        let draft = join::admit(held.registry(), accepted, marks, issuance)?;
        let published = desk.publish(draft, self.issue.out())?;
        // After the registry: if the power fails in between, admitting twice is refused there.
        book.save(&path)?;
        let what = format!("{} ({}) is admitted", member.organisation, member.name);
        Ok(published.answer(&what))
    }
}
