"""Order, time, and what this version does not understand."""

import crypto
from bench import expect_accepted, expect_failure, expect_refused, now_ms, random_id
from identities import Identity
from messages import DAY_MS, REFERRAL, Draft, after, draft, proposal, request, withdrawal
from suite import Failed, case, expect_equal

BROKEN, EARLY = "SEND_CHAIN_BROKEN", "SEND_OUTSIDE_VALIDITY"
UNKNOWN = "REC_NOT_IMPLEMENTED"
MINUTE_MS = 60_000


def sent(bench, sender: Identity, made: Draft):
    """An envelope that the node has stored."""
    envelope = made.envelope()
    bench.receipt(bench.deliver(sender, envelope)[0], envelope)
    return envelope


def fact(bench, thread: bytes) -> Draft:
    """A message that the node stores and does not know what to do with."""
    return draft(bench, bench.peer, "conformance.fact", thread, b"")


def expect_broken(bench, made: Draft) -> None:
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, BROKEN, "header.previous_hash", retryable=True)


@case("thread.first_message_names_a_previous_one", "Order: previous_hash is empty in the first")
def _(bench):
    expect_broken(bench, fact(bench, random_id()).set(previous_hash=bytes(32)))


@case("thread.second_message_names_none", "Order: previous_hash is the last stored header")
def _(bench):
    thread = random_id()
    sent(bench, bench.peer, fact(bench, thread))
    expect_broken(bench, fact(bench, thread))


@case("thread.gap_is_waited_for", "Order: a gap is waited for, and nothing is skipped unseen")
def _(bench):
    thread = random_id()
    first = sent(bench, bench.peer, fact(bench, thread))
    second = after(first, fact(bench, thread)).envelope()
    third = after(second, fact(bench, thread))
    expect_broken(bench, third)
    bench.receipt(bench.deliver(bench.peer, second)[0], second)
    sent(bench, bench.peer, third)


@case("thread.fork_is_refused", "Order: only after the last header that is stored")
def _(bench):
    thread = random_id()
    first = sent(bench, bench.peer, fact(bench, thread))
    sent(bench, bench.peer, after(first, fact(bench, thread)))
    expect_broken(bench, after(first, fact(bench, thread)))


@case("thread.fork_at_the_same_time_is_refused", "Order: only after the last header that is stored")
def _(bench):
    thread = random_id()
    first = sent(bench, bench.peer, fact(bench, thread))
    forks = [after(first, fact(bench, thread)).envelope() for _ in range(16)]
    results = bench.deliver(bench.peer, *forks)
    taken = [result for result in results if result.WhichOneof("result") == "receipt"]
    expect_equal(len(taken), 1, "the number of branches that are stored")
    for result in results:
        if result not in taken:
            expect_failure(result, BROKEN, "header.previous_hash", retryable=True)


@case("thread.whole_in_one_batch", "Delivery: in the order in which they were made")
def _(bench):
    thread, envelopes = random_id(), []
    for _ in range(16):
        made = fact(bench, thread)
        envelopes.append((after(envelopes[-1], made) if envelopes else made).envelope())
    left = envelopes
    # What comes before its time may fail; it comes again, and the order is kept.
    for _ in range(len(envelopes)):
        results = bench.deliver(bench.peer, *left)
        failed = [result.WhichOneof("result") == "failure" for result in results]
        left = [envelope for envelope, again in zip(left, failed, strict=True) if again]
        if not left:
            return
    raise Failed(f"{len(left)} of {len(envelopes)} messages are not stored")


@case("thread.refused_message_moves_the_thread", "Order: the last header it has stored")
def _(bench):
    made = request(bench).set(agreement_version=99)
    first = made.envelope()
    expect_refused(bench, bench.deliver(bench.peer, first)[0], first, "SEND_NOT_FOUND")
    thread = made.header.conversation_id
    expect_broken(bench, fact(bench, thread))
    sent(bench, bench.peer, after(first, fact(bench, thread)))


@case("thread.failed_message_does_not_move_it", "Order: the last header it has stored")
def _(bench):
    thread = random_id()
    early = fact(bench, thread).set(created_at=now_ms() + 10 * MINUTE_MS)
    failed = bench.deliver(bench.peer, early.envelope())[0]
    expect_failure(failed, EARLY, "header.created_at", retryable=True)
    expect_broken(bench, after(early.envelope(), fact(bench, thread)))
    sent(bench, bench.peer, fact(bench, thread))


@case("thread.is_each_senders_own", "Order: from that sender in that thread")
def _(bench):
    thread = random_id()
    sent(bench, bench.peer, fact(bench, thread))
    sent(bench, bench.third, draft(bench, bench.third, "conformance.fact", thread, b""))


@case("thread.chains_over_the_header_alone", "Envelope: previous_hash is SHA-256 of the header")
def _(bench):
    thread = random_id()
    first = sent(bench, bench.peer, fact(bench, thread))
    whole = crypto.sha256(first.SerializeToString())
    expect_broken(bench, fact(bench, thread).set(previous_hash=whole))
    sent(bench, bench.peer, after(first, fact(bench, thread)))


@case("order.thread_before_time", "Receiving: the first check that fails answers (11 before 12)")
def _(bench):
    early = fact(bench, random_id()).set(created_at=now_ms() + 10 * MINUTE_MS)
    expect_broken(bench, early.set(previous_hash=bytes(32)))


# --- Time --------------------------------------------------------------------------------


@case("time.four_minutes_ahead_is_taken", "Receiving 12: at most 5 minutes ahead")
def _(bench):
    made = request(bench).set(created_at=now_ms() + 4 * MINUTE_MS)
    made.payload = later_answer(made, 5 * MINUTE_MS)
    envelope = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


def later_answer(made: Draft, by_ms: int) -> bytes:
    """The request's payload with its answer due later."""
    payload = REFERRAL.ReferralRequested.FromString(made.payload)
    payload.respond_by.seconds += by_ms // 1000
    return payload.SerializeToString()


@case("time.six_minutes_ahead_is_asked_for_again", "Receiving 12: delays and never loses")
def _(bench):
    made = request(bench).set(created_at=now_ms() + 6 * MINUTE_MS)
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, EARLY, "header.created_at", retryable=True)


@case("time.ten_days_old_is_taken", "Receiving 12: only ahead is limited")
def _(bench):
    envelope = request(bench).set(created_at=now_ms() - 10 * DAY_MS).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("time.expired_sealed_content_is_refused", "Receiving 13: expires_at not passed where sealed")
def _(bench):
    envelope = request(bench).set(expires_at=now_ms() - 1000).envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, EARLY)


@case("time.expired_fact_is_taken", "Receiving 13: what tells a fact is taken however late")
def _(bench):
    made = proposal(bench, bench.peer, bench.agreements.between(bench.peer))
    envelope = made.set(expires_at=now_ms() - DAY_MS).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("time.expired_withdrawal_is_taken", "Receiving 13: what tells a fact is taken however late")
def _(bench):
    made = request(bench)
    first = sent(bench, bench.peer, made)
    late = after(first, withdrawal(bench, bench.peer, made.header.conversation_id))
    envelope = late.set(expires_at=now_ms() - DAY_MS).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


# --- What is not understood --------------------------------------------------------------


@case("unknown.message_type", "Receiving 14: type known")
def _(bench):
    envelope = fact(bench, random_id()).envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, UNKNOWN)


@case("unknown.schema_version", "Receiving 14: schema_version 1")
def _(bench):
    envelope = request(bench).set(schema_version=2).envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, UNKNOWN)


@case("unknown.critical_extension", "Receiving 14: critical empty")
def _(bench):
    envelope = request(bench).set(critical=["protected-flow"]).envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, UNKNOWN)


@case("unknown.eight_critical_extensions", "Receiving 14: critical empty; 8 may be named")
def _(bench):
    envelope = request(bench).set(critical=["a" * 64] * 8).envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, UNKNOWN)


@case("order.validity_before_type", "Receiving: the first check that fails answers (13 before 14)")
def _(bench):
    made = request(bench).set(expires_at=now_ms() - 1000, message_type="conformance.fact")
    envelope = made.envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, EARLY)
