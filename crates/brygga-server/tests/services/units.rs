//! Units inside an organisation (KAL-09): who is in another one does not even learn that there is
//! something to see.

use brygga_domain::UnitId;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::ShowReferralRequest;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::Accepted;
use tonic::{Code, Status};

use crate::federation::{Federation, MOBILE_TEAM, unit};
use crate::local_port::Person;
use crate::requests::{
    act, delivered_referral, list, listed, record_consent, sign_agreement, wish,
};

/// Nybro has one referral, for its mobile team.
async fn with_referral() -> (Federation, Vec<u8>) {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let referral = delivered_referral(&federation, wish(1)).await;
    (federation, referral.referral_id)
}

fn worker_in(federation: &Federation, units: &[UnitId]) -> Person {
    federation.nybro.local.person_of(&[Role::CaseWorker], units)
}

/// The parts of a status that travel, byte for byte.
fn on_the_wire(status: &Status) -> (Code, Vec<u8>, Vec<u8>) {
    (status.code(), status.message().as_bytes().to_vec(), status.details().to_vec())
}

async fn show(person: &Person, referral_id: &[u8]) -> Result<(), Status> {
    let request = ShowReferralRequest { referral_id: referral_id.to_vec() };
    person.referrals().show_referral(request).await.map(drop)
}

#[tokio::test]
async fn an_absent_referral_and_one_of_another_unit_are_told_apart_by_nothing() {
    let (federation, referral_id) = with_referral().await;
    let outsider = worker_in(&federation, &[unit("boendeenheten")]);
    let absent = [7; 16];
    let hidden_status = show(&outsider, &referral_id).await.unwrap_err();
    let absent_status = show(&outsider, &absent).await.unwrap_err();
    assert_eq!(hidden_status.code(), Code::NotFound);
    assert_eq!(on_the_wire(&hidden_status), on_the_wire(&absent_status));
    let accept = Action::Accept(Accepted {});
    let hidden_status = act(&outsider, &referral_id, accept.clone()).await.unwrap_err();
    let absent_status = act(&outsider, &absent, accept).await.unwrap_err();
    assert_eq!(on_the_wire(&hidden_status), on_the_wire(&absent_status));
}

#[tokio::test]
async fn a_list_holds_only_what_is_for_the_units_of_the_caller() {
    let (federation, referral_id) = with_referral().await;
    assert!(list(&worker_in(&federation, &[unit("boendeenheten")])).await.is_empty());
    assert!(list(&worker_in(&federation, &[])).await.is_empty(), "the intake is a unit too");
    for units in [vec![unit(MOBILE_TEAM)], vec![unit("boendeenheten"), unit(MOBILE_TEAM)]] {
        let worker = worker_in(&federation, &units);
        assert_eq!(listed(&worker).await.referral_id, referral_id, "{units:?}");
        show(&worker, &referral_id).await.unwrap();
    }
}
