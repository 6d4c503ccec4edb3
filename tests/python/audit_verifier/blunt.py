"""Tampering with bytes and lines, as an accident or a clumsy hand would."""

import json

from material import ANY, STRUCTURE, made_up_leaf, mutation, spell, two


def at_byte(make):
    """A mutation of the whole text at one of its bytes."""

    def whole(rng, m):
        text = bytearray(b"".join(m.lines))
        make(rng, text, rng.randrange(len(text)))
        return [bytes(text)]

    whole.__name__ = make.__name__
    return mutation(ANY)(whole)


@at_byte
def flip_a_bit(rng, text, at):
    text[at] ^= 1 << rng.randrange(8)


@at_byte
def flip_several_bytes(rng, text, at):
    for _ in range(rng.randint(2, 8)):
        text[rng.randrange(len(text))] ^= rng.randrange(1, 256)


@at_byte
def change_a_character(rng, text, at):
    text[at] = rng.randrange(0x20, 0x7F)


@at_byte
def delete_bytes(rng, text, at):
    del text[at : at + rng.choice((1, 2, 64, 1000))]


@at_byte
def insert_bytes(rng, text, at):
    text[at:at] = rng.choice((b" ", b"0", b"\n", b"\r", b"\0", b"\xef\xbb\xbf", rng.randbytes(9)))


@at_byte
def double_bytes(rng, text, at):
    text[at:at] = text[at : at + rng.randint(1, 300)]


@at_byte
def truncate_bytes(rng, text, at):
    del text[at:]


@at_byte
def append_bytes(rng, text, at):
    text += rng.choice((b"\n", b" ", b"{}\n", b"\0", b"{", rng.randbytes(5)))


@mutation(ANY)
def delete_lines(rng, m):
    lines = m.copy()
    at = rng.randrange(len(lines))
    del lines[at : at + rng.choice((1, 1, 1, 2, 5))]
    return lines


@mutation(ANY)
def duplicate_a_line(rng, m):
    lines = m.copy()
    lines.insert(rng.randint(0, len(lines)), rng.choice(lines))
    return lines


@mutation(ANY)
def swap_lines(rng, m):
    lines = m.copy()
    first, second = two(rng, range(len(lines)))
    lines[first], lines[second] = lines[second], lines[first]
    return lines


@mutation(ANY)
def move_a_line(rng, m):
    lines = m.copy()
    line = lines.pop(rng.randrange(len(lines)))
    lines.insert(rng.randint(0, len(lines)), line)
    return lines


@mutation(ANY)
def shuffle_lines(rng, m):
    lines = m.copy()
    start = rng.randrange(len(lines))
    part = lines[start : start + rng.randint(2, 12)]
    rng.shuffle(part)
    lines[start : start + len(part)] = part
    return lines


@mutation(STRUCTURE)
def truncate_lines(rng, m):
    return m.lines[: rng.randint(0, m.leaves[-1])]


@mutation(STRUCTURE)
def rotate_leaves_with_new_numbers(rng, m):
    """Reorders entries and numbers them anew, so that only the tree can tell."""
    first, second = sorted(two(rng, m.leaves))
    order = m.leaves[m.leaves.index(first) : m.leaves.index(second) + 1]
    lines = m.copy()
    for to, source in zip(order, order[1:] + order[:1], strict=True):
        lines[to] = spell({**m.parsed[source], "index": m.parsed[to]["index"]})
    return lines


@mutation(STRUCTURE)
def delete_a_leaf_with_new_numbers(rng, m):
    lines, gone = m.copy(), rng.choice(m.leaves)
    for at in m.leaves:
        if at > gone:
            lines[at] = spell({**m.parsed[at], "index": m.parsed[at]["index"] - 1})
    del lines[gone]
    return m.header(lines)


@mutation(STRUCTURE)
def insert_a_leaf_with_new_numbers(rng, m):
    lines, here = m.copy(), rng.choice(m.leaves)
    for at in m.leaves:
        if at >= here:
            lines[at] = spell({**m.parsed[at], "index": m.parsed[at]["index"] + 1})
    new = made_up_leaf(rng, m.parsed[here]["index"], b"0\tclock\treferral.expire\tx\tdone\t")
    lines.insert(here, new)
    return m.header(lines)


@mutation(STRUCTURE)
def another_spelling(rng, m):
    """The same values written in another way: no reader may take two texts for one bundle."""
    lines, at = m.copy(), rng.randrange(len(m.lines))
    line = m.parsed[at]
    name = rng.choice(list(line))
    respelled = [
        json.dumps(line).encode() + b"\n",
        lines[at][:-1] + b"\r\n",
        lines[at].replace(b'"type"', b'"typ\\u0065"', 1),
        lines[at].replace(b"}", b" }", 1),
        spell(dict(reversed(line.items()))),
        spell({**line, "more": 1}),
        lines[at].replace(b"{", b'{"type":"' + line["type"].encode() + b'",', 1),
        spell({key: value for key, value in line.items() if key != name or key == "opening"}),
        lines[at].replace(b'":', b'": ', 1),
        spell({**line, name: None}),
    ]
    lines[at] = rng.choice(respelled)
    return lines
