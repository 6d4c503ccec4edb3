"""Who gets a connection at all."""

import socket
import ssl

from bench import Bench
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from identities import Identity, make_certificate
from suite import case, expect, expect_equal
from transport import ANSWERS_WITHIN, HTTP2_BEGINS, client_context, host_and_port, knock, pin_of

SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}


def enters(bench: Bench, identity: Identity, **flaws) -> bool:
    shown = client_context(identity.certificate(**flaws), identity.private_key())
    return knock(bench.target.address, shown)


def expect_out(let_in: bool) -> None:
    expect(not let_in, "it is let in")


@case("tls.member_is_let_in", "Transport: a certificate that the registry pins is accepted")
def _(bench):
    expect(enters(bench, bench.peer), "the peer is not let in, so no refusal means anything")


@case("tls.member_with_a_p384_key_is_let_in", "Keys of a member: Ed25519, ECDSA P-256 or P-384")
def _(bench):
    expect(enters(bench, bench.third), "it is not let in")


@case("tls.member_with_an_ed25519_key_is_let_in", "Keys of a member: Ed25519, ECDSA P-256 or P-384")
def _(bench):
    expect(enters(bench, bench.partner), "it is not let in")


@case("tls.version_1_3_and_a_suite_of_the_list", "Transport: TLS 1.3 only, three suites")
def _(bench):
    version, suite, _, _ = bench.server()
    expect_equal(version, "TLSv1.3", "the version")
    expect(suite in SUITES, f"{suite} is none of the suites")


@case("tls.h2_is_chosen", "Transport: ALPN h2")
def _(bench):
    expect_equal(bench.server()[2], "h2", "the protocol")


@case("tls.server_key_is_pinned", "Transport: the registry lists the pin of the node's own key")
def _(bench):
    expect(pin_of(bench.server()[3]) in bench.pins, "the server's key is not in the registry")


@case("tls.server_has_one_name_and_it_is_the_nodes", "Trust, Names: exactly one URI name")
def _(bench):
    certificate = x509.load_der_x509_certificate(bench.server()[3])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    expect(uris == [bench.member.node_keys[0].spiffe_id], f"its names are {uris}")


@case("tls.version_1_2_is_refused", "Transport: TLS 1.3 only")
def _(bench):
    shown = client_context(bench.peer.certificate(), bench.peer.private_key())
    shown.minimum_version = shown.maximum_version = ssl.TLSVersion.TLSv1_2
    expect_out(knock(bench.target.address, shown))


@case("tls.clear_http2_is_refused", "Transport: gRPC over TLS and nothing else")
def _(bench):
    address = host_and_port(bench.target.address)
    with socket.create_connection(address, timeout=ANSWERS_WITHIN) as tcp:
        tcp.sendall(HTTP2_BEGINS)
        try:
            answer = tcp.recv(9)
        except ConnectionError:
            answer = b""
    # A SETTINGS frame would be nine bytes with type 4; a TLS alert begins with 21.
    expect(len(answer) < 9 or answer[0] == 21, f"it answered {answer!r}")


@case("tls.no_client_certificate_is_refused", "Transport: client certificate demanded")
def _(bench):
    expect_out(knock(bench.target.address, client_context(None, None)))


@case("tls.key_that_nobody_listed_is_refused", "Transport: the registry lists its pin")
def _(bench):
    expect_out(enters(bench, bench.stranger))


@case("tls.strange_key_under_a_members_name_is_refused", "Transport: its pin under that very URI")
def _(bench):
    expect_out(enters(bench, bench.stranger, uris=[bench.peer.uri]))


@case("tls.excluded_member_is_refused", "Transport: a member that is not excluded")
def _(bench):
    expect_out(enters(bench, bench.former))


@case("tls.members_key_under_another_members_name_is_refused", "Transport: under that very URI")
def _(bench):
    expect_out(enters(bench, bench.peer, uris=[bench.third.uri]))


@case("tls.members_key_under_another_node_number_is_refused", "Transport: under that very URI")
def _(bench):
    expect_out(enters(bench, bench.peer, uris=[bench.peer.uri[:-1] + "2"]))


@case("tls.two_names_are_refused", "Transport: exactly one URI name")
def _(bench):
    expect_out(enters(bench, bench.peer, uris=[bench.peer.uri, bench.third.uri]))


@case("tls.no_name_is_refused", "Transport: exactly one URI name")
def _(bench):
    expect_out(enters(bench, bench.peer, uris=[]))


@case("tls.authoritys_certificate_is_refused", "Transport: it is not an authority's")
def _(bench):
    expect_out(enters(bench, bench.peer, authority=True))


@case("tls.expired_certificate_is_refused", "Transport: within its validity")
def _(bench):
    expect_out(enters(bench, bench.peer, starts=-30, ends=-1))


@case("tls.certificate_of_the_future_is_refused", "Transport: within its validity")
def _(bench):
    expect_out(enters(bench, bench.peer, starts=1, ends=30))


@case("tls.certificate_for_servers_only_is_refused", "Transport: meant for this end")
def _(bench):
    expect_out(enters(bench, bench.peer, uses=[ExtendedKeyUsageOID.SERVER_AUTH]))


@case("tls.another_protocol_is_refused", "Transport: ALPN h2, demanded")
def _(bench):
    shown = client_context(bench.peer.certificate(), bench.peer.private_key())
    shown.set_alpn_protocols(["http/1.1"])
    expect_out(knock(bench.target.address, shown))


@case("tls.no_protocol_is_refused", "Transport: ALPN h2, demanded")
def _(bench):
    shown = client_context(bench.peer.certificate(), bench.peer.private_key())
    shown.set_alpn_protocols([])
    expect_out(knock(bench.target.address, shown))


def with_intermediates(identity: Identity, count: int) -> ssl.SSLContext:
    others = [make_certificate(identity.tls, [identity.uri]) for _ in range(count)]
    return client_context(b"".join([identity.certificate(), *others]), identity.private_key())


@case("tls.six_intermediates_are_ignored", "Transport: counted (at most six) and not read")
def _(bench):
    let_in = knock(bench.target.address, with_intermediates(bench.peer, 6))
    expect(let_in, "it is not let in")


@case("tls.seven_intermediates_are_refused", "Transport: counted (at most six) and not read")
def _(bench):
    expect_out(knock(bench.target.address, with_intermediates(bench.peer, 7)))


@case("tls.no_ticket_is_given", "Transport: resumption, tickets, early data: off")
def _(bench):
    shown = client_context(bench.peer.certificate(), bench.peer.private_key())
    with socket.create_connection(host_and_port(bench.target.address)) as tcp:
        with shown.wrap_socket(tcp) as connection:
            connection.sendall(HTTP2_BEGINS)
            connection.recv(1)
            session = connection.session
            expect(not (session and session.has_ticket), "it gave a ticket")
