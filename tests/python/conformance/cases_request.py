"""A request for a referral: its payload and the consent that it states."""

import contract
from answers import accepted, refused
from bench import expect_accepted, expect_refused, now_ms, uuid_v7
from messages import (
    DAY_MS,
    ROUTINE_SECONDS,
    URGENT_SECONDS,
    after,
    request,
    request_payload,
    set_time,
    withdrawal,
)
from suite import case

AGREEMENT = contract.agreement
INVALID, HOUR_MS = "SEND_INVALID_FIELD", 3_600_000


def bad_payload(name: str, rule: str, field: str, change, reason: str = INVALID) -> None:
    """A case: one change to the payload is refused at `field`."""

    @case(f"payload.{name}", f"Receiving 15: the payload; {rule}")
    def _(bench):
        payload = request_payload(uuid_v7())
        thread = payload.referral_id
        change(payload)
        made = request(bench, payload=payload).set(conversation_id=thread)
        refused(bench, made, reason, field)


def bad_value(name: str, rule: str, field: str, value) -> None:
    change = lambda payload: setattr(payload, field, value)  # noqa: E731
    bad_payload(name, rule, f"payload.{field}", change)


bad_value("referral_id_of_15_bytes", "16 bytes", "referral_id", bytes(15))
bad_value("priority_unset", "unset is refused", "priority", 0)
bad_value("priority_unknown", "an unknown value is refused with the field", "priority", 99)
bad_value("subject_unset", "unset is refused", "subject", 0)
bad_value("subject_unknown", "an unknown value is refused with the field", "subject", 99)
bad_value("host_of_no_municipality", "a municipality", "host_municipality", "org:2021002114")
bad_value("home_of_no_organisation", "a municipality", "home_municipality", "Nybro")
bad_value("source_unit_malformed", "a unit", "source_unit", "Mobila Teamet")
bad_value("contact_policy_unknown", "an unknown value is refused", "contact_policy", 99)
bad_payload(
    "of_another_thread",
    "Messages: the thread is the referral's id",
    "header.conversation_id",
    lambda payload: setattr(payload, "referral_id", uuid_v7()),
)
bad_payload(
    "respond_by_unset",
    "frozen at the request",
    "payload.respond_by",
    lambda payload: payload.ClearField("respond_by"),
)
bad_payload(
    "consent_id_of_15_bytes",
    "16 bytes",
    "payload.consent.consent_id",
    lambda payload: setattr(payload.consent, "consent_id", bytes(15)),
)
bad_payload(
    "consent_without_its_end",
    "until when it can be used",
    "payload.consent.valid_until",
    lambda payload: payload.consent.ClearField("valid_until"),
)
bad_payload(
    "service_type_unset",
    "what is asked for",
    "payload.service_type",
    lambda payload: payload.ClearField("service_type"),
)


def bad_code(name: str, rule: str, **values) -> None:
    def change(payload) -> None:
        for field, value in values.items():
            if field == "broader":
                payload.service_type.broader.extend(value)
            else:
                setattr(payload.service_type, field, value)

    bad_payload(f"service_type_{name}", f"Codes: {rule}", None, change)


bad_code("of_no_list", "list", list="")
bad_code("of_another_list", "of the list service_type", list="housing_need")
bad_code("of_version_0", "list version", list_version=0)
bad_code("of_no_code", "code", code="")
bad_code("of_65_characters", "code", code="A" * 65)
bad_code("with_nine_parents", "parents, at most eight", broader=["OTHER"] * 9)


@case("payload.of_garbage", "Receiving 15: the payload")
def _(bench):
    made = request(bench)
    made.payload = b"\xff\xff\xff"
    refused(bench, made, INVALID, "payload")


@case("payload.request_with_nothing_sealed", "Receiving 15: a request carries sealed content")
def _(bench):
    made = request(bench).set(data_categories=[])
    for field in ("content_commitment", "sealing_key_id", "disclosure_ground", "gdpr_basis"):
        made.clear(field)
    made.sealed = b""
    refused(bench, made, "SEND_GROUND_MISSING", "header.disclosure_ground")


@case("payload.request_under_no_agreement", "Messages: only agreement messages need none")
def _(bench):
    made = request(bench).clear("agreement_id").clear("agreement_version")
    refused(bench, made, INVALID, "header.agreement_id")


@case("payload.unknown_code_stands_for_its_parent", "Codes: the first parent that it knows")
def _(bench):
    payload = request_payload(uuid_v7())
    payload.service_type.code = "TREE_HOUSE"
    payload.service_type.list_version = 9
    payload.service_type.broader.extend(["CASTLE", "LONG_TERM_HELP"])
    accepted(bench, request(bench, payload=payload))


@case("payload.unknown_code_without_parents_is_other", "Codes: OTHER where it knows none (ORE-18)")
def _(bench):
    payload = request_payload(uuid_v7())
    payload.service_type.code = "TREE_HOUSE"
    accepted(bench, request(bench, payload=payload))


@case("payload.contact_policy_unset_is_taken", "ContactPolicy: unset is VIA_REQUESTER")
def _(bench):
    accepted(bench, request(bench, payload=request_payload(uuid_v7(), contact_policy=0)))


def answer_by(bench, seconds: int, **changes):
    """A request whose answer is due so long after it was made."""
    payload, made_at = request_payload(uuid_v7(), **changes), now_ms()
    set_time(payload.respond_by, made_at + seconds * 1000)
    return request(bench, payload=payload).set(created_at=made_at)


@case("payload.answer_due_earlier_than_agreed", "The gate: respond_by not earlier than agreed")
def _(bench):
    refused(bench, answer_by(bench, ROUTINE_SECONDS - 1), INVALID, "payload.respond_by")


@case("payload.answer_due_exactly_as_agreed", "Time: the request's time plus the response time")
def _(bench):
    accepted(bench, answer_by(bench, ROUTINE_SECONDS))


@case("payload.urgent_answer_due_as_agreed", "Time: the response time for its priority")
def _(bench):
    urgent = AGREEMENT.PRIORITY_URGENT
    accepted(bench, answer_by(bench, URGENT_SECONDS, priority=urgent))


@case("payload.same_referral_asked_for_twice", "Messages: referral.requested begins a referral")
def _(bench):
    made = request(bench)
    first = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, first)[0], first)
    again = request(bench, payload=request_payload(made.header.conversation_id))
    refused(bench, after(first, again), "SEND_IDEMPOTENCY_MISMATCH")


@case("payload.referral_of_another_organisation", "Messages: referral.requested begins a referral")
def _(bench):
    first = request(bench, under="three")
    begun = accepted(bench, first)
    referral = first.header.conversation_id
    taken_over = request(bench, bench.third, request_payload(referral), under="three").envelope()
    result = bench.deliver(bench.third, taken_over)[0]
    expect_refused(bench, result, taken_over, "SEND_IDEMPOTENCY_MISMATCH")
    # It is still the peer's, who can take it back.
    accepted(bench, after(begun, withdrawal(bench, bench.peer, referral)), rule="")


# --- Consent -----------------------------------------------------------------------------


def consent_until(bench, in_ms: int):
    payload = request_payload(uuid_v7())
    set_time(payload.consent.valid_until, now_ms() + in_ms)
    return request(bench, payload=payload)


@case("consent.missing", "Receiving 16: a consent ground needs a statement of consent")
def _(bench):
    payload = request_payload(uuid_v7())
    payload.ClearField("consent")
    refused(bench, request(bench, payload=payload), "SEND_CONSENT_MISSING")


@case("consent.that_has_ended", "Law and consent: it refuses one that has ended")
def _(bench):
    refused(bench, consent_until(bench, -1000), "SEND_CONSENT_EXPIRED")


@case("consent.longer_than_the_agreement_allows", "Law and consent: longer than consent_max_days")
def _(bench):
    refused(bench, consent_until(bench, 90 * DAY_MS + 2 * HOUR_MS), "SEND_CONSENT_SCOPE")


@case("consent.within_the_slack_of_an_hour", "Time: stated consent, 1 hour of slack")
def _(bench):
    accepted(bench, consent_until(bench, 90 * DAY_MS + HOUR_MS // 2))
