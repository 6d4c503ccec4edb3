//! How an exchange network speaks, as people and programs read it.

use brygga_proto::agreement::v1::{AgreementTerms, NetworkTerms};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::Text;

/// `2 celler var 300:e sekund, minst 5 tillfrågade`; empty where nothing is agreed.
pub(super) fn line(terms: &AgreementTerms, language: Language) -> String {
    let Some(network) = &terms.network else { return String::new() };
    let NetworkTerms { slot_seconds, cells_per_slot, least_candidates } = usual(network);
    format!(
        "{cells_per_slot} {} {slot_seconds} s, {} {least_candidates} {}",
        Text::NetworkTermsCells.of(language),
        Text::NetworkTermsAtLeast.of(language),
        Text::NetworkTermsAsked.of(language),
    )
}

/// The same for programs, as the contract has it; null where nothing is agreed.
pub(super) fn entry(terms: &AgreementTerms) -> Value {
    let entry = terms.network.as_ref().map(|network| {
        json!({
            "slot_seconds": network.slot_seconds,
            "cells_per_slot": network.cells_per_slot,
            "least_candidates": network.least_candidates,
        })
    });
    json!(entry)
}

/// What is unset as the contract says what it means.
fn usual(network: &NetworkTerms) -> NetworkTerms {
    let or = |value: u32, usual: u32| if value == 0 { usual } else { value };
    NetworkTerms {
        slot_seconds: or(network.slot_seconds, 300),
        cells_per_slot: or(network.cells_per_slot, 2),
        least_candidates: or(network.least_candidates, 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_network_speaks_is_said_with_what_is_usual() {
        let network = NetworkTerms { slot_seconds: 60, ..NetworkTerms::default() };
        let terms = AgreementTerms { network: Some(network), ..AgreementTerms::default() };
        assert_eq!(line(&terms, Language::Sv), "2 celler var 60 s, minst 5 tillfrågade");
        assert_eq!(entry(&terms)["slot_seconds"], 60);
        assert_eq!(line(&AgreementTerms::default(), Language::Sv), "");
        assert!(entry(&AgreementTerms::default()).is_null());
    }
}
