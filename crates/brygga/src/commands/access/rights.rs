//! Giving access: to a colleague, to another unit, or through the glass.

use brygga_domain::UnitId;
use brygga_proto::local::v1 as local;
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use clap::Args;
use serde_json::json;

use super::Service;
use crate::cli::Language;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::when;
use crate::wire_code::parser;

/// Let a colleague work on a referral
#[derive(Args)]
#[command(after_help = "Example:\n  brygga access assign REFERRAL-ID --to anna.a")]
pub(super) struct AssignArgs {
    /// The referral
    id: Identifier,
    /// The colleague, by the name that the identity provider gives (sub)
    #[arg(long, value_name = "SUBJECT")]
    to: String,
}

/// Let another unit of the house read a referral, on a ground
///
/// Boards of one municipality are authorities of their own: secrecy holds between them
/// (OSL 8:1-2), and a disclosure names the rule that lifts or breaks it.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga access disclose REFERRAL-ID --unit fastighet --ground CONSENT_12_2 \\\n      \
    --gdpr-basis PUBLIC_TASK_6_1_E --why 'bostaden ska anpassas'"
)]
pub(super) struct DiscloseArgs {
    /// The referral
    id: Identifier,
    /// The unit that may read it
    #[arg(long)]
    unit: UnitId,
    /// Secrecy rule that is lifted or broken
    #[arg(long, value_parser = parser::<DisclosureGround>(), hide_possible_values = true)]
    ground: DisclosureGround,
    /// GDPR basis
    #[arg(long, value_parser = parser::<GdprBasis>())]
    gdpr_basis: GdprBasis,
    /// Why, in words; no name of a person
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// Take back a disclosure to another unit of the house
#[derive(Args)]
#[command(after_help = "Example:\n  brygga access revoke DISCLOSURE-ID")]
pub(super) struct RevokeArgs {
    /// The disclosure
    id: Identifier,
}

/// Ask for access that cannot wait; somebody else approves, and every case is reviewed
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga access break-glass REFERRAL-ID --reason LIFE_OR_HEALTH --why 'larm från jouren'"
)]
pub(super) struct BreakGlassArgs {
    /// The referral
    id: Identifier,
    /// Why
    #[arg(long, value_parser = parser::<local::BreakGlassReason>())]
    reason: local::BreakGlassReason,
    /// Why, in words; no name of a person
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// Approve a colleague's broken glass as the second person
#[derive(Args)]
#[command(after_help = "Example:\n  brygga access approve BREAK-GLASS-ID")]
pub(super) struct ApproveArgs {
    /// The broken glass
    id: Identifier,
}

impl AssignArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let (referral_id, subject) = (self.id.to_bytes(), self.to.clone());
        let request = local::AssignReferralRequest { referral_id, subject };
        let response = service.assign_referral(request).await;
        let handlers = response.map_err(|status| refused(&status))?.into_inner().handlers;
        let line = format!("{}: {}", Text::WorksOnIt.of(language), handlers.join(", "));
        Ok(Answer::new(json!({"handlers": handlers})).line(line))
    }
}

impl DiscloseArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = local::DiscloseInsideRequest {
            referral_id: self.id.to_bytes(),
            unit: self.unit.to_string(),
            disclosure_ground: self.ground.into(),
            gdpr_basis: self.gdpr_basis.into(),
            justification: self.why.clone(),
        };
        let response = service.disclose_inside(request).await;
        let id = show(&response.map_err(|status| refused(&status))?.into_inner().disclosure_id);
        let value = json!({"disclosure_id": id});
        Ok(Answer::new(value).line(format!("{} {id}", Text::DisclosedInside.of(language))))
    }
}

impl RevokeArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = local::RevokeInsideRequest { disclosure_id: self.id.to_bytes() };
        service.revoke_inside(request).await.map_err(|status| refused(&status))?;
        let value = json!({"disclosure_id": self.id.to_string(), "revoked": true});
        Ok(Answer::new(value).line(Text::DisclosureRevoked.of(language)))
    }
}

impl BreakGlassArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = local::OpenBreakGlassRequest {
            referral_id: self.id.to_bytes(),
            reason: self.reason.into(),
            justification: self.why.clone(),
        };
        let response = service.open_break_glass(request).await;
        let opened = response.map_err(|status| refused(&status))?.into_inner();
        let id = show(&opened.break_glass_id);
        let until = when::from_proto(opened.approve_by);
        let value = json!({"break_glass_id": id, "approve_by": until.map(when::rfc3339)});
        let until = until.map_or_else(|| "–".to_owned(), when::swedish);
        let line = format!("{} {until}: brygga access approve {id}", Text::GlassAsked.of(language));
        Ok(Answer::new(value).line(line))
    }
}

impl ApproveArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = local::ApproveBreakGlassRequest { break_glass_id: self.id.to_bytes() };
        let response = service.approve_break_glass(request).await;
        let approved = response.map_err(|status| refused(&status))?.into_inner();
        let time = |at| when::from_proto(at);
        let value = json!({
            "referral_id": show(&approved.referral_id),
            "open_until": time(approved.open_until).map(when::rfc3339),
            "review_due": time(approved.review_due).map(when::rfc3339),
        });
        let swedish = |at| time(at).map_or_else(|| "–".to_owned(), when::swedish);
        let (open, due) = (swedish(approved.open_until), swedish(approved.review_due));
        Ok(Answer::new(value)
            .line(format!("{} {open}", Text::GlassOpen.of(language)))
            .line(format!("{} {due}", Text::ReviewBy.of(language))))
    }
}
