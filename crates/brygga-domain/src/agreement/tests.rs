//! Terms are checked before they can be signed; a record knows when it authorises.

use super::*;
use crate::{
    AgreementId, DataCategory, MemberKind, OrgId, Reason, Refusal, Seconds, Timestamp, UnitId,
};

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const END: Timestamp = START.plus(Seconds::days(365));

fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

pub(super) fn party(text: &str, role: PartyRole) -> Party {
    Party { organisation: org(text), role }
}

pub(super) fn draft() -> AgreementDraft {
    let mut rule = Rule::new("remiss-1", Effect::Permit, Action::ReferralSend);
    rule.service_types = vec!["EMERGENCY_ACCOMMODATION".to_owned()];
    rule.data_categories = vec![DataCategory::Identity];
    AgreementDraft {
        agreement_id: AgreementId::from_bytes([1; 16]),
        version: 1,
        kind: AgreementKind::Iop,
        title: "IOP mot hemlöshet".to_owned(),
        parties: vec![
            party("kommun:0880", PartyRole::Participant),
            party("demo:stadsmissionen-kalmar", PartyRole::Participant),
            party("demo:lansstyrelsen", PartyRole::Coordinator),
        ],
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![rule],
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 86_400),
            (Priority::Urgent, 3_600),
        ])
        .unwrap(),
        consent_max_days: 90,
        valid_from: START,
        valid_until: END,
        document_sha256: None,
        legal_references: vec!["SoL 4:3".to_owned()],
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
    }
}

fn refusal(change: impl FnOnce(&mut AgreementDraft)) -> Refusal {
    let mut draft = draft();
    change(&mut draft);
    draft.check().unwrap_err()
}

fn bad_field(change: impl FnOnce(&mut AgreementDraft)) -> &'static str {
    let refusal = refusal(change);
    assert_eq!(refusal.reason, Reason::InvalidField);
    refusal.field
}

#[test]
fn a_position_is_due_within_a_month() {
    let mut usual = draft();
    assert_eq!(usual.position_days(), 3);
    usual.position_days = Some(22);
    assert_eq!(usual.check().map(|terms| terms.position_days()), Ok(22));
    for days in [0, 23] {
        assert_eq!(bad_field(|draft| draft.position_days = Some(days)), "terms.position_days");
    }
}

fn signature(text: &str) -> AgreementSignature {
    AgreementSignature {
        organisation: org(text),
        key_id: "k1".to_owned(),
        signed_at: START,
        signature: [0; 64],
    }
}

fn signed() -> AgreementRecord {
    signed_as(draft())
}

fn signed_as(draft: AgreementDraft) -> AgreementRecord {
    let mut record = AgreementRecord::proposed(draft.check().unwrap(), vec![1, 2, 3], [9; 32]);
    for organisation in ["kommun:0880", "demo:stadsmissionen-kalmar", "demo:lansstyrelsen"] {
        assert_eq!(record.add_signature(signature(organisation)), Ok(true));
    }
    record
}

mod terms {
    use super::*;

    #[test]
    fn each_limit_names_its_field() {
        assert_eq!(bad_field(|draft| draft.version = 0), "terms.version");
        for title in [String::new(), " ".to_owned(), "å".repeat(201), "a\nb".to_owned()] {
            assert_eq!(bad_field(|draft| draft.title = title), "terms.title");
        }
        assert_eq!(bad_field(|draft| draft.parties.truncate(1)), "terms.parties");
        assert_eq!(
            bad_field(|draft| draft.parties = vec![draft.parties[0].clone(); 65]),
            "terms.parties"
        );
        assert_eq!(bad_field(|draft| draft.subjects.clear()), "terms.subjects");
        assert_eq!(
            bad_field(|draft| draft.subjects = vec![SubjectArea::Homelessness; 2]),
            "terms.subjects"
        );
        assert_eq!(bad_field(|draft| draft.rules.clear()), "terms.rules");
        assert_eq!(
            bad_field(|draft| draft.rules = vec![draft.rules[0].clone(); 65]),
            "terms.rules"
        );
        for days in [0, 366] {
            assert_eq!(bad_field(|draft| draft.consent_max_days = days), "terms.consent_max_days");
        }
        assert_eq!(bad_field(|draft| draft.valid_until = START), "terms.valid_until");
        assert_eq!(
            bad_field(|draft| draft.legal_references = vec!["KL".to_owned(); 17]),
            "terms.legal_references"
        );
        assert_eq!(
            bad_field(|draft| draft.legal_references = vec![String::new()]),
            "terms.legal_references"
        );
    }

    #[test]
    fn an_organisation_is_a_party_only_once() {
        let twice = |draft: &mut AgreementDraft| {
            draft.parties.push(party("kommun:0880", PartyRole::Observer))
        };
        assert_eq!(bad_field(twice), "terms.parties.organisation");
    }

    #[test]
    fn a_permission_needs_two_who_may_use_it() {
        let alone = |draft: &mut AgreementDraft| draft.parties[1].role = PartyRole::Observer;
        assert_eq!(bad_field(alone), "terms.parties.role");
    }

    #[test]
    fn a_framework_of_an_association_permits_nothing() {
        let permits =
            |draft: &mut AgreementDraft| draft.kind = AgreementKind::FrameworkOfAssociation;
        assert_eq!(bad_field(permits), "terms.rules.effect");
    }

    #[test]
    fn a_framework_moves_no_case() {
        let moves = |draft: &mut AgreementDraft| {
            draft.kind = AgreementKind::FrameworkOfAssociation;
            draft.rules = vec![Rule::new("flytt", Effect::Permit, Action::CaseTransfer)];
        };
        assert_eq!(bad_field(moves), "terms.rules.effect");
    }

    #[test]
    fn a_rule_about_moving_cases_narrows_neither_the_law_nor_the_subject() {
        let moves = |change: fn(&mut Rule)| {
            let mut rule = Rule::new("flytt", Effect::Permit, Action::CaseTransfer);
            change(&mut rule);
            let mut draft = draft();
            draft.rules.push(rule);
            draft.check().map(drop).map_err(|refusal| refusal.field)
        };
        assert_eq!(moves(|rule| rule.populations = vec![Population::Adult]), Ok(()));
        assert_eq!(moves(|rule| rule.data_categories = vec![DataCategory::Identity]), Ok(()));
        for narrowed in [
            (|rule| rule.subjects = vec![SubjectArea::Homelessness]) as fn(&mut Rule),
            |rule| rule.service_types = vec!["NIGHT_SHELTER".to_owned()],
            |rule| rule.grounds = vec![crate::DisclosureGround::Consent12_2],
        ] {
            assert_eq!(moves(narrowed), Err("terms.rules.action"));
        }
    }

    #[test]
    fn a_framework_may_permit_to_read_aggregates() {
        let mut draft = draft();
        draft.kind = AgreementKind::FrameworkOfAssociation;
        draft.rules = vec![Rule::new("siffror", Effect::Permit, Action::AggregateRead)];
        assert!(draft.check().is_ok());
    }

    #[test]
    fn a_rule_about_aggregates_names_who_and_when_and_nothing_else() {
        let reads = |change: fn(&mut Rule)| {
            let mut rule = Rule::new("siffror", Effect::Permit, Action::AggregateRead);
            change(&mut rule);
            let mut draft = draft();
            draft.rules.push(rule);
            draft.check().map(drop).map_err(|refusal| refusal.field)
        };
        let county = || vec![org("demo:lansstyrelsen")];
        assert_eq!(reads(|rule| rule.to = vec![org("demo:lansstyrelsen")]), Ok(()));
        assert_eq!(
            reads(|rule| rule.from = vec![org("demo:lansstyrelsen")]),
            Err("terms.rules.from")
        );
        for narrowed in [
            (|rule| rule.subjects = vec![SubjectArea::Homelessness]) as fn(&mut Rule),
            |rule| rule.service_types = vec!["NIGHT_SHELTER".to_owned()],
            |rule| rule.from_units = vec![crate::UnitId::parse("socialjouren").unwrap()],
            |rule| rule.populations = vec![Population::Child],
        ] {
            assert_eq!(reads(narrowed), Err("terms.rules.action"));
        }
        let refer = |draft: &mut AgreementDraft| draft.rules[0].to = county();
        assert_eq!(bad_field(refer), "terms.rules.to", "no referral ever reaches a coordinator");
    }

    #[test]
    fn response_times_are_one_for_each_priority_and_within_limits() {
        let parse =
            |list: &[(Priority, u32)]| ResponseTimes::parse(list).map_err(|refusal| refusal.field);
        let times = parse(&[(Priority::Urgent, 60), (Priority::Routine, 31_536_000)]).unwrap();
        assert_eq!(times.of(Priority::Urgent).respond_within, Seconds(60));
        assert_eq!(times.of(Priority::Urgent).take_on(), Seconds(30), "half of it unless told");
        assert_eq!(times.of(Priority::Routine).respond_within, Seconds(31_536_000));
        let (routine, urgent) = ((Priority::Routine, 60), (Priority::Urgent, 60));
        for list in [
            vec![],
            vec![routine],
            vec![routine, urgent, urgent],
            vec![routine, (Priority::Urgent, 59)],
            vec![(Priority::Routine, 31_536_001), urgent],
        ] {
            assert_eq!(parse(&list), Err("terms.response_times"), "{list:?}");
        }
    }
}

mod rules {
    use super::*;

    #[test]
    fn a_rule_has_a_name_of_its_own() {
        for name in ["", "remiss 1", "remiss-å", &"r".repeat(65)] {
            assert_eq!(
                bad_field(|draft| draft.rules[0].rule_id = name.to_owned()),
                "terms.rules.rule_id"
            );
        }
        let twice = |draft: &mut AgreementDraft| draft.rules.push(draft.rules[0].clone());
        assert_eq!(bad_field(twice), "terms.rules.rule_id");
    }

    #[test]
    fn a_rule_about_somebody_who_takes_no_part_is_refused() {
        for organisation in ["kommun:0881", "demo:lansstyrelsen"] {
            assert_eq!(
                bad_field(|draft| draft.rules[0].from = vec![org(organisation)]),
                "terms.rules.from"
            );
            assert_eq!(
                bad_field(|draft| draft.rules[0].to = vec![org(organisation)]),
                "terms.rules.to"
            );
        }
    }

    #[test]
    fn a_rule_about_a_subject_outside_the_agreement_is_refused() {
        let outside =
            |draft: &mut AgreementDraft| draft.rules[0].subjects = vec![SubjectArea::Occupation];
        assert_eq!(bad_field(outside), "terms.rules.subjects");
    }

    #[test]
    fn a_misspelt_service_type_is_refused_and_not_ignored() {
        let refused =
            refusal(|draft| draft.rules[0].service_types = vec!["NIGHT_SHELTRE".to_owned()]);
        assert_eq!(refused, Refusal::at(Reason::PolicyUnknownTerm, "terms.rules.service_types"));
    }
}

mod record {
    use super::*;

    #[test]
    fn it_authorises_from_the_first_instant_to_the_last_and_at_no_other() {
        let record = signed();
        let at = |millis: i64| record.state(Timestamp::from_millis(millis));
        assert_eq!(at(START.as_millis() - 1), AgreementState::Signed);
        assert_eq!(at(START.as_millis()), AgreementState::Active);
        assert_eq!(at(END.as_millis() - 1), AgreementState::Active);
        assert_eq!(at(END.as_millis()), AgreementState::Expired);
    }

    #[test]
    fn it_is_proposed_until_the_last_party_has_signed_observers_and_coordinators_too() {
        let mut record = AgreementRecord::proposed(draft().check().unwrap(), vec![], [0; 32]);
        for organisation in ["demo:stadsmissionen-kalmar", "kommun:0880"] {
            record.add_signature(signature(organisation)).unwrap();
        }
        let missing = vec![org("demo:lansstyrelsen")];
        assert_eq!(record.state(START), AgreementState::Proposed { missing });
        assert!(!record.has_begun(START));
        record.add_signature(signature("demo:lansstyrelsen")).unwrap();
        assert_eq!(record.state(START), AgreementState::Active);
        assert!(record.has_begun(START));
    }

    #[test]
    fn a_repeated_signature_changes_nothing_and_a_strangers_is_refused() {
        let mut record = signed();
        let before = record.clone();
        let mut again = signature("kommun:0880");
        again.signed_at = END;
        assert_eq!(record.add_signature(again), Ok(false));
        let refused = record.add_signature(signature("kommun:0881"));
        assert_eq!(refused, Err(Refusal::at(Reason::InvalidField, "signatures.organisation")));
        assert_eq!(record, before);
    }

    #[test]
    fn only_an_earlier_end_wins() {
        let (early, late) = (START.plus(Seconds::days(1)), START.plus(Seconds::days(2)));
        let mut record = signed();
        assert!(record.terminate(late));
        assert_eq!(record.state(early), AgreementState::Active);
        assert!(record.terminate(early));
        assert!(!record.terminate(late));
        assert!(!record.terminate(early));
        assert_eq!(record.terminated_at(), Some(early));
        assert_eq!(record.state(early), AgreementState::Terminated);
    }

    #[test]
    fn of_two_ends_the_first_counts() {
        let mut record = signed();
        record.terminate(END.plus(Seconds(1)));
        assert_eq!(record.state(END.plus(Seconds(2))), AgreementState::Expired);
        record.terminate(START);
        assert_eq!(record.state(END.plus(Seconds(2))), AgreementState::Terminated);
        assert!(!record.has_begun(END), "it was ended before it began");
    }

    #[test]
    fn an_evaluation_is_due_from_its_day_to_the_end_also_at_rest() {
        let due = START.plus(Seconds::days(180));
        let mut record = signed_as(AgreementDraft { evaluation_due: Some(due), ..draft() });
        let at = |record: &AgreementRecord, now| record.evaluation_is_due(&record.state(now), now);
        assert!(!at(&record, due.minus(Seconds(1))));
        assert!(at(&record, due) && at(&record, END.minus(Seconds(1))));
        assert!(!at(&record, END), "it has ended");
        assert!(!record.evaluation_is_due(&AgreementState::Superseded, due), "it is answered");
        assert!(!at(&signed(), due), "no day was agreed");
        let (organisation, reason) = (org("kommun:0880"), SuspensionReason::UnderReview);
        record.suspend(Suspension { organisation, reason, since: START }).unwrap();
        assert!(at(&record, due));
        record.terminate(due);
        assert!(!at(&record, due));
    }

    #[test]
    fn the_signed_bytes_are_kept_as_they_are() {
        assert_eq!(signed().terms_bytes(), [1, 2, 3]);
        assert_eq!(signed().terms_digest(), &[9; 32]);
        let urgent = signed().response_time(Priority::Urgent);
        assert_eq!((urgent.respond_within, urgent.take_on()), (Seconds(3_600), Seconds(1_800)));
    }
}

mod parties {
    use super::*;

    /// Checks an agreement between members of these kinds, each named after its place in the list.
    fn between(
        kind: AgreementKind,
        members: &[(MemberKind, PartyRole)],
    ) -> Result<(), &'static str> {
        let mut draft = draft();
        draft.kind = kind;
        draft.rules[0].effect = Effect::Prohibit;
        draft.parties = members
            .iter()
            .zip(0..)
            .map(|((_, role), n)| party(&format!("demo:m{n}"), *role))
            .collect();
        let kind_of = |organisation: &OrgId| {
            let place: usize = organisation.as_str().strip_prefix("demo:m")?.parse().ok()?;
            members.get(place).map(|(kind, _)| *kind)
        };
        draft.check().unwrap().check_parties(kind_of).map_err(|refusal| refusal.field)
    }

    fn taking_part(kinds: &[MemberKind]) -> Vec<(MemberKind, PartyRole)> {
        kinds.iter().map(|kind| (*kind, PartyRole::Participant)).collect()
    }

    #[test]
    fn each_kind_of_agreement_accepts_the_parties_of_the_domain_guide() {
        use MemberKind::*;
        let rows: &[(AgreementKind, &[MemberKind])] = &[
            (AgreementKind::RegionalCooperation, &[Municipality, Municipality, Municipality]),
            (AgreementKind::Iop, &[Municipality, CivilSociety]),
            (
                AgreementKind::LandlordQuota,
                &[Municipality, PrivateLandlord, MunicipalLandlord, HousingAgency],
            ),
            (AgreementKind::OwnerDirective, &[Municipality, MunicipalLandlord]),
            (AgreementKind::LandDevelopment, &[Municipality, PrivateLandlord]),
            (
                AgreementKind::HousingFirstPartnership,
                &[Municipality, MunicipalLandlord, CivilSociety],
            ),
            (AgreementKind::TripartitePlan, &[Municipality, PrivateLandlord]),
            (AgreementKind::ExchangeNetwork, &[Municipality, Municipality]),
            (
                AgreementKind::FrameworkOfAssociation,
                &[MunicipalLandlord, PrivateLandlord, CivilSociety],
            ),
            (AgreementKind::KfmCooperation, &[Municipality, EnforcementAuthority, PrivateLandlord]),
            (AgreementKind::RegionAgreement, &[Municipality, Region]),
            (AgreementKind::OneOff, &[Municipality, PrivateLandlord]),
        ];
        assert_eq!(rows.len(), AgreementKind::ALL.len());
        for (kind, members) in rows {
            assert_eq!(between(*kind, &taking_part(members)), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn an_iop_needs_a_municipality_and_civil_society() {
        use MemberKind::*;
        let iop = |kinds: &[MemberKind]| between(AgreementKind::Iop, &taking_part(kinds));
        assert_eq!(iop(&[Municipality, Municipality]), Err("terms.parties"));
        assert_eq!(iop(&[CivilSociety, CivilSociety]), Err("terms.parties"));
        assert_eq!(iop(&[Municipality, CivilSocietyProtected]), Ok(()));
    }

    #[test]
    fn a_private_body_takes_no_part_in_a_cooperation_between_municipalities() {
        use MemberKind::*;
        let members = taking_part(&[Municipality, Municipality, CivilSociety]);
        assert_eq!(
            between(AgreementKind::RegionalCooperation, &members),
            Err("terms.parties.role")
        );
        let mut observed = members;
        observed[2].1 = PartyRole::Observer;
        assert_eq!(between(AgreementKind::RegionalCooperation, &observed), Ok(()));
    }

    #[test]
    fn one_municipality_is_no_cooperation_even_with_another_that_only_coordinates() {
        let members = [
            (MemberKind::Municipality, PartyRole::Participant),
            (MemberKind::Municipality, PartyRole::Coordinator),
        ];
        assert_eq!(between(AgreementKind::RegionalCooperation, &members), Err("terms.parties"));
    }

    #[test]
    fn coordinators_associations_and_research_take_no_part_in_any_kind_of_agreement() {
        for kind in AgreementKind::ALL {
            for body in [MemberKind::Coordinator, MemberKind::Association, MemberKind::Research] {
                let members = taking_part(&[MemberKind::Municipality, body]);
                assert_eq!(
                    between(*kind, &members),
                    Err("terms.parties.role"),
                    "{kind:?} {body:?}"
                );
            }
        }
    }

    #[test]
    fn an_association_sees_no_aggregates_either() {
        let members = |role| {
            let mut members = taking_part(&[MemberKind::Municipality, MemberKind::Municipality]);
            members.push((MemberKind::Association, role));
            members
        };
        let kind = AgreementKind::RegionalCooperation;
        assert_eq!(between(kind, &members(PartyRole::Coordinator)), Err("terms.parties.role"));
        assert_eq!(between(kind, &members(PartyRole::Observer)), Ok(()));
    }

    #[test]
    fn a_party_that_the_registry_does_not_know_is_refused() {
        let terms = draft().check().unwrap();
        let refusal = terms.check_parties(|_| None).unwrap_err();
        assert_eq!(refusal, Refusal::at(Reason::InvalidField, "terms.parties.organisation"));
    }
}

/// Whom a second version affects, without the scheme of their names.
fn affects(change: impl FnOnce(&mut AgreementDraft)) -> Vec<String> {
    let mut first = draft();
    first.open_to_accession = true;
    first.parties.push(party("kommun:0881", PartyRole::Participant));
    let rule = |id: &str, from: &[&str], to: &[&str]| {
        let mut rule = Rule::new(id, Effect::Permit, Action::ReferralSend);
        (rule.from, rule.to) =
            (from.iter().map(|one| org(one)).collect(), to.iter().map(|one| org(one)).collect());
        rule
    };
    first.rules.push(rule("remiss-2", &["kommun:0881"], &["kommun:0880"]));
    let mut second = first.clone();
    second.version = 2;
    second.valid_from = START.plus(Seconds::days(30));
    change(&mut second);
    let (first, second) = (first.check().unwrap(), second.check().unwrap());
    affected(&first, &second).iter().map(OrgId::to_string).collect()
}

#[test]
fn a_change_of_groups_is_a_change_for_all_but_who_leaves_leaves_its_groups() {
    const STADSMISSIONEN: &str = "demo:stadsmissionen-kalmar";
    const ALL: [&str; 4] = ["demo:lansstyrelsen", STADSMISSIONEN, "kommun:0880", "kommun:0881"];
    let group = |members: &[&str]| WorkingGroup {
        group_id: "operativ".to_owned(),
        title: "Operativ grupp".to_owned(),
        members: members
            .iter()
            .map(|one| GroupMember { organisation: org(one), unit: None })
            .collect(),
        meetings_per_year: 0,
        minutes_reference: None,
        may_amend: false,
    };
    let groups = vec![group(&["kommun:0880", STADSMISSIONEN])];
    assert_eq!(affects(|draft| draft.groups.clone_from(&groups)), ALL);
    let between = |change: fn(&mut AgreementDraft)| {
        let first = AgreementDraft { groups: groups.clone(), version: 2, ..draft() };
        let mut second = AgreementDraft { version: 3, ..first.clone() };
        change(&mut second);
        affected(&first.check().unwrap(), &second.check().unwrap()).len()
    };
    assert_eq!(between(|draft| draft.groups[0].may_amend = true), 3);
    assert_eq!(between(|draft| drop(draft.groups[0].members.pop())), 3);
    let leave = |draft: &mut AgreementDraft| {
        draft.parties.remove(1);
        draft.groups[0].members.pop();
        draft.parties[1].role = PartyRole::Participant;
    };
    assert_eq!(between(leave), 3, "the coordinator becomes a participant");
    let leave = |draft: &mut AgreementDraft| {
        draft.parties.remove(1);
        draft.groups[0].members.pop();
        draft.rules[0].effect = Effect::Prohibit;
    };
    assert_eq!(between(leave), 2, "who leaves, and whom the rule is about");
}

#[test]
fn only_a_group_that_may_amend_says_who_proposes() {
    let unit = UnitId::parse("ledning").unwrap();
    let member = |one: &str, unit: Option<&UnitId>| GroupMember {
        organisation: org(one),
        unit: unit.cloned(),
    };
    let mut terms = draft();
    let (kalmar, other) = (org("kommun:0880"), org("demo:stadsmissionen-kalmar"));
    terms.groups = vec![WorkingGroup {
        group_id: "strategisk".to_owned(),
        title: "Strategisk grupp".to_owned(),
        members: vec![member("kommun:0880", Some(&unit))],
        meetings_per_year: 4,
        minutes_reference: None,
        may_amend: false,
    }];
    assert!(terms.may_amend(&other, |_| false), "no group may, so everybody may");
    terms.groups[0].may_amend = true;
    assert!(!terms.may_amend(&other, |_| true));
    assert!(terms.may_amend(&kalmar, |one| *one == unit));
    assert!(!terms.may_amend(&kalmar, |_| false), "in another function");
    terms.groups[0].members[0].unit = None;
    assert!(terms.may_amend(&kalmar, |_| false));
}

#[test]
fn a_version_affects_those_for_whom_something_changes() {
    const STADSMISSIONEN: &str = "demo:stadsmissionen-kalmar";
    const ALL: [&str; 4] = ["demo:lansstyrelsen", STADSMISSIONEN, "kommun:0880", "kommun:0881"];
    assert_eq!(affects(|_| {}), [""; 0], "a later beginning alone changes nothing");
    let torsas = || party("kommun:0834", PartyRole::Participant);
    assert_eq!(affects(|draft| draft.parties.push(torsas())), ["kommun:0834"]);
    assert_eq!(affects(|draft| drop(draft.parties.remove(1))), [STADSMISSIONEN], "it leaves");
    assert_eq!(affects(|draft| draft.parties[2].role = PartyRole::Observer), [ALL[0]]);
    let promoted = |draft: &mut AgreementDraft| draft.parties[2].role = PartyRole::Participant;
    assert_eq!(affects(promoted), [ALL[0]], "open to accession");
    assert_eq!(
        affects(|draft| {
            draft.open_to_accession = false;
            draft.parties[2].role = PartyRole::Participant;
        }),
        ALL
    );
    let narrowed = |draft: &mut AgreementDraft| {
        draft.rules[1].service_types = vec!["NIGHT_SHELTER".to_owned()];
    };
    assert_eq!(affects(narrowed), ["kommun:0880", "kommun:0881"], "the rule is about them");
    assert_eq!(affects(|draft| drop(draft.rules.remove(1))), ["kommun:0880", "kommun:0881"]);
    let of_all = |draft: &mut AgreementDraft| draft.rules[0].grounds = vec![];
    assert_eq!(affects(of_all), [""; 0], "the same in other words");
    let of_all = |draft: &mut AgreementDraft| draft.rules[0].data_categories = vec![];
    assert_eq!(affects(of_all), [STADSMISSIONEN, "kommun:0880", "kommun:0881"]);
    for change in [
        |draft: &mut AgreementDraft| draft.consent_max_days = 30,
        |draft: &mut AgreementDraft| draft.rules.swap(0, 1),
        |draft: &mut AgreementDraft| draft.open_to_accession = false,
        |draft: &mut AgreementDraft| draft.valid_until = END.plus(Seconds::days(1)),
        |draft: &mut AgreementDraft| draft.subjects.push(SubjectArea::Occupation),
    ] {
        assert_eq!(affects(change), ALL);
    }
}
