//! `brygga consent`: what the person has agreed to, kept where it was collected.

mod receipt;
pub(crate) mod stop;

use std::str::FromStr;

use brygga_domain::{OrgId, Seconds, Timestamp, UnitId};
use brygga_identity::roles::Role;
use brygga_proto::consent::v1 as proto;
use brygga_proto::local::v1::consent_service_client::ConsentServiceClient;
use brygga_proto::local::v1::{
    Disclosure, NarrowConsentRequest, RecordConsentRequest, ShowConsentRequest,
    ShowConsentResponse, WithdrawConsentRequest,
};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, ThirdPersonRelation};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::text::complaint::Complaint;
use crate::text::vocabulary::word;
use crate::when;
use crate::wire_code::{self, WireCode, parser};

/// Record, show, narrow and withdraw consents (samtycken), and print the person's receipt
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
    Narrow(NarrowArgs),
    /// Print the receipt for the person: what was agreed to, what was sent to whom, how to withdraw
    #[command(after_help = "Example:\n  brygga consent receipt CONSENT-ID --style easy")]
    Receipt {
        /// The consent
        id: Identifier,
        /// Plain with the sections of law, or easy to read (lättläst)
        #[arg(long, value_enum, default_value = "plain")]
        style: receipt::Style,
    },
    /// Withdraw a consent at once: what waits is not sent, and every recipient is told to stop
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

/// Narrow a consent to what is left of it; nothing can be added
///
/// Referrals that it covers no more are stopped at their recipients.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga consent narrow CONSENT-ID \\\n      \
    --recipient kommun:0881 --category IDENTITY")]
struct NarrowArgs {
    /// The consent
    id: Identifier,
    /// Who may still receive; may be repeated
    #[arg(long = "recipient", value_name = "ORG[/UNIT]", required = true)]
    recipients: Vec<Recipient>,
    /// Kind of data that may still be sent; may be repeated
    #[arg(long = "category", value_name = "CATEGORY", required = true)]
    #[arg(value_parser = parser::<DataCategory>())]
    categories: Vec<DataCategory>,
    /// Until when it holds; as before when left out
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    until: Option<Timestamp>,
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
    /// How old the person is; decides who must consent
    #[arg(long, default_value = "ADULT", value_parser = parser::<proto::SubjectAge>())]
    age: proto::SubjectAge,
    /// Somebody else who consented too and whose data it covers; may be repeated
    #[arg(long = "also", value_name = "RELATION")]
    #[arg(value_parser = parser::<ThirdPersonRelation>())]
    also: Vec<ThirdPersonRelation>,
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
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let (organisation, unit) = match text.split_once('/') {
            Some((organisation, unit)) => (organisation, Some(unit)),
            None => (text, None),
        };
        Ok(Self {
            organisation: OrgId::parse(organisation).map_err(|_| Complaint::NotAnOrganisation)?,
            unit: unit.map(UnitId::parse).transpose().map_err(|_| Complaint::NotAUnit)?,
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
                let value = json!({
                    "consent_id": id.to_string(),
                    "stopped_messages": stopped,
                    "stops": response.stops.iter().map(stop::entry).collect::<Vec<_>>(),
                });
                let text = Text::ConsentWithdrawn.of(at.language);
                let lines = response.stops.iter().map(|one| stop::line(one, at.language));
                Ok(Answer::new(value).line(format!("{text} {stopped}")).lines(lines))
            }
            Action::Show { id } => {
                let request = ShowConsentRequest { consent_id: id.to_bytes() };
                let response = service.show_consent(request).await.map_err(failed)?.into_inner();
                Ok(in_full(&response, at.language))
            }
            Action::Narrow(args) => {
                let response = service.narrow_consent(args.request()).await.map_err(failed)?;
                let response = response.into_inner();
                let consent = response.consent.unwrap_or_default();
                let text = Text::ConsentNarrowed.of(at.language);
                let lines = response.stops.iter().map(|one| stop::line(one, at.language));
                Ok(answer(&consent, at.language, None)
                    .line(format!("{text} {}", response.stopped_messages))
                    .lines(lines))
            }
            Action::Receipt { id, style } => {
                let request = ShowConsentRequest { consent_id: id.to_bytes() };
                let response = service.show_consent(request).await.map_err(failed)?.into_inner();
                let lines = receipt::receipt(&response, *style, at.language);
                Ok(Answer::new(json!({"receipt": lines})).lines(lines))
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
            subject_age: self.age.into(),
            third_parties_covered: self.also.iter().map(|one| (*one).into()).collect(),
            events: Vec::new(),
        }
    }
}

impl NarrowArgs {
    fn request(&self) -> NarrowConsentRequest {
        let recipient = |recipient: &Recipient| proto::ConsentRecipient {
            organisation: recipient.organisation.to_string(),
            unit: recipient.unit_text(),
        };
        NarrowConsentRequest {
            consent_id: self.id.to_bytes(),
            recipients: self.recipients.iter().map(recipient).collect(),
            data_categories: self.categories.iter().map(|category| (*category).into()).collect(),
            valid_until: self.until.map(when::to_proto),
        }
    }
}

/// A consent with what was sent on its ground and what recipients answered to a stop.
fn in_full(shown: &ShowConsentResponse, language: Language) -> Answer {
    let none = proto::ConsentRecord::default();
    let consent = shown.consent.as_ref().unwrap_or(&none);
    let mut value = entry(consent);
    value["disclosures"] = shown.disclosures.iter().map(disclosure).collect();
    value["stops"] = shown.stops.iter().map(stop::entry).collect();
    let stops = shown.stops.iter().map(|one| stop::line(one, language));
    Answer::new(value).lines(lines(consent, language)).lines(stops)
}

fn disclosure(one: &Disclosure) -> Value {
    json!({
        "referral_id": show(&one.referral_id),
        "recipient": one.recipient,
        "recipient_unit": one.recipient_unit,
        "sent_at": when::from_proto(one.sent_at).map(when::rfc3339),
        "disclosure_ground": code::<DisclosureGround>(one.disclosure_ground),
    })
}

fn answer(consent: &proto::ConsentRecord, language: Language, said: Option<Text>) -> Answer {
    let said = said.map(|text| text.of(language).to_owned());
    Answer::new(entry(consent)).lines(lines(consent, language)).lines(said)
}

fn lines(consent: &proto::ConsentRecord, language: Language) -> Vec<String> {
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
        format!(
            "{}{}",
            label(Text::SubjectAge),
            word::<proto::SubjectAge>(consent.subject_age, language)
        ),
    ];
    if consent.withdrawn_at.is_some() {
        lines.push(format!("{}{}", label(Text::Withdrawn), time(consent.withdrawn_at)));
    }
    lines
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
        "subject_age": code::<proto::SubjectAge>(consent.subject_age),
        "third_parties_covered": consent.third_parties_covered.iter()
            .map(|number| code::<ThirdPersonRelation>(*number)).collect::<Vec<_>>(),
        "events": consent.events.iter().map(|event| json!({
            "event": code::<proto::ConsentEventType>(event.r#type),
            "at": time(event.at),
        })).collect::<Vec<_>>(),
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
