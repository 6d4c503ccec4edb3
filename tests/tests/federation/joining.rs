//! From nothing to two organisations that exchange.

use std::net::Ipv4Addr;
use std::path::Path;

use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::AgreementTerms;
use brygga_proto::local::v1::{AgreementState, ListAgreementsRequest, ShowNodeRequest};
use brygga_testkit::{
    Place, Program, Region, Running, Staff, consent_for, eventually, referral_to,
};

use crate::setting::{delivered, look, record, request};

/// The most commands that joining may take, up to an agreement in force.
const MOST_COMMANDS: usize = 6;

/// Somebody at a keyboard, who counts.
struct Keyboard {
    program: Program,
    typed: Vec<String>,
    served: Option<Running>,
}

impl Keyboard {
    fn types(&mut self, dir: &Path, command: &[&str]) {
        self.typed.push(command.join(" "));
        let dir = dir.to_str().expect("a plain name");
        self.program.succeed(&[command, &["--dir", dir]].concat());
    }

    fn serves(&mut self, dir: &Path) {
        self.typed.push("serve".to_owned());
        self.served = Some(Running::start(&self.program, dir));
    }
}

/// The agreement that `staff` sees, once it stands where it should.
async fn agreement(staff: &Staff, wanted: AgreementState) -> AgreementTerms {
    eventually(wanted.as_str_name(), || async {
        let listed = staff.agreements().list_agreements(ListAgreementsRequest {}).await.ok()?;
        let agreement = listed.into_inner().agreements.pop()?;
        (agreement.state() == wanted).then_some(agreement.terms).flatten()
    })
    .await
}

/// Kalmar has a node. Nybro has nothing.
///
/// Verified: after six commands, typed by two operators and two agreement managers, a referral of
/// Kalmar's is at Nybro. Nobody hands Nybro a registry: its node fetches the one that lists it
/// from its neighbour.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_organisation_joins_with_six_commands() {
    let mut region = Region::start(&[Place::KALMAR]).await;
    let (kalmar, nybro) = (region.path("kalmar"), region.path("nybro"));
    region.take_up(Place::NYBRO);
    let mut people =
        Keyboard { program: region.program().clone(), typed: Vec::new(), served: None };

    let invite = region.path("invite");
    let invite = invite.to_str().expect("a plain name");
    people.types(&kalmar, &["registry", "invite", "--org", "kommun:0881", "--out", invite]);
    let [a, b, c, _] = region.address("kalmar").octets();
    let address = Ipv4Addr::new(a, b, c, 2);
    let (federation, local) = (format!("{address}:8443"), format!("{address}:8080"));
    let join = ["join", "--invite", invite, "--name", Place::NYBRO.title, "--address", &federation];
    people.types(&nybro, &[&join[..], &["--local-address", &local, "--development"]].concat());
    let wanted = nybro.join("join-request");
    let wanted = wanted.to_str().expect("a plain name");
    people.types(&kalmar, &["registry", "admit", "--request", wanted]);
    people.serves(&nybro);
    let operator = region.staff("nybro", "OPERATOR", None);
    eventually("the node has the registry that lists it", || async {
        let node = operator.node().show_node(ShowNodeRequest {}).await.ok()?.into_inner();
        (node.name == Place::NYBRO.title).then_some(())
    })
    .await;
    let propose = ["agreement", "propose", "--template", "regional-cooperation"];
    people.types(&kalmar, &[&propose[..], &["--with", "kommun:0881"]].concat());
    let proposed = agreement(&operator, AgreementState::Proposed).await;
    let id = brygga_domain::AgreementId::try_from(&proposed.agreement_id[..]).expect("an id");
    people.types(&nybro, &["agreement", "sign", &id.to_string()]);

    eprintln!("{:#?}", people.typed);
    assert!(people.typed.len() <= MOST_COMMANDS, "{} commands", people.typed.len());
    let caseworker = region.staff("kalmar", "CASE_WORKER", None);
    agreement(&caseworker, AgreementState::Active).await;
    let now = region.clock("kalmar").now();
    let consent = record(&caseworker, consent_for(&["kommun:0881"], 30, now)).await;
    let sent = request(&caseworker, referral_to("kommun:0881", consent)).await.expect("permitted");
    delivered(&caseworker, &sent.referral_id).await;
    let other = region.staff("nybro", "CASE_WORKER", None);
    look(&other, &sent.referral_id).await.expect("it arrived");
}
