"""Tampering with one value of one line, its spelling kept right."""

import base64

import verify
from material import (
    INTEGERS,
    SEAL,
    STRUCTURE,
    edited_entry,
    joined,
    malleated,
    mutation,
    note_of,
    openings,
    signature_line,
    two,
    without_opening,
)


@mutation(STRUCTURE)
def change_the_header(rng, m):
    header = m.parsed[0]
    changes = [
        {"origin": rng.choice(("a", "", "x y", header["origin"] + "/2", header["origin"].upper()))},
        {"public_key": rng.choice((rng.randbytes(32).hex(), "", header["public_key"].upper()))},
        {"format": rng.choice(("brygga-audit-bundle/2", "", "x"))},
        {"checkpoints": rng.choice((*INTEGERS, header["checkpoints"] + 1))},
        {"size": rng.choice((*INTEGERS, header["size"] + 1, header["size"] - 1))},
    ]
    return m.edited(0, **rng.choice(changes))


@mutation(STRUCTURE)
def change_a_checkpoint(rng, m):
    """Another origin, size, root or time under the same signature."""
    at = rng.choice(m.checkpoints)
    text, signatures = note_of(m, at)
    other, _ = note_of(m, rng.choice(m.checkpoints))
    field = rng.randrange(5)
    random_root = base64.b64encode(rng.randbytes(32)).decode()
    made_up = (
        ["a", ""],
        [str(rng.randrange(2**64)), "-1", "+" + text[1], "0" + text[1]],
        [random_root, "", text[2][:-1]],
        [f"time {rng.randrange(2**63)}", "time -1", "time", text[3] + " "],
        ["x"],
    )
    choices = made_up[field] + other[field : field + 1]
    text[field : field + 1] = [rng.choice(choices)]
    return m.edited(at, note=joined(text, signatures))


@mutation(STRUCTURE)
def replace_a_signature(rng, m):
    at = rng.choice(m.checkpoints)
    text, signatures = note_of(m, at)
    good = base64.b64decode(signatures[0].split(" ")[2])[4:]
    flipped = bytearray(good)
    flipped[rng.randrange(64)] ^= 1 << rng.randrange(8)
    text_bytes = ("\n".join(text) + "\n").encode()
    other = base64.b64decode(note_of(m, rng.choice(m.checkpoints))[1][0].split(" ")[2])[4:]
    forged = [
        rng.randbytes(64),
        bytes(flipped),
        bytes(64),
        good[:63],
        good + b"\0",
        malleated(good),
        m.forger.sign(text_bytes),
        other,
    ]
    line = signature_line(m, rng.choice(forged), at)
    return m.edited(at, note=joined(text, [line]))


@mutation(STRUCTURE)
def add_a_bad_signature_of_the_log(rng, m):
    at = rng.choice(m.checkpoints)
    text, signatures = note_of(m, at)
    bad = signature_line(m, rng.randbytes(64), at)
    return m.edited(at, note=joined(text, rng.choice(([bad, *signatures], [*signatures, bad]))))


@mutation(SEAL)
def add_a_line_of_another_signer(rng, m):
    """Lines of other names are witnesses' and not looked at, so only the seal counts them."""
    at = rng.choice(m.checkpoints)
    text, signatures = note_of(m, at)
    payload = base64.b64encode(rng.randbytes(rng.choice((4, 76)))).decode()
    line = f"— witness{rng.randrange(100)}.example {payload}"
    return m.edited(at, note=joined(text, rng.choice(([line, *signatures], [*signatures, line]))))


@mutation(SEAL)
def double_a_good_signature(rng, m):
    at = rng.choice(m.checkpoints)
    text, signatures = note_of(m, at)
    return m.edited(at, note=joined(text, signatures * rng.randint(2, 64)))


@mutation(STRUCTURE)
def change_an_index(rng, m):
    at = rng.choice(m.leaves)
    return m.edited(at, index=rng.choice((*INTEGERS, m.parsed[at]["index"] + 1, len(m.leaves))))


@mutation(STRUCTURE)
def change_a_commitment(rng, m):
    """Half of the time without its opening, as in a bundle that shows no entries."""
    at = rng.choice(m.leaves)
    other = m.parsed[rng.choice(m.leaves)]["commitment"]
    upper = m.parsed[at]["commitment"].upper()
    commitment = rng.choice((rng.randbytes(32).hex(), "", upper, "00" * 32, other))
    if commitment == m.parsed[at]["commitment"] or rng.random() < 0.5:
        return m.edited(at, commitment=commitment)
    lines = m.copy()
    lines[at] = without_opening({**m.parsed[at], "commitment": commitment})
    return lines


@mutation(STRUCTURE)
def swap_salts(rng, m):
    first, second = two(rng, openings(m))
    opening = {**m.parsed[first]["opening"], "salt": m.parsed[second]["opening"]["salt"]}
    return m.edited(first, opening=opening)


@mutation(STRUCTURE)
def swap_entries(rng, m):
    first, second = two(rng, openings(m))
    entry = m.parsed[second]["opening"]["entry"]
    if entry == m.parsed[first]["opening"]["entry"]:
        return m.copy()
    return m.edited(first, opening={**m.parsed[first]["opening"], "entry": entry})


@mutation(STRUCTURE)
def swap_openings(rng, m):
    first, second = two(rng, openings(m))
    return m.edited(first, opening=m.parsed[second]["opening"])


@mutation(STRUCTURE)
def edit_an_entry(rng, m):
    """Changes what was decided; half of the time with the commitment that fits."""
    at = rng.choice(openings(m))
    entry = edited_entry(rng, base64.b64decode(m.parsed[at]["opening"]["entry"]))
    opening = {**m.parsed[at]["opening"], "entry": base64.b64encode(entry).decode()}
    if rng.random() < 0.5:
        return m.edited(at, opening=opening)
    commitment = verify.sha256(verify.ENTRY_CONTEXT, bytes.fromhex(opening["salt"]), entry)
    return m.edited(at, commitment=commitment.hex(), opening=opening)
