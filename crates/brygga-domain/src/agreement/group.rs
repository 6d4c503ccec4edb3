//! Working groups under an agreement (VAS-03): who meets, how often, where the minutes are, and who may amend.
//!
//! A group is of organisations and their functions, never of persons.

use std::collections::HashSet;

use super::rule::is_name;
use super::terms::{AgreementDraft, is_text};
use crate::contact_form::is_link;
use crate::{OrgId, Reason, Refusal, UnitId};

const GROUPS_MAX: usize = 16;
const MEMBERS_MAX: usize = 64;
/// Most meetings in a year: one each week.
const MEETINGS_MAX: u32 = 52;

/// A group of parties that meets under an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingGroup {
    /// Name inside the agreement, for example `strategisk`.
    pub group_id: String,
    /// What the parties call it. 1 to 200 characters.
    pub title: String,
    /// Who is in it, nobody twice. 1 to 64.
    pub members: Vec<GroupMember>,
    /// How often it meets in a year, 1 to 52; 0 where nothing is agreed.
    pub meetings_per_year: u32,
    /// Where its minutes are: a file number or a link, never a person's; none where nowhere.
    pub minutes_reference: Option<String>,
    /// Whether its members may propose the next version. Where no group may, every participant may.
    pub may_amend: bool,
}

/// A party in a group, or one of its functions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupMember {
    /// The party.
    pub organisation: OrgId,
    /// The function that takes part; none for the whole organisation.
    pub unit: Option<UnitId>,
}

impl WorkingGroup {
    fn check(&self, draft: &AgreementDraft) -> Result<(), Refusal> {
        let is_party = |member: &GroupMember| draft.role(&member.organisation).is_some();
        let distinct: HashSet<_> = self.members.iter().collect();
        let is_sound_count = (1..=MEMBERS_MAX).contains(&self.members.len());
        let sound = [
            (is_name(&self.group_id), "terms.groups.group_id"),
            (is_text(&self.title), "terms.groups.title"),
            (is_sound_count && distinct.len() == self.members.len(), "terms.groups.members"),
            (self.members.iter().all(is_party), "terms.groups.members.organisation"),
            (self.meetings_per_year <= MEETINGS_MAX, "terms.groups.meetings_per_year"),
            (
                self.minutes_reference.as_deref().is_none_or(is_reference),
                "terms.groups.minutes_reference",
            ),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::InvalidField, field)),
            None => Ok(()),
        }
    }
}

impl AgreementDraft {
    pub(super) fn check_groups(&self) -> Result<(), Refusal> {
        let distinct: HashSet<_> = self.groups.iter().map(|group| &group.group_id).collect();
        if self.groups.len() > GROUPS_MAX {
            return Err(Refusal::at(Reason::InvalidField, "terms.groups"));
        }
        if distinct.len() < self.groups.len() {
            return Err(Refusal::at(Reason::InvalidField, "terms.groups.group_id"));
        }
        self.groups.iter().try_for_each(|group| group.check(self))
    }

    /// Whether an organisation may propose the next version; `acts_in` says for which of its functions.
    pub fn may_amend(&self, organisation: &OrgId, acts_in: impl Fn(&UnitId) -> bool) -> bool {
        let amending: Vec<_> = self.groups.iter().filter(|group| group.may_amend).collect();
        let is_it = |member: &GroupMember| {
            member.organisation == *organisation && member.unit.as_ref().is_none_or(&acts_in)
        };
        amending.is_empty() || amending.iter().any(|group| group.members.iter().any(is_it))
    }

    /// The groups without some of their members; without those that nobody is left in.
    pub fn groups_of(&self, stays: impl Fn(&OrgId) -> bool) -> Vec<WorkingGroup> {
        let mut groups = self.groups.clone();
        groups.iter_mut().for_each(|group| group.members.retain(|one| stays(&one.organisation)));
        groups.retain(|group| !group.members.is_empty());
        groups
    }
}

/// A link, or a file number as registrars write it: with a digit, and at most one word.
fn is_reference(text: &str) -> bool {
    let is_of_number = |c: char| c.is_alphanumeric() || " -/.:".contains(c);
    let words = text.split(|c: char| !c.is_alphanumeric());
    let of_letters = words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    let is_number = text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(is_of_number)
        && of_letters.count() <= 1;
    is_text(text) && (is_link(text) || is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_referred_to_by_a_file_number_or_a_link() {
        for good in ["SN 2026/00123-4", "2026-17", "Dnr:2026.5", "https://vasteras.example/p/3"] {
            assert!(is_reference(good), "{good}");
        }
        for bad in [
            "",
            "hos Tolvan",
            "Tolvan Testsson 1",
            "http://vasteras.example/",
            "https://",
            "https://vasteras.example/p 3",
            "https://tolvan@vasteras.example/",
            "https://vasteras.example/?namn=Tolvan",
            "tolvan1@vasteras.example",
            &"1".repeat(201),
        ] {
            assert!(!is_reference(bad), "{bad}");
        }
    }
}
