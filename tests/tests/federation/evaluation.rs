//! An agreement that is to be evaluated: its parties are reminded, and nothing ends by it.

use std::fs;

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, Party, PartyRole, SubjectArea};
use brygga_proto::local::v1::{
    Agreement, AgreementState, ListAgreementsRequest, RequestReferralRequest,
};
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, reason_of, referral_to};

use crate::setting::{agree_all, delivered, record, request};

const KALMAR: &str = Place::KALMAR.organisation;
const NYBRO: &str = Place::NYBRO.organisation;
/// Somebody at each of the three nodes who may see agreements.
const READERS: [(&str, &str); 3] = [
    ("kalmar", "AGREEMENT_MANAGER"),
    ("nybro", "AGREEMENT_MANAGER"),
    ("lansstyrelsen", "REGIONAL_COORDINATOR"),
];
const SAID: &str = "ska utvärderas nu";

/// Kalmar and Nybro cooperate for forty days and evaluate after twenty; Länsstyrelsen coordinates.
async fn half_time() -> (Region, Vec<u8>) {
    let places = [Place::KALMAR, Place::NYBRO, Place::LANSSTYRELSEN];
    let region = Region::start(&places).await;
    let now = region.clock("kalmar").now();
    let in_days = |days| Some(brygga_wire::time::to_proto(now.plus(Seconds::days(days))));
    let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
    let terms = agreement_terms(&[KALMAR, NYBRO], kind, subject, now);
    let coordinator = Party {
        organisation: Place::LANSSTYRELSEN.organisation.to_owned(),
        role: PartyRole::Coordinator.into(),
    };
    let parties = terms.parties.iter().cloned().chain([coordinator]).collect();
    let (evaluation_due, valid_until) = (in_days(20), in_days(40));
    let terms = AgreementTerms { parties, evaluation_due, valid_until, ..terms };
    let agreement_id = agree_all(&region, &places.map(|place| place.name), terms).await;
    (region, agreement_id)
}

fn turn(region: &Region, days: i64) {
    for (name, _) in READERS {
        region.clock(name).turn(Seconds::days(days));
    }
}

/// The only agreement that is held.
async fn held(staff: &Staff) -> Agreement {
    let all = staff.agreements().list_agreements(ListAgreementsRequest {}).await.expect("listed");
    let [agreement] = <[_; 1]>::try_from(all.into_inner().agreements).expect("one agreement");
    agreement
}

/// `brygga agreement list` at a node whose clock has been turned.
fn listed_by_the_program(region: &Region, name: &str, staff: &Staff) -> String {
    let file = region.path(name).join("token");
    fs::write(&file, staff.token()).expect("a token can be written");
    let token = file.to_str().expect("a plain name");
    region.run(name, &["agreement", "list", "--language", "sv", "--token-file", token])
}

/// Each of the three sees the agreement in this state, and is reminded of the evaluation or not.
async fn all_see(region: &Region, state: AgreementState, is_due: bool) {
    for (name, role) in READERS {
        let staff = region.staff(name, role, None);
        let seen = held(&staff).await;
        assert_eq!((seen.state(), seen.evaluation_is_due), (state, is_due), "{name}");
        let said = listed_by_the_program(region, name, &staff);
        assert_eq!(said.contains(SAID), is_due, "{name}: {said}");
        let counted = region.node(name).app().agreements_to_evaluate().len();
        assert_eq!(counted, usize::from(is_due), "the gauge of {name}");
    }
}

/// ORE-24: an agreement with its evaluation at half time.
///
/// Kalmar and Nybro, with Länsstyrelsen as coordinator. Verified: before the day nobody is reminded; from the day on
/// both parties and the coordinator are, by the call and by `brygga agreement list`, each at its own node, and
/// referrals still pass; at the end they are refused, and nobody is reminded any more.
#[tokio::test(flavor = "multi_thread")]
async fn ore_24_due_evaluation_reminds_all_parties_and_stops_nothing() {
    let (region, agreement_id) = half_time().await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let consent = consent_for(&[NYBRO], 60, region.clock("kalmar").now());
    let consent = record(&kalmar, consent).await;
    let wish = || RequestReferralRequest {
        agreement_id: agreement_id.clone(),
        ..referral_to(NYBRO, consent.clone())
    };
    turn(&region, 19);
    all_see(&region, AgreementState::Active, false).await;

    turn(&region, 2);
    all_see(&region, AgreementState::Active, true).await;
    let sent = request(&kalmar, wish()).await.expect("nothing ends by it").referral_id;
    delivered(&kalmar, &sent).await;

    turn(&region, 20);
    let refused = request(&kalmar, wish()).await.expect_err("its time is over");
    assert_eq!(reason_of(&refused), Reason::AgreementExpired);
    all_see(&region, AgreementState::Expired, false).await;
}
