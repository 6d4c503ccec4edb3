"""The gate that a request has to pass: agreement, subject, rules, ground and basis."""

import time

import contract
from answers import accepted, blank, refused
from bench import expect_failure, random_id, uuid_v7
from messages import partner_request, request, request_payload
from suite import case, expect_equal

AGREEMENT, LEGAL = contract.agreement, contract.legal
DENIED, NOT_FOUND = "SEND_POLICY_DENIED", "SEND_NOT_FOUND"
NOT_IN_FORCE = "SEND_AGREEMENT_NOT_IN_FORCE"

# --- Which agreement ---------------------------------------------------------------------


@case("gate.unknown_agreement", "The gate 2: otherwise SEND_NOT_FOUND")
def _(bench):
    refused(bench, request(bench).set(agreement_id=random_id()), NOT_FOUND)


@case("gate.unknown_version", "The gate 2: otherwise SEND_NOT_FOUND")
def _(bench):
    refused(bench, request(bench).set(agreement_version=7), NOT_FOUND)


@case("gate.agreement_of_others", "The gate 2: both ends are participants")
def _(bench):
    refused(bench, request(bench, bench.third), NOT_FOUND)


@case("gate.who_is_no_party_learns_nothing", "Transport: hidden and absent are the same bytes")
def _(bench):
    hidden = blank(bench, request(bench, bench.third))
    absent = blank(bench, request(bench, bench.third).set(agreement_id=random_id()))
    expect_equal(hidden, absent, "the answer about an agreement of others")


@case("gate.who_is_no_party_learns_of_no_referral", "Transport: hidden and absent alike")
def _(bench):
    known = request(bench)
    accepted(bench, known)
    hidden, absent = (
        blank(bench, request(bench, bench.third, request_payload(id)))
        for id in (known.header.conversation_id, uuid_v7())
    )
    expect_equal(hidden, absent, "the answer under the id of somebody else's referral")


@case("gate.agreement_not_signed_by_the_node", "The gate 3: in force")
def _(bench):
    refused(bench, request(bench, under="unsigned"), NOT_IN_FORCE)


@case("gate.agreement_that_begins_in_a_month", "The gate 3: in force")
def _(bench):
    refused(bench, request(bench, under="later"), NOT_IN_FORCE)


@case("gate.agreement_within_the_clock_tolerance", "Receiving 16: about to be in force, retryable")
def _(bench):
    result = bench.deliver(bench.peer, request(bench, under="soon").envelope())[0]
    expect_failure(result, NOT_IN_FORCE, None, retryable=True)


@case(
    "gate.agreement_that_waits_for_another_party", "Receiving 16: about to be in force, retryable"
)
def _(bench):
    result = bench.deliver(bench.peer, request(bench, under="waiting").envelope())[0]
    expect_failure(result, NOT_IN_FORCE, None, retryable=True)


@case("gate.agreement_that_was_ended", "The gate 3: in force")
def _(bench):
    refused(bench, request(bench, under="ended"), "SEND_AGREEMENT_TERMINATED")


@case("gate.version_that_a_newer_one_closed", "Agreement: a higher version closes the earlier ones")
def _(bench):
    refused(bench, request(bench, under="superseded"), NOT_IN_FORCE)


@case("gate.newer_version", "Agreement: a higher version, once it has begun")
def _(bench):
    accepted(bench, request(bench, under="superseded").set(agreement_version=2))


@case("gate.agreement_of_three", "Agreement: ACTIVE once all have signed")
def _(bench):
    accepted(bench, request(bench, under="three"))
    accepted(bench, request(bench, bench.third, under="three"))


# --- The gate: what it is about ----------------------------------------------------------


@case("gate.another_subject", "The gate 4: about the subject")
def _(bench):
    other = AGREEMENT.SUBJECT_AREA_BUDGET_ADVICE
    made = request(bench, payload=request_payload(uuid_v7(), subject=other))
    refused(bench, made, "SEND_AGREEMENT_SCOPE")


@case("gate.prohibition_beats_permission", "The gate 5: a prohibition beats a permission")
def _(bench):
    payload = request_payload(uuid_v7())
    payload.service_type.code = "PROTECTED_HOUSING"
    refused(bench, request(bench, payload=payload), DENIED)


@case(
    "gate.prohibition_of_a_claimed_parent", "Agreement: a prohibition also by the sender's parents"
)
def _(bench):
    payload = request_payload(uuid_v7())
    payload.service_type.broader.append("PROTECTED_HOUSING")
    refused(bench, request(bench, payload=payload), DENIED)


@case("gate.category_beyond_the_permission", "Agreement: every data category in the message")
def _(bench):
    refused(bench, request(bench, under="narrow"), DENIED)


@case("gate.category_within_the_permission", "Agreement: every data category in the message")
def _(bench):
    made = request(bench, under="narrow").set(data_categories=[LEGAL.DATA_CATEGORY_IDENTITY])
    accepted(bench, made)


# --- The gate: law -----------------------------------------------------------------------

OPEN = {LEGAL.DISCLOSURE_GROUND_CONSENT_12_2, LEGAL.DISCLOSURE_GROUND_CARE_26_9}
OPEN_TO_PARTNER = {LEGAL.DISCLOSURE_GROUND_PRIVATE_17_11_CONSENT}


def closed_ground(number: int, name: str, who: str, make) -> None:
    @case(f"ground.{name.lower()}_from_{who}", "The gate 6: the disclosure matrix; else closed")
    def _(bench):
        refused(bench, make(bench).set(disclosure_ground=number), "SEND_GROUND_NOT_ALLOWED")


for ground_name, ground in LEGAL.DisclosureGround.items():
    short = ground_name.removeprefix("DISCLOSURE_GROUND_")
    # Only the grounds of this version: a later one may open more.
    if 0 < ground <= LEGAL.DISCLOSURE_GROUND_LANDLORD_DUTY:
        if ground not in OPEN:
            closed_ground(ground, short, "a_municipality", request)
        if ground not in OPEN_TO_PARTNER:
            closed_ground(ground, short, "civil_society", partner_request)


@case("ground.care_26_9_needs_no_consent", "The gate 6 and 8: a consent where the ground is one")
def _(bench):
    payload = request_payload(uuid_v7())
    payload.ClearField("consent")
    made = request(bench, payload=payload)
    accepted(bench, made.set(disclosure_ground=LEGAL.DISCLOSURE_GROUND_CARE_26_9))


@case("ground.private_17_11_consent_from_civil_society", "The gate 6: the disclosure matrix")
def _(bench):
    accepted(bench, partner_request(bench))


@case(
    "basis.explicit_consent_from_a_municipality", "The gate 7: the GDPR basis is open to the sender"
)
def _(bench):
    made = request(bench).set(gdpr_basis=LEGAL.GDPR_BASIS_EXPLICIT_CONSENT_9_2_A)
    refused(bench, made, "SEND_GDPR_BASIS_NOT_ALLOWED")


@case("basis.public_task_from_civil_society", "The gate 7: the GDPR basis is open to the sender")
def _(bench):
    made = partner_request(bench).set(gdpr_basis=LEGAL.GDPR_BASIS_PUBLIC_TASK_6_1_E)
    refused(bench, made, "SEND_GDPR_BASIS_NOT_ALLOWED")


@case(
    "basis.legal_obligation_from_civil_society", "The gate 7: the GDPR basis is open to the sender"
)
def _(bench):
    made = partner_request(bench).set(gdpr_basis=LEGAL.GDPR_BASIS_LEGAL_OBLIGATION_6_1_C)
    refused(bench, made, "SEND_GDPR_BASIS_NOT_ALLOWED")


# --- What ends ---------------------------------------------------------------------------


@case("gate.agreement_that_has_expired", "The gate 3: in force")
def _(bench):
    bench.agreements["short"]
    time.sleep(3.1)
    refused(bench, request(bench, under="short"), "SEND_AGREEMENT_EXPIRED")
