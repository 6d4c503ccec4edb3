//! Agreements that cannot be what their parties mean.

use brygga_domain::{Reason, Seconds, Timestamp};
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, Party, Rule, SubjectArea};
use brygga_proto::local::v1::{
    ProposeAgreementRequest, ShowAgreementRequest, SignAgreementRequest, TerminateAgreementRequest,
};
use brygga_testkit::agreement_terms;
use tonic::Code;

use super::{Bad, CANARY, Call, absent, invalid, refused};

const SHORT: [u8; 15] = [7; 15];

pub(super) fn rows(now: Timestamp) -> Vec<Bad> {
    let propose = |change: &dyn Fn(&mut AgreementTerms)| {
        let mut terms = agreement_terms(
            &["kommun:0880", "kommun:0881"],
            AgreementKind::RegionalCooperation,
            SubjectArea::Homelessness,
            now,
        );
        terms.title = format!("{CANARY}avtalet");
        change(&mut terms);
        Call::Propose(ProposeAgreementRequest {
            terms: Some(terms),
            accept_findings: false,
            ..Default::default()
        })
    };
    let mut rows = terms(&propose, now);
    rows.extend(parties(&propose));
    rows.extend(rules(&propose));
    rows.extend(others());
    rows
}

type Propose<'a> = &'a dyn Fn(&dyn Fn(&mut AgreementTerms)) -> Call;

fn unknown(field: &'static str) -> (Code, Reason, &'static str) {
    (Code::InvalidArgument, Reason::PolicyUnknownTerm, field)
}

fn terms(propose: Propose<'_>, now: Timestamp) -> Vec<Bad> {
    let earlier = Some(brygga_wire::time::to_proto(now.minus(Seconds::days(2))));
    let year_0 = Some(prost_types::Timestamp { seconds: -70_000_000_000, nanos: 0 });
    vec![
        invalid(
            "none",
            "terms",
            Call::Propose(ProposeAgreementRequest {
                terms: None,
                accept_findings: false,
                ..Default::default()
            }),
        ),
        invalid("a short id", "terms.agreement_id", propose(&|it| it.agreement_id = SHORT.into())),
        invalid("unset", "terms.kind", propose(&|it| it.kind = 0)),
        refused("unknown", unknown("terms.kind"), propose(&|it| it.kind = 99)),
        invalid("empty", "terms.title", propose(&|it| it.title.clear())),
        invalid("201 characters", "terms.title", propose(&|it| it.title = "å".repeat(201))),
        invalid("none", "terms.subjects", propose(&|it| it.subjects.clear())),
        refused("unknown", unknown("terms.subjects"), propose(&|it| it.subjects = vec![99])),
        invalid("none", "terms.response_times", propose(&|it| it.response_times.clear())),
        invalid(
            "one priority",
            "terms.response_times",
            propose(&|it| it.response_times.truncate(1)),
        ),
        invalid(
            "59 seconds",
            "terms.response_times",
            propose(&|it| {
                it.response_times[0].respond_within_seconds = 59;
            }),
        ),
        invalid("366 days", "terms.consent_max_days", propose(&|it| it.consent_max_days = 366)),
        invalid("no start", "terms.valid_from", propose(&|it| it.valid_from = None)),
        invalid("before time", "terms.valid_from", propose(&|it| it.valid_from = year_0)),
        invalid(
            "ends before it starts",
            "terms.valid_until",
            propose(&|it| it.valid_until = earlier),
        ),
        invalid(
            "31 bytes",
            "terms.document_sha256",
            propose(&|it| it.document_sha256 = vec![1; 31]),
        ),
        invalid(
            "17 of 16",
            "terms.legal_references",
            propose(&|it| {
                it.legal_references = vec!["KL 9:37".to_owned(); 17];
            }),
        ),
    ]
}

fn parties(propose: Propose<'_>) -> Vec<Bad> {
    let party = |organisation: &str, role| Party { organisation: organisation.to_owned(), role };
    let organisation = "terms.parties.organisation";
    vec![
        invalid("one", "terms.parties", propose(&|it| it.parties.truncate(1))),
        invalid(
            "65",
            "terms.parties",
            propose(&|it| it.parties = vec![party("kommun:0880", 1); 65]),
        ),
        invalid("twice", organisation, propose(&|it| it.parties[1] = it.parties[0].clone())),
        invalid("malformed", organisation, propose(&|it| it.parties[1] = party(CANARY, 1))),
        invalid("no member", organisation, propose(&|it| it.parties[1] = party("kommun:0882", 1))),
        invalid("without a role", "terms.parties.role", propose(&|it| it.parties[1].role = 0)),
        invalid(
            "the wrong kind of body",
            "terms.parties.role",
            propose(&|it| {
                it.parties.push(party("demo:stadsmissionen-kalmar", 1));
            }),
        ),
        invalid(
            "nobody of ours",
            "terms.parties",
            propose(&|it| {
                it.kind = AgreementKind::Iop.into();
                it.parties[0] = party("demo:stadsmissionen-kalmar", 1);
            }),
        ),
    ]
}

fn rules(propose: Propose<'_>) -> Vec<Bad> {
    let rule = |change: &dyn Fn(&mut Rule)| propose(&|it| change(&mut it.rules[0]));
    let services = "terms.rules.service_types";
    vec![
        invalid("none", "terms.rules", propose(&|it| it.rules.clear())),
        invalid("twice", "terms.rules.rule_id", propose(&|it| it.rules.push(it.rules[0].clone()))),
        invalid(
            "a name in words",
            "terms.rules.rule_id",
            rule(&|it| it.rule_id = CANARY.repeat(10)),
        ),
        invalid("unset", "terms.rules.effect", rule(&|it| it.effect = 0)),
        refused("unknown", unknown("terms.rules.action"), rule(&|it| it.action = 99)),
        invalid("no party", "terms.rules.to", rule(&|it| it.to = vec!["kommun:0882".to_owned()])),
        invalid("another subject", "terms.rules.subjects", rule(&|it| it.subjects = vec![2])),
        refused(
            "unknown",
            unknown(services),
            rule(&|it| it.service_types = vec![CANARY.to_owned()]),
        ),
        invalid("65 of 64", services, rule(&|it| it.service_types = vec!["OTHER".to_owned(); 65])),
        refused("unknown", unknown("terms.rules.grounds"), rule(&|it| it.grounds = vec![99])),
    ]
}

fn others() -> Vec<Bad> {
    let sign = |id: &[u8]| {
        Call::Sign(SignAgreementRequest {
            agreement_id: id.to_vec(),
            version: 1,
            accept_findings: false,
        })
    };
    let show = |id: &[u8]| {
        Call::ShowAgreement(ShowAgreementRequest { agreement_id: id.to_vec(), version: 0 })
    };
    let end = |id: &[u8], nanos| {
        let effective_at = Some(prost_types::Timestamp { seconds: 1, nanos });
        let agreement_id = id.to_vec();
        Call::Terminate(TerminateAgreementRequest { agreement_id, version: 1, effective_at })
    };
    vec![
        invalid("a short id", "agreement_id", sign(&SHORT)),
        absent("unknown", sign(&[9; 16])),
        invalid("a short id", "agreement_id", show(&SHORT)),
        absent("unknown", show(&[9; 16])),
        invalid("a short id", "agreement_id", end(&SHORT, 0)),
        invalid("negative nanoseconds", "effective_at", end(&[9; 16], -1)),
        absent("unknown", end(&[9; 16], 0)),
    ]
}
