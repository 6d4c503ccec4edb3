//! A person whose every word can be told from any other byte, and the search for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

pub(super) const NAME: &str = "Utplånia Glömdsson";
pub(super) const CONTACT: &str = "utplania.glomdsson@exempel.invalid";
pub(super) const NOTE: &str = "Utplånia sover i båthuset vid Glömskans strand.";
pub(super) const REFERENCE: &str = "AKT-GLÖMDSSON-77";
pub(super) const PURPOSE: &str = "Glömdssons boende vid Provgatan";
pub(super) const EVIDENCE: &str = "Glömdssons akt, blad 77";
/// A test number of the tax agency.
pub(super) const NUMBER: &str = "199001012385";

/// The first word that stands in `bytes`: in UTF-8, in UTF-16 of either order, in hexadecimal
/// digits or in base64; none where there is none.
pub(super) fn found(bytes: &[u8]) -> Option<&'static str> {
    let words = [NAME, CONTACT, NOTE, NUMBER, REFERENCE, PURPOSE, EVIDENCE];
    let parts = ["Utplånia", "Glömd", "utplania", "0001012385"];
    let stands = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
    words.into_iter().chain(parts).find(|word| forms(word).iter().any(stands))
}

fn forms(word: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = word.encode_utf16().collect();
    let mut forms = vec![
        word.as_bytes().to_vec(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        hex::encode(word).into_bytes(),
    ];
    // From each of the three places in which it can begin inside something longer.
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&[0; 2][..before], word.as_bytes()].concat();
        let whole_digits = bytes.len() * 8 / 6;
        forms.push(STANDARD_NO_PAD.encode(&bytes)[skipped..whole_digits].into());
    }
    forms
}

#[test]
fn every_form_of_a_word_is_found() {
    for form in forms(NAME) {
        let bytes = [b"before".as_slice(), &form, b"behind"].concat();
        assert!(found(&bytes).is_some(), "{form:?}");
    }
    let inside = STANDARD_NO_PAD.encode(format!("x{NOTE}y"));
    assert!(found(inside.as_bytes()).is_some());
    assert_eq!(found(b"nothing about anybody"), None);
}
