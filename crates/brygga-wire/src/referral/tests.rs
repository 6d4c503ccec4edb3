use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::referral::{
    AdviceChannel, AdviceMeans, BusinessStatus, ContactPolicy, Decline, DeclineParty, Escalation,
    NextStep, Outcome, OutcomeResult, ReviewGround, ReviewResult, StatusReason, TakenOn,
};
use brygga_domain::{AgreementId, ConversationId, DisclosureGround, Refusal};
use proptest::prelude::*;

use super::*;
use crate::envelope::SealedInfo;
use crate::samples::{NOW, header, later, parts, referral, referral_id, unit};

mod refused;

fn requested() -> proto::ReferralRequested {
    requested_to_proto(&referral())
}

fn decode(payload: proto::ReferralRequested) -> Result<(ReferralId, RequestParts), Refusal> {
    decode_requested(&payload.encode_to_vec(), &header())
}

fn events() -> Vec<Event> {
    let decline = |party, next_step| Decline::new(party, StatusReason::NoCapacity, next_step);
    let reason = StatusReason::NoLongerNeeded;
    let proposing = decline(DeclineParty::Provider, Some(NextStep::OtherRecipient)).unwrap();
    let proposing = proposing.rerouted_to(crate::samples::kalmar()).unwrap();
    let link = "https://nybro.example/bostad".to_owned();
    let advice = AdviceChannel::new(unit(), AdviceMeans::Web, link).unwrap();
    let (party, step) = (DeclineParty::Provider, Some(NextStep::AdviceMeeting));
    let no_right = StatusReason::NoRightToHousing;
    let advising = Decline::with_advice(party, no_right, step, advice).unwrap();
    let place_type = CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER");
    vec![
        Event::TakenOn(TakenOn { unit: Some(unit()), act_by: later(1) }),
        Event::TakenOn(TakenOn { unit: None, act_by: later(1) }),
        Event::Accepted,
        Event::Declined(decline(DeclineParty::Provider, Some(NextStep::TemporaryBed)).unwrap()),
        Event::Declined(decline(DeclineParty::Client, None).unwrap()),
        Event::Declined(proposing),
        Event::Declined(advising),
        Event::Started,
        Event::Completed(Outcome { result: OutcomeResult::Housed, place_type }),
        Event::Completed(Outcome { result: OutcomeResult::Unknown, place_type: None }),
        Event::CancellationRequested { reason },
        Event::Cancelled { reason },
        Event::Expired,
        Event::PutOnHold { reason },
        Event::Resumed,
        Event::Failed { reason },
        Event::EnteredInError,
        Event::Escalated(Escalation { level: 1, unit: Some(unit()) }),
        Event::Escalated(Escalation { level: 2, unit: None }),
        Event::LoopClosed,
        Event::ReviewRequested { ground: ReviewGround::Danger },
        Event::Reviewed { result: ReviewResult::Overturned },
        Event::BusinessStatusSet(BusinessStatus::Scheduled),
    ]
}

#[test]
fn a_request_comes_back_with_what_the_header_says() {
    let read = decode_requested(&encode_requested(&referral()), &header());
    assert_eq!(read, Ok((referral_id(), parts())));
}

#[test]
fn the_sender_cannot_name_the_rule_that_permits_it() {
    let mut sent = referral();
    sent.grant.rule_id = "remiss-1".to_owned();
    let (_, read) = decode_requested(&encode_requested(&sent), &header()).unwrap();
    assert_eq!(read.grant.rule_id, "");
}

#[test]
fn a_request_with_the_least_comes_back() {
    let mut sent = referral();
    sent.request.host_municipality = None;
    sent.request.home_municipality = None;
    sent.request.source_unit = None;
    sent.request.acute_duty = false;
    sent.grant.consent = None;
    let ground = DisclosureGround::Care26_9;
    let sealed = header().sealed.map(|info| SealedInfo { ground, ..info });
    let under = Header { sealed, ..header() };
    let (_, read) = decode_requested(&encode_requested(&sent), &under).unwrap();
    assert_eq!(read.request, sent.request);
    assert_eq!((read.grant.consent, read.grant.ground), (None, ground));
}

#[test]
fn an_unset_contact_policy_goes_through_the_source() {
    let (_, read) = decode(proto::ReferralRequested { contact_policy: 0, ..requested() }).unwrap();
    assert_eq!(read.request.contact_policy, ContactPolicy::ViaRequester);
}

#[test]
fn every_event_comes_back() {
    for event in events() {
        let read = decode_progressed(&encode_progressed(referral_id(), 2, NOW, &event));
        let sent = Progressed { referral_id: referral_id(), version: 2, occurred_at: NOW, event };
        assert_eq!(read, Ok(sent));
    }
}

#[test]
fn a_withdrawal_comes_back_with_every_reason_but_want_of_a_right() {
    let only_to_decline = Err(Refusal::at(Reason::InvalidField, "payload.reason"));
    for reason in StatusReason::ALL {
        let read = decode_withdrawn(&encode_withdrawn(referral_id(), *reason));
        let is_other = *reason != StatusReason::NoRightToHousing;
        let expected =
            if is_other { Ok((referral_id(), *reason)) } else { only_to_decline.clone() };
        assert_eq!(read, expected);
    }
}

#[test]
fn what_the_source_proposes_comes_back() {
    assert_eq!(decode_acknowledged(&encode_acknowledged(referral_id())), Ok(referral_id()));
    for ground in ReviewGround::ALL {
        let read = decode_review_requested(&encode_review_requested(referral_id(), *ground));
        assert_eq!(read, Ok((referral_id(), *ground)));
    }
}

#[test]
fn a_note_comes_back_and_needs_a_ground_and_its_own_thread() {
    let consent = parts().grant.consent;
    let noted = Noted { referral_id: referral_id(), author_unit: Some(unit()), consent };
    assert_eq!(decode_noted(&encode_noted(&noted), &header()), Ok(noted.clone()));
    let reason = |noted: &Noted, header: &Header| {
        decode_noted(&encode_noted(noted), header).unwrap_err().reason
    };
    let bare = Noted { consent: None, ..noted.clone() };
    assert_eq!(reason(&bare, &header()), Reason::ConsentMissing);
    let clear = Header { sealed: None, ..header() };
    assert_eq!(reason(&noted, &clear), Reason::GroundMissing);
    let elsewhere = Header { conversation: ConversationId::from_bytes([9; 16]), ..header() };
    assert_eq!(reason(&noted, &elsewhere), Reason::InvalidField);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode_requested(&bytes, &header());
        let _ = decode_progressed(&bytes);
        let _ = decode_withdrawn(&bytes);
        let _ = decode_acknowledged(&bytes);
        let _ = decode_review_requested(&bytes);
        let _ = decode_noted(&bytes, &header());
        let _ = crate::stop::decode_stop_requested(&bytes, &header());
        let _ = crate::stop::decode_stopped(&bytes, &header());
    }

    #[test]
    fn a_damaged_payload_never_panics(at in 0_usize..200, bit in 0_u32..8, which in 0_usize..11) {
        let mut request = encode_requested(&referral());
        let mut progress = encode_progressed(referral_id(), 2, NOW, &events()[which]);
        for bytes in [&mut request, &mut progress] {
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
        }
        let _ = decode_requested(&request, &header());
        let _ = decode_progressed(&progress);
    }
}
