"""Notes in between, and covers for those that were taken back."""

import crypto
from bench import Bench, expect_accepted, expect_failure, expect_refused, now_ms
from messages import LEGAL, REFERRAL, cover, note, request
from suite import case, expect_equal

COVERS = "Covers"


def asked(bench: Bench):
    """A request that the node has taken."""
    envelope = request(bench).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)
    return envelope


def taken(bench: Bench, envelope) -> None:
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("note.after_the_request", "Notes: either side may tell the other something in between")
def _(bench):
    taken(bench, note(bench, asked(bench)).envelope())


@case("note.on_a_category_that_it_does_not_name", "Receiving 4: form; data_categories")
def _(bench):
    made = note(bench, asked(bench)).set(data_categories=[])
    result = bench.deliver(bench.peer, made.envelope())[0]
    expect_failure(result, "SEND_INVALID_FIELD", "header.data_categories", retryable=False)


@case("note.about_no_referral", "Notes: about a referral that both hold")
def _(bench):
    made = note(bench, request(bench).envelope()).clear("previous_hash")
    envelope = made.envelope()
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, "SEND_NOT_FOUND")


@case("note.without_a_consent_that_it_needs", "Notes: on a consent of the writer's own")
def _(bench):
    made = note(bench, asked(bench))
    payload = REFERRAL.ReferralNoted(referral_id=made.header.conversation_id)
    made.payload = payload.SerializeToString()
    envelope = made.envelope()
    reason = "SEND_CONSENT_MISSING"
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, reason)


@case("cover.of_a_note_moves_the_thread_on", f"{COVERS}: a cover moves the thread on")
def _(bench):
    first = note(bench, asked(bench)).envelope()
    taken(bench, cover(first))
    taken(bench, note(bench, first, "Och nyckeln också.").envelope())


@case("cover.after_its_note_is_a_repeat", f"{COVERS}: whichever arrives first is the message")
def _(bench):
    whole = note(bench, asked(bench)).envelope()
    expect_equal(*receipts(bench, whole, cover(whole)), "the two receipts")


@case("cover.before_its_note_is_the_message", f"{COVERS}: whichever arrives first is the message")
def _(bench):
    whole = note(bench, asked(bench)).envelope()
    expect_equal(*receipts(bench, cover(whole), whole), "the two receipts")


@case("cover.is_taken_after_the_time_of_its_note", f"{COVERS}: also after expires_at")
def _(bench):
    late = {"created_at": now_ms() - 120_000, "expires_at": now_ms() - 60_000}
    taken(bench, cover(note(bench, asked(bench)).set(**late).envelope()))


@case("note.is_not_taken_after_its_time", "Time: a disclosure ends with its permission")
def _(bench):
    late = {"created_at": now_ms() - 120_000, "expires_at": now_ms() - 60_000}
    envelope = note(bench, asked(bench)).set(**late).envelope()
    reason = "SEND_OUTSIDE_VALIDITY"
    expect_refused(bench, bench.deliver(bench.peer, envelope)[0], envelope, reason)


@case("cover.of_a_request_is_refused", f"{COVERS}: only referral.noted has covers")
def _(bench):
    refused(bench, cover(request(bench).envelope()))


@case("cover.with_the_content_beside_it_is_refused", f"{COVERS}: no sealed")
def _(bench):
    whole = note(bench, asked(bench)).envelope()
    both = cover(whole)
    both.sealed = whole.sealed
    refused(bench, both)


@case("cover.with_a_short_digest_is_refused", f"{COVERS}: SHA-256(sealed)")
def _(bench):
    made = cover(note(bench, asked(bench)).envelope())
    made.withheld_digest = made.withheld_digest[:31]
    refused(bench, made)


@case("cover.with_another_digest_is_not_signed", f"{COVERS}: the signature comes out the same")
def _(bench):
    made = cover(note(bench, asked(bench)).envelope())
    made.withheld_digest = crypto.sha256(b"another")
    result = bench.deliver(bench.peer, made)[0]
    expect_failure(result, "SEND_BAD_SIGNATURE", "signature", retryable=False)


@case("cover.without_its_legal_fields_is_refused", "Receiving 4: form; disclosure_ground")
def _(bench):
    unset = LEGAL.DISCLOSURE_GROUND_UNSPECIFIED
    made = cover(note(bench, asked(bench)).set(disclosure_ground=unset).envelope())
    result = bench.deliver(bench.peer, made)[0]
    expect_failure(result, "SEND_GROUND_MISSING", "header.disclosure_ground", retryable=False)


def refused(bench: Bench, envelope) -> None:
    result = bench.deliver(bench.peer, envelope)[0]
    expect_failure(result, "SEND_INVALID_FIELD", "withheld_digest", retryable=False)


def receipts(bench: Bench, *envelopes) -> list[bytes]:
    """What the node gave for each, in calls of their own; all are good."""
    results = [bench.deliver(bench.peer, envelope)[0] for envelope in envelopes]
    for result, envelope in zip(results, envelopes, strict=True):
        expect_accepted(bench, result, envelope)
    return [result.receipt.SerializeToString() for result in results]
