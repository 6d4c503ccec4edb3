//! Working groups under an agreement: who may propose its next version.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    AgreementKind, AgreementTerms, Effect, GroupMember, SubjectArea, WorkingGroup,
};
use brygga_proto::local::v1::{ProposeAgreementRequest, ShowAgreementRequest};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually, reason_of};
use tonic::Status;
use tonic_types::StatusExt;

use crate::setting::{agree_all, id_of};
use crate::uninvited;

const CITY: Place = Place {
    name: "vasteras",
    organisation: "kommun:1980",
    title: "Västerås stad",
    kind: "municipality",
    units: &["bostadsledningen", "uppsokarna"],
    marks: &[],
};
const COMPANY: Place = Place {
    name: "bolaget",
    organisation: "demo:bostadsbolaget-vasteras",
    title: "Bostadsbolaget",
    kind: "municipal-landlord",
    units: &[],
    marks: &[],
};
const OWNER: Place = Place {
    name: "vard",
    organisation: "demo:vard-vasteras",
    title: "En privat värd",
    kind: "private-landlord",
    units: &[],
    marks: &[],
};

fn group(id: &str, members: &[(&str, &str)], meetings_per_year: u32) -> WorkingGroup {
    let member = |(organisation, unit): &(&str, &str)| GroupMember {
        organisation: (*organisation).to_owned(),
        unit: (*unit).to_owned(),
    };
    WorkingGroup {
        group_id: id.to_owned(),
        title: format!("Grupp: {id}"),
        members: members.iter().map(member).collect(),
        meetings_per_year,
        ..WorkingGroup::default()
    }
}

/// Västerås with its company and an owner; three groups and a network that meets twice a year.
async fn cooperation() -> (Region, AgreementTerms) {
    let places = [CITY, COMPANY, OWNER];
    let region = Region::start(&places).await;
    let now = region.clock("vasteras").now();
    let [city, company, owner] = places.map(|place| place.organisation);
    let (kind, subject) = (AgreementKind::LandlordQuota, SubjectArea::HousingSupply);
    let mut terms = agreement_terms(&[city, company, owner], kind, subject, now);
    terms.rules[0].effect = Effect::Prohibit.into();
    let strategic = WorkingGroup {
        minutes_reference: "SN 2026/123".to_owned(),
        may_amend: true,
        ..group("strategisk", &[(city, "bostadsledningen"), (company, "")], 4)
    };
    terms.groups = vec![
        strategic,
        group("operativ", &[(city, "uppsokarna"), (company, ""), (owner, "")], 12),
        group("rekrytering", &[(city, ""), (company, "")], 0),
        group("agarnatverk", &[(company, ""), (owner, "")], 2),
    ];
    let id = agree_all(&region, &places.map(|place| place.name), terms).await;
    let manager = region.staff("vasteras", "AGREEMENT_MANAGER", None);
    let held = held(&manager, &id, 1).await.expect("held");
    (region, held)
}

async fn held(staff: &Staff, id: &[u8], version: u32) -> Option<AgreementTerms> {
    let wanted = ShowAgreementRequest { agreement_id: id.to_vec(), version };
    staff.agreements().show_agreement(wanted).await.ok()?.into_inner().agreement?.terms
}

async fn propose(
    region: &Region,
    who: (&str, Option<&str>),
    terms: AgreementTerms,
) -> Result<(), Status> {
    let manager = region.staff(who.0, "AGREEMENT_MANAGER", who.1);
    let wanted = ProposeAgreementRequest { terms: Some(terms), ..Default::default() };
    manager.agreements().propose_agreement(wanted).await.map(drop)
}

/// VAS-03: the strategic group may change the cooperation, the operative group and the owners may not.
///
/// Verified: whoever works in no function that takes part in the strategic group is refused at its own node, and an
/// organisation that has none is refused there and, with a proposal made by hand, at a peer, which stores nothing of
/// it; the strategic group's city function and the company propose versions that reach everybody.
#[tokio::test(flavor = "multi_thread")]
async fn vas_03_only_the_strategic_group_proposes_the_next_version() {
    let (region, first) = cooperation().await;
    let next =
        |version, title: &str| AgreementTerms { version, title: title.to_owned(), ..first.clone() };
    for who in [("vasteras", Some("uppsokarna")), ("vasteras", None), ("vard", None)] {
        let refused = propose(&region, who, next(2, "Operativ ändring")).await;
        let refused = refused.expect_err("not in the strategic group");
        let field = refused.get_details_error_info().expect("coded").metadata["field"].clone();
        assert_eq!((reason_of(&refused), &*field), (Reason::RoleDenied, "terms.groups"), "{who:?}");
    }
    let city = region.staff("vasteras", "AGREEMENT_MANAGER", None);
    let by_hand = uninvited::propose(&region, "vard", "vasteras", next(2, "Ägarens ändring")).await;
    assert_eq!(by_hand.reason(), Some(Reason::RoleDenied), "{by_hand:?}");
    assert_eq!(held(&city, &first.agreement_id, 2).await, None, "nothing of it is kept");

    for (version, who) in [(2, ("vasteras", Some("bostadsledningen"))), (3, ("bolaget", None))] {
        propose(&region, who, next(version, "Strategisk ändring")).await.expect("it may amend");
        for name in ["vasteras", "bolaget", "vard"] {
            let manager = region.staff(name, "AGREEMENT_MANAGER", None);
            let got =
                eventually("the proposal arrives", || held(&manager, &first.agreement_id, version));
            assert_eq!(got.await.title, "Strategisk ändring");
        }
    }
    let said = region.run("vard", &["agreement", "show", &id_of(&first.agreement_id).to_string()]);
    assert!(said.contains("strategisk: Grupp: strategisk; kommun:1980/bostadsledningen"), "{said}");
    assert!(
        said.contains("4 möten per år; protokoll SN 2026/123; får föreslå ändringar"),
        "{said}"
    );
}
