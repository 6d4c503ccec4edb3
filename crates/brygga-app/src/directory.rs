//! Who is who, read from the registry that this node trusts. Nothing here leaves the node.

use brygga_domain::referral::{Escalation, Referral};
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

    /// Before whom a referral that nobody took on is laid next: the deputy that the own contact points name
    /// for its function, then the intake.
    pub(crate) fn next_in_line(&self, referral: &Referral) -> Escalation {
        let level = referral.escalation.as_ref().map_or(0, |laid| laid.level);
        let trust = self.trust();
        let member = trust.member(&self.parts().organisation).ok();
        let points = member.into_iter().flat_map(|member| &member.contact_points);
        let is_its = |point: &&ContactPoint| match &referral.target_unit {
            Some(unit) => point.unit == *unit,
            None => point.audience == Audience::Organisations,
        };
        let deputy = points.filter(is_its).find_map(|point| point.deputy_unit.clone());
        match deputy.filter(|_| level == 0) {
            Some(unit) => Escalation { level: 1, unit: Some(unit) },
            None => Escalation { level: Escalation::LAST, unit: None },
        }
    }

    /// The number to call when a duty cannot wait for an organisation's node (SYS-01): its published way in
    /// for organisations, with the number outside its hours if it has one, else the number in the settings.
    pub fn duty_phone(&self, organisation: &OrgId) -> Option<String> {
        let trust = self.trust();
        let point = trust.contact_point(organisation, Audience::Organisations).ok();
        let numbers = point.map(|point| match &point.out_of_hours_phone {
            Some(second) => format!("{} / {second}", point.phone),
            None => point.phone.clone(),
        });
        numbers.or_else(|| self.parts().duty_phone.clone())
    }
}
