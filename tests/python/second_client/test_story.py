"""From an agreement to the outcome of a referral and the withdrawal of the consent it rested on."""

import os

import grpc

import contract
import cooperation
from client import reason_of
from client_case import ClientCase
from contract import agreement, code, consent, consents, legal, referral, referrals
from cooperation import at
from nodes import eventually
from region import NYBRO


def consent_record():
    """A written consent of the person to share identity, need and a note with Nybro."""
    return consent.ConsentRecord(
        person_reference="AKT-2026-17",
        consenting_party=consent.CONSENTING_PARTY_SELF,
        recipients=[consent.ConsentRecipient(organisation=NYBRO)],
        data_categories=[
            legal.DATA_CATEGORY_IDENTITY,
            legal.DATA_CATEGORY_HOUSING_NEED,
            legal.DATA_CATEGORY_FREE_TEXT,
        ],
        purpose="Hjälp med boende på längre sikt",
        valid_from=at(-1 / 24),
        valid_until=at(30),
        form=consent.CONSENT_FORM_WRITTEN,
        language="sv",
        information_given=True,
        evidence_reference="Akt 17, blankett 1",
        subject_age=consent.SUBJECT_AGE_ADULT,
    )


def wish(consent_id):
    """A routine referral for long-term help that rests on the consent."""
    return referrals.RequestReferralRequest(
        idempotency_key=os.urandom(16),
        target=NYBRO,
        priority=agreement.PRIORITY_ROUTINE,
        subject=agreement.SUBJECT_AREA_HOMELESSNESS,
        service_type=code.Code(list="service_type", list_version=1, code="LONG_TERM_HELP"),
        disclosure_ground=legal.DISCLOSURE_GROUND_CONSENT_12_2,
        gdpr_basis=legal.GDPR_BASIS_PUBLIC_TASK_6_1_E,
        consent_id=consent_id,
        contact_policy=referral.CONTACT_POLICY_CONTACT_OK,
        content=referral.ReferralContent(
            name="Kim Testsson", note="Behöver en lägenhet nära Provgatan."
        ),
        wait_seconds=20,
    )


class Story(ClientCase):
    """One referral between two nodes, seen by a client that shares no code with them."""

    def test_a_referral_is_consented_sent_answered_and_its_consent_withdrawn(self):
        cooperation.in_force(self.region)
        asking = self.client(self.kalmar, "CASE_WORKER")
        asked = self.client(self.nybro, "CASE_WORKER")

        wanted = consents.RecordConsentRequest(consent=consent_record())
        consent_id = asking.consents.RecordConsent(wanted).consent.consent_id
        self.assertEqual(len(consent_id), 16)

        request = wish(consent_id)
        sent = asking.referrals.RequestReferral(request).referral
        self.assertEqual(sent.delivery_status, referrals.DELIVERY_STATUS_DELIVERED)
        repeated = asking.referrals.RequestReferral(request).referral
        self.assertEqual(repeated.referral_id, sent.referral_id, "a repeat is the same referral")

        self.answer(asked, sent.referral_id)
        self.check_outcome(asking, sent.referral_id)
        self.withdraw(asking, consent_id, sent.referral_id)

    def answer(self, asked, referral_id):
        """Nybro reads what was sealed to it, takes it on, accepts, starts and completes it."""
        arrived = asked.referrals.ListReferrals(
            referrals.ListReferralsRequest(side=referrals.SIDE_TARGET, open_only=True)
        )
        self.assertIn(referral_id, [listed.referral_id for listed in arrived.referrals])
        shown = asked.referrals.ShowReferral(
            referrals.ShowReferralRequest(referral_id=referral_id)
        )
        self.assertEqual(shown.content.name, "Kim Testsson")
        housed = referral.Completed(result=referral.OUTCOME_RESULT_HOUSED)
        decisions = [
            ({"take_on": referral.TakenOn(unit="mobila-teamet", act_by=at(2))}, None),
            ({"accept": referral.Accepted()}, referral.REFERRAL_STATUS_ACCEPTED),
            ({"start": referral.Started()}, referral.REFERRAL_STATUS_IN_PROGRESS),
            ({"complete": housed}, referral.REFERRAL_STATUS_COMPLETED),
        ]
        version = shown.referral.version
        for action, status in decisions:
            decision = referrals.ActOnReferralRequest(
                referral_id=referral_id, expected_version=version, **action
            )
            after = asked.referrals.ActOnReferral(decision).referral
            self.assertEqual(after.version, version + 1)
            version = after.version
            if status is not None:
                self.assertEqual(after.status, status)
        with self.assertRaises(grpc.RpcError) as refused:
            asked.referrals.ActOnReferral(
                referrals.ActOnReferralRequest(referral_id=referral_id, accept=referral.Accepted())
            )
        self.assertEqual(reason_of(refused.exception), "SEND_TERMINAL")

    def check_outcome(self, asking, referral_id):
        """Kalmar sees the outcome, and each event that led to it."""
        wanted = referrals.ShowReferralRequest(referral_id=referral_id)

        def completed():
            seen = asking.referrals.ShowReferral(wanted)
            is_done = seen.referral.status == referral.REFERRAL_STATUS_COMPLETED
            return seen if is_done else None

        seen = eventually("the outcome arrives", completed)
        names = [event.WhichOneof("event") for event in seen.events]
        self.assertEqual(names, ["taken_on", "accepted", "started", "completed"])
        self.assertEqual(seen.events[-1].completed.result, referral.OUTCOME_RESULT_HOUSED)

    def withdraw(self, asking, consent_id, referral_id):
        """The consent is shown, withdrawn and of no use any more, and Nybro says what it holds."""
        wanted = consents.ShowConsentRequest(consent_id=consent_id)
        shown = asking.consents.ShowConsent(wanted)
        self.assertEqual(shown.consent.person_reference, "AKT-2026-17")
        self.assertFalse(shown.consent.HasField("withdrawn_at"))
        sent = [(one.referral_id, one.recipient) for one in shown.disclosures]
        self.assertEqual(sent, [(referral_id, NYBRO)])

        asking.consents.WithdrawConsent(consents.WithdrawConsentRequest(consent_id=consent_id))
        withdrawn = asking.consents.ShowConsent(wanted)
        self.assertTrue(withdrawn.consent.HasField("withdrawn_at"))
        with self.assertRaises(grpc.RpcError) as refused:
            asking.referrals.RequestReferral(wish(consent_id))
        self.assertEqual(reason_of(refused.exception), "SEND_CONSENT_WITHDRAWN")

        def answered():
            (stop,) = asking.consents.ShowConsent(wanted).stops
            return stop if stop.HasField("answer") else None

        stop = eventually("Nybro answers that it has stopped", answered)
        self.assertEqual((stop.referral_id, stop.recipient), (referral_id, NYBRO))
        # A municipality has decided on it, so the law keeps its file.
        self.assertEqual(stop.answer.WhichOneof("held"), "retained_because")
        self.assertTrue(stop.answer.retained_because.statute)

    def test_each_node_says_who_it_is(self):
        for node in (self.kalmar, self.nybro):
            shown = self.client(node, "OPERATOR").node.ShowNode(contract.nodes.ShowNodeRequest())
            self.assertEqual((shown.organisation, shown.name), (node.organisation, node.title))
