"""Runs the conformance suite of the federation port against a node; see ../README.md.

./x python tests/python/conformance [--list] [--only NAME]     a node of our own
python tests/python/conformance --against target.json          any other node
python tests/python/conformance --join NAME --invite FILE --address HOST:PORT --out DIR
"""

import argparse
import secrets
import sys
from contextlib import contextmanager
from pathlib import Path

import cases_agreement  # noqa: F401 - registers its cases
import cases_form  # noqa: F401
import cases_fuzz  # noqa: F401
import cases_gate  # noqa: F401
import cases_note  # noqa: F401
import cases_notice  # noqa: F401
import cases_progress  # noqa: F401
import cases_request  # noqa: F401
import cases_retry  # noqa: F401
import cases_sender  # noqa: F401
import cases_sends  # noqa: F401
import cases_services  # noqa: F401
import cases_signal  # noqa: F401
import cases_thread  # noqa: F401
import cases_transport  # noqa: F401
import other_node
from agreements import Agreements
from bench import Bench
from doubt import doubt
from identities import PARTS, Identity, invited
from inbox import Impostor, Inbox
from suite import chosen, run


def main() -> int:
    options = argparse.ArgumentParser(prog="conformance", description=__doc__.split("\n")[0])
    options.add_argument("--list", action="store_true", help="only name the cases")
    options.add_argument("--only", default="", metavar="NAME", help="cases with this in the name")
    options.add_argument("--against", type=Path, help="a node that is not ours; see README.md")
    options.add_argument("--join", choices=PARTS, help="make an identity of the suite")
    options.add_argument("--invite", type=Path, help="the invite that it answers")
    options.add_argument("--address", help="where the suite listens for it, HOST:PORT")
    options.add_argument("--out", type=Path, help="where its keys and its request are written")
    wanted = options.parse_args()
    if wanted.join:
        return join(wanted)
    cases = chosen(wanted.only)
    if wanted.list or not cases:
        for case in cases:
            print(f"{case.name}\t{case.rule}")
        return 0 if cases else 2
    with other_node.found(wanted.against) if wanted.against else our_own() as (target, identities):
        bench = Bench(target, identities)
        bench.agreements = Agreements(bench)
        bench.inbox = Inbox(bench, bench.peer)
        bench.impostor = Impostor(bench.partner, bench.stranger)
        passed = run(cases, bench, may_skip=bool(wanted.against))
        # A whole run against our own node is the place to doubt the suite, too.
        doubted = bool(wanted.only or wanted.against) or doubt(bench)
        return 0 if passed and doubted else 1


@contextmanager
def our_own():
    # Only here, since it needs `./x python`: the program, and tests/python on the path.
    import own_node

    with own_node.Federation() as federation:
        yield own_node.found(federation)


def join(wanted) -> int:
    """Makes the keys of one of the suite's organisations, and its answer to an invite."""
    invite = wanted.invite.read_text()
    organisation, federation = invited(invite)
    identity = Identity(
        organisation, federation, secrets.token_bytes(32), wanted.address, PARTS[wanted.join].tls
    )
    wanted.out.mkdir(exist_ok=True)
    identity.save(wanted.out / f"{wanted.join}.json")
    request = wanted.out / f"{wanted.join}.join-request"
    request.write_text(identity.join_request(invite, PARTS[wanted.join]))
    print(f"{request} is for the operator of {federation}, who admits {organisation}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
