"""Self-signed certificates, of a node's local port and of clients."""

import base64
import datetime
import hashlib
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Certificate:
    """A certificate and its key, both PEM."""

    def __init__(self, name, addresses=()):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=60))
        )
        if addresses:
            names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(key, hashes.SHA256())
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.key_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        der = certificate.public_bytes(serialization.Encoding.DER)
        self.thumbprint = base64url(hashlib.sha256(der).digest())

    def write(self, directory, name):
        """Writes NAME-certificate.pem and NAME-key.pem for their owner alone."""
        for suffix, content in (("certificate", self.pem), ("key", self.key_pem)):
            path = directory / f"{name}-{suffix}.pem"
            path.touch(mode=0o600)
            path.write_bytes(content)


def base64url(data):
    """Base64url without padding, as in tokens."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
