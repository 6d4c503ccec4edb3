//! Signals between nodes: what one says in clear, and the steps that follow it. Their sealed content stands in
//! `content.rs`.

mod content;

use std::collections::BTreeSet;

use brygga_domain::signal::{PriorityMark, SignalStep, SignalSubject};
use brygga_domain::{DataCategory, NoticeId, Reason, Refusal, UnitId};
use brygga_proto::signal::v1 as proto;
use jiff::civil::{Date, Weekday};
use prost::Message;

pub use content::{SignalContent, decode_signal_content, signal_content};

use crate::code;
use crate::envelope::Header;
use crate::field::{from_bytes, from_bytes_or_none, from_text_or_none, invalid, text_or_empty};

/// Most days that rent can be late.
const DAYS_LATE_MAX: u32 = 3_650;

/// What a signal says besides its sealed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The signal.
    pub id: NoticeId,
    /// What it is about.
    pub subject: SignalSubject,
    /// An earlier signal that it goes on from.
    pub replaces: Option<NoticeId>,
    /// Its day.
    pub on: Option<Date>,
    /// Of arrears: how many days late the rent is.
    pub days_late: u32,
    /// Whom the municipality deals with first. Never [`PriorityMark::IllHealth`], which has no number on the way.
    pub priority: BTreeSet<PriorityMark>,
    /// Function that sends; none for the intake.
    pub sender_unit: Option<UnitId>,
}

/// The payload of `signal.given`.
pub fn encode_given(given: &Given) -> Vec<u8> {
    proto::SignalGiven {
        signal_id: given.id.as_bytes().to_vec(),
        subject: code::number_or_unset(Some(given.subject)),
        replaces: given.replaces.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
        on: given.on.map(|day| day.to_string()).unwrap_or_default(),
        days_late: given.days_late,
        priority: given.priority.iter().filter_map(|mark| class(*mark)).map(Into::into).collect(),
        sender_unit: text_or_empty(given.sender_unit.as_ref()),
    }
    .encode_to_vec()
}

/// Reads the payload of `signal.given`.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where nothing is sealed.
pub fn decode_given(payload: &[u8], header: &Header) -> Result<Given, Refusal> {
    let payload = proto::SignalGiven::decode(payload).map_err(|_| invalid("payload"))?;
    if header.sealed.is_none() {
        return Err(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"));
    }
    let subject = code::read(payload.subject, "payload.subject")?;
    if !header.declares(subject_categories(subject)) {
        return Err(invalid("header.data_categories"));
    }
    let replaces = from_bytes_or_none(&payload.replaces, "payload.replaces")?;
    let on = day_or_none(&payload.on, "payload.on")?;
    check_clear(subject, on, payload.days_late, ["payload.on", "payload.days_late"])?;
    let id = thread(&payload.signal_id, header)?;
    if replaces == Some(id) {
        return Err(invalid("payload.replaces"));
    }
    Ok(Given {
        id,
        subject,
        replaces,
        on,
        days_late: payload.days_late,
        priority: priority(&payload.priority)?,
        sender_unit: from_text_or_none(&payload.sender_unit, "payload.sender_unit")?,
    })
}

/// The kinds of data in the content of every signal about a subject, in the order of the vocabulary.
const fn subject_categories(subject: SignalSubject) -> &'static [DataCategory] {
    use DataCategory::{Household, HousingNeed, HousingSituation, Identity, SupportNeed};
    match subject {
        SignalSubject::RentNotice | SignalSubject::Arrears | SignalSubject::Disturbance => {
            &[Identity, Household, HousingSituation]
        }
        SignalSubject::VisitRound => &[HousingSituation],
        SignalSubject::Release | SignalSubject::Discharge => &[Identity, HousingNeed, SupportNeed],
    }
}

/// Whether what is said in clear suits the subject.
///
/// # Errors
/// `SEND_INVALID_FIELD` at the first field for the day, at the second for the days that the rent is late.
pub(crate) fn check_clear(
    subject: SignalSubject,
    on: Option<Date>,
    days_late: u32,
    fields: [&'static str; 2],
) -> Result<(), Refusal> {
    let has_day = match subject {
        SignalSubject::RentNotice => true,
        SignalSubject::VisitRound => on.is_some(),
        SignalSubject::Release | SignalSubject::Discharge => {
            on.is_some_and(|day| day.weekday() == Weekday::Monday)
        }
        SignalSubject::Arrears | SignalSubject::Disturbance => on.is_none(),
    };
    let is_late = match subject {
        SignalSubject::Arrears => (1..=DAYS_LATE_MAX).contains(&days_late),
        _ => days_late == 0,
    };
    match (has_day, is_late) {
        (false, _) => Err(invalid(fields[0])),
        (true, false) => Err(invalid(fields[1])),
        (true, true) => Ok(()),
    }
}

/// A day as it is written, or none where nothing is.
///
/// # Errors
/// `SEND_INVALID_FIELD` at the field.
pub(crate) fn day_or_none(text: &str, field: &'static str) -> Result<Option<Date>, Refusal> {
    if text.is_empty() { Ok(None) } else { day(text, field).map(Some) }
}

/// A day as it is written.
///
/// # Errors
/// `SEND_INVALID_FIELD` at the field.
pub(crate) fn day(text: &str, field: &'static str) -> Result<Date, Refusal> {
    let read: Option<Date> = text.parse().ok();
    let is_plain = |day: &Date| day.to_string() == text && (2000..=2200).contains(&day.year());
    read.filter(is_plain).ok_or(invalid(field))
}

const fn class(mark: PriorityMark) -> Option<proto::PriorityClass> {
    match mark {
        PriorityMark::Children => Some(proto::PriorityClass::Children),
        PriorityMark::Under25 => Some(proto::PriorityClass::Under25),
        PriorityMark::Over65 => Some(proto::PriorityClass::Over65),
        PriorityMark::IllHealth => None,
    }
}

fn priority(numbers: &[i32]) -> Result<BTreeSet<PriorityMark>, Refusal> {
    let refused = invalid("payload.priority");
    let mut marks = BTreeSet::new();
    for number in numbers {
        let mark = match proto::PriorityClass::try_from(*number) {
            Ok(proto::PriorityClass::Children) => PriorityMark::Children,
            Ok(proto::PriorityClass::Under25) => PriorityMark::Under25,
            Ok(proto::PriorityClass::Over65) => PriorityMark::Over65,
            Ok(proto::PriorityClass::Unspecified) | Err(_) => return Err(refused),
        };
        if !marks.insert(mark) {
            return Err(refused);
        }
    }
    Ok(marks)
}

/// A step that the other end is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The signal.
    pub id: NoticeId,
    /// What is told.
    pub step: SignalStep,
    /// The day, with [`SignalStep::TenantServed`].
    pub on: Option<Date>,
}

/// The payload of `signal.step`. A step that stays has no number and is told to nobody.
pub fn encode_told(told: &Told) -> Vec<u8> {
    proto::SignalStepTold {
        signal_id: told.id.as_bytes().to_vec(),
        step: number(told.step).map(Into::into).unwrap_or_default(),
        on: told.on.map(|day| day.to_string()).unwrap_or_default(),
    }
    .encode_to_vec()
}

/// Reads the payload of `signal.step`.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where something has to be sealed and is not, and
/// [`Reason::ContentForbidden`] where nothing has to be and is.
pub fn decode_told(payload: &[u8], header: &Header) -> Result<Told, Refusal> {
    let payload = proto::SignalStepTold::decode(payload).map_err(|_| invalid("payload"))?;
    let step = step(payload.step).ok_or(invalid("payload.step"))?;
    match (step.has_content(), header.sealed.is_some()) {
        (true, false) => {
            return Err(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"));
        }
        (false, true) => return Err(Refusal::at(Reason::ContentForbidden, "header.sealed")),
        (true, true) | (false, false) => {}
    }
    let on = day_or_none(&payload.on, "payload.on")?;
    Ok(Told { id: thread(&payload.signal_id, header)?, step, on })
}

/// The number of a step on the way: the same as at the own staff's port, as far as it is told.
fn number(step: SignalStep) -> Option<proto::SignalStep> {
    proto::SignalStep::try_from(code::number_or_unset(Some(step))).ok()
}

fn step(number: i32) -> Option<SignalStep> {
    proto::SignalStep::try_from(number).ok()?;
    code::read(number, "step").ok()
}

fn thread(id: &[u8], header: &Header) -> Result<NoticeId, Refusal> {
    let id: NoticeId = from_bytes(id, "payload.signal_id")?;
    let is_thread = header.conversation.as_bytes() == id.as_bytes();
    if is_thread { Ok(id) } else { Err(invalid("header.conversation_id")) }
}

#[cfg(test)]
mod tests {
    use brygga_domain::signal::SignalStep;

    use super::*;

    #[test]
    fn what_stays_has_no_number_and_what_is_told_has_the_same_at_both_ports() {
        for step in SignalStep::ALL {
            let rules: Vec<_> =
                SignalSubject::ALL.iter().filter_map(|subject| step.rule(*subject)).collect();
            let is_told = rules.iter().any(|rule| rule.is_told);
            assert_eq!(number(*step).is_some(), is_told, "{step:?}");
            if is_told {
                let sent = number(*step).unwrap();
                let name = sent.as_str_name().trim_start_matches("SIGNAL_STEP_");
                assert_eq!(name, step.as_str());
                assert_eq!(super::step(sent.into()), Some(*step));
            }
        }
    }

    #[test]
    fn what_only_the_socialtjanst_may_suspect_has_no_number() {
        assert_eq!(class(PriorityMark::IllHealth), None);
        assert_eq!(priority(&[4]).unwrap_err().field, "payload.priority");
        assert_eq!(priority(&[1, 1]).unwrap_err().field, "payload.priority");
        let all = [PriorityMark::Children, PriorityMark::Under25, PriorityMark::Over65];
        assert_eq!(priority(&[3, 1, 2]), Ok(all.into_iter().collect()));
    }
}
