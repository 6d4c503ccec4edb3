//! Words about an invented person, and the search for them in any bytes.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

pub(super) const NAME: &str = "Kanarina Fågelsson";
pub(super) const NOTE: &str = "Kanariefågeln har sjungit på Provgatan i två veckor.";
pub(super) const CONTACT: &str = "kanarina.fagelsson@exempel.invalid";
/// A test number of the tax agency.
pub(super) const NUMBER: &str = "199001012385";

/// The words to look for: each canary, and the parts that a careless shortening would leave.
fn words() -> [&'static str; 8] {
    let in_ten_digits = &NUMBER[2..];
    [NAME, NOTE, CONTACT, NUMBER, in_ten_digits, "Kanarina", "Kanariefågeln", "kanarina.fagelsson"]
}

/// The first word that stands in `bytes` in any form, and what stands around it; none where there is none.
pub(super) fn leaks(bytes: &[u8]) -> Option<String> {
    let mut forms = words().into_iter().flat_map(forms);
    let found = forms.find(|form| contains(bytes, form))?;
    let at = bytes.windows(found.len()).position(|window| window == found.as_bytes())?;
    let near = &bytes[at.saturating_sub(80)..bytes.len().min(at + 120)];
    Some(format!("{found} in {}", near.escape_ascii()))
}

pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// A word as text, as hexadecimal digits, and as base64 from each of the three places in which it
/// can begin inside something longer.
fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned(), hex::encode(word), hex::encode_upper(word)];
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&[0; 2][..before], word.as_bytes()].concat();
        let whole_digits = bytes.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push(engine.encode(&bytes)[skipped..whole_digits].to_owned());
        }
    }
    forms
}

#[test]
fn every_form_of_a_canary_is_found_wherever_it_stands() {
    for before in 0..4 {
        let bytes = [&vec![b'x'; before], NAME.as_bytes(), b"and more"].concat();
        let encoded = [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)];
        for text in encoded.into_iter().chain([hex::encode(&bytes), hex::encode_upper(&bytes)]) {
            assert!(leaks(text.as_bytes()).is_some(), "{text}");
        }
        assert!(leaks(&bytes).is_some());
    }
    assert_eq!(leaks(b"nothing about anybody"), None);
}
