//! `brygga referral reroute`.

use brygga_proto::local::v1::RerouteReferralRequest;
use clap::Args;

use super::{Service, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::commands::affirmation::AffirmationArgs;
use crate::commands::consent::Recipient;
use crate::failure::Failure;
use crate::identifier::{Identifier, IdentifierOrEnding};
use crate::output::Answer;
use crate::text::Text;

/// Ask somebody else with the same content, after a decline, an expiry or a failure; at the sender
///
/// The consent must cover the new recipient; name another one where it does not.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga referral reroute 0f8e2c61 --to kommun:0885")]
pub(super) struct RerouteArgs {
    /// The earlier referral, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// Whom to ask
    #[arg(long, value_name = "ORG[/UNIT]")]
    to: Recipient,
    /// Agreement to go under; the only one that permits it when left out
    #[arg(long, value_name = "AGREEMENT")]
    agreement: Option<Identifier>,
    /// Consent it rests on; the earlier referral's when left out
    #[arg(long, value_name = "CONSENT")]
    consent: Option<Identifier>,
    #[command(flatten)]
    affirmations: AffirmationArgs,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

impl RerouteArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let id = |id: Option<Identifier>| id.map_or_else(Vec::new, Identifier::to_bytes);
        let request = RerouteReferralRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            referral_id: find::referral(service, &self.id).await?,
            target: self.to.organisation.to_string(),
            target_unit: self.to.unit_text(),
            agreement_id: id(self.agreement),
            consent_id: id(self.consent),
            affirmations: self.affirmations.to_proto(),
        };
        let response = service.reroute_referral(request).await;
        let response = response.map_err(|status| refused(&status))?.into_inner();
        let referral = response.referral.unwrap_or_default();
        Ok(shown::changed(&referral, at.language, Text::ReferralRequested))
    }
}
