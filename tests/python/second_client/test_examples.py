"""The examples of docs/CLIENTS.md, run as they stand there."""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import grpc

import contract
import cooperation
import nodes
from client_case import ClientCase

PAGE = contract.ROOT / "docs/CLIENTS.md"


def examples(kind):
    """Every example of a kind, in the order of the page, as one script."""
    blocks = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert blocks, f"there is no example of the kind {kind}"
    return "\n".join(blocks)


class Examples(ClientCase):
    """What the page says is what happens."""

    def setUp(self):
        super().setUp()
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.directory / "proto").symlink_to(contract.ROOT / "proto")
        # The tools by the names that the page calls them.
        (self.directory / "bin").mkdir()
        for name, variable in (("brygga", "BRYGGA_BIN"), ("buf", "BRYGGA_BUF")):
            (self.directory / "bin" / name).symlink_to(os.environ[variable])

    def answers(self, kind, **variables):
        """Runs the examples of a kind and returns what the node answered."""
        path = f"{self.directory / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", examples(f"sh {kind}")],
            cwd=self.directory,
            env={**os.environ, "PATH": path, **variables},
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads("[" + done.stdout.replace("}\n{", "},{") + "]")

    def test_the_examples_on_the_nodes_own_machine_work(self):
        with nodes.Federation() as federation:
            node = federation.add("borgholm", "kommun:0885", "Borgholms kommun")
            node.start()
            variables = {"DIR": str(node.directory), "NODE": f"http://{node.host}:8080"}
            (shown,) = self.answers("plaintext", **variables)
        self.assertEqual(shown["organisation"], "kommun:0885")

    def test_the_example_from_a_program_works(self):
        printed = []
        values = {
            "grpc": grpc,
            "NodeServiceStub": contract.NodeService,
            "ShowNodeRequest": contract.nodes.ShowNodeRequest,
            "node_certificate": self.kalmar.certificate.pem,
            "client_certificate": self.certificate.pem,
            "client_key": self.certificate.key_pem,
            "token": self.kalmar.provider.token("OPERATOR", self.certificate),
            "address": self.kalmar.local_address,
            "print": printed.append,
        }
        exec(examples("python"), values)
        self.assertEqual(printed, ["Kalmar kommun"])

    def test_the_story_over_tls_works(self):
        cooperation.in_force(self.region)
        self.certificate.write(self.directory, "client")
        (self.directory / "node-certificate.pem").write_bytes(self.kalmar.certificate.pem)
        token = self.kalmar.provider.token("CASE_WORKER", self.certificate)
        (self.directory / "token").write_text(token)
        variables = {"NODE": f"https://{self.kalmar.local_address}"}
        recorded, requested, listed, _, shown = self.answers("tls", **variables)
        sent = requested["referral"]
        self.assertEqual(sent["deliveryStatus"], "DELIVERY_STATUS_DELIVERED")
        self.assertIn(sent["referralId"], [one["referralId"] for one in listed["referrals"]])
        self.assertEqual(shown["consent"]["consentId"], recorded["consent"]["consentId"])
        self.assertIn("withdrawnAt", shown["consent"])
