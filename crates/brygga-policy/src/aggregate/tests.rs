//! Who may read which numbers, one fact at a time: Kalmar (0880), Nybro (0881), a shelter and the county.

use std::sync::Arc;

use brygga_domain::agreement::{
    AgreementDraft, AgreementSignature, Party, Priority, ResponseTimes, SubjectArea,
};
use brygga_domain::{Seconds, SocialServicesStatus};

use super::*;

/// 2027-01-15.
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const ID: AgreementId = AgreementId::from_bytes([1; 16]);
const COUNTY: &str = "demo:lansstyrelsen";

fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

/// Kalmar and Nybro take part since half a year, and the county coordinates.
fn signed(id: AgreementId, change: impl FnOnce(&mut AgreementDraft)) -> AgreementRecord {
    let party = |text, role| Party { organisation: org(text), role };
    let mut draft = AgreementDraft {
        agreement_id: id,
        version: 1,
        kind: AgreementKind::RegionalCooperation,
        title: "Samarbetsavtal".to_owned(),
        parties: vec![
            party("kommun:0880", PartyRole::Participant),
            party("kommun:0881", PartyRole::Participant),
            party(COUNTY, PartyRole::Coordinator),
        ],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("siffror", Effect::Permit, Action::AggregateRead)],
        response_times: ResponseTimes::parse(&[(Priority::Routine, 60), (Priority::Urgent, 60)])
            .unwrap(),
        consent_max_days: 90,
        valid_from: NOW.minus(Seconds::days(180)),
        valid_until: NOW.plus(Seconds::days(180)),
        document_sha256: None,
        legal_references: Vec::new(),
        criteria: Vec::new(),
        evaluation_due: None,
        notice_days: 0,
        tags: Vec::new(),
        open_to_accession: false,
        required_signatures: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        holds: None,
        position_days: None,
        network: None,
        signals: None,
    };
    change(&mut draft);
    let mut record = AgreementRecord::proposed(draft.check().unwrap(), Vec::new(), [0; 32]);
    for party in record.terms().parties.clone() {
        let organisation = party.organisation;
        let key_id = "k1".to_owned();
        let signature =
            AgreementSignature { organisation, key_id, signed_at: NOW, signature: [0; 64] };
        record.add_signature(signature).unwrap();
    }
    record
}

fn reads(
    records: impl IntoIterator<Item = AgreementRecord>,
    reader: &str,
    kind: MemberKind,
    quarter: &str,
) -> Result<String, Reason> {
    let status = SocialServicesStatus::None;
    let teller = Principal { organisation: org("kommun:0880"), kind, status };
    let question = AggregateQuestion {
        reader: &org(reader),
        teller: &teller,
        agreement: ID,
        quarter: Quarter::parse(quarter).unwrap(),
        agreements: &AgreementBook::new(records.into_iter().map(Arc::new)),
        now: NOW,
    };
    decide_aggregate(&question).map(|grant| grant.rule_id).map_err(|refusal| refusal.reason)
}

fn county_reads(change: impl FnOnce(&mut AgreementDraft), quarter: &str) -> Result<String, Reason> {
    reads([signed(ID, change)], COUNTY, MemberKind::Municipality, quarter)
}

#[test]
fn a_coordinator_and_a_participant_read_what_a_rule_names_nobody_for() {
    let permitted = Ok("siffror".to_owned());
    assert_eq!(county_reads(|_| (), "2026-Q4"), permitted);
    let other = reads([signed(ID, |_| ())], "kommun:0881", MemberKind::Municipality, "2026-Q4");
    assert_eq!(other, permitted);
    let stranger = reads([signed(ID, |_| ())], "kommun:0885", MemberKind::Municipality, "2026-Q4");
    assert_eq!(stranger, Err(Reason::NotFound));
    let nothing = |draft: &mut AgreementDraft| draft.rules[0].action = Action::ReferralSend;
    assert_eq!(county_reads(nothing, "2026-Q4"), Err(Reason::PolicyDenied), "nothing by default");
    let observes = |draft: &mut AgreementDraft| draft.parties[2].role = PartyRole::Observer;
    assert_eq!(county_reads(observes, "2026-Q4"), Err(Reason::PolicyDenied));
}

#[test]
fn only_a_quarter_that_is_over_and_in_which_the_agreement_was_in_force_can_be_read() {
    for quarter in ["2027-Q1", "2026-Q2", "2030-Q1"] {
        assert_eq!(county_reads(|_| (), quarter), Err(Reason::InvalidField), "{quarter}");
    }
    assert!(county_reads(|_| (), "2026-Q3").is_ok(), "it began in July");
}

#[test]
fn what_has_ended_can_still_be_counted_and_what_rests_cannot() {
    let expired = |draft: &mut AgreementDraft| draft.valid_until = NOW.minus(Seconds::days(40));
    assert!(county_reads(expired, "2026-Q4").is_ok());
    let long_ago = |draft: &mut AgreementDraft| draft.valid_until = NOW.minus(Seconds::days(120));
    assert_eq!(county_reads(long_ago, "2026-Q4"), Err(Reason::InvalidField));
    let mut ended = signed(ID, |_| ());
    ended.terminate(NOW.minus(Seconds::days(200)));
    let read = reads([ended], COUNTY, MemberKind::Municipality, "2026-Q4");
    assert_eq!(read, Err(Reason::AgreementTerminated), "it never was in force");
}

#[test]
fn nobody_reads_the_numbers_of_protected_housing() {
    let read = reads([signed(ID, |_| ())], COUNTY, MemberKind::CivilSocietyProtected, "2026-Q4");
    assert_eq!(read, Err(Reason::PolicyDenied));
}

#[test]
fn a_framework_counts_what_passed_between_its_own_participants_only() {
    let other = |number| AgreementId::from_bytes([number; 16]);
    let framework = signed(ID, |draft| draft.kind = AgreementKind::FrameworkOfAssociation);
    let inside = signed(other(2), |draft| draft.parties.truncate(2));
    let wider = signed(other(3), |draft| {
        let organisation = org("kommun:0885");
        draft.parties.push(Party { organisation, role: PartyRole::Participant });
    });
    let book = AgreementBook::new([framework, inside, wider].map(Arc::new));
    let counted = |id| counted_under(&book, id, &org("kommun:0880"), NOW);
    assert_eq!(counted(ID), [other(2)]);
    assert_eq!(counted(other(3)), [other(3)], "an agreement counts itself");
    assert_eq!(counted_under(&book, ID, &org("kommun:0885"), NOW), []);
}
