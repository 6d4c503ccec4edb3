"""A node of our own to run the suite against: a federation of it and the suite's organisations."""

import json

from bench import Target
from identities import (
    FORMER,
    KRONOFOGDEN,
    LANDLORD,
    PARTNER,
    PARTS,
    PEER,
    THIRD,
    Identity,
    invited,
)
from nodes import Federation, Node, Refused, eventually

UNIT, PROTECTED_UNIT = "socialjouren", "skyddad-post"
ORGANISATIONS = {
    PEER.name: "kommun:0880",
    THIRD.name: "kommun:0885",
    PARTNER.name: "demo:natthamnen",
    FORMER.name: "kommun:0834",
    KRONOFOGDEN.name: "demo:kronofogden",
    LANDLORD.name: "demo:hyresvarden",
}


def found(federation: Federation) -> tuple[Target, dict[str, Identity]]:
    """Starts the node, with the suite's organisations as members."""
    units = ["--unit", UNIT, "--unit", PROTECTED_UNIT]
    node = federation.add("nybro", "kommun:0881", "Nybro kommun", *units)
    identities = {}
    for number, (name, organisation) in enumerate(ORGANISATIONS.items(), start=100):
        invite = federation.invite(organisation).read_text()
        named, where = invited(invite)
        seed = f"conformance {name}".encode()
        address, tls = f"{federation.address(number)}:8443", PARTS[name].tls
        identities[name] = Identity(named, where, seed, address, tls)
        request = federation.directory / f"request-{name}"
        request.write_text(identities[name].join_request(invite, PARTS[name]))
        federation.admit(request)
    node.run("registry", "revoke", "--org", ORGANISATIONS[FORMER.name])
    way_in = ["--unit", PROTECTED_UNIT, "--phone", "0480-00 00 00", "--hours", "dygnet runt"]
    protected = ["--audience", "PROTECTED", *way_in]
    node.run("registry", "contact-point", "set", node.organisation, *protected)
    node.set("retry_first_seconds", "1")
    node.set("retry_max_seconds", "2")
    node.start()
    target = Target(
        organisation=node.organisation,
        address=f"{node.host}:8443",
        anchor=federation.anchor(),
        registry=federation.registry(),
        unit=UNIT,
        sign=lambda agreement: sign(node, agreement),
        ask=lambda recipient, agreement: ask(node, recipient, agreement),
        withdraw=lambda referral: withdraw(node, referral),
        show=lambda *asked: show(node, *asked),
    )
    return target, identities


def sign(node: Node, agreement: str) -> None:
    eventually("the node signs", lambda: node.run("agreement", "sign", agreement))


def ask(node: Node, recipient: str, agreement: str) -> str:
    """The node's staff asks for a referral; the id of it."""
    categories = ["--category", "IDENTITY", "--category", "HOUSING_NEED"]
    purpose = ["--purpose", "bostad", "--days", "30", "--form", "WRITTEN", "--information-given"]
    who = ["--person-reference", "DNR-2026-17", "--recipient", recipient]
    consent = node.run("consent", "record", *who, *categories, *purpose)
    content = node.directory / "content.toml"
    content.write_text('name = "Kim"\nhousing_needs = ["OWN_ROOM"]\n', encoding="utf-8")
    wish = ["--to", recipient, "--service", "LONG_TERM_HELP", "--agreement", agreement]
    wish += ["--ground", "CONSENT_12_2", "--consent", consent["consent_id"]]
    asked = node.run("referral", "request", *wish, "--content-file", str(content))
    return asked["referral"]["referral_id"]


def withdraw(node: Node, referral: str) -> None:
    node.run("referral", "withdraw", referral, "--reason", "NO_LONGER_NEEDED")


def show(node: Node, what: str, id: str, role: str, unit: str) -> str:
    """What staff in a role is shown of a notice or a signal; nothing where it is absent."""
    asks_as = ["--as-role", role, *(["--as-unit", unit] if unit else [])]
    try:
        return json.dumps(node.run(what, "show", id, *asks_as), ensure_ascii=False)
    except Refused as refused:
        if refused.code != "SEND_NOT_FOUND":
            raise
        return ""
