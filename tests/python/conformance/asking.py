"""The node as the source: its staff asks us for a referral (--ask), and we play the target."""

import uuid
from collections import deque

from bench import Bench
from suite import Skipped

REQUESTED = "referral.requested"


def ask(bench: Bench, *answers) -> bytes:
    """The node's staff asks us for a referral; its id. Its first attempts are answered so."""
    if not bench.target.ask or not bench.inbox:
        raise Skipped("nobody makes the node's staff ask (--ask)")
    bench.inbox.next_answers[REQUESTED] = deque(answers)
    agreement = str(uuid.UUID(bytes=bench.agreements["peer"]))
    return uuid.UUID(bench.target.ask(bench.peer.organisation, agreement)).bytes


def asked(bench: Bench):
    """One request of the node, made once for all the cases that only look at it."""
    if not bench.asked:
        bench.asked = ask(bench)
    return bench.inbox.wait_for(bench.asked, 1, REQUESTED)[0]
