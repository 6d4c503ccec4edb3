"""The cases: what a case is, how it fails, and the table that a run prints."""

import fnmatch
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass


class Failed(Exception):
    """The node did something else than the rule says."""


class Skipped(Exception):
    """The run was not given what the case needs."""


@dataclass(frozen=True)
class Case:
    """One rule of docs/PROTOCOL.md, NOTICES.md or SIGNALS.md, tried on a node."""

    name: str
    rule: str
    run: Callable


CASES: list[Case] = []


def case(name: str, rule: str):
    """Registers a case; `rule` begins with the section of docs/PROTOCOL.md or with a document."""

    def register(run):
        assert all(name != known.name for known in CASES), name
        CASES.append(Case(name, rule, run))
        return run

    return register


def expect(condition: bool, said: str) -> None:
    if not condition:
        raise Failed(said)


def expect_equal(found, wanted, what: str) -> None:
    expect(found == wanted, f"{what} is {found!r} and should be {wanted!r}")


def chosen(pattern: str) -> list[Case]:
    """The cases that are named so; a part of the name is enough."""
    return [case for case in CASES if fnmatch.fnmatch(case.name, f"*{pattern}*")]


def judge(case: Case, bench) -> tuple[str, str]:
    """`pass`, `FAIL` or `skip`, and why."""
    try:
        case.run(bench)
    except Failed as failed:
        return "FAIL", str(failed)
    except Skipped as skipped:
        return "skip", str(skipped)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        return "FAIL", f"{type(error).__name__}: {error} ({at.filename}:{at.lineno})"
    return "pass", ""


def run(cases: list[Case], bench, may_skip: bool) -> bool:
    """Runs the cases, prints the table, and answers whether none failed or was skipped unduly."""
    width = max(len(case.name) for case in cases)
    started, counts = time.monotonic(), {"pass": 0, "FAIL": 0, "skip": 0}
    for case in cases:
        verdict, why = judge(case, bench)
        counts[verdict] += 1
        print(f"{verdict}  {case.name:<{width}}  {case.rule}", flush=True)
        if why:
            print(f"      {why}", flush=True)
    seconds = time.monotonic() - started
    print(f"{len(cases)} cases in {seconds:.0f} s: {counts}", flush=True)
    return counts["FAIL"] == 0 and (may_skip or counts["skip"] == 0)
