//! A notice as staff and a program read it.

use brygga_proto::local::v1::{Notice, NoticeAlarm, NoticeTask, ShowNoticeResponse};
use brygga_proto::notice::v1::{
    Children, ChildrenCount, EvictionContent, EvictionGround, LandlordKind, LivingForm, NoticeKind,
    Occupants,
};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::notice::NoticeText;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 28;
/// Digits of an id that a person is asked to type.
const ENDING_DIGITS: usize = 8;

/// One notice without content.
pub(super) fn bare(notice: &Notice, language: Language) -> Answer {
    Answer::new(json!({"notice": entry(notice)})).lines(lines(notice, language))
}

/// One notice with its content and who works with it.
pub(super) fn one(found: &ShowNoticeResponse, language: Language) -> Answer {
    let notice = found.notice.clone().unwrap_or_default();
    let json = json!({
        "notice": entry(&notice),
        "content": found.content.as_ref().map(content_entry),
        "case_worker": found.case_worker,
        "phone": found.phone,
        "outreach_by": found.outreach_by,
        "follow_up_by": found.follow_up_by,
        "lapses_after": found.lapses_after,
        "tasks": found.tasks.iter().map(|task| wire_code::show::<NoticeTask>(*task)).collect::<Vec<_>>(),
    });
    let content = match &found.content {
        Some(content) => content_lines(content, language),
        None => vec![NoticeText::NoContent.of(language).to_owned()],
    };
    let responsible = [
        (NoticeText::CaseWorker, found.case_worker.clone()),
        (NoticeText::Phone, found.phone.clone()),
    ];
    let days = [
        (NoticeText::OutreachBy, found.outreach_by.clone()),
        (NoticeText::FollowUpBy, found.follow_up_by.clone()),
        (NoticeText::LapsesAfter, found.lapses_after.clone()),
    ];
    let tasks = found.tasks.iter();
    let tasks = tasks.map(|task| (NoticeText::Task, word::<NoticeTask>(*task, language)));
    Answer::new(json)
        .lines(lines(&notice, language))
        .line("")
        .lines(content)
        .lines(labelled(responsible, language))
        .lines(labelled(tasks, language))
        .lines(labelled(days, language))
}

/// Notices, one in a row.
pub(super) fn list(notices: &[Notice], language: Language) -> Answer {
    let entries: Vec<_> = notices.iter().map(entry).collect();
    let answer = Answer::new(json!({ "notices": entries }));
    if notices.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let heading = [
        NoticeText::Notice,
        NoticeText::CaseNumber,
        NoticeText::Kind,
        NoticeText::Children,
        NoticeText::ConfirmBy,
        NoticeText::Alarm,
    ];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    rows.extend(notices.iter().map(|notice| {
        vec![
            digits(&notice.notice_id),
            notice.case_number.clone(),
            what(notice, language),
            children(notice, language),
            instant(notice.breach_at),
            alarm(notice, language),
        ]
    }));
    answer.lines(table(&rows))
}

fn lines(notice: &Notice, language: Language) -> Vec<String> {
    let id = if notice.notice_id.is_empty() { String::new() } else { show(&notice.notice_id) };
    let all = [
        (NoticeText::Notice, id),
        (NoticeText::CaseNumber, notice.case_number.clone()),
        (NoticeText::Kind, what(notice, language)),
        (NoticeText::Children, children(notice, language)),
        (NoticeText::Sender, notice.sender.clone()),
        (NoticeText::Recipient, notice.recipient.clone()),
        (NoticeText::Unit, notice.recipient_unit.clone()),
        (NoticeText::SentAt, instant(notice.sent_at)),
        (NoticeText::ArrivedAt, instant(notice.arrived_at)),
        (NoticeText::ConfirmBy, instant(notice.breach_at)),
        (NoticeText::Until, notice.until.clone()),
        (NoticeText::Alarm, alarm(notice, language)),
        (NoticeText::ConfirmedAt, instant(notice.confirmed_at)),
    ];
    let mut lines = labelled(all, language);
    if !notice.reason.is_empty() {
        lines.push(format!("{:<LABEL_WIDTH$}{}", Text::Reason.of(language), notice.reason));
    }
    lines
}

/// What a notice tells; of a protected person that first.
fn what(notice: &Notice, language: Language) -> String {
    let kind = match notice.kind() {
        NoticeKind::Unspecified => String::new(),
        _ => word::<NoticeKind>(notice.kind, language),
    };
    let protected = notice.protected.then(|| NoticeText::Protected.of(language).to_owned());
    let told = protected.into_iter().chain(Some(kind).filter(|kind| !kind.is_empty()));
    told.collect::<Vec<_>>().join(": ")
}

/// Whether children live there, where it is said.
fn children(notice: &Notice, language: Language) -> String {
    if notice.with_children {
        word::<Children>(Children::Yes.into(), language)
    } else {
        String::new()
    }
}

fn alarm(notice: &Notice, language: Language) -> String {
    match notice.alarm() {
        NoticeAlarm::Unspecified => String::new(),
        _ => word::<NoticeAlarm>(notice.alarm, language),
    }
}

fn content_lines(content: &EvictionContent, language: Language) -> Vec<String> {
    let count = match content.children_count() {
        ChildrenCount::Unspecified => String::new(),
        _ => word::<ChildrenCount>(content.children_count, language),
    };
    let living = match content.living_form() {
        LivingForm::Unspecified => String::new(),
        _ => word::<LivingForm>(content.living_form, language),
    };
    let all = [
        (NoticeText::TenantName, content.tenant_name.clone()),
        (NoticeText::TenantNumber, content.tenant_number.clone()),
        (NoticeText::Address, content.address.clone()),
        (NoticeText::PlannedAt, content.planned_at.replace('T', " ")),
        (NoticeText::Ground, word::<EvictionGround>(content.ground, language)),
        (NoticeText::Landlord, word::<LandlordKind>(content.landlord, language)),
        (NoticeText::Children, word::<Children>(content.children, language)),
        (NoticeText::ChildrenCount, count),
        (NoticeText::LivingForm, living),
        (NoticeText::Occupants, word::<Occupants>(content.other_occupants, language)),
        (NoticeText::Contact, content.contact.clone()),
    ];
    labelled(all, language)
}

/// Labels and values, those without a value left out.
fn labelled(
    all: impl IntoIterator<Item = (NoticeText, String)>,
    language: Language,
) -> Vec<String> {
    let told = all.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language))).collect()
}

fn instant(at: Option<prost_types::Timestamp>) -> String {
    when::from_proto(at).map_or_else(String::new, when::swedish)
}

/// The last digits of an id; nothing for one that is not told.
fn digits(id: &[u8]) -> String {
    let digits = hex::encode(id);
    digits.get(digits.len().saturating_sub(ENDING_DIGITS)..).unwrap_or_default().to_owned()
}

/// A notice for programs.
fn entry(notice: &Notice) -> Value {
    if notice.notice_id.is_empty() {
        return json!({"case_number": notice.case_number, "protected": notice.protected});
    }
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    json!({
        "notice_id": show(&notice.notice_id),
        "case_number": notice.case_number,
        "protected": notice.protected,
        "kind": wire_code::show::<NoticeKind>(notice.kind),
        "sender": notice.sender,
        "recipient": notice.recipient,
        "recipient_unit": notice.recipient_unit,
        "sent_at": instant(notice.sent_at),
        "arrived_at": instant(notice.arrived_at),
        "confirmed_at": instant(notice.confirmed_at),
        "warning_at": instant(notice.warning_at),
        "escalation_at": instant(notice.escalation_at),
        "breach_at": instant(notice.breach_at),
        "alarm": wire_code::show::<NoticeAlarm>(notice.alarm),
        "reason": notice.reason,
        "with_children": notice.with_children,
        "until": notice.until,
    })
}

fn content_entry(content: &EvictionContent) -> Value {
    json!({
        "tenant_name": content.tenant_name,
        "tenant_number": content.tenant_number,
        "address": content.address,
        "planned_at": content.planned_at,
        "ground": wire_code::show::<EvictionGround>(content.ground),
        "landlord": wire_code::show::<LandlordKind>(content.landlord),
        "children": wire_code::show::<Children>(content.children),
        "children_count": wire_code::show::<ChildrenCount>(content.children_count),
        "living_form": wire_code::show::<LivingForm>(content.living_form),
        "other_occupants": wire_code::show::<Occupants>(content.other_occupants),
        "contact": content.contact,
    })
}
