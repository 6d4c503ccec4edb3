//! Where a signal goes: to the municipality of the dwelling, in one way in, to the function that works with it.

use brygga_domain::Reason;
use brygga_proto::local::v1::{LookUpContactPointRequest, SendSignalRequest};
use brygga_proto::notice::v1::Children;
use brygga_proto::registry::v1::Audience;
use brygga_testkit::{Place, Region, eventually, reason_of};

use super::incident::disturbance;
use super::{KALMAR, LANDLORD, agree_on, arrears, list, listed, send, show};

/// Kalmar says in the registry where landlords come in, and both nodes know.
async fn one_way_in(region: &Region, unit: &str) {
    let set = ["registry", "contact-point", "set", KALMAR.organisation];
    let who = ["--audience", "landlords", "--unit", unit, "--deputy-unit", "socialjouren"];
    let how = ["--phone", "0480-000 00", "--hours", "vardagar 8-16"];
    region.run("kalmar", &[&set[..], &who, &how].concat());
    let newest = region.registry_file("kalmar");
    std::fs::copy(newest, region.registry_file("hyresvard")).expect("a mirror");
    for name in ["kalmar", "hyresvard"] {
        let staff = region.staff(name, "AGREEMENT_MANAGER", None);
        eventually("the new registry is in use", || async {
            let wanted = LookUpContactPointRequest {
                organisation: KALMAR.organisation.to_owned(),
                audience: Audience::Landlords.into(),
            };
            staff.node().look_up_contact_point(wanted).await.ok()
        })
        .await;
    }
}

/// NKP-01, JKP-12, VAS-10: one way in for landlords, and handlers behind it.
///
/// Verified: a landlord that names no function reaches the one that the registry has for landlords; the rent-debt adviser there
/// reads arrears and sees no disturbance; an officer of another function sees neither; a signal that names a district's function
/// reaches its handler and not the way in; and what nobody takes on in time is seen by the deputy too.
#[tokio::test(flavor = "multi_thread")]
async fn nkp_01_jkp_12_vas_10_one_way_in_and_the_handler_who_works_with_it() {
    let places = Place { units: &["bosocialt", "socialjouren", "norr"], ..KALMAR };
    let region = Region::start(&[places, LANDLORD]).await;
    agree_on(&region, &["kalmar", "hyresvard"], Default::default()).await;
    one_way_in(&region, "bosocialt").await;
    let collector = region.staff("hyresvard", "RENT_COLLECTOR", None);
    let rent = send(&collector, arrears(10, Children::No)).await.expect("permitted");
    assert_eq!(rent.recipient_unit, "bosocialt");
    let admin = region.staff("hyresvard", "LANDLORD_ADMIN", None);
    let incident = send(&admin, disturbance()).await.expect("permitted");
    let adviser = region.staff("kalmar", "RENT_DEBT_ADVISER", Some("bosocialt"));
    eventually("the adviser has it", || listed(&adviser, &rent)).await;
    let worker = region.staff("kalmar", "CASE_WORKER", Some("bosocialt"));
    eventually("the case worker has it", || listed(&worker, &incident)).await;
    assert!(show(&adviser, &rent).await.expect("readable").content.is_some());
    assert_eq!(list(&adviser).await.len(), 1, "no disturbance");
    let refused = show(&adviser, &incident).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::NotFound);
    let deputy = region.staff("kalmar", "CASE_WORKER", Some("socialjouren"));
    assert!(list(&deputy).await.is_empty());

    let asked = SendSignalRequest { target_unit: "norr".to_owned(), ..arrears(12, Children::No) };
    let north = send(&collector, asked).await.expect("permitted");
    let handler = region.staff("kalmar", "RENT_DEBT_ADVISER", Some("norr"));
    eventually("the district's handler has it", || listed(&handler, &north)).await;
    assert_eq!(listed(&adviser, &north).await, None);

    for name in ["kalmar", "hyresvard"] {
        region.clock(name).turn(brygga_domain::Seconds::days(6));
    }
    let seen: Vec<_> = list(&deputy).await.into_iter().map(|one| one.signal_id).collect();
    assert!(seen.contains(&rent.signal_id) && seen.contains(&incident.signal_id));
    assert!(!seen.contains(&north.signal_id), "it has no deputy");
    let refused = send(&collector, disturbance()).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::RoleDenied, "who collects rent reports no incidents");
}

/// VAS-11: one owner with dwellings in two towns.
///
/// Verified: what is about a dwelling in Kalmar reaches Kalmar only, and what is about one in Nybro Nybro only; of a town that
/// no agreement is with, nothing leaves.
#[tokio::test(flavor = "multi_thread")]
async fn vas_11_an_owner_in_many_towns_reaches_the_one_of_the_dwelling() {
    let region = Region::start(&[KALMAR, LANDLORD, Place::NYBRO]).await;
    agree_on(&region, &["kalmar", "hyresvard", "nybro"], Default::default()).await;
    let owner = region.staff("hyresvard", "LANDLORD_ADMIN", None);
    let towns = [("0880", "kalmar"), ("0881", "nybro")];
    for (code, name) in towns {
        let asked =
            SendSignalRequest { municipality: code.to_owned(), ..arrears(10, Children::No) };
        let sent = send(&owner, asked).await.expect("permitted");
        let town = region.staff(name, "CASE_WORKER", None);
        eventually("it reaches the town", || listed(&town, &sent)).await;
    }
    for (_, name) in towns {
        assert_eq!(list(&region.staff(name, "CASE_WORKER", None)).await.len(), 1, "{name}");
    }
    let asked = SendSignalRequest { municipality: "0885".to_owned(), ..arrears(10, Children::No) };
    let refused = send(&owner, asked).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::NotFound);
    assert_eq!(list(&owner).await.len(), 2);
}
