//! The node's certificate as a finding: readable, in time, and the one that the registry lists.

use brygga_config::Settings;
use brygga_domain::{Seconds, Timestamp};
use brygga_identity::tls::{CertificateRefusal, NodeIdentity, Role};
use brygga_identity::trust::TrustStore;

use super::Finding;
use crate::failure::chain;
use crate::when;

/// When the key should have been rotated.
const ROTATE_BEFORE: Seconds = Seconds::days(60);
const ROTATE: &str = "rotate the key: brygga registry request-rotation --tls";

pub(super) fn findings(settings: &Settings, trust: &TrustStore, now: Timestamp) -> Vec<Finding> {
    let tls = &settings.federation_listener.tls;
    let identity = match NodeIdentity::load(&tls.certificate_file, &tls.key_file) {
        Ok(identity) => identity,
        Err(error) => {
            let fix = "restore certificate and key together";
            return vec![Finding::error("CERTIFICATE_UNUSABLE", chain(&error), fix)];
        }
    };
    let leaf = identity.leaf();
    match leaf.identify_server(trust, &settings.node.organisation, now) {
        Ok(_) if leaf.not_after() <= now.plus(ROTATE_BEFORE) => {
            let problem = format!("the certificate ends {}", when::swedish(leaf.not_after()));
            vec![Finding::warning("CERTIFICATE_ENDS_SOON", problem, ROTATE)]
        }
        Ok(_) if leaf.identify(trust, Role::Client, now).is_err() => {
            let problem = "the certificate is not meant for calling others";
            vec![Finding::error("CERTIFICATE_PURPOSE", problem, ROTATE)]
        }
        Ok(_) => Vec::new(),
        Err(refusal) => vec![refused(refusal)],
    }
}

fn refused(refusal: CertificateRefusal) -> Finding {
    let fix = match refusal {
        CertificateRefusal::UnknownKey => {
            "take up the newest registry (brygga registry install), or have the key admitted"
        }
        CertificateRefusal::NotYetValid => "set the clock; use NTP",
        _ => ROTATE,
    };
    Finding::error("CERTIFICATE_REFUSED", refusal.to_string(), fix)
}
