"""Tampers with an exported bundle in every way we know, and asserts that each is noticed.

    python tamper.py bundle --key HEX --older bundle --other bundle [--count N] [--seed S]

`--older` is an earlier bundle of the same log and `--other` one of another log, for splices.
With `--program`, a sample is shown to `brygga audit verify` too, which must name the same fault.
The seed is printed; the same seed and bundles give the same tampering.
"""

import argparse
import io
import json
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import blunt  # noqa: F401 - registers its mutations
import fields  # noqa: F401
import forgeries  # noqa: F401
import verify
from material import MUTATIONS, SEAL, STRUCTURE, Material, Mutation

BY_SEAL = {"BAD_SEAL", "UNSEALED"}


def judge(text: bytes, key: bytes) -> str:
    """The code of the fault, or `OK`."""
    try:
        verify.verify(io.BytesIO(text), key)
    except verify.Fault as fault:
        return fault.code
    return "OK"


def judge_by_program(program: str, text: bytes, key: bytes) -> str:
    """The same by `brygga audit verify`."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        command = [program, "audit", "verify", file.name, "--key", key.hex(), "--output", "json"]
        done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode == 0:
        return "OK"
    return json.loads(done.stderr)["error"]["code"].removeprefix("AUDIT_")


def tampered(
    source: random.Random, mutation: Mutation, material: Material, original: bytes
) -> bytes:
    """A bundle with other bytes than the original."""
    while True:
        text = b"".join(mutation.make(source, material))
        if text != original:
            return text


def regressions(lines: list[bytes]) -> dict[str, bytes]:
    """What a verifier once stumbled over, by the name of its fault."""
    rest = b"".join(lines[1:])
    return {
        "the type of a line is an object": b'{"type":{"type":"x"}}\n' + rest,
        "the type of a line is a list": b'{"type":["bundle"]}\n' + rest,
        "a line is no object": b"[]\n" + rest,
    }


def complaint(mutation: Mutation, code: str) -> str | None:
    """What is wrong with how a mutation was judged."""
    if code == "OK":
        return "it passes"
    if mutation.noticed_by == STRUCTURE and code in BY_SEAL:
        return f"only the seal notices ({code}), the checkpoints should"
    if mutation.noticed_by == SEAL and code not in BY_SEAL:
        return f"{code}, where we thought that only the seal can tell"
    return None


def run(material: Material, key: bytes, count: int, seed: int, program: str | None, sample: int):
    """Every mutation in turn; answers what each was judged as, and the complaints."""
    source, original = random.Random(seed), b"".join(material.lines)
    judged: dict[str, Counter] = defaultdict(Counter)
    complaints = []
    shown = set(random.Random(seed).sample(range(count), min(sample, count)) if program else [])
    for number in range(count):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        text = tampered(source, mutation, material, original)
        code = judge(text, key)
        judged[mutation.name][code] += 1
        wrong = complaint(mutation, code)
        if not wrong and number in shown:
            said = judge_by_program(program, text, key)
            wrong = f"{code} here, {said} by {program}" if said != code else None
        if wrong:
            complaints.append((number, mutation.name, wrong, text))
    return judged, complaints


def report(judged: dict[str, Counter], seconds: float) -> None:
    for mutation in MUTATIONS:
        codes = judged[mutation.name]
        list_of_codes = ", ".join(f"{code} {times}" for code, times in codes.most_common())
        print(f"  {mutation.name:<40} {codes.total():>6}  {list_of_codes}")
    total = sum(codes.total() for codes in judged.values())
    print(f"{total} tamperings of {len(MUTATIONS)} kinds in {seconds:.0f} s")


def keep(text: bytes) -> str:
    with tempfile.NamedTemporaryFile(prefix="tampered.", suffix=".bundle", delete=False) as file:
        file.write(text)
    return file.name


def main() -> int:
    options = argparse.ArgumentParser(description="Tamper with a bundle; all must be noticed.")
    options.add_argument("bundle", type=Path)
    options.add_argument("--key", required=True, help="public key of the log, 64 hex digits")
    options.add_argument("--older", type=Path, required=True)
    options.add_argument("--other", type=Path, required=True)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--program", help="show a sample to this `brygga` as well")
    options.add_argument("--sample", type=int, default=500)
    chosen = options.parse_args()
    seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
    print(f"--seed {seed}", flush=True)

    key = bytes.fromhex(chosen.key)
    files = [chosen.bundle, chosen.older, chosen.other]
    material = Material(*(file.read_bytes() for file in files))
    untouched = judge(b"".join(material.lines), key)
    if untouched != "OK":
        print(f"the bundle itself does not verify: {untouched}")
        return 1
    for name, text in regressions(material.lines).items():
        if (code := judge(text, key)) != "MALFORMED":
            print(f"{name}: {code}")
            return 1
    started = time.monotonic()
    arguments = (chosen.count, seed, chosen.program, chosen.sample)
    judged, complaints = run(material, key, *arguments)
    report(judged, time.monotonic() - started)
    for number, name, wrong, text in complaints[:20]:
        print(f"FAILED number {number}, {name}: {wrong}; kept in {keep(text)}")
    print(f"{len(complaints)} were judged wrongly" if complaints else "all were noticed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
