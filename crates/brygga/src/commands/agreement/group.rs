//! The working groups of an agreement, as a case worker and a program read them.

use brygga_proto::agreement::v1 as proto;
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::Text;

pub(super) fn line(group: &proto::WorkingGroup, language: Language) -> String {
    let member = |member: &proto::GroupMember| match member.unit.is_empty() {
        true => member.organisation.clone(),
        false => format!("{}/{}", member.organisation, member.unit),
    };
    let members: Vec<_> = group.members.iter().map(member).collect();
    let mut line = format!("{}: {}; {}", group.group_id, group.title, members.join(", "));
    let meetings = format!("{} {}", group.meetings_per_year, Text::MeetingsPerYear.of(language));
    let minutes = format!("{} {}", Text::Minutes.of(language), group.minutes_reference);
    for (holds, part) in [
        (group.meetings_per_year > 0, meetings.as_str()),
        (!group.minutes_reference.is_empty(), minutes.as_str()),
        (group.may_amend, Text::MayAmend.of(language)),
    ] {
        if holds {
            line = format!("{line}; {part}");
        }
    }
    line
}

pub(super) fn value(group: &proto::WorkingGroup) -> Value {
    let member = |member: &proto::GroupMember| json!({"organisation": member.organisation, "unit": member.unit});
    json!({
        "group_id": group.group_id,
        "title": group.title,
        "members": group.members.iter().map(member).collect::<Vec<_>>(),
        "meetings_per_year": group.meetings_per_year,
        "minutes_reference": group.minutes_reference,
        "may_amend": group.may_amend,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_says_who_is_in_it_how_often_it_meets_and_what_it_may() {
        let member = |organisation: &str, unit: &str| proto::GroupMember {
            organisation: organisation.to_owned(),
            unit: unit.to_owned(),
        };
        let group = proto::WorkingGroup {
            group_id: "strategisk".to_owned(),
            title: "Strategisk grupp".to_owned(),
            members: vec![member("kommun:1980", "bostadsenheten"), member("demo:mimer", "")],
            meetings_per_year: 2,
            minutes_reference: "SN 2026/12".to_owned(),
            may_amend: true,
        };
        assert_eq!(
            line(&group, Language::Sv),
            "strategisk: Strategisk grupp; kommun:1980/bostadsenheten, demo:mimer; 2 möten per år; \
             protokoll SN 2026/12; får föreslå ändringar"
        );
        let bare = proto::WorkingGroup {
            meetings_per_year: 0,
            minutes_reference: String::new(),
            may_amend: false,
            ..group
        };
        assert!(line(&bare, Language::En).ends_with("demo:mimer"));
    }
}
