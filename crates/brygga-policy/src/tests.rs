//! The gate's answers, one fact at a time: Kalmar (0880), its Stadsmission and Nybro (0881).

use std::sync::Arc;

use brygga_domain::agreement::*;
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::consent::*;
use brygga_domain::eligibility::{Affirmation, Eligibility, Standing};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    AgreementId, ConsentId, DataCategory, DisclosureGround, GdprBasis, MemberKind, OrgId, Reason,
    Refusal, Seconds, SocialServicesStatus, Timestamp, UnitId,
};

use crate::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const ID: AgreementId = AgreementId::from_bytes([1; 16]);
const OTHER_ID: AgreementId = AgreementId::from_bytes([2; 16]);

/// Everything that a question borrows. Tests change one thing and ask.
struct Case {
    records: Vec<AgreementRecord>,
    sender: Principal,
    recipient: Principal,
    subject: SubjectArea,
    service: CodedTerm,
    categories: Vec<DataCategory>,
    ground: Option<DisclosureGround>,
    gdpr: Option<GdprBasis>,
    citation: Citation,
    consent: Option<Consent>,
    stated_until: Option<Timestamp>,
    sender_unit: Option<UnitId>,
    child: bool,
    affirmed: Vec<Affirmation>,
    told: Option<Option<Eligibility>>,
    now: Timestamp,
}

impl Case {
    /// Kalmar asks its Stadsmission for a bed, with consent, under their IOP.
    fn bed_for_a_night(change: impl FnOnce(&mut AgreementDraft)) -> Self {
        Self {
            records: vec![signed(ID, 1, change)],
            sender: kalmar(),
            recipient: stadsmissionen(),
            subject: SubjectArea::Homelessness,
            service: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
            categories: vec![DataCategory::Identity],
            ground: Some(DisclosureGround::Consent12_2),
            gdpr: Some(GdprBasis::PublicTask),
            citation: Citation::Version(ID, 1),
            consent: Some(consent()),
            stated_until: None,
            sender_unit: None,
            child: false,
            affirmed: Vec::new(),
            told: None,
            now: NOW,
        }
    }

    fn decide(&self) -> Result<Permit, Refusal> {
        let agreements = AgreementBook::new(self.records.iter().cloned().map(Arc::new));
        let consent = match (&self.consent, self.stated_until) {
            (_, Some(valid_until)) => ConsentEvidence::Statement { valid_until },
            (Some(record), None) => ConsentEvidence::Record(record),
            (None, None) => ConsentEvidence::None,
        };
        decide_referral(&ReferralQuestion {
            action: Action::ReferralSend,
            sender: &self.sender,
            recipient: &self.recipient,
            sender_unit: self.sender_unit.as_ref(),
            recipient_unit: None,
            subject: self.subject,
            service_type: &self.service,
            categories: &self.categories,
            ground: self.ground,
            gdpr: self.gdpr,
            child: self.child,
            third_persons: &[],
            agreements: &agreements,
            citation: self.citation,
            consent,
            eligibility: self.eligibility(),
            quota_use: None,
            now: self.now,
        })
    }

    fn eligibility(&self) -> EligibilityEvidence<'_> {
        match &self.told {
            Some(told) => EligibilityEvidence::Statement(told.as_ref()),
            None => EligibilityEvidence::Affirmed(&self.affirmed),
        }
    }

    fn refusal(&self) -> Refusal {
        self.decide().unwrap_err()
    }
}

fn principal(organisation: &str, kind: MemberKind, status: SocialServicesStatus) -> Principal {
    Principal { organisation: OrgId::parse(organisation).unwrap(), kind, status }
}

fn kalmar() -> Principal {
    principal("kommun:0880", MemberKind::Municipality, SocialServicesStatus::Authority)
}

fn nybro() -> Principal {
    principal("kommun:0881", MemberKind::Municipality, SocialServicesStatus::Authority)
}

fn stadsmissionen() -> Principal {
    principal(
        "demo:stadsmissionen-kalmar",
        MemberKind::CivilSociety,
        SocialServicesStatus::Contracted,
    )
}

fn rule(rule_id: &str, effect: Effect, change: impl FnOnce(&mut Rule)) -> Rule {
    let mut rule = Rule::new(rule_id, effect, Action::ReferralSend);
    change(&mut rule);
    rule
}

fn proposed(
    id: AgreementId,
    version: u32,
    change: impl FnOnce(&mut AgreementDraft),
) -> AgreementRecord {
    let party = |who: Principal, role| Party { organisation: who.organisation, role };
    let mut draft = AgreementDraft {
        agreement_id: id,
        version,
        kind: AgreementKind::Iop,
        title: "IOP mot hemlöshet".to_owned(),
        parties: vec![
            party(kalmar(), PartyRole::Participant),
            party(stadsmissionen(), PartyRole::Participant),
        ],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![rule("remiss-1", Effect::Permit, |_| ())],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 86_400),
            (Priority::Urgent, 3_600),
        ])
        .unwrap(),
        consent_max_days: 90,
        valid_from: NOW.minus(Seconds::days(10)),
        valid_until: NOW.plus(Seconds::days(355)),
        document_sha256: None,
        legal_references: vec![],
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
    AgreementRecord::proposed(draft.check().unwrap(), vec![], [0; 32])
}

fn signed(
    id: AgreementId,
    version: u32,
    change: impl FnOnce(&mut AgreementDraft),
) -> AgreementRecord {
    let mut record = proposed(id, version, change);
    for party in record.terms().parties.clone() {
        let organisation = party.organisation;
        let signature = AgreementSignature {
            organisation,
            key_id: "k1".to_owned(),
            signed_at: NOW,
            signature: [0; 64],
        };
        record.add_signature(signature).unwrap();
    }
    record
}

fn consent() -> Consent {
    let draft = ConsentDraft {
        consent_id: ConsentId::from_bytes([3; 16]),
        person_reference: Sensitive::new("ärende 17".to_owned()),
        consenting_party: ConsentingParty::Myself,
        recipients: vec![ConsentRecipient {
            organisation: stadsmissionen().organisation,
            unit: None,
        }],
        data_categories: vec![DataCategory::Identity],
        purpose: "plats på natthärbärge".to_owned(),
        valid_from: NOW.minus(Seconds::days(1)),
        valid_until: NOW.plus(Seconds::days(29)),
        form: ConsentForm::Written,
        language: "sv".to_owned(),
        information_given: true,
        evidence_reference: Sensitive::new(String::new()),
        withdrawn_at: None,
        subject_age: SubjectAge::Adult,
        third_parties_covered: Vec::new(),
        events: Vec::new(),
    };
    draft.check().unwrap()
}

#[test]
fn a_permit_names_agreement_version_rule_and_both_legal_fields() {
    let permit = Case::bed_for_a_night(|_| ()).decide().unwrap();
    assert_eq!((permit.agreement_id(), permit.version(), permit.rule_id()), (ID, 1, "remiss-1"));
    assert_eq!(
        (permit.ground(), permit.gdpr_basis()),
        (DisclosureGround::Consent12_2, GdprBasis::PublicTask)
    );
    assert_eq!(permit.respond_within(Priority::Routine), Seconds::hours(24));
    assert_eq!(permit.respond_within(Priority::Urgent), Seconds::hours(1));
}

mod party {
    use super::*;

    #[test]
    fn an_agreement_of_others_looks_just_like_an_absent_one() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.citation = Citation::Version(OTHER_ID, 1);
        let absent = case.refusal();
        assert_eq!(absent.reason, Reason::NotFound);
        for (sender, recipient) in
            [(nybro(), stadsmissionen()), (kalmar(), nybro()), (nybro(), kalmar())]
        {
            for (citation, ended) in
                [(Citation::Version(ID, 1), false), (Citation::Current(ID), true)]
            {
                let mut case = Case::bed_for_a_night(|_| ());
                if ended {
                    case.records[0].terminate(NOW);
                }
                (case.sender, case.recipient, case.citation) =
                    (sender.clone(), recipient.clone(), citation);
                assert_eq!(case.refusal(), absent, "{sender:?} {recipient:?}");
            }
        }
    }

    #[test]
    fn an_observer_is_no_party_to_a_referral() {
        let observer = |draft: &mut AgreementDraft| {
            draft.parties[1].role = PartyRole::Observer;
            draft
                .parties
                .push(Party { organisation: nybro().organisation, role: PartyRole::Participant });
        };
        assert_eq!(Case::bed_for_a_night(observer).refusal().reason, Reason::NotFound);
    }

    #[test]
    fn an_organisation_does_not_send_to_itself() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.recipient = kalmar();
        assert_eq!(case.refusal(), Refusal::at(Reason::InvalidField, "recipient"));
    }
}

mod in_force {
    use super::*;

    #[test]
    fn an_agreement_that_not_all_have_signed_authorises_nothing() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.records = vec![proposed(ID, 1, |_| ())];
        assert_eq!(case.refusal().reason, Reason::AgreementNotInForce);
    }

    #[test]
    fn a_newer_version_answers_the_evaluation_once_it_has_begun() {
        let evaluated = |draft: &mut AgreementDraft| draft.evaluation_due = Some(NOW);
        let begins = NOW.plus(Seconds::days(1));
        let next = |draft: &mut AgreementDraft| draft.valid_from = begins;
        let records =
            [signed(ID, 1, evaluated), signed(ID, 2, next), signed(OTHER_ID, 1, evaluated)];
        let book = AgreementBook::new(records.map(Arc::new));
        let due =
            |now| book.to_evaluate(now).map(|one| one.terms().agreement_id).collect::<Vec<_>>();
        assert_eq!(due(NOW.minus(Seconds(1))), []);
        assert_eq!(due(NOW), [ID, OTHER_ID]);
        assert_eq!(due(begins), [OTHER_ID]);
    }

    #[test]
    fn an_agreement_authorises_nothing_before_it_begins_or_after_it_ends() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.now = NOW.minus(Seconds::days(11));
        assert_eq!(case.refusal().reason, Reason::AgreementNotInForce);
        case.now = NOW.plus(Seconds::days(355));
        assert_eq!(case.refusal().reason, Reason::AgreementExpired);
    }

    #[test]
    fn a_terminated_agreement_authorises_nothing_from_that_instant_on() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.records[0].terminate(NOW.plus(Seconds(1)));
        assert!(case.decide().is_ok());
        case.records[0].terminate(NOW);
        assert_eq!(case.refusal().reason, Reason::AgreementTerminated);
    }

    #[test]
    fn kal_04_a_new_version_closes_the_old_one_when_it_begins_and_for_good() {
        let mut case = Case::bed_for_a_night(|_| ());
        let tomorrow = NOW.plus(Seconds::days(1));
        case.records.push(signed(ID, 2, |draft| draft.valid_from = tomorrow));
        assert_eq!(case.decide().unwrap().version(), 1);
        case.citation = Citation::Current(ID);
        assert_eq!(case.decide().unwrap().version(), 1, "the newest version that has begun");
        case.now = tomorrow;
        assert_eq!(case.decide().unwrap().version(), 2);
        case.citation = Citation::Version(ID, 1);
        assert_eq!(case.refusal().reason, Reason::AgreementNotInForce);
        case.records[1].terminate(tomorrow.plus(Seconds(1)));
        case.now = tomorrow.plus(Seconds(1));
        assert_eq!(
            case.refusal().reason,
            Reason::AgreementNotInForce,
            "ending version 2 revives nothing"
        );
    }

    #[test]
    fn a_new_version_that_is_only_proposed_closes_nothing() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.records.push(proposed(ID, 2, |_| ()));
        assert_eq!(case.decide().unwrap().version(), 1);
    }
}

mod scope_and_rules {
    use super::*;

    #[test]
    fn kal_03_an_iop_about_occupation_gives_no_right_to_a_bed() {
        let occupation =
            |draft: &mut AgreementDraft| draft.subjects = vec![SubjectArea::Occupation];
        let case = Case::bed_for_a_night(occupation);
        assert_eq!(case.refusal(), Refusal::at(Reason::AgreementScope, "subject"));
    }

    #[test]
    fn what_no_rule_permits_is_refused() {
        let storage = |draft: &mut AgreementDraft| {
            draft.rules = vec![rule("remiss-1", Effect::Permit, |rule| {
                rule.service_types = vec!["STORAGE".to_owned()];
            })];
        };
        assert_eq!(Case::bed_for_a_night(storage).refusal(), Refusal::new(Reason::PolicyDenied));
    }

    #[test]
    fn a_prohibition_beats_a_permission_wherever_it_stands_and_is_named() {
        let prohibit = |rule_at: usize| {
            move |draft: &mut AgreementDraft| {
                draft.rules.insert(rule_at, rule("nej-1", Effect::Prohibit, |_| ()));
            }
        };
        for rule_at in [0, 1] {
            let refusal = Case::bed_for_a_night(prohibit(rule_at)).refusal();
            assert_eq!((refusal.reason, refusal.rule_id.as_str()), (Reason::PolicyDenied, "nej-1"));
        }
    }

    #[test]
    fn a_parent_service_type_covers_its_children_and_no_others() {
        let emergency = |draft: &mut AgreementDraft| {
            draft.rules[0].service_types = vec!["EMERGENCY_ACCOMMODATION".to_owned()];
        };
        let mut case = Case::bed_for_a_night(emergency);
        assert!(case.decide().is_ok());
        case.service = CodedTerm::known(SERVICE_TYPE, "HVB").unwrap();
        assert_eq!(case.refusal().reason, Reason::PolicyDenied);
    }

    #[test]
    fn ore_18_a_service_of_a_newer_list_is_judged_as_its_known_parent() {
        let shelter = |draft: &mut AgreementDraft| {
            draft.rules[0].service_types = vec!["NIGHT_SHELTER".to_owned()]
        };
        let mut case = Case::bed_for_a_night(shelter);
        let broader = vec!["NIGHT_SHELTER".to_owned()];
        case.service = CodedTerm::parse(SERVICE_TYPE, 2, "NIGHT_SHELTER_WOMEN", broader).unwrap();
        assert!(case.decide().is_ok());
        case.service = CodedTerm::parse(SERVICE_TYPE, 2, "FLOATING_HOTEL", vec![]).unwrap();
        assert_eq!(case.refusal().reason, Reason::PolicyDenied);
    }

    #[test]
    fn a_claimed_parent_opens_nothing_but_closes_what_is_prohibited() {
        let claims_shelter =
            CodedTerm::parse(SERVICE_TYPE, 1, "HVB", vec!["NIGHT_SHELTER".to_owned()]).unwrap();
        let shelter = |draft: &mut AgreementDraft| {
            draft.rules[0].service_types = vec!["NIGHT_SHELTER".to_owned()]
        };
        let mut case = Case::bed_for_a_night(shelter);
        case.service = claims_shelter.clone();
        assert_eq!(case.refusal(), Refusal::new(Reason::PolicyDenied));
        let mut case = Case::bed_for_a_night(|draft| {
            draft.rules.push(rule("nej-1", Effect::Prohibit, |rule| {
                rule.service_types = vec!["NIGHT_SHELTER".to_owned()];
            }));
        });
        case.service = claims_shelter;
        assert_eq!(case.refusal().rule_id, "nej-1");
    }

    #[test]
    fn a_term_of_another_list_is_no_service_type() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.service = CodedTerm::known("support_need", "STORAGE").unwrap();
        assert_eq!(case.refusal(), Refusal::at(Reason::InvalidField, "service_type.list"));
    }

    #[test]
    fn a_permission_needs_every_category_and_a_prohibition_any() {
        let both = vec![DataCategory::Identity, DataCategory::FreeText];
        let identity_only = |draft: &mut AgreementDraft| {
            draft.rules[0].data_categories = vec![DataCategory::Identity];
        };
        let mut case = Case::bed_for_a_night(identity_only);
        assert!(case.decide().is_ok());
        case.categories = both.clone();
        assert_eq!(case.refusal(), Refusal::new(Reason::PolicyDenied));
        let no_text = |draft: &mut AgreementDraft| {
            draft.rules.push(rule("nej-text", Effect::Prohibit, |rule| {
                rule.data_categories = vec![DataCategory::FreeText];
            }));
        };
        let mut case = Case::bed_for_a_night(no_text);
        assert!(case.decide().is_ok());
        case.categories = both;
        assert_eq!(case.refusal().rule_id, "nej-text");
    }

    #[test]
    fn a_rule_holds_only_between_those_it_names() {
        let one_way = |draft: &mut AgreementDraft| {
            draft.rules[0].from = vec![stadsmissionen().organisation];
            draft.rules[0].to = vec![kalmar().organisation];
        };
        let mut case = Case::bed_for_a_night(one_way);
        assert_eq!(case.refusal().reason, Reason::PolicyDenied);
        std::mem::swap(&mut case.sender, &mut case.recipient);
        case.ground = Some(DisclosureGround::Private17_11Consent);
        case.stated_until = Some(NOW.plus(Seconds::days(1)));
        assert!(case.decide().is_ok());
    }
}

mod law {
    use super::*;

    #[test]
    fn r1_a_referral_without_a_ground_is_refused_by_that_name_even_under_a_rule_about_grounds() {
        let mut case = Case::bed_for_a_night(|draft| {
            draft.rules[0].grounds = vec![DisclosureGround::Consent12_2]
        });
        case.ground = None;
        assert_eq!(case.refusal().reason, Reason::GroundMissing);
    }

    #[test]
    fn r3_care_26_9_never_reaches_a_stadsmission() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.ground = Some(DisclosureGround::Care26_9);
        assert_eq!(case.refusal().reason, Reason::GroundNotAllowed);
    }

    #[test]
    fn r6_consent_is_no_gdpr_basis_for_an_authority() {
        let mut case = Case::bed_for_a_night(|_| ());
        for basis in [Some(GdprBasis::ExplicitConsent), None] {
            case.gdpr = basis;
            assert_eq!(case.refusal().reason, Reason::GdprBasisNotAllowed);
        }
    }

    #[test]
    fn a_ground_that_is_no_consent_needs_none() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.ground = Some(DisclosureGround::NecessaryOwnTask10_2);
        case.consent = None;
        assert!(case.decide().is_ok());
    }

    #[test]
    fn an_assessment_of_no_harm_is_not_taken_for_granted() {
        let mut case = Case::bed_for_a_night(|draft| {
            draft
                .parties
                .push(Party { organisation: nybro().organisation, role: PartyRole::Participant });
        });
        case.recipient = nybro();
        case.ground = Some(DisclosureGround::NoHarmClear26_1);
        assert_eq!(case.refusal().reason, Reason::GroundNotAllowed);
    }
}

mod consents {
    use super::*;

    #[test]
    fn the_sender_needs_a_record_that_covers_the_message() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.categories = vec![DataCategory::Contact];
        assert_eq!(case.refusal().reason, Reason::ConsentScope);
        case.consent = None;
        assert_eq!(case.refusal().reason, Reason::ConsentMissing);
        let mut case = Case::bed_for_a_night(|_| ());
        case.consent.as_mut().unwrap().withdraw(NOW);
        assert_eq!(case.refusal().reason, Reason::ConsentWithdrawn);
    }

    #[test]
    fn con_01_the_agreements_limit_ends_a_longer_consent() {
        let mut case = Case::bed_for_a_night(|draft| draft.consent_max_days = 1);
        assert_eq!(case.refusal().reason, Reason::ConsentExpired);
        case.now = Timestamp::from_millis(NOW.as_millis() - 1);
        assert!(case.decide().is_ok());
    }

    #[test]
    fn the_recipient_judges_the_statement_by_its_own_clock() {
        let mut case = Case::bed_for_a_night(|_| ());
        case.stated_until = Some(NOW);
        assert_eq!(case.refusal().reason, Reason::ConsentExpired);
        case.stated_until = Some(NOW.plus(Seconds::days(90)).plus(Seconds(600)));
        assert!(case.decide().is_ok(), "clocks differ by minutes");
        case.stated_until = Some(NOW.plus(Seconds::days(91)));
        assert_eq!(case.refusal(), Refusal::at(Reason::ConsentScope, "consent.valid_until"));
    }
}

mod unnamed {
    use super::*;

    fn unnamed(records: Vec<AgreementRecord>) -> Case {
        let mut case = Case::bed_for_a_night(|_| ());
        (case.records, case.citation) = (records, Citation::Unnamed);
        case
    }

    fn about_occupation(draft: &mut AgreementDraft) {
        draft.subjects = vec![SubjectArea::Occupation];
    }

    #[test]
    fn the_only_agreement_that_permits_is_chosen() {
        let case = unnamed(vec![signed(ID, 1, about_occupation), signed(OTHER_ID, 3, |_| ())]);
        let permit = case.decide().unwrap();
        assert_eq!((permit.agreement_id(), permit.version()), (OTHER_ID, 3));
    }

    #[test]
    fn people_choose_where_more_than_one_permits() {
        let case = unnamed(vec![signed(ID, 1, |_| ()), signed(OTHER_ID, 1, |_| ())]);
        assert_eq!(case.refusal(), Refusal::at(Reason::InvalidField, "agreement_id"));
    }

    #[test]
    fn where_none_permits_the_nearest_obstacle_is_told() {
        let mut case = unnamed(vec![signed(ID, 1, |_| ()), signed(OTHER_ID, 1, about_occupation)]);
        case.consent = None;
        assert_eq!(case.refusal().reason, Reason::ConsentMissing);
    }

    #[test]
    fn without_any_agreement_in_force_nothing_is_found() {
        assert_eq!(unnamed(vec![]).refusal().reason, Reason::NotFound);
        assert_eq!(unnamed(vec![proposed(ID, 1, |_| ())]).refusal().reason, Reason::NotFound);
    }
}

/// A rule that asks for a plain, a dated and a justifiable criterion.
fn asking() -> Case {
    Case::bed_for_a_night(ask)
}

fn ask(draft: &mut AgreementDraft) {
    let criterion = |id: &str, is_dated, is_justifiable| Criterion {
        criterion_id: id.to_owned(),
        text: "Som parterna skrev".to_owned(),
        is_dated,
        is_justifiable,
    };
    draft.criteria = vec![
        criterion("hemlos", false, false),
        criterion("kartlaggning", true, false),
        criterion("malgrupp", false, true),
    ];
    draft.rules[0].criteria = draft.criteria.iter().map(|one| one.criterion_id.clone()).collect();
}

fn affirmed(criterion_id: &str, standing: Standing) -> Affirmation {
    Affirmation { criterion_id: criterion_id.to_owned(), standing }
}

#[test]
fn the_recipient_is_told_the_outcome_and_checks_what_it_can_see() {
    let day = jiff::civil::Date::constant(2026, 11, 20);
    let mut case = asking();
    case.affirmed = vec![
        affirmed("hemlos", Standing::Met { since: Some(day) }),
        affirmed("kartlaggning", Standing::Met { since: Some(day) }),
        affirmed("malgrupp", Standing::Justified),
    ];
    let told = case.decide().unwrap().eligibility().cloned().unwrap();
    let dates = vec![("kartlaggning".to_owned(), day)];
    assert_eq!(told, Eligibility { is_justified: true, dates });

    for (told, missing) in [
        (None, Some("hemlos")),
        (Some(Eligibility::default()), Some("kartlaggning")),
        (Some(told), None),
    ] {
        case.told = Some(told);
        let refused = case.decide().err().map(|refusal| refusal.rule_id);
        assert_eq!(refused.as_deref(), missing);
    }
}

#[test]
fn another_permission_that_asks_for_less_is_found() {
    let mut case = asking();
    assert_eq!(case.refusal().reason, Reason::EligibilityMissing);
    case.records = vec![signed(ID, 1, |draft| {
        ask(draft);
        draft.rules.push(rule("akut", Effect::Permit, |_| {}));
    })];
    assert_eq!(case.decide().unwrap().rule_id(), "akut");
}

#[test]
fn a_rule_about_functions_populations_or_a_time_is_about_no_others() {
    let unit = UnitId::parse("socialjouren").unwrap();
    let narrow = |change: fn(&mut Rule)| Case::bed_for_a_night(|draft| change(&mut draft.rules[0]));
    let mut by_unit = narrow(|rule| rule.from_units = vec![UnitId::parse("socialjouren").unwrap()]);
    assert_eq!(by_unit.refusal().reason, Reason::PolicyDenied, "the intake is no function");
    by_unit.sender_unit = Some(unit);
    by_unit.decide().unwrap();

    let mut of_adults = narrow(|rule| rule.populations = vec![Population::Adult]);
    of_adults.decide().unwrap();
    of_adults.child = true;
    assert_eq!(of_adults.refusal().reason, Reason::PolicyDenied);

    let mut in_time = narrow(|rule| rule.valid_until = Some(NOW.plus(Seconds(1))));
    in_time.decide().unwrap();
    in_time.now = NOW.plus(Seconds(1));
    assert_eq!(in_time.refusal().reason, Reason::PolicyDenied);
}

/// Whom Nybro, Kalmar and the Stadsmission may each ask for a bed; the reason where nobody may be asked.
fn callable_by(
    caller: &Principal,
    change: impl FnOnce(&mut AgreementDraft),
) -> Result<String, Reason> {
    let record = Arc::new(signed(ID, 1, change));
    let book = AgreementBook::new([Arc::clone(&record)]);
    let service_type = CodedTerm::known(SERVICE_TYPE, "EMERGENCY_ACCOMMODATION").unwrap();
    let caller = &caller.organisation;
    let question =
        CallQuestion { caller, service_type: &service_type, agreements: &book, now: NOW };
    let called = callable(&record, &question).map_err(|refusal| refusal.reason)?;
    let told = called.iter().map(|(party, rule)| format!("{party} {rule}"));
    Ok(told.collect::<Vec<_>>().join(", "))
}

#[test]
fn whoever_might_publish_such_places_to_the_caller_may_be_asked() {
    let publish = |change: fn(&mut Rule)| {
        move |draft: &mut AgreementDraft| {
            let rule = rule("plats", Effect::Permit, change);
            draft.rules.push(Rule { action: Action::CapacityPublish, ..rule });
        }
    };
    let stadsmissionen_may = Ok("demo:stadsmissionen-kalmar plats".to_owned());
    let narrower = publish(|rule| rule.service_types = vec!["NIGHT_SHELTER".to_owned()]);
    assert_eq!(callable_by(&kalmar(), narrower), stadsmissionen_may);
    let by_a_function = publish(|rule| rule.from_units = vec![UnitId::parse("natt").unwrap()]);
    assert_eq!(callable_by(&kalmar(), by_a_function), stadsmissionen_may);
    let support = publish(|rule| rule.service_types = vec!["HOUSING_SUPPORT".to_owned()]);
    assert_eq!(callable_by(&kalmar(), support), Err(Reason::PolicyDenied));
    let to_others = publish(|rule| rule.to = vec![stadsmissionen().organisation]);
    assert_eq!(callable_by(&kalmar(), to_others), Err(Reason::PolicyDenied));
    assert_eq!(callable_by(&nybro(), publish(|_| {})), Err(Reason::NotFound), "no party");
    let prohibited = |draft: &mut AgreementDraft| {
        publish(|_| {})(draft);
        let rule = rule("inte", Effect::Prohibit, |_| {});
        draft.rules.push(Rule { action: Action::CapacityPublish, ..rule });
    };
    assert_eq!(callable_by(&kalmar(), prohibited), Err(Reason::PolicyDenied));
}
