"""A referral that goes on: the target's log as the source sees it, and withdrawals."""

import contract
from answers import accepted, blank, refused
from asking import REQUESTED, ask, asked
from bench import expect_accepted, expect_refused, uuid_v7
from messages import after, progress, request, withdrawal
from suite import case, expect_equal

REFERRAL = contract.referral
INVALID, NOT_FOUND = "SEND_INVALID_FIELD", "SEND_NOT_FOUND"

# --- The node is the source --------------------------------------------------------------


def told(bench, made):
    """Tells the node an event of our log."""
    envelope = made.envelope()
    return bench.deliver(made.sender, envelope)[0], envelope


def refused_event(name: str, rule: str, reason: str, version: int, **event) -> None:
    @case(f"progress.{name}", rule)
    def _(bench):
        referral = ask(bench)
        bench.inbox.wait_for(referral, 1, REQUESTED)
        result, envelope = told(bench, progress(bench, bench.peer, referral, version, **event))
        expect_refused(bench, result, envelope, reason)


ACCEPTED, STARTED = REFERRAL.Accepted(), REFERRAL.Started()
NO_GAPS = "Referral: one that skips a version is refused"
refused_event("that_skips_a_version", NO_GAPS, "SEND_CHAIN_BROKEN", 3, accepted=ACCEPTED)
refused_event("of_version_1", "Referral: the request is version 1", INVALID, 1, accepted=ACCEPTED)
refused_event(
    "that_the_status_does_not_allow",
    "Referral: start from ACCEPTED",
    "SEND_INVALID_TRANSITION",
    2,
    started=STARTED,
)
refused_event(
    "of_no_event",
    "Receiving 14: what is not known is refused so that the sender learns it",
    "REC_NOT_IMPLEMENTED",
    2,
)
refused_event(
    "decline_without_a_next_step",
    "Referral: a next step where the provider declines",
    "SEND_NEXT_STEP_MISSING",
    2,
    declined=REFERRAL.Declined(
        party=REFERRAL.DECLINE_PARTY_PROVIDER, reason=REFERRAL.STATUS_REASON_NO_CAPACITY
    ),
)


@case("progress.by_who_is_not_the_target", "Messages: referral.progressed is target to source")
def _(bench):
    asked(bench)
    made = progress(bench, bench.third, bench.asked, 2, accepted=ACCEPTED)
    result, envelope = told(bench, made)
    expect_refused(bench, result, envelope, NOT_FOUND)


@case("progress.hidden_and_absent_are_the_same_bytes", "Transport: hidden and absent alike")
def _(bench):
    referral = ask(bench)
    hidden = blank(bench, progress(bench, bench.third, referral, 2, accepted=ACCEPTED))
    absent = blank(bench, progress(bench, bench.third, uuid_v7(), 2, accepted=ACCEPTED))
    expect_equal(hidden, absent, "the answer about a referral of others")


@case("progress.by_the_source_itself", "Messages: referral.progressed is target to source")
def _(bench):
    made = request(bench)
    first = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, first)[0], first)
    event = progress(bench, bench.peer, made.header.conversation_id, 2, accepted=ACCEPTED)
    result, envelope = told(bench, after(first, event))
    expect_refused(bench, result, envelope, NOT_FOUND, "SEND_WRONG_ACTOR")


@case("progress.through_a_whole_referral", "Referral: the target's log orders it; final is final")
def _(bench):
    referral = ask(bench)
    bench.inbox.wait_for(referral, 1, REQUESTED)
    unset, housed = REFERRAL.Completed(), REFERRAL.Completed(result=REFERRAL.OUTCOME_RESULT_HOUSED)
    taken_on = REFERRAL.TakenOn(unit="mottagningen")
    taken_on.act_by.GetCurrentTime()
    taken_on.act_by.seconds += 3600
    steps = [
        (2, {"taken_on": taken_on}, None),
        (3, {"accepted": ACCEPTED}, None),
        # An event that the source holds already changes nothing.
        (3, {"accepted": ACCEPTED}, None),
        (4, {"started": STARTED}, None),
        (5, {"completed": unset}, "SEND_OUTCOME_MISSING"),
        (5, {"completed": housed}, None),
        (6, {"started": STARTED}, "SEND_TERMINAL"),
    ]
    before = None
    for version, event, reason in steps:
        made = progress(bench, bench.peer, referral, version, **event)
        result, envelope = told(bench, after(before, made) if before else made)
        if reason:
            expect_refused(bench, result, envelope, reason)
        else:
            expect_accepted(bench, result, envelope)
        before = envelope


# --- The node is the target --------------------------------------------------------------


def begun(bench):
    """A referral that the node holds, and the envelope that began it."""
    made = request(bench)
    envelope = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)
    return made.header.conversation_id, envelope


@case("withdrawal.by_the_source", "Messages: source to target; the target's log decides")
def _(bench):
    referral, first = begun(bench)
    accepted(bench, after(first, withdrawal(bench, bench.peer, referral)), rule="")


@case("withdrawal.a_second_time", "Referral: a second one is refused by the target")
def _(bench):
    referral, first = begun(bench)
    made = after(first, withdrawal(bench, bench.peer, referral))
    second = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, second)[0], second)
    refused(bench, after(second, withdrawal(bench, bench.peer, referral)), "SEND_TERMINAL")


@case("withdrawal.of_a_referral_of_others", "Referral: who is no end learns nothing")
def _(bench):
    referral, _ = begun(bench)
    refused(bench, withdrawal(bench, bench.third, referral), NOT_FOUND)


@case("withdrawal.of_no_referral", "Reasons: SEND_NOT_FOUND")
def _(bench):
    refused(bench, withdrawal(bench, bench.peer, uuid_v7()), NOT_FOUND)


@case("withdrawal.hidden_and_absent_are_the_same_bytes", "Transport: hidden and absent alike")
def _(bench):
    referral, _ = begun(bench)
    hidden = blank(bench, withdrawal(bench, bench.third, referral))
    absent = blank(bench, withdrawal(bench, bench.third, uuid_v7()))
    expect_equal(hidden, absent, "the answer about a referral of others")


@case("withdrawal.without_a_reason", "Receiving 15: StatusReason unset is refused")
def _(bench):
    referral, first = begun(bench)
    made = after(first, withdrawal(bench, bench.peer, referral))
    payload = contract.referral.ReferralWithdrawn(referral_id=referral)
    made.payload = payload.SerializeToString()
    refused(bench, made, INVALID, "payload.reason")
