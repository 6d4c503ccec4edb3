//! Every kind of agreement, and which kinds of body take part in it, asked of the terms themselves.

use std::fmt::Write as _;

use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementTerms, Effect, Party, PartyRole, Priority,
    ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::{AgreementId, MemberKind, OrgId, Seconds};

use crate::federation::NOON;

const INTRODUCTION: &str = "
== 8. Kind of agreement x kind of body: who may take part, and with whom ==
# o: may make it with one other party. x: may take part where others make it. Any other body cannot send or receive
# under it; coordinators and observers may sign and see nothing.
";

pub(super) fn write(text: &mut String) {
    text.push_str(INTRODUCTION);
    for kind in AgreementKind::ALL {
        let permits = if terms(*kind, 2, Effect::Permit).is_some() { "" } else { " no permission" };
        writeln!(text, "{}{permits}", kind.as_str()).unwrap();
        for member in MemberKind::ALL {
            let others = || MemberKind::ALL.iter().copied();
            let with_one = others().any(|other| suits(*kind, &[*member, other]));
            let with_two =
                || others().any(|one| others().any(|other| suits(*kind, &[*member, one, other])));
            let mark = if with_one {
                "o"
            } else if with_two() {
                "x"
            } else {
                continue;
            };
            writeln!(text, "  {mark} {}", member.as_str()).unwrap();
        }
    }
}

/// Whether bodies of these kinds can be the participants.
fn suits(kind: AgreementKind, members: &[MemberKind]) -> bool {
    let terms = terms(kind, members.len(), Effect::Prohibit).unwrap();
    let kind_of = |organisation: &OrgId| {
        let place = (0..members.len()).find(|place| party(*place) == *organisation)?;
        Some(members[place])
    };
    terms.check_parties(kind_of).is_ok()
}

fn terms(kind: AgreementKind, parties: usize, effect: Effect) -> Option<AgreementTerms> {
    let draft = AgreementDraft {
        agreement_id: AgreementId::from_bytes([1; 16]),
        version: 1,
        kind,
        title: "Avtal".to_owned(),
        parties: (0..parties)
            .map(|place| Party { organisation: party(place), role: PartyRole::Participant })
            .collect(),
        subjects: vec![SubjectArea::Homelessness],
        rules: vec![Rule::new("regel", effect, Action::ReferralSend)],
        response_times: ResponseTimes::parse(&[(Priority::Routine, 60), (Priority::Urgent, 60)])
            .unwrap(),
        consent_max_days: 90,
        valid_from: NOON,
        valid_until: NOON.plus(Seconds::days(1)),
        document_sha256: None,
        legal_references: Vec::new(),
        criteria: Vec::new(),
        evaluation_due: None,
        notice_days: 0,
        tags: Vec::new(),
        open_to_accession: false,
        required_signatures: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        holds: None,
        position_days: None,
        network: None,
        signals: None,
    };
    draft.check().ok()
}

fn party(place: usize) -> OrgId {
    OrgId::parse(&format!("demo:part-{place}")).unwrap()
}
