//! Pages of a list: how long one is, and where the next begins.

use brygga_app::ListPlace;
use brygga_domain::{Reason, Refusal};

/// Entries of a page where the caller does not say.
pub const DEFAULT_PAGE_SIZE: u32 = 100;
/// Entries of the longest page.
pub const MAX_PAGE_SIZE: u32 = 500;

/// Reads a page size; 0 is the default.
pub(super) fn size(asked: u32) -> Result<u32, Refusal> {
    match asked {
        0 => Ok(DEFAULT_PAGE_SIZE),
        1..=MAX_PAGE_SIZE => Ok(asked),
        _ => Err(Refusal::at(Reason::InvalidField, "page_size")),
    }
}

/// Reads a token; empty is the first page.
///
/// A token is a place in the list and no secret: whoever makes one up sees nothing but what a
/// page of their own would show.
pub(super) fn place(token: &str) -> Result<Option<i64>, Refusal> {
    if token.is_empty() {
        return Ok(None);
    }
    let mut bytes = [0; 8];
    let decoded = hex::decode_to_slice(token, &mut bytes).map(|()| i64::from_be_bytes(bytes));
    match decoded {
        Ok(place) if place > 0 => Ok(Some(place)),
        Ok(_) | Err(_) => Err(Refusal::at(Reason::InvalidField, "page_token")),
    }
}

/// The token of a place; none is the end of the list.
pub(super) fn token(place: Option<i64>) -> String {
    place.map(|place| hex::encode(place.to_be_bytes())).unwrap_or_default()
}

/// Longest place in a sorted list, in bytes: longer than any that a page gives.
const MAX_PLACE_BYTES: usize = 64;

/// Reads a token of a list that is sorted by several things; empty is the first page.
pub(super) fn sorted_place(token: &str) -> Result<Option<ListPlace>, Refusal> {
    match hex::decode(token) {
        Ok(bytes) if bytes.is_empty() => Ok(None),
        Ok(bytes) if bytes.len() <= MAX_PLACE_BYTES => Ok(Some(ListPlace::from_bytes(bytes))),
        Ok(_) | Err(_) => Err(Refusal::at(Reason::InvalidField, "page_token")),
    }
}

/// The token of such a place; none is the end of the list.
pub(super) fn sorted_token(place: Option<&ListPlace>) -> String {
    place.map(|place| hex::encode(place.as_bytes())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_token() {
        for at in [1, 77, i64::MAX] {
            assert_eq!(place(&token(Some(at))), Ok(Some(at)));
        }
        assert_eq!(place(&token(None)), Ok(None));
    }

    #[test]
    fn a_place_in_a_sorted_list_comes_back_from_its_token() {
        let at = ListPlace::from_bytes(vec![1, 0, 255]);
        assert_eq!(sorted_place(&sorted_token(Some(&at))), Ok(Some(at)));
        assert_eq!(sorted_place(&sorted_token(None)), Ok(None));
        for text in ["first", "1", &"00".repeat(65)] {
            let invalid = Err(Refusal::at(Reason::InvalidField, "page_token"));
            assert_eq!(sorted_place(text), invalid, "{text}");
        }
    }

    #[test]
    fn a_token_of_another_form_is_refused() {
        let invalid = Err(Refusal::at(Reason::InvalidField, "page_token"));
        for text in
            ["1", "0000000000000000", "ffffffffffffffff", "000000000000001", "zz00000000000001"]
        {
            assert_eq!(place(text), invalid, "{text}");
        }
    }

    #[test]
    fn a_page_has_1_to_500_entries() {
        assert_eq!([0, 1, 500].map(size), [Ok(100), Ok(1), Ok(500)]);
        assert_eq!(size(501), Err(Refusal::at(Reason::InvalidField, "page_size")));
    }
}
