//! How an exchange network speaks.

use brygga_domain::agreement::NetworkTerms;
use brygga_proto::agreement::v1 as proto;

pub(super) const fn network_to_proto(network: NetworkTerms) -> proto::NetworkTerms {
    let NetworkTerms { slot_seconds, cells_per_slot, least_candidates } = network;
    proto::NetworkTerms { slot_seconds, cells_per_slot, least_candidates }
}

/// Unset numbers are the usual ones; the others are checked with the terms.
pub(super) fn network_from_proto(network: proto::NetworkTerms) -> NetworkTerms {
    let usual = NetworkTerms::default();
    let or = |value: u32, usual: u32| if value == 0 { usual } else { value };
    NetworkTerms {
        slot_seconds: or(network.slot_seconds, usual.slot_seconds),
        cells_per_slot: or(network.cells_per_slot, usual.cells_per_slot),
        least_candidates: or(network.least_candidates, usual.least_candidates),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::{decode_terms, encode_terms, terms_from_proto};
    use brygga_domain::agreement::{AgreementKind, AgreementTerms, PartyRole, SubjectArea};

    /// The usual sample as an exchange network with these numbers.
    fn network(network: proto::NetworkTerms) -> AgreementTerms {
        let mut terms = crate::agreement::terms_to_proto(&crate::samples::terms());
        terms.kind = crate::code::number_or_unset(Some(AgreementKind::ExchangeNetwork));
        terms.subjects.push(crate::code::number_or_unset(Some(SubjectArea::Relocation)));
        let role = crate::code::number_or_unset(Some(PartyRole::Coordinator));
        terms.parties.retain(|party| party.role != role);
        terms.parties.push(proto::Party { organisation: "demo:lansstyrelsen".to_owned(), role });
        terms_from_proto(proto::AgreementTerms { network: Some(network), ..terms }).unwrap()
    }

    #[test]
    fn a_network_that_says_nothing_has_the_usual_numbers() {
        let terms = network(proto::NetworkTerms::default());
        assert_eq!(terms.network, Some(NetworkTerms::default()));
    }

    #[test]
    fn each_number_comes_back() {
        let numbers = NetworkTerms { slot_seconds: 60, cells_per_slot: 7, least_candidates: 9 };
        let terms = network(network_to_proto(numbers));
        assert_eq!(terms.network, Some(numbers));
        assert_eq!(decode_terms(&encode_terms(&terms)), Ok(terms));
    }
}
