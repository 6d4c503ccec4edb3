"""Notices of evictions, as docs/NOTICES.md has them: we are Kronofogden."""

import uuid

import contract
from answers import accepted, blank, refused, taken_three_times
from bench import Bench
from messages import LEGAL, Draft, after, draft
from messages_home import (
    BARE,
    NOTICE,
    PERMISSION,
    TENANT,
    WITH_CONTENT,
    another_commitment,
    eviction,
    notice,
    one_kind_fewer,
    seal_notice,
    thread_of,
    unsealed,
)
from suite import Skipped, case, expect, expect_equal

INVALID, NOT_ALLOWED = "SEND_INVALID_FIELD", "SEND_GROUND_NOT_ALLOWED"
WORKER, OFFICER = "CASE_WORKER", "PROTECTED_OFFICER"
DAY = "2026-12-24"
APPLICATION, SCHEDULED, REMOVAL = WITH_CONTENT
WITHDRAWN, RESPITE, LAPSED, EXECUTED = BARE


def told(bench: Bench, *kinds: int):
    """Kronofogden tells these one after the other, and all are taken; the last envelope."""
    last = accepted(bench, notice(bench, kinds[0]), PERMISSION)
    for kind in kinds[1:]:
        last = accepted(bench, notice(bench, kind, last), rule="")
    return last


def shown(bench: Bench, thread: bytes, role: str = WORKER, unit: str = "") -> str:
    """What the node's staff is shown of a notice; nothing where it is absent."""
    if not bench.target.show:
        raise Skipped("nobody shows what the node's staff sees (--show)")
    return bench.target.show("notice", str(uuid.UUID(bytes=thread)), role, unit)


def confirmed(bench: Bench, sender, before) -> Draft:
    """A confirmation, which only the municipality gives."""
    header = contract.envelope.EnvelopeHeader.FromString(before.header)
    id = header.conversation_id
    payload = NOTICE.NoticeConfirmed(notice_id=id, message_id=header.message_id)
    made = draft(bench, sender, "notice.confirmed", id, payload.SerializeToString())
    clear = NOTICE.ConfirmationContent(salt=bytes(32), case_worker="Kim", phone="0480-45 00 00")
    return seal_notice(bench, made, "", clear)


# --- What may be told --------------------------------------------------------------------


@case("notice.is_taken_and_shown", "NOTICES, Messages: sealed to the receiving function")
def _(bench):
    thread = thread_of(told(bench, SCHEDULED))
    expect(TENANT in shown(bench, thread), "the case worker does not see who is to be evicted")


@case("notice.twice_has_one_effect", "Repeats: the very same receipt, and the effect once")
def _(bench):
    first = taken_three_times(bench, notice(bench))
    # It stands in its thread once, and what follows it is taken.
    accepted(bench, notice(bench, EXECUTED, first), rule="")


@case("notice.all_the_way", "NOTICES, Kinds: what follows what")
def _(bench):
    told(bench, APPLICATION, SCHEDULED, SCHEDULED, RESPITE, SCHEDULED, EXECUTED)
    told(bench, APPLICATION, LAPSED)
    told(bench, REMOVAL, REMOVAL, WITHDRAWN)


@case("notice.on_fewer_kinds_of_data", "PROTOCOL: every kind of data that the content always has")
def _(bench):
    refused(bench, one_kind_fewer(notice(bench)), INVALID, "header.data_categories")


# --- Who may, and on what ----------------------------------------------------------------

for who in ("peer", "landlord"):

    @case(f"notice.from_the_{who}", "NOTICES, Who may send: ENFORCEMENT_AUTHORITY")
    def _(bench, who=who):
        made = notice(bench, sender=bench.identities[who], under=who)
        refused(bench, made, NOT_ALLOWED, "disclosure_ground")


@case("notice.that_no_rule_permits", "NOTICES, Who may send: a rule about NOTICE_SEND")
def _(bench):
    refused(bench, notice(bench, under="kronofogden_silent"), "SEND_POLICY_DENIED")


@case("notice.under_an_agreement_of_others", "NOTICES, Refusals: no agreement is there")
def _(bench):
    refused(bench, notice(bench, under="landlord"), "SEND_NOT_FOUND")


@case("notice.on_another_ground", "NOTICES, Who may send: the ground is always OSL 10:28")
def _(bench):
    # The matrix opens it for Kronofogden, and a notice does not use it.
    made = notice(bench).set(disclosure_ground=LEGAL.DISCLOSURE_GROUND_KFM_34_1)
    refused(bench, made, NOT_ALLOWED, "header.disclosure_ground")


@case("notice.follows_on_another_ground", "NOTICES, Who may send: the ground is always OSL 10:28")
def _(bench):
    made = notice(bench, SCHEDULED, told(bench, APPLICATION))
    made.set(disclosure_ground=LEGAL.DISCLOSURE_GROUND_CONSENT_12_2)
    refused(bench, made, NOT_ALLOWED, "header.disclosure_ground")


# --- What is said ------------------------------------------------------------------------

for kind in WITH_CONTENT:
    name = NOTICE.NoticeKind.Name(kind).removeprefix("NOTICE_KIND_").lower()

    @case(f"notice.{name}_with_nothing_sealed", "NOTICES, Refusals: it needs sealed content")
    def _(bench, kind=kind):
        made = unsealed(notice(bench, kind))
        refused(bench, made, "SEND_GROUND_MISSING", "header.disclosure_ground")


for kind in BARE:
    name = NOTICE.NoticeKind.Name(kind).removeprefix("NOTICE_KIND_").lower()

    @case(f"notice.{name}_with_content", "NOTICES, Messages: it carries nothing sealed")
    def _(bench, kind=kind):
        made = notice(bench, kind, told(bench, SCHEDULED))
        refused(bench, seal_notice(bench, made, "", eviction()), "SEND_CONTENT_FORBIDDEN")


for name, number in {
    "a_personnummer": "18900101-9802",
    "a_name": "Kim Testsson",
    "no_year": "U-12345",
    "small_letters": "u-12345-26",
    "a_short_part": "U-12345-26/108",
    "nothing": "",
}.items():

    @case(f"notice.case_number_of_{name}", "NOTICES, Messages: another form is refused")
    def _(bench, number=number):
        made = notice(bench, case_number=number)
        refused(bench, made, INVALID, "payload.case_number")


@case("notice.children_of_a_protected_person", "NOTICES, Messages: never of a protected person")
def _(bench):
    unit = bench.protected_unit
    made = notice(bench, unit=unit, protected=True, with_children=True)
    refused(bench, made, INVALID, "payload.with_children")


@case("notice.respite_until_a_day", "Contract: until is the last day of a respite")
def _(bench):
    made = notice(bench, RESPITE, told(bench, SCHEDULED), until=DAY)
    expect(DAY in shown(bench, thread_of(accepted(bench, made, rule=""))), f"{DAY} is not shown")


@case("notice.another_kind_until_a_day", "Contract: until is empty with every other kind")
def _(bench):
    refused(bench, notice(bench, until=DAY), INVALID, "payload.until")
    made = notice(bench, WITHDRAWN, told(bench, SCHEDULED), until=DAY)
    refused(bench, made, INVALID, "payload.until")
    for day in ("2026-12-32", "1 december"):
        made = notice(bench, RESPITE, told(bench, SCHEDULED), until=day)
        refused(bench, made, INVALID, "payload.until")


@case("notice.content_that_was_not_committed_to", "Sealed content: the header holds a commitment")
def _(bench):
    # The node opens nothing when it arrives; whoever looks is shown the facts and no content.
    sent = accepted(bench, another_commitment(notice(bench)), PERMISSION)
    seen = shown(bench, thread_of(sent))
    expect(seen and TENANT not in seen, f"the case worker is shown {seen!r}")


# --- The thread --------------------------------------------------------------------------


@case("notice.begun_by_what_only_follows", "NOTICES, Kinds: three kinds begin a thread")
def _(bench):
    for kind in BARE:
        refused(bench, notice(bench, kind), "SEND_NOT_FOUND")


@case("notice.kind_that_does_not_follow", "NOTICES, Kinds: the arrows, and no others")
def _(bench):
    for before, kind in (
        ((APPLICATION,), EXECUTED),
        ((APPLICATION,), RESPITE),
        ((APPLICATION,), REMOVAL),
        ((SCHEDULED,), APPLICATION),
        ((SCHEDULED,), REMOVAL),
        ((REMOVAL,), SCHEDULED),
        ((SCHEDULED, RESPITE), EXECUTED),
    ):
        refused(bench, notice(bench, kind, told(bench, *before)), "SEND_INVALID_TRANSITION")


@case("notice.after_the_end", "NOTICES, Kinds: WITHDRAWN, LAPSED and EXECUTED end it")
def _(bench):
    for end in (WITHDRAWN, LAPSED, EXECUTED):
        refused(bench, notice(bench, SCHEDULED, told(bench, SCHEDULED, end)), "SEND_TERMINAL")


@case("notice.of_another_case_in_its_thread", "Contract: the same in the whole thread")
def _(bench):
    made = notice(bench, EXECUTED, told(bench, SCHEDULED), case_number="U-54321-26")
    refused(bench, made, INVALID, "payload.case_number")


@case("notice.to_another_function_in_its_thread", "NOTICES, Messages: the receiving function")
def _(bench):
    made = notice(bench, EXECUTED, told(bench, SCHEDULED), unit=bench.target.unit)
    refused(bench, made, INVALID, "header.recipient_unit")


@case("notice.confirmed_by_kronofogden", "NOTICES, Messages: the municipality confirms")
def _(bench):
    before = told(bench, SCHEDULED)
    made = after(before, confirmed(bench, bench.kronofogden, before))
    refused(bench, made, "SEND_WRONG_ACTOR")


@case("notice.who_is_not_in_it_learns_nothing", "Transport: hidden and absent are the same bytes")
def _(bench):
    known = told(bench, SCHEDULED)
    hidden = confirmed(bench, bench.peer, known)
    refused(bench, hidden, "SEND_NOT_FOUND")
    absent = confirmed(bench, bench.peer, notice(bench).envelope())
    again = confirmed(bench, bench.peer, told(bench, SCHEDULED))
    expect_equal(blank(bench, again), blank(bench, absent), "the answer about others' notice")


# --- The protected way -------------------------------------------------------------------


@case("notice.protected_to_another_function", "NOTICES, The protected way: to no other function")
def _(bench):
    for unit in ("", bench.target.unit):
        made = notice(bench, unit=unit, protected=True)
        refused(bench, made, "SEND_PROTECTED_WAY", "header.recipient_unit")
        thread = made.header.conversation_id
        for role in (WORKER, OFFICER):
            expect_equal(shown(bench, thread, role, unit), "", f"what {role} is shown")


@case("notice.protected_is_shown_to_its_officers", "NOTICES, The protected way: as if absent")
def _(bench):
    unit = bench.protected_unit
    thread = thread_of(accepted(bench, notice(bench, unit=unit, protected=True), PERMISSION))
    expect(TENANT in shown(bench, thread, OFFICER, unit), "the protected officer does not see it")
    for role, where in ((WORKER, unit), (WORKER, ""), (OFFICER, "")):
        expect_equal(shown(bench, thread, role, where), "", f"what {role} of {where!r} is shown")


@case("notice.protected_leaves_its_way", "NOTICES, The protected way: the whole thread")
def _(bench):
    unit = bench.protected_unit
    first = accepted(bench, notice(bench, unit=unit, protected=True), PERMISSION)
    made = notice(bench, SCHEDULED, first, protected=True)
    refused(bench, made, "SEND_PROTECTED_WAY", "header.recipient_unit")


@case("notice.protected_no_more_in_its_thread", "Contract: protected, the same in the whole thread")
def _(bench):
    unit = bench.protected_unit
    first = accepted(bench, notice(bench, unit=unit, protected=True), PERMISSION)
    refused(bench, notice(bench, EXECUTED, first, unit=unit), INVALID, "payload.protected")
