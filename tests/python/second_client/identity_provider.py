"""An organisation's identity provider: a key, and tokens that are bound to client certificates."""

import hashlib
import hmac
import json
import time
import uuid

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from certificates import base64url

LIFETIME_SECONDS = 300


class IdentityProvider:
    """Issues access tokens (RFC 9068) for one node."""

    def __init__(self, issuer, audience, organisation):
        self._key = ed25519.Ed25519PrivateKey.generate()
        self.issuer, self.audience, self.organisation = issuer, audience, organisation
        self.public_key = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.key_id = hashlib.sha256(self.public_key).hexdigest()[:16]

    def jwks(self):
        """The public key as a JWK set, for the node."""
        key = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
        return json.dumps({"keys": [{**key, "kid": self.key_id, "x": base64url(self.public_key)}]})

    def claims(self, role, certificate=None, units=()):
        """The claims of a token for somebody in a role, bound to a certificate if there is one."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "org": self.organisation,
            "sub": "prov-anna",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
            "roles": [role],
        }
        if units:
            claims["units"] = list(units)
        if certificate is not None:
            claims["cnf"] = {"x5t#S256": certificate.thumbprint}
        return claims

    def header(self):
        """The header of every token."""
        return {"alg": "EdDSA", "typ": "at+jwt", "kid": self.key_id}

    def sign(self, claims, header=None):
        """A token with any claims and, for forgers, any header."""
        signed = _signed_part(self.header() if header is None else header, claims)
        return f"{signed}.{base64url(self._key.sign(signed.encode()))}"

    def sign_with_public_key(self, claims):
        """What a forger makes who takes the public key for a shared secret."""
        signed = _signed_part({**self.header(), "alg": "HS256"}, claims)
        mac = hmac.new(self.public_key, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64url(mac)}"

    def token(self, role, certificate=None, units=()):
        """A good token."""
        return self.sign(self.claims(role, certificate, units))


def _signed_part(header, claims):
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(base64url(part) for part in parts)
