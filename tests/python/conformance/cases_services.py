"""The calls of the port: batches, the registry, health, and what is not there."""

import contract
import crypto
import grpc
from bench import expect_accepted, expect_failure, random_id
from messages import draft, request
from suite import Failed, case, expect, expect_equal

DELIVER = "/brygga.federation.v1.DeliveryService/Deliver"
FETCH = "/brygga.registry.v1.RegistryService/FetchRegistry"
HEALTH = "/grpc.health.v1.Health/Check"
SERVING = b"\x08\x01"


def status_of(bench, path: str, body: bytes = b"", identity=None) -> grpc.RpcError:
    """The error that a call ends with."""
    try:
        answer = bench.call(identity or bench.peer, path, body)
    except grpc.RpcError as error:
        return error
    raise Failed(f"{path} answered {answer[:40]!r}")


def expect_status(error, code: grpc.StatusCode, reason: str = "") -> None:
    expect_equal(error.code(), code, "the status")
    if reason:
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        expect(b"google.rpc.ErrorInfo" in details, "the status has no ErrorInfo")
        expect(
            reason.encode() in details and b"brygga" in details, f"{reason} is not in {details!r}"
        )


# --- Batches -----------------------------------------------------------------------------


def batch(*envelopes) -> bytes:
    return contract.delivery.DeliverRequest(envelopes=envelopes).SerializeToString()


def small(bench):
    """A message that is stored and has no effect."""
    return draft(bench, bench.peer, "conformance.fact", random_id(), b"").envelope()


@case("batch.of_none", "Receiving 3: 1 to 64 envelopes")
def _(bench):
    error = status_of(bench, DELIVER, batch())
    expect_status(error, grpc.StatusCode.INVALID_ARGUMENT, "SEND_INVALID_FIELD")


@case("batch.of_65", "Receiving 3: 1 to 64 envelopes")
def _(bench):
    error = status_of(bench, DELIVER, batch(*(small(bench) for _ in range(65))))
    expect_status(error, grpc.StatusCode.INVALID_ARGUMENT, "SEND_INVALID_FIELD")


@case("batch.of_64_is_answered_in_order", "Delivery: answers each in the same order")
def _(bench):
    envelopes = [small(bench) for _ in range(64)]
    for result, envelope in zip(bench.deliver(bench.peer, *envelopes), envelopes, strict=True):
        bench.receipt(result, envelope)


@case("batch.one_bad_item_fails_alone", "Delivery: one bad item never fails the others")
def _(bench):
    good, later = request(bench).envelope(), request(bench).envelope()
    forged = request(bench).envelope(signature=bytes(64))
    malformed = request(bench).set(schema_version=0).envelope()
    empty = contract.envelope.Envelope()
    results = bench.deliver(bench.peer, good, forged, malformed, empty, later)
    expect_accepted(bench, results[0], good)
    expect_failure(results[1], "SEND_BAD_SIGNATURE", "signature", retryable=False)
    expect_failure(results[2], "SEND_INVALID_FIELD", "header.schema_version", retryable=False)
    expect_equal(results[3].WhichOneof("result"), "failure", "the answer to an empty envelope")
    expect_accepted(bench, results[4], later)


@case("batch.with_somebody_elses_message", "Delivery: all from the calling organisation")
def _(bench):
    own, foreign = request(bench).envelope(), request(bench, bench.third).envelope()
    results = bench.deliver(bench.peer, foreign, own)
    expect_failure(results[0], "SEND_UNAUTHENTICATED", "header.sender", retryable=False)
    expect_accepted(bench, results[1], own)


@case("batch.over_4_mib_is_refused_unread", "Limits: one message, batch delivery: 4 MiB")
def _(bench):
    error = status_of(bench, DELIVER, bytes(4 * 1024 * 1024 + 1))
    expect_status(error, grpc.StatusCode.OUT_OF_RANGE)


@case("batch.of_countless_empty_envelopes", "Limits: fields of one message: 4,096")
def _(bench):
    error = status_of(bench, DELIVER, b"\x0a\x00" * 100_000)
    expect_status(error, grpc.StatusCode.OUT_OF_RANGE)


@case("batch.of_garbage", "Transport: gRPC")
def _(bench):
    error = status_of(bench, DELIVER, b"\xff\xff\xff\xff")
    answers = (grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT)
    expect(error.code() in answers, f"the status is {error.code()}")


# --- The registry ------------------------------------------------------------------------


def fetched(bench, held: int, identity=None):
    asked = contract.registry.FetchRegistryRequest(held_sequence=held)
    answer = bench.call(identity or bench.peer, FETCH, asked.SerializeToString())
    return contract.registry.FetchRegistryResponse.FromString(answer)


@case("registry.for_who_holds_none", "Registry: handed out by any peer; it proves itself")
def _(bench):
    response = fetched(bench, 0)
    expect(response.HasField("registry"), "it hands out no registry")
    document = contract.registry.RegistryDocument.FromString(response.registry.document)
    expect_equal(document.federation, bench.registry.federation, "the federation")
    expect(document.sequence >= bench.registry.sequence, "it is older than the suite's")
    if document.sequence == bench.registry.sequence:
        expect_equal(document, bench.registry, "the registry of the same sequence")


@case("registry.signatures_are_the_operators", "Registry: context registry over SHA-256(document)")
def _(bench):
    registry = fetched(bench, 0).registry
    digest, good = crypto.sha256(registry.document), set()
    for one in registry.signatures:
        key = bench.operators.get(one.key_id)
        if key and crypto.is_signed(key, "registry", digest, one.signature):
            good.add(one.key_id)
    expect(len(good) >= bench.threshold, f"{len(good)} operators have signed")


@case("registry.for_who_holds_an_older_one", "Registry: the newest that it holds")
def _(bench):
    expect(fetched(bench, bench.registry.sequence - 1).HasField("registry"), "it hands out none")


@case("registry.for_who_is_up_to_date", "Registry: nothing where the caller is up to date")
def _(bench):
    sequence = contract.registry.RegistryDocument.FromString(fetched(bench, 0).registry.document)
    expect(not fetched(bench, sequence.sequence).HasField("registry"), "it hands out the same")


@case("registry.for_who_claims_a_newer_one", "Registry: nothing where the caller is up to date")
def _(bench):
    expect(not fetched(bench, 2**64 - 1).HasField("registry"), "it hands out an older one")


@case("registry.names_no_private_thing", "Registry: members with keys, endpoints, contact points")
def _(bench):
    document = fetched(bench, 0, bench.third).registry.document
    read = contract.registry.RegistryDocument.FromString(document)
    expect_equal(read.SerializeToString(), document, "a document with only known fields")


# --- What else is there ------------------------------------------------------------------


@case("service.health", "Transport: the port serves grpc.health.v1")
def _(bench):
    expect_equal(bench.call(bench.peer, HEALTH), SERVING, "the health")


def absent(name: str, path: str, rule: str) -> None:
    @case(f"service.{name}_is_not_there", rule)
    def _(bench):
        expect_status(status_of(bench, path), grpc.StatusCode.UNIMPLEMENTED)


ONLY = "Transport: DeliveryService, RegistryService and health, nothing else"
absent("unknown_service", "/brygga.person.v1.PersonService/FindPerson", ONLY)
absent("unknown_method", "/brygga.federation.v1.DeliveryService/Search", ONLY)
absent("reflection", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", ONLY)
absent("local_referrals", "/brygga.local.v1.ReferralService/ListReferrals", ONLY)
absent("local_consents", "/brygga.local.v1.ConsentService/ShowConsent", ONLY)
absent("local_node", "/brygga.local.v1.NodeService/ShowNode", ONLY)


@case("service.there_is_no_look_up_of_persons", "Transport: no call takes a person")
def _(bench):
    """Of all calls in the published contract, the federation port serves three."""
    services = {
        f"/{service.full_name}/{method.name}": method
        for file in (contract.delivery, contract.registry)
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }
    expect_equal(set(services), {DELIVER, FETCH}, "the calls of the port")
    fields = {field.name for field in services[FETCH].input_type.fields}
    expect_equal(fields, {"held_sequence"}, "what FetchRegistry takes")
