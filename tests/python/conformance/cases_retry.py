"""What the node makes of our answers: what comes again, byte for byte, and what does not."""

import time

import contract
from asking import REQUESTED, ask, asked
from bench import uuid_v7
from inbox import (
    bad_receipt,
    empty_result,
    final_failure,
    no_result,
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
comes_again("after_a_receipt_in_another_context", NONE, bad_receipt(context="envelope"))
comes_again("after_a_receipt_for_another_message", NONE, bad_receipt(message_id=uuid_v7()))
comes_again("after_a_receipt_for_another_header", NONE, bad_receipt(header_digest=bytes(32)))
comes_again("after_a_receipt_by_another_recipient", NONE, bad_receipt(recipient="kommun:0885"))
comes_again("after_a_receipt_to_another_sender", NONE, bad_receipt(sender="kommun:0885"))
comes_again("after_a_receipt_without_a_verdict", NONE, bad_receipt(verdict=0))


@case("retry.not_after_a_good_receipt", "Delivery: receipt, accepted: done")
def _(bench):
    asked(bench)
    time.sleep(QUIET_SECONDS)
    expect_equal(len(bench.inbox.arrived[bench.asked]), 1, "the number of attempts")


def comes_once(name: str, rule: str, answer) -> None:
    """A case: after this answer it comes no more."""

    @case(f"retry.not_after_{name}", rule)
    def _(bench):
        referral = ask(bench, answer)
        bench.inbox.wait_for(referral, 1, REQUESTED)
        time.sleep(QUIET_SECONDS)
        expect_equal(len(bench.inbox.arrived[referral]), 1, "the number of attempts")


REFUSED = {"verdict": contract.receipt.VERDICT_REFUSED, "field": "payload"}
comes_once(
    "a_refusal", "Delivery: receipt, refused", bad_receipt(**REFUSED, reason="SEND_INVALID_FIELD")
)
comes_once(
    "a_refusal_of_the_future", "Reasons: kept as text", bad_receipt(**REFUSED, reason="SEND_NEW")
)
comes_once("a_final_failure", "Delivery: failure, not retryable: a dead letter", final_failure)
