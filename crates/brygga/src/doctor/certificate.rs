//! The node's certificate as a finding: readable, in time, and the one that the registry lists.

use brygga_domain::{Seconds, Timestamp};
use brygga_identity::tls::{CertificateRefusal, NodeIdentity, Role};
use brygga_identity::trust::TrustStore;

use super::{Fault, Finding, View};
use crate::failure::chain;
use crate::when;

/// A rotation wants the operator and every member: a month is time for both.
const WARN_BEFORE: Seconds = Seconds::days(30);
/// From here on it is an error: what is not begun now may not be done in time.
const ERROR_BEFORE: Seconds = Seconds::days(7);

pub(super) fn findings(view: &View<'_>, trust: &TrustStore) -> Option<Finding> {
    let tls = &view.settings.federation_listener.tls;
    let identity = match NodeIdentity::load(&tls.certificate_file, &tls.key_file) {
        Ok(identity) => identity,
        Err(error) => {
            return Some(view.found(Fault::CertificateUnusable, &[("detail", &chain(&error))]));
        }
    };
    let (leaf, now) = (identity.leaf(), view.now());
    if let Err(refusal) = leaf.identify_server(trust, &view.settings.node.organisation, now) {
        return Some(view.found(refused(refusal), &[]));
    }
    if leaf.identify(trust, Role::Client, now).is_err() {
        return Some(view.found(Fault::CertificatePurpose, &[]));
    }
    let fault = ending(leaf.not_after(), now)?;
    Some(view.found(fault, &[("until", &when::swedish(leaf.not_after()))]))
}

fn ending(until: Timestamp, now: Timestamp) -> Option<Fault> {
    if until <= now.plus(ERROR_BEFORE) {
        Some(Fault::CertificateEndsNow)
    } else {
        (until <= now.plus(WARN_BEFORE)).then_some(Fault::CertificateEndsSoon)
    }
}

const fn refused(refusal: CertificateRefusal) -> Fault {
    match refusal {
        CertificateRefusal::Expired => Fault::CertificateExpired,
        CertificateRefusal::NotYetValid => Fault::CertificateNotYetValid,
        CertificateRefusal::UnknownKey => Fault::CertificateNotListed,
        CertificateRefusal::OtherName | CertificateRefusal::OtherOrganisation => {
            Fault::CertificateOfAnother
        }
        CertificateRefusal::Authority
        | CertificateRefusal::ChainTooLong
        | CertificateRefusal::Malformed
        | CertificateRefusal::NotOneUri
        | CertificateRefusal::WrongPurpose => Fault::CertificateForm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_warns_and_a_week_is_an_error() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let in_days = |days| ending(now.plus(Seconds::days(days)), now);
        assert_eq!(in_days(31), None);
        assert_eq!(in_days(30), Some(Fault::CertificateEndsSoon));
        assert_eq!(in_days(8), Some(Fault::CertificateEndsSoon));
        assert_eq!(in_days(7), Some(Fault::CertificateEndsNow));
    }

    #[test]
    fn each_refusal_of_a_peer_is_told_as_what_it_is() {
        use CertificateRefusal as Refusal;
        assert_eq!(refused(Refusal::Expired), Fault::CertificateExpired);
        assert_eq!(refused(Refusal::NotYetValid), Fault::CertificateNotYetValid);
        assert_eq!(refused(Refusal::UnknownKey), Fault::CertificateNotListed);
        assert_eq!(refused(Refusal::OtherName), Fault::CertificateOfAnother);
        assert_eq!(refused(Refusal::NotOneUri), Fault::CertificateForm);
    }
}
