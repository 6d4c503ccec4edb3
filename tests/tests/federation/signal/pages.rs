//! A list that is longer than a page.

use brygga_domain::Reason;
use brygga_proto::local::v1::ListSignalsRequest;
use brygga_proto::notice::v1::Children;
use brygga_testkit::{Staff, reason_of};
use tonic::Status;

use super::{Estate, arrears, list};

async fn page(
    staff: &Staff,
    page_size: u32,
    page_token: &str,
) -> Result<(Vec<Vec<u8>>, String), Status> {
    let request = ListSignalsRequest { page_size, page_token: page_token.to_owned() };
    let page = staff.signals().list_signals(request).await?.into_inner();
    let ids = page.signals.into_iter().map(|signal| signal.signal_id);
    Ok((ids.collect(), page.next_page_token))
}

/// Verified: pages of two follow one another in the order of the whole list, without gap or repeat, and what came in between
/// stands behind them; a page too long and a token made up are refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_page_by_page() {
    let estate = Estate::agreed().await;
    for _ in 0..4 {
        estate.given(arrears(15, Children::No)).await;
    }
    let (mut seen, next) = page(&estate.kalmar, 2, "").await.expect("a page");
    assert_eq!(seen.len(), 2);
    estate.given(arrears(15, Children::No)).await;
    let (second, next) = page(&estate.kalmar, 2, &next).await.expect("a page");
    let (last, end) = page(&estate.kalmar, 2, &next).await.expect("a page");
    assert_eq!((second.len(), last.len(), end.as_str()), (2, 1, ""));
    seen.extend(second.into_iter().chain(last));
    let whole: Vec<_> = list(&estate.kalmar).await.into_iter().map(|one| one.signal_id).collect();
    assert_eq!(seen, whole);
    for (size, token) in [(501, ""), (2, "first"), (2, "0")] {
        let refused = page(&estate.kalmar, size, token).await.unwrap_err();
        assert_eq!(reason_of(&refused), Reason::InvalidField, "{size} {token}");
    }
}
