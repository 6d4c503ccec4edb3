"""Agreements: what can be proposed, signed and ended, and by whom."""

import contract
import crypto
from bench import expect_accepted, expect_failure, expect_refused, now_ms, random_id
from messages import (
    DAY_MS,
    after,
    agreement_signature,
    proposal,
    signed_message,
    termination,
    terms,
)
from suite import case, expect_equal

AGREEMENT = contract.agreement
INVALID, NOT_FOUND = "SEND_INVALID_FIELD", "SEND_NOT_FOUND"
BAD_SIGNATURE, MISMATCH = "SEND_BAD_SIGNATURE", "SEND_AGREEMENT_TERMS_MISMATCH"
UNKNOWN_TERM = "SEND_POLICY_UNKNOWN_TERM"


def answered(bench, made):
    envelope = made.envelope()
    return bench.deliver(made.sender, envelope)[0], envelope


def refused(bench, made, *reasons: str) -> None:
    result, envelope = answered(bench, made)
    expect_refused(bench, result, envelope, *reasons)


def accepted(bench, made):
    result, envelope = answered(bench, made)
    expect_accepted(bench, result, envelope)
    return envelope


def bad_terms(name: str, rule: str, *reasons: str, **values) -> None:
    """A case: terms that nobody may sign, with an honest signature under them."""

    @case(f"terms.{name}", f"Agreement: {rule}")
    def _(bench):
        made = bench.agreements.between(bench.peer)
        for field, value in values.items():
            change(made, field, value)
        refused(bench, proposal(bench, bench.peer, made), *(reasons or (INVALID,)))


def change(made, field: str, value) -> None:
    if callable(value):
        value(made)
    elif isinstance(value, list):
        del getattr(made, field)[:]
        getattr(made, field).extend(value)
    else:
        setattr(made, field, value)


bad_terms("without_a_title", "1 to 200 characters", title="")
bad_terms("with_a_title_of_201", "1 to 200 characters", title="a" * 201)
bad_terms("without_subjects", "1 to 16 subjects", subjects=[])
bad_terms("without_rules", "1 to 64 rules", rules=[])
bad_terms("without_response_times", "one for each priority", response_times=[])
bad_terms("with_a_consent_of_no_days", "1 to 365 days", consent_max_days=0)
bad_terms("with_a_consent_of_366_days", "1 to 365 days", consent_max_days=366)
bad_terms("of_no_kind", "unset is refused", kind=0)
bad_terms("of_an_unknown_kind", "what is not understood whole is refused", UNKNOWN_TERM, kind=99)
bad_terms("with_an_unknown_subject", "not understood whole", UNKNOWN_TERM, subjects=[99])
bad_terms("with_a_digest_of_31_bytes", "32 bytes or empty", document_sha256=bytes(31))
bad_terms("with_17_legal_references", "at most 16", legal_references=["KL 9:37"] * 17)
bad_terms("of_one_party", "2 to 64 parties", parties=lambda made: made.parties.pop(0))
bad_terms(
    "with_a_party_twice", "each organisation once", parties=lambda m: m.parties.append(m.parties[0])
)
bad_terms(
    "that_end_before_they_begin",
    "valid_from < valid_until",
    valid_until=lambda made: made.valid_until.CopyFrom(made.valid_from),
)
bad_terms(
    "with_an_unknown_action",
    "not understood whole",
    UNKNOWN_TERM,
    rules=lambda made: setattr(made.rules[0], "action", 99),
)
bad_terms(
    "with_an_unknown_effect",
    "not understood whole",
    UNKNOWN_TERM,
    rules=lambda made: setattr(made.rules[0], "effect", 99),
)
bad_terms(
    "with_two_rules_of_one_name",
    "receipts and the audit cite it",
    rules=lambda made: setattr(made.rules[1], "rule_id", made.rules[0].rule_id),
)
bad_terms(
    "with_an_answer_within_59_seconds",
    "60 to 31,536,000 seconds",
    response_times=lambda m: setattr(m.response_times[0], "respond_within_seconds", 59),
)
bad_terms(
    "with_a_rule_for_a_stranger",
    "rules are about parties",
    rules=lambda made: made.rules[0].to.append("kommun:0114"),
)


@case("terms.with_a_field_of_the_future", "Agreement: refused where they would encode otherwise")
def _(bench):
    encoded = bench.agreements.between(bench.peer).SerializeToString() + b"\xfa\x07\x03new"
    refused(bench, proposal(bench, bench.peer, encoded), INVALID, UNKNOWN_TERM)


@case("terms.in_another_order_of_fields", "Agreement: refused where they would encode otherwise")
def _(bench):
    encoded = bench.agreements.between(bench.peer).SerializeToString()
    head, rest = encoded[:18], encoded[18:]
    assert head[:2] == b"\x0a\x10"
    refused(bench, proposal(bench, bench.peer, rest + head), INVALID, UNKNOWN_TERM)


@case("terms.over_12_kib", "Limits: terms of at most 12 KiB")
def _(bench):
    made = bench.agreements.between(bench.peer)
    del made.legal_references[:]
    made.legal_references.append("x" * (12 * 1024))
    refused(bench, proposal(bench, bench.peer, made), INVALID)


@case("terms.of_another_version_1", "Agreement: other terms under one id and version")
def _(bench):
    made = bench.agreements.between(bench.peer)
    first = accepted(bench, proposal(bench, bench.peer, made))
    made.title = "Something else"
    refused(bench, after(first, proposal(bench, bench.peer, made)), MISMATCH)


# --- Who proposes ------------------------------------------------------------------------


@case("proposal.again_changes_nothing", "Messages: agreement.proposed; the same terms again")
def _(bench):
    made = bench.agreements.between(bench.peer)
    first = accepted(bench, proposal(bench, bench.peer, made))
    accepted(bench, after(first, proposal(bench, bench.peer, made)))


@case("proposal.by_who_is_no_party", "Agreement: both ends are parties")
def _(bench):
    made = bench.agreements.between(bench.peer)
    signatures = [agreement_signature(bench.peer, made.SerializeToString())]
    refused(bench, proposal(bench, bench.third, made, signatures), INVALID)


@case("proposal.to_who_is_no_party", "Agreement: both ends are parties")
def _(bench):
    made = terms([bench.peer.organisation, bench.third.organisation])
    refused(bench, proposal(bench, bench.peer, made), INVALID)


@case(
    "proposal.with_a_party_that_nobody_knows", "Agreement: what a newer registry could cure waits"
)
def _(bench):
    parties = [bench.peer.organisation, bench.target.organisation, "kommun:0114"]
    result, _ = answered(bench, proposal(bench, bench.peer, terms(parties)))
    expect_failure(result, INVALID, None, retryable=True)


@case("proposal.takes_over_no_agreement_of_others", "Agreement: parties of the version that counts")
def _(bench):
    made = terms([bench.third.organisation, bench.target.organisation])
    made.agreement_id, made.version = bench.agreements["peer"], 2
    refused(bench, proposal(bench, bench.third, made), INVALID)


@case("proposal.unsigned_by_its_sender", "Agreement: its own signature among them")
def _(bench):
    made = bench.agreements.between(bench.peer)
    refused(bench, proposal(bench, bench.peer, made, signatures=[]), INVALID, BAD_SIGNATURE)


@case("proposal.signed_by_another_party_only", "Agreement: its own signature among them")
def _(bench):
    parties = [bench.peer.organisation, bench.third.organisation, bench.target.organisation]
    made = terms(parties)
    signatures = [agreement_signature(bench.third, made.SerializeToString())]
    refused(bench, proposal(bench, bench.peer, made, signatures), BAD_SIGNATURE)


@case("proposal.with_a_signature_under_other_terms", "Agreement: SHA-256(terms) is signed")
def _(bench):
    made = bench.agreements.between(bench.peer)
    other = bench.agreements.between(bench.peer).SerializeToString()
    signatures = [agreement_signature(bench.peer, other)]
    refused(bench, proposal(bench, bench.peer, made, signatures), BAD_SIGNATURE)


@case("proposal.with_another_instant_than_was_signed", "Agreement: signed_at is signed")
def _(bench):
    made = bench.agreements.between(bench.peer)
    signature = agreement_signature(bench.peer, made.SerializeToString())
    signature.signed_at.seconds -= 60
    refused(bench, proposal(bench, bench.peer, made, [signature]), BAD_SIGNATURE)


@case("proposal.signed_in_the_nodes_name", "Agreement: one bad signature refuses the whole message")
def _(bench):
    made = bench.agreements.between(bench.peer)
    encoded = made.SerializeToString()
    good, forged = (agreement_signature(bench.peer, encoded) for _ in range(2))
    forged.organisation = bench.target.organisation
    forged.key_id = crypto.key_id(bench.member.signing_keys[0].public_key)
    refused(bench, proposal(bench, bench.peer, made, [good, forged]), BAD_SIGNATURE)


@case("proposal.under_another_agreements_header", "Envelope: agreement_id of the terms")
def _(bench):
    made = proposal(bench, bench.peer, bench.agreements.between(bench.peer))
    refused(bench, made.set(agreement_id=random_id()), INVALID)


@case("proposal.in_another_thread", "Messages: the thread is the agreement's id")
def _(bench):
    made = proposal(bench, bench.peer, bench.agreements.between(bench.peer))
    refused(bench, made.set(conversation_id=random_id()), INVALID)


@case("proposal.of_garbage", "Receiving 15: the payload")
def _(bench):
    made = proposal(bench, bench.peer, bench.agreements.between(bench.peer))
    made.payload = b"\xff\xff"
    refused(bench, made, INVALID)


# --- Who signs ---------------------------------------------------------------------------


@case(
    "signed.unknown_agreement_is_waited_for", "Messages: an agreement not known yet is waited for"
)
def _(bench):
    made = bench.agreements.between(bench.peer)
    signature = agreement_signature(bench.peer, made.SerializeToString())
    result, _ = answered(bench, signed_message(bench, bench.peer, made, [signature]))
    expect_failure(result, NOT_FOUND, "payload.agreement_id", retryable=True)


@case("signed.by_who_is_no_party_is_as_unknown", "Transport: hidden and absent are the same bytes")
def _(bench):
    made = bench.agreements.between(bench.peer)
    accepted(bench, proposal(bench, bench.peer, made))
    signature = agreement_signature(bench.third, made.SerializeToString())
    hidden, _ = answered(bench, signed_message(bench, bench.third, made, [signature]))
    made.agreement_id = random_id()
    absent, _ = answered(bench, signed_message(bench, bench.third, made, [signature]))
    expect_equal(hidden, absent, "the answer about an agreement of others")


@case("signed.under_other_terms", "Agreement: those bytes are what everybody signs")
def _(bench):
    made = bench.agreements.between(bench.peer)
    first = accepted(bench, proposal(bench, bench.peer, made))
    signature = agreement_signature(bench.peer, made.SerializeToString())
    other = signed_message(bench, bench.peer, made, [signature], terms_sha256=bytes(32))
    refused(bench, after(first, other), MISMATCH)


@case("signed.with_a_signature_of_who_is_no_party", "Agreement: signatures are the parties'")
def _(bench):
    made = bench.agreements.between(bench.peer)
    first = accepted(bench, proposal(bench, bench.peer, made))
    signature = agreement_signature(bench.third, made.SerializeToString())
    message = after(first, signed_message(bench, bench.peer, made, [signature]))
    refused(bench, message, INVALID, BAD_SIGNATURE, "SEND_AGREEMENT_SCOPE")


@case("signed.by_the_third_party", "Messages: agreement.signed adds signatures")
def _(bench):
    bench.agreements["three"]


# --- Who ends ----------------------------------------------------------------------------


@case("end.of_an_unknown_agreement", "Messages: an agreement not known yet is waited for")
def _(bench):
    result, _ = answered(bench, termination(bench, bench.peer, random_id(), now_ms()))
    expect_failure(result, NOT_FOUND, "payload.agreement_id", retryable=True)


@case("end.by_who_is_no_party", "Agreement: a participant ends it")
def _(bench):
    made = termination(bench, bench.third, bench.agreements["partner"], now_ms())
    result, _ = answered(bench, made)
    expect_failure(result, NOT_FOUND, "payload.agreement_id", retryable=True)


@case("end.by_a_participant", "Messages: agreement.terminated ends it")
def _(bench):
    bench.agreements["ended"]


@case("end.later_does_not_undo_an_earlier_one", "Messages: only an earlier end wins")
def _(bench):
    made = bench.agreements.between(bench.peer)
    first = accepted(bench, proposal(bench, bench.peer, made))
    end = termination(bench, bench.peer, made.agreement_id, now_ms() - 1000)
    second = accepted(bench, after(first, end))
    later = termination(bench, bench.peer, made.agreement_id, now_ms() + 30 * DAY_MS)
    accepted(bench, after(second, later))
