//! The agreements that a node holds, as one immutable snapshot.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use brygga_domain::agreement::{
    Action, AgreementRecord, AgreementState, Negotiation, Quota, Rule, Suspension,
};
use brygga_domain::{AgreementId, OrgId, Timestamp};

/// All agreements of a node in all their versions. A change makes a new book; readers keep theirs.
#[derive(Clone, Debug, Default)]
pub struct AgreementBook {
    records: BTreeMap<(AgreementId, u32), Arc<AgreementRecord>>,
    /// Those that an organisation takes part in, in the order of their ids: a question is about two
    /// organisations and a few agreements, however many a node holds.
    by_participant: HashMap<OrgId, Vec<Arc<AgreementRecord>>>,
}

impl AgreementBook {
    /// A book of these records; of two with the same id and version, the later one counts.
    pub fn new(records: impl IntoIterator<Item = Arc<AgreementRecord>>) -> Self {
        let key = |record: &AgreementRecord| (record.terms().agreement_id, record.terms().version);
        let records: BTreeMap<_, _> =
            records.into_iter().map(|record| (key(&record), record)).collect();
        let mut by_participant: HashMap<OrgId, Vec<Arc<AgreementRecord>>> = HashMap::new();
        for record in records.values() {
            for party in record.terms().parties.iter().map(|party| &party.organisation) {
                if record.has_participant(party) {
                    by_participant.entry(party.clone()).or_default().push(Arc::clone(record));
                }
            }
        }
        Self { records, by_participant }
    }

    /// One version of an agreement, in whatever state.
    pub fn find(&self, id: AgreementId, version: u32) -> Option<&Arc<AgreementRecord>> {
        self.records.get(&(id, version))
    }

    /// The newest version of an agreement, in whatever state.
    pub fn newest(&self, id: AgreementId) -> Option<&Arc<AgreementRecord>> {
        self.versions(id).next_back()
    }

    /// The version that counts at `now`: the newest that has begun, else the newest of all.
    pub fn current(&self, id: AgreementId, now: Timestamp) -> Option<&Arc<AgreementRecord>> {
        self.versions(id).rfind(|record| record.has_begun(now)).or_else(|| self.newest(id))
    }

    /// Where an agreement stands among its versions: what has ended has ended, and of the others a newer one that
    /// has begun takes over.
    pub fn state(&self, record: &AgreementRecord, now: Timestamp) -> AgreementState {
        match record.state(now) {
            ended @ (AgreementState::Expired | AgreementState::Terminated) => ended,
            _ if self.is_ended_below(record, now) => AgreementState::Terminated,
            _ if self.is_superseded(record, now) => AgreementState::Superseded,
            AgreementState::Active if self.suspensions(record).next().is_some() => {
                AgreementState::Suspended
            }
            state => state,
        }
    }

    /// How far the parties have come in negotiating a version, seen by `me`.
    pub fn negotiation(&self, record: &AgreementRecord, me: &OrgId, now: Timestamp) -> Negotiation {
        let terms = record.terms();
        let before = self.below(terms.agreement_id, terms.version).last();
        Negotiation::of(record, me, before.is_some_and(|before| !before.is_signed()), now)
    }

    /// Those that this organisation has signed, that all have signed, and of which it has not told that it holds them all.
    pub fn to_verify(
        &self,
        me: &OrgId,
        now: Timestamp,
    ) -> impl Iterator<Item = &Arc<AgreementRecord>> {
        self.records().filter(move |record| {
            // Looked through every second: what decides most of them first.
            !record.has_verified(me)
                && record.is_signed_by(me)
                && record.is_signed()
                && !matches!(
                    record.state(now),
                    AgreementState::Expired | AgreementState::Terminated
                )
        })
    }

    /// Whether a newer version has begun, so that this one authorises nothing more (KAL-04).
    pub fn is_superseded(&self, record: &AgreementRecord, now: Timestamp) -> bool {
        let next = record.terms().version.saturating_add(1);
        self.versions_since(record.terms().agreement_id, next).any(|newer| newer.has_begun(now))
    }

    /// The agreements in force, in the order of their ids, under which `sender` and `recipient` both take
    /// part and of which a rule speaks of `action`.
    pub fn candidates<'a>(
        &'a self,
        sender: &'a OrgId,
        recipient: &'a OrgId,
        action: Action,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Arc<AgreementRecord>> {
        self.of(sender).filter(move |record| {
            record.has_participant(recipient)
                && record.terms().rules.iter().any(|rule| rule.action == action)
                && self.state(record, now) == AgreementState::Active
        })
    }

    /// The permissions of an action that count, in the agreements in force under which `recipient` gives `sender` places.
    pub fn quotas<'a>(
        &'a self,
        sender: &'a OrgId,
        recipient: &'a OrgId,
        action: Action,
        now: Timestamp,
    ) -> impl Iterator<Item = (AgreementId, &'a Rule, Quota)> {
        // Asked for every referral, and seldom is there any: whether it is in force is looked at last.
        let both = self.of(sender).filter(|record| record.has_participant(recipient));
        let counting = both.flat_map(move |record| {
            let rules = record.terms().rules.iter();
            let counted = rules.filter(move |rule| rule.action == action);
            counted.filter_map(move |rule| Some((record, rule, rule.quota?)))
        });
        let active =
            counting.filter(move |(record, ..)| self.state(record, now) == AgreementState::Active);
        active.map(|(record, rule, quota)| (record.terms().agreement_id, rule, quota))
    }

    /// All versions of the agreements that an organisation takes part in, by id and version.
    pub fn of(&self, organisation: &OrgId) -> impl Iterator<Item = &Arc<AgreementRecord>> {
        self.by_participant.get(organisation).into_iter().flatten()
    }

    /// Those whose parties are to evaluate them at `now`, by id and version.
    pub fn to_evaluate(&self, now: Timestamp) -> impl Iterator<Item = &Arc<AgreementRecord>> {
        self.records().filter(move |one| one.evaluation_is_due(&self.state(one, now), now))
    }

    /// The versions of an agreement below one, the oldest first.
    pub fn below(&self, id: AgreementId, version: u32) -> impl Iterator<Item = &AgreementRecord> {
        self.records.range((id, 0)..(id, version)).map(|(_, record)| &**record)
    }

    /// Who has suspended an agreement now: a suspension of an earlier version lasts through the later ones, as long as
    /// its party takes part, so that nobody else lifts it.
    pub fn suspensions<'a>(
        &'a self,
        record: &'a AgreementRecord,
    ) -> impl Iterator<Item = &'a Suspension> {
        let terms = record.terms();
        let earlier = self.below(terms.agreement_id, terms.version);
        let all = earlier.chain([record]).flat_map(AgreementRecord::suspensions);
        all.filter(|held| record.has_participant(&held.organisation))
    }

    /// Whether a version that not all have signed stands on one that somebody has ended: their end holds.
    fn is_ended_below(&self, record: &AgreementRecord, now: Timestamp) -> bool {
        // What ended before it began was declined.
        let has_ended = |held: &AgreementRecord| {
            held.terminated_at().is_some_and(|at| at <= now && at > held.terms().valid_from)
        };
        let terms = record.terms();
        if terms.required_signatures.is_empty() {
            return false;
        }
        let below: Vec<_> = self.below(terms.agreement_id, terms.version).collect();
        let first = below.iter().rposition(|held| held.terms().required_signatures.is_empty());
        below[first.unwrap_or(0)..].iter().any(|held| has_ended(held))
    }

    /// All records, by id and version.
    pub fn records(&self) -> impl Iterator<Item = &Arc<AgreementRecord>> {
        self.records.values()
    }

    /// All versions of an agreement, the oldest first.
    pub fn versions(
        &self,
        id: AgreementId,
    ) -> impl DoubleEndedIterator<Item = &Arc<AgreementRecord>> {
        self.versions_since(id, 0)
    }

    fn versions_since(
        &self,
        id: AgreementId,
        from: u32,
    ) -> impl DoubleEndedIterator<Item = &Arc<AgreementRecord>> {
        self.records.range((id, from)..=(id, u32::MAX)).map(|(_, record)| record)
    }
}
