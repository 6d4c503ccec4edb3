"""The agreement that everything here goes under, proposed by Kalmar and signed by Nybro."""

import datetime
import functools

import grpc

from certificates import Certificate
from client import Client
from contract import agreement, agreements
from nodes import eventually
from region import KALMAR, NYBRO


def at(days):
    """An instant so many days from now."""
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)


@functools.cache
def in_force(region):
    """The agreement's id, once both nodes hold it with both signatures."""
    certificate = Certificate("agreement-system")
    with (
        Client(region.kalmar, "AGREEMENT_MANAGER", certificate) as kalmar,
        Client(region.nybro, "AGREEMENT_MANAGER", certificate) as nybro,
    ):
        proposal = agreements.ProposeAgreementRequest(terms=_terms())
        proposed = kalmar.agreements.ProposeAgreement(proposal).agreement
        agreement_id = proposed.terms.agreement_id
        eventually("the proposal arrives", lambda: _signed(nybro, agreement_id))
        for side in (kalmar, nybro):
            eventually("it is in force", lambda side=side: _active(side, agreement_id))
    return agreement_id


def _signed(client, agreement_id):
    """The agreement after this side has signed; none while it has not arrived."""
    wanted = agreements.SignAgreementRequest(agreement_id=agreement_id, version=1)
    try:
        return client.agreements.SignAgreement(wanted).agreement
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.NOT_FOUND:
            raise
        return None


def _active(client, agreement_id):
    wanted = agreements.ShowAgreementRequest(agreement_id=agreement_id, version=1)
    shown = client.agreements.ShowAgreement(wanted).agreement
    return shown if shown.state == agreements.AGREEMENT_STATE_ACTIVE else None


def _terms():
    """A regional cooperation for a year: urgent answers within four hours, others in five days."""
    parties = [
        agreement.Party(organisation=organisation, role=agreement.PARTY_ROLE_PARTICIPANT)
        for organisation in (KALMAR, NYBRO)
    ]
    rule = agreement.Rule(
        rule_id="remiss-1",
        effect=agreement.EFFECT_PERMIT,
        action=agreement.ACTION_REFERRAL_SEND,
    )
    answers = [
        agreement.ResponseTime(priority=priority, respond_within_seconds=hours * 3600)
        for priority, hours in ((agreement.PRIORITY_URGENT, 4), (agreement.PRIORITY_ROUTINE, 120))
    ]
    return agreement.AgreementTerms(
        kind=agreement.AGREEMENT_KIND_REGIONAL_COOPERATION,
        title="Samverkan mot hemlöshet",
        parties=parties,
        subjects=[agreement.SUBJECT_AREA_HOMELESSNESS],
        rules=[rule],
        response_times=answers,
        consent_max_days=90,
        valid_from=at(-1 / 24),
        valid_until=at(365),
        legal_references=["KL 9:37"],
    )
