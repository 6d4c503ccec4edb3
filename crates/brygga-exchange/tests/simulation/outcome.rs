//! What must hold at the end of a run.

use std::collections::{BTreeMap, BTreeSet};

use brygga_domain::agreement::AgreementRecord;
use brygga_domain::referral::{Referral, Side};
use brygga_domain::stop::StillHeld;
use brygga_domain::{ConversationId, OrgId, ReferralId, Seconds, Timestamp};
use brygga_exchange::records::OutboxState;
use brygga_wire::referral::decode_progressed;

use crate::deeds::event;
use crate::endings::{agree, edges, notes, orders, stands_alone, stopped_too_late};
use crate::memory::{Memory, is_dead, is_queued};
use crate::paper::AGREEMENT;
use crate::people::Ask;
use crate::plan::End;
use crate::world::{Acknowledged, World};

/// Threads with a message that was given up for good: a request that was stopped or came too late,
/// and what follows it. Only there may the ends differ.
fn given_up(world: &World) -> BTreeSet<ConversationId> {
    let entries = world.nodes.iter().flat_map(|node| &node.store.outbox);
    entries.filter(|entry| is_dead(entry)).map(|entry| entry.conversation).collect()
}

/// Checks the whole run after it has healed.
pub(crate) fn check(world: &mut World) {
    for node in &world.nodes {
        let (intruder, _) = world.registry.intruder();
        let mut ours = node.store.outbox.iter().filter(|entry| entry.recipient != *intruder);
        let queued = ours.find(|entry| is_queued(entry));
        assert_eq!(queued, None, "a message that never ends");
        assert_eq!(node.store.audit.len(), node.decisions, "leaves of all decisions");
    }
    world.asks.iter().for_each(|ask| acknowledged_request(world, ask));
    world.acknowledged.iter().for_each(|deed| acknowledged_deed(world, deed));
    nothing_twice(world);
    for source in End::BOTH {
        both_ends(world, source);
        orders(world, source);
    }
    notes(world);
    agreements(world);
    remember(world);
}

fn stores(world: &World, source: End) -> (&Memory, &Memory) {
    (&world.nodes[source as usize].store, &world.nodes[source.other() as usize].store)
}

/// What a client was told about is at the source, and at the target or ended with a reason.
fn acknowledged_request(world: &World, ask: &Ask) {
    let (source, target) = stores(world, ask.at);
    let answer = ask.answer.expect("a client that knows nothing after the faults have stopped");
    let made = source.by_idempotency_key(ask.token).map(|(id, _)| id);
    assert_eq!(made, answer.ok(), "what a client was told is not what is stored");
    let Ok(id) = answer else { return };
    let entry = source.entry(source.referrals[&id].request_message).expect("a request's message");
    let referral = source.referral(id).expect("found by its key");
    let at_target = target.referral(id);
    match &entry.state {
        OutboxState::Delivered { refusal: None, .. } => {
            assert!(at_target.is_some(), "an accepted request is gone");
        }
        OutboxState::Delivered { refusal: Some(_), .. } => {
            assert!(at_target.is_none(), "a refused request was begun");
            assert!(referral.status.is_final(), "a refusal was not noticed");
        }
        OutboxState::Dead { .. } => {}
        OutboxState::Queued { .. } => panic!("a request that never ends"),
    }
}

/// What somebody at the target was told is in the log for good.
fn acknowledged_deed(world: &World, told: &Acknowledged) {
    let events = &world.nodes[told.at as usize].store.events;
    let bytes = events.get(&(told.id, told.version)).expect("an acknowledged event is gone");
    let progressed = decode_progressed(bytes).expect("an event that can be read");
    assert_eq!(
        progressed.event.name(),
        event(told.deed),
        "another event under an acknowledged version"
    );
}

/// Each token is at one target at most once, and each log is whole: one event for each version.
fn nothing_twice(world: &World) {
    let mut tokens = BTreeMap::<Vec<u8>, u32>::new();
    for node in &world.nodes {
        for kept in node.store.referrals.values() {
            let Referral { id, version, side, .. } = kept.referral;
            let versions: Vec<u32> = log(&node.store, id).map(|(version, _)| version).collect();
            assert_eq!(versions, (2..=version).collect::<Vec<u32>>(), "a log with a gap");
            let is_stopped = kept.referral.is_stopped;
            assert!(kept.content.is_some() || is_stopped, "content that nobody erased is gone");
            if let (Side::Target, Some(content)) = (side, &kept.content) {
                *tokens.entry(content.ciphertext.clone()).or_default() += 1;
            }
        }
    }
    assert!(tokens.values().all(|count| *count == 1), "a wish had two effects");
}

pub(crate) fn log(store: &Memory, id: ReferralId) -> impl Iterator<Item = (u32, &Vec<u8>)> {
    store.events.range((id, 0)..=(id, u32::MAX)).map(|((_, version), bytes)| (*version, bytes))
}

/// The source mirrors the target to the byte, whatever became of its own messages.
fn both_ends(world: &World, source: End) {
    let given_up = given_up(world);
    let (at_source, at_target) = stores(world, source);
    let targets = at_target.referrals.values().map(|kept| &kept.referral);
    for target in targets.filter(|referral| referral.side == Side::Target) {
        agree(at_source, at_target, target);
        if !given_up.contains(&target.conversation()) {
            same_thread(world, source, target.conversation());
        }
    }
    let sources = at_source.referrals.values().map(|kept| &kept.referral);
    for mirror in sources.filter(|referral| referral.side == Side::Source) {
        if at_target.referral(mirror.id).is_none() {
            stands_alone(at_source, mirror);
        }
    }
    for entry in &at_target.outbox {
        let is_event = entry.message_type == "referral.progressed";
        let is_refused = matches!(entry.state, OutboxState::Delivered { refusal: Some(_), .. });
        assert!(!(is_event && is_refused), "an event was refused: {entry:?}");
    }
}

/// Each end has received what the other has sent.
fn same_thread(world: &World, end: End, conversation: ConversationId) {
    let chain = |end: End| {
        let store = &world.nodes[end as usize].store;
        let peer = world.registry.organisation(end.other());
        store.chain(conversation, peer).unwrap_or_default()
    };
    let (here, there) = (chain(end), chain(end.other()));
    assert_eq!(here.sent_head, there.received_head, "the threads differ");
    assert_eq!(there.sent_head, here.received_head, "the threads differ");
}

/// Both hold the same agreements, signed by the same and ended at the same instant; of a version
/// that both proposed in their own words, neither is ever in force.
fn agreements(world: &World) {
    let thread = ConversationId::from_bytes(*AGREEMENT.as_bytes());
    same_thread(world, End::A, thread);
    let (here, there) = stores(world, End::A);
    let versions = |store: &Memory| store.agreements.keys().copied().collect::<Vec<_>>();
    assert_eq!(versions(here), versions(there), "one knows an agreement that the other does not");
    for (ours, theirs) in here.agreements.values().zip(there.agreements.values()) {
        if ours.terms_digest() != theirs.terms_digest() {
            assert!(ours.signatures().len() < 2 && theirs.signatures().len() < 2);
            continue;
        }
        let signers = |record: &AgreementRecord| -> BTreeSet<OrgId> {
            record.signatures().iter().map(|signature| signature.organisation.clone()).collect()
        };
        assert_eq!(signers(ours), signers(theirs), "one knows a signature that the other does not");
        let ends = [ours.terminated_at(), theirs.terminated_at()];
        assert!(ends[0] == ends[1] || is_told_too_late(ours, ends), "two different ends: {ends:?}");
    }
}

/// Whether one was told that the version ends before it begins when it had begun there: it is closed
/// there just after its beginning, since what has been in force cannot be undone.
fn is_told_too_late(record: &AgreementRecord, ends: [Option<Timestamp>; 2]) -> bool {
    let just_after = record.terms().valid_from.plus(Seconds(1));
    ends.contains(&Some(just_after))
        && ends.iter().all(|end| end.is_some_and(|at| at <= just_after))
}

/// What this run has shown.
fn remember(world: &mut World) {
    let World { nodes, coverage, .. } = world;
    for source in End::BOTH {
        let (here, there) = (&nodes[source as usize].store, &nodes[source.other() as usize].store);
        let ids = here.referrals.values().filter(|kept| kept.referral.side == Side::Source);
        if ids.into_iter().any(|kept| stopped_too_late(here, there, kept.referral.id)) {
            coverage.saw("a request that was stopped had come");
        }
    }
    for node in nodes {
        coverage.add(std::mem::take(&mut node.coverage));
        edges(&node.store, &mut |from, by, to| coverage.taken_by_log(from, by, to));
        for stop in node.store.orders().filter(|stop| stop.side == Side::Target) {
            coverage.saw(match stop.answer.as_ref().map(|answer| &answer.held) {
                Some(StillHeld::Erased) => "stopped: ERASED",
                Some(StillHeld::NothingHeld) => "stopped: NOTHING_HELD",
                Some(StillHeld::RetainedBecause { .. }) => "stopped: RETAINED",
                None => "stopped: WAITS",
            });
        }
        for kept in node.store.referrals.values() {
            coverage.saw(format!("status: {}", kept.referral.status.as_str()));
        }
        for entry in &node.store.outbox {
            match &entry.state {
                OutboxState::Delivered { refusal: Some(reason), .. } => {
                    coverage.refused(&entry.message_type, *reason);
                }
                OutboxState::Dead { reason } => coverage.refused("dead", *reason),
                OutboxState::Delivered { .. } => coverage.saw(entry.message_type.clone()),
                OutboxState::Queued { .. } => {}
            }
        }
    }
}
