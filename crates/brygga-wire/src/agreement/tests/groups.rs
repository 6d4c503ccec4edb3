//! Working groups that are refused, each by its bad field.

use brygga_domain::Reason::{ContentForbidden, InvalidField};

use super::*;
use crate::samples::{Case, assert_refused};

fn group(terms: &mut proto::AgreementTerms) -> &mut proto::WorkingGroup {
    &mut terms.groups[0]
}

#[test]
fn each_broken_field_of_a_group_is_named() {
    let cases: &[Case<proto::AgreementTerms>] = &[
        ("17", |t| t.groups = vec![t.groups[0].clone(); 17], InvalidField, "terms.groups"),
        ("twice", |t| t.groups.push(t.groups[0].clone()), InvalidField, "terms.groups.group_id"),
        ("no name", |t| group(t).group_id.clear(), InvalidField, "terms.groups.group_id"),
        ("no title", |t| group(t).title.clear(), InvalidField, "terms.groups.title"),
        ("nobody", |t| group(t).members.clear(), InvalidField, "terms.groups.members"),
        (
            "65 members",
            |t| group(t).members = vec![t.groups[0].members[0].clone(); 65],
            InvalidField,
            "terms.groups.members",
        ),
        (
            "member twice",
            |t| group(t).members = vec![t.groups[0].members[0].clone(); 2],
            InvalidField,
            "terms.groups.members",
        ),
        (
            "stranger",
            |t| group(t).members[0].organisation = "kommun:0834".into(),
            InvalidField,
            "terms.groups.members.organisation",
        ),
        (
            "bad function",
            |t| group(t).members[0].unit = "X Y".into(),
            InvalidField,
            "terms.groups.members.unit",
        ),
        (
            "53 meetings",
            |t| group(t).meetings_per_year = 53,
            InvalidField,
            "terms.groups.meetings_per_year",
        ),
        (
            "minutes with a name",
            |t| group(t).minutes_reference = "hos Tolvan Testsson".into(),
            InvalidField,
            "terms.groups.minutes_reference",
        ),
        (
            "minutes by a person",
            |t| group(t).minutes_reference = "SN 19900101-2385".into(),
            ContentForbidden,
            "terms.groups.minutes_reference",
        ),
    ];
    assert_refused(&sound(), decode, cases);
}
