//! What a guardian who asks for insight may be told (PRO-08, leak L16). Where the child is stands here in no case: with a
//! decision it is withheld, and without one nobody has decided that it may be told.

use brygga_proto::types::v1::ThirdPersonRelation;

use super::{FILL_IN, RelocationPaper, day, last_day, owned};

pub(super) fn lines(paper: &RelocationPaper) -> Vec<String> {
    let guardian = ThirdPersonRelation::Guardian;
    let decision = paper.withheld.iter().find(|one| one.relation == guardian);
    let Some(decision) = decision else { return missing() };
    let mut lines = owned([
        "# Svar på en vårdnadshavares begäran om insyn",
        "",
        "Uppgifter om var barnet vistas lämnas inte ut.",
        "",
        "Grund: beslut enligt 5 kap. 4 § lagen (2024:79) om placering av barn i skyddat boende.",
        "",
    ]);
    lines.extend([
        format!("- Beslutet fattades: {}", day(decision.decided_at)),
        format!("- Beslutet omprövas senast: {}", last_day(decision.review_due)),
        String::new(),
    ]);
    let is_late = decision.review_due.zip(paper.written_at).is_some_and(|(due, now)| due <= now);
    if is_late {
        lines.extend(owned([
            "TILL HANDLÄGGAREN: omprövningen är försenad. Ompröva beslutet innan svaret lämnas.",
            "",
        ]));
    }
    lines.extend(owned([
        "Det gäller också uppgifter som kan avslöja var barnet vistas: kvitton, adresser, skola, vård, resor, telefonnummer \
         och vilken kommun eller verksamhet som har hand om ärendet.",
        "",
        "Om barnet i övrigt får du veta det här, prövat uppgift för uppgift (21 kap. 3 § och 26 kap. 1 § offentlighets- och \
         sekretesslagen, 2009:400):",
        FILL_IN,
    ]));
    lines
}

fn missing() -> Vec<String> {
    owned([
        "# En vårdnadshavare begär insyn: BESLUT SAKNAS",
        "",
        "TILL HANDLÄGGAREN: inget beslut enligt 5 kap. 4 § lagen (2024:79) om placering av barn i skyddat boende är \
         antecknat för vårdnadshavaren. Det här är inget svar att lämna ut.",
        "",
        "- Lämna ingen uppgift om var barnet vistas, och inget kvitto eller papper som kan avslöja det.",
        "- Pröva genast om ett beslut ska fattas, och anteckna det i ärendet.",
        "- Pröva begäran uppgift för uppgift enligt 21 kap. 3 § och 26 kap. 1 § offentlighets- och sekretesslagen \
         (2009:400).",
        "- Avslås begäran har vårdnadshavaren rätt till ett skriftligt beslut som kan överklagas.",
    ])
}
