//! Who is who, read from the registry that this node trusts. Nothing here leaves the node.

use brygga_domain::{OrgId, Refusal};
use brygga_identity::registry::{Audience, ContactPoint};

use crate::App;

impl App {
    /// The one active way in to an organisation for an audience ("en väg in", NAT-12, GBG-07), with its name.
    ///
    /// # Errors
    /// [`brygga_domain::Reason::NotFound`] for an unknown organisation, [`brygga_domain::Reason::ContactPointNotUnique`] for none or several.
    pub fn contact_point(
        &self,
        organisation: &OrgId,
        audience: Audience,
    ) -> Result<(String, ContactPoint), Refusal> {
        let trust = self.trust();
        let contact_point = trust.contact_point(organisation, audience)?.clone();
        let name = trust.member(organisation).map(|member| member.name.clone()).unwrap_or_default();
        Ok((name, contact_point))
    }
}
