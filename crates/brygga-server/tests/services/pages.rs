//! The list of referrals, a page at a time.

use brygga_domain::Reason;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::{ListReferralsRequest, Side};
use tonic::Code;

use crate::federation::Federation;
use crate::raw::verdict;
use crate::requests::{record_consent, sign_agreement, wish};

#[tokio::test]
async fn pages_follow_one_another_newest_first_without_gap_or_repeat() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let mut referrals = federation.kalmar.local.person(&[Role::CaseWorker]).referrals();
    let mut asked = Vec::new();
    for key in 1..=5 {
        let sent = referrals.request_referral(wish(key)).await.unwrap().into_inner();
        asked.insert(0, sent.referral.unwrap().referral_id);
    }
    let mut seen = Vec::new();
    let mut request = ListReferralsRequest { page_size: 2, ..ListReferralsRequest::default() };
    loop {
        let page = referrals.list_referrals(request.clone()).await.unwrap().into_inner();
        assert!(page.referrals.len() <= 2);
        seen.extend(page.referrals.into_iter().map(|referral| referral.referral_id));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(seen, asked);
}

#[tokio::test]
async fn a_list_can_be_of_one_end() {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let mut referrals = federation.kalmar.local.person(&[Role::CaseWorker]).referrals();
    referrals.request_referral(wish(1)).await.unwrap();
    for (side, count) in [(Side::Unspecified, 1), (Side::Source, 1), (Side::Target, 0)] {
        let request = ListReferralsRequest { side: side.into(), ..ListReferralsRequest::default() };
        let page = referrals.list_referrals(request).await.unwrap().into_inner();
        assert_eq!(page.referrals.len(), count, "{side:?}");
    }
}

#[tokio::test]
async fn a_page_too_long_a_token_made_up_and_a_third_end_are_refused() {
    let federation = Federation::start().await;
    let mut referrals = federation.kalmar.local.person(&[Role::CaseWorker]).referrals();
    let request = ListReferralsRequest::default();
    for (request, field) in [
        (ListReferralsRequest { page_size: 501, ..request.clone() }, "page_size"),
        (ListReferralsRequest { page_token: "first".to_owned(), ..request.clone() }, "page_token"),
        (ListReferralsRequest { side: 3, ..request }, "side"),
    ] {
        let status = referrals.list_referrals(request).await.unwrap_err();
        assert_eq!(verdict(&status), (Code::InvalidArgument, Some(Reason::InvalidField)));
        assert!(status.message().ends_with(field), "{}", status.message());
    }
}
