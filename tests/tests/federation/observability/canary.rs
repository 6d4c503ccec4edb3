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
    found(&words(), bytes)
}

/// The same for other words.
pub(crate) fn found(words: &[&str], bytes: &[u8]) -> Option<String> {
    for word in words {
        for form in forms(word) {
            if let Some(at) = bytes.windows(form.len()).position(|window| window == form) {
                let near = &bytes[at.saturating_sub(80)..bytes.len().min(at + 120)];
                return Some(format!("{word} in {}", near.escape_ascii()));
            }
        }
    }
    None
}

pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// A word as text in UTF-8 and both orders of UTF-16, as hexadecimal digits, and as base64 from each of the three places
/// in which it can begin inside something longer.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![word.into(), hex::encode(word).into(), hex::encode_upper(word).into()];
    forms.push(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms.push(word.encode_utf16().flat_map(u16::to_be_bytes).collect());
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&[0; 2][..before], word.as_bytes()].concat();
        let whole_digits = bytes.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push(engine.encode(&bytes)[skipped..whole_digits].into());
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
        let wide = std::str::from_utf8(&bytes).unwrap().encode_utf16();
        let wide: (Vec<u8>, Vec<u8>) = (
            wide.clone().flat_map(u16::to_le_bytes).collect(),
            wide.flat_map(u16::to_be_bytes).collect(),
        );
        assert!(leaks(&wide.0).is_some() && leaks(&wide.1).is_some());
    }
    assert_eq!(leaks(b"nothing about anybody"), None);
}
