"""Any node to run the suite against, as a file describes it.

    {
      "organisation": "kommun:0881",          "address": "brygga.nybro.example:8443",
      "unit": "socialjouren",                 "identities": "identities",
      "anchor": "anchor.json",                "registry": "registry.json",
      "sign": ["command", "{agreement}"],
      "ask": ["command", "{recipient}", "{agreement}"],
      "withdraw": ["command", "{referral}"],
      "show": ["command", "{what}", "{id}", "{role}", "{unit}"]
    }

Paths start from the file's own directory. The four commands act as the node's staff; `ask` prints
the referral's id last, and asks for LONG_TERM_HELP for one Kim who needs an OWN_ROOM, on a consent.
`show` prints what somebody in a role of a function sees of a notice or a signal, or nothing at all.
Where one is left out, the cases that need it are skipped.
"""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

from bench import Target
from identities import PARTS, Identity


@contextmanager
def found(file: Path):
    """The node and the suite's identities."""
    told, here = json.loads(file.read_text()), file.parent
    identities = {
        name: Identity.load(here / told["identities"] / f"{name}.json", part)
        for name, part in PARTS.items()
    }
    target = Target(
        organisation=told["organisation"],
        address=told["address"],
        anchor=here / told["anchor"],
        registry=here / told["registry"],
        unit=told["unit"],
        sign=command(told.get("sign"), here, "agreement"),
        ask=last_word(command(told.get("ask"), here, "recipient", "agreement")),
        withdraw=command(told.get("withdraw"), here, "referral"),
        show=command(told.get("show"), here, "what", "id", "role", "unit"),
    )
    yield target, identities


def command(template: list[str] | None, here: Path, *names: str):
    """A function of these arguments that runs a command and answers what it prints."""
    if template is None:
        return None

    def act(*values: str) -> str:
        filled = dict(zip(names, values, strict=True))
        words = [word.format(**filled) for word in template]
        done = subprocess.run(words, cwd=here, check=True, capture_output=True, text=True)
        return done.stdout

    return act


def last_word(act):
    """The same, and only the last word of it."""
    return act and (lambda *values: (act(*values).split() or [""])[-1])
