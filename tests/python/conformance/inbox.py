"""The suite at the receiving end: takes what the node sends, honestly or as a case tells it to."""

import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor

import contract
import crypto
import grpc
from bench import Bench, now_ms
from identities import Identity
from messages import set_time
from suite import Failed
from transport import ANSWERS_WITHIN, context, host_and_port, server_context

Result = contract.delivery.DeliverResult


class Inbox(contract.delivery_grpc.DeliveryServiceServicer):
    """The federation port of one of the suite's organisations."""

    def __init__(self, bench: Bench, identity: Identity):
        self.bench = bench
        self.identity = identity
        self.arrived: dict[bytes, list] = defaultdict(list)
        # What to answer to the next messages of a type, before being honest again.
        self.next_answers: dict[str, deque] = defaultdict(deque)
        self.batches: list[int] = []
        self.changed = threading.Condition()
        self.server = grpc.server(ThreadPoolExecutor(4))
        contract.delivery_grpc.add_DeliveryServiceServicer_to_server(self, self.server)
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        certificate, key = identity.certificate(), identity.private_key()
        shown = server_context(certificate, key, bench.server()[3])
        self.peers: list[bytes] = []
        bench.carrier.into(identity.address, shown, port, self.peers.append)

    def Deliver(self, request, context):  # noqa: N802 - the name in the contract
        results = []
        with self.changed:
            self.batches.append(len(request.envelopes))
            for envelope in request.envelopes:
                results.append(self.answer(envelope, context))
            self.changed.notify_all()
        results = [result for result in results if result is not None]
        return contract.delivery.DeliverResponse(results=results)

    def answer(self, envelope, context):
        header = header_of(envelope)
        self.arrived[header.conversation_id].append(envelope)
        planned = self.next_answers[header.message_type]
        return planned.popleft()(self, envelope, context) if planned else self.honest(envelope)

    def honest(self, envelope, **changes):
        """A receipt that accepts; `changes` make it a bad one."""
        header = header_of(envelope)
        statement = contract.receipt.ReceiptStatement(
            message_id=header.message_id,
            header_digest=crypto.sha256(envelope.header),
            recipient=self.identity.organisation,
            sender=header.sender,
            verdict=contract.receipt.VERDICT_ACCEPTED,
        )
        set_time(statement.stored_at, now_ms())
        signer = changes.pop("signer", self.identity.signing)
        context = changes.pop("context", "receipt")
        for name, value in changes.items():
            setattr(statement, name, value)
        statement = statement.SerializeToString()
        signature = crypto.sign(signer, context, crypto.sha256(statement))
        receipt = contract.receipt.Receipt(
            statement=statement, key_id=self.identity.key_id, signature=signature
        )
        return Result(receipt=receipt)

    def wait_for(self, thread: bytes, count: int, kind: str = "", within: float = 15.0) -> list:
        """The envelopes of a thread, once there are so many of a type."""
        end = time.monotonic() + within

        def found() -> list:
            arrived = self.arrived[thread]
            return [one for one in arrived if not kind or header_of(one).message_type == kind]

        with self.changed:
            while len(found()) < count:
                if not self.changed.wait(end - time.monotonic()):
                    raise Failed(f"{len(found())} of {count} messages came within {within:.0f} s")
            return found()


class Impostor:
    """Stands at the address of an organisation with its name, and with a key that nobody listed."""

    def __init__(self, identity: Identity, impostor: Identity):
        certificate = impostor.certificate(uris=[identity.uri])
        self.shown = context(ssl.PROTOCOL_TLS_SERVER, certificate, impostor.private_key())
        self.listener = socket.create_server(host_and_port(identity.address))
        # For each caller, whether it said anything after the handshake.
        self.outcomes: list[bool] = []
        self.changed = threading.Condition()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            tcp, _ = self.listener.accept()
            tcp.settimeout(ANSWERS_WITHIN)
            try:
                with self.shown.wrap_socket(tcp, server_side=True) as connection:
                    spoke = len(connection.recv(1)) == 1
            except OSError:
                spoke = False
            with self.changed:
                self.outcomes.append(spoke)
                self.changed.notify_all()

    def wait(self, within: float = 35.0) -> list[bool]:
        """What callers did, once there was one."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.outcomes, within):
                raise Failed(f"the node did not call within {within:.0f} s")
            return list(self.outcomes)


def header_of(envelope):
    return contract.envelope.EnvelopeHeader.FromString(envelope.header)


# --- Answers that a case can plan --------------------------------------------------------


def unavailable(inbox: Inbox, envelope, context):
    """The call fails: not known whether anything was stored."""
    context.abort(grpc.StatusCode.UNAVAILABLE, "")


def no_result(inbox: Inbox, envelope, context):
    """The response has fewer results than envelopes."""
    return None


def empty_result(inbox: Inbox, envelope, context):
    return Result()


def retryable_failure(inbox: Inbox, envelope, context):
    failure = contract.delivery.DeliverFailure(reason="REC_UNAVAILABLE", retryable=True)
    return Result(failure=failure)


def final_failure(inbox: Inbox, envelope, context):
    return Result(failure=contract.delivery.DeliverFailure(reason="SEND_INVALID_FIELD"))


def receipt_with(**changes):
    """A receipt that accepts but for these changes."""
    return lambda inbox, envelope, context: inbox.honest(envelope, **changes)


def signed_by_another(inbox: Inbox, envelope, context):
    return inbox.honest(envelope, signer=inbox.bench.third.signing)
