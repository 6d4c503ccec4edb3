//! `brygga consent`: what the person has agreed to, kept where it was collected.

use std::str::FromStr;

use brygga_domain::{OrgId, Seconds, UnitId};
use brygga_identity::roles::Role;
use brygga_proto::consent::v1 as proto;
use brygga_proto::local::v1::consent_service_client::ConsentServiceClient;
use brygga_proto::local::v1::{RecordConsentRequest, ShowConsentRequest, WithdrawConsentRequest};
use brygga_proto::types::v1::DataCategory;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::when;
use crate::wire_code::{self, WireCode, parser};

/// Record, show and withdraw consents (samtycken)
#[derive(Args)]
pub(crate) struct ConsentArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Record(RecordArgs),
    /// Withdraw a consent at once; what waits on its ground is not sent
    #[command(after_help = "Example:\n  brygga consent withdraw CONSENT-ID")]
    Withdraw {
        /// The consent
        id: Identifier,
    },
    /// Show a consent
    #[command(after_help = "Example:\n  brygga consent show CONSENT-ID")]
    Show {
        /// The consent
        id: Identifier,
    },
}

/// Record a consent that the person has given
///
/// It names who may receive, which kinds of data, for what and how long; a blanket consent is
/// refused. The person reference is your own case number: it is never sent to anybody.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga consent record --person-reference DNR-2026-17 \\\n      \
    --recipient kommun:0881/mobila-teamet --category IDENTITY --category HOUSING_NEED \\\n      \
    --purpose 'långsiktig hjälp i Nybro' --days 90 --form written --information-given"
)]
struct RecordArgs {
    /// Your own reference for the person, such as a case number
    #[arg(long, value_name = "REFERENCE")]
    person_reference: String,
    /// Who may receive; may be repeated
    #[arg(long = "recipient", value_name = "ORG[/UNIT]", required = true)]
    recipients: Vec<Recipient>,
    /// Kind of data that may be sent; may be repeated
    #[arg(long = "category", value_name = "CATEGORY", required = true)]
    #[arg(value_parser = parser::<DataCategory>())]
    categories: Vec<DataCategory>,
    /// What cooperation it is for
    #[arg(long)]
    purpose: String,
    /// Days that it holds, from now
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// How it was given
    #[arg(long, value_parser = parser::<proto::ConsentForm>())]
    form: proto::ConsentForm,
    /// Who consents
    #[arg(long, default_value = "SELF", value_parser = parser::<proto::ConsentingParty>())]
    party: proto::ConsentingParty,
    /// The person was told what, to whom, why, how long and how to withdraw
    #[arg(long)]
    information_given: bool,
    /// Language of that information
    #[arg(long, value_name = "BCP47", default_value = "sv")]
    information_language: String,
    /// Where the evidence lies, such as an archive number
    #[arg(long, value_name = "TEXT", default_value = "")]
    evidence: String,
}

/// An organisation, or a function inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipient {
    pub(super) organisation: OrgId,
    pub(super) unit: Option<UnitId>,
}

impl FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (organisation, unit) = match text.split_once('/') {
            Some((organisation, unit)) => (organisation, Some(unit)),
            None => (text, None),
        };
        Ok(Self {
            organisation: OrgId::parse(organisation).map_err(|error| error.to_string())?,
            unit: unit.map(UnitId::parse).transpose().map_err(|error| error.to_string())?,
        })
    }
}

impl Recipient {
    /// The unit as the contract writes it: empty for none.
    pub(super) fn unit_text(&self) -> String {
        self.unit.as_ref().map_or_else(String::new, UnitId::to_string)
    }
}

impl ConsentArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::CaseWorker).await?;
        let mut service = ConsentServiceClient::new(channel);
        let failed = |status| refused(&status);
        match &self.action {
            Action::Record(args) => {
                let request = RecordConsentRequest { consent: Some(args.record(at)) };
                let response = service.record_consent(request).await.map_err(failed)?.into_inner();
                let consent = response.consent.unwrap_or_default();
                Ok(answer(&consent, at.language, Some(Text::ConsentRecorded)))
            }
            Action::Withdraw { id } => {
                let request = WithdrawConsentRequest { consent_id: id.to_bytes() };
                let response =
                    service.withdraw_consent(request).await.map_err(failed)?.into_inner();
                let stopped = response.stopped_messages;
                let value = json!({"consent_id": id.to_string(), "stopped_messages": stopped});
                let text = Text::ConsentWithdrawn.of(at.language);
                Ok(Answer::new(value).line(format!("{text} {stopped}")))
            }
            Action::Show { id } => {
                let request = ShowConsentRequest { consent_id: id.to_bytes() };
                let response = service.show_consent(request).await.map_err(failed)?.into_inner();
                Ok(answer(&response.consent.unwrap_or_default(), at.language, None))
            }
        }
    }
}

impl RecordArgs {
    fn record(&self, at: &Invocation) -> proto::ConsentRecord {
        let recipient = |recipient: &Recipient| proto::ConsentRecipient {
            organisation: recipient.organisation.to_string(),
            unit: recipient.unit_text(),
        };
        let valid_until = at.now.plus(Seconds::days(i64::from(self.days)));
        proto::ConsentRecord {
            consent_id: Vec::new(),
            person_reference: self.person_reference.clone(),
            consenting_party: self.party.into(),
            recipients: self.recipients.iter().map(recipient).collect(),
            data_categories: self.categories.iter().map(|category| (*category).into()).collect(),
            purpose: self.purpose.clone(),
            valid_from: Some(when::to_proto(at.now)),
            valid_until: Some(when::to_proto(valid_until)),
            form: self.form.into(),
            language: self.information_language.clone(),
            information_given: self.information_given,
            evidence_reference: self.evidence.clone(),
            withdrawn_at: None,
        }
    }
}

fn answer(consent: &proto::ConsentRecord, language: Language, said: Option<Text>) -> Answer {
    let label = |text: Text| format!("{:<16}", text.of(language));
    let time = |at| when::from_proto(at).map_or_else(|| "–".to_owned(), when::swedish);
    let recipients: Vec<_> = consent.recipients.iter().map(recipient_text).collect();
    let categories: Vec<_> =
        consent.data_categories.iter().map(|n| word::<DataCategory>(*n, language)).collect();
    let valid = format!("{} – {}", time(consent.valid_from), time(consent.valid_until));
    let mut lines = vec![
        format!("{}{}", label(Text::Consent), show(&consent.consent_id)),
        format!("{}{}", label(Text::PersonReference), consent.person_reference),
        format!("{}{}", label(Text::Recipients), recipients.join(", ")),
        format!("{}{}", label(Text::Categories), categories.join(", ")),
        format!("{}{}", label(Text::Purpose), consent.purpose),
        format!("{}{valid}", label(Text::Valid)),
        format!("{}{}", label(Text::Form), word::<proto::ConsentForm>(consent.form, language)),
    ];
    if consent.withdrawn_at.is_some() {
        lines.push(format!("{}{}", label(Text::Withdrawn), time(consent.withdrawn_at)));
    }
    lines.extend(said.map(|text| text.of(language).to_owned()));
    Answer::new(entry(consent)).lines(lines)
}

fn recipient_text(recipient: &proto::ConsentRecipient) -> String {
    match recipient.unit.as_str() {
        "" => recipient.organisation.clone(),
        unit => format!("{}/{unit}", recipient.organisation),
    }
}

fn entry(consent: &proto::ConsentRecord) -> Value {
    let time = |at| when::from_proto(at).map(when::rfc3339);
    let codes = |numbers: &[i32]| {
        numbers.iter().map(|number| wire_code::show::<DataCategory>(*number)).collect::<Vec<_>>()
    };
    json!({
        "consent_id": show(&consent.consent_id),
        "person_reference": consent.person_reference,
        "consenting_party": code::<proto::ConsentingParty>(consent.consenting_party),
        "recipients": consent.recipients.iter().map(recipient_text).collect::<Vec<_>>(),
        "data_categories": codes(&consent.data_categories),
        "purpose": consent.purpose,
        "valid_from": time(consent.valid_from),
        "valid_until": time(consent.valid_until),
        "form": code::<proto::ConsentForm>(consent.form),
        "information_language": consent.language,
        "information_given": consent.information_given,
        "evidence_reference": consent.evidence_reference,
        "withdrawn_at": time(consent.withdrawn_at),
    })
}

fn code<T: WireCode>(number: i32) -> String {
    wire_code::show::<T>(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_an_organisation_with_or_without_a_unit() {
        let whole: Recipient = "kommun:0881".parse().unwrap();
        assert_eq!(
            (whole.organisation.as_str(), whole.unit_text()),
            ("kommun:0881", String::new())
        );
        let unit: Recipient = "kommun:0881/mobila-teamet".parse().unwrap();
        assert_eq!(unit.unit_text(), "mobila-teamet");
        for wrong in ["", "nybro", "kommun:0881/", "kommun:0881/Mobila Teamet"] {
            assert!(wrong.parse::<Recipient>().is_err(), "{wrong}");
        }
    }
}
