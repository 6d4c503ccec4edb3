"""What the node sends of its own accord, and to whom."""

import time
import uuid

import contract
import crypto
from asking import REQUESTED, ask, asked
from bench import expect_accepted
from inbox import header_of, unavailable
from messages import ROUTINE_SECONDS, after, request, withdrawal
from suite import Skipped, case, expect, expect_equal
from transport import pin_of

LEGAL, REFERRAL = contract.legal, contract.referral
NAME, HOUSING_NEED = "Kim", "OWN_ROOM"


def opened(bench) -> bytes:
    """The padded clear content of that request."""
    envelope = asked(bench)
    header = header_of(envelope)
    ends = (header.sender, header.recipient, header.recipient_unit)
    aad = crypto.content_aad(header.message_id, *ends)
    return crypto.open_sealed(bench.peer.sealing, envelope.sealed, aad)


@case("sends.header_as_the_rules_say", "Envelope: the header's fields")
def _(bench):
    header = header_of(asked(bench))
    expect_equal(header.message_type, REQUESTED, "message_type")
    expect_equal(header.schema_version, 1, "schema_version")
    expect_equal(header.sender, bench.target.organisation, "sender")
    expect_equal(header.recipient, bench.peer.organisation, "recipient")
    expect_equal(header.recipient_unit, "", "recipient_unit")
    expect_equal(header.conversation_id, bench.asked, "conversation_id")
    expect_equal(header.agreement_id, bench.agreements["peer"], "agreement_id")
    expect_equal(header.agreement_version, 1, "agreement_version")
    expect_equal(header.previous_hash, b"", "previous_hash of a first message")
    expect_equal(list(header.critical), [], "critical")
    made, ends = header.created_at.seconds, header.expires_at.seconds
    expect(abs(time.time() - made) < 60 and ends > made, f"made at {made}, ends at {ends}")


@case("sends.message_id_is_a_uuid_v7", "Envelope: a UUIDv7, made before the first attempt")
def _(bench):
    id = uuid.UUID(bytes=header_of(asked(bench)).message_id)
    expect_equal((id.version, id.variant), (7, uuid.RFC_4122), "version and variant")
    expect(abs(time.time() - (id.int >> 80) / 1000) < 60, "its instant is not now")


@case("sends.signature_of_its_listed_key", "Signature: SHA-256(header) and SHA-256(sealed)")
def _(bench):
    envelope = asked(bench)
    keys = {crypto.key_id(key.public_key): key.public_key for key in bench.member.signing_keys}
    expect(envelope.key_id in keys, f"the registry lists no key {envelope.key_id}")
    signed = crypto.sha256(envelope.header) + crypto.sha256(envelope.sealed)
    good = crypto.is_signed(keys[envelope.key_id], "envelope", signed, envelope.signature)
    expect(good, "the signature does not verify")


@case("sends.payload_digest", "Envelope: payload_digest is SHA-256 of the payload")
def _(bench):
    envelope = asked(bench)
    digest = header_of(envelope).payload_digest
    expect_equal(digest, crypto.sha256(envelope.payload), "payload_digest")


@case("sends.nothing_personal_in_clear", "Messages: payloads hold no personal data in clear")
def _(bench):
    envelope = asked(bench)
    for word in (NAME, HOUSING_NEED, "DNR-2026-17"):
        for part in (envelope.header, envelope.payload, envelope.sealed):
            expect(word.encode() not in part, f"{word} stands in clear")


@case("sends.content_sealed_to_the_recipients_key", "Sealed content: HPKE, info and aad")
def _(bench):
    own = bench.peer.sealing.public_key().public_bytes_raw()
    expect_equal(header_of(asked(bench)).sealing_key_id, crypto.key_id(own), "sealing_key_id")
    content = REFERRAL.ReferralContent.FromString(crypto.unpad(opened(bench)))
    expect_equal(content.name, NAME, "the name")
    expect_equal([need.code for need in content.housing_needs], [HOUSING_NEED], "the needs")
    expect_equal(len(content.salt), 32, "the length of the salt")


@case("sends.content_of_the_one_padding", "Sealed content: to the next Padmé size, at least 256")
def _(bench):
    padded = opened(bench)
    expect_equal(len(padded), crypto.padded_size(4 + len(crypto.unpad(padded))), "the size")
    expect_equal(len(asked(bench).sealed), 32 + len(padded) + 16, "the size of what is sealed")


@case("sends.commitment_to_the_content", "Sealed content: commitment over context and content")
def _(bench):
    commitment = crypto.commitment(crypto.unpad(opened(bench)))
    expect_equal(header_of(asked(bench)).content_commitment, commitment, "content_commitment")


@case("sends.categories_of_what_is_filled_in", "Sealed content: categories are derived")
def _(bench):
    categories = [LEGAL.DATA_CATEGORY_IDENTITY, LEGAL.DATA_CATEGORY_HOUSING_NEED]
    expect_equal(list(header_of(asked(bench)).data_categories), categories, "data_categories")


@case("sends.both_legal_fields", "Law and consent: two legal fields, never one")
def _(bench):
    header = header_of(asked(bench))
    expect_equal(header.disclosure_ground, LEGAL.DISCLOSURE_GROUND_CONSENT_12_2, "the ground")
    expect_equal(header.gdpr_basis, LEGAL.GDPR_BASIS_PUBLIC_TASK_6_1_E, "the basis")


@case("sends.answer_due_as_agreed", "Time: the request's time plus the response time")
def _(bench):
    envelope = asked(bench)
    payload = REFERRAL.ReferralRequested.FromString(envelope.payload)
    made_at = header_of(envelope).created_at.ToMilliseconds()
    due = payload.respond_by.ToMilliseconds()
    expect_equal(due - made_at, ROUTINE_SECONDS * 1000, "the response time")


@case("sends.consent_as_a_statement_only", "Law and consent: the consent's id and until when")
def _(bench):
    consent = REFERRAL.ReferralRequested.FromString(asked(bench).payload).consent
    expect_equal(len(consent.consent_id), 16, "the length of the consent's id")
    expect(consent.valid_until.seconds > time.time(), "it has ended")
    expect_equal(
        {field.name for field, _ in consent.ListFields()}, {"consent_id", "valid_until"}, ""
    )


@case("sends.with_its_own_pinned_certificate", "Transport: client certificate demanded")
def _(bench):
    asked(bench)
    pins = {pin_of(certificate) for certificate in bench.inbox.peers}
    expect(pins and pins <= bench.pins, "it showed no certificate of the registry")


@case("sends.one_to_64_in_a_batch", "Delivery: Deliver takes 1 to 64 envelopes")
def _(bench):
    asked(bench)
    expect(all(1 <= size <= 64 for size in bench.inbox.batches), f"{bench.inbox.batches}")


@case("sends.nothing_to_a_key_that_nobody_listed", "Transport: pinned, both directions")
def _(bench):
    if not bench.impostor:
        raise Skipped("the suite has no port of its own")
    # The node tells the partner that it has signed, and an impostor stands at its address.
    bench.agreements["partner"]
    outcomes = bench.impostor.wait()
    expect(not any(outcomes), "it spoke to an impostor")


@case("sends.withdrawal_after_its_request", "Order: previous_hash of the header before")
def _(bench):
    referral = ask(bench)
    first = bench.inbox.wait_for(referral, 1, REQUESTED)[0]
    bench.target.withdraw(str(uuid.UUID(bytes=referral)))
    second = bench.inbox.wait_for(referral, 1, "referral.withdrawn")[0]
    expect_equal(header_of(second).previous_hash, crypto.sha256(first.header), "previous_hash")
    expect(header_of(second).message_id != header_of(first).message_id, "the same message id")
    expect_equal(second.sealed, b"", "what is sealed in a withdrawal")


@case("sends.cancellation_of_what_we_withdrew", "Referral: at REQUESTED cancelled, version 2")
def _(bench):
    if not bench.inbox:
        raise Skipped("the suite has no port of its own")
    made = request(bench)
    first = made.envelope()
    expect_accepted(bench, bench.deliver(bench.peer, first)[0], first)
    referral = made.header.conversation_id
    second = after(first, withdrawal(bench, bench.peer, referral)).envelope()
    expect_accepted(bench, bench.deliver(bench.peer, second)[0], second)
    answer = bench.inbox.wait_for(referral, 1, "referral.progressed")[0]
    event = REFERRAL.ReferralProgressed.FromString(answer.payload)
    expect_equal((event.version, event.WhichOneof("event")), (2, "cancelled"), "the event")
    expect_equal(header_of(answer).previous_hash, b"", "previous_hash of its first message")


@case("sends.thread_in_its_order", "Order: a message waits for those before it in its thread")
def _(bench):
    referral = ask(bench, unavailable)
    bench.target.withdraw(str(uuid.UUID(bytes=referral)))
    bench.inbox.wait_for(referral, 1, "referral.withdrawn")
    kinds = [header_of(envelope).message_type for envelope in bench.inbox.arrived[referral]]
    expect_equal(kinds, [REQUESTED, REQUESTED, "referral.withdrawn"], "the order of arrival")


@case("sends.its_signature_under_an_agreement", "Agreement: what a party signs")
def _(bench):
    if not bench.inbox:
        raise Skipped("the suite has no port of its own")
    agreement = bench.agreements["peer"]
    envelope = bench.inbox.wait_for(agreement, 1, "agreement.signed")[0]
    payload = contract.negotiation.AgreementSigned.FromString(envelope.payload)
    expect_equal((payload.agreement_id, payload.version), (agreement, 1), "the agreement")
    own = [one for one in payload.signatures if one.organisation == bench.target.organisation]
    expect_equal(len(own), 1, "the number of its signatures")
    keys = {crypto.key_id(key.public_key): key.public_key for key in bench.member.signing_keys}
    signed_at = own[0].signed_at.ToMilliseconds().to_bytes(8, "big")
    message = payload.terms_sha256 + signed_at
    good = crypto.is_signed(keys[own[0].key_id], "agreement", message, own[0].signature)
    expect(good, "its signature does not verify")
