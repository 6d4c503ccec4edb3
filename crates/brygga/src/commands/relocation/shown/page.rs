//! A case in sections, for people.
//!
//! What the other side wrote is cleared of control characters before it reaches the terminal.

use brygga_domain::Timestamp;
use brygga_proto::local::v1::{
    OfficerCard, OpenEnquiry, Relocation, RelocationDue, RelocationDueKind, RelocationHandover,
    RelocationOffer, WithheldInsight,
};
use brygga_proto::relocation::v1::{
    AgeBand, BlindNeed, Earliest, HandoverItem, ProtectionLevel, RefusalCode, RelocationHousing,
    RelocationPosition, RelocationRoute, RelocationSupport, SecrecyBasis,
};
use brygga_proto::types::v1::ThirdPersonRelation;

use crate::cli::{Invocation, Language};
use crate::identifier::show;
use crate::text::relocation::RelocationText as Text;
use crate::text::vocabulary::relocation::{side, stage};
use crate::text::vocabulary::word;
use crate::when;

const LABEL_WIDTH: usize = 34;
/// In front of everything that stands in a section.
const MARGIN: &str = "  ";

/// The sections, with an empty line in front of each.
pub(super) fn case(case: &Relocation, at: &Invocation) -> Vec<String> {
    let language = at.language;
    let page = Page { lines: Vec::new(), language };
    let page = page.section(Text::Case, case_rows(case, language));
    let dues = case.dues.iter().filter_map(|due| due_row(due, at));
    let page = page.section(Text::Dues, dues.collect());
    let page = page.section(Text::Need, need_rows(case.need.as_ref(), language));
    let page = page.block(Text::Offers, offer_lines(&case.offers, language));
    let page = page.section(Text::Disclosure, disclosure_rows(case, language));
    let page = page.block(Text::ContentPrepared, written(&case.prepared));
    let page = page.block(Text::ContentHere, written(&case.content));
    let notes = case.assistance.iter().flat_map(|note| written(&format!("– {note}")));
    let page = page.block(Text::Assistance, notes.collect());
    let items = case.handover.iter().map(|item| handover_row(item, language));
    page.section(Text::Handover, items.collect()).lines
}

/// An enquiry in a few lines.
pub(super) fn enquiry(enquiry: &OpenEnquiry, language: Language) -> Vec<String> {
    let own = vec![
        (Text::Enquiry.of(language).to_owned(), show(&enquiry.enquiry_id)),
        (Text::Agreement.of(language).to_owned(), show(&enquiry.agreement_id)),
        (Text::OffersTaken.of(language).to_owned(), until(enquiry.until, language)),
    ];
    let mut lines = vec![String::new()];
    lines.extend(rows(own.into_iter().chain(need_rows(enquiry.need.as_ref(), language))));
    lines
}

struct Page {
    lines: Vec<String>,
    language: Language,
}

impl Page {
    /// A heading with labelled values; nothing where none has a value.
    fn section(self, heading: Text, values: Vec<(String, String)>) -> Self {
        self.block(heading, rows(values.into_iter()).collect())
    }

    /// A heading with lines; nothing where there are none.
    fn block(mut self, heading: Text, lines: Vec<String>) -> Self {
        if !lines.is_empty() {
            self.lines.extend([String::new(), capital(heading.of(self.language))]);
            self.lines.extend(lines);
        }
        self
    }
}

fn rows(values: impl Iterator<Item = (String, String)>) -> impl Iterator<Item = String> {
    let told = values.filter(|(_, value)| !value.is_empty());
    told.map(|(label, value)| format!("{MARGIN}{label:<LABEL_WIDTH$}{}", clean(&value)))
}

fn case_rows(case: &Relocation, language: Language) -> Vec<(String, String)> {
    let officers: Vec<_> = case.officers.iter().map(|officer| show(officer)).collect();
    let withheld = case.withheld.iter().zip(1..).map(|(one, number)| {
        let label = format!("{} {number}", Text::Withheld.of(language));
        (label, withheld_value(one, language))
    });
    let own = [
        (Text::Case, show(&case.relocation_id)),
        (Text::Side, side(&case.side, language)),
        (Text::Stage, stage(&case.stage, language)),
        (Text::Agreement, show(&case.agreement_id)),
        (Text::Route, word_or_none::<RelocationRoute>(case.route, language)),
        (Text::Level, word::<ProtectionLevel>(case.level, language)),
        (Text::Secrecy, word::<SecrecyBasis>(case.secrecy_basis, language)),
        (Text::Officers, officers.join(", ")),
        (Text::Excluded, case.exclusions.join(", ")),
        (Text::OwnOffer, instant(case.own_offer_until)),
        (Text::OffersTaken, enquiry_value(case, language)),
        (Text::Ended, instant(case.ended_at)),
    ];
    labelled(own, language).chain(withheld).collect()
}

/// The last minute that is in time, since a law that counts days has one; the node tells what comes after it.
fn due_row(due: &RelocationDue, at: &Invocation) -> Option<(String, String)> {
    let late_from = when::from_proto(due.at)?;
    let last = Timestamp::from_millis(late_from.as_millis().saturating_sub(1));
    let latest = format!("{} {}", Text::Latest.of(at.language), when::swedish(last));
    let late = (late_from <= at.now).then(|| format!(", {}", Text::Late.of(at.language)));
    let kind = word::<RelocationDueKind>(due.kind, at.language);
    Some((kind, latest + &late.unwrap_or_default()))
}

fn enquiry_value(case: &Relocation, language: Language) -> String {
    case.enquiry_until.map_or_else(String::new, |at| until(Some(at), language))
}

fn withheld_value(one: &WithheldInsight, language: Language) -> String {
    let relation = word::<ThirdPersonRelation>(one.relation, language);
    let (decided, due) = (Text::Decided.of(language), Text::ReviewDue.of(language));
    format!("{relation}; {decided} {}, {due} {}", instant(one.decided_at), instant(one.review_due))
}

fn need_rows(need: Option<&BlindNeed>, language: Language) -> Vec<(String, String)> {
    let Some(need) = need else { return Vec::new() };
    let children: Vec<_> =
        need.children.iter().map(|age| word::<AgeBand>(*age, language)).collect();
    let yes = |is: bool| match (is, language) {
        (false, _) => String::new(),
        (true, Language::Sv) => "ja".to_owned(),
        (true, Language::En) => "yes".to_owned(),
    };
    let own = [
        (Text::Adults, need.adults.to_string()),
        (Text::Children, children.join(", ")),
        (Text::Wheelchair, yes(need.wheelchair)),
        (Text::Animals, yes(need.animals)),
        (Text::Languages, need.languages.join(", ")),
        (Text::Housing, word::<RelocationHousing>(need.housing, language)),
        (Text::Support, word::<RelocationSupport>(need.support, language)),
        (Text::WhenEarliest, word::<Earliest>(need.earliest, language)),
    ];
    labelled(own, language).collect()
}

fn offer_lines(offers: &[RelocationOffer], language: Language) -> Vec<String> {
    let lines = offers.iter().zip(1..).flat_map(|(offer, number)| {
        let chosen = Text::Chosen.of(language);
        let chosen = if offer.selected { format!(" ({chosen})") } else { String::new() };
        let what = [
            word::<RelocationHousing>(offer.housing, language),
            word::<RelocationSupport>(offer.support, language),
            word::<Earliest>(offer.earliest, language),
            until(offer.until, language),
        ];
        let own = [
            format!("{MARGIN}{number}. {}{chosen}", clean(&offer.organisation)),
            format!("{MARGIN}   {}", what.join("; ")),
        ];
        let cards = offer.officers.iter();
        own.into_iter().chain(cards.map(|officer| format!("{MARGIN}   {}", card(officer))))
    });
    lines.collect()
}

fn disclosure_rows(case: &Relocation, language: Language) -> Vec<(String, String)> {
    let call_back = case.call_back.as_ref().map_or_else(String::new, |call| {
        let by = show(&call.officer_id);
        format!("{}, {} ({by})", call.spoke_with, instant(call.at))
    });
    let arrived = if case.arrived { Text::Arrived.of(language) } else { "" };
    let mut own = vec![
        (Text::CallBack, call_back),
        (Text::PreparedBy, optional(&case.prepared_by)),
        (Text::Disclosed, instant(case.disclosed_at)),
        (Text::Disclosure, arrived.to_owned()),
        (Text::ShareBy, optional(&case.share_by)),
        (Text::Opened, instant(case.opened_at)),
    ];
    if let Some(origin) = &case.origin {
        own.push((Text::Origin, origin.organisation.clone()));
        own.extend(origin.officers.iter().map(|officer| (Text::OfficerOne, card(officer))));
    }
    if let Some(taken) = &case.position {
        let position = word::<RelocationPosition>(taken.position, language);
        let refusal = match taken.refusal() {
            RefusalCode::Unspecified => String::new(),
            _ => format!(", {}", word::<RefusalCode>(taken.refusal, language)),
        };
        own.push((Text::Position, format!("{position}{refusal}, {}", instant(taken.at))));
    }
    own.push((Text::Escalated, instant(case.escalated_at)));
    own.push((Text::DecisionCame, instant(case.decided_at)));
    labelled(own, language).collect()
}

fn handover_row(entry: &RelocationHandover, language: Language) -> (String, String) {
    let (given, received) = (Text::Given.of(language), Text::Received.of(language));
    let received = match entry.received_at {
        Some(at) => format!("{received} {}", instant(Some(at))),
        None => Text::NotReceived.of(language).to_owned(),
    };
    let value = format!("{given} {}, {received}", instant(entry.given_at));
    (word::<HandoverItem>(entry.item, language), value)
}

fn labelled(
    rows: impl IntoIterator<Item = (Text, String)>,
    language: Language,
) -> impl Iterator<Item = (String, String)> {
    rows.into_iter().map(move |(label, value)| (label.of(language).to_owned(), value))
}

/// `Tolvan Tolvansson, 0480-000 00`.
fn card(officer: &OfficerCard) -> String {
    clean(&format!("{}, {}", officer.name, officer.phone))
}

fn word_or_none<T: crate::text::vocabulary::Word>(number: i32, language: Language) -> String {
    if number == 0 { String::new() } else { word::<T>(number, language) }
}

fn until(at: Option<prost_types::Timestamp>, language: Language) -> String {
    format!("{} {}", Text::Until.of(language), instant(at))
}

fn instant(at: Option<prost_types::Timestamp>) -> String {
    when::from_proto(at).map_or_else(String::new, when::swedish)
}

fn optional(id: &[u8]) -> String {
    if id.is_empty() { String::new() } else { show(id) }
}

/// A text of the officers, line by line.
fn written(text: &str) -> Vec<String> {
    text.lines().map(|line| format!("{MARGIN}{}", clean(line))).collect()
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn capital(heading: &str) -> String {
    let mut letters = heading.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}
