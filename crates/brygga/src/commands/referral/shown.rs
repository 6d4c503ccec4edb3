//! A referral as a case worker and a program read it.

mod entry;
mod event;
mod note;

use brygga_domain::code::CodeLists;
use brygga_proto::agreement::v1::Priority;
use brygga_proto::local::v1::{
    DeliveryStatus, ListReferralsResponse, Note, Referral, ReviewState, ShowReferralResponse, Side,
};
use brygga_proto::referral::v1::{
    BusinessStatus, CauseLevel, ReferralContent, ReferralRequested, ReferralStatus, ThirdPerson,
};
use brygga_proto::types::v1::{Code, DisclosureGround, GdprBasis, ThirdPersonRelation};
use serde_json::json;

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::service::service;
use crate::text::vocabulary::word;
use crate::when;

const LABEL_WIDTH: usize = 26;

/// A referral after it was made or changed.
pub(super) fn changed(referral: &Referral, language: Language, said: Text) -> Answer {
    Answer::new(json!({"referral": entry::referral(referral)}))
        .lines(lines(referral, language))
        .line(said.of(language))
}

/// A referral with its events, and its content where the node could open it.
pub(super) fn in_full(found: &ShowReferralResponse, language: Language) -> Answer {
    let none = Referral::default();
    let referral = found.referral.as_ref().unwrap_or(&none);
    let value = json!({
        "referral": entry::referral(referral),
        "content": found.content.as_ref().map(entry::content),
        "events": found.events.iter().map(event::entry).collect::<Vec<_>>(),
        "notes": found.notes.iter().map(note::entry).collect::<Vec<_>>(),
    });
    let answer = Answer::new(value).lines(lines(referral, language));
    let answer = match &found.content {
        Some(content) => answer.lines(content_lines(content, language)),
        None if referral.processing_stopped => answer.line(Text::ContentClosed.of(language)),
        None => answer.line(Text::ContentNotReadable.of(language)),
    };
    let answer = answer.lines(found.notes.iter().map(|one| note::line(one, language)));
    answer.lines(found.events.iter().map(|happened| {
        let text = event::line(happened, language);
        labelled(Text::Event, &text, language)
    }))
}

/// A note for a program.
pub(super) fn note_entry(one: &Note) -> serde_json::Value {
    note::entry(one)
}

/// Referrals without content, one in a row.
pub(super) fn list(page: &ListReferralsResponse, language: Language) -> Answer {
    let value = json!({
        "referrals": page.referrals.iter().map(entry::referral).collect::<Vec<_>>(),
        "next_page_token": page.next_page_token,
    });
    if page.referrals.is_empty() {
        return Answer::new(value).line(Text::None.of(language));
    }
    let heading = [
        Text::Referral,
        Text::Direction,
        Text::Service,
        Text::Priority,
        Text::Status,
        Text::Delivery,
        Text::RespondBy,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(page.referrals.iter().map(|referral| row(referral, language)));
    Answer::new(value).lines(table(&rows))
}

fn row(referral: &Referral, language: Language) -> Vec<String> {
    let none = ReferralRequested::default();
    let request = referral.request.as_ref().unwrap_or(&none);
    vec![
        show(&referral.referral_id),
        direction(referral, language),
        service(&referral.effective_service_type, language),
        word::<Priority>(request.priority, language),
        word::<ReferralStatus>(referral.status, language),
        word::<DeliveryStatus>(referral.delivery_status, language),
        time(request.respond_by),
    ]
}

fn lines(referral: &Referral, language: Language) -> Vec<String> {
    let none = ReferralRequested::default();
    let request = referral.request.as_ref().unwrap_or(&none);
    let rule = format!(
        "{} v{}, {}",
        show(&referral.agreement_id),
        referral.agreement_version,
        referral.rule_id
    );
    let ground = word::<DisclosureGround>(referral.disclosure_ground, language);
    let basis = word::<GdprBasis>(referral.gdpr_basis, language);
    let last = referral.last_event.as_ref().map(|happened| event::line(happened, language));
    let pairs = [
        (Text::Referral, format!("{}, version {}", show(&referral.referral_id), referral.version)),
        (Text::Direction, direction(referral, language)),
        (Text::Service, service(&referral.effective_service_type, language)),
        (Text::Priority, word::<Priority>(request.priority, language)),
        (Text::Status, word::<ReferralStatus>(referral.status, language)),
        (Text::Delivery, delivery(referral, language)),
        (Text::RespondBy, time(request.respond_by)),
        (Text::HostMunicipality, request.host_municipality.clone()),
        (Text::HomeMunicipality, request.home_municipality.clone()),
        (Text::AcuteDuty, referral.acute_duty_holder.clone()),
        (Text::Responsible, referral.responsible_municipality.clone()),
        (Text::TakenOnBy, referral.taken_on_by.clone()),
        (Text::EscalatedTo, escalated(referral, language)),
        (Text::State, meanwhile(referral, language)),
        (Text::Review, review(referral, language)),
        (Text::PartOf, part_of(referral)),
        (Text::Eligibility, eligibility(referral, language)),
        (Text::Agreement, rule),
        (Text::Ground, ground),
        (Text::Basis, basis),
        (Text::LastEvent, last.unwrap_or_default()),
    ];
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    let mut lines: Vec<_> = filled.map(|(label, text)| labelled(*label, text, language)).collect();
    if referral.unhandled_days > 0 {
        let text = Text::UnhandledDays.of(language);
        lines.push(format!("{text} {}", referral.unhandled_days));
    }
    let remarks = [
        (referral.promise_overdue, Text::PromiseOverdue),
        (referral.processing_stopped, Text::ProcessingStopped),
        (referral.follow_up_open, Text::FollowUp),
    ];
    let true_ones = remarks.iter().filter(|(holds, _)| *holds);
    lines.extend(true_ones.map(|(_, text)| text.of(language).to_owned()));
    if referral.presumed_expired {
        lines.push(Text::PresumedExpired.of(language).to_owned());
    }
    if referral.call_duty_phone {
        let phone = match referral.duty_phone.as_str() {
            "" => Text::DutyPhoneUnknown.of(language),
            phone => phone,
        };
        lines.push(format!("{} {phone}", Text::CallDutyPhone.of(language)));
    }
    lines
}

fn content_lines(content: &ReferralContent, language: Language) -> Vec<String> {
    let terms = |codes: &[Code]| {
        codes.iter().map(|code| term(code, language)).collect::<Vec<_>>().join(", ")
    };
    let situation = match content.homelessness_situation {
        0 => String::new(),
        number => number.to_string(),
    };
    let cause = match content.cause_level {
        0 => String::new(),
        number => word::<CauseLevel>(number, language),
    };
    let household = content.household.as_ref().map(|household| {
        let children = household.child_age_bands.len();
        match language {
            Language::Sv => {
                format!("{} personer, {} vuxna, {children} barn", household.size, household.adults)
            }
            Language::En => {
                format!(
                    "{} persons, {} adults, {children} children",
                    household.size, household.adults
                )
            }
        }
    });
    let pairs = [
        (Text::Name, content.name.clone()),
        (Text::Identity, content.personal_identity_number.clone()),
        (Text::Contact, content.contact.clone()),
        (Text::Household, household.unwrap_or_default()),
        (Text::Situation, situation),
        (Text::CauseLevel, cause),
        (Text::HousingNeeds, terms(&content.housing_needs)),
        (Text::SupportNeeds, terms(&content.support_needs)),
        (Text::Note, content.note.clone()),
        (Text::ThirdPersons, third_persons(content, language)),
    ];
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(label, text)| labelled(*label, text, language)).collect()
}

fn third_persons(content: &ReferralContent, language: Language) -> String {
    let one = |other: &ThirdPerson| {
        let relation = word::<ThirdPersonRelation>(other.relation, language);
        format!("{} ({relation})", other.name)
    };
    content.third_persons.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Before whom it was laid because nobody took it on; empty where it never was.
fn escalated(referral: &Referral, language: Language) -> String {
    match (referral.escalation_level, referral.escalated_to.as_str()) {
        (0, _) => String::new(),
        (_, "") => Text::Intake.of(language).to_owned(),
        (_, unit) => unit.to_owned(),
    }
}

fn meanwhile(referral: &Referral, language: Language) -> String {
    match referral.business_status {
        0 => String::new(),
        number => word::<BusinessStatus>(number, language),
    }
}

fn review(referral: &Referral, language: Language) -> String {
    match referral.review {
        0 => String::new(),
        number => word::<ReviewState>(number, language),
    }
}

fn eligibility(referral: &Referral, language: Language) -> String {
    let Some(told) = &referral.eligibility else { return String::new() };
    let outcome = if told.justified { Text::EligibleJustified } else { Text::EligibleMet };
    let dated = told.dates.iter().map(|one| format!("; {} {}", one.criterion_id, one.since));
    format!("{}{}", outcome.of(language), dated.collect::<String>())
}

fn part_of(referral: &Referral) -> String {
    if referral.part_of.is_empty() { String::new() } else { show(&referral.part_of) }
}

/// A line of a label and a value. Control characters of a peer's text do not reach the terminal.
fn labelled(label: Text, value: &str, language: Language) -> String {
    let clean: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{:<LABEL_WIDTH$}{clean}", label.of(language))
}

fn direction(referral: &Referral, language: Language) -> String {
    match Side::try_from(referral.side) {
        Ok(Side::Target) => format!("{} {}", Text::ReceivedFrom.of(language), referral.source),
        _ => {
            let unit = match referral.target_unit.as_str() {
                "" => String::new(),
                unit => format!("/{unit}"),
            };
            format!("{} {}{unit}", Text::SentTo.of(language), referral.target)
        }
    }
}

fn delivery(referral: &Referral, language: Language) -> String {
    match DeliveryStatus::try_from(referral.delivery_status) {
        Ok(DeliveryStatus::Unspecified) => String::new(),
        _ => {
            let status = word::<DeliveryStatus>(referral.delivery_status, language);
            match referral.refusal_reason.as_str() {
                "" => status,
                reason => format!("{status}: {reason}"),
            }
        }
    }
}

fn term(code: &Code, language: Language) -> String {
    let list = CodeLists::current().list(&code.list);
    let candidates = std::iter::once(&code.code).chain(&code.broader);
    let known = list.and_then(|list| candidates.into_iter().find_map(|code| list.find(code)));
    match (language, known) {
        (Language::Sv, Some(term)) => term.swedish.to_owned(),
        _ => code.code.clone(),
    }
}

fn time(at: Option<prost_types::Timestamp>) -> String {
    when::from_proto(at).map_or_else(String::new, when::swedish)
}

#[cfg(test)]
mod tests;
