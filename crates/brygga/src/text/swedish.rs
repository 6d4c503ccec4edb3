//! The failures of the program itself in Swedish, by their codes. Their English stands where they
//! are made; those of the exchange stand in `reason.rs`.

/// What is wrong and what to do, by code. A text that ends in a colon has the English detail behind
/// it; an empty second text leaves what to do as it is.
const FAILURES: &[(&str, &str, &str)] = &[
    ("AGREEMENT_FILE", "Avtalsfilen är inte rätt:", ""),
    (
        "CAPACITY_FILE",
        "Filen med platser är inte rätt:",
        "Se formen: brygga capacity publish --help",
    ),
    (
        "CAPACITY_INCOMPLETE",
        "Det går inte att veta vilken rad som avses, eller hur många platser den har:",
        "Ange raden med --line FÖR/NÄR, eller alla tal med --line FÖR/NÄR=PLATSER/BELAGDA.",
    ),
    ("CLIENT_CERTIFICATE_UNUSABLE", "Klientcertifikatet kan inte användas:", ""),
    ("CLOCK_IN_PRODUCTION", "En nod i produktion går efter maskinens klocka.", ""),
    (
        "CONTENT_FILE",
        "Innehållsfilen har en okänd nyckel, eller ett värde eller en kod i fel form.",
        "Se nycklarna: brygga referral request --help",
    ),
    ("DEVELOPMENT_KEY", "Utvecklingsutfärdarens nyckel kan inte användas:", ""),
    (
        "DOCUMENT_TOO_EARLY",
        "Det som dokumentet ska handla om har inte hänt än.",
        "Se vad som har hänt: brygga relocation show",
    ),
    ("FILE", "Filen kan inte läsas eller skrivas:", ""),
    ("FILE_EXISTS", "Filen finns redan.", "Ange en annan fil."),
    ("IDENTIFIER_AMBIGUOUS", "Mer än en remiss kan vara den som avses.", "Skriv hela id:t."),
    ("LOCAL_LISTENER_TLS", "Kommandot talar bara med en lokal port utan TLS.", ""),
    (
        "NODE_CERTIFICATE_MISSING",
        "Det finns inget certifikat att känna igen noden på.",
        "Ange filen med nodens certifikat med --node-certificate.",
    ),
    (
        "NODE_NOT_TRUSTED",
        "Noden visar ett annat certifikat än det väntade:",
        "Visar noden rätt certifikat? Starta om den efter ett byte.",
    ),
    ("NODE_UNAVAILABLE", "Noden svarar inte.", "Är den igång? brygga serve"),
    (
        "NOTICE_FILE",
        "I filen saknas en nyckel, eller så är en okänd eller har ett värde i fel form.",
        "Se nycklarna: brygga notice send --help, brygga notice feed --help",
    ),
    (
        "NOT_CONFIRMED",
        "Det finns ingen bekräftelse att skriva en kopia av.",
        "Bekräfta först: brygga notice confirm",
    ),
    (
        "SIGNAL_FILE",
        "I filen saknas en nyckel, eller så är en okänd eller har ett värde i fel form.",
        "Se nycklarna: brygga signal send --help",
    ),
    ("NOT_AN_AMOUNT", "Ett belopp skrivs i kronor, som 8431 eller 8431.00.", ""),
    ("NOT_AN_ADDRESS", "Det är ingen adress:", ""),
    ("NOT_A_CERTIFICATE", "Filen är inget certifikat:", ""),
    ("NOT_A_KEY", "En nyckel är 64 hexadecimala tecken.", ""),
    ("NOT_A_TOKEN", "Det är ingen token.", "Hämta en ny token."),
    (
        "NO_NODE_HERE",
        "Här finns ingen brygga.toml.",
        "Ange nodens katalog med --dir, eller skapa en nod: brygga init --help",
    ),
    (
        "NOT_THIS_SIDES_DOCUMENT",
        "Det dokumentet skriver den andra kommunen.",
        "Se vem som skriver vad: brygga relocation document --help",
    ),
    (
        "OFFICERS_FILE",
        "I filen med de två handläggarna saknas en nyckel, eller så är en okänd eller har fel form.",
        "Se nycklarna: brygga relocation offer --help",
    ),
    (
        "SERVICE_AMBIGUOUS",
        "Mer än en tjänst kan vara den som avses:",
        "Skriv mer av namnet, eller de sista 8 tecknen i dess id.",
    ),
    (
        "SERVICE_NOT_FOUND",
        "Det finns ingen sådan tjänst.",
        "Se tjänsterna: brygga capacity services (egna), brygga capacity list (andras)",
    ),
    (
        "STANDARD_INPUT_TWICE",
        "Standard in kan inte vara både lösenfrasen och en text.",
        "Ange en fil för det ena.",
    ),
    ("TLS", "Den krypterade förbindelsen kan inte ställas in:", ""),
    ("STATEMENT_EMPTY", "Yttrandet har inga ord.", "Skriv dem i filen som anges med --text-file."),
    (
        "STATEMENT_TELLS_ORIGIN",
        "Yttrandet talar om varifrån det kommer.",
        "Stryk namnet, telefonnumret eller adressen på den raden.",
    ),
    (
        "TRANSFER_FILE",
        "Filen med begäran saknar en nyckel, eller har en okänd nyckel eller ett värde i fel form.",
        "Se nycklarna: brygga transfer request --help",
    ),
    (
        "TOKEN_MISSING",
        "Det finns ingen token och ingen utvecklingsutfärdare.",
        "Ange en token med --token-file eller BRYGGA_TOKEN.",
    ),
    (
        "UNKNOWN_CODE",
        "Koden finns inte i listan över insatser.",
        "Se listan: brygga referral request --help",
    ),
];

/// A failure in Swedish, with the English detail where that says more; none for an unknown code.
pub(crate) fn failure(code: &str, detail: &str) -> Option<(String, Option<&'static str>)> {
    let (_, what, fix) = FAILURES.iter().find(|(known, ..)| *known == code)?;
    let what = if what.ends_with(':') { format!("{what} {detail}") } else { (*what).to_owned() };
    Some((what, Some(*fix).filter(|fix| !fix.is_empty())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    /// Where operators' commands make their failures; operators read English.
    const OPERATORS: &[&str] = &[
        "audit",
        "audit.rs",
        "bench",
        "bench.rs",
        "demo",
        "demo.rs",
        "founding.rs",
        "join.rs",
        "main.rs",
        "registry",
        "registry.rs",
        "serve.rs",
        "keys",
        "keys.rs",
        "backup",
        "backup.rs",
    ];

    fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            if OPERATORS.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            match entry.file_type().unwrap().is_dir() {
                true => sources(&entry.path(), found),
                false => found.push(entry.path()),
            }
        }
    }

    /// The codes that a source makes failures of, its tests left out.
    fn codes(source: &str) -> Vec<&str> {
        let program = source.split("#[cfg(test)]").next().unwrap_or_default();
        let made = program.split("Failure::").skip(1).filter_map(|rest| {
            let (maker, arguments) = rest.split_once('(')?;
            let is_maker = ["usage", "refused", "other", "unavailable"].contains(&maker);
            let text = arguments.trim_start().strip_prefix('"').filter(|_| is_maker)?;
            text.split('"').next()
        });
        made.collect()
    }

    #[test]
    fn every_failure_of_a_case_workers_command_has_swedish_words() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let texts: Vec<_> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        let made: BTreeSet<_> = texts.iter().flat_map(|text| codes(text)).collect();
        assert!(made.len() > 10, "{made:?}");
        let is_unknown = |code: &&&str| {
            failure(code, "").is_none() && brygga_domain::Reason::parse(code).is_none()
        };
        assert_eq!(
            made.iter().filter(is_unknown).collect::<Vec<_>>(),
            [""; 0].iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_detail_stands_behind_a_text_that_asks_for_it() {
        assert_eq!(failure("AGREEMENT_FILE", "x").unwrap().0, "Avtalsfilen är inte rätt: x");
        assert_eq!(failure("NOT_A_TOKEN", "x").unwrap().0, "Det är ingen token.");
    }
}
