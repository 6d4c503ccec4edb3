"""Doubts the suite itself: a case that passes whatever the node answers proves nothing.

Runs the cases once more with every answer changed on its way to the case: accepted to refused,
refused to accepted, and each reason to another. Every case has to notice, but for those that are
about something else than verdict and reason; these stand here by name.
"""

import contract
import crypto
from bench import Bench
from suite import CASES, judge

OTHER = "REC_INTERNAL"
ABOUT_SOMETHING_ELSE = {
    # Two answers must be alike, whatever they are.
    "gate.who_is_no_party_learns_nothing",
    "progress.hidden_and_absent_are_the_same_bytes",
    "repeat.of_an_accepted_message",
    "repeat.of_a_refused_message",
    # Some answer must come, in its place.
    "batch.of_64_is_answered_in_order",
    "thread.is_each_senders_own",
    "thread.whole_in_one_batch",
    "signature.no_flipped_bit_anywhere_is_taken",
    # An agreement was made; it was before the doubt began.
    "signed.by_the_third_party",
    "end.by_a_participant",
}
# These look at connections, at other calls, at what the node sends, or at any answer at all.
OTHER_GROUPS = ("tls.", "sends.", "retry.", "service.", "registry.", "fuzz.")
CALLS = (
    "batch.of_none",
    "batch.of_65",
    "batch.over_4_mib",
    "batch.of_countless",
    "batch.of_garbage",
)


class Liar(Bench):
    """A bench whose node says the opposite, and whose signatures count as good."""

    def deliver(self, identity, *envelopes):
        return [self.twisted(result) for result in super().deliver(identity, *envelopes)]

    def twisted(self, result):
        made = contract.delivery.DeliverResult()
        made.CopyFrom(result)
        if result.WhichOneof("result") == "failure":
            made.failure.reason = OTHER
            return made
        statement = contract.receipt.ReceiptStatement.FromString(result.receipt.statement)
        if statement.verdict == contract.receipt.VERDICT_ACCEPTED:
            statement.verdict, statement.reason = contract.receipt.VERDICT_REFUSED, OTHER
        else:
            statement.verdict, statement.reason = contract.receipt.VERDICT_ACCEPTED, ""
        made.receipt.statement = statement.SerializeToString()
        return made


def doubt(bench: Bench) -> bool:
    """Whether every case notices that it is lied to."""
    liar = Liar(bench.target, bench.identities)
    liar.agreements, liar.inbox, liar.channels = bench.agreements, bench.inbox, bench.channels
    verifies, crypto.is_signed = crypto.is_signed, lambda *_: True
    try:
        asked = [case for case in CASES if not case.name.startswith((*OTHER_GROUPS, *CALLS))]
        fooled = {case.name for case in asked if judge(case, liar)[0] == "pass"}
    finally:
        crypto.is_signed = verifies
    print(f"{len(asked) - len(fooled)} of {len(asked)} cases notice false answers")
    for name in sorted(fooled ^ ABOUT_SOMETHING_ELSE):
        print(f"FAIL  {name}: {'fooled' if name in fooled else 'not fooled, and listed'}")
    return fooled == ABOUT_SOMETHING_ELSE
