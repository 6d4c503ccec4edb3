//! Where the two ends stand when everything has come to its end: at the same place, or both stopped.

use brygga_domain::ReferralId;
use brygga_domain::referral::{Event, Referral, Side, Status, StatusReason};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopReason};
use brygga_exchange::records::{OutboxEntry, OutboxState};
use brygga_wire::envelope::MessageType;
use brygga_wire::receipt::{Receipt, Verdict};
use brygga_wire::referral::decode_progressed;

use crate::memory::{Memory, is_dead};
use crate::outcome::log;
use crate::plan::End;
use crate::rows::{carries_note, has_content};
use crate::world::World;

/// The source mirrors the target to the byte, whatever became of its own messages.
pub(crate) fn agree(source: &Memory, target: &Memory, theirs: &Referral) {
    let mirror = source.referral(theirs.id).expect("a target without its source");
    assert_eq!(mirror.is_stopped, theirs.is_stopped, "one has stopped and the other has not");
    if lost_its_thread(target, theirs.id) {
        let mut prefix = log(source, theirs.id).zip(log(target, theirs.id));
        assert!(prefix.all(|(here, there)| here == there), "two different logs");
        assert!(mirror.is_stopped, "the ends differ although the work goes on");
        return;
    }
    assert!(log(source, theirs.id).eq(log(target, theirs.id)), "two different logs");
    let shown = |referral: &Referral| Referral {
        side: Side::Source,
        answer_due: theirs.answer_due,
        take_on_due: theirs.take_on_due,
        loop_closed_at: None,
        ..referral.clone()
    };
    assert_eq!(shown(mirror), shown(theirs), "the ends differ");
    // Where processing has stopped, the source closes the loop by itself.
    let closes_alone = mirror.is_stopped && theirs.loop_closed_at.is_none();
    let is_same = mirror.loop_closed_at == theirs.loop_closed_at;
    assert!(is_same || closes_alone || closed_twice(mirror, theirs), "two ends of the loop");
}

/// Whether the source had closed the loop by itself before the target told that it was closed.
fn closed_twice(mirror: &Referral, theirs: &Referral) -> bool {
    mirror.is_stopped && mirror.loop_closed_at.is_some() && theirs.loop_closed_at.is_some()
}

/// Whether the target erased a note of its own that waited: what follows it in its thread never comes.
/// Only where it was ordered to stop.
fn lost_its_thread(target: &Memory, id: ReferralId) -> bool {
    let thread = target.thread(id);
    let mut notes = thread.iter().filter(|entry| carries_note(entry));
    notes.any(|entry| is_dead(entry) && entry.is_erased())
}

/// A referral that its target never held: refused there, stopped on the way, or never delivered.
pub(crate) fn stands_alone(source: &Memory, mirror: &Referral) {
    let untouched = (mirror.version, &mirror.taken_on, &mirror.escalation, mirror.review);
    assert_eq!(untouched, (1, &None, &None, None), "an event without a target");
    let is_own =
        |stop: &&ProcessingStop| stop.side == Side::Source && stop.referral_id == mirror.id;
    let orders: Vec<&ProcessingStop> = source.orders().filter(is_own).collect();
    assert_eq!(mirror.is_stopped, !orders.is_empty(), "an order that stops nothing");
    let is_mistake = orders.iter().any(|stop| stop.reason == StopReason::EnteredInError);
    let request = source.entry(source.referrals[&mirror.id].request_message).expect("its message");
    let is_refused = matches!(request.state, OutboxState::Delivered { refusal: Some(_), .. });
    let withdrawn = StatusReason::ConsentWithdrawn;
    let fits = match &mirror.status {
        Status::EnteredInError => is_mistake,
        Status::Cancelled { reason } => *reason == withdrawn && !orders.is_empty() && !is_mistake,
        Status::Rejected(_) => is_refused && !is_mistake,
        Status::Requested => orders.is_empty() && is_dead(request),
        _ => false,
    };
    assert!(fits, "a source alone in {}: {:?}", mirror.status.as_str(), request.state);
}

/// Every order to stop has exactly one answer, the same at both ends, and after one that says that
/// nothing is held there is nothing.
pub(crate) fn orders(world: &World, source: End) {
    let (here, there) =
        (&world.nodes[source as usize].store, &world.nodes[source.other() as usize].store);
    for stored in here.stops.values().filter(|stored| stored.stop.side == Side::Source) {
        let stop = &stored.stop;
        let answer = stop.answer.as_ref().expect("an order without an answer");
        let theirs = there.stops.get(&stop.id).map(|stored| &stored.stop);
        assert_eq!(theirs.and_then(|stop| stop.answer.as_ref()), Some(answer), "two answers");
        let told: Vec<_> =
            there.outbox.iter().filter(|entry| entry.conversation == stop.conversation()).collect();
        let [told] = &told[..] else { panic!("an order is answered by one message") };
        assert_eq!(told.message_type, MessageType::ProcessingStopped.as_str());
        assert_eq!(stored.evidence.as_ref(), Some(&told.envelope), "other evidence than was sent");
        let id = stop.referral_id;
        match answer.held {
            StillHeld::Erased => {
                assert!(!there.holds_content(id), "something is held that was said to be erased");
            }
            StillHeld::NothingHeld => {
                assert!(there.referral(id).is_none(), "something is held that never came");
                assert!(!there.thread(id).iter().any(has_content));
            }
            StillHeld::RetainedBecause { .. } => {}
        }
        let is_stopped = |store: &Memory| store.referral(id).is_none_or(|held| held.is_stopped);
        assert!(is_stopped(here) && is_stopped(there), "an order that stops nothing");
    }
    let peer = world.registry.organisation(source);
    let is_theirs = |stop: &&ProcessingStop| stop.side == Side::Target && stop.peer == *peer;
    for stop in there.orders().filter(is_theirs) {
        assert!(here.stops.contains_key(&stop.id), "an order that nobody gave");
    }
}

/// Whether only the cover of a message was taken: nothing permitted it.
fn was_covered(world: &World, letter: &OutboxEntry) -> bool {
    let OutboxState::Delivered { receipt, .. } = &letter.state else { return false };
    let receipt = Receipt::decode(receipt).expect("a receipt that can be read");
    let key = world.registry.key(&letter.recipient, receipt.key_id()).expect("the peer's key");
    let statement = receipt.verify(&key).expect("the peer's signature");
    matches!(statement.verdict, Verdict::Accepted { rule_id } if rule_id.is_empty())
}

/// A note that its writer was told is kept is at the other end too, unless it came too late there or
/// its content was taken back on its way.
pub(crate) fn notes(world: &World) {
    for (at, id) in &world.notes {
        let (here, there) =
            (&world.nodes[*at as usize].store, &world.nodes[at.other() as usize].store);
        assert!(here.notes[id].is_own, "a note that is not its writer's");
        let letter = here.entry(*id).expect("a note has its message");
        let is_taken = matches!(letter.state, OutboxState::Delivered { refusal: None, .. });
        let is_covered = is_taken && was_covered(world, letter);
        let is_stopped = here.referral(here.notes[id].referral_id).is_some_and(|r| r.is_stopped);
        match there.notes.get(id) {
            Some(note) => assert!(!note.is_own && note.referral_id == here.notes[id].referral_id),
            None => assert!(!is_taken || is_covered, "a note that was taken is gone"),
        }
        let is_given_up = matches!(letter.state, OutboxState::Delivered { refusal: Some(_), .. });
        assert!(is_taken || is_given_up || is_dead(letter) || is_stopped, "a note that never ends");
    }
}

/// Which edges of the machine the logs of a node took.
pub(crate) fn edges(store: &Memory, take: &mut dyn FnMut(&str, &'static str, &str)) {
    for kept in store.referrals.values().filter(|kept| kept.referral.side == Side::Target) {
        let mut replayed =
            Referral { status: Status::Requested, version: 1, ..kept.referral.clone() };
        for (_, bytes) in log(store, replayed.id) {
            let progressed = decode_progressed(bytes).expect("an event that can be read");
            let from = replayed.status.as_str();
            replayed.apply(&progressed.event, progressed.occurred_at);
            take(from, command_of(&progressed.event, from), replayed.status.as_str());
        }
        assert_eq!(replayed.status, kept.referral.status, "a log that tells another story");
        assert_eq!(replayed.version, kept.referral.version, "a log that tells another story");
    }
}

/// What brought an event about, as the guide calls it.
fn command_of(event: &Event, from: &str) -> &'static str {
    match event {
        Event::TakenOn(_) => "take_on",
        Event::Accepted => "accept",
        Event::Declined(decline) if decline.proposal().is_some() => "reroute",
        Event::Declined(_) => "decline",
        Event::Started => "start",
        Event::Completed(_) => "complete",
        Event::CancellationRequested { .. } => "withdraw",
        Event::Cancelled { reason: StatusReason::ConsentWithdrawn } => "stop",
        Event::Cancelled { .. } if from == "REQUESTED" => "withdraw",
        Event::Cancelled { .. } => "confirm_cancellation",
        Event::Expired => "expire",
        Event::PutOnHold { .. } => "put_on_hold",
        Event::Resumed => "resume",
        Event::Failed { .. } => "fail",
        Event::EnteredInError => "mark_in_error",
        Event::Escalated(_) => "escalate",
        Event::LoopClosed => "acknowledge",
        Event::ReviewRequested { .. } => "request_review",
        Event::Reviewed { .. } => "review",
        Event::BusinessStatusSet(_) => "set_business_status",
    }
}

/// Whether a request was stopped in the queue that had come to its target all the same.
pub(crate) fn stopped_too_late(source: &Memory, target: &Memory, id: ReferralId) -> bool {
    let request = source.entry(source.referrals[&id].request_message);
    request.is_some_and(is_dead)
        && source.orders().any(|stop| stop.side == Side::Source && stop.referral_id == id)
        && target.referral(id).is_some()
}
