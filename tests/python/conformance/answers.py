"""What became of a message, in the words of cases about requests and referrals."""

from bench import Bench, expect_accepted, expect_refused
from messages import PERMISSION, Draft
from suite import expect_equal


def refused(bench: Bench, made: Draft, reason: str, field: str | None = None) -> None:
    """It is stored as refused, for this reason and, where one is given, at this field."""
    envelope = made.envelope()
    result = bench.deliver(made.sender, envelope)[0]
    expect_refused(bench, result, envelope, reason)
    if field:
        expect_equal(bench.receipt(result, envelope).field, field, "the field")


def accepted(bench: Bench, made: Draft, rule: str = PERMISSION):
    """It is in effect under this rule; the envelope."""
    envelope = made.envelope()
    statement = expect_accepted(bench, bench.deliver(made.sender, envelope)[0], envelope)
    expect_equal(statement.rule_id, rule, "the rule")
    return envelope


def blank(bench: Bench, made: Draft) -> bytes:
    """A receipt's statement without what differs between any two messages."""
    envelope = made.envelope()
    statement = bench.receipt(bench.deliver(made.sender, envelope)[0], envelope)
    for field in ("message_id", "header_digest", "stored_at"):
        statement.ClearField(field)
    return statement.SerializeToString()


def taken_three_times(bench: Bench, made: Draft):
    """It is in effect, and each repeat gets the very same receipt; the envelope."""
    envelope = made.envelope()
    first, *repeats = [bench.deliver(made.sender, envelope)[0] for _ in range(3)]
    expect_accepted(bench, first, envelope)
    for repeat in repeats:
        expect_equal(repeat.receipt, first.receipt, "the receipt of a repeat")
    return envelope
