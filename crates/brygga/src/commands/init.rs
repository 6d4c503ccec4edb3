//! `brygga init`: the first node of a new federation.

use brygga_crypto::SystemRandom;
use brygga_domain::{OrgId, Seconds};
use brygga_identity::keys::generate_operator;
use brygga_identity::registry::{Registry, RegistryFile, SignedRegistry, TrustAnchor};
use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::founding::{MadeNode, NodeArgs, write_new};
use crate::output::Answer;

/// Make a node and found a federation with it as operator
///
/// Makes keys, certificate, settings and the first signed registry, in which the node is the
/// only member. To become a member of a federation that exists, use `brygga join` instead.
/// Nothing that exists is overwritten.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga init --dir kalmar --org kommun:0880 \\\n      \
    --name 'Kalmar kommun' --federation kalmar.example --address brygga.kalmar.example:8443")]
pub(crate) struct InitArgs {
    /// The organisation: kommun:CODE, org:NUMBER or demo:NAME
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    /// Name of the new federation, such as kalmar.example
    #[arg(long, value_name = "NAME")]
    federation: String,
    /// Days until the first registry expires
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=365))]
    valid_days: u16,
    #[command(flatten)]
    node: NodeArgs,
}

impl InitArgs {
    pub(crate) fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let made = self.node.make(&at.node, &self.org, &self.federation, at.now)?;
        let anchor = self.found(&made, at)?;
        let dir = at.node.path().display().to_string();
        let answer = Answer::new(json!({
            "directory": dir,
            "organisation": self.org.as_str(),
            "federation": self.federation,
            "registry_sequence": 1,
            "anchor_fingerprint": anchor.fingerprint().to_string(),
        }));
        Ok(answer
            .line(format!("{} founded the federation {} in {dir}", self.org, self.federation))
            .line(format!("Trust anchor, for the telephone: {}", anchor.fingerprint()))
            .line("Next:")
            .line(format!("  brygga doctor --dir {dir}"))
            .line(format!("  brygga registry invite --dir {dir} --org ORG --out invite")))
    }

    fn found(&self, made: &MadeNode, at: &Invocation) -> Result<TrustAnchor, Failure> {
        let settings = &made.settings;
        let operator = generate_operator(&settings.keys.directory, &mut SystemRandom)?;
        let anchor = TrustAnchor::new(&self.federation, &[operator.public()], 1)?;
        write_new(&settings.registry.operators_file, &anchor.to_json())?;
        let registry = Registry {
            federation: self.federation.clone(),
            sequence: 1,
            issued_at: at.now,
            expires_at: at.now.plus(Seconds::days(i64::from(self.valid_days))),
            members: [(self.org.clone(), made.member.clone())].into(),
        };
        let signed = SignedRegistry::unsigned(registry.encode())?.sign(&operator)?;
        let verified = signed.verify(&anchor)?;
        let file = RegistryFile::new(&settings.registry.file);
        file.save(&verified).map_err(|error| Failure::file(file.path(), &error))?;
        Ok(anchor)
    }
}
