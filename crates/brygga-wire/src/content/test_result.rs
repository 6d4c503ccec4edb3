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
];
/// Samples by names so short that other words begin like them.
const SHORT_SAMPLES: &[&str] = &["utox"];
/// Tests, told of only together with a result. A test of hair is `haarprov` where its ring was written.
const TESTS: &[&str] = &[
    "drogtest",
    "alkotest",
    "alkoholtest",
    "alkoholprov",
    "drogscreen",
    "narkotikatest",
    "narkotikaprov",
    "haarprov",
    "blodprov",
    "drugtest",
    "alcoholtest",
    "drugscreen",
    "toxscreen",
];
/// A test of hair without its ring; never the words "har prov".
const RINGLESS: &[&str] = &["harprov"];
/// Words for any test, told of only with a sign, a substance or as clean.
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
    "testades",
    "testats",
    "testad",
    "tested",
];
/// Words that anything can be tested with; told of only right before a sign.
const BEFORE_SIGN: &[&str] = &["testade", "testat", "up"];
/// What a word that is written apart can end with.
const ENDINGS: &[&str] = &[
    "", "et", "en", "er", "erna", "s", "svar", "ad", "ade", "ades", "at", "ats", "ing", "ingen",
    "ed",
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
/// Results of a test that nothing else is said of.
const CLEAN: &[&str] = &["ren", "rent", "rena", "clean", "dirty"];
/// Substances: a result beside a test, or right after a sign.
const SUBSTANCES: &[&str] = &[
    "thc",
    "cannabis",
    "hasch",
    "amfetamin",
    "metamfetamin",
    "kokain",
    "heroin",
    "opiat",
    "opioid",
    "benso",
    "bensodiazepin",
    "morfin",
    "tramadol",
    "fentanyl",
    "mdma",
    "ecstasy",
    "ghb",
    "alkohol",
    "etanol",
    "narkotika",
    "amphetamine",
    "methamphetamine",
    "cocaine",
    "opiate",
    "benzo",
    "benzodiazepine",
    "alcohol",
];
/// Measures, told of only with a number.
const MEASURES: &[&str] = &["promille", "permille", "bac", "peth", "cdt"];
/// The verb; what was blown follows it.
const BLEW: &[&str] = &["blaste", "blast", "blaser", "blew"];
/// Small words between a test, its sign and the substance.
const LINKS: &[&str] = &["sig", "for", "pa", "on"];
/// Signs that are told of only beside a test or a substance.
const SHORT_SIGNS: &[&str] = &["pos", "neg"];
/// What one blows: colours, signs and numbers.
const BLOWN: &[&str] = &["rott", "gront", "rent", "noll", "nollor", "nolla", "promille"];

/// Whether a text looks as if it told the result of a drug or alcohol test.
pub(super) fn tells_of_a_test(text: &str) -> bool {
    let folded = folded(text);
    let mut sentences: Vec<Vec<&str>> = Vec::new();
    for sentence in folded.split(['.', '!', '?', ';', '\n']) {
        let words = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        match sentences.last_mut() {
            // "Drogtest. Positivt.": a word or two say more of what was said before.
            Some(before) if words.len() <= 2 => before.extend(words),
            _ => sentences.push(words),
        }
    }
    sentences.iter().any(|words| sentence_tells(words))
}

fn sentence_tells(words: &[&str]) -> bool {
    let begins = |list: &[&str]| words.iter().any(|word| begins(word, list));
    let holds = |list: &[&str]| words.iter().any(|word| list.contains(word));
    // "drog test", "urin-prov": words that belong together are often written apart.
    let is_apart = |list: &[&str]| words.windows(2).any(|pair| ends_as(&pair.concat(), list));
    let is_counted = words.iter().any(|word| is_number(word));
    let is_named = words.iter().any(|word| ends_as(word, SUBSTANCES));
    let is_told = begins(SIGNS) || is_named;
    begins(SAMPLES)
        || is_apart(SAMPLES)
        || is_apart(SHORT_SAMPLES)
        || words.iter().any(|word| ends_as(word, SHORT_SAMPLES))
        || ((begins(TESTS) || begins(RINGLESS) || is_apart(TESTS)) && (is_told || holds(RESULTS)))
        || (holds(ANY_TEST) && (is_told || holds(CLEAN)))
        || (holds(MEASURES) && is_counted)
        || (1..words.len()).any(|from| words.split_at_checked(from).is_some_and(continues))
}

/// Whether the words after one complete what it begins: a sign after a test, a substance after a sign, and what was
/// blown after the verb.
fn continues((before, after): (&[&str], &[&str])) -> bool {
    let (Some(word), Some(next)) = (before.last(), after.first()) else { return false };
    let rest = if LINKS.contains(next) { after.get(1) } else { Some(next) };
    let is_next = |fits: &dyn Fn(&str) -> bool| rest.is_some_and(|next| fits(next));
    let is_sign = |word: &str| begins(word, SIGNS) || SHORT_SIGNS.contains(&word);
    let is_blown = |word: &&str| BLOWN.contains(word) || begins(word, SIGNS);
    (BEFORE_SIGN.contains(word) && is_next(&is_sign))
        || (is_sign(word) && is_next(&|next| ends_as(next, SUBSTANCES)))
        || (BLEW.contains(word) && (is_number(next) || after.iter().take(3).any(is_blown)))
}

fn begins(word: &str, list: &[&str]) -> bool {
    list.iter().any(|beginning| word.starts_with(beginning))
}

/// Whether a word is one of a list with one of the usual endings.
fn ends_as(word: &str, list: &[&str]) -> bool {
    list.iter().any(|stem| word.strip_prefix(stem).is_some_and(|rest| ENDINGS.contains(&rest)))
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Small letters without rings, dots and accents, with decimals in one piece: "0,8" and "0.8" become "08".
/// Hair keeps its ring as a second "a", so that it is never the verb "har".
fn folded(text: &str) -> String {
    let text = text.to_lowercase().replace("a\u{30a}", "å").replace("hår", "haar");
    let plain = |c: char| match c {
        'å' | 'ä' | 'à' | 'á' => Some('a'),
        'ö' | 'ø' | 'ó' => Some('o'),
        'é' | 'è' | 'ë' => Some('e'),
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}' => None,
        other => Some(other),
    };
    let mut small = String::with_capacity(text.len());
    small.extend(text.chars().filter_map(plain));
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| small.as_bytes().get(at)).is_some_and(u8::is_ascii_digit)
    };
    let is_decimal = |at: usize| is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1));
    let mut folded = String::with_capacity(small.len());
    let mut kept = 0;
    for (at, mark) in small.match_indices([',', '.']).filter(|(at, _)| is_decimal(*at)) {
        folded.push_str(&small[kept..at]);
        kept = at + mark.len();
    }
    folded.push_str(&small[kept..]);
    folded
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
            "ha\u{30a}r prov: positivt",
            "positiv för THC",
            "Screening positiv för amfetamin",
            "Drogtest: amfetamin",
            "Provsvar: amfetamin",
            "Provet var inte rent",
            "UP pos THC",
            "UP negativt",
            "Drogtest. Positivt.",
            "Har testat sig, positivt",
            "Har blåst 0,3 i dag",
            "Blåste i går rött",
            "positive for cocaine",
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
            "Har provat att ringa, inget svar",
            "Har prövat eget boende, visade sig vara för svårt",
            "Har prövats för förtur, fick positivt besked",
            "Har provbott i tre månader, mycket positivt",
            "Har provanställning, positiv till jobbet",
            "Blev blåst på 5000 kr",
            "flyttar ut Oxelösund i maj",
            "Har testat stödboende, är positiv",
            "Har prov. Inget svar",
            "Har prov på fredag, inget svar än",
            "Positivt för alkoholfritt boende",
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
