//! The registry as a finding: signed, fresh, plausible, and with this node in it.

use brygga_config::Settings;
use brygga_crypto::VerifyingKey;
use brygga_domain::{MemberKind, Seconds, Timestamp};
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{Audience, Member};
use brygga_identity::trust::{Distrust, MAX_CLOCK_LEAD, Standing, TrustStore, TrustView};

use super::Finding;
use crate::cli::Language;
use crate::failure::Failure;
use crate::when;

/// When an operator should have renewed it.
const RENEW_BEFORE: Seconds = Seconds::days(14);

/// The registry or its anchor cannot be read or verified.
pub(super) fn unusable(failure: &Failure) -> Finding {
    let fix = "restore the file, or: brygga registry install --file FILE";
    Finding::error("REGISTRY_UNUSABLE", failure.text(Language::En), fix)
}

pub(super) fn findings(settings: &Settings, trust: &TrustStore, now: Timestamp) -> Vec<Finding> {
    let view = trust.at(now);
    let mut findings = Vec::from_iter(standing(&view, now));
    findings.extend(clock(trust, now));
    let own = &settings.node.organisation;
    match view.member(own) {
        Ok(member) => {
            findings.extend(own_keys(settings, member));
            findings.extend(own_endpoint(settings, member));
            findings.extend(contact_points(&view, member));
        }
        Err(Distrust::Revoked) => findings.push(Finding::error(
            "REGISTRY_EXCLUDED",
            format!("{own} is excluded from the federation"),
            "talk to the operators",
        )),
        Err(Distrust::Unknown) => findings.push(Finding::error(
            "REGISTRY_NOT_MEMBER",
            format!("{own} is not a member yet"),
            "have the operator admit you, then: brygga registry install --file FILE",
        )),
        // Said by the registry's standing already.
        Err(_) => {}
    }
    findings
}

fn standing(view: &TrustView, now: Timestamp) -> Option<Finding> {
    let fix = "the operator: brygga registry renew; then here: brygga registry install";
    match view.standing() {
        Standing::Absent => Some(Finding::error(
            "REGISTRY_ABSENT",
            "there is no registry",
            "brygga registry install",
        )),
        Standing::Current { until } if until <= now.plus(RENEW_BEFORE) => {
            let problem = format!("the registry expires {}", when::swedish(until));
            Some(Finding::warning("REGISTRY_EXPIRES_SOON", problem, fix))
        }
        Standing::Current { .. } => None,
        Standing::Grace { until } => {
            let problem = format!("the registry has expired; all ends {}", when::swedish(until));
            Some(Finding::error("REGISTRY_EXPIRED", problem, fix))
        }
        Standing::Lapsed => {
            Some(Finding::error("REGISTRY_LAPSED", "nothing is trusted any more", fix))
        }
    }
}

/// A registry from the future means that this machine's clock, or the operators', is wrong.
fn clock(trust: &TrustStore, now: Timestamp) -> Option<Finding> {
    let issued_at = trust.verified()?.registry().issued_at;
    (issued_at > now.plus(MAX_CLOCK_LEAD)).then(|| {
        let (issued, clock) = (when::swedish(issued_at), when::swedish(now));
        let problem = format!("the registry was made {issued}, and this clock says {clock}");
        Finding::error("CLOCK_BEHIND", problem, "set the clock; use NTP")
    })
}

fn own_keys(settings: &Settings, member: &Member) -> Vec<Finding> {
    // What is wrong with the key files is another finding.
    let Ok(keys) = NodeKeys::load(&settings.keys.directory) else { return Vec::new() };
    let fix = "rotate the keys (brygga registry request-rotation), or restore the right ones";
    let mut findings = Vec::new();
    let signs = |key: &VerifyingKey| member.signing_keys.iter().any(|entry| entry.key == *key);
    if !signs(&keys.verifying()) {
        let problem = "the registry does not list the signing key of this node";
        findings.push(Finding::error("SIGNING_KEY_NOT_LISTED", problem, fix));
    }
    for entry in &member.sealing_keys {
        if keys.sealing_by_id(entry.key.key_id()).is_none() {
            let unit = entry.unit.as_ref().map_or("the intake", |unit| unit.as_str());
            let problem = format!("content is sealed to a key of {unit} that is not here");
            findings.push(Finding::error("SEALING_KEY_ABSENT", problem, fix));
        }
    }
    findings
}

fn own_endpoint(settings: &Settings, member: &Member) -> Option<Finding> {
    let told = settings.federation_listener.public_endpoint.as_str();
    let listed = member.endpoints.iter().any(|endpoint| endpoint.to_string() == told);
    (!listed).then(|| {
        let problem = format!("the registry does not list {told} as this node's endpoint");
        Finding::warning("ENDPOINT_NOT_LISTED", problem, "have the operator change the entry")
    })
}

/// A municipality has exactly one way in for each audience; none or two fails its health (GBG-07, NAT-12).
fn contact_points(view: &TrustView, member: &Member) -> Vec<Finding> {
    if member.kind != MemberKind::Municipality {
        return Vec::new();
    }
    let finding = |audience: Audience| {
        let problem = format!("there is not exactly one way in for {audience:?}");
        let fix =
            format!("the operator: brygga registry contact-point set {}", member.organisation);
        Finding::error("CONTACT_POINT_NOT_UNIQUE", problem, fix)
    };
    view.audiences_without_contact_point(&member.organisation).into_iter().map(finding).collect()
}
