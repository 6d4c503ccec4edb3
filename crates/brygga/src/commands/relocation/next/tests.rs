use std::collections::BTreeSet;

use brygga_proto::local::v1::{
    RelocationCallBack, RelocationHandover, RelocationOffer, WithheldInsight,
};
use clap::{Command, Subcommand};

use super::super::Action;
use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
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
        (Origin, Stage::Escalated, &["decision", "end"]),
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
