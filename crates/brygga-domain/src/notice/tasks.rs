//! What a notice of an eviction leaves for the municipality to do.

use super::{Children, NoticeKind, Occupants};
use crate::legal::coded_enum;

coded_enum!(
    /// Something that is to be done about a notice, by a person. Nothing happens by itself.
    NoticeTask {
        /// Nobody knows whether children live there: find out (EVI-05). Never asked of Kronofogden are their names.
        FindOutAboutChildren = "FIND_OUT_ABOUT_CHILDREN",
        /// Children live there: consider whether it is to be taken up as a report of concern (SoL 19:1; rule R30).
        ConsiderChildReport = "CONSIDER_CHILD_REPORT",
        /// Others than the tenant's household live there, or nobody knows: seek them out (UB 16:8, STJ-03).
        SeekOutOthers = "SEEK_OUT_OTHERS",
    }
);

/// What is to be done where a notice stands so. What was taken back or has lapsed leaves nothing; after an eviction whoever
/// else lived there still has to be found.
pub fn tasks(kind: NoticeKind, children: Children, others: Occupants) -> Vec<NoticeTask> {
    if matches!(kind, NoticeKind::Withdrawn | NoticeKind::Lapsed) {
        return Vec::new();
    }
    let about_children = match children {
        Children::Yes => Some(NoticeTask::ConsiderChildReport),
        Children::Unknown => Some(NoticeTask::FindOutAboutChildren),
        Children::No => None,
    };
    let about_others = (others != Occupants::No).then_some(NoticeTask::SeekOutOthers);
    about_children.into_iter().chain(about_others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_a_task_and_what_was_taken_back_is_none() {
        use NoticeTask::{ConsiderChildReport, FindOutAboutChildren, SeekOutOthers};
        let scheduled = |children, others| tasks(NoticeKind::Scheduled, children, others);
        assert_eq!(
            scheduled(Children::Unknown, Occupants::Unknown),
            [FindOutAboutChildren, SeekOutOthers]
        );
        assert_eq!(scheduled(Children::Yes, Occupants::No), [ConsiderChildReport]);
        assert_eq!(scheduled(Children::No, Occupants::No), []);
        assert_eq!(tasks(NoticeKind::Executed, Children::No, Occupants::Yes), [SeekOutOthers]);
        for over in [NoticeKind::Withdrawn, NoticeKind::Lapsed] {
            assert_eq!(tasks(over, Children::Unknown, Occupants::Unknown), []);
        }
    }
}
