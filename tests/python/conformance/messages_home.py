"""Notices of evictions and signals as an honest Kronofogden and an honest landlord make them."""

import os

import contract
import crypto
from bench import Bench, uuid_v7
from identities import Identity
from messages import LEGAL, Draft, after, draft, sealed, terms

AGREEMENT, NOTICE, SIGNAL = contract.agreement, contract.notice, contract.signal
PERMISSION, GRACE_DAYS = "besked-1", 5
TENANT, STREET, PHONE = "Kim Testsson", "Storgatan 1 lgh 1101", "0480-45 00 00"
CASE_NUMBER = "U-12345-26"
CATEGORIES = [
    LEGAL.DATA_CATEGORY_IDENTITY,
    LEGAL.DATA_CATEGORY_HOUSEHOLD,
    LEGAL.DATA_CATEGORY_HOUSING_SITUATION,
]
# The kinds of data that every release and every round has; other subjects have those above.
CATEGORIES_OF = {
    SIGNAL.SIGNAL_SUBJECT_VISIT_ROUND: [LEGAL.DATA_CATEGORY_HOUSING_SITUATION],
    SIGNAL.SIGNAL_SUBJECT_RELEASE: [
        LEGAL.DATA_CATEGORY_IDENTITY,
        LEGAL.DATA_CATEGORY_HOUSING_NEED,
        LEGAL.DATA_CATEGORY_SUPPORT_NEED,
    ],
}
CATEGORIES_OF[SIGNAL.SIGNAL_SUBJECT_DISCHARGE] = CATEGORIES_OF[SIGNAL.SIGNAL_SUBJECT_RELEASE]
SALT_BYTES = 32
# Kinds of a notice that have sealed content, and those that have none.
WITH_CONTENT = (
    NOTICE.NOTICE_KIND_APPLICATION,
    NOTICE.NOTICE_KIND_SCHEDULED,
    NOTICE.NOTICE_KIND_REMOVAL,
)
BARE = (
    NOTICE.NOTICE_KIND_WITHDRAWN,
    NOTICE.NOTICE_KIND_RESPITE,
    NOTICE.NOTICE_KIND_LAPSED,
    NOTICE.NOTICE_KIND_EXECUTED,
)


def home_terms(parties: list[str], kind: int, action: int | None):
    """An agreement against evictions with one permission; without an action it permits nothing."""
    made = terms(parties, kind=kind)
    del made.rules[:], made.subjects[:]
    made.subjects.append(AGREEMENT.SUBJECT_AREA_EVICTION_PREVENTION)
    made.signals.grace_days = GRACE_DAYS
    if action is None:
        effect, action = AGREEMENT.EFFECT_PROHIBIT, AGREEMENT.ACTION_REFERRAL_SEND
    else:
        effect = AGREEMENT.EFFECT_PERMIT
    made.rules.add(rule_id=PERMISSION, effect=effect, action=action)
    return made


def seal_by_duty(
    bench: Bench, made: Draft, unit: str, clear, ground: int, categories=CATEGORIES
) -> Draft:
    """Seals content to a function of the node, as the law obliges the sender."""
    sealed(bench, made, unit, clear.SerializeToString(), categories)
    basis = LEGAL.GDPR_BASIS_LEGAL_OBLIGATION_6_1_C
    return made.set(disclosure_ground=ground, gdpr_basis=basis)


def thread_of(envelope) -> bytes:
    header = contract.envelope.EnvelopeHeader.FromString(envelope.header)
    return header.conversation_id


# --- Notices -----------------------------------------------------------------------------


def eviction(kind: int = NOTICE.NOTICE_KIND_SCHEDULED, **changes):
    """Who is to be evicted, and from where; of nobody."""
    told = NOTICE.EvictionContent(
        salt=os.urandom(SALT_BYTES),
        tenant_name=TENANT,
        address=STREET,
        ground=NOTICE.EVICTION_GROUND_RENT,
        landlord=NOTICE.LANDLORD_KIND_PRIVATE,
        children=NOTICE.CHILDREN_NO,
        other_occupants=NOTICE.OCCUPANTS_NO,
        contact=PHONE,
    )
    if kind != NOTICE.NOTICE_KIND_APPLICATION:
        told.planned_at = "2026-12-01T10:00"
    for name, value in changes.items():
        setattr(told, name, value)
    return told


def notice(
    bench: Bench,
    kind: int = NOTICE.NOTICE_KIND_SCHEDULED,
    before=None,
    sender: Identity | None = None,
    under: str = "kronofogden",
    unit: str = "",
    **changes,
) -> Draft:
    """What Kronofogden tells, of a new eviction or in the thread of the message before."""
    id = thread_of(before) if before else uuid_v7()
    payload = NOTICE.EvictionNotified(notice_id=id, case_number=CASE_NUMBER, kind=kind)
    for name, value in changes.items():
        setattr(payload, name, value)
    sender = sender or bench.kronofogden
    made = draft(bench, sender, "notice.eviction", id, payload.SerializeToString())
    made.set(agreement_id=bench.agreements[under], agreement_version=1, recipient_unit=unit)
    if kind in WITH_CONTENT:
        seal_notice(bench, made, unit, eviction(kind))
    return after(before, made) if before else made


def seal_notice(bench: Bench, made: Draft, unit: str, clear) -> Draft:
    """On OSL 10:28."""
    duty = LEGAL.DISCLOSURE_GROUND_STATUTORY_DUTY_10_28
    return seal_by_duty(bench, made, unit, clear, duty)


# --- Signals -----------------------------------------------------------------------------


def rent_notice(**changes):
    """The fields of form 3, of nobody."""
    told = SIGNAL.SignalContent(salt=os.urandom(SALT_BYTES))
    told.rent.landlord_name, told.rent.landlord_address = "Hyresvärden", "Torget 2"
    told.rent.landlord_phone, told.rent.payment_account = PHONE, "123-4567"
    told.rent.tenant_name, told.rent.address = TENANT, STREET
    told.rent.amount_ore, told.rent.due_on = 850_000, "2026-10-30"
    told.rent.children = NOTICE.CHILDREN_NO
    for name, value in changes.items():
        setattr(told.rent, name, value)
    return told


def arrears():
    """Rent that is late, of nobody."""
    told = SIGNAL.SignalContent(salt=os.urandom(SALT_BYTES))
    told.arrears.tenant_name, told.arrears.address = TENANT, STREET
    told.arrears.amount_ore, told.arrears.contact = 850_000, PHONE
    told.arrears.children = NOTICE.CHILDREN_NO
    return told


def disturbance():
    """Noise in a dwelling, of nobody."""
    told = SIGNAL.SignalContent(salt=os.urandom(SALT_BYTES))
    told.disturbance.tenant_name, told.disturbance.address = TENANT, STREET
    told.disturbance.kind = SIGNAL.DISTURBANCE_KIND_NOISE
    told.disturbance.first_on = told.disturbance.last_on = "2026-11-01"
    told.disturbance.children, told.disturbance.contact = NOTICE.CHILDREN_NO, PHONE
    return told


CONTENT = {
    SIGNAL.SIGNAL_SUBJECT_RENT_NOTICE: rent_notice,
    SIGNAL.SIGNAL_SUBJECT_ARREARS: arrears,
    SIGNAL.SIGNAL_SUBJECT_DISTURBANCE: disturbance,
}


def signal(
    bench: Bench,
    subject: int = SIGNAL.SIGNAL_SUBJECT_RENT_NOTICE,
    sender: Identity | None = None,
    under: str = "landlord",
    clear=None,
    **changes,
) -> Draft:
    """What a landlord tells the municipality."""
    payload = SIGNAL.SignalGiven(signal_id=uuid_v7(), subject=subject)
    if subject == SIGNAL.SIGNAL_SUBJECT_ARREARS:
        payload.days_late = GRACE_DAYS + 1
    for name, value in changes.items():
        if name == "priority":
            payload.priority.extend(value)
        else:
            setattr(payload, name, value)
    sender = sender or bench.landlord
    given = payload.SerializeToString()
    made = draft(bench, sender, "signal.given", payload.signal_id, given)
    made.set(agreement_id=bench.agreements[under], agreement_version=1)
    clear = clear or CONTENT.get(subject, arrears)()
    return seal_signal(bench, made, clear, CATEGORIES_OF.get(subject, CATEGORIES))


def seal_signal(bench: Bench, made: Draft, clear, categories=CATEGORIES) -> Draft:
    """On JB 12:25 or 12:44."""
    duty = LEGAL.DISCLOSURE_GROUND_LANDLORD_DUTY
    return seal_by_duty(bench, made, "", clear, duty, categories)


def step(
    bench: Bench,
    before,
    taken: int,
    on: str = "",
    sender: Identity | None = None,
    thread: bytes = b"",
) -> Draft:
    """What either end tells next, after the message before or of a thread of no message."""
    id = thread or thread_of(before)
    payload = SIGNAL.SignalStepTold(signal_id=id, step=taken, on=on)
    sender = sender or bench.landlord
    made = draft(bench, sender, "signal.step", id, payload.SerializeToString())
    made.set(agreement_id=bench.agreements["landlord"], agreement_version=1)
    return after(before, made) if before else made


def unsealed(made: Draft) -> Draft:
    """The same with nothing sealed."""
    for field in ("content_commitment", "sealing_key_id", "disclosure_ground", "gdpr_basis"):
        made.clear(field)
    made.sealed = b""
    return made.set(data_categories=[])


def one_kind_fewer(made: Draft) -> Draft:
    """The same with a kind of data that is there and not said."""
    return made.set(data_categories=list(made.header.data_categories)[1:])


def another_commitment(made: Draft) -> Draft:
    """Commits to other content than what is sealed."""
    return made.set(content_commitment=crypto.commitment(b"another"))
