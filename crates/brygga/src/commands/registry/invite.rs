//! `brygga registry invite`: the operator hands a newcomer whom to trust and the right to ask once.

use std::path::PathBuf;

use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, Seconds};
use brygga_identity::join::{Invite, InviteBook};
use brygga_identity::keys::write_private;
use clap::Args;
use serde_json::json;

use super::beside_registry;
use super::desk::Desk;
use crate::failure::Failure;
use crate::output::Answer;
use crate::when;

/// Invite an organisation to join
///
/// For the operator. Hand the invite over outside Brygga and keep it secret until it is used:
/// whoever holds it can ask to join as that organisation.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry invite --org kommun:0881 --out invite")]
pub(super) struct InviteArgs {
    /// The organisation that is invited
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    /// Days until the invite expires
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=90))]
    days: u8,
    /// Write the invite to this new file (mode 0600) instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl InviteArgs {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        // Only who can admit may invite.
        desk.operator()?;
        let registry = desk.registry()?;
        if registry.registry().members.contains_key(&self.org) {
            return Err(Failure::refused("REGISTRY_ALREADY_MEMBER", "it is a member already")
                .at(self.org.as_str()));
        }
        let expires_at = desk.now.plus(Seconds::days(i64::from(self.days)));
        let anchor = desk.trust.anchor().clone();
        let invite = Invite::new(
            anchor,
            (*registry).clone(),
            self.org.clone(),
            expires_at,
            &mut SystemRandom,
        );
        let path = beside_registry(desk, "invites.json");
        let mut book = InviteBook::load(&path)?;
        book.add(&invite);
        book.save(&path)?;
        let (text, expires) = (invite.to_text(), when::swedish(expires_at));
        let value = json!({
            "organisation": self.org.as_str(),
            "expires_at": when::rfc3339(expires_at),
            "file": self.out.as_ref().map(|path| path.display().to_string()),
            "invite": if self.out.is_none() { Some(text.as_str()) } else { None },
        });
        match &self.out {
            None => Ok(Answer::new(value).line(text.as_str())),
            Some(path) => {
                write_private(path, format!("{}\n", text.as_str()).as_bytes())?;
                let path = path.display();
                Ok(Answer::new(value)
                    .line(format!("Invite for {} in {path}, good until {expires}", self.org))
                    .line(format!("  the newcomer: brygga join --invite {path} --name NAME --address HOST:PORT")))
            }
        }
    }
}
