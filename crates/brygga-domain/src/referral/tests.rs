//! The referral machine: what each side may do in each status, and what holds in every course of events.

mod properties;
mod table;

use super::*;
use crate::agreement::{Priority, SubjectArea};
use crate::code::{CodedTerm, SERVICE_TYPE};
use crate::{AgreementId, DataCategory, DisclosureGround, GdprBasis};

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
/// The target has a day to answer.
const RESPOND_BY: Timestamp = START.plus(Seconds::days(1));
/// And half of it until a function must have taken it on.
const TAKE_ON_BY: Timestamp = START.plus(Seconds::hours(12));

fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

fn kalmar() -> OrgId {
    org("kommun:0880")
}

fn nybro() -> OrgId {
    org("kommun:0881")
}

/// Somebody from Nybro sleeps rough in Kalmar, and Kalmar asks Nybro for help (KAL-01).
fn parts() -> RequestParts {
    RequestParts {
        source: kalmar(),
        target: nybro(),
        target_unit: None,
        request: Request {
            priority: Priority::Routine,
            subject: SubjectArea::Homelessness,
            service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
            host_municipality: Some(kalmar()),
            home_municipality: Some(nybro()),
            acute_duty: true,
            source_unit: None,
            respond_by: RESPOND_BY,
            contact_policy: ContactPolicy::ViaRequester,
            recipient_chosen_by_person: true,
            about_child: false,
            part_of: None,
            offer: None,
            take_on_by: TAKE_ON_BY,
        },
        grant: Grant {
            agreement_id: AgreementId::from_bytes([2; 16]),
            agreement_version: 1,
            rule_id: "remiss-1".to_owned(),
            ground: DisclosureGround::Care26_9,
            gdpr_basis: GdprBasis::PublicTask,
            data_categories: vec![DataCategory::Identity],
            consent: None,
            eligibility: None,
            counts_since: None,
        },
    }
}

fn referral_of(side: Side, parts: RequestParts) -> Referral {
    Referral::requested(ReferralId::from_bytes([3; 16]), side, parts, START)
}

fn referral(side: Side) -> Referral {
    referral_of(side, parts())
}

fn refused(reason: Reason) -> Refusal {
    Refusal::new(reason)
}

#[test]
fn kal_01_the_acute_duty_passes_to_nobody_but_the_home_municipality() {
    let holder = |target: &str, home: Option<OrgId>| {
        let mut parts = RequestParts { target: org(target), ..parts() };
        parts.request.home_municipality = home;
        let mut referral = referral_of(Side::Source, parts);
        assert_eq!(referral.acute_duty_holder(), Some(&kalmar()), "nobody has accepted");
        referral.apply(&Event::Accepted, START);
        referral.acute_duty_holder().cloned()
    };
    assert_eq!(holder("kommun:0881", Some(nybro())), Some(nybro()));
    assert_eq!(holder("demo:stadsmissionen-kalmar", Some(nybro())), Some(kalmar()));
    assert_eq!(holder("kommun:0881", None), Some(kalmar()));
}

#[test]
fn kal_01_a_referral_without_an_acute_duty_has_no_holder() {
    let mut parts = parts();
    parts.request.acute_duty = false;
    let mut referral = referral_of(Side::Target, parts);
    assert_eq!(referral.acute_duty_holder(), None);
    referral.apply(&Event::Accepted, START);
    assert_eq!(referral.acute_duty_holder(), None);
}

#[test]
fn kal_02_only_a_provider_that_declines_must_name_a_next_step() {
    let missing = Err(Refusal::at(Reason::NextStepMissing, "next_step"));
    for party in DeclineParty::ALL {
        let bare = Decline::new(*party, StatusReason::OutOfArea, None).map(|_| ());
        assert_eq!(bare, if *party == DeclineParty::Provider { missing.clone() } else { Ok(()) });
        let step = Decline::new(*party, StatusReason::OutOfArea, Some(NextStep::TemporaryBed));
        assert_eq!(step.unwrap().next_step(), Some(NextStep::TemporaryBed));
    }
}

#[test]
fn the_clock_ends_nothing_before_its_time_and_everything_unanswered_from_then_on() {
    let referral = referral(Side::Target);
    let just_before = Timestamp::from_millis(RESPOND_BY.as_millis() - 1);
    let early = referral.decide(Command::Expire, just_before);
    assert_eq!(early, Err(refused(Reason::InvalidTransition)));
    assert_eq!(referral.decide(Command::Expire, RESPOND_BY), Ok(Event::Expired));
}

#[test]
fn sys_01_a_late_referral_gives_people_a_whole_response_time() {
    let mut referral = referral(Side::Target);
    let arrival = START.plus(Seconds::days(3));
    referral.arrived(arrival);
    assert_eq!(referral.answer_due, arrival.plus(Seconds::days(1)));
    assert_eq!(referral.request.respond_by, RESPOND_BY, "the promise stays as it was");
    let promised = referral.decide(Command::Expire, arrival);
    assert_eq!(promised, Err(refused(Reason::InvalidTransition)), "not dead on arrival");
}

#[test]
fn sys_01_a_node_that_is_not_reached_sends_people_to_the_telephone() {
    let after = |hours| START.plus(Seconds::hours(hours));
    let mut referral = referral(Side::Source);
    assert!(!referral.must_call_duty_phone(&Delivery::Queued, after(0)));
    assert!(referral.must_call_duty_phone(&Delivery::Queued, after(1)));
    assert!(referral.must_call_duty_phone(&Delivery::Undeliverable, after(1)));
    assert!(!referral.must_call_duty_phone(&Delivery::Delivered, after(1)));
    referral.apply(&Event::Accepted, after(1));
    assert!(!referral.must_call_duty_phone(&Delivery::Queued, after(2)), "it was answered");
}

#[test]
fn a_node_that_refuses_ends_the_mirror_without_a_version() {
    let mut referral = referral(Side::Source);
    referral.refused_by_node(RESPOND_BY);
    assert_eq!(referral.status, Status::Rejected(Decline::by_system()));
    assert_eq!((referral.version, referral.changed_at), (1, RESPOND_BY));
    let late = referral.observe(2, &Event::Accepted, RESPOND_BY);
    assert_eq!(late, Err(refused(Reason::Terminal)));
}
