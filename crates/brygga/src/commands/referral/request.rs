//! `brygga referral request`.

use brygga_domain::code::{CodeLists, CodedTerm, SERVICE_TYPE};
use brygga_domain::{OrgId, UnitId};
use brygga_proto::agreement::v1::{Priority, SubjectArea};
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::{ContentWarning, RequestReferralRequest};
use brygga_proto::referral::v1::ContactPolicy;
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use clap::Args;

use super::places::PlacesArgs;
use super::{Service, shown};
use crate::cli::Invocation;
use crate::client::{LocalChannel, refused};
use crate::commands::affirmation::AffirmationArgs;
use crate::commands::consent::Recipient;
use crate::content_file::{CONTENT_FILE_HELP, ContentArgs, term_to_proto};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::wire_code::parser;

/// Ask another organisation for help for a person
///
/// The node checks agreement, ground and consent, stores the referral and sends it, also to a
/// recipient that is not reachable now. Two legal fields must be right: the disclosure ground
/// lifts the secrecy, the GDPR basis carries the processing.
#[derive(Args)]
#[command(after_help = format!("Example:\n  brygga referral request \\\n      \
    --to kommun:0881/mobila-teamet --service LONG_TERM_HELP --ground CONSENT_12_2 \\\n      \
    --consent CONSENT-ID --host kommun:0880 --home kommun:0881 --acute-duty \\\n      \
    --content-file person.toml\n\n{CONTENT_FILE_HELP}\n\nServices:\n{}", services()))]
pub(super) struct RequestArgs {
    /// Whom to ask; without a unit its intake
    #[arg(long, value_name = "ORG[/UNIT]")]
    to: Recipient,
    /// What is asked for: a code of the list below
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
    /// Agreement to go under, if more than one permits it
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
    /// Subject under the agreement
    #[arg(long, default_value = "HOMELESSNESS", value_parser = parser::<SubjectArea>())]
    subject: SubjectArea,
    /// The person needs a roof now
    #[arg(long)]
    urgent: bool,
    /// There is an acute duty, which stays with the host until the recipient accepts
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
    /// How the recipient may reach the person
    #[arg(long, default_value = "VIA_REQUESTER", value_parser = parser::<ContactPolicy>())]
    contact_policy: ContactPolicy,
    /// The person chose this recipient
    #[arg(long)]
    chosen_by_person: bool,
    /// The person has protected identity: nothing is stored or sent, since such a person moves by the protected way only
    #[arg(long)]
    protected_person: bool,
    /// Earlier referral that this one continues
    #[arg(long, value_name = "REFERRAL")]
    part_of: Option<Identifier>,
    #[command(flatten)]
    affirmations: AffirmationArgs,
    #[command(flatten)]
    places: PlacesArgs,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
    #[command(flatten)]
    content: ContentArgs,
}

impl RequestArgs {
    pub(super) async fn run(
        &self,
        (service, capacity): (&mut Service, &mut CapacityServiceClient<LocalChannel>),
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let mut request = self.request()?;
        request.places = self.places.at(&self.to.organisation, capacity).await?;
        let response = service.request_referral(request).await;
        let response = response.map_err(|status| refused(&status))?.into_inner();
        let referral = response.referral.unwrap_or_default();
        let warned = response.warnings.iter();
        let warned = warned.map(|warning| word::<ContentWarning>(*warning, at.language));
        let answer = shown::changed(&referral, at.language, Text::ReferralRequested).lines(warned);
        if self.content.on_command_line() {
            return Ok(answer.line(Text::FlagsInHistory.of(at.language)));
        }
        Ok(answer)
    }

    fn request(&self) -> Result<RequestReferralRequest, Failure> {
        let priority = if self.urgent { Priority::Urgent } else { Priority::Routine };
        let org = |org: &Option<OrgId>| org.as_ref().map_or_else(String::new, OrgId::to_string);
        let id = |id: Option<Identifier>| id.map_or_else(Vec::new, Identifier::to_bytes);
        Ok(RequestReferralRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            target: self.to.organisation.to_string(),
            target_unit: self.to.unit_text(),
            agreement_id: id(self.agreement),
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
            recipient_chosen_by_person: self.chosen_by_person,
            content: Some(self.content.read()?),
            wait_seconds: 0,
            part_of: id(self.part_of),
            affirmations: self.affirmations.to_proto(),
            accept_content_warning: self.content.accepts_warning(),
            places: None,
            protected_person: self.protected_person,
        })
    }
}

/// A service that a person asks for, by its code.
pub(crate) fn service(text: &str) -> Result<CodedTerm, String> {
    place(text).ok_or_else(|| "not a code of the list; see the end of --help".to_owned())
}

/// A term of the list of services, in any spelling.
pub(super) fn place(text: &str) -> Option<CodedTerm> {
    let code = text.trim().to_ascii_uppercase().replace('-', "_");
    CodedTerm::known(SERVICE_TYPE, &code)
}

/// Every service with its Swedish name, for the help.
fn services() -> String {
    let list = CodeLists::current().list(SERVICE_TYPE);
    let terms = list.iter().flat_map(|list| list.terms.iter().map(move |term| (list, term)));
    let lines = terms.map(|(list, term)| {
        let indent = "  ".repeat(1 + list.ancestors(term.code).count());
        format!("{indent}{}  {}", term.code, term.swedish)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        request: RequestArgs,
    }

    fn request(more: &[&str]) -> Result<RequestReferralRequest, clap::Error> {
        let line = ["x", "--to", "kommun:0881/mobila-teamet", "--service", "acute-place"];
        let line = line.into_iter().chain(["--ground", "consent-12-2"]).chain(more.iter().copied());
        Only::try_parse_from(line).map(|only| only.request.request().unwrap())
    }

    #[test]
    fn a_request_carries_what_the_command_line_says() {
        let consent = "30313233-3435-3637-3839-616263646566";
        let line = ["--urgent", "--acute-duty", "--host", "kommun:0880", "--consent", consent];
        let request = request(&line).unwrap();
        assert_eq!(request.target, "kommun:0881");
        assert_eq!(request.target_unit, "mobila-teamet");
        assert_eq!(request.priority, i32::from(Priority::Urgent));
        assert_eq!(request.consent_id, b"0123456789abcdef");
        let service = request.service_type.unwrap();
        assert_eq!((service.code.as_str(), service.list_version), ("ACUTE_PLACE", 1));
        assert_eq!(service.broader, ["EMERGENCY_ACCOMMODATION"]);
        assert_eq!(request.disclosure_ground, i32::from(DisclosureGround::Consent122));
    }

    #[test]
    fn two_requests_have_different_keys() {
        let (one, two) = (request(&[]).unwrap(), request(&[]).unwrap());
        assert_eq!(one.idempotency_key.len(), 16);
        assert_ne!(one.idempotency_key, two.idempotency_key);
    }

    #[test]
    fn an_acute_duty_without_a_host_is_wrong_usage() {
        assert!(request(&["--acute-duty"]).is_err());
        assert!(request(&["--service", "CASTLE"]).is_err());
    }
}
