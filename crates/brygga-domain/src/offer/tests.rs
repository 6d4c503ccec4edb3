use super::*;
use crate::code::SERVICE_TYPE;
use crate::referral::{Grant, Referral, Request, RequestParts, Side};
use crate::{Refusal, Seconds};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const REFERRAL: ReferralId = ReferralId::from_bytes([7; 16]);
const AGREEMENT: AgreementId = AgreementId::from_bytes([2; 16]);

fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

fn unit(text: &str) -> UnitId {
    UnitId::parse(text).unwrap()
}

fn asked() -> OpenRequest {
    OpenRequest {
        priority: Priority::Routine,
        subject: SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
        host_municipality: Some(org("kommun:0880")),
        home_municipality: None,
        acute_duty: false,
        source_unit: None,
        about_child: false,
        claim_by: NOW.plus(Seconds::hours(4)),
    }
}

fn claim() -> Claim {
    Claim { by: org("kommun:0881"), unit: None, at: NOW }
}

fn offer(state: OfferState) -> Offer {
    Offer {
        id: OfferId::from_bytes([1; 16]),
        asked: asked(),
        basis: OfferBasis {
            agreement_id: AGREEMENT,
            agreement_version: 1,
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
            data_categories: vec![DataCategory::Identity],
            third_persons: Vec::new(),
            consent_id: Some(ConsentId::from_bytes([3; 16])),
            contact_policy: ContactPolicy::ViaRequester,
            part_of: None,
            affirmations: Vec::new(),
        },
        made_by: "anna".to_owned(),
        made_at: NOW,
        parties: vec![org("kommun:0881"), org("kommun:0885")],
        state,
        revision: 1,
    }
}

fn states() -> [OfferState; 5] {
    [
        OfferState::Open,
        OfferState::Claiming(claim()),
        OfferState::Claimed { claim: claim(), referral_id: REFERRAL },
        OfferState::Withdrawn,
        OfferState::Expired,
    ]
}

/// What each step does in each state: the code of the state after it, or of the refusal.
#[test]
fn only_an_open_offer_is_claimed_withdrawn_or_expired_and_what_is_final_stays() {
    let wanted = [
        ("OPEN", ["CLAIMING", "WITHDRAWN", "EXPIRED", "SEND_INVALID_TRANSITION", "WITHDRAWN"]),
        ("CLAIMING", ["SEND_TERMINAL", "SEND_TERMINAL", "SEND_TERMINAL", "CLAIMED", "WITHDRAWN"]),
        (
            "CLAIMED",
            [
                "SEND_TERMINAL",
                "SEND_TERMINAL",
                "SEND_TERMINAL",
                "SEND_INVALID_TRANSITION",
                "CLAIMED",
            ],
        ),
        (
            "WITHDRAWN",
            [
                "SEND_TERMINAL",
                "SEND_TERMINAL",
                "SEND_TERMINAL",
                "SEND_INVALID_TRANSITION",
                "WITHDRAWN",
            ],
        ),
        (
            "EXPIRED",
            [
                "SEND_TERMINAL",
                "SEND_TERMINAL",
                "SEND_TERMINAL",
                "SEND_INVALID_TRANSITION",
                "EXPIRED",
            ],
        ),
    ];
    type Step = fn(&mut Offer) -> Result<(), Refusal>;
    let steps: [Step; 5] = [
        |offer| offer.check_claim(&org("kommun:0885"), NOW).map(|()| offer.claim(claim())),
        Offer::withdraw,
        |offer| offer.expire(offer.asked.claim_by),
        |offer| offer.fulfil(REFERRAL),
        |offer| {
            offer.lose_ground();
            Ok(())
        },
    ];
    for (state, (name, row)) in states().into_iter().zip(wanted) {
        assert_eq!(state.as_str(), name);
        for (step, wanted) in steps.iter().zip(row) {
            let mut offer = offer(state.clone());
            let found = match step(&mut offer) {
                Ok(()) => offer.state.as_str(),
                Err(refusal) => refusal.reason.as_str(),
            };
            assert_eq!(found, wanted, "{name}");
            assert_eq!(offer.revision > 1, offer.state != state, "each change counts: {name}");
        }
    }
}

#[test]
fn a_stranger_learns_nothing_and_a_late_claim_is_too_late() {
    let open = offer(OfferState::Open);
    let party = org("kommun:0881");
    for state in states() {
        let refusal = offer(state).check_claim(&org("kommun:0882"), NOW).unwrap_err();
        assert_eq!(refusal, Refusal::new(Reason::NotFound));
    }
    let last = Timestamp::from_millis(open.asked.claim_by.as_millis() - 1);
    assert_eq!(open.check_claim(&party, last), Ok(()));
    let late = open.check_claim(&party, open.asked.claim_by).unwrap_err();
    assert_eq!(late.reason, Reason::Terminal);
    let mut open = open;
    assert_eq!(open.expire(last).unwrap_err().reason, Reason::InvalidTransition);
    open.turn_away(&party);
    assert_eq!(open.check_claim(&party, NOW).unwrap_err().reason, Reason::NotFound);
    assert_eq!(open.check_claim(&org("kommun:0885"), NOW), Ok(()));
}

#[test]
fn each_party_is_told_its_own_end() {
    let ends = states().map(|state| {
        let offer = offer(state);
        [offer.end_for(&org("kommun:0881")), offer.end_for(&org("kommun:0885"))]
    });
    let wanted = [
        [None, None],
        [None, None],
        [Some(OfferEnd::ClaimedByYou), Some(OfferEnd::ClaimedByAnother)],
        [Some(OfferEnd::Withdrawn); 2],
        [Some(OfferEnd::Expired); 2],
    ];
    assert_eq!(ends, wanted);
}

fn received() -> ReceivedOffer {
    ReceivedOffer {
        id: OfferId::from_bytes([1; 16]),
        source: org("kommun:0880"),
        asked: asked(),
        agreement_id: AGREEMENT,
        agreement_version: 1,
        units: vec![unit("mobila-teamet")],
        received_at: NOW,
        claim: None,
        end: None,
        referral_id: None,
        revision: 1,
    }
}

fn promise(of: Option<&str>) -> OwnClaim {
    OwnClaim { unit: of.map(unit), by: "bo".to_owned(), at: NOW }
}

#[test]
fn a_party_promises_once_for_a_function_that_may() {
    let mut held = received();
    for of in [None, Some("socialjouren")] {
        assert_eq!(held.claim(promise(of)).unwrap_err().reason, Reason::ConsentScope);
    }
    assert_eq!(held.claim(promise(Some("mobila-teamet"))), Ok(true));
    assert_eq!(held.claim(promise(Some("mobila-teamet"))), Ok(false), "again it changes nothing");
    assert_eq!(held.claim(promise(None)).unwrap_err().reason, Reason::InvalidTransition);
    let mut late = received();
    late.asked.claim_by = NOW;
    assert_eq!(late.claim(promise(Some("mobila-teamet"))).unwrap_err().reason, Reason::Terminal);
    let mut closed = received();
    closed.close(OfferEnd::Withdrawn, NOW);
    closed.close(OfferEnd::ClaimedByYou, NOW);
    assert_eq!(closed.end, Some((OfferEnd::Withdrawn, NOW)), "the first end counts");
    assert_eq!(closed.claim(promise(Some("mobila-teamet"))).unwrap_err().reason, Reason::Terminal);
}

fn answer() -> Referral {
    let asked = asked();
    let parts = RequestParts {
        source: org("kommun:0880"),
        target: org("kommun:0881"),
        target_unit: Some(unit("mobila-teamet")),
        request: Request {
            priority: asked.priority,
            subject: asked.subject,
            service_type: asked.service_type,
            host_municipality: asked.host_municipality,
            home_municipality: asked.home_municipality,
            acute_duty: asked.acute_duty,
            source_unit: asked.source_unit,
            respond_by: NOW,
            contact_policy: ContactPolicy::ViaRequester,
            recipient_chosen_by_person: false,
            about_child: asked.about_child,
            part_of: None,
            offer: Some(OfferId::from_bytes([1; 16])),
            take_on_by: NOW,
        },
        grant: Grant {
            agreement_id: AGREEMENT,
            agreement_version: 2,
            rule_id: String::new(),
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
            data_categories: Vec::new(),
            consent: None,
            eligibility: None,
            counts_since: None,
        },
    };
    Referral::requested(REFERRAL, Side::Target, parts, NOW)
}

#[test]
fn only_the_referral_that_was_promised_is_accepted_by_itself_and_only_once() {
    let claimed = || {
        let mut held = received();
        held.claim(promise(Some("mobila-teamet"))).unwrap();
        held
    };
    let refused = |held: &mut ReceivedOffer, change: fn(&mut Referral)| {
        let mut referral = answer();
        change(&mut referral);
        held.answered_by(&referral).unwrap_err().reason
    };
    assert_eq!(refused(&mut received(), |_| ()), Reason::NotFound, "nobody promised");
    let mut lost = claimed();
    lost.close(OfferEnd::ClaimedByAnother, NOW);
    assert!(lost.is_claim_lost());
    assert_eq!(refused(&mut lost, |_| ()), Reason::NotFound, "somebody else got it");
    let stranger: fn(&mut Referral) = |it| it.source = org("kommun:0885");
    assert_eq!(refused(&mut claimed(), stranger), Reason::NotFound);
    let changes: [fn(&mut Referral); 6] = [
        |it| it.request.priority = Priority::Urgent,
        |it| it.request.about_child = true,
        |it| it.request.service_type = CodedTerm::known(SERVICE_TYPE, "LONG_TERM_HELP").unwrap(),
        |it| it.request.host_municipality = None,
        |it| it.target_unit = None,
        |it| it.grant.agreement_id = AgreementId::from_bytes([9; 16]),
    ];
    for change in changes {
        assert_eq!(refused(&mut claimed(), change), Reason::IdempotencyMismatch);
    }
    let mut held = claimed();
    held.close(OfferEnd::ClaimedByYou, NOW);
    assert_eq!(held.answered_by(&answer()), Ok(promise(Some("mobila-teamet"))));
    assert_eq!(refused(&mut held, |_| ()), Reason::IdempotencyMismatch, "a second one");
}
