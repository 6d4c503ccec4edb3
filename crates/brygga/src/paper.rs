//! Swedish documents of a protected relocation: text that an officer completes, signs and keeps in the file. No node
//! stores one, and none of them names more of either end than its reader may know.

mod handover;
mod insight;
mod ivo;
mod refusal;
mod statement;
#[cfg(test)]
mod tests;

use brygga_domain::swedish_day::swedish_day;
use brygga_domain::{Timestamp, calendar};
use brygga_proto::local::v1::Relocation;
use brygga_proto::relocation::v1::{
    HandoverItem, RefusalCode, RelocationPosition, RelocationRoute, SecrecyBasis,
};
use brygga_proto::types::v1::ThirdPersonRelation;
use clap::ValueEnum;

use crate::identifier::show;
use crate::when;

/// A line that somebody fills in by hand.
const FILL_IN: &str = "________________";

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DocumentKind {
    /// Origin: what IVO needs (SoL 29:10 and 29:11).
    Ivo,
    /// Destination: the refusal, for the person, and how to appeal.
    Refusal,
    /// Either: what is handed over, with receipts.
    Handover,
    /// Either: an outward statement that does not tell from where it comes.
    Statement,
    /// Either: what a guardian who asks for insight may be told.
    Insight,
}

/// What documents need of a case, and nothing else of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct RelocationPaper {
    /// Name of the own municipality; empty for a line to fill in.
    pub(crate) own: String,
    /// The other municipality; empty where it is not known.
    pub(crate) other: String,
    /// Whether this is where the person moves from.
    pub(crate) is_origin: bool,
    /// The case's id, as it is shown.
    pub(crate) id: String,
    pub(crate) route: RelocationRoute,
    pub(crate) secrecy_basis: SecrecyBasis,
    pub(crate) written_at: Option<Timestamp>,
    pub(crate) disclosed_at: Option<Timestamp>,
    pub(crate) opened_at: Option<Timestamp>,
    pub(crate) escalated_at: Option<Timestamp>,
    pub(crate) position: Option<PaperPosition>,
    pub(crate) handover: Vec<PaperHandover>,
    pub(crate) withheld: Vec<PaperWithheld>,
    /// Words of a statement, as the officer wrote them.
    pub(crate) statement: String,
    /// Names and numbers that a statement must not hold: both municipalities, and the officers.
    pub(crate) hidden: Vec<String>,
}

/// The destination's position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PaperPosition {
    pub(crate) position: RelocationPosition,
    pub(crate) refusal: RefusalCode,
    pub(crate) at: Option<Timestamp>,
}

/// One thing handed over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PaperHandover {
    pub(crate) item: HandoverItem,
    pub(crate) given_at: Option<Timestamp>,
    pub(crate) received_at: Option<Timestamp>,
}

/// A decision to withhold the whereabouts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PaperWithheld {
    pub(crate) relation: ThirdPersonRelation,
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) review_due: Option<Timestamp>,
}

/// Why there is no such document of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoDocument {
    /// The other side writes it.
    OtherSide,
    /// Nothing has happened that it could tell of.
    TooEarly,
    /// There are no words to send.
    Empty,
    /// It would tell from where it comes; in which line, from 1.
    Tells(usize),
}

impl RelocationPaper {
    /// What documents need of a case as the node shows it.
    pub(crate) fn of(case: &Relocation, own: &str, now: Timestamp) -> Self {
        let is_origin = case.side == "ORIGIN";
        let chosen = case.offers.iter().find(|offer| offer.selected);
        let other = if is_origin {
            chosen.map(|offer| (&offer.organisation, &offer.officers))
        } else {
            case.origin.as_ref().map(|origin| (&origin.organisation, &origin.officers))
        };
        let officers = other.iter().flat_map(|(_, officers)| officers.iter());
        let known = officers.flat_map(|officer| [officer.name.clone(), officer.phone.clone()]);
        let spoke_with = case.call_back.iter().map(|call| call.spoke_with.clone());
        let other = other.map(|(organisation, _)| organisation.clone()).unwrap_or_default();
        let hidden = known.chain(spoke_with).chain([own.to_owned(), other.clone()]);
        let position = case.position.as_ref().map(|taken| PaperPosition {
            position: taken.position(),
            refusal: taken.refusal(),
            at: when::from_proto(taken.at),
        });
        let handover = case.handover.iter().map(|one| PaperHandover {
            item: one.item(),
            given_at: when::from_proto(one.given_at),
            received_at: when::from_proto(one.received_at),
        });
        let withheld = case.withheld.iter().map(|one| PaperWithheld {
            relation: one.relation(),
            decided_at: when::from_proto(one.decided_at),
            review_due: when::from_proto(one.review_due),
        });
        Self {
            own: own.to_owned(),
            hidden: hidden.filter(|word| !word.trim().is_empty()).collect(),
            other,
            is_origin,
            id: show(&case.relocation_id),
            route: case.route(),
            secrecy_basis: case.secrecy_basis(),
            written_at: Some(now),
            disclosed_at: when::from_proto(case.disclosed_at),
            opened_at: when::from_proto(case.opened_at),
            escalated_at: when::from_proto(case.escalated_at),
            position,
            handover: handover.collect(),
            withheld: withheld.collect(),
            statement: String::new(),
        }
    }

    /// The first refusal of the destination that stands.
    fn refused(&self) -> Option<PaperPosition> {
        self.position.filter(|taken| taken.position == RelocationPosition::Refused)
    }
}

/// A document of a case.
///
/// # Errors
/// Why there is none.
pub(crate) fn relocation_document(
    paper: &RelocationPaper,
    kind: DocumentKind,
) -> Result<String, NoDocument> {
    let lines = match kind {
        DocumentKind::Ivo => ivo::lines(paper)?,
        DocumentKind::Refusal => refusal::lines(paper)?,
        DocumentKind::Handover => handover::lines(paper)?,
        DocumentKind::Statement => statement::lines(paper)?,
        DocumentKind::Insight => insight::lines(paper),
    };
    Ok(lines.join("\n") + "\n")
}

/// The Swedish day of an instant; a line to fill in for none.
fn day(at: Option<Timestamp>) -> String {
    at.map_or_else(|| FILL_IN.to_owned(), |at| swedish_day(at).to_string())
}

/// The last day of so many months after an instant.
fn months_after(at: Option<Timestamp>, months: i32) -> String {
    let last = at.map(|at| calendar::months_after(swedish_day(at), months).to_string());
    last.unwrap_or_else(|| FILL_IN.to_owned())
}

/// The last day of a time that is over at an instant.
fn last_day(over: Option<Timestamp>) -> String {
    day(over.map(|over| Timestamp::from_millis(over.as_millis().saturating_sub(1))))
}

fn or_fill_in(text: &str) -> &str {
    if text.is_empty() { FILL_IN } else { text }
}

/// The rule of secrecy, as it stands on top of a document that leaves the file.
const fn secrecy(basis: SecrecyBasis) -> &'static str {
    match basis {
        SecrecyBasis::Osl213 => {
            "SEKRETESS enligt 21 kap. 3 § och 26 kap. 1 § offentlighets- och sekretesslagen (2009:400)."
        }
        SecrecyBasis::Osl213A => {
            "SEKRETESS enligt 21 kap. 3 a § och 26 kap. 1 § offentlighets- och sekretesslagen (2009:400)."
        }
        SecrecyBasis::Osl261 | SecrecyBasis::Unspecified => {
            "SEKRETESS enligt 26 kap. 1 § offentlighets- och sekretesslagen (2009:400)."
        }
    }
}

/// Lines of a document.
fn owned<const N: usize>(lines: [&str; N]) -> Vec<String> {
    lines.map(str::to_owned).to_vec()
}
