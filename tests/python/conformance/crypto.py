"""The cryptography of docs/PROTOCOL.md: contexts, digests, key ids, and HPKE in its base mode."""

import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = b"brygga/v1/"
CONTENT_INFO = b"brygga/v1/content"
# DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180 section 7).
KEM_SUITE = b"KEM" + struct.pack(">H", 0x0020)
HPKE_SUITE = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0002)
PADDING_FLOOR = 256


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def key_id(public: bytes) -> str:
    return sha256(public)[:8].hex()


def sign(key: Ed25519PrivateKey, context: str, message: bytes) -> bytes:
    return key.sign(PREFIX + context.encode() + b"\0" + message)


def is_signed(public: bytes, context: str, message: bytes, signature: bytes) -> bool:
    key = Ed25519PublicKey.from_public_bytes(public)
    try:
        key.verify(signature, PREFIX + context.encode() + b"\0" + message)
    except InvalidSignature:
        return False
    return True


# --- Padding -----------------------------------------------------------------------------


def padded_size(length: int) -> int:
    """The next Padmé size, at least 256 bytes."""
    if length <= PADDING_FLOOR:
        return PADDING_FLOOR
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def pad(content: bytes) -> bytes:
    padded = struct.pack(">I", len(content)) + content
    return padded.ljust(padded_size(len(padded)), b"\0")


def unpad(padded: bytes) -> bytes:
    """The content; raises `ValueError` unless it is padded in the one way."""
    (length,) = struct.unpack(">I", padded[:4])
    content = padded[4 : 4 + length]
    if pad(content) != padded:
        raise ValueError("not the one padding")
    return content


# --- HPKE (RFC 9180) ---------------------------------------------------------------------


def extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    labeled = b"HPKE-v1" + suite + label + secret
    return hmac.new(salt or bytes(32), labeled, hashlib.sha256).digest()


def expand(suite: bytes, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    # One block is enough for 32 bytes.
    return hmac.new(secret, labeled + b"\1", hashlib.sha256).digest()[:length]


def shared_secret(exchanged: bytes, encapsulated: bytes, recipient: bytes) -> bytes:
    secret = extract(KEM_SUITE, b"", b"eae_prk", exchanged)
    return expand(KEM_SUITE, secret, b"shared_secret", encapsulated + recipient, 32)


def cipher(shared: bytes) -> tuple[AESGCM, bytes]:
    """Key and first nonce of the base mode for contents."""
    psk_id = extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
    info = extract(HPKE_SUITE, b"", b"info_hash", CONTENT_INFO)
    context = b"\0" + psk_id + info
    secret = extract(HPKE_SUITE, shared, b"secret", b"")
    key = expand(HPKE_SUITE, secret, b"key", context, 32)
    return AESGCM(key), expand(HPKE_SUITE, secret, b"base_nonce", context, 12)


def seal(recipient: bytes, clear: bytes, aad: bytes) -> bytes:
    """Encapsulated key and ciphertext."""
    ephemeral = X25519PrivateKey.generate()
    encapsulated = ephemeral.public_key().public_bytes_raw()
    exchanged = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    aead, nonce = cipher(shared_secret(exchanged, encapsulated, recipient))
    return encapsulated + aead.encrypt(nonce, clear, aad)


def open_sealed(key: X25519PrivateKey, sealed: bytes, aad: bytes) -> bytes:
    """The clear bytes; raises `InvalidTag`."""
    encapsulated, ciphertext = sealed[:32], sealed[32:]
    exchanged = key.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    own = key.public_key().public_bytes_raw()
    aead, nonce = cipher(shared_secret(exchanged, encapsulated, own))
    return aead.decrypt(nonce, ciphertext, aad)


def content_aad(message_id: bytes, sender: str, recipient: str, unit: str) -> bytes:
    parts = (message_id, sender.encode(), recipient.encode(), unit.encode())
    return b"".join(bytes([len(part)]) + part for part in parts)


def commitment(content: bytes) -> bytes:
    return sha256(CONTENT_INFO + b"\0", content)
