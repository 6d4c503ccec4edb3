use std::collections::BTreeSet;

use brygga_domain::relocation as domain;
use brygga_domain::{AgreementId, EnquiryId, OfficerId, OrgId, RelocationId, Sensitive};
use brygga_proto::local::v1::{
    RelocationCallBack, RelocationHandover, RelocationOffer, WithheldInsight,
};
use clap::{Command, Subcommand};

use super::super::Action;
use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const LATER: Timestamp = Timestamp::from_millis(1_767_225_600_001);
const EARLIER: prost_types::Timestamp = prost_types::Timestamp { seconds: 1_767_225_599, nanos: 0 };

fn case(side: Side, stage: Stage) -> Relocation {
    Relocation {
        relocation_id: vec![4; 16],
        side: side.as_str().to_owned(),
        stage: stage.as_str().to_owned(),
        ..Relocation::default()
    }
}

/// The commands of the steps, each without the case's id and what follows.
fn verbs(case: &Relocation) -> Vec<String> {
    let steps = steps(case, NOW);
    let commands = steps.into_iter().filter_map(|step| step.command);
    commands.filter_map(|command| command.split(' ').next().map(str::to_owned)).collect()
}

#[test]
fn each_state_names_what_is_next() {
    use {Side::Destination, Side::Origin};
    let expected: &[(Side, Stage, &[&str])] = &[
        (Origin, Stage::Assessed, &["enquire", "end"]),
        (Origin, Stage::Enquired, &["show", "enquire", "end"]),
        (Origin, Stage::Selected, &["examine", "call-back", "prepare", "select", "end"]),
        (Origin, Stage::Disclosed, &["show", "end"]),
        (Origin, Stage::Refused, &["select", "end"]),
        (Origin, Stage::Escalated, &["decision-came", "decision", "end"]),
        (Origin, Stage::Accepted, &["hand-over", "show", "end"]),
        (Origin, Stage::HandingOver, &["hand-over", "show", "end"]),
        (Origin, Stage::Moved, &["show", "end"]),
        (Origin, Stage::FollowedUp, &["show", "end"]),
        (Origin, Stage::Closed, &["purge"]),
        (Destination, Stage::Offered, &["show", "end"]),
        (Destination, Stage::Arrived, &["open-disclosure", "end"]),
        (Destination, Stage::Opened, &["position", "end"]),
        (Destination, Stage::Refused, &["end"]),
        (Destination, Stage::Accepted, &["moved", "end"]),
        (Destination, Stage::HandingOver, &["moved", "end"]),
        (Destination, Stage::Moved, &["follow-up", "close", "end"]),
        (Destination, Stage::FollowedUp, &["close", "end"]),
        (Destination, Stage::Withdrawn, &["purge"]),
        (Destination, Stage::Aborted, &["purge"]),
    ];
    for (side, stage, wanted) in expected {
        assert_eq!(verbs(&case(*side, *stage)), *wanted, "{side:?} {stage:?}");
    }
}

#[test]
fn every_command_that_is_named_exists() {
    let known = Action::augment_subcommands(Command::new("relocation"));
    let known: BTreeSet<_> = known.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for side in Side::ALL {
        for stage in Stage::ALL {
            for verb in verbs(&case(*side, *stage)) {
                assert!(known.contains(&verb), "{verb}");
            }
        }
    }
}

#[test]
fn the_release_comes_last_and_is_another_officers() {
    let mut selected = case(Side::Origin, Stage::Selected);
    selected.secrecy_basis = SecrecyBasis::Osl213.into();
    assert_eq!(verbs(&selected)[..2], ["call-back", "prepare"]);
    selected.call_back = Some(RelocationCallBack::default());
    assert_eq!(verbs(&selected)[0], "prepare");
    selected.prepared_by = vec![8; 16];
    let release = &steps(&selected, NOW)[0];
    assert!(release.command.as_ref().is_some_and(|command| command.starts_with("release ")));
    assert_eq!(release.not_by, Some(show(&[8; 16])));
}

#[test]
fn the_second_share_is_another_officers() {
    let mut arrived = case(Side::Destination, Stage::Arrived);
    assert_eq!(steps(&arrived, NOW)[0].not_by, None);
    arrived.share_by = vec![1; 16];
    assert_eq!(steps(&arrived, NOW)[0].not_by, Some(show(&[1; 16])));
}

#[test]
fn offers_are_chosen_from_and_a_transfer_goes_to_ivo() {
    let mut enquired = case(Side::Origin, Stage::Enquired);
    enquired.offers = vec![RelocationOffer::default()];
    assert_eq!(verbs(&enquired), ["select", "enquire", "end"]);
    let mut disclosed = case(Side::Origin, Stage::Disclosed);
    disclosed.route = RelocationRoute::Transfer2910.into();
    assert_eq!(verbs(&disclosed), ["show", "end"], "no clock runs before it is opened");
    disclosed.opened_at = Some(EARLIER);
    assert_eq!(verbs(&disclosed), ["show", "escalate", "assist", "end"]);
    let mut refused = case(Side::Origin, Stage::Refused);
    refused.route = RelocationRoute::Transfer2910.into();
    assert_eq!(verbs(&refused), ["select", "escalate", "end"]);
}

#[test]
fn a_decision_of_ivo_is_recorded_at_both_ends_of_a_transfer() {
    let mut escalated = case(Side::Origin, Stage::Escalated);
    escalated.decided_at = Some(EARLIER);
    assert_eq!(verbs(&escalated), ["decision", "end"]);
    for (stage, wanted) in [
        (Stage::Opened, &["position", "decision", "end"][..]),
        (Stage::Refused, &["decision", "end"]),
    ] {
        let mut destination = case(Side::Destination, stage);
        destination.route = RelocationRoute::Transfer2910.into();
        assert_eq!(verbs(&destination), wanted);
    }
}

#[test]
fn a_refused_application_tells_of_the_appeal() {
    let mut refused = case(Side::Destination, Stage::Refused);
    assert!(!steps(&refused, NOW).iter().any(|step| step.what == Text::NextAppeal));
    refused.route = RelocationRoute::Application297.into();
    let appeal = &steps(&refused, NOW)[0];
    assert_eq!((appeal.what, appeal.command.clone()), (Text::NextAppeal, None));
    assert_eq!(appeal.lines(Language::Sv).len(), 1);
}

#[test]
fn what_is_handed_over_is_named_at_both_ends() {
    let given = RelocationHandover {
        item: HandoverItem::SafetyPlan.into(),
        given_at: Some(EARLIER),
        received_at: None,
    };
    let mut origin = case(Side::Origin, Stage::HandingOver);
    origin.handover = vec![given];
    let left = steps(&origin, NOW)[0].command.clone().unwrap();
    assert!(left.contains("MEETING|NEEDS_INVENTORY|ONGOING_MEASURES"), "{left}");
    let mut destination = case(Side::Destination, Stage::HandingOver);
    destination.handover = vec![given];
    let receive = steps(&destination, NOW)[0].command.clone().unwrap();
    assert!(receive.starts_with("receive ") && receive.ends_with(" --item SAFETY_PLAN"));
    destination.handover[0].received_at = Some(EARLIER);
    assert_eq!(verbs(&destination), ["moved", "end"]);
}

#[test]
fn a_review_is_named_once_it_is_due() {
    let mut assessed = case(Side::Origin, Stage::Assessed);
    let due = |seconds| prost_types::Timestamp { seconds, nanos: 0 };
    let withheld =
        |seconds| WithheldInsight { review_due: Some(due(seconds)), ..WithheldInsight::default() };
    assessed.withheld = vec![withheld(1_767_225_601), withheld(1_767_225_600)];
    let review = steps(&assessed, NOW)[1].command.clone().unwrap();
    assert!(review.starts_with("review-withheld ") && review.contains("--number 2 "), "{review}");
    assert_eq!(verbs(&assessed), ["enquire", "review-withheld", "end"]);
}

/// A case of the domain in a state, with everything there that an act asks for besides the state.
fn domain_case(side: Side, stage: Stage) -> domain::Relocation {
    let need = domain::BlindNeedDraft {
        adults: 1,
        children: Vec::new(),
        wheelchair: false,
        animals: false,
        languages: Vec::new(),
        housing: domain::HousingKind::Dwelling,
        support: domain::SupportLevel::None,
        earliest: domain::Earliest::Now,
    };
    let (id, agreement) = (RelocationId::from_bytes([4; 16]), AgreementId::from_bytes([5; 16]));
    let mut case = domain::Relocation::restored(id, side, agreement, need.check().unwrap());
    let officer = |id| domain::NamedOfficer {
        id: OfficerId::from_bytes([id; 16]),
        name: Sensitive::new("Tolvan".to_owned()),
        phone: Sensitive::new("0480-000 00".to_owned()),
        key: [8; 32],
    };
    case.offers = vec![domain::Offer {
        organisation: Sensitive::new(OrgId::parse("kommun:1480").unwrap()),
        officers: [officer(1), officer(2)],
        content: domain::OfferDraft {
            housing: domain::HousingKind::Dwelling,
            support: domain::SupportLevel::None,
            earliest: domain::Earliest::Now,
        },
        mailbox: [1; 32],
        until: LATER,
    }];
    let (item, given_at) = (domain::HandoverItem::SafetyPlan, NOW);
    case.handover = vec![domain::HandoverEntry { item, given_at, received_at: None }];
    (case.stage, case.selected, case.opened_at) = (stage, Some(0), Some(NOW));
    (case.route, case.secrecy_basis) =
        (Some(domain::Route::Transfer), Some(domain::SecrecyBasis::Osl21_3));
    case
}

/// Whether the domain lets an officer do what a command asks for.
fn is_allowed(mut case: domain::Relocation, verb: &str) -> bool {
    let (one, other) = (OfficerId::from_bytes([1; 16]), OfficerId::from_bytes([2; 16]));
    let content = || domain::Content::new(b"Tolvan".to_vec());
    let text = || Sensitive::new("Elvan".to_owned());
    let call = || domain::CallBack { by: one, spoke_with: text(), at: NOW };
    let enquiry = || domain::Enquiry {
        id: EnquiryId::from_bytes([7; 16]),
        reply_key: Sensitive::new([1; 32]),
        mailbox: [2; 32],
        until: LATER,
    };
    match verb {
        "enquire" => case.enquire(enquiry(), 5, 5).is_ok(),
        "select" => case.select(0, NOW).is_ok(),
        "call-back" => case.called_back(call()).is_ok(),
        "prepare" => case.prepare(one, content()).is_ok(),
        "release" => {
            case.called_back(call()).is_ok()
                && case.prepare(one, content()).is_ok()
                && case.release(other, NOW).is_ok()
        }
        "open-disclosure" => case.open(one, other, content(), NOW).is_ok(),
        "position" => case.take_position(domain::Position::Accepted, NOW).is_ok(),
        "assist" => case.assist(text()).is_ok(),
        "hand-over" => case.hand_over(domain::HandoverItem::Meeting, NOW).is_ok(),
        "receive" => case.receive(domain::HandoverItem::SafetyPlan, NOW).is_ok(),
        "moved" => case.moved(NOW).is_ok(),
        "follow-up" => case.followed_up(NOW).is_ok(),
        "close" => case.close(NOW).is_ok(),
        "escalate" => case.escalate(NOW, NOW).is_ok(),
        "decision-came" => case.decision_received(NOW, NOW).is_ok(),
        "decision" if case.side == Side::Destination => case.take_over_decided(NOW).is_ok(),
        "decision" => case.ivo_decided(true).is_ok(),
        "purge" => case.stage.is_over(),
        "end" => !case.stage.is_over(),
        "show" | "examine" => true,
        other => panic!("{other} is not asked for here"),
    }
}

/// The states of each side, as the diagram of docs/RELOCATION.md has them.
fn is_of(side: Side, stage: Stage) -> bool {
    match stage {
        Stage::Assessed
        | Stage::Enquired
        | Stage::Selected
        | Stage::Disclosed
        | Stage::Escalated => side == Side::Origin,
        Stage::Offered | Stage::Arrived | Stage::Opened => side == Side::Destination,
        _ => true,
    }
}

#[test]
fn what_is_named_is_allowed_by_the_domain() {
    let mut compared = 0;
    for (side, stage) in
        Side::ALL.iter().flat_map(|side| Stage::ALL.iter().map(move |it| (*side, *it)))
    {
        if !is_of(side, stage) {
            continue;
        }
        let mut shown = case(side, stage);
        shown.route = RelocationRoute::Transfer2910.into();
        shown.offers = vec![RelocationOffer::default()];
        shown.opened_at = Some(EARLIER);
        let mut ready = shown.clone();
        ready.secrecy_basis = SecrecyBasis::Osl213.into();
        (ready.call_back, ready.prepared_by) = (Some(RelocationCallBack::default()), vec![8; 16]);
        ready.handover = vec![RelocationHandover {
            item: HandoverItem::SafetyPlan.into(),
            given_at: Some(EARLIER),
            received_at: None,
        }];
        for verb in verbs(&shown).into_iter().chain(verbs(&ready)) {
            assert!(is_allowed(domain_case(side, stage), &verb), "{side:?} {stage:?} {verb}");
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared}");
}
