"""An evil peer that signs what nobody would write: random changes under good signatures.

Whatever comes, the node answers each message with a receipt or a failure, in words of the closed
set, and goes on serving. The seed stands in the failure; `CONFORMANCE_SEED` repeats a run.
"""

import os
import random
import secrets

import contract
import crypto
from bench import describe, random_id
from cases_services import HEALTH, SERVING
from messages import (
    Draft,
    agreement_signature,
    draft,
    progress,
    proposal,
    request,
    signed_message,
    termination,
    withdrawal,
)
from suite import Failed, case, expect, expect_equal

ROUNDS = 10
BATCH = 64


def seeded() -> tuple[int, random.Random]:
    seed = int(os.environ.get("CONFORMANCE_SEED", secrets.randbits(32)))
    return seed, random.Random(seed)


def mutated(source: random.Random, good: bytes) -> bytes:
    """Other bytes that often are a protobuf message still."""
    bad = bytearray(good or b"\x0a\x00")
    for _ in range(source.choice((1, 1, 1, 2, 8))):
        at = source.randrange(len(bad))
        match source.randrange(5):
            case 0:
                bad[at] ^= 1 << source.randrange(8)
            case 1:
                bad[at] = source.randrange(256)
            case 2:
                del bad[at : at + source.randint(1, 8)]
                bad = bad or bytearray(b"\0")
            case 3:
                bad[at:at] = source.randbytes(source.randint(1, 8))
            case _:
                bad[at:at] = bad[at : at + source.randint(1, 40)]
    return bytes(bad)


def honest(bench, source: random.Random) -> Draft:
    """A message of any type but a proposal."""
    peer, made = bench.peer, bench.agreements.between(bench.peer)
    signature = [agreement_signature(peer, made.SerializeToString())]
    makers = (
        lambda: request(bench),
        lambda: signed_message(bench, peer, made, signature),
        lambda: termination(bench, peer, random_id(), 0),
        lambda: withdrawal(bench, peer, random_id()),
        lambda: progress(bench, peer, random_id(), 2, accepted=contract.referral.Accepted()),
        lambda: draft(bench, peer, "conformance.fact", random_id(), b""),
    )
    return source.choice(makers)()


def expect_an_answer(bench, envelope, result) -> None:
    """A receipt that is good in itself, or a failure, in words of the closed set."""
    if result.WhichOneof("result") == "failure":
        expect(result.failure.reason in bench.reasons, f"no reason of the set: {describe(result)}")
        return
    statement = contract.receipt.ReceiptStatement.FromString(result.receipt.statement)
    expect_equal(statement.header_digest, crypto.sha256(envelope.header), "the header digest")
    known = not statement.reason or statement.reason in bench.reasons
    expect(known, f"no reason of the set: {describe(result)}")


def survives(bench, sender, make) -> None:
    """Delivers what `make` makes in batches; the node answers all and is healthy afterwards."""
    seed, source = seeded()
    try:
        for _ in range(ROUNDS):
            envelopes = [make(bench, source) for _ in range(BATCH)]
            results = bench.deliver(sender, *envelopes)
            for envelope, result in zip(envelopes, results, strict=True):
                expect_an_answer(bench, envelope, result)
        expect_equal(bench.call(bench.peer, HEALTH), SERVING, "the health afterwards")
    except Exception as error:
        raise Failed(f"CONFORMANCE_SEED={seed}: {error}") from error


@case("fuzz.signed_payloads", "Receiving 15: an answer to every payload, in words of the set")
def _(bench):
    def make(bench, source):
        made = honest(bench, source)
        made.payload = mutated(source, made.payload)
        return made.envelope()

    survives(bench, bench.peer, make)


@case("fuzz.signed_headers", "Receiving 4 to 14: an answer to every header, in words of the set")
def _(bench):
    def make(bench, source):
        made = honest(bench, source)
        made.header.payload_digest = crypto.sha256(made.payload)
        return made.finish(mutated(source, made.header.SerializeToString()))

    survives(bench, bench.peer, make)


@case("fuzz.signed_terms", "Agreement: an answer to every terms, in words of the set")
def _(bench):
    # By the third organisation, since many unsigned proposals make their sender wait (Limits).
    def make(bench, source):
        made = bench.agreements.between(bench.third)
        message = proposal(bench, bench.third, made)
        terms = mutated(source, made.SerializeToString())
        signatures = [agreement_signature(bench.third, terms)]
        payload = contract.negotiation.AgreementProposed(terms=terms, signatures=signatures)
        message.payload = payload.SerializeToString()
        if source.random() < 0.2:
            message.payload = mutated(source, message.payload)
        return message.envelope()

    survives(bench, bench.third, make)


@case("fuzz.parts_of_an_envelope", "Receiving 4 to 9: an answer to every envelope")
def _(bench):
    def make(bench, source):
        made = honest(bench, source).envelope()
        part = source.choice(("header", "payload", "sealed", "signature"))
        setattr(made, part, mutated(source, getattr(made, part)))
        return made

    survives(bench, bench.peer, make)
