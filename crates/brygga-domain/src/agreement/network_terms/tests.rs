use super::super::tests::{draft, party};
use super::*;
use crate::agreement::Party;

fn network() -> AgreementDraft {
    AgreementDraft {
        kind: AgreementKind::ExchangeNetwork,
        subjects: vec![SubjectArea::Relocation],
        network: Some(NetworkTerms::default()),
        ..draft()
    }
}

fn bad_field(change: impl FnOnce(&mut AgreementDraft)) -> &'static str {
    let mut draft = network();
    change(&mut draft);
    let refusal = draft.check().unwrap_err();
    assert_eq!(refusal.reason, Reason::InvalidField);
    refusal.field
}

#[test]
fn the_coordinator_s_node_is_the_relay() {
    let terms = network().check().unwrap();
    assert_eq!(terms.relay(), Some(&coordinator().organisation));
    assert_eq!(draft().check().unwrap().relay(), None, "a coordinator alone is no relay");
}

#[test]
fn an_exchange_network_says_how_it_speaks_and_no_other_agreement_does() {
    assert_eq!(bad_field(|draft| draft.network = None), "terms.network");
    assert_eq!(bad_field(|draft| draft.kind = AgreementKind::Iop), "terms.network");
    let elsewhere = |draft: &mut AgreementDraft| draft.subjects = vec![SubjectArea::Homelessness];
    assert_eq!(bad_field(elsewhere), "terms.network");
    let neither =
        AgreementDraft { subjects: vec![SubjectArea::Homelessness], network: None, ..network() };
    assert!(neither.check().is_ok());
}

#[test]
fn an_exchange_network_has_exactly_one_coordinator() {
    let none = |draft: &mut AgreementDraft| {
        draft.parties.retain(|party| party.role != PartyRole::Coordinator);
    };
    assert_eq!(bad_field(none), "terms.parties.role");
    let two = |draft: &mut AgreementDraft| {
        draft.parties.push(party("demo:lansstyrelsen-ostergotland", PartyRole::Coordinator));
    };
    assert_eq!(bad_field(two), "terms.parties.role");
}

#[test]
fn each_number_has_its_bounds() {
    type Number = fn(&mut NetworkTerms) -> &mut u32;
    let rows: [(Number, u32, u32, &str); 3] = [
        (|terms| &mut terms.slot_seconds, 1, 3_600, "terms.network.slot_seconds"),
        (|terms| &mut terms.cells_per_slot, 1, 8, "terms.network.cells_per_slot"),
        (|terms| &mut terms.least_candidates, 3, 64, "terms.network.least_candidates"),
    ];
    for (number, least, most, field) in rows {
        let with = |value: u32| {
            let mut terms = NetworkTerms::default();
            *number(&mut terms) = value;
            AgreementDraft { network: Some(terms), ..network() }.check()
        };
        assert!(with(least).is_ok() && with(most).is_ok(), "{field}");
        for value in [least - 1, most + 1] {
            assert_eq!(with(value).unwrap_err().field, field);
        }
    }
}

fn coordinator() -> Party {
    party("demo:lansstyrelsen", PartyRole::Coordinator)
}
