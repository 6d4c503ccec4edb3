//! People and rights: boards inside one municipality, coordinators, and one node of each kind.

use brygga_domain::{MemberKind, OrgId, Reason};
use brygga_identity::roles::Role;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::Accepted;
use brygga_proto::rpc::LocalRpc;
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use brygga_server::roles::{honoured, of_rpc};
use brygga_testkit::{Place, Region, Staff, reason_of, referral_to};
use prost::Message;
use tonic::Status;

use crate::setting::{Neighbours, act, delivered, listed, request};

const SOCIAL: &str = "mobila-teamet";
const PROPERTY: &str = "fastighet";

/// A referral from Kalmar that Nybro's social services have.
async fn with_referral(neighbours: &Neighbours) -> Vec<u8> {
    let mut wish = referral_to("kommun:0881", neighbours.consent(30).await);
    wish.target_unit = SOCIAL.to_owned();
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;
    id
}

async fn shown(to: &Staff, referral_id: &[u8]) -> Result<local::ShowReferralResponse, Status> {
    let wanted = local::ShowReferralRequest { referral_id: referral_id.to_vec() };
    Ok(to.referrals().show_referral(wanted).await?.into_inner())
}

/// What a status says on the wire.
fn on_the_wire(status: &Status) -> (i32, &str, &[u8]) {
    (status.code() as i32, status.message(), status.details())
}

/// ORE-25: the social board and the property board of Nybro are authorities of their own.
///
/// Kalmar ──referral──▶ Nybro / social. Verified: a user of the property board gets the very answer that an
/// unknown referral gets; after a disclosure with a ground it reads the content and decides nothing; after the
/// disclosure is taken back it knows nothing again; and the log says who, when and on which ground.
#[tokio::test(flavor = "multi_thread")]
async fn ore_25_another_board_needs_a_ground_that_somebody_names() {
    let neighbours = Neighbours::agreed().await;
    let id = with_referral(&neighbours).await;
    let staff =
        |subject, unit| neighbours.region.staff("nybro", "CASE_WORKER", Some(unit)).named(subject);
    let (social, property) = (staff("anna", SOCIAL), staff("fia", PROPERTY));
    let hidden = shown(&property, &id).await.expect_err("another authority's");
    let absent = shown(&property, &[7; 16]).await.expect_err("there is none");
    assert_eq!(reason_of(&hidden), Reason::NotFound);
    assert_eq!(on_the_wire(&hidden), on_the_wire(&absent));

    let disclosure = local::DiscloseInsideRequest {
        referral_id: id.clone(),
        unit: PROPERTY.to_owned(),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        justification: "bostaden ska anpassas".to_owned(),
    };
    let groundless = local::DiscloseInsideRequest { disclosure_ground: 0, ..disclosure.clone() };
    let refused = social.access().disclose_inside(groundless).await.expect_err("no ground");
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    let disclosed = social.access().disclose_inside(disclosure).await.expect("a ground");
    let disclosure_id = disclosed.into_inner().disclosure_id;
    assert!(shown(&property, &id).await.expect("disclosed").content.is_some());
    let decided = act(&property, &id, Action::Accept(Accepted {})).await.expect_err("read only");
    assert_eq!(reason_of(&decided), Reason::RoleDenied);

    let revoke = local::RevokeInsideRequest { disclosure_id };
    social.access().revoke_inside(revoke).await.expect("taken back");
    let hidden = shown(&property, &id).await.expect_err("hidden again");
    assert_eq!(on_the_wire(&hidden), on_the_wire(&absent));

    let reviewer = neighbours.region.staff("nybro", "LOG_REVIEWER", None);
    let about = local::ExtractForPersonRequest { referral_ids: vec![id], consent_ids: vec![] };
    let log = reviewer.access().extract_for_person(about).await.expect("an extract").into_inner();
    let read = log.entries.iter().find(|entry| entry.unit == PROPERTY).expect("it was read");
    assert_eq!(read.ground(), local::AccessGround::DisclosedInside);
    assert_eq!(read.disclosure_ground(), DisclosureGround::Consent122);
    assert!(read.subject.is_empty(), "the person is told no employee's name");
}

/// COO-02: a coordinator drills down.
///
/// Nybro holds a referral. Verified: of all calls of the contract none about a case, with the very identifier of
/// the case in it, is open to a coordinator, at Nybro or at a coordinating node, whatever unit the token names.
#[tokio::test(flavor = "multi_thread")]
async fn coo_02_coordinator_has_no_path_to_a_case() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO, Place::LANSSTYRELSEN]).await;
    let neighbours = Neighbours::agreed_in(region).await;
    let id = with_referral(&neighbours).await;
    let mut denied = 0;
    for (place, role) in [
        ("nybro", "REGIONAL_COORDINATOR"),
        ("lansstyrelsen", "REGIONAL_COORDINATOR"),
        // Whatever a coordinating node's own provider writes into a token.
        ("lansstyrelsen", "CASE_WORKER"),
    ] {
        let staff = neighbours.region.staff(place, role, Some(SOCIAL));
        for rpc in LocalRpc::ALL.iter().filter(|rpc| is_about_persons(**rpc)) {
            let message = local::ShowReferralRequest { referral_id: id.clone() }.encode_to_vec();
            let status = staff.call(*rpc, &message).await.expect_err("no path to a case");
            assert_eq!(reason_of(&status), Reason::RoleDenied, "{role} at {place}: {rpc:?}");
            denied += 1;
        }
    }
    assert!(denied >= 3 * 20, "{denied}");
    let manager = neighbours.region.staff("nybro", "CASE_WORKER", Some(SOCIAL));
    assert_eq!(listed(&manager).await.len(), 1, "the case is there to be found");
}

/// Calls of the services that know persons or their cases.
fn is_about_persons(rpc: LocalRpc) -> bool {
    ["Access", "Consent", "Offer", "Referral", "Register", "Retention"]
        .iter()
        .any(|area| rpc.path().contains(&format!(".{area}Service/")))
}

/// ORE-04: one node of each kind, and each calls each method.
///
/// Verified, at a running node of each kind: every call of the contract is let in or denied as the permission
/// matrix says for a case worker of that kind, and so is every role for a call about a person.
#[tokio::test(flavor = "multi_thread")]
async fn ore_04_each_kind_of_node_may_do_what_the_matrix_says() {
    let places = kinds();
    let mut region = Region::found(&places);
    let mut cells = 0;
    for (place, kind) in places.iter().zip(MemberKind::ALL) {
        region.start_node(place.name).await;
        let case_worker = region.staff(place.name, "CASE_WORKER", None);
        for rpc in LocalRpc::ALL {
            compare(&case_worker, *kind, Role::CaseWorker, *rpc).await;
        }
        for role in Role::ALL {
            let staff = region.staff(place.name, role.as_str(), None);
            compare(&staff, *kind, *role, LocalRpc::ShowReferral).await;
        }
        cells += LocalRpc::ALL.len() + Role::ALL.len();
        region.stop_node(place.name).await;
    }
    assert_eq!(cells, MemberKind::ALL.len() * (LocalRpc::ALL.len() + Role::ALL.len()));
}

/// A place of each kind, in the order of [`MemberKind::ALL`].
fn kinds() -> Vec<Place> {
    let leaked = |text: String| -> &'static str { text.leak() };
    let place = |(number, kind): (usize, &MemberKind)| {
        let slug = kind.as_str().to_lowercase().replace('_', "-");
        let organisation = match kind {
            MemberKind::Municipality => "kommun:0880".to_owned(),
            _ => format!("demo:ort-{number}"),
        };
        OrgId::parse(&organisation).expect("a good identifier");
        Place {
            name: leaked(slug.clone()),
            organisation: leaked(organisation),
            title: leaked(slug.clone()),
            kind: leaked(slug),
            units: &[],
            marks: &[],
        }
    };
    MemberKind::ALL.iter().enumerate().map(place).collect()
}

/// One cell: the running node and the matrix say the same.
async fn compare(staff: &Staff, kind: MemberKind, role: Role, rpc: LocalRpc) {
    let answered = staff.call(rpc, &[]).await;
    let denied = answered.is_err_and(|status| reason_of(&status) == Reason::RoleDenied);
    let may = of_rpc(rpc).check(&honoured(Some(kind), &[role].into())).is_ok();
    assert_eq!(!denied, may, "{} at {}: {rpc:?}", role.as_str(), kind.as_str());
}
