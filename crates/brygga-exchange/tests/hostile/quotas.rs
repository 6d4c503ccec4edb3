//! What a peer tells of quotas, and what it claims to give alone.

use brygga_domain::agreement::{
    AgreementDraft, AgreementKind, AgreementRecord, Quota, QuotaAmount, QuotaPeriod,
};
use brygga_domain::{Reason, Seconds, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::{Answer, Held};
use brygga_wire::agreement::{QuotaDeclared, encode_proposed, encode_quota_declared};
use brygga_wire::envelope::{Header, MessageType};

use crate::rig::*;

const YEAR: QuotaPeriod = QuotaPeriod::Year;

fn about(record: &AgreementRecord, sender: &str, message_type: MessageType) -> Header {
    let terms = record.terms();
    let agreement = Some((terms.agreement_id, terms.version));
    Header { agreement, ..header(sender, message_type, *terms.agreement_id.as_bytes()) }
}

/// An agreement between the two whose only permission counts.
fn counting(amount: QuotaAmount) -> AgreementRecord {
    let quota = Some(Quota { amount, period: YEAR, per_sender: false });
    let mut record = changed(AGREEMENT, 1, &[ME, NEIGHBOUR], |draft| draft.rules[0].quota = quota);
    [ME, NEIGHBOUR].iter().for_each(|party| sign(&mut record, party));
    record
}

fn declared(record: &AgreementRecord, change: impl FnOnce(&mut QuotaDeclared)) -> QuotaDeclared {
    let mut declared = QuotaDeclared {
        agreement_id: record.terms().agreement_id,
        version: 1,
        rule_id: "remiss-1".to_owned(),
        period_began: YEAR.began(NOW),
        base: Some(100),
        provided: 0,
    };
    change(&mut declared);
    declared
}

fn tell(sender: &str, record: &AgreementRecord, told: &QuotaDeclared) -> (WriteSet, Answer) {
    let header = about(record, sender, MessageType::AgreementQuotaDeclared);
    let held = Held { agreement: Some(record.clone()), ..Held::default() };
    arrive(&[], held, header, encode_quota_declared(told))
}

#[test]
fn a_giver_tells_of_its_own_quota_for_the_period_that_runs() {
    let share = counting(QuotaAmount::Percent(10));
    let (writes, _) = tell(NEIGHBOUR, &share, &declared(&share, |_| {}));
    let [taken] = &writes.quotas[..] else { panic!("one is taken: {writes:?}") };
    assert_eq!((taken.span.giver.as_str(), taken.base), (NEIGHBOUR, Some(100)));

    let told = |change: fn(&mut QuotaDeclared)| {
        let (writes, answer) = tell(NEIGHBOUR, &share, &declared(&share, change));
        assert!(writes.quotas.is_empty());
        refusal(&answer)
    };
    let next_year = |told: &mut QuotaDeclared| {
        told.period_began = YEAR.began(NOW.plus(Seconds::days(365)));
    };
    assert_eq!(told(next_year), Some(Reason::InvalidField));
    assert_eq!(
        told(|told| told.period_began = Timestamp::from_millis(0)),
        Some(Reason::InvalidField)
    );
    assert_eq!(told(|told| told.rule_id = "annan".to_owned()), Some(Reason::NotFound));
    assert_eq!(told(|told| told.base = Some(1_000_001)), Some(Reason::InvalidField));
    assert_eq!(told(|told| told.provided = 1), Some(Reason::InvalidField), "it publishes nothing");
    let (writes, answer) = tell(OUTSIDER, &share, &declared(&share, |_| {}));
    assert_eq!((writes.quotas.len(), waits(&answer)), (0, Reason::NotFound));

    let number = counting(QuotaAmount::Count(5));
    let (writes, answer) = tell(NEIGHBOUR, &number, &declared(&number, |_| {}));
    assert_eq!((writes.quotas.len(), refusal(&answer)), (0, Some(Reason::InvalidField)));
}

/// The registry attests nothing of the kind here.
#[test]
fn nobody_gives_a_directive_to_a_company_that_is_not_its_own() {
    let directive = |version, parties: &[&str], change: fn(&mut AgreementDraft)| {
        let mut record = changed(AGREEMENT, version, parties, |draft| {
            draft.kind = AgreementKind::OwnerDirective;
            draft.required_signatures = vec![org(NEIGHBOUR)];
            change(draft);
        });
        sign(&mut record, NEIGHBOUR);
        record
    };
    let propose = |book: &[AgreementRecord], record: &AgreementRecord| {
        let header = about(record, NEIGHBOUR, MessageType::AgreementProposed);
        arrive(book, Held::default(), header, encode_proposed(record))
    };
    let unattested = directive(1, &[NEIGHBOUR, ME, COMPANY], |draft| {
        draft.required_signatures = vec![org(NEIGHBOUR), org(ME)];
    });
    let (writes, answer) = propose(&[], &unattested);
    assert_eq!((writes.agreements.len(), waits(&answer)), (0, Reason::InvalidField));
    // Nor does an agreement that all have signed become one.
    let held = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let (writes, answer) = propose(&[held], &directive(2, &[NEIGHBOUR, ME], |_| {}));
    assert_eq!((writes.agreements.len(), waits(&answer)), (0, Reason::InvalidField));
}
