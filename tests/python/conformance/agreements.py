"""The agreements that cases need with the node, each made over the wire when first asked for."""

import uuid

import contract
from bench import Bench, expect_accepted, now_ms
from identities import Identity
from messages import (
    DAY_MS,
    after,
    agreement_signature,
    proposal,
    signed_message,
    termination,
    terms,
)
from messages_home import home_terms
from suite import Skipped

AGREEMENT = contract.agreement


class Agreements:
    """Agreement ids by name: what each is for stands beside its maker."""

    def __init__(self, bench: Bench):
        self.bench = bench
        # What was made, or why it could not be.
        self.made: dict[str, bytes | Exception] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self.made:
            try:
                self.made[name] = getattr(self, name)()
            except Exception as error:
                self.made[name] = error
        made = self.made[name]
        if isinstance(made, Exception):
            raise made
        return made

    def agree(self, proposer: Identity, made) -> bytes:
        """Proposes terms, and lets the node's staff sign them."""
        return self.sign_both(made, proposer)[0]

    def sign_both(
        self, made, proposer: Identity | None = None, before=None
    ) -> tuple[bytes, object]:
        """The same, after another message of the thread; the envelope of the proposal as well."""
        if not self.bench.target.sign:
            raise Skipped("nobody makes the node's staff sign (--sign)")
        envelope = self.propose(made, proposer or self.bench.peer, before)
        self.bench.target.sign(str(uuid.UUID(bytes=made.agreement_id)))
        return made.agreement_id, envelope

    def propose(self, made, proposer: Identity, before=None):
        """Proposes terms; the envelope."""
        draft = proposal(self.bench, proposer, made)
        envelope = (after(before, draft) if before else draft).envelope()
        expect_accepted(self.bench, self.bench.deliver(proposer, envelope)[0], envelope)
        return envelope

    def between(self, other: Identity, **changes):
        return terms([other.organisation, self.bench.target.organisation], **changes)

    def peer(self) -> bytes:
        """In force between the peer and the node."""
        return self.agree(self.bench.peer, self.between(self.bench.peer))

    def partner(self) -> bytes:
        """In force between the civil-society organisation and the node."""
        kind = AGREEMENT.AGREEMENT_KIND_IOP
        return self.agree(self.bench.partner, self.between(self.bench.partner, kind=kind))

    def unsigned(self) -> bytes:
        """Proposed, and not signed by the node."""
        made = self.between(self.bench.peer)
        self.propose(made, self.bench.peer)
        return made.agreement_id

    def later(self) -> bytes:
        """Signed by all, in force in a month."""
        starts = now_ms() + 30 * DAY_MS
        return self.agree(self.bench.peer, self.between(self.bench.peer, valid_from=starts))

    def soon(self) -> bytes:
        """Signed by all, in force within the clock tolerance."""
        starts = now_ms() + 200_000
        return self.agree(self.bench.peer, self.between(self.bench.peer, valid_from=starts))

    def short(self) -> bytes:
        """In force for three seconds."""
        ends = now_ms() + 3_000
        return self.agree(self.bench.peer, self.between(self.bench.peer, valid_until=ends))

    def waiting(self) -> bytes:
        """Signed by the peer and the node; the third organisation has not signed."""
        bench = self.bench
        parties = [bench.peer, bench.third]
        named = [identity.organisation for identity in parties] + [bench.target.organisation]
        return self.agree(bench.peer, terms(named))

    def three(self) -> bytes:
        """In force between the peer, the third organisation and the node."""
        bench = self.bench
        named = [bench.peer.organisation, bench.third.organisation, bench.target.organisation]
        made = terms(named)
        self.agree(bench.peer, made)
        signature = agreement_signature(bench.third, made.SerializeToString())
        envelope = signed_message(bench, bench.third, made, [signature]).envelope()
        expect_accepted(bench, bench.deliver(bench.third, envelope)[0], envelope)
        return made.agreement_id

    def ended(self) -> bytes:
        """Terminated by the peer."""
        bench, made = self.bench, self.between(self.bench.peer)
        _, proposed = self.sign_both(made)
        end = after(proposed, termination(bench, bench.peer, made.agreement_id, now_ms() - 1000))
        envelope = end.envelope()
        expect_accepted(bench, bench.deliver(bench.peer, envelope)[0], envelope)
        return made.agreement_id

    def superseded(self) -> bytes:
        """Version 1 of an agreement whose version 2 is in force."""
        made = self.between(self.bench.peer)
        _, first = self.sign_both(made)
        made.version = 2
        self.sign_both(made, before=first)
        return made.agreement_id

    def narrow(self) -> bytes:
        """Permits identity only, and only by the peer."""
        made = self.between(self.bench.peer)
        permission = getattr(made.rules[0], "from")
        permission.append(self.bench.peer.organisation)
        made.rules[0].data_categories.append(contract.legal.DATA_CATEGORY_IDENTITY)
        return self.agree(self.bench.peer, made)

    # --- About homes: with Kronofogden, and with a landlord ---

    def about_homes(self, other: Identity, kind: int, action: int | None) -> bytes:
        made = home_terms([other.organisation, self.bench.target.organisation], kind, action)
        return self.agree(other, made)

    def kronofogden(self) -> bytes:
        """Permits Kronofogden's notices."""
        kind, send = AGREEMENT.AGREEMENT_KIND_KFM_COOPERATION, AGREEMENT.ACTION_NOTICE_SEND
        return self.about_homes(self.bench.kronofogden, kind, send)

    def kronofogden_silent(self) -> bytes:
        """Permits Kronofogden nothing."""
        kind = AGREEMENT.AGREEMENT_KIND_KFM_COOPERATION
        return self.about_homes(self.bench.kronofogden, kind, None)

    def landlord(self) -> bytes:
        """Permits a landlord's signals."""
        kind, send = AGREEMENT.AGREEMENT_KIND_LANDLORD_QUOTA, AGREEMENT.ACTION_SIGNAL_SEND
        return self.about_homes(self.bench.landlord, kind, send)

    def landlord_silent(self) -> bytes:
        """Permits a landlord nothing."""
        return self.about_homes(self.bench.landlord, AGREEMENT.AGREEMENT_KIND_LANDLORD_QUOTA, None)
