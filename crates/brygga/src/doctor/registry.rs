//! The registry as a finding: signed, fresh, plausible, and with this node in it.

use brygga_crypto::VerifyingKey;
use brygga_domain::Seconds;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::Member;
use brygga_identity::trust::{Distrust, MAX_CLOCK_LEAD, Standing, TrustStore, TrustView};

use super::{Fault, Finding, View, contact};
use crate::failure::Failure;
use crate::when;

/// When an operator should have renewed it.
const RENEW_BEFORE: Seconds = Seconds::days(14);

/// The registry or its anchor cannot be read or verified.
pub(super) fn unusable(view: &View<'_>, failure: &Failure) -> Finding {
    view.found(Fault::RegistryUnusable, &[("detail", &failure.text(view.at.language))])
}

pub(super) fn findings(view: &View<'_>, trust: &TrustStore) -> Vec<Finding> {
    let trusted = trust.at(view.now());
    let mut findings = Vec::from_iter(standing(view, &trusted));
    findings.extend(clock(view, trust));
    let own = &view.settings.node.organisation;
    let named = [("organisation", own.as_str())];
    match trusted.member(own) {
        Ok(member) => {
            findings.extend(own_keys(view, member));
            findings.extend(own_endpoint(view, member));
            findings.extend(contact::ways_in(view, &trusted, member));
        }
        Err(Distrust::Revoked) => findings.push(view.found(Fault::RegistryExcluded, &named)),
        Err(Distrust::Unknown) => findings.push(view.found(Fault::RegistryNotMember, &named)),
        // Said by the registry's standing already.
        Err(_) => {}
    }
    findings
}

fn standing(view: &View<'_>, trusted: &TrustView) -> Option<Finding> {
    let (fault, until) = match trusted.standing() {
        Standing::Absent => (Fault::RegistryAbsent, None),
        Standing::Current { until } if until <= view.now().plus(RENEW_BEFORE) => {
            (Fault::RegistryExpiresSoon, Some(until))
        }
        Standing::Current { .. } => return None,
        Standing::Grace { until } => (Fault::RegistryExpired, Some(until)),
        Standing::Lapsed => (Fault::RegistryLapsed, None),
    };
    let until = until.map_or_else(String::new, when::swedish);
    Some(view.found(fault, &[("until", &until)]))
}

/// A registry from the future means that this machine's clock, or the operators', is wrong.
fn clock(view: &View<'_>, trust: &TrustStore) -> Option<Finding> {
    let issued_at = trust.verified()?.registry().issued_at;
    (issued_at > view.now().plus(MAX_CLOCK_LEAD)).then(|| {
        let (issued, clock) = (when::swedish(issued_at), when::swedish(view.now()));
        view.found(Fault::ClockBehind, &[("issued", &issued), ("clock", &clock)])
    })
}

fn own_keys(view: &View<'_>, member: &Member) -> Vec<Finding> {
    // What is wrong with the key files is another finding.
    let Ok(keys) = NodeKeys::load(&view.settings.keys.directory) else { return Vec::new() };
    let mut findings = Vec::new();
    let signs = |key: &VerifyingKey| member.signing_keys.iter().any(|entry| entry.key == *key);
    if !signs(&keys.verifying()) {
        findings.push(view.found(Fault::SigningKeyNotListed, &[]));
    }
    for entry in &member.sealing_keys {
        if keys.sealing_by_id(entry.key.key_id()).is_none() {
            let unit = entry.unit.as_ref().map_or("–", |unit| unit.as_str());
            findings.push(view.found(Fault::SealingKeyAbsent, &[("unit", unit)]));
        }
    }
    findings
}

fn own_endpoint(view: &View<'_>, member: &Member) -> Option<Finding> {
    let told = view.settings.federation_listener.public_endpoint.as_str();
    let listed = member.endpoints.iter().any(|endpoint| endpoint.to_string() == told);
    (!listed).then(|| view.found(Fault::EndpointNotListed, &[("endpoint", told)]))
}
