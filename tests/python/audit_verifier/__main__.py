"""Two nodes exchange, export their logs, and no tampering with an export goes unnoticed.

./x python tests/python/audit_verifier [--count N] [--seed S]
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from nodes import Federation, Node, Refused, eventually

HERE = Path(__file__).resolve().parent
CONTENT = 'name = "Kim"\nhousing_needs = ["OWN_ROOM"]\n'
CONSENT = "--category IDENTITY --category HOUSING_NEED --days 30 --form WRITTEN --information-given"


def main() -> int:
    with Federation() as federation:
        kalmar = federation.add("kalmar", "kommun:0880", "Kalmar kommun")
        nybro = federation.add("nybro", "kommun:0881", "Nybro kommun")
        federation.publish()
        for node in (kalmar, nybro):
            node.set("checkpoint_seconds", "1")
            node.start()
        agree(kalmar, nybro)

        def more():
            exchange(kalmar, nybro)

        more()
        older = export(nybro, "older", 2, more)
        newer = export(nybro, "newer", 5, more)
        other = export(kalmar, "other", 2, more)
        key, memory = newer["key"], remembered(newer["file"], federation.directory)
        checks = [
            verifier(newer["file"], "--key", key),
            verifier(newer["file"], "--key", key, "--at-least", memory),
            verifier(other["file"], "--key", other["key"]),
            # An older bundle is an honest one; only memory tells that it is not the newest.
            verifier(older["file"], "--key", key),
            not verifier(older["file"], "--key", key, "--at-least", memory),
            not verifier(other["file"], "--key", key),
        ]
        tamper = [sys.executable, str(HERE / "tamper.py"), newer["file"], "--key", key]
        tamper += ["--older", older["file"], "--other", other["file"]]
        tamper += ["--program", os.environ["BRYGGA_BIN"], *sys.argv[1:]]
        tampered = subprocess.run(tamper, check=False).returncode
    print("" if all(checks) else "the independent verifier judged an untouched bundle wrongly")
    return tampered if all(checks) else 1


def agree(source: Node, target: Node) -> None:
    template = ["--template", "regional-cooperation"]
    proposed = source.run("agreement", "propose", *template, "--with", target.organisation)
    agreement = proposed["terms"]["agreement_id"]
    eventually("the proposal arrives", lambda: target.run("agreement", "sign", agreement))

    def in_force():
        state = source.run("agreement", "show", agreement)["state"]
        return True if state == "ACTIVE" else None

    eventually("the agreement is in force", in_force)


def exchange(source: Node, target: Node) -> None:
    """A referral from its request to its outcome, and one that is refused."""
    to = ["--recipient", target.organisation, "--person-reference", "DNR-2026-17"]
    consent = source.run("consent", "record", *to, "--purpose", "bostad", *CONSENT.split())
    content = source.directory / "content.toml"
    content.write_text(CONTENT, encoding="utf-8")
    wish = ["referral", "request", "--to", target.organisation, "--service", "LONG_TERM_HELP"]
    wish += ["--ground", "CONSENT_12_2", "--content-file", str(content)]
    asked = source.run(*wish, "--consent", consent["consent_id"])
    referral = asked["referral"]["referral_id"]
    for step in (["accept"], ["start"], ["complete", "--result", "HOUSED"]):
        command = ["referral", step[0], referral, *step[1:]]
        eventually(f"{step[0]} is possible", lambda command=command: target.run(*command))
    assert is_refused(source, *wish), "a referral without its consent was not refused"


def is_refused(node: Node, *arguments: str) -> bool:
    try:
        node.run(*arguments)
    except Refused:
        return True
    return False


def export(node: Node, name: str, checkpoints: int, exchange_more) -> dict:
    """An exported bundle under at least so many checkpoints."""
    file = node.directory / f"{name}.bundle"
    arguments = ["audit", "export", "--with-entries", "--out", str(file)]
    while True:
        answer = eventually("a checkpoint is signed", lambda: node.run(*arguments))
        if answer["checkpoints"] >= checkpoints:
            return answer
        file.unlink()
        exchange_more()


def remembered(bundle: str, directory: Path) -> str:
    """A file with the newest checkpoint of a bundle."""
    with open(bundle, encoding="utf-8") as lines:
        parsed = [json.loads(line) for line in lines]
    notes = [line["note"] for line in parsed if line["type"] == "checkpoint"]
    file = directory / "checkpoint.txt"
    file.write_text(notes[-1], encoding="utf-8", newline="")
    return str(file)


def verifier(*arguments: str) -> bool:
    command = [sys.executable, str(HERE / "verify.py"), *arguments]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
