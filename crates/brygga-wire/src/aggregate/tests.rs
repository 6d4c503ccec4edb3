//! Numbers as they travel: they come back as they were told, and nobody can tell a small one.

use brygga_domain::aggregate::Contribution;
use brygga_domain::{AgreementId, ConversationId, Reason};

use super::*;
use crate::samples;

const ID: AgreementId = AgreementId::from_bytes([1; 16]);

fn header() -> Header {
    Header {
        conversation: ConversationId::from_bytes([1; 16]),
        agreement: Some((ID, 1)),
        ..samples::header()
    }
}

fn quarter() -> Quarter {
    Quarter::parse("2026-Q3").unwrap()
}

fn told() -> Table {
    let one = |code: &str, outcome, referrals| Contribution {
        sender: samples::kalmar(),
        service_type: CodedTerm::known(SERVICE_TYPE, code).unwrap(),
        outcome,
        referrals,
    };
    let counted = [
        one("NIGHT_SHELTER", AggregateOutcome::Accepted, 9),
        one("LONG_TERM_HELP", AggregateOutcome::Completed, 5),
    ];
    Table::publish(&counted, |_| 0)
}

fn report() -> proto::AggregateReported {
    let bytes = encode_aggregate_reported(ID, quarter(), &told());
    proto::AggregateReported::decode(&bytes[..]).unwrap()
}

#[test]
fn questions_and_numbers_come_back() {
    let asked = encode_aggregate_requested(ID, quarter());
    assert_eq!(decode_aggregate_requested(&asked, &header()), Ok((ID, quarter())));
    for table in [told(), Table::default()] {
        let report = encode_aggregate_reported(ID, quarter(), &table);
        let read = decode_aggregate_reported(&report, &header());
        assert_eq!(read, Ok((ID, quarter(), table.clone())));
        assert_eq!(reported_table(&report), Ok(table));
    }
    assert_eq!((report().total, report().services.len(), report().outcomes.len()), (14, 1, 1));
}

#[test]
fn no_other_period_and_no_other_agreement_can_be_asked_about() {
    let field = |payload: proto::AggregateRequested, header: &Header| {
        decode_aggregate_requested(&payload.encode_to_vec(), header).unwrap_err().field
    };
    let asked = |period: &str| {
        let agreement_id = ID.as_bytes().to_vec();
        proto::AggregateRequested { agreement_id, quarter: period.to_owned() }
    };
    for period in ["2026-09", "2026", "2026-Q3 ", "2026-07-01/2026-07-02", ""] {
        assert_eq!(field(asked(period), &header()), "payload.quarter", "{period}");
    }
    let elsewhere = Header { conversation: ConversationId::from_bytes([2; 16]), ..header() };
    assert_eq!(field(asked("2026-Q3"), &elsewhere), "header.conversation_id");
    for agreement in [None, Some((AgreementId::from_bytes([2; 16]), 1))] {
        let other = Header { agreement, ..header() };
        assert_eq!(field(asked("2026-Q3"), &other), "header.agreement_id");
    }
    let short = proto::AggregateRequested { agreement_id: vec![1; 15], ..asked("2026-Q3") };
    assert_eq!(field(short, &header()), "payload.agreement_id");
}

#[test]
fn a_report_that_cannot_be_is_refused_by_its_bad_part() {
    let refused = |change: &dyn Fn(&mut proto::AggregateReported)| {
        let mut report = report();
        change(&mut report);
        let refusal = reported_table(&report.encode_to_vec()).unwrap_err();
        assert_eq!(refusal.reason, Reason::InvalidField);
        refusal.field
    };
    for small in 1..5 {
        assert_eq!(refused(&|report| report.total = small), "payload.total");
        assert_eq!(refused(&|report| report.services[0].referrals = small), "payload.services");
        assert_eq!(refused(&|report| report.outcomes[0].referrals = small), "payload.outcomes");
    }
    assert_eq!(refused(&|report| report.total = 0), "payload.services", "more than nothing");
    assert_eq!(refused(&|report| report.services[0].referrals = 15), "payload.services");
    let twice = |report: &mut proto::AggregateReported| {
        report.total = 100;
        report.services.push(report.services[0].clone());
    };
    assert_eq!(refused(&twice), "payload.services");
    let many = |report: &mut proto::AggregateReported| {
        report.services = vec![report.services[0].clone(); Table::SERVICES_MAX + 1];
    };
    assert_eq!(refused(&many), "payload.services");
    let other = |report: &mut proto::AggregateReported| {
        "housing_need".clone_into(&mut report.services[0].service_type.as_mut().unwrap().list);
    };
    assert_eq!(refused(&other), "payload.services");
    assert_eq!(refused(&|report| report.outcomes[0].outcome = 99), "payload.outcomes");
}
