"""Signals about somebody's home, as docs/SIGNALS.md has them: we are a landlord."""

import uuid

from answers import accepted, blank, refused, taken_three_times
from bench import Bench, uuid_v7
from messages import LEGAL
from messages_home import (
    GRACE_DAYS,
    PERMISSION,
    SIGNAL,
    TENANT,
    another_commitment,
    arrears,
    notice,
    one_kind_fewer,
    rent_notice,
    seal_signal,
    signal,
    step,
    thread_of,
    unsealed,
)
from suite import Skipped, case, expect, expect_equal

INVALID, NOT_ALLOWED = "SEND_INVALID_FIELD", "SEND_GROUND_NOT_ALLOWED"
RENT_NOTICE, ARREARS = SIGNAL.SIGNAL_SUBJECT_RENT_NOTICE, SIGNAL.SIGNAL_SUBJECT_ARREARS
DISTURBANCE, ROUND = SIGNAL.SIGNAL_SUBJECT_DISTURBANCE, SIGNAL.SIGNAL_SUBJECT_VISIT_ROUND
RELEASE, DISCHARGE = SIGNAL.SIGNAL_SUBJECT_RELEASE, SIGNAL.SIGNAL_SUBJECT_DISCHARGE
SERVED, PAID = SIGNAL.SIGNAL_STEP_TENANT_SERVED, SIGNAL.SIGNAL_STEP_PAID
WITHDRAWN, EVICTED = SIGNAL.SIGNAL_STEP_WITHDRAWN, SIGNAL.SIGNAL_STEP_EVICTED
DAY, MONDAY, BIRTH = "2026-11-20", "2026-11-30", "1912-12-12"


def given(bench: Bench, subject: int = RENT_NOTICE, **changes):
    """A signal that the node has taken; the envelope."""
    return accepted(bench, signal(bench, subject, **changes), PERMISSION)


def shown(bench: Bench, envelope) -> str:
    """What a case worker of the node is shown of a signal; nothing where it is absent."""
    if not bench.target.show:
        raise Skipped("nobody shows what the node's staff sees (--show)")
    id = str(uuid.UUID(bytes=thread_of(envelope)))
    return bench.target.show("signal", id, "CASE_WORKER", "")


# --- What may be told --------------------------------------------------------------------


@case("signal.is_taken_and_shown", "SIGNALS, Messages: sealed, who it is about")
def _(bench):
    for subject in (RENT_NOTICE, ARREARS, DISTURBANCE):
        seen = shown(bench, given(bench, subject))
        expect(TENANT in seen, f"the case worker is shown {seen!r}")


@case("signal.twice_has_one_effect", "Repeats: the very same receipt, and the effect once")
def _(bench):
    first = taken_three_times(bench, signal(bench))
    taken_three_times(bench, step(bench, first, PAID))


@case("signal.arrears_within_grace", "SIGNALS, Times: grace_days, refused within them (BFK-03)")
def _(bench):
    made = signal(bench, ARREARS, days_late=GRACE_DAYS)
    refused(bench, made, "SEND_WITHIN_GRACE", "days_late")
    given(bench, ARREARS, days_late=GRACE_DAYS + 1)


# --- Who may, and on what ----------------------------------------------------------------


def not_theirs(who: str, under: str, *subjects: int) -> None:
    for subject in subjects:
        name = SIGNAL.SignalSubject.Name(subject).removeprefix("SIGNAL_SUBJECT_").lower()

        @case(f"signal.{name}_from_the_{who}", "SIGNALS, Who sends what")
        def _(bench, subject=subject):
            on = MONDAY if subject in (RELEASE, DISCHARGE) else ""
            sender = bench.identities[who]
            made = signal(bench, subject, sender=sender, under=under, on=on)
            refused(bench, made, NOT_ALLOWED, "disclosure_ground")


not_theirs("landlord", "landlord", RELEASE, DISCHARGE)
not_theirs("peer", "peer", RENT_NOTICE, ARREARS, DISTURBANCE)
not_theirs("kronofogden", "kronofogden", RENT_NOTICE)


@case("signal.that_no_rule_permits", "SIGNALS, Who sends what: a rule about SIGNAL_SEND")
def _(bench):
    refused(bench, signal(bench, under="landlord_silent"), "SEND_POLICY_DENIED")


@case("signal.under_an_agreement_of_others", "The gate 2: both ends are participants")
def _(bench):
    refused(bench, signal(bench, under="peer"), "SEND_NOT_FOUND")


@case("signal.on_another_ground", "SIGNALS, Who sends what: a private landlord's duty")
def _(bench):
    grounds = (
        LEGAL.DISCLOSURE_GROUND_STATUTORY_DUTY_10_28,
        LEGAL.DISCLOSURE_GROUND_CONSENT_12_2,
    )
    for ground in grounds:
        refused(bench, signal(bench).set(disclosure_ground=ground), NOT_ALLOWED)


@case("signal.on_another_basis", "The gate 7: the GDPR basis is open to the sender")
def _(bench):
    made = signal(bench).set(gdpr_basis=LEGAL.GDPR_BASIS_PUBLIC_TASK_6_1_E)
    refused(bench, made, "SEND_GDPR_BASIS_NOT_ALLOWED", "header.gdpr_basis")


# --- What is said ------------------------------------------------------------------------


@case("signal.with_nothing_sealed", "SIGNALS, Messages: sealed, who it is about")
def _(bench):
    made = unsealed(signal(bench))
    refused(bench, made, "SEND_GROUND_MISSING", "header.disclosure_ground")


for name, subject, field, values in (
    ("subject_unset", 0, "subject", {}),
    ("arrears_on_a_day", ARREARS, "on", {"on": DAY}),
    ("arrears_that_are_not_late", ARREARS, "days_late", {"days_late": 0}),
    ("rent_notice_that_is_late", RENT_NOTICE, "days_late", {"days_late": 9}),
    ("rent_notice_on_no_day", RENT_NOTICE, "on", {"on": "2026-11-31"}),
    ("round_without_its_last_day", ROUND, "on", {}),
    ("class_of_ill_health", RENT_NOTICE, "priority", {"priority": [4]}),
    ("class_twice", RENT_NOTICE, "priority", {"priority": [1, 1]}),
):

    @case(f"signal.{name}", "SIGNALS, Messages: in clear")
    def _(bench, subject=subject, field=field, values=values):
        refused(bench, signal(bench, subject, **values), INVALID, f"payload.{field}")


@case("signal.content_that_was_not_committed_to", "Sealed content: the header holds a commitment")
def _(bench):
    # The node opens nothing when it arrives; whoever looks is shown the facts and no content.
    seen = shown(bench, accepted(bench, another_commitment(signal(bench)), PERMISSION))
    expect(seen and TENANT not in seen, f"the case worker is shown {seen!r}")


@case("signal.date_of_birth_cannot_be_said", "SIGNALS, Messages: no date of birth (STJ-07)")
def _(bench):
    # As another version could say it: in a field that this one does not have.
    clear = rent_notice()
    clear.rent.MergeFromString(bytes([0xFA, 0x01, len(BIRTH)]) + BIRTH.encode())
    assert BIRTH.encode() in clear.SerializeToString()
    seen = shown(bench, given(bench, clear=clear))
    expect(TENANT in seen and BIRTH not in seen, f"the case worker is shown {seen!r}")


@case("signal.content_of_another_subject", "Contract: the content that fits the subject")
def _(bench):
    clear = SIGNAL.SignalContent(salt=bytes(32))
    clear.release.person_name, clear.release.person_number = TENANT, "189001019802"
    clear.release.contact = "0480-45 00 00"
    clear.release.needs.append(SIGNAL.NEED_CODE_DWELLING)
    seen = shown(bench, given(bench, ARREARS, clear=clear))
    expect(seen and "189001019802" not in seen, f"the case worker is shown {seen!r}")


# --- The thread --------------------------------------------------------------------------


@case("signal.given_twice", "Contract: the thread has the signal's id")
def _(bench):
    first = given(bench)
    again = signal(bench, signal_id=thread_of(first))
    again.set(previous_hash=step(bench, first, PAID).header.previous_hash)
    refused(bench, again, "SEND_IDEMPOTENCY_MISMATCH", "payload.signal_id")


@case("signal.under_the_id_of_a_notice", "Contract: the thread has the signal's id")
def _(bench):
    told = accepted(bench, notice(bench), PERMISSION)
    made = signal(bench, signal_id=thread_of(told))
    refused(bench, made, "SEND_IDEMPOTENCY_MISMATCH", "payload.signal_id")


@case("notice.under_the_id_of_a_signal", "Contract: the thread has the notice's id")
def _(bench):
    thread = thread_of(given(bench))
    made = notice(bench, notice_id=thread).set(conversation_id=thread)
    refused(bench, made, "SEND_IDEMPOTENCY_MISMATCH", "payload.notice_id")


@case("signal.step_of_the_other_end", "SIGNALS, Steps: by")
def _(bench):
    for subject, taken in (
        (RENT_NOTICE, SIGNAL.SIGNAL_STEP_TAKEN_ON),
        (ARREARS, SIGNAL.SIGNAL_STEP_RENT_SECURED),
        (DISTURBANCE, SIGNAL.SIGNAL_STEP_ON_SITE),
        (DISTURBANCE, SIGNAL.SIGNAL_STEP_SUPPORT_DONE),
    ):
        refused(bench, step(bench, given(bench, subject), taken), "SEND_WRONG_ACTOR")


@case("signal.step_of_none", "SIGNALS, Refusals: of a signal that is not there")
def _(bench):
    refused(bench, step(bench, None, PAID, thread=uuid_v7()), "SEND_NOT_FOUND")


@case("signal.who_is_not_in_it_learns_nothing", "Transport: hidden and absent are the same bytes")
def _(bench):
    known = thread_of(given(bench))
    made = [step(bench, None, PAID, sender=bench.peer, thread=id) for id in (known, uuid_v7())]
    refused(bench, step(bench, None, PAID, sender=bench.third, thread=known), "SEND_NOT_FOUND")
    hidden, absent = (blank(bench, one) for one in made)
    expect_equal(hidden, absent, "the answer about a signal of others")


@case("signal.step_that_is_not_taken_about_it", "SIGNALS, Steps: about")
def _(bench):
    for subject, taken in (
        (DISTURBANCE, PAID),
        (ARREARS, SERVED),
        (RENT_NOTICE, SIGNAL.SIGNAL_STEP_LANDLORD_DONE),
        (ARREARS, SIGNAL.SIGNAL_STEP_PLACE_ARRANGED),
    ):
        on = DAY if taken == SERVED else ""
        made = step(bench, given(bench, subject), taken, on)
        refused(bench, made, "SEND_INVALID_TRANSITION")


@case("signal.step_that_stays", "SIGNALS, Steps: what stays has no number between nodes")
def _(bench):
    for number in (0, 16, 17, 99):
        refused(bench, step(bench, given(bench), number), INVALID, "payload.step")


@case("signal.step_with_content_that_it_has_not", "SIGNALS, Steps: told without content")
def _(bench):
    made = seal_signal(bench, step(bench, given(bench), PAID), arrears())
    refused(bench, made, "SEND_CONTENT_FORBIDDEN", "header.sealed")


@case("signal.tenant_is_served_once", "SIGNALS, Steps: opens the window, once")
def _(bench):
    refused(bench, step(bench, given(bench), SERVED), INVALID, "on")
    served = accepted(bench, step(bench, given(bench), SERVED, DAY), rule="")
    # Told a second time it is taken, and changes nothing.
    accepted(bench, step(bench, served, SERVED, "2026-11-23"), rule="")
    refused(bench, step(bench, given(bench, on=DAY), SERVED, DAY), INVALID, "on")


@case("signal.after_the_end", "SIGNALS, Steps: PAID, WITHDRAWN and EVICTED end it")
def _(bench):
    for end, later in ((PAID, EVICTED), (WITHDRAWN, PAID), (EVICTED, WITHDRAWN)):
        over = accepted(bench, step(bench, given(bench), end), rule="")
        refused(bench, step(bench, over, later), "SEND_TERMINAL")


@case("signal.rent_notice_that_replaces", "SIGNALS, A rent notice never changes: SUPERSEDED")
def _(bench):
    first = given(bench)
    second = given(bench, replaces=thread_of(first))
    refused(bench, step(bench, first, PAID), "SEND_TERMINAL")
    accepted(bench, step(bench, second, PAID), rule="")


@case("signal.that_replaces_itself", "SIGNALS, A rent notice never changes: an earlier one")
def _(bench):
    id = uuid_v7()
    made = signal(bench, signal_id=id, replaces=id).set(conversation_id=id)
    refused(bench, made, INVALID, "payload.replaces")


@case("signal.on_fewer_kinds_of_data", "PROTOCOL: every kind of data that the content always has")
def _(bench):
    refused(bench, one_kind_fewer(signal(bench)), INVALID, "header.data_categories")


@case("signal.arrears_that_go_on", "SIGNALS, A rent notice never changes: only another replaces it")
def _(bench):
    first = given(bench)
    given(bench, ARREARS, replaces=thread_of(first))
    accepted(bench, step(bench, first, PAID), rule="")
