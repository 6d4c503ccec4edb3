//! What IVO needs when the other municipality refuses to take over, or is silent. IVO has no node.

use brygga_proto::relocation::v1::RelocationRoute;

use super::{FILL_IN, NoDocument, RelocationPaper, day, months_after, or_fill_in, owned, secrecy};
use crate::cli::Language;
use crate::text::vocabulary::Word;

pub(super) fn lines(paper: &RelocationPaper) -> Result<Vec<String>, NoDocument> {
    if !paper.is_origin {
        return Err(NoDocument::OtherSide);
    }
    if paper.disclosed_at.is_none() || paper.route != RelocationRoute::Transfer2910 {
        return Err(NoDocument::TooEarly);
    }
    let mut lines = owned([
        "# Ansökan om överflyttning av ärende (29 kap. 10 och 11 §§ socialtjänstlagen, 2025:400)",
        "",
        "Till Inspektionen för vård och omsorg (IVO).",
        "",
    ]);
    lines.extend([secrecy(paper.secrecy_basis).to_owned(), String::new()]);
    lines.extend(owned([
        "Ärendet gäller en person som är hotad. Ring IVO innan handlingen skickas, och lämna den bara till en namngiven \
         mottagare.",
        "",
        "## Parter",
        "",
    ]));
    lines.extend([
        format!("- Ansökande kommun: {}", or_fill_in(&paper.own)),
        format!("- Tillfrågad kommun: {}", or_fill_in(&paper.other)),
        "- Ansvarig till dess att ett beslut har fått laga kraft: den ansökande kommunen"
            .to_owned(),
        format!("- Beteckning: {}", paper.id),
        String::new(),
    ]);
    lines.extend(times(paper));
    lines.extend(request());
    lines.extend(answer(paper));
    lines.extend(attachments(paper));
    Ok(lines)
}

/// What IVO asks of whoever applies, for the officer to fill in.
fn request() -> Vec<String> {
    owned([
        "## Begäran",
        "",
        "### Starkast anknytning",
        "",
        FILL_IN,
        "",
        "### Den enskildes önskemål",
        "",
        "- Den vuxna:",
        FILL_IN,
        "- Vårdnadshavare:",
        FILL_IN,
        "- Barn över 15 år, för sig själva:",
        FILL_IN,
        "- Barn under 15 år, som de har hörts:",
        FILL_IN,
        "",
        "### Hjälpbehovets varaktighet",
        "",
        FILL_IN,
        "",
        "### Omständigheter i övrigt, med hotbilden",
        "",
        FILL_IN,
        "",
        "### Pågående insats och laglig grund",
        "",
        FILL_IN,
        "",
        "### Inställning hos god man eller förvaltare",
        "",
        FILL_IN,
        "",
        "### Pågående utredning (29 kap. 9 §)",
        "",
        FILL_IN,
        "",
    ])
}

fn times(paper: &RelocationPaper) -> Vec<String> {
    let applied = paper.escalated_at.or(paper.written_at);
    vec![
        "## Tider".to_owned(),
        String::new(),
        format!("- Begäran skickad: {}", day(paper.disclosed_at)),
        format!("- Begäran öppnad av den tillfrågade kommunen: {}", day(paper.opened_at)),
        format!("- En månad löper ut: {}", months_after(paper.opened_at, 1)),
        format!("- Ansökan till IVO: {}", day(applied)),
        format!("- IVO ska besluta senast: {}", months_after(applied, 3)),
        String::new(),
    ]
}

fn answer(paper: &RelocationPaper) -> Vec<String> {
    let mut lines = owned(["## Den tillfrågade kommunens svar", ""]);
    lines.push(match paper.refused() {
        Some(refused) => {
            let why = refused.refusal.word(Language::Sv);
            format!("Avslag {}: {why}.", day(refused.at))
        }
        None => "Inget svar har lämnats.".to_owned(),
    });
    lines.push(String::new());
    lines
}

fn attachments(paper: &RelocationPaper) -> Vec<String> {
    let mut lines = owned([
        "## Bilagor",
        "",
        "- [ ] Nämndens protokoll eller delegationsordning som visar behörigheten att ansöka",
        "- [ ] Kopia av begäran",
    ]);
    lines.extend(paper.refused().map(|_| "- [ ] Kopia av svaret".to_owned()));
    lines.extend(owned([
        "- [ ] Beslutsunderlag: utredning och beslut i ärendet",
        "- [ ] Bedömning av hotet och gällande beslut om skydd",
        "- [ ] Ställföreträdarens inställning, om den enskilde har god man eller förvaltare",
        "",
        "Underskrift av behörig företrädare:",
        FILL_IN,
    ]));
    lines
}
