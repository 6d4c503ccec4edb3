"""Verifies an exported audit bundle without the program that wrote it.

Written from docs/PROTOCOL.md, RFC 6962 and the C2SP formats `signed-note` and `tlog-checkpoint`
alone, so that a fault of the program's own verifier does not hide a fault of its log.

    python verify.py audit.bundle --key HEX [--at-least checkpoint.txt]

Prints `ok` and what was found, or the first fault; exits with 0 or 1.
Faults have the codes that `brygga audit verify` has, without its prefix `AUDIT_`.
"""

import argparse
import base64
import binascii
import functools
import hashlib
import json
import sys
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "brygga-audit-bundle/1"
LINE_BYTES = 1024 * 1024
NOTE_BYTES = 64 * 1024
NOTE_SIGNATURES = 64
U64_MAX = 2**64 - 1
ENTRY_CONTEXT = b"brygga/v1/audit-entry"
SEAL_CONTEXT = b"brygga/v1/audit-bundle\x00"

# The keys of each kind of line, in their order, and what stands behind them.
FIELDS = {
    "header": {"format": str, "origin": str, "public_key": str, "checkpoints": int, "size": int},
    "checkpoint": {"note": str},
    "leaf": {"index": int, "commitment": str, "opening": dict},
    "seal": {"signature": str},
}
OPENING = {"salt": str, "entry": str}


class Fault(Exception):
    """The first thing that is wrong; nothing in such a bundle is to be trusted."""

    def __init__(self, code: str, text: str):
        super().__init__(f"{code}: {text}")
        self.code = code


@dataclass(frozen=True)
class Checkpoint:
    """What a node signed about its whole log."""

    origin: str
    size: int
    root: bytes
    time: int

    def text(self) -> str:
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {self.time}\n"


@dataclass(frozen=True)
class Report:
    """A bundle in which everything holds."""

    origin: str
    size: int
    unsigned: int
    checkpoints: list[Checkpoint]
    openings: int


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def unhex(text: str, length: int) -> bytes | None:
    """The bytes; none unless it is so many of them in lower-case digits."""
    if len(text) != 2 * length or any(digit not in "0123456789abcdef" for digit in text):
        return None
    return bytes.fromhex(text)


def unbase64(text: str) -> bytes | None:
    """The bytes; none for every spelling but one."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None


@functools.lru_cache(maxsize=256)
def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_key_name(text: str) -> bool:
    forbidden = any(c.isspace() or c == "+" or unicodedata.category(c) == "Cc" for c in text)
    return 0 < len(text.encode()) <= 255 and not forbidden


# --- One line ----------------------------------------------------------------------------


def parse_line(raw: bytes) -> dict | None:
    """The line; none unless it is spelled in the one way in which a bundle spells it."""
    if not raw.endswith(b"\n") or len(raw) > LINE_BYTES:
        return None
    try:
        text = raw[:-1].decode()
        line = json.loads(text)
        spelled = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return None
    kind = line.get("type") if isinstance(line, dict) else None
    kinds = FIELDS.get(kind) if isinstance(kind, str) else None
    if spelled != text or kinds is None or not has_fields(line, {"type": str, **kinds}):
        return None
    opening = line.get("opening")
    return line if opening is None or has_fields(opening, OPENING) else None


def has_fields(value: dict, kinds: dict) -> bool:
    wanted = [name for name in kinds if name != "opening" or name in value]
    if list(value) != wanted:
        return False
    for name in wanted:
        if type(value[name]) is not kinds[name]:
            return False
        if kinds[name] is int and not 0 <= value[name] <= U64_MAX:
            return False
    return True


# --- One checkpoint ----------------------------------------------------------------------


def parse_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]] | None:
    """The signed text, and name, key id and signature of each line below it (C2SP signed-note)."""
    if len(note.encode()) > NOTE_BYTES:
        return None
    if any(unicodedata.category(c) == "Cc" and c != "\n" for c in note):
        return None
    end = note.rfind("\n\n")
    if end < 0 or not note[end + 2 :].endswith("\n"):
        return None
    lines = note[end + 2 : -1].split("\n")
    signatures = [parse_signature(line) for line in lines]
    if len(lines) > NOTE_SIGNATURES or None in signatures:
        return None
    return note[: end + 1], signatures


def parse_signature(line: str) -> tuple[str, bytes, bytes] | None:
    if not line.startswith("— "):
        return None
    name, space, encoded = line[2:].partition(" ")
    signature = unbase64(encoded)
    if not space or signature is None or len(signature) < 4 or not is_key_name(name):
        return None
    return name, signature[:4], signature[4:]


def parse_checkpoint(text: str) -> Checkpoint | None:
    """The checkpoint (C2SP tlog-checkpoint with one line `time`); one has one text."""
    lines = text.split("\n")
    if len(lines) != 5 or not is_key_name(lines[0]) or not lines[3].startswith("time "):
        return None
    root = unbase64(lines[2])
    try:
        size, time = int(lines[1]), int(lines[3][5:])
    except ValueError:
        return None
    if root is None or len(root) != 32 or not 0 <= size <= U64_MAX or not -(2**63) <= time < 2**63:
        return None
    checkpoint = Checkpoint(lines[0], size, root, time)
    return checkpoint if checkpoint.text() == text else None


def read_checkpoint(note: str, origin: str, key: bytes, at: str) -> Checkpoint:
    """Takes a checkpoint that `key` signed for the log `origin`, or raises."""
    parsed = parse_note(note)
    checkpoint = parsed and parse_checkpoint(parsed[0])
    if not checkpoint:
        raise Fault("MALFORMED", f"{at} holds no checkpoint")
    text, signatures = parsed
    key_id = sha256(origin.encode(), b"\n\x01", key)[:4]
    ours = [signature for name, id, signature in signatures if (name, id) == (origin, key_id)]
    good = [is_signed(key, text.encode(), signature) for signature in ours]
    if checkpoint.origin != origin or not good or not all(good):
        raise Fault("BAD_SIGNATURE", f"{at}: the checkpoint is not signed by this log")
    return checkpoint


# --- The tree ----------------------------------------------------------------------------


class Tree:
    """A Merkle tree that grows (RFC 6962 section 2.1): the roots of its full subtrees."""

    def __init__(self):
        self.size = 0
        self.full: list[tuple[int, bytes]] = []

    def add(self, commitment: bytes) -> None:
        leaves, node = 1, sha256(b"\x00", commitment)
        while self.full and self.full[-1][0] == leaves:
            node = sha256(b"\x01", self.full.pop()[1], node)
            leaves *= 2
        self.full.append((leaves, node))
        self.size += 1

    def root(self) -> bytes:
        if not self.full:
            return sha256()
        root = self.full[-1][1]
        for _, left in reversed(self.full[:-1]):
            root = sha256(b"\x01", left, root)
        return root


# --- The bundle --------------------------------------------------------------------------


class Verifier:
    """One pass over the lines."""

    def __init__(self, key: bytes, remembered: Checkpoint | None):
        self.key = key
        self.remembered = remembered
        self.number = 0
        self.digest = hashlib.sha256()
        self.tree = Tree()
        self.checkpoints: list[Checkpoint] = []
        self.compared = 0
        self.openings = 0

    def run(self, bundle: BinaryIO) -> Report:
        self.header(self.next(bundle) or self.malformed())
        sealed = None
        while line := self.next(bundle):
            if sealed is not None:
                self.malformed()
            elif line["type"] == "checkpoint" and self.tree.size == 0:
                self.checkpoint(line["note"])
            elif line["type"] == "leaf":
                self.leaf(line)
            elif line["type"] == "seal":
                sealed = self.is_seal(line["signature"])
            else:
                self.malformed()
        return self.finish(sealed)

    def next(self, bundle: BinaryIO) -> dict | None:
        raw = bundle.readline(LINE_BYTES)
        if not raw:
            return None
        self.number += 1
        line = parse_line(raw) or self.malformed()
        if line["type"] != "seal":
            self.digest.update(raw)
        return line

    def malformed(self) -> NoReturn:
        raise Fault("MALFORMED", f"line {max(self.number, 1)} is malformed or out of place")

    def header(self, line: dict) -> None:
        if line["type"] != "header" or not is_key_name(line["origin"]) or line["format"] != FORMAT:
            self.malformed()
        self.announced = line
        if line["public_key"] != self.key.hex():
            raise Fault("OTHER_LOG", "the bundle names another key")
        if self.remembered and self.remembered.origin != line["origin"]:
            raise Fault("OTHER_LOG", "the remembered checkpoint is of another log")

    def checkpoint(self, note: str) -> None:
        origin, at = self.announced["origin"], f"line {self.number}"
        checkpoint = read_checkpoint(note, origin, self.key, at)
        before = self.checkpoints[-1] if self.checkpoints else None
        if before and (checkpoint.size <= before.size or checkpoint.time < before.time):
            raise Fault("CHECKPOINT_ORDER", f"{at}: size {checkpoint.size} after {before.size}")
        self.checkpoints.append(checkpoint)

    def leaf(self, line: dict) -> None:
        commitment = unhex(line["commitment"], 32)
        if commitment is None or self.tree.size == self.announced["size"]:
            self.malformed()
        self.compare()
        index = line["index"]
        if index != self.tree.size:
            raise Fault("GAP", f"leaf {self.tree.size} is missing, leaf {index} is in its place")
        self.tree.add(commitment)
        if opening := line.get("opening"):
            salt, entry = unhex(opening["salt"], 32), unbase64(opening["entry"])
            if salt is None or entry is None or sha256(ENTRY_CONTEXT, salt, entry) != commitment:
                raise Fault("OPENING_MISMATCH", f"the opening of leaf {index} is of another leaf")
            self.openings += 1

    def is_seal(self, signature: str) -> bool:
        signature = unbase64(signature)
        sealed = SEAL_CONTEXT + self.digest.digest()
        return signature is not None and is_signed(self.key, sealed, signature)

    def compare(self) -> None:
        """Compares the leaves so far with the checkpoints of exactly that size."""
        size, due = self.tree.size, self.checkpoints[self.compared : self.compared + 1]
        if due and due[0].size == size:
            if due[0].root != self.tree.root():
                raise Fault("EDITED", f"a leaf before {size} is not the one that was signed")
            self.compared += 1
        memory = self.remembered
        if memory and memory.size == size and memory.root != self.tree.root():
            raise Fault("REWRITTEN", f"the first {size} leaves are not the remembered ones")

    def finish(self, sealed: bool | None) -> Report:
        self.compare()
        if not self.checkpoints:
            raise Fault("NO_CHECKPOINT", "nothing is signed")
        found, size = self.tree.size, self.checkpoints[-1].size
        if found < max(size, self.announced["size"]):
            raise Fault("TRUNCATED", f"it ends at {found} leaves")
        if len(self.checkpoints) != self.announced["checkpoints"]:
            raise Fault("CHECKPOINT_COUNT", f"it has {len(self.checkpoints)} checkpoints")
        if self.remembered and size < self.remembered.size:
            raise Fault("TRUNCATED", f"it ends before the remembered {self.remembered.size}")
        if sealed is None:
            raise Fault("UNSEALED", "it has no seal at its end")
        if not sealed:
            raise Fault("BAD_SEAL", "it is not as the log's key sealed it")
        origin = self.announced["origin"]
        return Report(origin, size, found - size, self.checkpoints, self.openings)


def verify(bundle: BinaryIO, key: bytes, remembered: Checkpoint | None = None) -> Report:
    """Checks a whole bundle of the log whose public key is `key`; raises the first `Fault`."""
    return Verifier(key, remembered).run(bundle)


def remember(note: str, key: bytes) -> Checkpoint:
    """A checkpoint from earlier, its signature checked; raises `Fault`."""
    return read_checkpoint(note, note.partition("\n")[0], key, "the remembered checkpoint")


def main() -> int:
    options = argparse.ArgumentParser(description="Verify an exported audit bundle.")
    options.add_argument("bundle")
    options.add_argument("--key", required=True, help="public key of the log, 64 hex digits")
    options.add_argument("--at-least", help="file with a checkpoint that the log must contain")
    chosen = options.parse_args()
    key = unhex(chosen.key, 32)
    if key is None:
        options.error("--key is 64 lower-case hexadecimal digits")
    try:
        memory = None
        if chosen.at_least:
            with open(chosen.at_least, encoding="utf-8", newline="") as file:
                memory = remember(file.read(), key)
        with open(chosen.bundle, "rb") as bundle:
            report = verify(bundle, key, memory)
    except Fault as fault:
        print(fault)
        return 1
    except (OSError, UnicodeDecodeError) as error:
        options.error(str(error))
    print(
        f"ok: {report.origin}, {report.size} entries under {len(report.checkpoints)} checkpoints,"
    )
    print(f"    {report.openings} opened, {report.unsigned} not under a checkpoint yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
