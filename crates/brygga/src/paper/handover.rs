//! What is handed over, and what of it has arrived.

use brygga_proto::relocation::v1::HandoverItem;

use super::{FILL_IN, NoDocument, RelocationPaper, day, owned, secrecy};
use crate::cli::Language;
use crate::text::vocabulary::Word;

/// In the order in which it is done.
const ITEMS: [HandoverItem; 6] = [
    HandoverItem::Meeting,
    HandoverItem::NeedsInventory,
    HandoverItem::SafetyPlan,
    HandoverItem::OngoingMeasures,
    HandoverItem::Children,
    HandoverItem::WarmHandoff,
];

pub(super) fn lines(paper: &RelocationPaper) -> Result<Vec<String>, NoDocument> {
    if paper.opened_at.is_none() {
        return Err(NoDocument::TooEarly);
    }
    let mut lines = owned(["# Checklista för överlämning", ""]);
    lines.extend([
        secrecy(paper.secrecy_basis).to_owned(),
        String::new(),
        format!("- Beteckning: {}", paper.id),
        format!("- Utskriven: {}", day(paper.written_at)),
        String::new(),
    ]);
    lines.extend(owned(["| Vad | Överlämnat | Kvitterat |", "|---|---|---|"]));
    lines.extend(ITEMS.iter().map(|item| row(paper, *item)));
    lines.extend(owned([
        "",
        "Den muntliga överlämningen antecknas bara med att den har ägt rum och när, aldrig med vad som sades.",
        "",
        "Saknas ett kvitto: ring den andra sidans handläggare. Skicka inget på nytt på någon annan väg.",
        "",
        "Överlämnande handläggare:",
        FILL_IN,
        "Mottagande handläggare:",
        FILL_IN,
    ]));
    Ok(lines)
}

fn row(paper: &RelocationPaper, item: HandoverItem) -> String {
    let held = paper.handover.iter().find(|one| one.item == item);
    let given = held.map_or_else(|| "[ ]".to_owned(), |one| format!("[x] {}", day(one.given_at)));
    let received = held.and_then(|one| one.received_at);
    let received = received.map_or_else(|| "[ ]".to_owned(), |at| format!("[x] {}", day(Some(at))));
    format!("| {} | {given} | {received} |", item.word(Language::Sv))
}
