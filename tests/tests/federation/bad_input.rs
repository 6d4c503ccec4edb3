//! Bad input at the local port: a coded error that says what is wrong and where, never content;
//! nothing is lost or half-written.

mod agreements;
mod consents;
mod referrals;

use brygga_domain::Reason;
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::{ListAgreementsRequest, ListOutboxRequest};
use brygga_testkit::{Place, Region, Staff};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::setting::{Neighbours, listed};

/// What stands in every request and must stand in no answer.
const CANARY: &str = "Kanarie";
/// A test number of the tax agency, with the right check digit.
const NUMBER: &str = "199001012385";

/// One call with something wrong in it, and the answer that it must get.
struct Bad {
    what: &'static str,
    role: &'static str,
    call: Call,
    answer: (Code, Reason, &'static str),
}

/// Any call of the local port that takes an argument.
#[derive(Clone)]
enum Call {
    Act(proto::ActOnReferralRequest),
    Await(proto::AwaitDeliveryRequest),
    List(proto::ListReferralsRequest),
    LookUp(proto::LookUpContactPointRequest),
    Propose(proto::ProposeAgreementRequest),
    Record(proto::RecordConsentRequest),
    Request(Box<proto::RequestReferralRequest>),
    Retry(proto::RetryMessageRequest),
    ShowAgreement(proto::ShowAgreementRequest),
    ShowConsent(proto::ShowConsentRequest),
    ShowReferral(proto::ShowReferralRequest),
    Sign(proto::SignAgreementRequest),
    Terminate(proto::TerminateAgreementRequest),
    Withdraw(proto::WithdrawConsentRequest),
}

impl Call {
    /// A role that may make the call, so that only its content can be wrong.
    const fn role(&self) -> &'static str {
        match self {
            Self::Propose(_) | Self::ShowAgreement(_) | Self::Sign(_) | Self::Terminate(_) => {
                "AGREEMENT_MANAGER"
            }
            Self::LookUp(_) | Self::Retry(_) => "OPERATOR",
            _ => "CASE_WORKER",
        }
    }

    async fn make(self, staff: &Staff) -> Result<(), Status> {
        match self {
            Self::Act(it) => staff.referrals().act_on_referral(it).await.map(drop),
            Self::Await(it) => staff.referrals().await_delivery(it).await.map(drop),
            Self::List(it) => staff.referrals().list_referrals(it).await.map(drop),
            Self::LookUp(it) => staff.node().look_up_contact_point(it).await.map(drop),
            Self::Propose(it) => staff.agreements().propose_agreement(it).await.map(drop),
            Self::Record(it) => staff.consents().record_consent(it).await.map(drop),
            Self::Request(it) => staff.referrals().request_referral(*it).await.map(drop),
            Self::Retry(it) => staff.node().retry_message(it).await.map(drop),
            Self::ShowAgreement(it) => staff.agreements().show_agreement(it).await.map(drop),
            Self::ShowConsent(it) => staff.consents().show_consent(it).await.map(drop),
            Self::ShowReferral(it) => staff.referrals().show_referral(it).await.map(drop),
            Self::Sign(it) => staff.agreements().sign_agreement(it).await.map(drop),
            Self::Terminate(it) => staff.agreements().terminate_agreement(it).await.map(drop),
            Self::Withdraw(it) => staff.consents().withdraw_consent(it).await.map(drop),
        }
    }
}

/// A call with a field that is missing, malformed or over its limit.
fn invalid(what: &'static str, field: &'static str, call: Call) -> Bad {
    refused(what, (Code::InvalidArgument, Reason::InvalidField, field), call)
}

/// A call for something that is not there, of which the answer says no more than that.
fn absent(what: &'static str, call: Call) -> Bad {
    refused(what, (Code::NotFound, Reason::NotFound, ""), call)
}

fn refused(what: &'static str, answer: (Code, Reason, &'static str), call: Call) -> Bad {
    Bad { what, role: call.role(), call, answer }
}

/// Code, reason and field of an answer, or what is wrong with the answer itself.
fn told(status: &Status) -> (Code, String, String) {
    let info = status.get_details_error_info();
    let info = info.unwrap_or_else(|| panic!("no coded reason in {status:?}"));
    assert_eq!(info.domain, "brygga");
    (status.code(), info.reason, info.metadata.get("field").cloned().unwrap_or_default())
}

/// Verified for every row: the exact gRPC code, reason and field; no word of the content in the
/// message or the details; and, after all of them, nothing stored and nothing queued anywhere.
#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_exact_codes_and_leave_nothing_behind() {
    let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
    let neighbours = Neighbours::agreed_in(Region::start(&places).await).await;
    let region = &neighbours.region;
    let consent = neighbours.consent(30).await;
    let now = brygga_identity::clock::Clock::now(&*region.clock("kalmar"));
    let mut rows = referrals::requests(&consent);
    rows.extend(referrals::others());
    rows.extend(agreements::rows(now));
    rows.extend(consents::rows(now));
    assert!(rows.len() >= 40, "{} rows", rows.len());
    eprintln!("{} bad requests", rows.len());
    let mut wrong = Vec::new();
    for Bad { what, role, call, answer: (code, reason, field) } in rows {
        let staff = region.staff("kalmar", role, None);
        let Err(status) = call.make(&staff).await else {
            wrong.push(format!("{what}: was accepted"));
            continue;
        };
        let said = format!("{status:?} {}", String::from_utf8_lossy(status.details()));
        assert!(!said.contains(CANARY) && !said.contains(&NUMBER[..11]), "{what}: {said}");
        let wanted = (code, reason.as_str().to_owned(), field.to_owned());
        if told(&status) != wanted {
            wrong.push(format!("{what}: {:?}, expected {wanted:?}", told(&status)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");

    for name in ["kalmar", "nybro", "stadsmissionen"] {
        let staff = region.staff(name, "CASE_WORKER", None);
        assert!(listed(&staff).await.is_empty(), "a referral is at {name}");
        let all = ListOutboxRequest { dead_only: false };
        let outbox = staff.node().list_outbox(all).await.expect("listed").into_inner().messages;
        assert!(outbox.is_empty(), "{name} has {outbox:?} to send");
        let agreements = staff.agreements().list_agreements(ListAgreementsRequest {}).await;
        let held = agreements.expect("listed").into_inner().agreements.len();
        assert_eq!(held, usize::from(name != "stadsmissionen"), "{name} holds the one in force");
    }
}
