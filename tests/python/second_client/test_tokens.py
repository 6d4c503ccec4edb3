"""Tokens that another program makes, and that open nothing, all answered alike."""

import grpc

import contract
from certificates import Certificate
from client import Client, reason_of
from client_case import ClientCase
from nodes import eventually

ROLE = "OPERATOR"


class Tokens(ClientCase):
    """Attacks on the local port of one node, each with one thing wrong."""

    def setUp(self):
        super().setUp()
        self.provider = self.kalmar.provider
        self.own, self.thief = Certificate("own"), Certificate("thief")

    def call(self, certificate, token):
        """What a call over a connection with this certificate comes to."""
        with Client(self.kalmar, ROLE, certificate, mint=lambda: token) as client:
            try:
                client.node.ShowNode(contract.nodes.ShowNodeRequest(), timeout=20)
            except grpc.RpcError as error:
                return error
        return None

    def forged(self):
        """Each forgery by name, for a connection with the right certificate."""
        thumbprint = self.own.thumbprint
        now = self.claims()["iat"]
        yield "no algorithm", self.headed(alg="none")
        yield "no algorithm, no signature", self.headed(alg="none").rpartition(".")[0] + "."
        yield "the public key as a secret", self.provider.sign_with_public_key(self.claims())
        yield "another algorithm", self.headed(alg="ES256")
        yield "another type", self.headed(typ="JWT")
        yield "a key that is a path", self.headed(kid="../../../../dev/null")
        yield "a key of nobody", self.headed(kid="nobody")
        yield "a key set elsewhere", self.headed(jku="https://evil.example/jwks.json")
        yield "a key of its own", self.headed(jwk={"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})
        yield "a critical extension", self.headed(crit=["b64"], b64=False)
        for name in ("iss", "aud", "sub", "jti", "iat", "nbf", "exp", "org", "roles", "cnf"):
            yield f"no {name}", self.without(name)
        yield "an audience that is another's", self.claiming(aud=["other", "others"])
        yield "an issuer that is another", self.claiming(iss="https://evil.example/")
        yield "another organisation", self.claiming(org="kommun:0881")
        yield "an hour long", self.claiming(exp=now + 3600)
        yield "over", self.claiming(iat=now - 600, nbf=now - 600, exp=now - 300)
        yield "not begun", self.claiming(nbf=now + 120)
        yield "issued in the future", self.claiming(iat=now + 120)
        yield "an empty binding", self.claiming(cnf={})
        yield "an unknown binding", self.claiming(cnf={"jkt": thumbprint})
        yield "two bindings", self.claiming(cnf={"x5t#S256": thumbprint, "jkt": thumbprint})
        yield "bound to another", self.claiming(cnf={"x5t#S256": self.thief.thumbprint})
        yield "too long", self.claiming(padding="x" * 5_000)
        yield "not a token", "a.b.c"

    def claims(self):
        """Good claims, bound to the right certificate."""
        return self.provider.claims(ROLE, self.own)

    def claiming(self, **changes):
        """A rightly signed token with these claims changed."""
        return self.provider.sign({**self.claims(), **changes})

    def without(self, name):
        """A rightly signed token without this claim."""
        claims = self.claims()
        del claims[name]
        return self.provider.sign(claims)

    def headed(self, **changes):
        """A token with these parameters of its header changed."""
        return self.provider.sign(self.claims(), {**self.provider.header(), **changes})

    def test_a_forged_token_opens_nothing_and_is_not_told_why(self):
        told = {}
        for attack, token in self.forged():
            with self.subTest(attack):
                error = self.call(self.own, token)
                self.assertIsNotNone(error, "it was let in")
                told[attack] = self.what_is_told(error)
        self.assertEqual(len(set(told.values())), 1, told)
        self.assertIsNone(self.call(self.own, self.provider.token(ROLE, self.own)))

    def test_a_stolen_token_opens_nothing_without_the_key_it_is_bound_to(self):
        token = self.provider.token(ROLE, self.own)
        for turn in ("before its owner", "after its owner"):
            for thief in (self.thief, None):
                with self.subTest(turn, with_certificate=thief is not None):
                    error = self.call(thief, token)
                    self.assertIsNotNone(error, "it was let in")
                    self.assertEqual(error.code(), grpc.StatusCode.UNAUTHENTICATED)
            self.assertIsNone(self.call(self.own, token))

    def test_an_id_belongs_to_one_token(self):
        claims = self.provider.claims(ROLE, self.own)
        self.assertIsNone(self.call(self.own, self.provider.sign(claims)))
        other = self.provider.sign({**claims, "roles": ["AGREEMENT_MANAGER"]})
        self.assertIsNotNone(self.call(self.own, other))
        self.assertIsNone(self.call(self.own, self.provider.sign(claims)))

    def test_a_revoked_token_opens_nothing_also_after_a_restart(self):
        claims = self.claims()
        token, other = self.provider.sign(claims), self.provider.token(ROLE, self.own)
        self.assertIsNone(self.call(self.own, token))
        revoked = self.kalmar.directory / "revoked-tokens"
        revoked.write_text(f"# a stolen laptop\n{claims['jti']}\n")
        self.addCleanup(revoked.unlink)
        eventually("it is refused", lambda: self.call(self.own, token))
        self.kalmar.node.stop()
        self.kalmar.node.start()
        error = self.call(self.own, token)
        self.assertIsNotNone(error, "it was let in")
        self.assertEqual(error.code(), grpc.StatusCode.UNAUTHENTICATED)
        self.assertIsNone(self.call(self.own, other))

    def what_is_told(self, error):
        """Everything that a caller learns of a refusal, but for the time of day."""
        self.assertEqual(error.code(), grpc.StatusCode.UNAUTHENTICATED)
        self.assertIsNotNone(reason_of(error))
        rest = sorted(entry for entry in error.trailing_metadata() if entry.key != "date")
        return error.details(), reason_of(error), tuple(rest)
