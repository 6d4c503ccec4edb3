//! The certificates at the two ends of the local port as findings: usable, and in time.

use brygga_config::TlsFiles;
use brygga_domain::Seconds;
use brygga_identity::tls::{NodeIdentity, NodeIdentityError};

use super::{Fault, Finding, View};
use crate::failure::chain;
use crate::when;

/// Clients that were given the certificate want a new one in time.
const WARN_BEFORE: Seconds = Seconds::days(30);

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let settings = view.settings;
    let listener = settings.local_listener.tls.as_ref().and_then(|tls| of_listener(view, tls));
    let client = settings.client.tls.as_ref().and_then(|tls| {
        let detail = chain(&load(tls).err()?);
        Some(view.found(Fault::ClientCertificateUnusable, &[("detail", &detail)]))
    });
    listener.into_iter().chain(client).collect()
}

/// The node itself does not mind when its certificate ends; most clients do.
fn of_listener(view: &View<'_>, tls: &TlsFiles) -> Option<Finding> {
    match load(tls) {
        Err(error) => {
            Some(view.found(Fault::LocalCertificateUnusable, &[("detail", &chain(&error))]))
        }
        Ok(identity) => {
            let until = identity.leaf().not_after();
            let fault = Fault::LocalCertificateEndsSoon;
            let soon = until <= view.now().plus(WARN_BEFORE);
            soon.then(|| view.found(fault, &[("until", &when::swedish(until))]))
        }
    }
}

fn load(tls: &TlsFiles) -> Result<NodeIdentity, NodeIdentityError> {
    NodeIdentity::load(&tls.certificate_file, &tls.key_file)
}
