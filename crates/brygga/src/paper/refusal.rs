//! The destination's refusal, as the person reads it: it can be appealed (SoL 35:1 p. 8), and it names no other
//! municipality.

use brygga_proto::relocation::v1::RefusalCode;

use super::{FILL_IN, NoDocument, RelocationPaper, day, owned};

pub(super) fn lines(paper: &RelocationPaper) -> Result<Vec<String>, NoDocument> {
    if paper.is_origin {
        return Err(NoDocument::OtherSide);
    }
    let refused = paper.refused().ok_or(NoDocument::TooEarly)?;
    let mut lines = owned([
        "# Beslut",
        "",
        "Till dig som har ansökt om insatser för att du behöver flytta (29 kap. 7 § socialtjänstlagen, 2025:400).",
        "",
        "## Vad nämnden har beslutat",
        "",
        "Nämnden avslår din ansökan.",
        "",
    ]);
    lines.extend([format!("Beslutsdatum: {}", day(refused.at)), String::new()]);
    lines.extend(owned(["## Varför", "", why(refused.refusal), ""]));
    lines.extend(owned([
        "Att ditt behov kan tillgodoses där du bor nu är inget skäl för avslag (29 kap. 8 § socialtjänstlagen).",
        "",
        "Nämndens bedömning i ditt fall:",
        FILL_IN,
        "",
    ]));
    lines.extend(appeal());
    Ok(lines)
}

const fn why(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::NotSafeHere => "Nämnden bedömer att du inte skulle vara säker här.",
        RefusalCode::NoPlace => "Nämnden bedömer att det inte går att ordna en plats i tid.",
        RefusalCode::NoRight => "Nämnden bedömer att behovet inte ger rätt till insatsen.",
        RefusalCode::Unspecified => FILL_IN,
    }
}

fn appeal() -> Vec<String> {
    owned([
        "## Så här överklagar du",
        "",
        "Du kan överklaga beslutet hos förvaltningsrätten (35 kap. 1 § 8 socialtjänstlagen). Det kostar ingenting.",
        "",
        "1. Skriv överklagandet till förvaltningsrätten, men lämna eller skicka det till nämnden (43 § förvaltningslagen, \
         2017:900).",
        "2. Tala om vilket beslut du överklagar, hur du vill att det ska ändras och varför.",
        "3. Överklagandet ska ha kommit in till nämnden inom tre veckor från den dag då du fick del av beslutet (44 § \
         förvaltningslagen).",
        "",
        "Är den sista dagen en lördag, söndag eller helgdag räcker det att överklagandet kommer in nästa vardag.",
        "",
        "Nämnden prövar om överklagandet har kommit in i tid och skickar det sedan till förvaltningsrätten. Nämnden kan \
         också ändra beslutet själv.",
        "",
        "Skriv inte ut var du bor om uppgiften är skyddad. Tala om hur rätten når dig säkert, till exempel genom ett ombud. \
         Din handläggare hjälper dig att överklaga om du vill.",
        "",
        "Du fick del av beslutet den:",
        FILL_IN,
        "Nämndens adress lämnas på ett särskilt blad, så att den som ser det här brevet inte får veta var du har ansökt.",
    ])
}
