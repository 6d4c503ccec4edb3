//! "En väg in": exactly one published way to reach a municipality.

use brygga_domain::Reason;
use brygga_proto::local::v1::LookUpContactPointRequest;
use brygga_proto::registry::v1::{Audience, ContactPoint};
use brygga_testkit::{Place, Region, Staff, eventually, reason_of};
use tonic::Status;

async fn way_in(staff: &Staff) -> Result<ContactPoint, Status> {
    let wanted = LookUpContactPointRequest {
        organisation: "kommun:0880".to_owned(),
        audience: Audience::Landlords.into(),
    };
    let found = staff.node().look_up_contact_point(wanted).await?;
    Ok(found.into_inner().contact_point.expect("a contact point"))
}

/// Changes the registry through the operator's commands; Nybro takes it up from its file.
fn change(region: &Region, arguments: &[&str]) {
    let operator = region.path("kalmar");
    let dir = operator.to_str().expect("a plain name");
    region
        .program()
        .succeed(&[&["registry", "contact-point"], arguments, &["--dir", dir]].concat());
    let newest = operator.join("registry/registry.json");
    std::fs::copy(newest, region.path("nybro").join("registry/registry.json"))
        .expect("a mirror can be copied");
}

const KEY_DESK: [&str; 10] = [
    "set",
    "kommun:0880",
    "--audience",
    "landlords",
    "--unit",
    "en-vag-in",
    "--phone",
    "0480-000 00",
    "--hours",
    "vardagar 8-16",
];

/// GBG-07: a landlord looks up Kalmar.
///
/// Verified: with one active contact point phone, unit and hours are shown; with none and with two the look-up
/// fails and `doctor` says so.
#[tokio::test(flavor = "multi_thread")]
async fn gbg_07_exactly_one_way_in_for_landlords() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    assert_eq!(
        reason_of(&way_in(&nybro).await.expect_err("none yet")),
        Reason::ContactPointNotUnique
    );

    change(&region, &KEY_DESK);
    let found =
        eventually("the new registry is in use", || async { way_in(&nybro).await.ok() }).await;
    assert_eq!(
        (found.unit.as_str(), found.phone.as_str(), found.hours.as_str()),
        ("en-vag-in", "0480-000 00", "vardagar 8-16")
    );

    let second = [
        "set",
        "kommun:0880",
        "--audience",
        "landlords",
        "--unit",
        "bostadsenheten",
        "--phone",
        "0480-000 01",
        "--hours",
        "8-10",
    ];
    change(&region, &second);
    eventually("two are as bad as none", || async {
        way_in(&nybro)
            .await
            .err()
            .filter(|status| reason_of(status) == Reason::ContactPointNotUnique)
    })
    .await;
    let dir = region.path("kalmar");
    let doctor = region.program().run(&["doctor", "--dir", dir.to_str().expect("a plain name")]);
    assert_ne!(doctor.code, Some(0));
    assert!(doctor.stdout.contains("CONTACT_POINT_NOT_UNIQUE"), "{}", doctor.stdout);
}

/// NAT-12: the contact person leaves and the deputy takes over.
///
/// Verified: the way in names functions and never a person, shows the deputy function, and changes nothing
/// for the landlord when the function that answers changes.
#[tokio::test(flavor = "multi_thread")]
async fn nat_12_deputy_function_takes_over_without_landlord_change() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    change(&region, &[&KEY_DESK[..], &["--deputy-unit", "bostadsenheten"]].concat());
    let before =
        eventually("the new registry is in use", || async { way_in(&nybro).await.ok() }).await;
    assert_eq!(before.deputy_unit, "bostadsenheten");

    change(&region, &["remove", "kommun:0880", "--audience", "landlords", "--unit", "en-vag-in"]);
    let deputy = KEY_DESK.map(|word| if word == "en-vag-in" { "bostadsenheten" } else { word });
    change(&region, &deputy);
    let after = eventually("the deputy answers", || async {
        way_in(&nybro).await.ok().filter(|found| found.unit == "bostadsenheten")
    })
    .await;
    assert_eq!(
        (after.phone, after.hours),
        (before.phone, before.hours),
        "the landlord calls the same number"
    );
}
