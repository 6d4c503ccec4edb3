//! `brygga registry contact-point`: the one way in to an organisation ("en väg in").

use brygga_domain::{OrgId, UnitId};
use brygga_identity::join;
use brygga_identity::registry::{Audience, ContactPoint};
use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{Desk, IssueArgs};
use super::show::{audience, contact_line, contact_point};
use crate::failure::Failure;
use crate::output::Answer;
use crate::wire_code::domain_parser;

/// Show and change how people reach an organisation
#[derive(Subcommand)]
pub(super) enum ContactPointAction {
    /// Show the one way in; refused where there is none or more than one
    #[command(after_help = "Example:\n  \
        brygga registry contact-point show kommun:0881 --audience landlords")]
    Show(ShowArgs),
    /// Set a function as a way in; for the operator
    #[command(after_help = "Example:\n  brygga registry contact-point set kommun:0881 \\\n      \
        --audience landlords --unit bostadsenheten --phone '0481-450 00' --hours 'mån-fre 8-16'")]
    Set(Box<SetArgs>),
    /// Remove a way in; for the operator
    #[command(
        after_help = "Example:\n  brygga registry contact-point remove kommun:0881 \\\n      \
        --audience landlords --unit bostadsenheten"
    )]
    Remove(RemoveArgs),
}

#[derive(Args)]
pub(super) struct ShowArgs {
    /// The organisation to reach
    org: OrgId,
    /// Who wants to reach it
    #[arg(long, default_value = "LANDLORDS", value_parser = domain_parser(&Audience::ALL, audience))]
    audience: Audience,
}

#[derive(Args)]
pub(super) struct SetArgs {
    /// The organisation
    org: OrgId,
    /// Whom the way in is for
    #[arg(long, value_parser = domain_parser(&Audience::ALL, audience))]
    audience: Audience,
    /// The function that answers, never a person
    #[arg(long)]
    unit: UnitId,
    /// Telephone number
    #[arg(long)]
    phone: String,
    /// Opening hours as people read them
    #[arg(long)]
    hours: String,
    /// Number outside those hours
    #[arg(long, value_name = "PHONE")]
    out_of_hours_phone: Option<String>,
    /// The function that answers when the first does not
    #[arg(long, value_name = "UNIT")]
    deputy_unit: Option<UnitId>,
    /// Keep it in the list without using it
    #[arg(long)]
    inactive: bool,
    #[command(flatten)]
    issue: IssueArgs,
}

#[derive(Args)]
pub(super) struct RemoveArgs {
    /// The organisation
    org: OrgId,
    /// Whom the way in is for
    #[arg(long, value_parser = domain_parser(&Audience::ALL, audience))]
    audience: Audience,
    /// The function that answers
    #[arg(long)]
    unit: UnitId,
    #[command(flatten)]
    issue: IssueArgs,
}

impl ContactPointAction {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Show(args) => args.run(desk),
            Self::Set(args) => args.run(desk),
            Self::Remove(args) => args.run(desk),
        }
    }
}

impl ShowArgs {
    fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let view = desk.trust.at(desk.now);
        let point = view.contact_point(&self.org, self.audience)?;
        let name = view.member(&self.org).map(|member| member.name.clone()).unwrap_or_default();
        let value = json!({
            "organisation": self.org.as_str(),
            "name": name,
            "contact_point": contact_point(point),
        });
        Ok(Answer::new(value).line(format!("{}  {name}", self.org)).line(contact_line(point)))
    }
}

impl SetArgs {
    fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let point = ContactPoint {
            audience: self.audience,
            unit: self.unit.clone(),
            phone: self.phone.clone(),
            hours: self.hours.clone(),
            out_of_hours_phone: self.out_of_hours_phone.clone(),
            deputy_unit: self.deputy_unit.clone(),
            active: !self.inactive,
        };
        let mut points = others(desk, &self.org, self.audience, &self.unit)?.1;
        points.push(point);
        change(desk, &self.org, points, &self.issue)
    }
}

impl RemoveArgs {
    fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let (before, points) = others(desk, &self.org, self.audience, &self.unit)?;
        if points.len() == before {
            return Err(Failure::refused("SEND_NOT_FOUND", "it has no such contact point")
                .at(self.org.as_str()));
        }
        change(desk, &self.org, points, &self.issue)
    }
}

/// How many contact points there are, and those that are not of this audience and unit.
fn others(
    desk: &Desk,
    org: &OrgId,
    audience: Audience,
    unit: &UnitId,
) -> Result<(usize, Vec<ContactPoint>), Failure> {
    let registry = desk.registry()?;
    let points = registry.registry().members.get(org).map(|m| m.contact_points.clone());
    let mut points = points.unwrap_or_default();
    let before = points.len();
    points.retain(|point| point.audience != audience || point.unit != *unit);
    Ok((before, points))
}

fn change(
    desk: &Desk,
    org: &OrgId,
    points: Vec<ContactPoint>,
    issue: &IssueArgs,
) -> Result<Answer, Failure> {
    let held = desk.registry()?;
    let issuance = issue.issuance(desk.now);
    let draft = join::update_contact_points(held.registry(), org, points, issuance)?;
    let published = desk.publish(draft, issue.out())?;
    Ok(published.answer(&format!("Contact points of {org} are changed")))
}
