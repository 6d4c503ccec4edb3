"""Form and size of everything in an envelope: one bad part, the rest as an honest peer makes it."""

import os

import contract
import crypto
from bench import Bench, expect_accepted, expect_failure, now_ms
from messages import Draft, request
from suite import case

LEGAL = contract.legal
INVALID = "SEND_INVALID_FIELD"
FORM = "Receiving 4: form"
HEADER_MAX, PAYLOAD_MAX, SEALED_MAX = 4 * 1024, 16 * 1024, 192 * 1024


def refused_form(name: str, rule: str, field: str, change, reason: str = INVALID) -> None:
    """A case: a request with one change is the final failure `reason` at `field`."""

    @case(f"form.{name}", f"{FORM}; {rule}")
    def _(bench: Bench):
        made = change(request(bench))
        envelope = made.envelope() if isinstance(made, Draft) else made
        result = bench.deliver(bench.peer, envelope)[0]
        expect_failure(result, reason, field, retryable=False)


def values(name: str, field: str, rule: str, **bad) -> None:
    """A case for each bad value of one header field."""
    for how, value in bad.items():
        change = lambda made, value=value: made.set(**{field: value})  # noqa: E731
        refused_form(f"{name}_{how}", rule, f"header.{field}", change)


def unset(field: str, rule: str, reason: str = INVALID) -> None:
    change = lambda made: made.clear(field)  # noqa: E731
    refused_form(f"{field}_unset", rule, f"header.{field}", change, reason)


LONG_ID, SHORT_ID = bytes(17), bytes(15)
values("message_id", "message_id", "16 bytes", short=SHORT_ID, long=LONG_ID, empty=b"")
values(
    "message_type",
    "message_type",
    "1 to 64 of a-z, 0-9, _ and .",
    empty="",
    of_65="a" * 65,
    with_capitals="Referral.requested",
    with_a_space="referral requested",
    with_a_line_feed="referral.requested\n",
    with_a_hyphen="referral-requested",
)
values("schema_version", "schema_version", "the first is 1", zero=0)
values(
    "sender",
    "sender",
    "an organisation identifier",
    empty="",
    of_no_scheme="0880",
    of_unknown_scheme="region:0880",
    of_three_digits="kommun:088",
    with_a_space=" kommun:0880",
    with_a_wrong_check_digit="org:2120000000",
)
values("recipient", "recipient", "an organisation identifier", empty="", malformed="kommun:x")
values(
    "recipient_unit",
    "recipient_unit",
    "1 to 64 of a-z, 0-9 and hyphen",
    with_capitals="Socialjouren",
    of_65="a" * 65,
    of_swedish_letters="hjälpen",
)
values("conversation_id", "conversation_id", "16 bytes", short=SHORT_ID, long=LONG_ID, empty=b"")
unset("created_at", "sender's clock")
unset("expires_at", "sender's clock")
values("agreement_id", "agreement_id", "16 bytes", short=SHORT_ID, long=LONG_ID)
values("previous_hash", "previous_hash", "SHA-256 or empty", of_31_bytes=bytes(31))
values("payload_digest", "payload_digest", "SHA-256", of_31_bytes=bytes(31), of_other=bytes(32))
values("content_commitment", "content_commitment", "set where sealed", empty=b"", long=bytes(33))
values(
    "sealing_key_id",
    "sealing_key_id",
    "16 hexadecimal digits",
    empty="",
    of_15_digits="0" * 15,
    in_capitals="ABCDEF0123456789",
    of_other_letters="g" * 16,
)
values("disclosure_ground", "disclosure_ground", "a ground of the list", unknown=99, negative=-1)
values("gdpr_basis", "gdpr_basis", "a basis of the list", unknown=99)
values(
    "data_categories",
    "data_categories",
    "1 to 16 where something is sealed",
    empty=[],
    of_17=[1] * 17,
    unknown=[99],
    unset=[0],
)
values(
    "critical",
    "critical",
    "at most 8 names of 1 to 64 characters",
    of_9=["a"] * 9,
    of_an_empty_name=[""],
    of_65_characters=["a" * 65],
)
unset("disclosure_ground", "set where something is sealed", "SEND_GROUND_MISSING")
unset("gdpr_basis", "set where something is sealed", "SEND_GDPR_BASIS_NOT_ALLOWED")
refused_form(
    "agreement_id_without_version",
    "both or neither",
    "header.agreement_version",
    lambda made: made.clear("agreement_version"),
)
refused_form(
    "agreement_version_without_id",
    "both or neither",
    "header.agreement_version",
    lambda made: made.clear("agreement_id"),
)


def bad_instant(how: str, seconds: int, nanos: int) -> None:
    def change(made: Draft) -> Draft:
        made.header.created_at.seconds, made.header.created_at.nanos = seconds, nanos
        return made

    refused_form(f"created_at_{how}", "an instant", "header.created_at", change)


bad_instant("with_negative_nanos", 1, -1)
bad_instant("with_too_many_nanos", 1, 1_000_000_000)
bad_instant("after_the_year_9999", 253_402_300_800, 0)
bad_instant("before_the_year_1", -62_135_596_801, 0)


def unsealed_but(field: str) -> None:
    """Nothing is sealed, and one field speaks of sealed content."""

    def change(made: Draft) -> Draft:
        made.sealed = b""
        for other in ("content_commitment", "sealing_key_id", "disclosure_ground", "gdpr_basis"):
            if other != field:
                made.clear(other)
        return made if field == "data_categories" else made.set(data_categories=[])

    rule = "all empty where nothing is sealed"
    refused_form(f"nothing_sealed_but_{field}", rule, f"header.{field}", change)


for spoken in (
    "content_commitment",
    "sealing_key_id",
    "disclosure_ground",
    "gdpr_basis",
    "data_categories",
):
    unsealed_but(spoken)


# --- Parts of the envelope ---------------------------------------------------------------


def part(name: str, rule: str, field: str, **parts) -> None:
    refused_form(name, rule, field, lambda made: made.envelope(**parts))


part("header_of_garbage", "EnvelopeHeader", "header", header=b"\xff\xff\xff")
part("header_empty", "EnvelopeHeader", "header.message_id", header=b"", sealed=b"")
part("header_over_4_kib", "at most 4 KiB", "header", header=bytes(HEADER_MAX + 1))
part("payload_over_16_kib", "at most 16 KiB", "payload", payload=bytes(PAYLOAD_MAX + 1))
part("sealed_over_192_kib", "at most 192 KiB", "sealed", sealed=bytes(SEALED_MAX + 1))
part("key_id_empty", "16 hexadecimal digits", "key_id", key_id="")
part("key_id_of_17_digits", "16 hexadecimal digits", "key_id", key_id="0" * 17)
part("key_id_in_capitals", "16 hexadecimal digits", "key_id", key_id="ABCDEF0123456789")
part("signature_of_63_bytes", "64 bytes", "signature", signature=bytes(63))
part("signature_of_65_bytes", "64 bytes", "signature", signature=bytes(65))
part("signature_empty", "64 bytes", "signature", signature=b"")
part("payload_of_another_message", "payload_digest", "header.payload_digest", payload=b"\x0a\x00")


# --- What is odd and must be taken -------------------------------------------------------


@case("form.honest_request_is_taken", "Receiving: nothing is wrong")
def _(bench):
    envelope = request(bench).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("form.request_to_a_unit_is_taken", "Envelope: recipient_unit; sealed to the unit's key")
def _(bench):
    envelope = request(bench, unit=bench.target.unit).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case(
    "form.header_with_a_field_of_the_future_is_taken", "Versions: kept in the signed header bytes"
)
def _(bench):
    made = request(bench)
    made.header.payload_digest = crypto.sha256(made.payload)
    envelope = made.finish(made.header.SerializeToString() + b"\xfa\x07\x03new")
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("form.payload_with_a_field_of_the_future_is_taken", "Versions: ignored in a payload")
def _(bench):
    made = request(bench)
    made.payload += b"\xfa\x07\x03new"
    envelope = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case(
    "form.header_in_another_order_of_fields_is_taken",
    "Envelope: digests over the bytes that travel",
)
def _(bench):
    made = request(bench)
    made.header.payload_digest = crypto.sha256(made.payload)
    id_field = b"\x0a\x10" + made.header.message_id
    rest = made.header.SerializeToString().replace(id_field, b"", 1)
    envelope = made.finish(rest + id_field)
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("form.random_message_id_is_taken", "Trust, Names: any 16 bytes, nothing is read from them")
def _(bench):
    envelope = request(bench).set(message_id=os.urandom(16)).envelope()
    # The sealed content is bound to another id, which only the receiving function can tell.
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("form.finer_than_a_millisecond_is_taken", "Time: anything finer is cut off")
def _(bench):
    made = request(bench)
    made.header.created_at.nanos += 999
    envelope = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("form.largest_header_is_taken", "Receiving 4: at most 4 KiB")
def _(bench):
    made = request(bench).set(created_at=now_ms())
    made.header.payload_digest = crypto.sha256(made.payload)
    header = made.header.SerializeToString()
    # One unknown field, number 127, fills it up: two bytes of tag and two of length.
    room = HEADER_MAX - len(header) - 4
    filler = b"\xfa\x07" + bytes([room & 0x7F | 0x80, room >> 7]) + bytes(room)
    envelope = made.finish(header + filler)
    assert len(envelope.header) == HEADER_MAX
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)


@case("form.largest_sealed_content_is_taken", "Receiving 4: at most 192 KiB")
def _(bench):
    made = request(bench)
    made.sealed = os.urandom(SEALED_MAX)
    envelope = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)
