"""Forgeries that agree with themselves: all is computed anew, but for what needs the key."""

import base64
import hashlib
import json

import verify
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from material import (
    ANY,
    SEAL,
    STRUCTURE,
    edited_entry,
    joined,
    made_up_leaf,
    malleated,
    mutation,
    note_of,
    openings,
    signature_line,
    spell,
    without_opening,
)


@mutation(SEAL)
def leave_out_openings(rng, m):
    lines = m.copy()
    for at in rng.sample(openings(m), rng.randint(1, len(openings(m)))):
        lines[at] = without_opening(m.parsed[at])
    return lines


@mutation(SEAL)
def leave_out_checkpoints(rng, m):
    """Older checkpoints and their count; later ones vouch for the same leaves."""
    older = m.checkpoints[:-1]
    gone = set(rng.sample(older, rng.randint(1, len(older))))
    return m.header([line for at, line in enumerate(m.lines) if at not in gone])


@mutation(SEAL)
def cut_back_to_an_older_checkpoint(rng, m):
    """What was logged last never happened, it says."""
    last = rng.choice(m.checkpoints[:-1])
    size = int(note_of(m, last)[0][1])
    kept = [m.lines[at] for at in m.leaves if m.parsed[at]["index"] < size]
    return m.header([*m.lines[: last + 1], *kept, m.lines[-1]])


@mutation(SEAL)
def add_leaves_behind_the_newest_checkpoint(rng, m):
    lines = m.copy()
    for _ in range(rng.randint(1, 3)):
        made_up = made_up_leaf(rng, len(lines) - 2 - len(m.checkpoints), b"0\tclock\tx\tx\tdone\t")
        lines.insert(len(lines) - 1, made_up)
    return m.header(lines)


@mutation(SEAL)
def replace_the_seal(rng, m):
    signature = json.loads(m.lines[-1])["signature"]
    good = base64.b64decode(signature)
    digest = hashlib.sha256(b"".join(m.lines[:-1])).digest()
    flipped = bytearray(good)
    flipped[rng.randrange(64)] ^= 1 << rng.randrange(8)
    own_note = base64.b64decode(note_of(m, rng.choice(m.checkpoints))[1][0].split(" ")[2])[4:]
    forged = [
        rng.randbytes(64),
        bytes(flipped),
        malleated(good),
        m.forger.sign(verify.SEAL_CONTEXT + digest),
        base64.b64decode(json.loads(m.older[-1])["signature"]),
        base64.b64decode(json.loads(m.other[-1])["signature"]),
        own_note,
        b"",
    ]
    return m.edited(len(m.lines) - 1, signature=base64.b64encode(rng.choice(forged)).decode())


@mutation(SEAL)
def remove_the_seal(rng, m):
    return m.lines[:-1]


@mutation(ANY)
def splice_another_bundle(rng, m):
    """A run of lines of another log, or of an older bundle of the same one, in place of ours."""
    source = rng.choice((m.older, m.other))
    start, length = rng.randrange(min(len(source), len(m.lines))), rng.randint(1, 12)
    return m.lines[:start] + source[start : start + length] + m.lines[start + length :]


@mutation(STRUCTURE)
def splice_leaves_of_another_log(rng, m):
    """Entries that are true elsewhere, with the numbers that are due here."""
    foreign = [line for line in map(json.loads, m.other) if line["type"] == "leaf"]
    lines = m.copy()
    for at in rng.sample(m.leaves, rng.randint(1, 5)):
        lines[at] = spell({**rng.choice(foreign), "index": m.parsed[at]["index"]})
    return lines


@mutation(STRUCTURE)
def another_log_under_our_name(rng, m):
    """The whole other log, its header changed to ours as far as the forger likes."""
    names = rng.sample(("origin", "public_key"), rng.randint(1, 2))
    header = {**json.loads(m.other[0]), **{name: m.parsed[0][name] for name in names}}
    return [spell(header), *m.other[1:]]


def rebuilt(rng, m, key: Ed25519PrivateKey | None) -> list[bytes]:
    """The log with one entry changed and everything computed anew; signed by `key`, if any."""
    lines, tree, roots = m.edited(rng.choice(openings(m))), verify.Tree(), {}
    victim = rng.choice(openings(m))
    for at in m.leaves:
        if at == victim:
            entry = edited_entry(rng, base64.b64decode(m.parsed[at]["opening"]["entry"]))
            lines[at] = made_up_leaf(rng, m.parsed[at]["index"], entry)
        tree.add(bytes.fromhex(json.loads(lines[at])["commitment"]))
        roots[tree.size] = tree.root()
    for at in m.checkpoints:
        text, signatures = note_of(m, at)
        text[2] = base64.b64encode(roots[int(text[1])]).decode()
        if key:
            signature = key.sign(("\n".join(text) + "\n").encode())
            signatures = [signature_line(m, signature, at)]
        lines[at] = spell({**m.parsed[at], "note": joined(text, signatures)})
    return lines


@mutation(STRUCTURE)
def rebuild_the_tree_without_a_key(rng, m):
    lines = rebuilt(rng, m, None)
    # A checkpoint that stands before the change keeps its root, and so its signature.
    return lines if lines[m.checkpoints[-1]] != m.lines[m.checkpoints[-1]] else m.copy()


@mutation(STRUCTURE)
def rebuild_the_tree_with_a_forgers_key(rng, m):
    lines = rebuilt(rng, m, m.forger)
    if rng.random() < 0.5:
        public = m.forger.public_key().public_bytes_raw().hex()
        lines[0] = spell({**m.parsed[0], "public_key": public})
    digest = hashlib.sha256(b"".join(lines[:-1])).digest()
    seal = base64.b64encode(m.forger.sign(verify.SEAL_CONTEXT + digest)).decode()
    return [*lines[:-1], spell({"type": "seal", "signature": seal})]
