//! Finds words that look like the result of a drug or alcohol test (ORE-22).
//!
//! A treatment contract or the rules of a house may ask for tests; what one shows is nobody else's business, and no
//! field can hold it. A text can, so its sender is asked to read it again. It errs on the side of asking: words have no
//! certain meaning, and whoever has read the text again sends it all the same.

/// What is taken from somebody's body: to name it is to tell of a test.
const SAMPLES: &[&str] = &[
    "urinprov",
    "salivprov",
    "utandningsprov",
    "blasprov",
    "drogprov",
    "urinesample",
    "urinetest",
    "breathtest",
    "breathalyser",
    "breathalyzer",
    "utox",
];
/// Tests, told of only together with a result.
const TESTS: &[&str] = &[
    "drogtest",
    "alkotest",
    "alkoholtest",
    "alkoholprov",
    "drogscreen",
    "narkotikatest",
    "narkotikaprov",
    "harprov",
    "blodprov",
    "drugtest",
    "alcoholtest",
    "drugscreen",
    "toxscreen",
];
/// Words for any test, told of only where it is positive or negative.
const ANY_TEST: &[&str] = &[
    "prov",
    "provet",
    "prover",
    "proven",
    "proverna",
    "provsvar",
    "provsvaret",
    "test",
    "testet",
    "tests",
    "tester",
    "testerna",
    "testade",
    "testades",
    "testat",
    "testats",
    "testad",
    "tested",
];
/// Beginnings of the result of any test.
const SIGNS: &[&str] = &["positiv", "negativ"];
/// Results of a test that is known to be about drugs or alcohol.
const RESULTS: &[&str] = &[
    "pos",
    "neg",
    "utslag",
    "ren",
    "rent",
    "rena",
    "visade",
    "visar",
    "visat",
    "spar",
    "svar",
    "svaret",
    "resultat",
    "resultatet",
    "godkand",
    "godkant",
    "godkanda",
    "underkand",
    "underkant",
    "clean",
    "dirty",
    "failed",
    "fail",
    "passed",
    "pass",
    "detected",
    "result",
    "results",
    "showed",
    "shows",
];
/// Measures, told of only with a number.
const MEASURES: &[&str] = &["promille", "permille", "bac", "peth", "cdt"];
/// What one blows: colours, signs and numbers.
const BLOWN: &[&str] = &["rott", "gront", "rent", "noll", "nollor", "nolla", "promille"];

/// Whether a text looks as if it told the result of a drug or alcohol test.
pub(super) fn tells_of_a_test(text: &str) -> bool {
    folded(text).split(['.', '!', '?', ';', '\n']).any(sentence_tells)
}

fn sentence_tells(sentence: &str) -> bool {
    let words: Vec<&str> =
        sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // "drog test", "urin-prov": words that belong together are often written apart.
    let pairs = words.windows(2).map(<[&str]>::concat);
    let all: Vec<String> = words.iter().map(|word| (*word).to_owned()).chain(pairs).collect();
    let begins = |list: &[&str]| {
        all.iter().any(|word| list.iter().any(|beginning| word.starts_with(beginning)))
    };
    let holds = |list: &[&str]| all.iter().any(|word| list.contains(&word.as_str()));
    let is_counted = words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let blew = holds(&["blaste", "blast", "blaser", "blew"]);
    begins(SAMPLES)
        || (begins(TESTS) && (begins(SIGNS) || holds(RESULTS)))
        || (holds(ANY_TEST) && begins(SIGNS))
        || (holds(MEASURES) && is_counted)
        || (blew && (is_counted || begins(SIGNS) || holds(BLOWN)))
}

/// Small letters without rings, dots and accents, with decimals in one piece: "0,8" and "0.8" become "08".
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'å' | 'ä' | 'à' | 'á' => Some('a'),
        'ö' | 'ø' | 'ó' => Some('o'),
        'é' | 'è' | 'ë' => Some('e'),
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}' => None,
        other => Some(other),
    };
    let small: Vec<char> = text.chars().flat_map(char::to_lowercase).filter_map(plain).collect();
    let is_digit =
        |at: Option<usize>| at.and_then(|at| small.get(at)).is_some_and(char::is_ascii_digit);
    let is_decimal = |(at, c): &(usize, &char)| {
        matches!(c, ',' | '.') && is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1))
    };
    small.iter().enumerate().filter(|one| !is_decimal(one)).map(|(_, c)| *c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_the_result_of_a_test_is_found_however_it_is_spelt() {
        for text in [
            "drogtest positivt",
            "DROGTEST: POSITIVT",
            "Drogtestet var negativt.",
            "Drogtestad i går, ren",
            "drog-test neg",
            "drog test visade amfetamin",
            "Drogtesterna har varit rena",
            "Alkotest gav utslag",
            "alkotestet underkänt",
            "alkotestet underkant",
            "blåste 0,8 promille",
            "blaste 0.8 promille",
            "Blåste rött i går kväll",
            "Bla\u{30a}ste positivt",
            "han blåser rent varje morgon",
            "hade 1,2 promille vid incheckning",
            "urinprov",
            "Lämnade urin-prov",
            "Urinproverna lämnas på måndagar",
            "U-tox den 3 maj",
            "salivprov",
            "utandningsprovet",
            "negativt prov",
            "Tre negativa prover i rad",
            "Provet var positivt för THC",
            "testade positivt",
            "Testades i går: negativt",
            "PEth 0,35",
            "CDT-värde 2,1",
            "hårprov med spår av kokain",
            "harprov: spar av kokain",
            "Sov bra.\nDrogtest: positivt\nVill ha eget rum.",
            "drug test came back positive",
            "Failed a drug-test last week",
            "urine sample on Monday",
            "tested negative",
            "blew 0.5",
            "BAC 0.08",
        ] {
            assert!(tells_of_a_test(text), "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_pass() {
        for text in [
            "",
            "Provade ringa tre gånger, inget svar",
            "Har upprättat testamente",
            "Prövar att bo själv",
            "Provboende i tre månader, positivt för familjen",
            "Negativ till att dela rum, positiv till eget",
            "Positivt svar från hyresvärden",
            "Bor på Provgatan 1",
            "Tolvan Testsson vill ha husdjur",
            "Boendet kräver nykterhet",
            "Huset har oanmälda drogtester",
            "Drogfri i sex månader",
            "Ren och snygg lägenhet",
            "Det blåste kallt i trapphuset",
            "Blåsten tog taket",
            "Höjs med 0,8 procent",
            "Ring 0480-450000 efter klockan 10",
            "Arbetsprov på sågverket",
            "Provanställning med positivt besked",
            "Klarade körkortsprovet",
            "Hon är testad för utbildningen",
            "Protesterade mot beslutet, visade oro",
            "Vill testa Bostad först",
            "Promillegräns gäller för båten",
            "Has a positive view of moving",
            "Contest over the lease, negative answer",
            "The latest flat was clean",
        ] {
            assert!(!tells_of_a_test(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in ".{0,200}") {
            tells_of_a_test(&text);
        }
    }
}
