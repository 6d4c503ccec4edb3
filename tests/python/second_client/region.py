"""Kalmar and Nybro with real nodes whose local ports are under TLS and take bound tokens only."""

import re

import nodes
from certificates import Certificate
from identity_provider import IdentityProvider

KALMAR, NYBRO = "kommun:0880", "kommun:0881"


class Municipality:
    """A node, its organisation's identity provider, and the certificate of its local port."""

    def __init__(self, node, title):
        self.node, self.organisation, self.title = node, node.organisation, title
        self.directory, self.local_address = node.directory, f"{node.host}:8080"
        self.certificate = Certificate("brygga", [node.host])
        self.certificate.write(self.directory / "keys", "local")
        self._set("local_listener", "certificate_file", '"keys/local-certificate.pem"')
        self._set("local_listener", "key_file", '"keys/local-key.pem"')
        self._set("local_auth", "require_bound_tokens", "true")
        issuer, audience = self._setting("issuer"), self._setting("audience")
        self.provider = IdentityProvider(issuer, audience, self.organisation)
        (self.directory / self._setting("jwks_file")).write_text(self.provider.jwks())

    def _setting(self, key):
        """A text that the program has written into the settings."""
        text = (self.directory / "brygga.toml").read_text()
        return re.search(rf'^{key} = "(.*)"$', text, re.MULTILINE)[1]

    def _set(self, section, key, value):
        """Sets a key in its section, where it stands with a value or as a comment."""
        file = self.directory / "brygga.toml"
        before, heading, rest = file.read_text().partition(f"\n[{section}]\n")
        pattern = re.compile(rf"^#?{key} = .*$", re.MULTILINE)
        rest, count = pattern.subn(f"{key} = {value}", rest, count=1)
        assert heading and count, f"{section}.{key} is not in the settings"
        file.write_text(before + heading + rest)


class Region:
    """Kalmar, which founded the federation, and Nybro, which joined it."""

    def __init__(self):
        self.federation = nodes.Federation()
        team = ("--unit", "mobila-teamet")
        kalmar = self.federation.add("kalmar", KALMAR, "Kalmar kommun", *team)
        nybro = self.federation.add("nybro", NYBRO, "Nybro kommun", *team)
        self.federation.publish()
        self.kalmar = Municipality(kalmar, "Kalmar kommun")
        self.nybro = Municipality(nybro, "Nybro kommun")
        kalmar.start()
        nybro.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ends both nodes, as their operators would, and removes what they left."""
        with self.federation:
            for node in self.federation.nodes:
                node.stop()
