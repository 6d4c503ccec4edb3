//! A transfer as staff and a program read it.

use brygga_proto::local::v1::{ShowTransferResponse, Transfer, TransferDue, TransferStatus};
use brygga_proto::transfer::v1::{TransferDirection, TransferOutcome, TransferPosition};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 24;
/// Digits of an id that a person is asked to type.
const ENDING_DIGITS: usize = 8;

/// One transfer without content.
pub(super) fn bare(transfer: &Transfer, language: Language) -> Answer {
    Answer::new(json!({"transfer": entry(transfer)})).lines(lines(transfer, language))
}

/// One transfer with its content.
pub(super) fn one(found: &ShowTransferResponse, language: Language) -> Answer {
    let transfer = found.transfer.clone().unwrap_or_default();
    let content = found.content.as_ref();
    let json = json!({
        "transfer": entry(&transfer),
        "content": content.map(|content| json!({
            "name": content.name,
            "personal_identity_number": content.personal_identity_number,
            "strongest_tie": content.strongest_tie,
            "wishes": content.wishes.iter().map(|wish| json!({"of": wire_code::show::<brygga_proto::transfer::v1::WishOf>(wish.of), "wish": wire_code::show::<brygga_proto::transfer::v1::PersonsWish>(wish.wish), "words": wish.words})).collect::<Vec<_>>(),
            "circumstances": content.circumstances,
            "measure": content.measure,
            "legal_basis": content.legal_basis,
            "deputy_view": content.deputy_view,
            "inquiry_moves": content.inquiry_moves,
        })),
        "answer_words": found.answer_words,
        "hand_over_words": found.hand_over_words,
    });
    let document = super::package::content_lines(found);
    Answer::new(json).lines(lines(&transfer, language)).line("").lines(document)
}

/// Transfers, one in a row.
pub(super) fn list(transfers: &[Transfer], language: Language) -> Answer {
    let entries: Vec<_> = transfers.iter().map(entry).collect();
    let answer = Answer::new(json!({ "transfers": entries }));
    if transfers.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading = [
        Text::Transfer,
        Text::Status,
        Text::TransferRequester,
        Text::TransferAsked,
        Text::TransferDue,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(transfers.iter().map(|transfer| {
        vec![
            digits(&transfer.transfer_id),
            word::<TransferStatus>(transfer.status, language),
            transfer.requester.clone(),
            transfer.asked.clone(),
            due(transfer, language),
        ]
    }));
    answer.lines(table(&rows))
}

fn lines(transfer: &Transfer, language: Language) -> Vec<String> {
    let outcome = |number| word::<TransferOutcome>(number, language);
    let told = |day: &str, number| match day {
        "" => String::new(),
        day => format!("{day}, {}", outcome(number)),
    };
    let instant = |at| when::from_proto(at).map_or_else(String::new, when::swedish);
    let position = match transfer.position() {
        TransferPosition::Unspecified => String::new(),
        _ => word::<TransferPosition>(transfer.position, language),
    };
    let late = if transfer.breached { Text::TransferBreached.of(language) } else { "" };
    let all = [
        (Text::Transfer, show(&transfer.transfer_id)),
        (Text::Status, word::<TransferStatus>(transfer.status, language)),
        (Text::Responsible, transfer.responsible.clone()),
        (Text::TransferDirection, word::<TransferDirection>(transfer.direction, language)),
        (Text::TransferRequester, transfer.requester.clone()),
        (Text::TransferAsked, transfer.asked.clone()),
        (Text::TransferDue, due(transfer, language)),
        (Text::TransferRequestedAt, instant(transfer.requested_at)),
        (Text::TransferArrivedAt, instant(transfer.arrived_at)),
        (Text::TransferReplyBy, transfer.reply_by.clone()),
        (Text::TransferPosition, position),
        (Text::TransferLate, late.to_owned()),
        (Text::TransferApplied, transfer.applied_on.clone()),
        (Text::TransferDecided, told(&transfer.decided_on, transfer.decided)),
        (Text::TransferAppealed, transfer.appealed_on.clone()),
        (Text::TransferFinal, told(&transfer.final_on, transfer.outcome)),
        (Text::TransferHandedOver, instant(transfer.handed_over_at)),
        (Text::Reason, transfer.reason.clone()),
    ];
    let told = all.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language))).collect()
}

/// `ställningstagande till 2026-02-13, försenat`.
fn due(transfer: &Transfer, language: Language) -> String {
    if transfer.due() == TransferDue::Unspecified {
        return String::new();
    }
    let what = word::<TransferDue>(transfer.due, language);
    let until = if transfer.due_on.is_empty() {
        String::new()
    } else {
        format!(" {} {}", Text::TransferUntil.of(language), transfer.due_on)
    };
    let late = match transfer.overdue {
        true => format!(", {}", Text::TransferOverdue.of(language)),
        false => String::new(),
    };
    format!("{what}{until}{late}")
}

/// The last digits of an id.
fn digits(id: &[u8]) -> String {
    let digits = hex::encode(id);
    digits.get(digits.len().saturating_sub(ENDING_DIGITS)..).unwrap_or_default().to_owned()
}

/// A transfer for programs.
fn entry(transfer: &Transfer) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    json!({
        "transfer_id": show(&transfer.transfer_id),
        "status": wire_code::show::<TransferStatus>(transfer.status),
        "responsible": transfer.responsible,
        "direction": wire_code::show::<TransferDirection>(transfer.direction),
        "requester": transfer.requester,
        "asked": transfer.asked,
        "about_child": transfer.about_child,
        "agreement_id": show(&transfer.agreement_id),
        "requested_at": instant(transfer.requested_at),
        "arrived_at": instant(transfer.arrived_at),
        "due": wire_code::show::<TransferDue>(transfer.due),
        "due_on": transfer.due_on,
        "overdue": transfer.overdue,
        "breached": transfer.breached,
        "position": wire_code::show::<TransferPosition>(transfer.position),
        "position_by": transfer.position_by,
        "reply_by": transfer.reply_by,
        "applied_on": transfer.applied_on,
        "ivo_by": transfer.ivo_by,
        "decided_on": transfer.decided_on,
        "decided": wire_code::show::<TransferOutcome>(transfer.decided),
        "appeal_by": transfer.appeal_by,
        "appealed_on": transfer.appealed_on,
        "appealed_by": transfer.appealed_by,
        "final_on": transfer.final_on,
        "outcome": wire_code::show::<TransferOutcome>(transfer.outcome),
        "handed_over_at": instant(transfer.handed_over_at),
        "reason": transfer.reason,
    })
}
