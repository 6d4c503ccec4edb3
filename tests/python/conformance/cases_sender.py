"""Who says so: sender, recipient, key, signature, and messages that come again."""

import random
from concurrent.futures import ThreadPoolExecutor

import contract
import crypto
from bench import describe, expect_accepted, expect_failure, expect_refused, now_ms, random_id
from messages import Draft, after, request, request_payload, termination, withdrawal
from suite import case, expect, expect_equal

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
MISMATCH = "SEND_IDEMPOTENCY_MISMATCH"


def signed_bytes(envelope) -> bytes:
    return crypto.sha256(envelope.header) + crypto.sha256(envelope.sealed)


def expect_bad_signature(bench, envelope) -> None:
    result = bench.deliver(bench.peer, envelope)[0]
    expect_failure(result, "SEND_BAD_SIGNATURE", "signature", retryable=False)


@case("sender.another_member", "Receiving 5: sender is the TLS peer")
def _(bench):
    result = bench.deliver(bench.peer, request(bench, bench.third).envelope())[0]
    expect_failure(result, "SEND_UNAUTHENTICATED", "header.sender", retryable=False)


@case("sender.the_recipient_itself", "Receiving 5: sender is the TLS peer")
def _(bench):
    made = request(bench).set(sender=bench.target.organisation)
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, "SEND_UNAUTHENTICATED", "header.sender", retryable=False)


@case("recipient.another_member", "Receiving 6: recipient is this organisation")
def _(bench):
    made = request(bench).set(recipient=bench.third.organisation)
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, "SEND_WRONG_RECIPIENT", "header.recipient", retryable=False)


@case("order.form_before_sender", "Receiving: the first check that fails answers (4 before 5)")
def _(bench):
    made = request(bench, bench.third).set(schema_version=0)
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, "SEND_INVALID_FIELD", "header.schema_version", retryable=False)


@case("order.sender_before_recipient", "Receiving: the first check that fails answers (5 before 6)")
def _(bench):
    made = request(bench, bench.third).set(recipient=bench.third.organisation)
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, "SEND_UNAUTHENTICATED", "header.sender", retryable=False)


@case("order.recipient_before_key", "Receiving: the first check that fails answers (6 before 8)")
def _(bench):
    made = request(bench).set(recipient=bench.third.organisation)
    result = bench.deliver(bench.peer, made.envelope(key_id="0" * 16))[0]
    expect_failure(result, "SEND_WRONG_RECIPIENT", "header.recipient", retryable=False)


@case("key.unknown", "Receiving 8: the registry lists the signing key")
def _(bench):
    result = bench.deliver(bench.peer, request(bench).envelope(key_id="0" * 16))[0]
    expect_failure(result, "SEND_BAD_SIGNATURE", "key_id", retryable=True)


@case("key.of_another_member", "Receiving 8: the registry lists it for the sender")
def _(bench):
    made = request(bench)
    made.sender = bench.third
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, "SEND_BAD_SIGNATURE", "key_id", retryable=True)


@case("signature.by_another_key", "Receiving 9: the signature")
def _(bench):
    envelope = request(bench).envelope()
    forged = crypto.sign(bench.third.signing, "envelope", signed_bytes(envelope))
    envelope.signature = forged
    expect_bad_signature(bench, envelope)


@case("signature.with_a_flipped_bit", "Receiving 9: the signature")
def _(bench):
    envelope = request(bench).envelope()
    envelope.signature = bytes([envelope.signature[0] ^ 1]) + envelope.signature[1:]
    expect_bad_signature(bench, envelope)


@case("signature.with_its_scalar_moved_by_the_order", "Receiving 9: RFC 8032, S below the order")
def _(bench):
    envelope = request(bench).envelope()
    moved = int.from_bytes(envelope.signature[32:], "little") + GROUP_ORDER
    envelope.signature = envelope.signature[:32] + moved.to_bytes(32, "little")
    expect_bad_signature(bench, envelope)


@case("signature.without_a_context", "Trust: every signature is over its context")
def _(bench):
    envelope = request(bench).envelope()
    envelope.signature = bench.peer.signing.sign(signed_bytes(envelope))
    expect_bad_signature(bench, envelope)


for other in ("receipt", "agreement", "registry", "join", "rotation", "audit-bundle"):

    @case(f"signature.in_the_context_{other}", "Trust: a signature for one purpose, for no other")
    def _(bench, other=other):
        envelope = request(bench).envelope()
        envelope.signature = crypto.sign(bench.peer.signing, other, signed_bytes(envelope))
        expect_bad_signature(bench, envelope)


@case("signature.over_the_header_alone", "Signature: SHA-256(header) and SHA-256(sealed)")
def _(bench):
    envelope = request(bench).envelope()
    digest = crypto.sha256(envelope.header)
    envelope.signature = crypto.sign(bench.peer.signing, "envelope", digest)
    expect_bad_signature(bench, envelope)


@case("signature.of_another_header", "Signature: over the header as it travels")
def _(bench):
    made = request(bench)
    envelope = made.envelope()
    envelope.header = made.set(recipient_unit=bench.target.unit).envelope().header
    expect_bad_signature(bench, envelope)


@case(
    "signature.of_another_sealed_content", "Sealed content: the signature covers the sealed bytes"
)
def _(bench):
    envelope = request(bench).envelope()
    envelope.sealed = request(bench).sealed
    expect_bad_signature(bench, envelope)


@case("signature.no_flipped_bit_anywhere_is_taken", "Receiving 4 to 9: 640 random bits")
def _(bench):
    for _ in range(10):
        flipped = [flip(request(bench).envelope()) for _ in range(64)]
        results = bench.deliver(bench.peer, *(envelope for envelope, _ in flipped))
        for result, (_, part) in zip(results, flipped, strict=True):
            failed = result.WhichOneof("result") == "failure"
            expect(failed, f"{describe(result)} to a bit flipped in the {part}")


def flip(envelope):
    """The envelope with one random bit of one part flipped, and which part."""
    part = random.choice(("header", "payload", "sealed", "signature"))
    changed = bytearray(getattr(envelope, part))
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    setattr(envelope, part, bytes(changed))
    return envelope, part


@case("sealed.to_a_key_that_is_not_here", "Receiving 9: nothing is taken that nobody could read")
def _(bench):
    result = bench.deliver(bench.peer, request(bench).set(sealing_key_id="0" * 16).envelope())[0]
    expect_failure(result, "SEND_NOT_FOUND", "header.sealing_key_id", retryable=True)


# --- Repeats -----------------------------------------------------------------------------


def same_receipt(bench, identity, envelope) -> None:
    """Delivers twice more; every answer is the first one's bytes."""
    answers = [bench.deliver(identity, envelope)[0] for _ in range(3)]
    bench.receipt(answers[0], envelope)
    wanted = answers[0].receipt.SerializeToString(deterministic=True)
    for answer in answers[1:]:
        found = answer.receipt.SerializeToString(deterministic=True)
        expect_equal(found, wanted, "the receipt of a repeat")


@case("repeat.of_an_accepted_message", "Repeats: the very same receipt bytes")
def _(bench):
    same_receipt(bench, bench.peer, request(bench).envelope())


@case("repeat.of_a_refused_message", "Repeats: the very same receipt bytes")
def _(bench):
    same_receipt(bench, bench.peer, request(bench).set(schema_version=2).envelope())


@case("repeat.within_one_batch", "Repeats: the effect happens once")
def _(bench):
    envelope = request(bench).envelope()
    first, second = bench.deliver(bench.peer, envelope, envelope)
    expect_accepted(bench, first, envelope)
    expect_equal(second.receipt, first.receipt, "the receipt of the repeat")


@case("repeat.at_the_same_time", "Repeats: the effect happens once")
def _(bench):
    envelope = request(bench).envelope()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bench.deliver(bench.peer, envelope)[0], range(8)))
    expect_accepted(bench, answers[0], envelope)
    expect(all(answer == answers[0] for answer in answers), "the receipts differ")


@case("repeat.after_the_thread_went_on", "Receiving 10 before 11: a repeat is answered first")
def _(bench):
    first = request(bench).envelope()
    answer = bench.deliver(bench.peer, first)[0]
    referral = contract.envelope.EnvelopeHeader.FromString(first.header).conversation_id
    second = after(first, withdrawal(bench, bench.peer, referral)).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, second)[0], second)
    expect_equal(bench.deliver(bench.peer, first)[0], answer, "the answer to the repeat")


@case("repeat.after_the_agreement_ended", "Repeats: the very same receipt also then")
def _(bench):
    made = bench.agreements.between(bench.peer)
    agreement, proposed = bench.agreements.sign_both(made)
    first = request(bench).set(agreement_id=agreement).envelope()
    answer = bench.deliver(bench.peer, first)[0]
    expect_accepted(bench, answer, first)
    end = after(proposed, termination(bench, bench.peer, agreement, now_ms() - 1000)).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, end)[0], end)
    expect_equal(bench.deliver(bench.peer, first)[0], answer, "the answer to the repeat")
    later = request(bench).set(agreement_id=agreement).envelope()
    ended = "SEND_AGREEMENT_TERMINATED"
    expect_refused(bench, bench.deliver(bench.peer, later)[0], later, ended)


@case("repeat.with_another_payload_under_its_id", "Repeats: another digest is a mismatch")
def _(bench):
    made = request(bench)
    first = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, first)[0], first)
    referral = made.header.conversation_id
    made.payload = request_payload(referral, acute_duty=True).SerializeToString()
    result = bench.deliver(bench.peer, made.clear("payload_digest").envelope())[0]
    expect_failure(result, MISMATCH, "header.message_id", retryable=False)


@case("repeat.with_another_sealed_content_under_its_id", "Repeats: another digest is a mismatch")
def _(bench):
    made = request(bench)
    first = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, first)[0], first)
    made.sealed = request(bench).sealed
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, MISMATCH, "header.message_id", retryable=False)


@case("repeat.of_the_id_by_another_sender", "Repeats: same sender, id and digest")
def _(bench):
    made = request(bench)
    first = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, first)[0], first)
    other = request(bench, bench.third).set(message_id=made.header.message_id).envelope()
    expect_refused(bench, bench.deliver(bench.third, other)[0], other, "SEND_NOT_FOUND")


@case("repeat.two_messages_under_one_id_at_once", "Repeats: the effect happens once")
def _(bench):
    id = random_id()
    envelopes = [request(bench).set(message_id=id).envelope() for _ in range(8)]
    results = bench.deliver(bench.peer, *envelopes)
    taken = [at for at, result in enumerate(results) if result.WhichOneof("result") == "receipt"]
    expect_equal(len(taken), 1, "the number of messages that are stored")
    expect_accepted(bench, results[taken[0]], envelopes[taken[0]])
    for at, result in enumerate(results):
        if at not in taken:
            expect_failure(result, MISMATCH, "header.message_id", retryable=False)


def failed_then(bench, made: Draft, spoil) -> None:
    """A failure leaves no trace: the good message under the same id is taken afterwards."""
    bad, good = spoil(made.envelope()), made.envelope()
    result = bench.deliver(bench.peer, bad)[0]
    expect(result.WhichOneof("result") == "failure", "the bad message did not fail")
    expect_accepted(bench, bench.deliver(bench.peer, good)[0], good)


@case("failure.for_its_signature_leaves_no_trace", "Delivery: a failure leaves no trace")
def _(bench):
    def spoil(envelope):
        envelope.signature = bytes(64)
        return envelope

    failed_then(bench, request(bench), spoil)


@case("failure.for_its_thread_leaves_no_trace", "Delivery: a failure leaves no trace")
def _(bench):
    made = request(bench)
    bad = made.set(previous_hash=random_id() * 2).envelope()
    good = made.clear("previous_hash").envelope()
    result = bench.deliver(bench.peer, bad)[0]
    expect_failure(result, "SEND_CHAIN_BROKEN", "header.previous_hash", retryable=True)
    expect_accepted(bench, bench.deliver(bench.peer, good)[0], good)
