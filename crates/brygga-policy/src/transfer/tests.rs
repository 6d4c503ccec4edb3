//! Whether a case may be asked to move, one fact at a time: Kalmar (0880), Nybro (0881), Borgholm (0885) and a shelter.

use brygga_domain::agreement::{
    AgreementDraft, AgreementKind, AgreementSignature, Party, PartyRole, Priority, ResponseTimes,
    SubjectArea,
};
use brygga_domain::{AgreementId, MemberKind, OrgId, Seconds, SocialServicesStatus};

use super::*;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const ID: AgreementId = AgreementId::from_bytes([1; 16]);
const OTHER_ID: AgreementId = AgreementId::from_bytes([2; 16]);

pub(crate) fn board(text: &str) -> Principal {
    let organisation = OrgId::parse(text).unwrap();
    let (kind, status) = (MemberKind::Municipality, SocialServicesStatus::Authority);
    Principal { organisation, kind, status }
}

fn shelter() -> Principal {
    let organisation = OrgId::parse("demo:stadsmissionen-kalmar").unwrap();
    let (kind, status) = (MemberKind::CivilSociety, SocialServicesStatus::Permit);
    Principal { organisation, kind, status }
}

pub(crate) fn signed(
    id: AgreementId,
    change: impl FnOnce(&mut AgreementDraft),
) -> Arc<AgreementRecord> {
    let party = |principal: Principal| Party {
        organisation: principal.organisation,
        role: PartyRole::Participant,
    };
    let mut draft = AgreementDraft {
        agreement_id: id,
        version: 1,
        kind: AgreementKind::RegionalCooperation,
        title: "Samarbetsavtal".to_owned(),
        parties: vec![party(board("kommun:0880")), party(board("kommun:0881")), party(shelter())],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("flytt", Effect::Permit, Action::CaseTransfer)],
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
    Arc::new(record)
}

fn asks(
    records: Vec<Arc<AgreementRecord>>,
    from: &Principal,
    to: &Principal,
) -> Result<String, Reason> {
    asks_with(records, from, to, |_| {})
}

fn asks_with(
    records: Vec<Arc<AgreementRecord>>,
    from: &Principal,
    to: &Principal,
    change: impl FnOnce(&mut LawQuestion<'_>),
) -> Result<String, Reason> {
    let agreements = AgreementBook::new(records);
    let mut question = LawQuestion {
        sender: from,
        recipient: to,
        sender_unit: None,
        recipient_unit: None,
        categories: &[DataCategory::Identity, DataCategory::FreeText],
        child: false,
        agreements: &agreements,
        citation: Citation::Unnamed,
        now: NOW,
    };
    change(&mut question);
    let permit = decide_transfer(&question);
    permit.map(|permit| permit.rule_id().to_owned()).map_err(|refusal| refusal.reason)
}

#[test]
fn r22_a_board_asks_a_board_on_the_ground_of_the_law_and_without_consent() {
    let (kalmar, nybro) = (board("kommun:0880"), board("kommun:0881"));
    let records = || vec![signed(ID, |_| {})];
    assert_eq!(asks(records(), &kalmar, &nybro), Ok("flytt".to_owned()));
    let agreements = AgreementBook::new(records());
    let question = LawQuestion {
        sender: &kalmar,
        recipient: &nybro,
        sender_unit: None,
        recipient_unit: None,
        categories: &[],
        child: true,
        agreements: &agreements,
        citation: Citation::Version(ID, 1),
        now: NOW,
    };
    let permit = decide_transfer(&question).unwrap();
    assert_eq!(permit.ground(), DisclosureGround::StatutoryDuty10_28);
    assert_eq!(permit.gdpr_basis(), GdprBasis::LegalObligation);
}

#[test]
fn r14_no_case_moves_to_or_from_a_body_that_is_no_board() {
    let kalmar = board("kommun:0880");
    let records = || vec![signed(ID, |_| {})];
    assert_eq!(asks(records(), &kalmar, &shelter()), Err(Reason::GroundNotAllowed));
    assert_eq!(asks(records(), &shelter(), &kalmar), Err(Reason::GroundNotAllowed));
}

#[test]
fn who_takes_no_part_learns_nothing_and_nothing_moves_without_a_rule() {
    let (kalmar, nybro) = (board("kommun:0880"), board("kommun:0881"));
    let cited = |question: &mut LawQuestion<'_>| question.citation = Citation::Version(ID, 1);
    let stranger = asks_with(vec![signed(ID, |_| {})], &board("kommun:0885"), &nybro, cited);
    assert_eq!(stranger, Err(Reason::NotFound));
    assert_eq!(asks_with(Vec::new(), &kalmar, &nybro, cited), Err(Reason::NotFound));
    let referrals = |draft: &mut AgreementDraft| {
        draft.rules = vec![Rule::new("remiss", Effect::Permit, Action::ReferralSend)];
    };
    let none = asks_with(vec![signed(ID, referrals)], &kalmar, &nybro, cited);
    assert_eq!(none, Err(Reason::PolicyDenied));
    let ended = |draft: &mut AgreementDraft| draft.valid_until = NOW;
    let ended = asks_with(vec![signed(ID, ended)], &kalmar, &nybro, cited);
    assert_eq!(ended, Err(Reason::AgreementExpired));
    assert_eq!(asks(vec![signed(ID, |_| {})], &kalmar, &kalmar), Err(Reason::InvalidField));
    let two = vec![signed(ID, |_| {}), signed(OTHER_ID, |_| {})];
    assert_eq!(asks(two, &kalmar, &nybro), Err(Reason::InvalidField));
}

#[test]
fn a_prohibition_beats_a_permission_and_both_can_be_about_children_alone() {
    let (kalmar, nybro) = (board("kommun:0880"), board("kommun:0881"));
    let not_children = |draft: &mut AgreementDraft| {
        let mut rule = Rule::new("ej-barn", Effect::Prohibit, Action::CaseTransfer);
        rule.populations = vec![Population::Child];
        draft.rules.push(rule);
    };
    let records = || vec![signed(ID, not_children)];
    assert_eq!(asks(records(), &kalmar, &nybro), Ok("flytt".to_owned()));
    let child = asks_with(records(), &kalmar, &nybro, |question| question.child = true);
    assert_eq!(child, Err(Reason::PolicyDenied));
    let narrow = |draft: &mut AgreementDraft| {
        draft.rules[0].data_categories = vec![DataCategory::Identity];
    };
    let narrow = asks(vec![signed(ID, narrow)], &kalmar, &nybro);
    assert_eq!(narrow, Err(Reason::PolicyDenied));
}
