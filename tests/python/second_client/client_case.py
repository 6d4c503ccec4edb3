"""What every test here begins with: two nodes, and a client certificate of its own."""

import unittest

from certificates import Certificate
from client import Client


class ClientCase(unittest.TestCase):
    """A test against the one region of this program, which is set before the first test runs."""

    region = None

    def setUp(self):
        self.kalmar, self.nybro = self.region.kalmar, self.region.nybro
        self.certificate = Certificate("case-system")

    def client(self, node, role):
        """A client in a role, closed with the test."""
        return self.enterContext(Client(node, role, self.certificate))
