"""Messages as an honest peer makes them, and the places where a case can make one dishonest."""

import copy
import os

import contract
import crypto
from bench import Bench, now_ms, random_id, uuid_v7
from identities import Identity

Header = contract.envelope.EnvelopeHeader
AGREEMENT, LEGAL, REFERRAL = contract.agreement, contract.legal, contract.referral
DAY_MS = 24 * 3600 * 1000
URGENT_SECONDS, ROUTINE_SECONDS = 4 * 3600, 5 * 24 * 3600
PERMISSION = "remiss-1"


def set_time(field, ms: int) -> None:
    field.seconds, field.nanos = divmod(ms, 1000)
    field.nanos *= 1_000_000


class Draft:
    """A message that is still to be signed; every part can be changed before."""

    def __init__(self, sender: Identity, header, payload: bytes, sealed: bytes = b""):
        self.sender = sender
        self.header = header
        self.payload = payload
        self.sealed = sealed

    def set(self, **fields) -> "Draft":
        """Other values in the header."""
        for name, value in fields.items():
            if name.endswith("_at"):
                set_time(getattr(self.header, name), value)
            elif name in ("data_categories", "critical"):
                del getattr(self.header, name)[:]
                getattr(self.header, name).extend(value)
            else:
                setattr(self.header, name, value)
        return self

    def clear(self, name: str) -> "Draft":
        self.header.ClearField(name)
        return self

    def envelope(self, **parts):
        """Signs it; `parts` replace finished parts of the envelope."""
        header = copy.deepcopy(self.header)
        if not header.payload_digest:
            header.payload_digest = crypto.sha256(self.payload)
        return self.finish(header.SerializeToString(), **parts)

    def finish(self, header: bytes, /, **parts):
        """The envelope for header bytes as they are."""
        signed = crypto.sha256(header) + crypto.sha256(self.sealed)
        made = {
            "header": header,
            "payload": self.payload,
            "sealed": self.sealed,
            "key_id": self.sender.key_id,
            "signature": crypto.sign(self.sender.signing, "envelope", signed),
        }
        return contract.envelope.Envelope(**{**made, **parts})


def draft(bench: Bench, sender: Identity, kind: str, thread: bytes, payload: bytes) -> Draft:
    """The first message of a thread, with nothing sealed."""
    header = Header(
        message_id=uuid_v7(),
        message_type=kind,
        schema_version=1,
        sender=sender.organisation,
        recipient=bench.target.organisation,
        conversation_id=thread,
    )
    now = now_ms()
    return Draft(sender, header, payload).set(created_at=now, expires_at=now + 14 * DAY_MS)


def after(previous, following: Draft) -> Draft:
    """Chains a message to the envelope before it in the thread."""
    return following.set(previous_hash=crypto.sha256(previous.header))


# --- Referrals ---------------------------------------------------------------------------


def content(**fields) -> bytes:
    """Personal data of nobody."""
    filled = fields or {"name": "Kim", "note": "Behöver ett rum."}
    return REFERRAL.ReferralContent(salt=os.urandom(32), **filled).SerializeToString()


def request_payload(referral: bytes, **changes):
    """A routine request for long-term help on a consent of thirty days."""
    payload = REFERRAL.ReferralRequested(
        referral_id=referral,
        priority=AGREEMENT.PRIORITY_ROUTINE,
        subject=AGREEMENT.SUBJECT_AREA_HOMELESSNESS,
        contact_policy=REFERRAL.CONTACT_POLICY_VIA_REQUESTER,
    )
    payload.service_type.list = "service_type"
    payload.service_type.list_version = 1
    payload.service_type.code = "LONG_TERM_HELP"
    payload.consent.consent_id = random_id()
    set_time(payload.consent.valid_until, now_ms() + 30 * DAY_MS)
    set_time(payload.respond_by, now_ms() + ROUTINE_SECONDS * 1000 + 60_000)
    for name, value in changes.items():
        setattr(payload, name, value)
    return payload


def request(
    bench: Bench,
    sender: Identity | None = None,
    payload=None,
    under: str = "peer",
    unit: str = "",
    clear: bytes | None = None,
) -> Draft:
    """A request for a referral as an honest peer makes it."""
    sender = sender or bench.peer
    payload = payload or request_payload(uuid_v7())
    made = draft(bench, sender, "referral.requested", payload.referral_id, b"")
    made.payload = payload.SerializeToString()
    made.header.agreement_id, made.header.agreement_version = bench.agreements[under], 1
    clear = content() if clear is None else clear
    categories = [LEGAL.DATA_CATEGORY_IDENTITY, LEGAL.DATA_CATEGORY_FREE_TEXT]
    return sealed(bench, made, unit, clear, categories)


def sealed(bench: Bench, made: Draft, unit: str, clear: bytes, categories: list[int]) -> Draft:
    """Seals content to a function of the node, on the person's consent."""
    public = bench.sealing_key(unit)
    header = made.header
    header.recipient_unit = unit
    header.content_commitment = crypto.commitment(clear)
    header.sealing_key_id = crypto.key_id(public)
    header.disclosure_ground = LEGAL.DISCLOSURE_GROUND_CONSENT_12_2
    header.gdpr_basis = LEGAL.GDPR_BASIS_PUBLIC_TASK_6_1_E
    header.data_categories.extend(categories)
    aad = crypto.content_aad(
        header.message_id, made.sender.organisation, bench.target.organisation, unit
    )
    made.sealed = crypto.seal(public, crypto.pad(clear), aad)
    return made


def partner_request(bench: Bench, **changes) -> Draft:
    """The same from the civil-society organisation, on the ground and basis open to it."""
    made = request(bench, bench.partner, under="partner", **changes)
    ground = LEGAL.DISCLOSURE_GROUND_PRIVATE_17_11_CONSENT
    return made.set(disclosure_ground=ground, gdpr_basis=LEGAL.GDPR_BASIS_EXPLICIT_CONSENT_9_2_A)


def note(bench: Bench, requested, text: str = "Rummet är klart.") -> Draft:
    """The source tells the target something in between, after the request or another note."""
    thread = Header.FromString(requested.header).conversation_id
    payload = REFERRAL.ReferralNoted(referral_id=thread)
    payload.consent.consent_id = random_id()
    set_time(payload.consent.valid_until, now_ms() + 30 * DAY_MS)
    kind = "referral.noted"
    made = draft(bench, bench.peer, kind, thread, payload.SerializeToString())
    made.set(agreement_id=bench.agreements["peer"], agreement_version=1)
    sealed(bench, made, "", content(note=text), [LEGAL.DATA_CATEGORY_FREE_TEXT])
    return after(requested, made)


def cover(envelope):
    """The same message, its content taken back."""
    made = copy.deepcopy(envelope)
    made.withheld_digest = crypto.sha256(envelope.sealed)
    made.sealed = b""
    return made


def withdrawal(bench: Bench, sender: Identity, referral: bytes) -> Draft:
    """The source takes a referral back."""
    reason = REFERRAL.STATUS_REASON_NO_LONGER_NEEDED
    payload = REFERRAL.ReferralWithdrawn(referral_id=referral, reason=reason)
    kind = "referral.withdrawn"
    made = draft(bench, sender, kind, referral, payload.SerializeToString())
    return made.set(agreement_id=bench.agreements["peer"], agreement_version=1)


def progress(bench: Bench, sender: Identity, referral: bytes, version: int, **event) -> Draft:
    """One event of the target's log."""
    payload = REFERRAL.ReferralProgressed(referral_id=referral, version=version, **event)
    set_time(payload.occurred_at, now_ms())
    kind = "referral.progressed"
    made = draft(bench, sender, kind, referral, payload.SerializeToString())
    return made.set(agreement_id=bench.agreements["peer"], agreement_version=1)


# --- Agreements --------------------------------------------------------------------------


def terms(parties: list[str], kind: int = AGREEMENT.AGREEMENT_KIND_REGIONAL_COOPERATION, **changes):
    """An agreement about homelessness for a year, with one permission and one prohibition."""
    made = AGREEMENT.AgreementTerms(
        agreement_id=random_id(),
        version=1,
        kind=kind,
        title="Conformance",
        subjects=[AGREEMENT.SUBJECT_AREA_HOMELESSNESS],
        consent_max_days=90,
        legal_references=["KL 9:37"],
    )
    for organisation in parties:
        role = AGREEMENT.PARTY_ROLE_PARTICIPANT
        made.parties.add(organisation=organisation, role=role)
    send = AGREEMENT.ACTION_REFERRAL_SEND
    made.rules.add(rule_id=PERMISSION, effect=AGREEMENT.EFFECT_PERMIT, action=send)
    made.rules.add(
        rule_id="skyddat",
        effect=AGREEMENT.EFFECT_PROHIBIT,
        action=send,
        service_types=["PROTECTED_HOUSING"],
    )
    for priority, seconds in (
        (AGREEMENT.PRIORITY_ROUTINE, ROUTINE_SECONDS),
        (AGREEMENT.PRIORITY_URGENT, URGENT_SECONDS),
    ):
        made.response_times.add(priority=priority, respond_within_seconds=seconds)
    set_time(made.valid_from, now_ms() - 60_000)
    set_time(made.valid_until, now_ms() + 365 * DAY_MS)
    for name, value in changes.items():
        if name.startswith("valid_"):
            set_time(getattr(made, name), value)
        else:
            setattr(made, name, value)
    return made


def agreement_signature(signer: Identity, signed_terms: bytes):
    """One party's signature under the terms, made now."""
    signed_at = now_ms()
    message = crypto.sha256(signed_terms) + signed_at.to_bytes(8, "big")
    made = AGREEMENT.AgreementSignature(
        organisation=signer.organisation,
        key_id=signer.key_id,
        signature=crypto.sign(signer.signing, "agreement", message),
    )
    set_time(made.signed_at, signed_at)
    return made


def proposal(bench: Bench, sender: Identity, made, signatures=None) -> Draft:
    """A party asks the others to sign; `made` are terms, or bytes that claim to be."""
    encoded = made if isinstance(made, bytes) else made.SerializeToString()
    signed = [agreement_signature(sender, encoded)] if signatures is None else signatures
    payload = contract.negotiation.AgreementProposed(terms=encoded, signatures=signed)
    read = AGREEMENT.AgreementTerms.FromString(encoded)
    kind = "agreement.proposed"
    message = draft(bench, sender, kind, read.agreement_id, payload.SerializeToString())
    return message.set(agreement_id=read.agreement_id, agreement_version=read.version)


def signed_message(bench: Bench, sender: Identity, made, signatures, **changes) -> Draft:
    """A party tells the others that it signed."""
    payload = contract.negotiation.AgreementSigned(
        agreement_id=made.agreement_id,
        version=made.version,
        terms_sha256=crypto.sha256(made.SerializeToString()),
        signatures=signatures,
    )
    for name, value in changes.items():
        setattr(payload, name, value)
    kind = "agreement.signed"
    message = draft(bench, sender, kind, made.agreement_id, payload.SerializeToString())
    return message.set(agreement_id=made.agreement_id, agreement_version=made.version)


def termination(bench: Bench, sender: Identity, agreement: bytes, effective_ms: int) -> Draft:
    """A party ends an agreement for all."""
    payload = contract.negotiation.AgreementTerminated(agreement_id=agreement, version=1)
    set_time(payload.effective_at, effective_ms)
    kind = "agreement.terminated"
    message = draft(bench, sender, kind, agreement, payload.SerializeToString())
    return message.set(agreement_id=agreement, agreement_version=1)
