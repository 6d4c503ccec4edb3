"""What a forger without the key of a log has, and the register of what it can do with it.

A mutation takes a random source and the material, and answers the lines that the forger shows.
Where it says who must notice, `structure` means that the checkpoints and the tree do, without the
seal; `seal` means that only the seal can, since nothing else that is signed has changed.
"""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

import verify
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

STRUCTURE, SEAL, ANY = "structure", "seal", "any"
# The order of the group of Ed25519: S and S + L are one signature to a careless verifier.
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
INTEGERS = (0, 1, 2, 7, 2**31, 2**63, 2**64 - 1, 2**64, -1)


@dataclass(frozen=True)
class Mutation:
    """One class of tampering."""

    name: str
    noticed_by: str
    make: Callable[[random.Random, "Material"], list[bytes]]


class Material:
    """What a forger holds: the bundle, an older one of the same log, one of another log."""

    def __init__(self, bundle: bytes, older: bytes, other: bytes):
        self.lines = bundle.splitlines(keepends=True)
        self.older = older.splitlines(keepends=True)
        self.other = other.splitlines(keepends=True)
        self.parsed = [json.loads(line) for line in self.lines]
        kinds = [line["type"] for line in self.parsed]
        self.checkpoints = [at for at, kind in enumerate(kinds) if kind == "checkpoint"]
        self.leaves = [at for at, kind in enumerate(kinds) if kind == "leaf"]
        self.forger = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"forger").digest())

    def copy(self) -> list[bytes]:
        return list(self.lines)

    def edited(self, at: int, **changes) -> list[bytes]:
        """The bundle with other values in one line."""
        lines = self.copy()
        lines[at] = spell({**self.parsed[at], **changes})
        return lines

    def header(self, lines: list[bytes]) -> list[bytes]:
        """The lines under a header that counts them rightly."""
        parsed = [json.loads(line)["type"] for line in lines[1:]]
        counts = {"checkpoints": parsed.count("checkpoint"), "size": parsed.count("leaf")}
        return [spell({**self.parsed[0], **counts}), *lines[1:]]


MUTATIONS: list[Mutation] = []


def mutation(noticed_by: str):
    def register(make):
        MUTATIONS.append(Mutation(make.__name__, noticed_by, make))
        return make

    return register


def spell(line: dict) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def two(rng: random.Random, places: list[int]) -> tuple[int, int]:
    first, second = rng.sample(places, 2)
    return first, second


# --- Parts of a bundle ----------------------------------------------------------------


def made_up_leaf(rng, index: int, entry: bytes) -> bytes:
    salt = rng.randbytes(32)
    commitment = verify.sha256(verify.ENTRY_CONTEXT, salt, entry).hex()
    opening = {"salt": salt.hex(), "entry": base64.b64encode(entry).decode()}
    return spell({"type": "leaf", "index": index, "commitment": commitment, "opening": opening})


def note_of(m, at: int) -> tuple[list[str], list[str]]:
    """The lines of a note's text, and its signature lines."""
    text, _, signatures = m.parsed[at]["note"].rpartition("\n\n")
    return text.split("\n"), signatures[:-1].split("\n")


def joined(text: list[str], signatures: list[str]) -> str:
    return "\n".join(text) + "\n\n" + "\n".join(signatures) + "\n"


def signature_line(m, signature: bytes, at: int) -> str:
    _, signatures = note_of(m, at)
    name, encoded = signatures[0].removeprefix("— ").split(" ")
    key_id = base64.b64decode(encoded)[:4]
    return f"— {name} {base64.b64encode(key_id + signature).decode()}"


def malleated(signature: bytes) -> bytes:
    scalar = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    return signature[:32] + (scalar % 2**256).to_bytes(32, "little")


def openings(m) -> list[int]:
    return [at for at in m.leaves if "opening" in m.parsed[at]]


def edited_entry(rng, entry: bytes) -> bytes:
    """An entry that says something else."""
    for before, after in ((b"refused", b"done"), (b"permitted", b"refused"), (b"user:", b"peer:")):
        if before in entry and rng.random() < 0.5:
            return entry.replace(before, after, 1)
    at = rng.randrange(len(entry))
    return entry[:at] + bytes([entry[at] ^ 1]) + entry[at + 1 :]


def without_opening(line: dict) -> bytes:
    return spell({key: value for key, value in line.items() if key != "opening"})
