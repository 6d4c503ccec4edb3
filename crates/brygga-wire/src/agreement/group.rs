//! Working groups of the terms.

use brygga_domain::agreement::{GroupMember, WorkingGroup};
use brygga_domain::{Reason, Refusal};
use brygga_proto::agreement::v1 as proto;

use crate::content::names_somebody;
use crate::field::{counted, from_text, from_text_or_none, text_or_empty};

const MAX_GROUPS: usize = 16;
const MAX_MEMBERS: usize = 64;

pub(super) fn group_to_proto(group: &WorkingGroup) -> proto::WorkingGroup {
    let member = |member: &GroupMember| proto::GroupMember {
        organisation: member.organisation.to_string(),
        unit: text_or_empty(member.unit.as_ref()),
    };
    proto::WorkingGroup {
        group_id: group.group_id.clone(),
        title: group.title.clone(),
        members: group.members.iter().map(member).collect(),
        meetings_per_year: group.meetings_per_year,
        minutes_reference: group.minutes_reference.clone().unwrap_or_default(),
        may_amend: group.may_amend,
    }
}

pub(super) fn groups_from_proto(
    groups: Vec<proto::WorkingGroup>,
) -> Result<Vec<WorkingGroup>, Refusal> {
    counted(&groups, 0..=MAX_GROUPS, "terms.groups")?;
    groups.into_iter().map(group_from_proto).collect()
}

/// Minutes are kept under a number of their own, never under a person's.
fn group_from_proto(group: proto::WorkingGroup) -> Result<WorkingGroup, Refusal> {
    counted(&group.members, 1..=MAX_MEMBERS, "terms.groups.members")?;
    if names_somebody(&group.minutes_reference) {
        return Err(Refusal::at(Reason::ContentForbidden, "terms.groups.minutes_reference"));
    }
    let member = |member: &proto::GroupMember| {
        Ok(GroupMember {
            organisation: from_text(&member.organisation, "terms.groups.members.organisation")?,
            unit: from_text_or_none(&member.unit, "terms.groups.members.unit")?,
        })
    };
    Ok(WorkingGroup {
        group_id: group.group_id,
        title: group.title,
        members: group.members.iter().map(member).collect::<Result<_, Refusal>>()?,
        meetings_per_year: group.meetings_per_year,
        minutes_reference: Some(group.minutes_reference).filter(|text| !text.is_empty()),
        may_amend: group.may_amend,
    })
}
