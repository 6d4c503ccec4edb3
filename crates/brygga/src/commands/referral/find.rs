//! From the last digits of an id to the referral that has them.

use brygga_proto::local::v1::ListReferralsRequest;

use super::Service;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};

/// Referrals in a page, as many as the node gives.
const PAGE: u32 = 500;
/// Behind this many pages a person should write the whole id.
const PAGES_MAX: usize = 20;

/// The id of the referral that is meant.
pub(super) async fn referral(
    service: &mut Service,
    id: &IdentifierOrEnding,
) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    let mut candidates = Vec::new();
    let mut page_token = String::new();
    for _ in 0..PAGES_MAX {
        let request =
            ListReferralsRequest { page_size: PAGE, page_token, ..ListReferralsRequest::default() };
        let response = service.list_referrals(request).await;
        let page = response.map_err(|status| refused(&status))?.into_inner();
        candidates.extend(page.referrals.into_iter().map(|referral| referral.referral_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return only_match(ending, &candidates);
        }
    }
    Err(Failure::usage("IDENTIFIER_AMBIGUOUS", "there are too many referrals to search")
        .fix("write the whole id"))
}
