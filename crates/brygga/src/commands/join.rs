//! `brygga join`: a new node that asks to become a member of a federation.

use std::path::PathBuf;

use brygga_domain::OrgId;
use brygga_identity::join::{Invite, JoinRequest};
use brygga_identity::keys::write_private;
use brygga_identity::registry::RegistryFile;
use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::founding::{NodeArgs, write_new};
use crate::node_dir::read_text;
use crate::output::Answer;

/// Make a node and ask to join a federation, with an invite from its operator
///
/// Makes keys, certificate and settings, takes trust anchor and registry from the invite, and
/// writes the file `join-request` for the operator. Compare the anchor's fingerprint with the
/// operator by telephone. Nothing that exists is overwritten.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga join --dir nybro --invite invite \\\n      \
    --name 'Nybro kommun' --unit mobila-teamet --address brygga.nybro.example:8443")]
pub(crate) struct JoinArgs {
    /// The file with the invite; - for standard input
    #[arg(long, value_name = "FILE")]
    invite: PathBuf,
    /// The organisation, to be sure that the invite is for it
    #[arg(long, value_name = "ORG")]
    org: Option<OrgId>,
    #[command(flatten)]
    node: NodeArgs,
}

impl JoinArgs {
    pub(crate) fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let invite = Invite::parse(&read_text(&self.invite)?, at.now)?;
        let organisation = invite.organisation();
        if self.org.as_ref().is_some_and(|org| org != organisation) {
            return Err(Failure::refused(
                "INVITE_OTHER_ORGANISATION",
                format!("the invite is for {organisation}"),
            ));
        }
        let anchor = invite.anchor();
        let made = self.node.make(&at.node, organisation, anchor.federation(), at.now)?;
        let settings = &made.settings;
        write_new(&settings.registry.operators_file, &anchor.to_json())?;
        let file = RegistryFile::new(&settings.registry.file);
        file.save(invite.registry()).map_err(|error| Failure::file(file.path(), &error))?;
        let request = JoinRequest::new(&invite, &made.member, made.keys.signing())?;
        let path = at.node.join("join-request");
        write_private(&path, format!("{}\n", request.to_text()).as_bytes())?;

        let (dir, path) = (at.node.path().display().to_string(), path.display().to_string());
        let answer = Answer::new(json!({
            "directory": dir,
            "organisation": organisation.as_str(),
            "federation": anchor.federation(),
            "join_request": path,
            "anchor_fingerprint": anchor.fingerprint().to_string(),
        }));
        Ok(answer
            .line(format!("{organisation} asks to join {} from {dir}", anchor.federation()))
            .line(format!("Trust anchor, compare by telephone: {}", anchor.fingerprint()))
            .line("Next:")
            .line(format!("  give {path} to the operator; it is as secret as the invite"))
            .line(
                "  the operator: brygga registry admit --request join-request --out registry.json",
            )
            .line(format!("  then here: brygga serve --dir {dir}; it fetches the newest registry")))
    }
}
