"""The node under test, and the suite's organisations around it."""

import base64
import json
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import contract
import crypto
import grpc
from identities import FORMER, KRONOFOGDEN, LANDLORD, PARTNER, PEER, THIRD, Identity
from suite import Failed, Skipped, expect, expect_equal
from transport import Carrier, client_context, seen_of

CALL_WITHIN = 20
PROTOCOL = Path(__file__).resolve().parents[3] / "docs/PROTOCOL.md"
STRANGER_SEED = b"never admitted"


@dataclass
class Target:
    """What a run has to know about the node under test."""

    organisation: str
    address: str
    anchor: Path
    registry: Path
    # A function of the node's own that has a sealing key.
    unit: str
    # Makes the node's staff sign an agreement; takes its id as 32 digits.
    sign: object = None
    # Makes the node's staff ask an organisation for help under an agreement; answers the referral.
    ask: object = None
    # Makes the node's staff take a referral back.
    withdraw: object = None
    # Shows staff in a role and a function a notice or a signal; answers the text, empty if absent.
    show: object = None


@dataclass
class Bench:
    """Everything that a case may use."""

    target: Target
    identities: dict[str, Identity]
    carrier: Carrier = field(default_factory=Carrier)
    channels: dict = field(default_factory=dict)
    # By name; see agreements.py.
    agreements: object = None
    # The peer's own port, where the suite has one; see inbox.py.
    inbox: object = None
    # The request that cases look at (asking.py), and attempts by their answer (cases_retry.py).
    asked: bytes = b""
    attempts: dict = field(default_factory=dict)
    # Somebody else at the partner's address; see inbox.py.
    impostor: object = None

    def __post_init__(self):
        anchor = json.loads(self.target.anchor.read_text())
        operators = [bytes.fromhex(key) for key in anchor["operator_keys"]]
        self.operators = {crypto.key_id(key): key for key in operators}
        self.threshold = anchor["threshold"]
        self.reasons = closed_set_of_reasons()
        document = base64.b64decode(json.loads(self.target.registry.read_text())["document"])
        self.registry = contract.registry.RegistryDocument.FromString(document)
        self.members = {member.organisation: member for member in self.registry.members}
        self.member = self.members[self.target.organisation]
        self.pins = {key.spki_sha256 for key in self.member.node_keys}
        federation, here = self.registry.federation, "127.0.0.1:1"
        self.stranger = Identity("kommun:0114", federation, STRANGER_SEED, here)

    @property
    def peer(self) -> Identity:
        """A municipality under an agreement with the node."""
        return self.identities[PEER.name]

    @property
    def third(self) -> Identity:
        """A municipality that is a member and has no agreement in force."""
        return self.identities[THIRD.name]

    @property
    def partner(self) -> Identity:
        """A civil-society organisation outside lag 2001:454, under an agreement with the node."""
        return self.identities[PARTNER.name]

    @property
    def former(self) -> Identity:
        """A member that was excluded."""
        return self.identities[FORMER.name]

    @property
    def kronofogden(self) -> Identity:
        """Who tells of evictions."""
        return self.identities[KRONOFOGDEN.name]

    @property
    def landlord(self) -> Identity:
        """A private landlord, who gives signals."""
        return self.identities[LANDLORD.name]

    @property
    def protected_unit(self) -> str:
        """The node's function for protected post."""
        points = [point for point in self.member.contact_points if point.active]
        units = [
            point.unit for point in points if point.audience == contract.registry.AUDIENCE_PROTECTED
        ]
        if len(units) != 1:
            raise Skipped("the registry names no one function of the node for protected post")
        return units[0]

    def sealing_key(self, unit: str) -> bytes:
        keys = [key.public_key for key in self.member.sealing_keys if key.unit == unit]
        return keys[-1]

    def channel(self, identity: Identity):
        """A channel over mutual TLS, kept for the run."""
        if identity.organisation not in self.channels:
            shown = client_context(identity.certificate(), identity.private_key())
            doorway = self.carrier.out(self.target.address, shown, self.pins)
            self.channels[identity.organisation] = grpc.insecure_channel(doorway)
        return self.channels[identity.organisation]

    def call(self, identity: Identity, path: str, request: bytes = b"") -> bytes:
        """Any call, by its path and bytes."""
        method = self.channel(identity).unary_unary(path)
        return method(request, timeout=CALL_WITHIN)

    def deliver(self, identity: Identity, *envelopes):
        """The answers to a batch, as many as there were envelopes."""
        stub = contract.delivery_grpc.DeliveryServiceStub(self.channel(identity))
        request = contract.delivery.DeliverRequest(envelopes=envelopes)
        response = stub.Deliver(request, timeout=CALL_WITHIN)
        expect_equal(len(response.results), len(envelopes), "the number of results")
        told, held = response.registry_sequence, self.registry.sequence
        expect(told >= held, f"it tells of registry {told} and holds {held}")
        return response.results

    def server(self) -> tuple[str, str, str | None, bytes]:
        """What the node shows of itself to the peer."""
        shown = client_context(self.peer.certificate(), self.peer.private_key())
        return seen_of(self.target.address, shown)

    def receipt(self, result, envelope) -> "contract.receipt.ReceiptStatement":
        """The statement of a receipt, everything about it checked."""
        if result.WhichOneof("result") != "receipt":
            raise Failed(f"no receipt but {describe(result)}")
        receipt = result.receipt
        keys = {crypto.key_id(key.public_key): key.public_key for key in self.member.signing_keys}
        expect(receipt.key_id in keys, f"the receipt's key {receipt.key_id} is not the node's")
        digest = crypto.sha256(receipt.statement)
        signed = crypto.is_signed(keys[receipt.key_id], "receipt", digest, receipt.signature)
        expect(signed, "the receipt's signature does not verify")
        statement = contract.receipt.ReceiptStatement.FromString(receipt.statement)
        header = contract.envelope.EnvelopeHeader.FromString(envelope.header)
        expect_equal(statement.message_id, header.message_id, "the receipt's message")
        expect_equal(statement.header_digest, crypto.sha256(envelope.header), "its header digest")
        expect_equal(statement.recipient, self.target.organisation, "its recipient")
        expect_equal(statement.sender, header.sender, "its sender")
        known = not statement.reason or statement.reason in self.reasons
        expect(known, f"{statement.reason} is not of the closed set")
        age = time.time() - statement.stored_at.ToMilliseconds() / 1000
        expect(-300 < age < 3600, f"stored_at is {age:.0f} s ago")
        return statement


def closed_set_of_reasons() -> set[str]:
    """The codes of the table in docs/PROTOCOL.md."""
    _, _, section = PROTOCOL.read_text(encoding="utf-8").partition("\n## Reasons\n")
    section, _, _ = section.partition("\n## ")
    return set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", section))


def describe(result) -> str:
    """An answer in one line."""
    if result.WhichOneof("result") == "failure":
        failure = result.failure
        again = "retryable" if failure.retryable else "final"
        return f"failure {failure.reason} at {failure.field!r}, {again}"
    statement = contract.receipt.ReceiptStatement.FromString(result.receipt.statement)
    verdict = contract.receipt.Verdict.Name(statement.verdict)
    return f"receipt {verdict} {statement.reason} at {statement.field!r}"


def expect_failure(result, reason: str, at: str | None, retryable: bool) -> None:
    """Nothing was stored, for this reason."""
    again = "retryable" if retryable else "final"
    wanted = f"failure {reason} at {at!r}, {again}"
    failed = result.WhichOneof("result") == "failure"
    same = failed and (result.failure.reason, result.failure.retryable) == (reason, retryable)
    expect(same and at in (None, result.failure.field), f"{describe(result)}; wanted {wanted}")


def expect_refused(bench: Bench, result, envelope, *reasons: str) -> None:
    """It is stored without effect, for one of these reasons."""
    statement = bench.receipt(result, envelope)
    refused = statement.verdict == contract.receipt.VERDICT_REFUSED
    wanted = " or ".join(reasons)
    expect(refused and statement.reason in reasons, f"{describe(result)}; wanted {wanted}")
    expect(not statement.rule_id, "a refusal cites no rule")


def expect_accepted(bench: Bench, result, envelope) -> "contract.receipt.ReceiptStatement":
    """It is stored and in effect."""
    statement = bench.receipt(result, envelope)
    accepted = statement.verdict == contract.receipt.VERDICT_ACCEPTED
    expect(accepted and not statement.reason, f"{describe(result)}; wanted an acceptance")
    return statement


def now_ms() -> int:
    return int(time.time() * 1000)


def random_id() -> bytes:
    return os.urandom(16)


def uuid_v7() -> bytes:
    made = bytearray(now_ms().to_bytes(6, "big") + os.urandom(10))
    made[6] = made[6] & 0x0F | 0x70
    made[8] = made[8] & 0x3F | 0x80
    return bytes(made)
