use std::path::Path;

use brygga_proto::local::v1::{
    OfficerCard, RelocationCallBack, RelocationDue, RelocationDueKind, RelocationHandover,
    RelocationOffer, RelocationOrigin, RelocationPositionTaken, WithheldInsight,
};
use brygga_proto::relocation::v1::{
    AgeBand, BlindNeed, Earliest, HandoverItem, ProtectionLevel, RefusalCode, RelocationHousing,
    RelocationPosition, RelocationRoute, RelocationSupport, SecrecyBasis,
};
use brygga_proto::types::v1::ThirdPersonRelation;

use super::*;
use crate::node_dir::NodeDir;

/// The first instant of 2026 in UTC, which in Sweden is an hour into the year.
const NEW_YEAR: prost_types::Timestamp =
    prost_types::Timestamp { seconds: 1_767_225_600, nanos: 0 };

fn at(language: Language) -> Invocation {
    let now = when::from_proto(Some(NEW_YEAR)).unwrap();
    Invocation { node: NodeDir::new(Path::new(".")), language, now }
}

fn due(kind: RelocationDueKind, at: prost_types::Timestamp) -> RelocationDue {
    RelocationDue { kind: kind.into(), at: Some(at) }
}

fn need() -> BlindNeed {
    BlindNeed {
        adults: 1,
        children: vec![AgeBand::AgeBand05.into(), AgeBand::AgeBand1317.into()],
        wheelchair: true,
        animals: false,
        languages: vec!["ar".to_owned()],
        housing: RelocationHousing::Dwelling.into(),
        support: RelocationSupport::Weekly.into(),
        earliest: Earliest::Now.into(),
    }
}

fn cards() -> Vec<OfficerCard> {
    let card = |id, name: &str| OfficerCard {
        officer_id: vec![id; 16],
        name: name.to_owned(),
        phone: "0480-000 00".to_owned(),
    };
    vec![card(1, "Elvan Elvansson"), card(2, "Fjortonde Fjortonsson")]
}

/// A case at its origin for which everything is there to release a disclosure.
fn origin() -> Relocation {
    let offer = |organisation: &str, selected| RelocationOffer {
        organisation: organisation.to_owned(),
        officers: cards(),
        housing: RelocationHousing::ProtectedHousing.into(),
        support: RelocationSupport::Daily.into(),
        earliest: Earliest::WithinAMonth.into(),
        until: Some(NEW_YEAR),
        selected,
    };
    Relocation {
        relocation_id: vec![4; 16],
        side: "ORIGIN".to_owned(),
        stage: "SELECTED".to_owned(),
        agreement_id: vec![5; 16],
        officers: vec![vec![8; 16], vec![9; 16]],
        route: RelocationRoute::Transfer2910.into(),
        level: ProtectionLevel::ProtectedRegistration.into(),
        secrecy_basis: SecrecyBasis::Osl213A.into(),
        exclusions: vec!["kommun:0192".to_owned()],
        withheld: vec![WithheldInsight {
            relation: ThirdPersonRelation::Guardian.into(),
            decided_at: Some(NEW_YEAR),
            review_due: Some(NEW_YEAR),
        }],
        need: Some(need()),
        dues: vec![
            due(RelocationDueKind::Review, NEW_YEAR),
            due(
                RelocationDueKind::Purge,
                prost_types::Timestamp { seconds: 1_767_308_400, nanos: 0 },
            ),
        ],
        enquiry_until: Some(NEW_YEAR),
        offers: vec![offer("kommun:1480", false), offer("kommun:2480", true)],
        call_back: Some(RelocationCallBack {
            officer_id: vec![8; 16],
            spoke_with: "Elvan Elvansson".to_owned(),
            at: Some(NEW_YEAR),
        }),
        prepared_by: vec![8; 16],
        prepared: "Tolvan Tolvansson\n\u{1b}[2Joch barn".to_owned(),
        ..Relocation::default()
    }
}

/// A case at its destination where the person is on the way.
fn destination() -> Relocation {
    Relocation {
        relocation_id: vec![4; 16],
        side: "DESTINATION".to_owned(),
        stage: "HANDING_OVER".to_owned(),
        officers: vec![vec![1; 16], vec![2; 16]],
        level: ProtectionLevel::Threatened.into(),
        need: Some(need()),
        own_offer_until: Some(NEW_YEAR),
        origin: Some(RelocationOrigin {
            organisation: "kommun:0880".to_owned(),
            officers: cards(),
        }),
        content: "Tolvan Tolvansson".to_owned(),
        position: Some(RelocationPositionTaken {
            position: RelocationPosition::Refused.into(),
            refusal: RefusalCode::NoPlace.into(),
            at: Some(NEW_YEAR),
        }),
        assistance: vec!["Hur går det?\nSvara gärna.".to_owned()],
        handover: vec![RelocationHandover {
            item: HandoverItem::SafetyPlan.into(),
            given_at: Some(NEW_YEAR),
            received_at: None,
        }],
        opened_at: Some(NEW_YEAR),
        ..Relocation::default()
    }
}

#[test]
fn the_warning_comes_before_everything_in_both_languages() {
    for (language, warning) in
        [(Language::Sv, "Skyddade personuppgifter: "), (Language::En, "Protected personal data: ")]
    {
        assert!(one(Some(origin()), &at(language)).text().starts_with(warning));
        let enquiry = OpenEnquiry { need: Some(need()), ..OpenEnquiry::default() };
        assert!(enquiries(&[enquiry], language).text().starts_with(warning));
    }
}

#[test]
fn an_officer_at_the_origin_reads_everything_in_swedish() {
    let text = one(Some(origin()), &at(Language::Sv)).text();
    for part in [
        "härifrån flyttar personen",
        "personen har valt",
        "överflyttning av ärendet (SoL 29:10)",
        "skyddad folkbokföring",
        "OSL 21:3 a",
        "kommun:0192",
        "förälder eller annan vårdnadshavare; beslutat 2026-01-01 01:00 CET",
        "omprövning av undanhållen insyn   senast 2026-01-01 00:59 CET, FÖRSENAT\n",
        "gallras                           senast 2026-01-01 23:59 CET\n",
        "0–5 år, 13–17 år",
        "till 2026-01-01 01:00 CET",
        "1. kommun:1480\n",
        "2. kommun:2480 (vald)",
        "skyddat boende; varje dag; inom en månad; till 2026-01-01 01:00 CET",
        "Elvan Elvansson, 0480-000 00",
        "Elvan Elvansson, 2026-01-01 01:00 CET (08080808-",
        "Förberett, inte utlämnat\n  Tolvan Tolvansson\n   [2Joch barn\n",
        "Nästa steg\n",
        "release 04040404-0404-0404-0404-040404040404  (en annan handläggare än 08080808-",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("SELECTED") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn an_officer_at_the_destination_reads_who_comes_from_where() {
    let text = one(Some(destination()), &at(Language::Sv)).text();
    for part in [
        "hit flyttar personen",
        "överlämning pågår",
        "kommun:0880",
        "Fjortonde Fjortonsson, 0480-000 00",
        "Personen\n  Tolvan Tolvansson\n",
        "avslag, ingen plats i tid, 2026-01-01 01:00 CET",
        "Från den andra kommunen\n  – Hur går det?\n  Svara gärna.\n",
        "säkerhetsplan",
        "överlämnat 2026-01-01 01:00 CET, inte kvitterat",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let english = one(Some(destination()), &at(Language::En)).text();
    assert!(english.contains("refused, no place in time") && !english.contains("Nästa steg"));
}

#[test]
fn a_program_reads_codes_instants_and_the_numbers_of_commands() {
    let answer = one(Some(origin()), &at(Language::Sv));
    let case = &answer.json()["relocation"];
    assert_eq!((&case["side"], &case["stage"]), (&json!("ORIGIN"), &json!("SELECTED")));
    assert_eq!(case["offers"][1]["number"], 2);
    assert_eq!(case["offers"][1]["selected"], true);
    assert_eq!(case["offers"][0]["officers"][0]["phone"], "0480-000 00");
    assert_eq!(case["dues"][0]["kind"], "REVIEW");
    assert_eq!(case["dues"][0]["late_from"], "2026-01-01T00:00:00Z");
    assert_eq!(case["withheld"][0]["number"], 1);
    assert_eq!(case["withheld"][0]["relation"], "GUARDIAN");
    assert_eq!(case["call_back"]["at"], "2026-01-01T00:00:00Z");
    assert_eq!(case["prepared_by"], show(&[8; 16]));
    assert_eq!((&case["origin"], &case["position"]), (&json!(null), &json!(null)));
    let answer = one(Some(destination()), &at(Language::Sv));
    let case = &answer.json()["relocation"];
    assert_eq!(case["origin"]["organisation"], "kommun:0880");
    assert_eq!(case["position"]["refusal"], "NO_PLACE");
    assert_eq!(case["handover"][0]["item"], "SAFETY_PLAN");
    assert_eq!(case["content"], "Tolvan Tolvansson");
}

#[test]
fn an_enquiry_tells_a_need_and_nobody() {
    let enquiry = OpenEnquiry {
        enquiry_id: vec![7; 16],
        agreement_id: vec![5; 16],
        need: Some(need()),
        until: Some(NEW_YEAR),
    };
    let answer = enquiries(&[enquiry], Language::Sv);
    let text = answer.text();
    for part in ["07070707-", "05050505-", "till 2026-01-01 01:00 CET", "en bostad att stanna i"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(answer.json()["enquiries"][0]["need"]["languages"][0], "ar");
    assert_eq!(enquiries(&[], Language::Sv).text(), "Inget att visa.");
}
