//! What can be done in a case as it stands, by whom, with which command (docs/RELOCATION.md).
//!
//! It is a help to read, and decides nothing: the node does.

use brygga_domain::Timestamp;
use brygga_domain::relocation::{Side, Stage};
use brygga_proto::local::v1::Relocation;
use brygga_proto::relocation::v1::{HandoverItem, RelocationRoute, SecrecyBasis};

use crate::cli::Language;
use crate::identifier::show;
use crate::text::relocation::RelocationText as Text;
use crate::{when, wire_code};

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    what: Text,
    /// The command behind "brygga relocation"; none for what is done elsewhere.
    pub(super) command: Option<String>,
    /// The officer who has done the first half, so that somebody else does the second.
    not_by: Option<String>,
}

impl Step {
    /// The step in two lines: what, and the command with who may give it.
    pub(super) fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = vec![format!("  {}", self.what.of(language))];
        let who = match &self.not_by {
            Some(officer) => format!("{} {officer}", Text::NextOther.of(language)),
            None => Text::NextAnybody.of(language).to_owned(),
        };
        let command = self.command.as_ref();
        lines.extend(command.map(|command| format!("    brygga relocation … {command}  ({who})")));
        lines
    }
}

/// What can be done, the most urgent first.
pub(super) fn steps(case: &Relocation, now: Timestamp) -> Vec<Step> {
    let Some(stage) = Stage::parse(&case.stage) else { return Vec::new() };
    let next = Next { case, id: show(&case.relocation_id) };
    if stage.is_over() {
        return vec![next.does(Text::NextPurge, "purge", "")];
    }
    let mut steps = match Side::parse(&case.side) {
        Some(Side::Origin) => next.at_origin(stage),
        Some(Side::Destination) => next.at_destination(stage),
        None => Vec::new(),
    };
    if matches!(stage, Stage::Disclosed | Stage::Opened | Stage::Accepted | Stage::HandingOver)
        && case.opened_at.is_some()
    {
        steps.push(next.does(Text::NextAssist, "assist", " --text-file FILE"));
    }
    steps.extend(next.reviews(now));
    steps.push(next.does(Text::NextEnd, "end", " --how WITHDRAWN|ABORTED"));
    steps
}

struct Next<'a> {
    case: &'a Relocation,
    id: String,
}

impl Next<'_> {
    fn does(&self, what: Text, verb: &str, rest: &str) -> Step {
        let command = Some(format!("{verb} {}{rest}", self.id));
        Step { what, command, not_by: None }
    }

    fn by_another(&self, what: Text, verb: &str, not_by: &[u8]) -> Step {
        let not_by = (!not_by.is_empty()).then(|| show(not_by));
        Step { not_by, ..self.does(what, verb, "") }
    }

    fn waits(&self, what: Text) -> Step {
        self.does(what, "show", "")
    }

    fn at_origin(&self, stage: Stage) -> Vec<Step> {
        let enquire = |what| self.does(what, "enquire", " --until WHEN");
        let select = |what| self.does(what, "select", " --offer NUMBER");
        match stage {
            Stage::Assessed => vec![enquire(Text::NextEnquire)],
            Stage::Enquired if self.case.offers.is_empty() => {
                vec![self.waits(Text::NextWaitOffers), enquire(Text::NextEnquireAnew)]
            }
            Stage::Enquired => vec![select(Text::NextSelect), enquire(Text::NextEnquireAnew)],
            Stage::Selected => {
                let mut steps = self.before_release();
                steps.push(select(Text::NextSelectAnother));
                steps
            }
            Stage::Disclosed if self.case.opened_at.is_none() => {
                vec![self.waits(Text::NextWaitOpened)]
            }
            Stage::Disclosed => {
                let wait = self.waits(Text::NextWaitPosition);
                std::iter::once(wait).chain(self.escalation()).collect()
            }
            Stage::Refused => {
                let another = select(Text::NextSelectAnother);
                self.appeal().into_iter().chain([another]).chain(self.escalation()).collect()
            }
            Stage::Escalated => {
                let came = self.does(Text::NextDecisionCame, "decision-came", " --at WHEN");
                let came = self.case.decided_at.is_none().then_some(came);
                let last = self.does(Text::NextDecision, "decision", " --outcome MOVES|STAYS");
                came.into_iter().chain([last]).collect()
            }
            Stage::Accepted | Stage::HandingOver => {
                let given = |item: &str| self.has_item(item);
                let left: Vec<_> =
                    items().into_iter().filter(|(code, _)| !given(code)).map(|it| it.0).collect();
                let wait = self.waits(Text::NextWaitMove);
                if left.is_empty() {
                    return vec![wait];
                }
                let rest = format!(" --item {}", left.join("|"));
                vec![self.does(Text::NextHandOver, "hand-over", &rest), wait]
            }
            Stage::Moved | Stage::FollowedUp => vec![self.waits(Text::NextWaitClose)],
            _ => Vec::new(),
        }
    }

    fn at_destination(&self, stage: Stage) -> Vec<Step> {
        let close = || self.does(Text::NextClose, "close", "");
        let moved = || self.does(Text::NextMoved, "moved", "");
        match stage {
            Stage::Offered => vec![self.waits(Text::NextWaitDisclosure)],
            Stage::Arrived => {
                vec![self.by_another(Text::NextOpen, "open-disclosure", &self.case.share_by)]
            }
            Stage::Opened => {
                let codes = " --position ACCEPTED|REFUSED";
                let position = self.does(Text::NextPosition, "position", codes);
                std::iter::once(position).chain(self.taking_over()).collect()
            }
            Stage::Refused => self.appeal().into_iter().chain(self.taking_over()).collect(),
            Stage::Accepted => vec![moved()],
            Stage::HandingOver => self.receipts().into_iter().chain([moved()]).collect(),
            Stage::Moved => {
                let follow_up = self.does(Text::NextFollowUp, "follow-up", "");
                self.receipts().into_iter().chain([follow_up, close()]).collect()
            }
            Stage::FollowedUp => self.receipts().into_iter().chain([close()]).collect(),
            _ => Vec::new(),
        }
    }

    /// What a disclosure still lacks, in any order; the release once it lacks nothing.
    fn before_release(&self) -> Vec<Step> {
        let case = self.case;
        let mut lacking = Vec::new();
        if case.secrecy_basis() == SecrecyBasis::Unspecified {
            lacking.push(self.does(Text::NextExamine, "examine", " --secrecy-basis RULE"));
        }
        if case.call_back.is_none() {
            lacking.push(self.does(Text::NextCallBack, "call-back", " --spoke-with-file FILE"));
        }
        if case.prepared_by.is_empty() {
            lacking.push(self.does(Text::NextPrepare, "prepare", " --content-file FILE"));
        }
        if lacking.is_empty() {
            lacking.push(self.by_another(Text::NextRelease, "release", &case.prepared_by));
        }
        lacking
    }

    /// A refused application, and nothing else, is appealed by the person.
    fn appeal(&self) -> Option<Step> {
        let is_application = self.case.route() == RelocationRoute::Application297;
        is_application.then_some(Step { what: Text::NextAppeal, command: None, not_by: None })
    }

    fn escalation(&self) -> Option<Step> {
        let is_transfer = self.case.route() == RelocationRoute::Transfer2910;
        is_transfer.then(|| self.does(Text::NextEscalate, "escalate", ""))
    }

    /// At the destination of a transfer: what IVO has decided counts, whatever was answered.
    fn taking_over(&self) -> Option<Step> {
        let is_transfer = self.case.route() == RelocationRoute::Transfer2910;
        is_transfer.then(|| self.does(Text::NextTakeOver, "decision", " --outcome MOVES"))
    }

    fn receipts(&self) -> Option<Step> {
        let missing = self.case.handover.iter().filter(|entry| entry.received_at.is_none());
        let missing: Vec<_> =
            missing.map(|entry| wire_code::show::<HandoverItem>(entry.item)).collect();
        let rest = format!(" --item {}", missing.join("|"));
        (!missing.is_empty()).then(|| self.does(Text::NextReceive, "receive", &rest))
    }

    fn has_item(&self, code: &str) -> bool {
        let mut given = self.case.handover.iter();
        given.any(|entry| wire_code::show::<HandoverItem>(entry.item) == code)
    }

    /// A decision to withhold insight that is to be reviewed now.
    fn reviews(&self, now: Timestamp) -> Vec<Step> {
        let is_due = |due| when::from_proto(due).is_some_and(|due| due <= now);
        let due = self.case.withheld.iter().zip(1..).filter(|(one, _)| is_due(one.review_due));
        let step = |number: i32| {
            let rest = format!(" --number {number} --outcome GOES_ON|LIFTED");
            self.does(Text::NextReviewWithheld, "review-withheld", &rest)
        };
        due.map(|(_, number)| step(number)).collect()
    }
}

fn items() -> Vec<(&'static str, HandoverItem)> {
    wire_code::all()
}

#[cfg(test)]
mod tests;
