use brygga_domain::code::{CodeLists, SERVICE_TYPE};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn with(participants: &[&str]) -> Additions {
    let participants = participants.iter().map(|org| OrgId::parse(org).unwrap()).collect();
    Additions { participants, ..Additions::default() }
}

fn failure(text: &str) -> String {
    read(text, &Additions::default(), NOW).unwrap_err().text(crate::cli::Language::En)
}

#[test]
fn every_template_is_whole_but_for_its_parties() {
    for template in Template::value_variants() {
        let terms = read(template.text(), &with(&["kommun:0880", "kommun:0881"]), NOW).unwrap();
        assert_eq!(terms.parties.len(), 2, "{template:?}");
        assert!(!terms.rules.is_empty());
        assert_eq!(when::from_proto(terms.valid_from), Some(NOW));
        assert_eq!(when::from_proto(terms.valid_until), Some(NOW.plus(Seconds::days(365))));
        let lists = CodeLists::current();
        for service in terms.rules.iter().flat_map(|rule| &rule.service_types) {
            assert!(lists.knows(SERVICE_TYPE, service), "{service}");
        }
    }
}

#[test]
fn urgent_is_four_hours_and_routine_five_days() {
    let terms = read(Template::RegionalCooperation.text(), &Additions::default(), NOW).unwrap();
    let seconds: Vec<_> =
        terms.response_times.iter().map(|time| time.respond_within_seconds).collect();
    assert_eq!(seconds, [4 * 3600, 5 * 24 * 3600]);
}

#[test]
fn the_regional_agreement_covers_an_acute_place() {
    let terms = read(Template::RegionalCooperation.text(), &Additions::default(), NOW).unwrap();
    let lists = CodeLists::current();
    let covers = |parent: &String| lists.covers(SERVICE_TYPE, parent, "ACUTE_PLACE");
    assert!(terms.rules[0].service_types.iter().any(covers));
}

#[test]
fn a_party_in_the_file_is_not_added_again() {
    let text = format!(
        "{}\n[[parties]]\norganisation = \"kommun:0880\"\nrole = \"OBSERVER\"\n",
        Template::Iop.text()
    );
    let terms = read(&text, &with(&["kommun:0880", "kommun:0881"]), NOW).unwrap();
    assert_eq!(terms.parties.len(), 2);
    assert_eq!(terms.parties[0].role, i32::from(proto::PartyRole::Observer));
}

#[test]
fn each_mistake_is_named() {
    let text = Template::Iop.text();
    assert!(failure("kind = ").contains("line 1"));
    assert!(failure(&text.replace("rule_id =", "rule =")).contains("unknown field `rule`"));
    assert!(failure(&text.replace("\"IOP\"", "\"IPO\"")).contains("(kind)"));
    assert!(failure(&text.replace("\"PERMIT\"", "\"ALLOW\"")).contains("PERMIT, PROHIBIT"));
    assert!(failure(&text.replace("valid_days = 365", "")).contains("(valid_until)"));
    let both = text.replace("valid_days = 365", "valid_days = 1\nvalid_until = \"2030-01-01\"");
    assert!(failure(&both).contains("not both"));
    let bad = text.replace("valid_days = 365", "valid_until = \"soon\"");
    assert!(failure(&bad).contains("Expected a date"));
}
