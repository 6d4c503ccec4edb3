"""A second client: the whole story of a referral with nothing of ours but the published contract.

It is written in another language, on another gRPC library and another TLS library than the node, so
that a case system's vendor can trust the contract and not our code. It starts two real nodes, is
their identity provider, and calls them over TLS with client certificates and bound tokens.

Run it with `./x python tests/python/second_client`.
"""

import sys
import unittest
from pathlib import Path

from client_case import ClientCase
from region import Region

if __name__ == "__main__":
    tests = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
    with Region() as ClientCase.region:
        outcome = unittest.TextTestRunner(verbosity=2).run(tests)
    sys.exit(0 if outcome.wasSuccessful() and outcome.testsRun else 1)
