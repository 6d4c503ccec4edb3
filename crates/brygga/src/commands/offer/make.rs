//! `brygga offer make`.

use brygga_domain::code::CodedTerm;
use brygga_domain::{OrgId, UnitId};
use brygga_proto::agreement::v1::{Priority, SubjectArea};
use brygga_proto::local::v1::{ContentWarning, OfferReferralRequest};
use brygga_proto::referral::v1::ContactPolicy;
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use clap::Args;

use super::{Service, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::commands::affirmation::AffirmationArgs;
use crate::commands::referral::service;
use crate::content_file::{CONTENT_FILE_HELP, ContentArgs, term_to_proto};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::wire_code::parser;

/// Offer a referral to every party of an agreement; whoever claims first gets it
///
/// The parties are told what is asked for and nothing about the person. The personal data stay here
/// until somebody claims, and are erased if nobody does. Whom the consent does not cover is not asked.
#[derive(Args)]
#[command(after_help = format!("Example:\n  brygga offer make \\\n      \
    --agreement AGREEMENT-ID --service ACUTE_PLACE --ground CONSENT_12_2 \\\n      \
    --consent CONSENT-ID --host kommun:0880 --urgent \\\n      \
    --content-file person.toml\n\n{CONTENT_FILE_HELP}"))]
pub(super) struct MakeArgs {
    /// Agreement whose parties are asked
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Identifier,
    /// What is asked for: a code of the list in "brygga referral request --help"
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: CodedTerm,
    /// Secrecy rule that is lifted or broken
    #[arg(long, value_parser = parser::<DisclosureGround>())]
    ground: DisclosureGround,
    /// GDPR basis of the sender
    #[arg(long, default_value = "PUBLIC_TASK_6_1_E", value_parser = parser::<GdprBasis>())]
    gdpr_basis: GdprBasis,
    /// Consent that it rests on; mandatory where the ground is a consent
    #[arg(long, value_name = "CONSENT-ID")]
    consent: Option<Identifier>,
    /// Subject under the agreement
    #[arg(long, default_value = "HOMELESSNESS", value_parser = parser::<SubjectArea>())]
    subject: SubjectArea,
    /// The person needs a roof now
    #[arg(long)]
    urgent: bool,
    /// There is an acute duty, which stays with the host until somebody has claimed
    #[arg(long, requires = "host")]
    acute_duty: bool,
    /// Municipality where the person is now (vistelsekommun)
    #[arg(long, value_name = "ORG")]
    host: Option<OrgId>,
    /// Municipality that is responsible (bosättningskommun)
    #[arg(long, value_name = "ORG")]
    home: Option<OrgId>,
    /// Function of this organisation that asks
    #[arg(long, value_name = "UNIT")]
    from_unit: Option<UnitId>,
    /// How whoever claims may reach the person
    #[arg(long, default_value = "VIA_REQUESTER", value_parser = parser::<ContactPolicy>())]
    contact_policy: ContactPolicy,
    /// Earlier referral that this one continues
    #[arg(long, value_name = "REFERRAL")]
    part_of: Option<Identifier>,
    #[command(flatten)]
    affirmations: AffirmationArgs,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
    #[command(flatten)]
    content: ContentArgs,
}

impl MakeArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let response = service.offer_referral(self.request()?).await;
        let response = response.map_err(|status| refused(&status))?.into_inner();
        let warned = response.warnings.iter();
        let warned = warned.map(|warning| word::<ContentWarning>(*warning, at.language));
        let answer = shown::one(&response.offer.unwrap_or_default(), at.language);
        let answer = answer.line(Text::OfferMade.of(at.language)).lines(warned);
        if self.content.on_command_line() {
            return Ok(answer.line(Text::FlagsInHistory.of(at.language)));
        }
        Ok(answer)
    }

    fn request(&self) -> Result<OfferReferralRequest, Failure> {
        let priority = if self.urgent { Priority::Urgent } else { Priority::Routine };
        let org = |org: &Option<OrgId>| org.as_ref().map_or_else(String::new, OrgId::to_string);
        let id = |id: Option<Identifier>| id.map_or_else(Vec::new, Identifier::to_bytes);
        Ok(OfferReferralRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            agreement_id: self.agreement.to_bytes(),
            priority: priority.into(),
            subject: self.subject.into(),
            service_type: Some(term_to_proto(&self.service)),
            host_municipality: org(&self.host),
            home_municipality: org(&self.home),
            acute_duty: self.acute_duty,
            source_unit: self.from_unit.as_ref().map_or_else(String::new, UnitId::to_string),
            disclosure_ground: self.ground.into(),
            gdpr_basis: self.gdpr_basis.into(),
            consent_id: id(self.consent),
            contact_policy: self.contact_policy.into(),
            content: Some(self.content.read()?),
            part_of: id(self.part_of),
            affirmations: self.affirmations.to_proto(),
            accept_content_warning: self.content.accepts_warning(),
        })
    }
}
