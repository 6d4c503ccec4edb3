"""The suite's own organisations: their keys, their certificates, and how they ask to join."""

import base64
import datetime
import json
from dataclasses import dataclass
from pathlib import Path

import contract
import crypto
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KINDS = contract.registry
INVITE = "brygga-invite-1:"
REQUEST = "brygga-join-1:"


@dataclass(frozen=True)
class Part:
    """What an organisation of the suite is for."""

    name: str
    kind: int
    status: int
    # The algorithm of its node key; each one that the protocol names has somebody.
    tls: str = "P-256"


MUNICIPALITY = (KINDS.MEMBER_KIND_MUNICIPALITY, KINDS.SOCIAL_SERVICES_STATUS_AUTHORITY)
OUTSIDE = KINDS.SOCIAL_SERVICES_STATUS_NONE
CIVIL_SOCIETY = (KINDS.MEMBER_KIND_CIVIL_SOCIETY, OUTSIDE)
PEER = Part("peer", *MUNICIPALITY)
THIRD = Part("third", *MUNICIPALITY, tls="P-384")
PARTNER = Part("partner", *CIVIL_SOCIETY, tls="Ed25519")
FORMER = Part("former", *MUNICIPALITY)
KRONOFOGDEN = Part("kronofogden", KINDS.MEMBER_KIND_ENFORCEMENT_AUTHORITY, OUTSIDE)
LANDLORD = Part("landlord", KINDS.MEMBER_KIND_PRIVATE_LANDLORD, OUTSIDE)
PARTS = {part.name: part for part in (PEER, THIRD, PARTNER, FORMER, KRONOFOGDEN, LANDLORD)}


class Identity:
    """One organisation with the keys of its node, derived from one seed."""

    def __init__(
        self, organisation: str, federation: str, seed: bytes, address: str, tls: str = "P-256"
    ):
        self.organisation = organisation
        self.federation = federation
        self.seed = seed
        self.address = address
        self.signing = Ed25519PrivateKey.from_private_bytes(crypto.sha256(seed, b"signing"))
        self.sealing = X25519PrivateKey.from_private_bytes(crypto.sha256(seed, b"sealing"))
        self.tls = tls_key(tls, crypto.sha256(seed, b"tls"))

    @property
    def key_id(self) -> str:
        return crypto.key_id(self.signing.public_key().public_bytes_raw())

    @property
    def uri(self) -> str:
        path = self.organisation.replace(":", "/", 1)
        return f"spiffe://{self.federation}/org/{path}/node/1"

    def certificate(self, **changes) -> bytes:
        """A self-signed certificate for the node's key as PEM, with the flaws asked for."""
        return make_certificate(self.tls, changes.pop("uris", [self.uri]), **changes)

    def private_key(self) -> bytes:
        none = serialization.NoEncryption()
        pkcs8 = serialization.PrivateFormat.PKCS8
        return self.tls.private_bytes(serialization.Encoding.PEM, pkcs8, none)

    def member(self, part: Part):
        """The entry that it wants in the registry."""
        spki = self.tls.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signing = self.signing.public_key().public_bytes_raw()
        sealing = self.sealing.public_key().public_bytes_raw()
        return KINDS.Member(
            organisation=self.organisation,
            name=f"Conformance {part.name}",
            kind=part.kind,
            social_services_status=part.status,
            node_keys=[KINDS.NodeKey(spki_sha256=crypto.sha256(spki), spiffe_id=self.uri)],
            signing_keys=[KINDS.SigningKey(public_key=signing)],
            sealing_keys=[KINDS.SealingKey(public_key=sealing)],
            endpoints=[f"https://{self.address}"],
        )

    def join_request(self, invite: str, part: Part) -> str:
        """The answer to an invite, as text for the operator."""
        code = contract.join.Invite.FromString(unarmoured(invite, INVITE)).code
        statement = contract.join.JoinStatement(code=code, member=self.member(part))
        statement = statement.SerializeToString()
        signature = crypto.sign(self.signing, "join", crypto.sha256(statement))
        request = contract.join.JoinRequest(statement=statement, signature=signature)
        encoded = base64.urlsafe_b64encode(request.SerializeToString()).rstrip(b"=").decode()
        return REQUEST + encoded + "\n"

    def save(self, file: Path) -> None:
        kept = {
            "organisation": self.organisation,
            "federation": self.federation,
            "seed": self.seed.hex(),
            "address": self.address,
        }
        file.write_text(json.dumps(kept))
        file.chmod(0o600)

    @classmethod
    def load(cls, file: Path, part: Part) -> "Identity":
        kept = json.loads(file.read_text())
        seed = bytes.fromhex(kept["seed"])
        return cls(kept["organisation"], kept["federation"], seed, kept["address"], part.tls)


def tls_key(algorithm: str, seed: bytes):
    """A private key of the algorithm, always the same for a seed."""
    if algorithm == "Ed25519":
        return Ed25519PrivateKey.from_private_bytes(seed)
    curve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[algorithm]
    return ec.derive_private_key(int.from_bytes(seed, "big") % 2**255 + 1, curve)


def unarmoured(text: str, label: str) -> bytes:
    encoded = text.strip().removeprefix(label)
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def invited(invite: str) -> tuple[str, str]:
    """Organisation and federation that an invite is for."""
    invite = contract.join.Invite.FromString(unarmoured(invite, INVITE))
    return invite.organisation, invite.anchor.federation


def make_certificate(
    key,
    uris: list[str],
    starts: int = -1,
    ends: int = 30,
    authority: bool = False,
    uses=(ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH),
) -> bytes:
    """A self-signed certificate as PEM; `starts` and `ends` in days from now."""
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "conformance")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=starts))
        .not_valid_after(now + datetime.timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if uris:
        names = [x509.UniformResourceIdentifier(uri) for uri in uris]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(uses)), critical=False)
    digest = None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.PEM)
