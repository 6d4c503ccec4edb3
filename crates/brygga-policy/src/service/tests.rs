//! Who may publish which service: single cases (JKP-05), permits (CAP-03, R15), and the obstacle that is closest.

use std::sync::Arc;

use brygga_domain::Seconds;
use brygga_domain::agreement::*;
use brygga_domain::capacity::{
    AcquisitionRoute, Permit, PlaceKind, Reception, ServiceDraft, Visibility,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{ServiceId, UnitId};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn org(id: &str) -> OrgId {
    OrgId::parse(id).unwrap()
}

fn service(code: &str, route: Option<AcquisitionRoute>, permit: Option<(&str, u32)>) -> Service {
    let is_protected = code == "PROTECTED_HOUSING";
    let draft = ServiceDraft {
        id: ServiceId::from_bytes([7; 16]),
        name: "Huset".to_owned(),
        unit: None,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, code).unwrap(),
        place: PlaceKind::Bed,
        municipality: None,
        county: Some("08".to_owned()),
        season: None,
        opening: None,
        reception: Reception::default(),
        house_rules: Vec::new(),
        max_nights: None,
        needs_decision: false,
        termination_hours: None,
        support_visits_per_week: 0,
        staffed: true,
        acquisition_route: route,
        visibility: if is_protected { Visibility::NamedRole } else { Visibility::Agreement },
        permit: permit.map(|(reference, max_persons)| Permit {
            reference: reference.to_owned(),
            max_persons,
        }),
    };
    draft.check().unwrap()
}

/// Terms between a publisher, Kalmar and Nybro, signed by all.
fn agreed(number: u8, kind: AgreementKind, rules: Vec<Rule>) -> AgreementRecord {
    let organisations = ["demo:huset", "kommun:0880", "kommun:0881"].map(org);
    let party = |organisation: &OrgId| Party {
        organisation: organisation.clone(),
        role: PartyRole::Participant,
    };
    let draft = AgreementDraft {
        agreement_id: AgreementId::from_bytes([number; 16]),
        version: 1,
        kind,
        title: "Platser".to_owned(),
        parties: organisations.iter().map(party).collect(),
        subjects: vec![SubjectArea::Homelessness],
        rules,
        response_times: ResponseTimes::parse(&[(Priority::Routine, 60), (Priority::Urgent, 60)])
            .unwrap(),
        consent_max_days: 90,
        valid_from: NOW.minus(Seconds::days(10)),
        valid_until: NOW.plus(Seconds::days(20)),
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
    let mut record = AgreementRecord::proposed(draft.check().unwrap(), vec![], [0; 32]);
    for organisation in organisations {
        let key_id = "k1".to_owned();
        let signature =
            AgreementSignature { organisation, key_id, signed_at: NOW, signature: [0; 64] };
        record.add_signature(signature).unwrap();
    }
    record
}

fn permits(rule_id: &str, change: impl FnOnce(&mut Rule)) -> Rule {
    let mut rule = Rule::new(rule_id, Effect::Permit, Action::CapacityPublish);
    change(&mut rule);
    rule
}

struct Asked {
    kind: MemberKind,
    attested: Vec<AttestedPermit>,
    service: Service,
    places: u32,
    agreements: Vec<AgreementRecord>,
}

impl Asked {
    fn of(service: Service, agreements: Vec<AgreementRecord>) -> Self {
        let (kind, attested) = (MemberKind::CivilSociety, Vec::new());
        Self { kind, attested, service, places: 1, agreements }
    }

    fn decide(&self) -> Result<Vec<PublicationGrant>, Refusal> {
        let book = AgreementBook::new(self.agreements.iter().cloned().map(Arc::new));
        decide_publication(&ServiceQuestion {
            publisher: &org("demo:huset"),
            kind: self.kind,
            permits: &self.attested,
            service: &self.service,
            places_without_agreement: self.places,
            agreements: &book,
            now: NOW,
        })
    }

    fn refused(&self) -> (Reason, &'static str) {
        let refusal = self.decide().unwrap_err();
        (refusal.reason, refusal.field)
    }
}

#[test]
fn every_agreement_that_permits_it_contributes_who_sees_it() {
    let only = |to: &str| {
        let to = org(to);
        permits("plats", |rule| rule.to = vec![to])
    };
    let agreements = vec![
        agreed(1, AgreementKind::Iop, vec![only("kommun:0880")]),
        agreed(2, AgreementKind::RegionalCooperation, vec![only("kommun:0881")]),
        agreed(
            3,
            AgreementKind::Iop,
            vec![permits("annat", |rule| {
                rule.service_types = vec!["HVB".to_owned()];
            })],
        ),
    ];
    let granted = Asked::of(service("NIGHT_SHELTER", None, None), agreements).decide().unwrap();
    let seen: Vec<_> =
        granted.iter().map(|one| (one.agreement_id.as_bytes()[0], &one.recipients[..])).collect();
    assert_eq!(seen, [(1, &[org("kommun:0880")][..]), (2, &[org("kommun:0881")][..])]);
    assert_eq!((granted[0].version, granted[0].rule_id.as_str()), (1, "plats"));
}

#[test]
fn the_obstacle_that_is_closest_is_told() {
    let shelter = || service("NIGHT_SHELTER", None, None);
    let nowhere = Asked::of(shelter(), Vec::new());
    assert_eq!(nowhere.refused(), (Reason::NotFound, "agreement_id"));
    let silent = || {
        let hvb = permits("hvb", |rule| rule.service_types = vec!["HVB".to_owned()]);
        agreed(1, AgreementKind::Iop, vec![hvb])
    };
    assert_eq!(Asked::of(shelter(), vec![silent()]).refused().0, Reason::PolicyDenied);
    let mut ended = agreed(2, AgreementKind::Iop, vec![permits("plats", |_| ())]);
    ended.terminate(NOW.minus(Seconds(1)));
    let closer = Asked::of(shelter(), vec![silent(), ended]);
    assert_eq!(closer.refused(), (Reason::AgreementTerminated, "agreement_id"));
}

#[test]
fn what_is_offered_without_agreement_goes_under_a_single_case_alone() {
    let case = || {
        let quota = Quota {
            amount: QuotaAmount::Count(2),
            period: QuotaPeriod::Agreement,
            per_sender: false,
        };
        agreed(1, AgreementKind::OneOff, vec![permits("fall", |rule| rule.quota = Some(quota))])
    };
    let standing = || agreed(2, AgreementKind::LandlordQuota, vec![permits("plats", |_| ())]);
    let offer = || service("GUARANTEE_FLAT", Some(AcquisitionRoute::WithoutAgreement), None);
    let ordinary = || service("GUARANTEE_FLAT", Some(AcquisitionRoute::Agreement), None);
    let denied = (Reason::PolicyDenied, "service.acquisition_route");
    assert_eq!(Asked::of(offer(), vec![standing()]).refused(), denied);
    assert_eq!(Asked::of(ordinary(), vec![case()]).refused(), denied);
    assert_eq!(Asked::of(service("NIGHT_SHELTER", None, None), vec![case()]).refused(), denied);

    let mut accepted = Asked::of(offer(), vec![case(), standing()]);
    accepted.places = 2;
    assert_eq!(accepted.decide().unwrap().len(), 1, "the standing agreement gives nothing");
    accepted.places = 3;
    assert_eq!(accepted.refused(), (Reason::AgreementQuota, "agreement_id"));
}

#[test]
fn a_private_body_needs_a_permit_that_the_registry_attests() {
    let open = || vec![agreed(1, AgreementKind::Iop, vec![permits("plats", |_| ())])];
    let protected = |permit| service("PROTECTED_HOUSING", None, permit);
    let attested =
        |mark: &str, reference: &str| vec![AttestedPermit::read(mark, reference).unwrap()];
    let mark = "ivo-permit-protected-housing";
    let missing = (Reason::LicenceRequired, "service.permit");
    for (permit, attested, is_met) in [
        (None, attested(mark, "2024-1/12"), false),
        (Some(("2024-1", 12)), Vec::new(), false),
        (Some(("2024-1", 12)), attested(mark, "2024-2/12"), false),
        (Some(("2024-1", 12)), attested("ivo-permit-hvb", "2024-1/12"), false),
        (Some(("2024-1", 13)), attested(mark, "2024-1/12"), false),
        (Some(("2024-1", 12)), attested(mark, "2024-1/12"), true),
    ] {
        let asked = Asked { attested, ..Asked::of(protected(permit), open()) };
        match is_met {
            true => assert_eq!(asked.decide().unwrap().len(), 1),
            false => assert_eq!(asked.refused(), missing, "{permit:?}"),
        }
    }
    for code in ["HVB", "SUPPORT_HOUSING_16_20"] {
        assert_eq!(Asked::of(service(code, None, None), open()).refused(), missing, "{code}");
    }
    let without = Asked::of(protected(None), Vec::new());
    assert_eq!(without.refused().0, Reason::NotFound, "the agreement is asked first");
}

#[test]
fn a_municipality_names_its_notification_and_nobody_attests_it() {
    let by = |kind, permit| {
        let agreements = vec![agreed(1, AgreementKind::Iop, vec![permits("plats", |_| ())])];
        Asked { kind, ..Asked::of(service("HVB", None, permit), agreements) }.decide()
    };
    for kind in [MemberKind::Municipality, MemberKind::Region] {
        assert_eq!(by(kind, None).unwrap_err().reason, Reason::LicenceRequired);
        assert!(by(kind, Some(("anmälan 2025-77", 8))).is_ok());
    }
    assert!(by(MemberKind::StateAgency, None).is_ok());
    assert!(by(MemberKind::MunicipalLandlord, Some(("anmälan 2025-77", 8))).is_err());
}

#[test]
fn a_rule_about_a_function_is_about_no_other() {
    let unit = |name: &str| UnitId::parse(name).unwrap();
    let of_one = permits("plats", |rule| rule.from_units = vec![unit("huset-a")]);
    let by = |name| {
        let draft = ServiceDraft {
            unit: Some(unit(name)),
            ..(*service("NIGHT_SHELTER", None, None)).clone()
        };
        let agreements = vec![agreed(1, AgreementKind::Iop, vec![of_one.clone()])];
        Asked::of(draft.check().unwrap(), agreements).decide()
    };
    assert!(by("huset-a").is_ok());
    assert_eq!(by("huset-b").unwrap_err().reason, Reason::PolicyDenied);
}
