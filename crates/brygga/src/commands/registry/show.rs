//! `brygga registry show`: the members, as this node or a file knows them.

use std::path::PathBuf;

use brygga_domain::{OrgId, UnitId};
use brygga_identity::registry::{
    Audience, ContactPoint, Endpoint, Member, Registry, RegistryError, SignedRegistry,
};
use clap::Args;
use serde_json::{Value, json};

use super::desk::{Desk, instant};
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::{Answer, table};
use crate::when;

/// Show the members of the federation
#[derive(Args)]
#[command(after_help = "Example:\n  brygga registry show --org kommun:0881")]
pub(super) struct ShowArgs {
    /// Only this organisation, with its keys and contact points
    #[arg(long, value_name = "ORG")]
    org: Option<OrgId>,
    /// Show this file instead, whether or not it is signed
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl ShowArgs {
    pub(super) fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let signed = match &self.file {
            Some(path) => SignedRegistry::from_json(read_text(path)?.as_bytes())?,
            None => desk.registry()?.signed().clone(),
        };
        let registry = signed.registry().map_err(RegistryError::Document)?;
        let is_signed = signed.verify(desk.trust.anchor()).is_ok();
        match &self.org {
            None => Ok(all(&registry, is_signed)),
            Some(org) => {
                let member = registry.members.get(org).ok_or_else(|| {
                    Failure::refused("REGISTRY_NOT_MEMBER", "it is not a member").at(org.as_str())
                })?;
                Ok(Answer::new(entry(member)).lines(details(member)))
            }
        }
    }
}

fn all(registry: &Registry, is_signed: bool) -> Answer {
    let value = json!({
        "federation": registry.federation,
        "sequence": registry.sequence,
        "issued_at": when::rfc3339(registry.issued_at),
        "expires_at": when::rfc3339(registry.expires_at),
        "signed_by_enough": is_signed,
        "members": registry.members.values().map(entry).collect::<Vec<_>>(),
    });
    let heading = ["organisation", "name", "kind", "endpoint", "standing"].map(str::to_owned);
    let row = |member: &Member| {
        vec![
            member.organisation.to_string(),
            member.name.clone(),
            member.kind.as_str().to_owned(),
            member.endpoints.first().map_or_else(|| "-".to_owned(), Endpoint::to_string),
            if member.revoked_at.is_some() { "excluded" } else { "member" }.to_owned(),
        ]
    };
    let mut rows = vec![heading.to_vec()];
    rows.extend(registry.members.values().map(row));
    let signed = if is_signed { "" } else { ", NOT signed by enough operators" };
    Answer::new(value)
        .line(format!(
            "{}, registry {}, expires {}{signed}",
            registry.federation,
            registry.sequence,
            when::swedish(registry.expires_at)
        ))
        .lines(table(&rows))
}

fn entry(member: &Member) -> Value {
    let unit = |unit: &Option<UnitId>| unit.as_ref().map(UnitId::to_string);
    json!({
        "organisation": member.organisation.as_str(),
        "name": member.name,
        "kind": member.kind.as_str(),
        "social_services_status": member.social_services_status.as_str(),
        "endpoints": member.endpoints.iter().map(Endpoint::to_string).collect::<Vec<_>>(),
        "node_keys": member.node_keys.iter().map(|key| json!({
            "spki_sha256": key.pin.to_string(),
            "spiffe_id": key.spiffe_id,
            "valid_from": instant(key.validity.from),
            "valid_until": instant(key.validity.until),
        })).collect::<Vec<_>>(),
        "signing_keys": member.signing_keys.iter().map(|key| json!({
            "key_id": key.key.key_id().to_string(),
            "public_key": hex::encode(key.key.as_bytes()),
            "valid_from": instant(key.validity.from),
            "valid_until": instant(key.validity.until),
        })).collect::<Vec<_>>(),
        "sealing_keys": member.sealing_keys.iter().map(|key| json!({
            "key_id": key.key.key_id().to_string(),
            "unit": unit(&key.unit),
            "valid_until": instant(key.valid_until),
        })).collect::<Vec<_>>(),
        "contact_points": member.contact_points.iter().map(contact_point).collect::<Vec<_>>(),
        "trust_marks": member.trust_marks.iter().map(|mark| json!({
            "type": mark.mark,
            "reference": mark.reference,
            "valid_until": instant(mark.valid_until),
        })).collect::<Vec<_>>(),
        "revoked_at": instant(member.revoked_at),
    })
}

/// A contact point for JSON.
pub(super) fn contact_point(point: &ContactPoint) -> Value {
    json!({
        "audience": audience(point.audience),
        "unit": point.unit.as_str(),
        "phone": point.phone,
        "hours": point.hours,
        "out_of_hours_phone": point.out_of_hours_phone,
        "deputy_unit": point.deputy_unit.as_ref().map(UnitId::to_string),
        "active": point.active,
    })
}

/// The code of an audience, as the contract names it.
pub(super) const fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Citizens => "CITIZENS",
        Audience::Landlords => "LANDLORDS",
        Audience::Organisations => "ORGANISATIONS",
        Audience::Protected => "PROTECTED",
    }
}

fn details(member: &Member) -> Vec<String> {
    let mut lines = vec![format!(
        "{}  {}  {}  {}",
        member.organisation,
        member.name,
        member.kind.as_str(),
        member.social_services_status.as_str()
    )];
    lines.extend(member.endpoints.iter().map(|endpoint| format!("endpoint      {endpoint}")));
    let until =
        |at: Option<_>| at.map_or_else(String::new, |at| format!("  until {}", when::swedish(at)));
    for key in &member.node_keys {
        lines.push(format!("TLS key       {}{}", key.pin, until(key.validity.until)));
    }
    for key in &member.signing_keys {
        lines.push(format!("signing key   {}{}", key.key.key_id(), until(key.validity.until)));
    }
    for key in &member.sealing_keys {
        let unit = key.unit.as_ref().map_or("intake", UnitId::as_str);
        let id = key.key.key_id();
        lines.push(format!("sealing key   {id}  {unit}{}", until(key.valid_until)));
    }
    lines.extend(member.contact_points.iter().map(contact_line));
    for mark in &member.trust_marks {
        let (kind, reference) = (&mark.mark, &mark.reference);
        lines.push(format!("trust mark    {kind}  {reference}{}", until(mark.valid_until)));
    }
    lines.extend(member.revoked_at.map(|at| format!("EXCLUDED since {}", when::swedish(at))));
    lines
}

/// A contact point for people.
pub(super) fn contact_line(point: &ContactPoint) -> String {
    let night = point.out_of_hours_phone.as_deref();
    let night = night.map_or_else(String::new, |phone| format!("  other hours {phone}"));
    let deputy = point.deputy_unit.as_ref();
    let deputy = deputy.map_or_else(String::new, |unit| format!("  deputy {unit}"));
    let idle = if point.active { "" } else { "  (not in use)" };
    format!(
        "contact point {}  {}  {}  {}{night}{deputy}{idle}",
        audience(point.audience),
        point.unit,
        point.phone,
        point.hours
    )
}
