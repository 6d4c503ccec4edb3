use brygga_proto::local::v1::{
    OfficerCard, RelocationHandover, RelocationOffer, RelocationOrigin, RelocationPositionTaken,
    WithheldInsight,
};

use super::*;

/// 2026-01-31T11:00:00Z.
const OPENED: i64 = 1_769_857_200;
const DAY: i64 = 86_400;
/// The other end, which documents that leave must not tell.
const OTHER: &str = "kommun:2262";
const OWN: &str = "Kalmar";

fn at(day: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: OPENED + day * DAY, nanos: 0 })
}

fn now(day: i64) -> Timestamp {
    Timestamp::from_millis((OPENED + day * DAY) * 1000)
}

fn card() -> OfficerCard {
    OfficerCard {
        name: "Tolvan Tolvansson".to_owned(),
        phone: "0480-123 45".to_owned(),
        ..OfficerCard::default()
    }
}

fn origin() -> Relocation {
    let chosen = RelocationOffer {
        organisation: OTHER.to_owned(),
        officers: vec![card(), card()],
        selected: true,
        ..RelocationOffer::default()
    };
    let given = |item: HandoverItem, received: Option<i64>| RelocationHandover {
        item: item.into(),
        given_at: at(3),
        received_at: received.and_then(at),
    };
    Relocation {
        relocation_id: vec![0xab; 16],
        side: "ORIGIN".to_owned(),
        route: RelocationRoute::Transfer2910.into(),
        secrecy_basis: SecrecyBasis::Osl213A.into(),
        offers: vec![RelocationOffer::default(), chosen],
        disclosed_at: at(-1),
        opened_at: at(0),
        handover: vec![
            given(HandoverItem::Meeting, Some(4)),
            given(HandoverItem::SafetyPlan, None),
        ],
        ..Relocation::default()
    }
}

fn destination() -> Relocation {
    let organisation = OTHER.to_owned();
    Relocation {
        side: "DESTINATION".to_owned(),
        offers: Vec::new(),
        origin: Some(RelocationOrigin { organisation, officers: vec![card(), card()] }),
        position: refused(),
        ..origin()
    }
}

fn refused() -> Option<RelocationPositionTaken> {
    Some(RelocationPositionTaken {
        position: RelocationPosition::Refused.into(),
        refusal: RefusalCode::NotSafeHere.into(),
        at: at(2),
    })
}

fn withheld(case: Relocation, relation: ThirdPersonRelation) -> Relocation {
    let decision =
        WithheldInsight { relation: relation.into(), decided_at: at(-10), review_due: at(170) };
    Relocation { withheld: vec![decision], ..case }
}

fn paper(case: &Relocation) -> RelocationPaper {
    RelocationPaper::of(case, OWN, now(40))
}

fn written(case: &Relocation, kind: DocumentKind) -> String {
    relocation_document(&paper(case), kind).expect("a document")
}

/// Compares with the golden text; `BRYGGA_BLESS=1` writes it anew.
fn golden(name: &str, text: &str) {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/paper");
    let file = dir.join(format!("{name}.md"));
    if std::env::var_os("BRYGGA_BLESS").is_some() {
        std::fs::write(&file, text).expect("it is written");
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(text == expected, "{} differs. It is now:\n{text}", file.display());
}

#[test]
fn ivo_reads_of_a_refusal_and_of_silence() {
    let silent = written(&origin(), DocumentKind::Ivo);
    golden("ivo_silence", &silent);
    assert!(silent.contains("En månad löper ut: 2026-03-02"), "{silent}");
    let refused = written(&Relocation { position: refused(), ..origin() }, DocumentKind::Ivo);
    golden("ivo_refusal", &refused);
    assert!(refused.contains("Kopia av svaret") && !silent.contains("Kopia av svaret"));
}

#[test]
fn ivo_is_asked_by_the_origin_about_a_transfer_only() {
    let ask = |case: &Relocation| relocation_document(&paper(case), DocumentKind::Ivo).err();
    assert_eq!(ask(&destination()), Some(NoDocument::OtherSide));
    let route = RelocationRoute::Application297.into();
    assert_eq!(ask(&Relocation { route, ..origin() }), Some(NoDocument::TooEarly));
    assert_eq!(ask(&Relocation { disclosed_at: None, ..origin() }), Some(NoDocument::TooEarly));
}

#[test]
fn pro_03_a_refusal_tells_how_to_appeal_and_names_no_municipality() {
    let text = written(&destination(), DocumentKind::Refusal);
    golden("refusal", &text);
    for part in ["35 kap. 1 § 8", "43 § förvaltningslagen", "tre veckor", "förvaltningsrätten"]
    {
        assert!(text.contains(part), "{part}");
    }
    for name in [OTHER, OWN, "Tolvan", "0480", "abab"] {
        assert!(!text.contains(name), "{name}");
    }
    let ask = |case: &Relocation| relocation_document(&paper(case), DocumentKind::Refusal).err();
    assert_eq!(ask(&origin()), Some(NoDocument::OtherSide));
    assert_eq!(ask(&Relocation { position: None, ..destination() }), Some(NoDocument::TooEarly));
}

#[test]
fn what_is_handed_over_stands_with_its_receipt() {
    golden("handover", &written(&origin(), DocumentKind::Handover));
    let early = Relocation { opened_at: None, ..origin() };
    let refused = relocation_document(&paper(&early), DocumentKind::Handover);
    assert_eq!(refused, Err(NoDocument::TooEarly));
}

fn stated(words: &str) -> Result<String, NoDocument> {
    let paper = RelocationPaper { statement: words.to_owned(), ..paper(&destination()) };
    relocation_document(&paper, DocumentKind::Statement)
}

#[test]
fn leak_01_a_statement_does_not_tell_from_where_it_comes() {
    let words = "Barnet (20140312-0009) har det bra.\n\nNämnden föreslår umgänge enligt 6 kap. 15 § \
                 föräldrabalken från den 2026-04-01 till den 2026-09-30.";
    let text = stated(words).expect("nothing in it tells");
    golden("statement", &text);
    for name in [OTHER, OWN, "Tolvan", "0480", "abab"] {
        assert!(!text.contains(name), "{name}");
    }
    for tells in [
        "Barnet bor nu i KALMAR.",
        "Ärendet kom från kommun:2262.",
        "Handläggare: Tolvan Tolvansson.",
        "Ring 0480-123 45.",
        "Ring +46 70 174 06 05.",
        "Ring (08) 465 004 00.",
        "Skriv till namnden@example.se",
        "Se www.example.se",
        "Nybro kommun har utrett.",
        "Nybros socialförvaltning har utrett.",
    ] {
        assert!(matches!(stated(tells), Err(NoDocument::Tells(_))), "{tells}");
    }
    assert_eq!(stated("Ett.\n\nSkrivet av Tolvan\n Tolvansson."), Err(NoDocument::Tells(4)));
    assert_eq!(stated(" \n"), Err(NoDocument::Empty));
}

#[test]
fn leak_16_a_guardian_is_not_told_where_the_child_is() {
    let decided = withheld(origin(), ThirdPersonRelation::Guardian);
    let text = written(&decided, DocumentKind::Insight);
    golden("insight_withheld", &text);
    assert!(text.contains("5 kap. 4 § lagen (2024:79)") && text.contains("2026-07-20"), "{text}");
    let missing = written(&origin(), DocumentKind::Insight);
    golden("insight_missing", &missing);
    let of_another = withheld(origin(), ThirdPersonRelation::Other);
    assert_eq!(written(&of_another, DocumentKind::Insight), missing, "it holds for one person");
    let both = [
        &text,
        &missing,
        &written(&withheld(destination(), ThirdPersonRelation::Guardian), DocumentKind::Insight),
    ];
    for text in both {
        for name in [OTHER, OWN, "Tolvan", "0480", "abab"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
    let late = RelocationPaper::of(&decided, OWN, now(170));
    let late = relocation_document(&late, DocumentKind::Insight).expect("a document");
    assert!(late.contains("omprövningen är försenad") && !text.contains("försenad"), "{late}");
}
