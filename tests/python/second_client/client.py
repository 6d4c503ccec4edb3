"""A client of a node's local port, as a case system has one."""

import time

import grpc

import contract
from identity_provider import LIFETIME_SECONDS

# A token is replaced while it is still good for a call.
RESERVE_SECONDS = 60


class Badge(grpc.AuthMetadataPlugin):
    """Puts a token on each call, the same for as long as it lasts."""

    def __init__(self, mint):
        self._mint, self._token, self._until = mint, None, 0

    def __call__(self, context, callback):
        now = time.monotonic()
        if now >= self._until:
            self._token = self._mint()
            self._until = now + LIFETIME_SECONDS - RESERVE_SECONDS
        callback((("authorization", f"Bearer {self._token}"),), None)


class Client:
    """Calls one node with one certificate, in one role."""

    def __init__(self, node, role, certificate, mint=None):
        mint = mint or (lambda: node.provider.token(role, certificate))
        self._channel = channel(node, certificate, mint)
        self.agreements = contract.AgreementService(self._channel)
        self.consents = contract.ConsentService(self._channel)
        self.node = contract.NodeService(self._channel)
        self.referrals = contract.ReferralService(self._channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()


def channel(node, certificate, mint):
    """TLS 1.3 to the node's local port, with a client certificate or none and a token on each call."""
    shown = (certificate.key_pem, certificate.pem) if certificate else (None, None)
    tls = grpc.ssl_channel_credentials(node.certificate.pem, *shown)
    badge = grpc.metadata_call_credentials(Badge(mint))
    return grpc.secure_channel(node.local_address, grpc.composite_channel_credentials(tls, badge))


def reason_of(error):
    """The coded reason of a refused call; none where it has none."""
    details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
    for detail in contract.errors.Status.FromString(details).details:
        info = contract.errors.ErrorInfo()
        if detail.Unpack(info) and info.domain == "brygga":
            return info.reason
    return None
