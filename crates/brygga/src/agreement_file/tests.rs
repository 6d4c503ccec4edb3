use brygga_domain::code::{CodeLists, SERVICE_TYPE};
use brygga_domain::{MemberKind, SocialServicesStatus};
use brygga_policy::{Principal, lint};
use brygga_wire::agreement::terms_from_proto;

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
        let end = when::from_proto(terms.valid_until);
        assert!(end >= Some(NOW.plus(Seconds::days(365))), "{template:?}");
        let lists = CodeLists::current();
        for service in terms.rules.iter().flat_map(|rule| &rule.service_types) {
            assert!(lists.knows(SERVICE_TYPE, service), "{service}");
        }
    }
}

/// Who takes part in the agreement of each template, in words of the registry.
fn takes_part(template: Template) -> [(&'static str, MemberKind, SocialServicesStatus); 2] {
    use SocialServicesStatus::{Authority, None};
    let kalmar = ("kommun:0880", MemberKind::Municipality, Authority);
    let other = match template {
        Template::RegionalCooperation => ("kommun:0881", MemberKind::Municipality, Authority),
        Template::RegionAgreement => ("demo:region", MemberKind::Region, None),
        Template::Iop | Template::HousingFirstPartnership => {
            ("demo:stadsmissionen", MemberKind::CivilSociety, None)
        }
        Template::FrameworkOfAssociation => {
            ("demo:bostadsbolaget", MemberKind::MunicipalLandlord, None)
        }
    };
    [kalmar, other]
}

#[test]
fn every_template_can_be_signed_between_those_it_is_for() {
    for template in Template::value_variants() {
        let members = takes_part(*template);
        let proto = read(template.text(), &with(&members.map(|(id, ..)| id)), NOW).unwrap();
        let numbered = proto::AgreementTerms { agreement_id: vec![1; 16], version: 1, ..proto };
        let terms = terms_from_proto(numbered).unwrap();
        let find =
            |organisation: &OrgId| members.iter().find(|(id, ..)| *id == organisation.as_str());
        let kind = |organisation: &OrgId| find(organisation).map(|(_, kind, _)| *kind);
        assert_eq!(terms.check_parties(kind), Ok(()), "{template:?}");
        let principal = |organisation: &OrgId| {
            let (_, kind, status) = find(organisation)?;
            let organisation = organisation.clone();
            Some(Principal { organisation, kind: *kind, status: *status })
        };
        assert_eq!(lint(&terms, principal), [], "{template:?}");
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
