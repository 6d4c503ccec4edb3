//! Working groups in the file of an agreement.

use brygga_proto::agreement::v1 as proto;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupEntry {
    group_id: String,
    title: String,
    /// All participants where it is left out.
    #[serde(default)]
    members: Vec<MemberEntry>,
    #[serde(default)]
    meetings_per_year: u32,
    #[serde(default)]
    minutes_reference: String,
    #[serde(default)]
    may_amend: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberEntry {
    organisation: String,
    #[serde(default)]
    unit: String,
}

impl GroupEntry {
    pub(super) fn into_proto(self, parties: &[proto::Party]) -> proto::WorkingGroup {
        let members = if self.members.is_empty() {
            let taking_part = parties.iter().filter(|p| p.role() == proto::PartyRole::Participant);
            taking_part.map(|party| member(party.organisation.clone(), String::new())).collect()
        } else {
            self.members.into_iter().map(|one| member(one.organisation, one.unit)).collect()
        };
        proto::WorkingGroup {
            group_id: self.group_id,
            title: self.title,
            members,
            meetings_per_year: self.meetings_per_year,
            minutes_reference: self.minutes_reference,
            may_amend: self.may_amend,
        }
    }
}

const fn member(organisation: String, unit: String) -> proto::GroupMember {
    proto::GroupMember { organisation, unit }
}
