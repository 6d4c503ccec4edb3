//! Agreements that change while they are in force: who joins, who leaves, and who has to sign.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    AgreementKind, AgreementTerms, Party, PartyRole, Priority, SubjectArea,
};
use brygga_proto::local::v1::{
    Agreement, AgreementState, ProposeAgreementRequest, ShowAgreementRequest, SignAgreementRequest,
};
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};
use tonic::Status;

use crate::setting::{agree_all, delivered, id_of, listed, record, request};

const NYBRO: &str = "kommun:0881";
const BORGHOLM: &str = "kommun:0885";

/// Kalmar and Nybro with an agreement that is open to accession or not, and Borgholm outside.
struct County {
    region: Region,
    id: Vec<u8>,
    first: AgreementTerms,
}

impl County {
    async fn agreed(open_to_accession: bool) -> Self {
        let region = Region::start(&[Place::KALMAR, Place::NYBRO, Place::BORGHOLM]).await;
        let now = region.clock("kalmar").now();
        let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
        let terms = agreement_terms(&["kommun:0880", NYBRO], kind, subject, now);
        let terms = AgreementTerms { open_to_accession, notice_days: 30, ..terms };
        let id = agree_all(&region, &["kalmar", "nybro"], terms).await;
        let kalmar = region.staff("kalmar", "AGREEMENT_MANAGER", None);
        let first = version(&kalmar, &id, 1).await.expect("held").terms.expect("terms");
        Self { region, id, first }
    }

    fn manager(&self, name: &str) -> Staff {
        self.region.staff(name, "AGREEMENT_MANAGER", None)
    }

    /// The next version with Borgholm in it.
    fn with_borgholm(&self) -> AgreementTerms {
        let mut terms = AgreementTerms { version: 2, ..self.first.clone() };
        let role = PartyRole::Participant.into();
        terms.parties.push(Party { organisation: BORGHOLM.to_owned(), role });
        terms
    }

    async fn sign(&self, name: &str, version: u32) {
        let manager = self.manager(name);
        eventually("it can be signed", || async {
            let agreement_id = self.id.clone();
            let wanted = SignAgreementRequest { agreement_id, version, accept_findings: false };
            manager.agreements().sign_agreement(wanted).await.ok()
        })
        .await;
    }

    async fn reaches(&self, name: &str, wanted: u32, state: AgreementState) -> Agreement {
        let manager = self.manager(name);
        eventually(state.as_str_name(), || async {
            version(&manager, &self.id, wanted).await.filter(|held| held.state() == state)
        })
        .await
    }

    /// A referral from one to another.
    async fn refer(&self, from: &str, to: &str) -> Result<Vec<u8>, Status> {
        let staff = self.region.staff(from, "CASE_WORKER", None);
        let now = self.region.clock(from).now();
        let consent = record(&staff, consent_for(&[to], 30, now)).await;
        let id = request(&staff, referral_to(to, consent)).await?.referral_id;
        delivered(&staff, &id).await;
        Ok(id)
    }
}

async fn version(staff: &Staff, id: &[u8], version: u32) -> Option<Agreement> {
    let wanted = ShowAgreementRequest { agreement_id: id.to_vec(), version };
    staff.agreements().show_agreement(wanted).await.ok()?.into_inner().agreement
}

async fn amend(manager: &Staff, terms: AgreementTerms) -> Result<Agreement, Status> {
    let request = ProposeAgreementRequest {
        terms: Some(terms),
        only_affected: true,
        ..ProposeAgreementRequest::default()
    };
    let answer = manager.agreements().propose_agreement(request).await?.into_inner();
    Ok(answer.agreement.expect("an agreement"))
}

fn parties(agreement: &Agreement) -> Vec<&str> {
    let terms = agreement.terms.as_ref().expect("terms");
    terms.parties.iter().map(|party| party.organisation.as_str()).collect()
}

/// KAL-06: Borgholm joins the cooperation of Kalmar län.
///
/// Verified: Kalmar proposes and Borgholm signs, Nybro signs nothing; all three then have the new list of parties, and
/// referrals pass from Borgholm to Nybro and back. Before that Borgholm was refused as a stranger is, at the sender
/// and, where it writes by itself, at the recipient.
#[tokio::test(flavor = "multi_thread")]
async fn kal_06_a_municipality_joins_without_everybody_signing_again() {
    let county = County::agreed(true).await;
    let refused = county.refer("kalmar", BORGHOLM).await.expect_err("no party yet");
    assert_eq!(reason_of(&refused), Reason::NotFound);

    let proposed = amend(&county.manager("kalmar"), county.with_borgholm()).await.expect("open");
    let required = proposed.terms.expect("terms").required_signatures;
    assert_eq!(required, ["kommun:0880", BORGHOLM]);
    county.sign("borgholm", 2).await;
    for name in ["kalmar", "nybro", "borgholm"] {
        let held = county.reaches(name, 2, AgreementState::Active).await;
        assert_eq!(parties(&held), ["kommun:0880", NYBRO, BORGHOLM], "{name}");
        assert!(!held.signatures.iter().any(|one| one.organisation == NYBRO), "{name}");
    }
    county.refer("borgholm", NYBRO).await.expect("they are parties");
    county.refer("nybro", BORGHOLM).await.expect("they are parties");
}

/// VAS-02: companies join a cooperation one after the other; the list of parties is versioned.
///
/// Verified: each version keeps its own list; what was signed is shown as it was.
#[tokio::test(flavor = "multi_thread")]
async fn vas_02_accession_changes_the_versioned_list_of_parties() {
    let county = County::agreed(true).await;
    amend(&county.manager("kalmar"), county.with_borgholm()).await.expect("open");
    county.sign("borgholm", 2).await;
    county.reaches("nybro", 2, AgreementState::Active).await;
    let first = county.reaches("nybro", 1, AgreementState::Superseded).await;
    assert_eq!(parties(&first), ["kommun:0880", NYBRO]);
    assert_eq!(first.signatures.len(), 2);
}

/// STO-05: a project gets more flats and more time, and its versions tell the story.
///
/// Verified: a longer time is a change for all, so all sign; the versions stand side by side with their own times, and
/// only the newest counts.
#[tokio::test(flavor = "multi_thread")]
async fn sto_05_amendments_form_a_history() {
    let county = County::agreed(true).await;
    let longer = |version, days| {
        let now = county.region.clock("kalmar").now();
        let until = Some(brygga_wire::time::to_proto(now.plus(Seconds::days(days))));
        AgreementTerms {
            version,
            valid_until: until,
            evaluation_due: until,
            ..county.first.clone()
        }
    };
    for (number, days) in [(2, 500), (3, 900)] {
        let proposed = amend(&county.manager("kalmar"), longer(number, days)).await.expect("held");
        let required = proposed.terms.expect("terms").required_signatures;
        assert_eq!(required, ["kommun:0880", NYBRO], "everybody is affected");
        county.sign("nybro", number).await;
        county.reaches("nybro", number, AgreementState::Active).await;
    }
    let mut ends = Vec::new();
    for (number, state) in [(1, AgreementState::Superseded), (2, AgreementState::Superseded)] {
        let held = county.reaches("nybro", number, state).await;
        ends.push(held.terms.expect("terms").valid_until.expect("an end").seconds);
    }
    let third = county.reaches("nybro", 3, AgreementState::Active).await.terms.expect("terms");
    ends.push(third.valid_until.expect("an end").seconds);
    assert!(ends.is_sorted() && ends[0] < ends[2], "{ends:?}");
    assert_eq!(third.evaluation_due, third.valid_until);
}

/// An agreement that is not open to accession.
///
/// Verified: everybody has to sign; a version that claims otherwise is refused where it is proposed, and so is one that
/// changes something for others than its signatories.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_bound_by_a_change_that_it_has_not_signed() {
    let county = County::agreed(false).await;
    let kalmar = county.manager("kalmar");
    let proposed = amend(&kalmar, county.with_borgholm()).await.expect("it can be asked");
    let required = proposed.terms.expect("terms").required_signatures;
    assert_eq!(required, ["kommun:0880", NYBRO, BORGHOLM]);
    county.sign("borgholm", 2).await;
    county.reaches("kalmar", 2, AgreementState::Proposed).await;
    let refused = county.refer("borgholm", NYBRO).await.expect_err("Nybro has not signed");
    assert_eq!(reason_of(&refused), Reason::NotFound);

    let claimed = |change: fn(&mut AgreementTerms)| {
        let mut terms = AgreementTerms { version: 3, ..county.first.clone() };
        terms.required_signatures = vec!["kommun:0880".to_owned()];
        change(&mut terms);
        ProposeAgreementRequest { terms: Some(terms), ..ProposeAgreementRequest::default() }
    };
    let changes: [fn(&mut AgreementTerms); 3] = [
        |terms| terms.consent_max_days = 365,
        |terms| {
            let urgent = |time: &&mut brygga_proto::agreement::v1::ResponseTime| {
                time.priority() == Priority::Urgent
            };
            let time = terms.response_times.iter_mut().find(urgent).expect("one for each");
            time.respond_within_seconds = 60;
        },
        |terms| terms.rules[0].to = vec![NYBRO.to_owned()],
    ];
    for change in changes {
        let refused = kalmar.agreements().propose_agreement(claimed(change)).await;
        assert_eq!(reason_of(&refused.expect_err("Nybro must sign")), Reason::InvalidField);
    }
}

/// Kalmar leaves with thirty days' notice and the others go on.
///
/// Verified: Kalmar alone signs, at once is refused, and with the notice the others have the new list; then Kalmar is
/// refused like a stranger while the others refer to each other.
#[tokio::test(flavor = "multi_thread")]
async fn a_party_leaves_after_its_notice_and_the_others_go_on() {
    let county = County::agreed(true).await;
    amend(&county.manager("kalmar"), county.with_borgholm()).await.expect("open");
    county.sign("borgholm", 2).await;
    county.reaches("nybro", 2, AgreementState::Active).await;
    county.reaches("kalmar", 2, AgreementState::Active).await;

    let leaving = |days| {
        let now = county.region.clock("kalmar").now();
        let valid_from = Some(brygga_wire::time::to_proto(now.plus(Seconds::days(days))));
        let mut terms = AgreementTerms { version: 3, valid_from, ..county.with_borgholm() };
        terms.parties.retain(|party| party.organisation != "kommun:0880");
        terms
    };
    let refused = amend(&county.manager("kalmar"), leaving(1)).await.expect_err("no notice");
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    let proposed = amend(&county.manager("kalmar"), leaving(31)).await.expect("with notice");
    assert_eq!(proposed.terms.expect("terms").required_signatures, ["kommun:0880"]);
    for name in ["nybro", "borgholm"] {
        county.reaches(name, 3, AgreementState::Signed).await;
    }
    county.refer("kalmar", NYBRO).await.expect("until then");
    for name in ["kalmar", "nybro", "borgholm"] {
        county.region.clock(name).turn(Seconds::days(32));
    }
    county.reaches("nybro", 3, AgreementState::Active).await;
    let refused = county.refer("kalmar", NYBRO).await.expect_err("it has left");
    assert_eq!(reason_of(&refused), Reason::NotFound);
    county.refer("nybro", BORGHOLM).await.expect("the others go on");
    assert_eq!(listed(&county.region.staff("borgholm", "CASE_WORKER", None)).await.len(), 1);
}

/// The same by the program: somebody joins, a file becomes the next version, and somebody leaves.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_admits_amends_and_leaves() {
    let county = County::agreed(true).await;
    let id = id_of(&county.id).to_string();
    let signatories = |name: &str, arguments: &[&str]| {
        let all = [&["agreement"], arguments, &["--output", "json"]].concat();
        let said: String = county.region.run(name, &all).split_whitespace().collect();
        let (_, after) = said.split_once("\"required_signatures\":[").expect("they are shown");
        after.split_once(']').expect("a list").0.replace('"', "")
    };
    let signs = signatories("kalmar", &["admit", &id, "--party", BORGHOLM]);
    assert_eq!(signs, "kommun:0880,kommun:0885");
    county.sign("borgholm", 2).await;
    county.reaches("nybro", 2, AgreementState::Active).await;
    county.reaches("kalmar", 2, AgreementState::Active).await;

    let template = ["--template", "regional-cooperation", "--with", NYBRO, "--with", BORGHOLM];
    let propose = [&["propose", "--amends", &id][..], &template].concat();
    assert_eq!(signatories("kalmar", &propose), "kommun:0880,kommun:0881,kommun:0885");
    assert_eq!(signatories("nybro", &["leave", &id]), NYBRO);
    let left = county.reaches("nybro", 4, AgreementState::Signed).await;
    assert_eq!(parties(&left), ["kommun:0880", BORGHOLM]);
}
