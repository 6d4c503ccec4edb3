"""What the node makes of our answers: what comes again, byte for byte, and what does not."""

import time

import contract
from asking import REQUESTED, ask
from bench import uuid_v7
from inbox import (
    empty_result,
    final_failure,
    no_result,
    receipt_with,
    retryable_failure,
    signed_by_another,
    unavailable,
)
from suite import case, expect_equal

QUIET_SECONDS = 3


def comes_again(name: str, rule: str, answer) -> None:
    """A case: after this answer the same bytes come again, and after a good receipt no more."""

    @case(f"retry.{name}", rule)
    def _(bench):
        referral = ask(bench, answer)
        first, second = bench.inbox.wait_for(referral, 2, REQUESTED)[:2]
        expect_equal(second.SerializeToString(), first.SerializeToString(), "the second attempt")


SAME = "Delivery: sends the same bytes again"
NONE = "Receipt: one that fails the check counts as none"
comes_again("after_an_error_on_the_call", SAME, unavailable)
comes_again("after_a_response_without_results", SAME, no_result)
comes_again("after_an_empty_result", SAME, empty_result)
comes_again(
    "after_a_retryable_failure", "Delivery: failure, retryable: tries again", retryable_failure
)
comes_again("after_a_receipt_of_another_signer", NONE, signed_by_another)
comes_again("after_a_receipt_in_another_context", NONE, receipt_with(context="envelope"))
comes_again("after_a_receipt_for_another_message", NONE, receipt_with(message_id=uuid_v7()))
comes_again("after_a_receipt_for_another_header", NONE, receipt_with(header_digest=bytes(32)))
comes_again("after_a_receipt_by_another_recipient", NONE, receipt_with(recipient="kommun:0885"))
comes_again("after_a_receipt_to_another_sender", NONE, receipt_with(sender="kommun:0885"))
comes_again("after_a_receipt_without_a_verdict", NONE, receipt_with(verdict=0))


# --- What comes once ---------------------------------------------------------------------

REFUSED = {"verdict": contract.receipt.VERDICT_REFUSED, "field": "payload"}
ENDS = {
    "a_good_receipt": ("Delivery: receipt, accepted: done", receipt_with()),
    "a_refusal": (
        "Delivery: receipt, refused: a new message is needed",
        receipt_with(**REFUSED, reason="SEND_INVALID_FIELD"),
    ),
    "a_refusal_of_the_future": (
        "Reasons: one that a sender does not know is kept as text",
        receipt_with(**REFUSED, reason="SEND_SOMETHING_NEW"),
    ),
    "a_final_failure": ("Delivery: failure, not retryable: a dead letter", final_failure),
}


def attempts_after_each_end(bench) -> dict[str, int]:
    """How often requests came that were answered so, after one wait for all of them."""
    if not bench.attempts:
        referrals = {}
        for name, (_, answer) in ENDS.items():
            referrals[name] = ask(bench, answer)
            bench.inbox.wait_for(referrals[name], 1, REQUESTED)
        time.sleep(QUIET_SECONDS)
        for name, referral in referrals.items():
            bench.attempts[name] = len(bench.inbox.arrived[referral])
    return bench.attempts


def comes_once(name: str, rule: str) -> None:
    """A case: after this answer the message comes no more."""

    @case(f"retry.not_after_{name}", rule)
    def _(bench):
        expect_equal(attempts_after_each_end(bench)[name], 1, "the number of attempts")


for name, (rule, _) in ENDS.items():
    comes_once(name, rule)
