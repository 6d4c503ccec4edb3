"""TLS as docs/PROTOCOL.md asks for it, under a gRPC library that knows nothing of pins.

The library speaks clear HTTP/2 to a doorway on the loopback, and the doorway carries the bytes over
a connection of its own: TLS 1.3, `h2`, our certificate, and the other end's key pinned by the
registry. So each test also decides itself which certificate and which version are shown.
"""

import asyncio
import socket
import ssl
import tempfile
import threading
from pathlib import Path

import crypto
from cryptography import x509
from cryptography.hazmat.primitives import serialization

HTTP2_BEGINS = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"
ANSWERS_WITHIN = 8
PIECE = 64 * 1024


class NotPinned(Exception):
    """The server's key is not the one that the registry lists."""


def host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


def context(
    purpose: ssl._SSLMethod, certificate: bytes | None, key: bytes | None
) -> ssl.SSLContext:
    made = ssl.SSLContext(purpose)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.set_alpn_protocols(["h2"])
    if certificate:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "both.pem"
            file.write_bytes(certificate + key)
            made.load_cert_chain(file)
    return made


def client_context(certificate: bytes | None, key: bytes | None) -> ssl.SSLContext:
    return context(ssl.PROTOCOL_TLS_CLIENT, certificate, key)


def server_context(certificate: bytes, key: bytes, client: bytes) -> ssl.SSLContext:
    """Asks for a client's certificate, and takes exactly this one."""
    made = context(ssl.PROTOCOL_TLS_SERVER, certificate, key)
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.load_verify_locations(cadata=client)
    return made


def pin_of(certificate: bytes) -> bytes:
    public = x509.load_der_x509_certificate(certificate).public_key()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return crypto.sha256(public.public_bytes(serialization.Encoding.DER, spki))


def knock(address: str, shown: ssl.SSLContext) -> bool:
    """Whether a connection is let in, up to the server's first bytes of HTTP/2.

    In TLS 1.3 a server that refuses the client's certificate says so only after the handshake.
    """
    with socket.create_connection(host_and_port(address), timeout=ANSWERS_WITHIN) as tcp:
        try:
            with shown.wrap_socket(tcp) as connection:
                connection.sendall(HTTP2_BEGINS)
                return len(connection.recv(1)) == 1
        except (ssl.SSLError, ConnectionError):
            return False


def seen_of(address: str, shown: ssl.SSLContext) -> tuple[str, str, str | None, bytes]:
    """Version, suite, protocol and certificate that a server shows."""
    with socket.create_connection(host_and_port(address), timeout=ANSWERS_WITHIN) as tcp:
        with shown.wrap_socket(tcp) as connection:
            suite = connection.cipher()[0]
            protocol = connection.selected_alpn_protocol()
            return connection.version(), suite, protocol, connection.getpeercert(binary_form=True)


class Carrier:
    """Carries bytes between clear and TLS connections, in a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def out(self, address: str, shown: ssl.SSLContext, pins: set[bytes]) -> str:
        """A clear address on the loopback whose connections come out at `address` over TLS."""
        host, port = host_and_port(address)

        async def far(_):
            streams = await asyncio.open_connection(host, port, ssl=shown)
            certificate = streams[1].get_extra_info("ssl_object").getpeercert(binary_form=True)
            if pin_of(certificate) not in pins:
                raise NotPinned(address)
            return streams

        return self.open("127.0.0.1", 0, None, far)

    def into(self, address: str, shown: ssl.SSLContext, local_port: int, seen) -> str:
        """Takes TLS connections at `address`; they come out at the clear local port.

        `seen` is told the certificate that each of them showed.
        """
        host, port = host_and_port(address)

        def far(writer):
            seen(writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
            return asyncio.open_connection("127.0.0.1", local_port)

        return self.open(host, port, shown, far)

    def open(self, host: str, port: int, shown: ssl.SSLContext | None, far) -> str:
        async def start():
            served = await asyncio.start_server(
                lambda r, w: carry(r, w, far), host, port, ssl=shown
            )
            return served.sockets[0].getsockname()

        made = asyncio.run_coroutine_threadsafe(start(), self.loop).result(ANSWERS_WITHIN)
        return f"{made[0]}:{made[1]}"


async def carry(reader, writer, far) -> None:
    try:
        far_reader, far_writer = await far(writer)
    except (OSError, ssl.SSLError, NotPinned):
        writer.close()
        return
    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def pump(reader, writer) -> None:
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.close()
