//! Terms degrade to what is known and are never dropped; the tables are sound.

use super::*;

/// What a partner with a newer service list knows: a shelter for women under the night shelter,
/// and a whole new branch.
const NEWER: &[CodeList] = &[CodeList {
    name: SERVICE_TYPE,
    version: 2,
    terms: &[
        Term { code: "EMERGENCY_ACCOMMODATION", parent: None, swedish: "akut boende" },
        Term {
            code: "NIGHT_SHELTER",
            parent: Some("EMERGENCY_ACCOMMODATION"),
            swedish: "natthärbärge",
        },
        Term {
            code: "NIGHT_SHELTER_WOMEN",
            parent: Some("NIGHT_SHELTER"),
            swedish: "natthärbärge för kvinnor",
        },
        Term { code: "FLOATING_HOTEL", parent: None, swedish: "hotellfartyg" },
    ],
}];

fn parents(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

fn bad_field(list: &str, version: u32, code: &str, broader: Vec<String>) -> &'static str {
    let refusal = CodedTerm::parse(list, version, code, broader).unwrap_err();
    assert_eq!(refusal.reason, Reason::InvalidField);
    refusal.field
}

#[test]
fn ore_18_a_term_of_a_newer_list_degrades_to_its_nearest_known_parent() {
    let sent = CodeLists::new(NEWER).term(SERVICE_TYPE, "NIGHT_SHELTER_WOMEN").unwrap();
    assert_eq!(sent.list_version(), 2);
    assert_eq!(sent.broader(), ["NIGHT_SHELTER", "EMERGENCY_ACCOMMODATION"]);
    assert_eq!(sent.effective(), "NIGHT_SHELTER");
    assert_eq!(sent.code(), "NIGHT_SHELTER_WOMEN", "what the sender wrote is kept");
    assert_eq!(CodeLists::new(NEWER).effective(&sent), "NIGHT_SHELTER_WOMEN");
}

#[test]
fn ore_18_a_term_without_a_known_parent_becomes_other_and_is_not_dropped() {
    let sent = CodeLists::new(NEWER).term(SERVICE_TYPE, "FLOATING_HOTEL").unwrap();
    assert_eq!(sent.effective(), OTHER);
    let of_unknown_list = CodedTerm::parse("transport", 1, "BUS", vec![]).unwrap();
    assert_eq!(of_unknown_list.effective(), OTHER);
}

#[test]
fn an_unknown_parent_is_skipped_for_the_next_one() {
    let broader = parents(&["NEW_BRANCH", "ACUTE_PLACE", "NIGHT_SHELTER"]);
    let term = CodedTerm::parse(SERVICE_TYPE, 3, "NEW_LEAF", broader).unwrap();
    assert_eq!(term.effective(), "ACUTE_PLACE");
}

#[test]
fn a_known_code_stands_for_itself_whatever_parents_its_sender_gives() {
    let term = CodedTerm::parse(SERVICE_TYPE, 1, "HVB", parents(&["NIGHT_SHELTER"])).unwrap();
    assert_eq!(term.effective(), "HVB");
}

#[test]
fn a_parent_covers_its_children_at_any_depth_and_nothing_else() {
    let lists = CodeLists::current();
    assert!(lists.covers(SERVICE_TYPE, "EMERGENCY_ACCOMMODATION", "NIGHT_SHELTER"));
    assert!(lists.covers(SERVICE_TYPE, "SUPPORT", "BUDGET_ADVICE"));
    assert!(lists.covers(SERVICE_TYPE, "HVB", "HVB"));
    assert!(!lists.covers(SERVICE_TYPE, "NIGHT_SHELTER", "EMERGENCY_ACCOMMODATION"));
    assert!(!lists.covers(SERVICE_TYPE, "REGULATED_CARE", "NIGHT_SHELTER"));
    assert!(!lists.covers(SERVICE_TYPE, OTHER, "NIGHT_SHELTER"), "OTHER is nobody's parent");
    assert!(!lists.covers(SERVICE_TYPE, "NO_SUCH", "NO_SUCH"));
    assert!(!lists.covers("no_such_list", "HVB", "HVB"));
}

#[test]
fn a_known_term_carries_version_and_parents_of_its_list() {
    let term = CodedTerm::known(SERVICE_TYPE, "STORAGE_SAFE").unwrap();
    assert_eq!((term.list(), term.list_version()), (SERVICE_TYPE, 1));
    assert_eq!(term.broader(), ["STORAGE", "SUPPORT"]);
    assert_eq!(CodedTerm::known(SERVICE_TYPE, "NO_SUCH"), None);
    assert_eq!(CodedTerm::known("no_such_list", "HVB"), None);
}

#[test]
fn each_limit_names_its_field() {
    assert_eq!(bad_field("", 1, "HVB", vec![]), "code.list");
    assert_eq!(bad_field("Service", 1, "HVB", vec![]), "code.list");
    assert_eq!(bad_field(SERVICE_TYPE, 0, "HVB", vec![]), "code.list_version");
    for code in ["", "hvb", "H V B", "_HVB", "8HVB", "HÄRBÄRGE", &"A".repeat(65)] {
        assert_eq!(bad_field(SERVICE_TYPE, 1, code, vec![]), "code.code", "{code}");
    }
    assert_eq!(bad_field(SERVICE_TYPE, 1, "HVB", parents(&["A"; 9])), "code.broader");
    assert_eq!(bad_field(SERVICE_TYPE, 1, "HVB", parents(&["a"])), "code.broader");
    assert!(CodedTerm::parse(SERVICE_TYPE, 1, "A".repeat(64), parents(&["A"; 8])).is_ok());
}

#[test]
fn every_table_is_sound() {
    for list in CodeLists::current().all() {
        for (index, term) in list.terms.iter().enumerate() {
            let known = list.ancestors(term.code).map(str::to_owned).collect::<Vec<_>>();
            assert!(
                CodedTerm::parse(list.name, list.version, term.code, known).is_ok(),
                "{}",
                term.code
            );
            assert!(!term.swedish.is_empty(), "{}", term.code);
            let before = &list.terms[..index];
            assert!(
                before.iter().all(|other| other.code != term.code),
                "{} stands twice",
                term.code
            );
            if let Some(parent) = term.parent {
                assert!(
                    before.iter().any(|other| other.code == parent),
                    "{parent} comes after {}",
                    term.code
                );
                assert_ne!(parent, OTHER, "{}", term.code);
            }
        }
        assert!(list.find(OTHER).is_some(), "{} has no {OTHER}", list.name);
    }
}

#[test]
fn the_service_list_holds_every_place_type_of_the_domain_guide() {
    let place_types = "NIGHT_SHELTER ACUTE_PLACE ROOF_GUARANTEE PROTECTED_HOUSING RELIEF_PLACE \
        TRANSITION_DWELLING MOTIVATION_HOUSING SERVICE_HOUSE_ADDICTION SOBER_HOUSING TRAINING_FLAT \
        HOUSING_FIRST_FLAT SUPPORT_HOUSING_16_20 HVB FAMILY_HOME CARE_HOME_ADDICTION FACILITY_ABO \
        STORAGE_SAFE STORAGE_BELONGINGS SUPPORT_SERVICE LONG_TERM_HELP";
    for code in place_types.split_whitespace() {
        assert!(CodeLists::current().knows(SERVICE_TYPE, code), "{code}");
    }
}
