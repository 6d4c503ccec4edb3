"""Real nodes for the black-box tests: a federation of them on this machine, gone with its value.

Everything is done with the program, `BRYGGA_BIN`, as its operators would do it.
"""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

FEDERATION = "tests.example"
STARTS_WITHIN_SECONDS = 20


class Refused(Exception):
    """The program refused, with a stable code."""

    def __init__(self, code: str, output: str):
        super().__init__(output)
        self.code = code


def program(*arguments: str, cwd: Path | None = None) -> dict:
    """What the program answers as JSON; raises `Refused`."""
    command = [os.environ["BRYGGA_BIN"], *arguments, "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    if done.returncode == 0:
        return json.loads(done.stdout)
    try:
        code = json.loads(done.stderr)["error"]["code"]
    except (ValueError, KeyError):
        code = f"EXIT_{done.returncode}"
    raise Refused(code, f"{' '.join(command)}\n{done.stdout}{done.stderr}")


class Node:
    """One organisation's node."""

    def __init__(self, name: str, organisation: str, directory: Path, host: str):
        self.name = name
        self.organisation = organisation
        self.directory = directory
        self.host = host
        self.process: subprocess.Popen | None = None

    def run(self, *arguments: str) -> dict:
        """Runs the program in this node's directory."""
        return program(*arguments, "--dir", str(self.directory))

    def set(self, key: str, value: str) -> None:
        """Changes a setting, in force from the next start; `value` is TOML."""
        file = self.directory / "brygga.toml"
        text, times = re.subn(rf"(?m)^#?{key} = .*$", f"{key} = {value}", file.read_text())
        assert times == 1, f"{key} stands {times} times in {file}"
        file.write_text(text)

    def start(self) -> None:
        """Starts the node and waits until both ports listen."""
        log = open(self.directory / "serve.log", "ab")
        command = [os.environ["BRYGGA_BIN"], "serve", "--dir", str(self.directory)]
        self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        for port in (8443, 8080):
            self.wait_for(port)

    def wait_for(self, port: int) -> None:
        end = time.monotonic() + STARTS_WITHIN_SECONDS
        while True:
            try:
                socket.create_connection((self.host, port), timeout=1).close()
                return
            except OSError:
                ended = self.process.poll() is not None
                if ended or time.monotonic() > end:
                    log = (self.directory / "serve.log").read_text()
                    raise RuntimeError(f"{self.name} does not start:\n{log}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=60)
            self.process = None


class Federation:
    """Nodes that joined one federation; the first one made is its operator."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="brygga-python."))
        # A network of our own on the loopback, so that tests can run beside each other.
        self.network = f"127.{random.randint(1, 254)}.{random.randint(0, 254)}"
        self.nodes: list[Node] = []

    def __enter__(self) -> "Federation":
        return self

    def __exit__(self, *_) -> None:
        for node in self.nodes:
            if node.process:
                node.process.kill()
                node.process.wait()
        shutil.rmtree(self.directory)

    def address(self, number: int) -> str:
        """A host of this federation's network."""
        return f"{self.network}.{number}"

    def add(self, name: str, organisation: str, title: str, *options: str) -> Node:
        """Makes a node and lets it into the federation; it is not started."""
        node = Node(name, organisation, self.directory / name, self.address(len(self.nodes) + 1))
        arguments = ["--dir", str(node.directory), "--name", title, "--development", *options]
        arguments += ["--address", f"{node.host}:8443", "--local-address", f"{node.host}:8080"]
        if not self.nodes:
            program("init", "--federation", FEDERATION, "--org", organisation, *arguments)
        else:
            program("join", "--invite", str(self.invite(organisation)), *arguments)
            self.admit(node.directory / "join-request")
        node.run("migrate")
        self.nodes.append(node)
        return node

    def invite(self, organisation: str) -> Path:
        """A file with an invite for the organisation."""
        file = self.directory / f"invite-{organisation.replace(':', '-')}"
        self.nodes[0].run("registry", "invite", "--org", organisation, "--out", str(file))
        return file

    def admit(self, request: Path) -> None:
        """Admits whoever asked; the other nodes hold the registry from `publish` on."""
        self.nodes[0].run("registry", "admit", "--request", str(request))

    def publish(self) -> None:
        """Installs the operator's registry at the other nodes."""
        for node in self.nodes[1:]:
            node.run("registry", "install", "--file", str(self.registry()))

    def registry(self) -> Path:
        """The operator's file of the registry."""
        return self.nodes[0].directory / "registry/registry.json"

    def anchor(self) -> Path:
        """The operator's file of the trust anchor."""
        return self.nodes[0].directory / "registry/anchor.json"


def eventually(what: str, attempt, within: float = 20.0):
    """The first answer of `attempt` that is not none; a refusal by the program is none."""
    end = time.monotonic() + within
    while True:
        refused = None
        try:
            if (found := attempt()) is not None:
                return found
        except Refused as error:
            refused = error
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within:.0f} s: {what}: {refused}") from refused
        time.sleep(0.1)
