//! Referrals asked for, decided on, shown, listed and awaited in ways that cannot be right.

use brygga_domain::Reason;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    ActOnReferralRequest, AwaitDeliveryRequest, ListReferralsRequest, LookUpContactPointRequest,
    RequestReferralRequest, RetryMessageRequest, ShowReferralRequest,
};
use brygga_proto::referral::v1 as referral;
use brygga_proto::referral::v1::{Household, ReferralContent};
use brygga_testkit::referral_to;
use tonic::Code;

use super::{Bad, CANARY, Call, NUMBER, absent, invalid, refused};

const SHORT: [u8; 15] = [7; 15];

/// Requests that are good but for one thing.
pub(super) fn requests(consent: &[u8]) -> Vec<Bad> {
    let wish = |change: &dyn Fn(&mut RequestReferralRequest)| {
        let mut wish = referral_to("kommun:0881", consent.to_vec());
        wish.content = Some(ReferralContent {
            name: format!("{CANARY} Testsson"),
            personal_identity_number: NUMBER.to_owned(),
            note: format!("{CANARY} behöver en lägenhet."),
            ..ReferralContent::default()
        });
        change(&mut wish);
        Call::Request(Box::new(wish))
    };
    let mut rows = addressing(&wish);
    rows.extend(vocabulary(&wish));
    rows.extend(legal(&wish));
    rows.extend(content(&wish));
    rows
}

type Wish<'a> = &'a dyn Fn(&dyn Fn(&mut RequestReferralRequest)) -> Call;

fn addressing(wish: Wish<'_>) -> Vec<Bad> {
    vec![
        invalid("no key", "idempotency_key", wish(&|it| it.idempotency_key.clear())),
        invalid("a short key", "idempotency_key", wish(&|it| it.idempotency_key = SHORT.into())),
        invalid("no target", "target", wish(&|it| it.target.clear())),
        invalid("three digits", "target", wish(&|it| it.target = "kommun:881".into())),
        invalid("oneself", "target", wish(&|it| it.target = "kommun:0880".into())),
        absent("no member", wish(&|it| it.target = "kommun:0882".into())),
        absent(
            "a member without agreement",
            wish(&|it| it.target = "demo:stadsmissionen-kalmar".into()),
        ),
        invalid(
            "a unit in words",
            "target_unit",
            wish(&|it| it.target_unit = "Mobila Teamet".into()),
        ),
        absent("a unit without a key", wish(&|it| it.target_unit = "finns-inte".into())),
        invalid("a unit in words", "source_unit", wish(&|it| it.source_unit = "å".into())),
        invalid("a short id", "agreement_id", wish(&|it| it.agreement_id = SHORT.into())),
        absent("an unknown agreement", wish(&|it| it.agreement_id = vec![9; 16])),
        invalid(
            "no municipality",
            "host_municipality",
            wish(&|it| it.host_municipality = "org:2120000746".into()),
        ),
        invalid(
            "an invented one",
            "host_municipality",
            wish(&|it| it.host_municipality = "demo:x".into()),
        ),
        invalid(
            "an invented one",
            "home_municipality",
            wish(&|it| it.home_municipality = "demo:x".into()),
        ),
        invalid("acute, and nowhere", "host_municipality", wish(&|it| it.acute_duty = true)),
    ]
}

fn vocabulary(wish: Wish<'_>) -> Vec<Bad> {
    let service = |change: &dyn Fn(&mut brygga_proto::types::v1::Code)| {
        wish(&|it| change(it.service_type.as_mut().expect("a service type")))
    };
    vec![
        invalid("unset", "priority", wish(&|it| it.priority = 0)),
        invalid("unknown", "priority", wish(&|it| it.priority = 99)),
        invalid("unset", "subject", wish(&|it| it.subject = 0)),
        invalid("unknown", "subject", wish(&|it| it.subject = -1)),
        invalid("unknown", "contact_policy", wish(&|it| it.contact_policy = 4)),
        invalid("unset", "service_type", wish(&|it| it.service_type = None)),
        invalid("another list", "service_type", service(&|it| it.list = "housing_need".into())),
        invalid("no version", "service_type", service(&|it| it.list_version = 0)),
        invalid("65 characters", "service_type", service(&|it| it.code = "A".repeat(65))),
        invalid("9 parents", "service_type", service(&|it| it.broader = vec!["OTHER".into(); 9])),
    ]
}

fn legal(wish: Wish<'_>) -> Vec<Bad> {
    let ground = (Code::InvalidArgument, Reason::GroundMissing, "disclosure_ground");
    let basis = (Code::InvalidArgument, Reason::GdprBasisNotAllowed, "gdpr_basis");
    let not_open = (Code::FailedPrecondition, Reason::GroundNotAllowed, "disclosure_ground");
    let consent = (Code::FailedPrecondition, Reason::ConsentMissing, "consent");
    let mut by_operator = refused(
        "an operator asks",
        (Code::PermissionDenied, Reason::RoleDenied, ""),
        wish(&|_| ()),
    );
    by_operator.role = "OPERATOR";
    vec![
        by_operator,
        refused("unset", ground, wish(&|it| it.disclosure_ground = 0)),
        invalid("unknown", "disclosure_ground", wish(&|it| it.disclosure_ground = 99)),
        refused("a landlord's ground", not_open, wish(&|it| it.disclosure_ground = 14)),
        refused("unset", basis, wish(&|it| it.gdpr_basis = 0)),
        refused("a consent, of an authority", basis, wish(&|it| it.gdpr_basis = 3)),
        invalid("unknown", "gdpr_basis", wish(&|it| it.gdpr_basis = 99)),
        invalid("a short id", "consent_id", wish(&|it| it.consent_id = SHORT.into())),
        refused("none", consent, wish(&|it| it.consent_id.clear())),
        refused("an unknown one", consent, wish(&|it| it.consent_id = vec![9; 16])),
    ]
}

fn content(wish: Wish<'_>) -> Vec<Bad> {
    let of = |what, field, change: &dyn Fn(&mut ReferralContent)| {
        invalid(what, field, wish(&|it| change(it.content.as_mut().expect("content"))))
    };
    let number = "content.personal_identity_number";
    let wrong_digit = format!("{}6", &NUMBER[..11]);
    let household =
        |size, adults, child_age_bands: Vec<i32>| Some(Household { size, adults, child_age_bands });
    let need = |list: &str| brygga_proto::types::v1::Code {
        list: list.to_owned(),
        list_version: 1,
        code: "OTHER".to_owned(),
        broader: Vec::new(),
    };
    let (size, bands) = ("content.household.size", "content.household.child_age_bands");
    vec![
        invalid("none at all", "content", wish(&|it| it.content = None)),
        of("nothing in it", "content", &|it| *it = ReferralContent::default()),
        of("a salt", "content.salt", &|it| it.salt = vec![1; 32]),
        of("201 characters", "content.name", &|it| {
            it.name = format!("{CANARY}{}", "ö".repeat(194))
        }),
        of("two lines", "content.name", &|it| it.name = format!("{CANARY}\nTestsson")),
        of("a wrong check digit", number, &|it| it.personal_identity_number = wrong_digit.clone()),
        of("ten digits", number, &|it| it.personal_identity_number = NUMBER[2..].to_owned()),
        of("501 characters", "content.contact", &|it| it.contact = CANARY.repeat(72)),
        of("4001 characters", "content.note", &|it| {
            it.note = format!("{CANARY}{}", "å".repeat(3994))
        }),
        of("a control character", "content.note", &|it| it.note = format!("{CANARY}\u{7}")),
        of("one more than they are", size, &|it| it.household = household(3, 2, vec![])),
        of("nobody", size, &|it| it.household = household(0, 0, vec![])),
        of("65 persons", size, &|it| it.household = household(65, 65, vec![])),
        of("an unknown age", bands, &|it| it.household = household(2, 1, vec![99])),
        of("a fifth situation", "content.homelessness_situation", &|it| {
            it.homelessness_situation = 5
        }),
        of("17 of 16", "content.housing_needs", &|it| {
            it.housing_needs = vec![need("housing_need"); 17]
        }),
        of("another list", "content.support_needs", &|it| {
            it.support_needs = vec![need("housing_need")]
        }),
    ]
}

/// Everything about referrals and the node but the request itself.
pub(super) fn others() -> Vec<Bad> {
    let mut rows = decisions();
    let show = |id: &[u8]| Call::ShowReferral(ShowReferralRequest { referral_id: id.to_vec() });
    let wait = |id: &[u8], wait_seconds| {
        Call::Await(AwaitDeliveryRequest { referral_id: id.to_vec(), wait_seconds })
    };
    let list = |change: &dyn Fn(&mut ListReferralsRequest)| {
        let mut wanted = ListReferralsRequest::default();
        change(&mut wanted);
        Call::List(wanted)
    };
    let look_up = |organisation: &str, audience| {
        let organisation = organisation.to_owned();
        Call::LookUp(LookUpContactPointRequest { organisation, audience })
    };
    let retry = |id: &[u8]| Call::Retry(RetryMessageRequest { message_id: id.to_vec() });
    rows.extend([
        invalid("a short id", "referral_id", show(&SHORT)),
        absent("unknown", show(&[9; 16])),
        invalid("a short id", "referral_id", wait(&SHORT, 1)),
        invalid("21 seconds", "wait_seconds", wait(&[9; 16], 21)),
        absent("unknown", wait(&[9; 16], 1)),
        invalid("a third side", "side", list(&|it| it.side = 3)),
        invalid("501 entries", "page_size", list(&|it| it.page_size = 501)),
        invalid("another form", "page_token", list(&|it| it.page_token = CANARY.into())),
        invalid("not one", "organisation", look_up("Kalmar", 1)),
        invalid("for nobody", "audience", look_up("kommun:0880", 0)),
        absent("unknown", look_up("kommun:0882", 1)),
        invalid("a short id", "message_id", retry(&SHORT)),
        absent("unknown", retry(&[9; 16])),
    ]);
    rows
}

/// Decisions about a referral that does not exist; what is wrong with them is found first.
fn decisions() -> Vec<Bad> {
    let act = |id: &[u8], action: Option<Action>| {
        Call::Act(ActOnReferralRequest { referral_id: id.to_vec(), expected_version: 0, action })
    };
    let on = |action| act(&[9; 16], Some(action));
    let take_on =
        |unit: &str, act_by| Action::TakeOn(referral::TakenOn { unit: unit.into(), act_by });
    let decline = |party, reason, next_step| {
        Action::Decline(referral::Declined {
            party,
            reason,
            next_step,
            ..referral::Declined::default()
        })
    };
    let withdraw = |referral_id: Vec<u8>, reason| {
        Action::Withdraw(referral::ReferralWithdrawn { referral_id, reason })
    };
    let complete = |result| Action::Complete(referral::Completed { result, place_type: None });
    let cancelled = |reason| Action::ConfirmCancellation(referral::Cancelled { reason });
    let next = (Code::InvalidArgument, Reason::NextStepMissing, "decline.next_step");
    let outcome = (Code::InvalidArgument, Reason::OutcomeMissing, "complete.result");
    vec![
        invalid(
            "a short id",
            "referral_id",
            act(&SHORT, Some(Action::Accept(referral::Accepted {}))),
        ),
        invalid("nothing decided", "action", act(&[9; 16], None)),
        absent("unknown", on(Action::Accept(referral::Accepted {}))),
        invalid("by no time", "take_on.act_by", on(take_on("mobila-teamet", None))),
        invalid("a unit in words", "take_on.unit", on(take_on("Mobila Teamet", None))),
        invalid("by nobody", "decline.party", on(decline(0, 1, 1))),
        invalid("for no reason", "decline.reason", on(decline(1, 0, 1))),
        refused("and then nothing", next, on(decline(1, 4, 0))),
        invalid("an unknown step", "decline.next_step", on(decline(1, 4, 99))),
        refused("with no outcome", outcome, on(complete(0))),
        invalid("an unknown outcome", "complete.result", on(complete(99))),
        invalid("for no reason", "withdraw.reason", on(withdraw(Vec::new(), 0))),
        invalid("of another", "withdraw.referral_id", on(withdraw(vec![8; 16], 8))),
        invalid("for an unknown reason", "confirm_cancellation.reason", on(cancelled(99))),
    ]
}
