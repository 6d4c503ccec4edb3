//! Rights inside one organisation: own cases, boards, the glass, and the log of it all.

use brygga_domain::{Reason, Seconds};
use brygga_identity::roles::Role;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::{Accepted, TakenOn};
use brygga_proto::types::v1::{DisclosureGround, GdprBasis};
use brygga_storage::AccessFilter;
use tonic::{Code, Status};

use crate::federation::{Federation, MOBILE_TEAM, NOON, unit};
use crate::local_port::Person;
use crate::raw::verdict;
use crate::requests::{act, at, delivered_referral, list, record_consent, sign_agreement, wish};

/// Nybro with a referral for its mobile team, and the people of three of its units.
struct House {
    federation: Federation,
    id: Vec<u8>,
}

impl House {
    async fn with_a_referral() -> Self {
        let federation = Federation::start().await;
        sign_agreement(&federation).await;
        record_consent(&federation).await;
        let id = delivered_referral(&federation, wish(1)).await.referral_id;
        Self { federation, id }
    }

    fn person(&self, subject: &str, role: Role, in_unit: &str) -> Person {
        self.federation.nybro.local.colleague(subject, role, &[unit(in_unit)])
    }

    fn worker(&self, subject: &str) -> Person {
        self.person(subject, Role::CaseWorker, MOBILE_TEAM)
    }

    fn reviewer(&self) -> Person {
        self.person("lova", Role::LogReviewer, "kansliet")
    }

    async fn take_on(&self, by: &Person) {
        let act_by = at(NOON.plus(Seconds::hours(1)));
        let taken_on = TakenOn { unit: MOBILE_TEAM.to_owned(), act_by };
        act(by, &self.id, Action::TakeOn(taken_on)).await.unwrap();
    }

    async fn show(&self, to: &Person) -> Result<local::ShowReferralResponse, Status> {
        let request = local::ShowReferralRequest { referral_id: self.id.clone() };
        Ok(to.referrals().show_referral(request).await?.into_inner())
    }

    /// The name in the content that somebody is shown; none where they see no content.
    async fn name_seen(&self, by: &Person) -> Option<String> {
        Some(self.show(by).await.unwrap().content?.name)
    }

    async fn disclose(&self, by: &Person, ground: DisclosureGround) -> Result<Vec<u8>, Status> {
        let request = local::DiscloseInsideRequest {
            referral_id: self.id.clone(),
            unit: "fastighet".to_owned(),
            disclosure_ground: ground.into(),
            gdpr_basis: GdprBasis::PublicTask61E.into(),
            justification: "bostaden ska anpassas".to_owned(),
        };
        Ok(by.access().disclose_inside(request).await?.into_inner().disclosure_id)
    }

    async fn ask_for_glass(&self, by: &Person, id: &[u8]) -> Result<Vec<u8>, Status> {
        let request = local::OpenBreakGlassRequest {
            referral_id: id.to_vec(),
            reason: local::BreakGlassReason::LifeOrHealth.into(),
            justification: "larm från jouren".to_owned(),
        };
        Ok(by.access().open_break_glass(request).await?.into_inner().break_glass_id)
    }

    async fn approve(&self, by: &Person, glass: &[u8]) -> Result<(), Status> {
        let request = local::ApproveBreakGlassRequest { break_glass_id: glass.to_vec() };
        by.access().approve_break_glass(request).await.map(drop)
    }

    async fn extract(&self) -> Vec<local::AccessEntry> {
        let request = local::ExtractForPersonRequest {
            referral_ids: vec![self.id.clone()],
            consent_ids: Vec::new(),
        };
        let extract = self.reviewer().access().extract_for_person(request).await.unwrap();
        extract.into_inner().entries
    }
}

fn denied(outcome: Result<impl Sized, Status>) -> (Code, Option<Reason>) {
    verdict(&outcome.err().unwrap())
}

const ROLE_DENIED: (Code, Option<Reason>) = (Code::PermissionDenied, Some(Reason::RoleDenied));
const NOT_FOUND: (Code, Option<Reason>) = (Code::NotFound, Some(Reason::NotFound));

#[tokio::test]
async fn a_case_is_seen_by_who_took_it_on_and_listed_for_the_unit() {
    let house = House::with_a_referral().await;
    let (anna, bertil) = (house.worker("anna"), house.worker("bertil"));
    assert_eq!(house.name_seen(&bertil).await.as_deref(), Some("Alma"));
    house.take_on(&anna).await;
    assert_eq!(house.name_seen(&anna).await.as_deref(), Some("Alma"));
    assert_eq!(house.name_seen(&bertil).await, None);
    assert_eq!(list(&bertil).await.len(), 1);
    assert_eq!(denied(act(&bertil, &house.id, Action::Accept(Accepted {})).await), ROLE_DENIED);
    act(&anna, &house.id, Action::Accept(Accepted {})).await.unwrap();
}

#[tokio::test]
async fn a_handler_or_who_answers_for_the_unit_assigns_a_colleague() {
    let house = House::with_a_referral().await;
    let (anna, bertil) = (house.worker("anna"), house.worker("bertil"));
    house.take_on(&anna).await;
    let assign = async |by: &Person, subject: &str| {
        let (referral_id, subject) = (house.id.clone(), subject.to_owned());
        let request = local::AssignReferralRequest { referral_id, subject };
        Ok::<_, Status>(by.access().assign_referral(request).await?.into_inner().handlers)
    };
    assert_eq!(denied(assign(&bertil, "bertil").await), ROLE_DENIED);
    let elsewhere = house.person("fia", Role::ResponsibleCaseWorker, "fastighet");
    assert_eq!(denied(assign(&elsewhere, "fia").await), NOT_FOUND);
    assert_eq!(assign(&anna, "bertil").await.unwrap(), ["anna", "bertil"]);
    assert_eq!(house.name_seen(&bertil).await.as_deref(), Some("Alma"));
    let chief = house.person("chris", Role::ResponsibleCaseWorker, MOBILE_TEAM);
    assert_eq!(house.name_seen(&chief).await, None);
    assert_eq!(assign(&chief, "sam").await.unwrap(), ["anna", "bertil", "sam"]);
    let supporter = house.person("sam", Role::HousingSupporter, "boendestod");
    assert_eq!(house.name_seen(&supporter).await.as_deref(), Some("Alma"));
}

#[tokio::test]
async fn who_matches_needs_with_dwellings_sees_the_need_and_nobody() {
    let house = House::with_a_referral().await;
    let matcher = house.person("mia", Role::HousingMatcher, MOBILE_TEAM);
    let shown = house.show(&matcher).await.unwrap().content.unwrap();
    assert_eq!((shown.name.as_str(), shown.contact.as_str(), shown.note.as_str()), ("", "", ""));
}

#[tokio::test]
async fn another_board_reads_what_was_disclosed_with_a_ground_until_it_is_taken_back() {
    let house = House::with_a_referral().await;
    let (anna, fia) = (house.worker("anna"), house.person("fia", Role::CaseWorker, "fastighet"));
    assert_eq!(denied(house.show(&fia).await), NOT_FOUND);
    let general = house.disclose(&anna, DisclosureGround::Kvv3515).await;
    let not_allowed = (Code::FailedPrecondition, Some(Reason::GroundNotAllowed));
    assert_eq!(denied(general), not_allowed);
    assert_eq!(denied(house.disclose(&fia, DisclosureGround::Consent122).await), NOT_FOUND);
    let disclosure_id = house.disclose(&anna, DisclosureGround::Consent122).await.unwrap();
    assert_eq!(house.name_seen(&fia).await.as_deref(), Some("Alma"));
    assert_eq!(denied(act(&fia, &house.id, Action::Accept(Accepted {})).await), ROLE_DENIED);
    let revoke = local::RevokeInsideRequest { disclosure_id };
    assert_eq!(denied(fia.access().revoke_inside(revoke.clone()).await), NOT_FOUND);
    anna.access().revoke_inside(revoke.clone()).await.unwrap();
    anna.access().revoke_inside(revoke).await.unwrap();
    assert_eq!(denied(house.show(&fia).await), NOT_FOUND);
    let of_fia = house.extract().await;
    let read = of_fia.iter().find(|entry| entry.unit == "fastighet").unwrap();
    assert_eq!(read.ground(), local::AccessGround::DisclosedInside);
    assert_eq!(read.disclosure_ground(), DisclosureGround::Consent122);
}

#[tokio::test]
async fn a_broken_glass_opens_for_an_hour_and_gives_nobody_lasting_rights() {
    let house = House::with_a_referral().await;
    house.take_on(&house.worker("anna")).await;
    let fia = house.person("fia", Role::CaseWorker, "fastighet");
    let glass = house.ask_for_glass(&fia, &house.id).await.unwrap();
    assert_eq!(denied(house.show(&fia).await), NOT_FOUND);
    let fia_too = house.person("fia", Role::ResponsibleCaseWorker, "fastighet");
    let wrong_actor = (Code::FailedPrecondition, Some(Reason::WrongActor));
    assert_eq!(denied(house.approve(&fia_too, &glass).await), wrong_actor);
    let worker = house.worker("bertil");
    assert_eq!(denied(house.approve(&worker, &glass).await), ROLE_DENIED);
    let chief = house.person("chris", Role::ResponsibleCaseWorker, MOBILE_TEAM);
    house.approve(&chief, &glass).await.unwrap();
    assert_eq!(house.name_seen(&fia).await.as_deref(), Some("Alma"));
    let assign =
        local::AssignReferralRequest { referral_id: house.id.clone(), subject: "fia".to_owned() };
    assert_eq!(denied(fia.access().assign_referral(assign).await), ROLE_DENIED);
    house.federation.clock.advance(Seconds::hours(1));
    let fia = house.person("fia", Role::CaseWorker, "fastighet");
    assert_eq!(denied(house.show(&fia).await), NOT_FOUND);
}

#[tokio::test]
async fn asking_for_the_glass_tells_nobody_whether_there_is_such_a_referral() {
    let house = House::with_a_referral().await;
    let fia = house.person("fia", Role::CaseWorker, "fastighet");
    let chief = house.person("chris", Role::ResponsibleCaseWorker, MOBILE_TEAM);
    for id in [house.id.clone(), vec![9; 16]] {
        let glass = house.ask_for_glass(&fia, &id).await.unwrap();
        house.approve(&chief, &glass).await.unwrap();
    }
}

#[tokio::test]
async fn every_broken_glass_is_reviewed_and_a_late_review_is_seen() {
    let house = House::with_a_referral().await;
    let fia = house.person("fia", Role::CaseWorker, "fastighet");
    let glass = house.ask_for_glass(&fia, &house.id).await.unwrap();
    let book = async |house: &House| {
        let request = local::ListReviewsRequest { waiting_only: false };
        house.reviewer().access().list_reviews(request).await.unwrap().into_inner()
    };
    let waiting = book(&house).await.waiting;
    assert_eq!((waiting.len(), waiting[0].is_overdue), (1, false));
    house.federation.clock.advance(Seconds::days(7));
    assert!(book(&house).await.waiting[0].is_overdue);
    let node = &house.federation.nybro.app;
    assert_eq!(node.reviews_overdue().await, Ok(1));
    let request = local::SignReviewRequest {
        reviewed: Some(local::sign_review_request::Reviewed::BreakGlassId(glass)),
        findings: vec![local::ReviewFinding::NoRemark.into()],
    };
    let by_fia = house.person("fia", Role::LogReviewer, "kansliet");
    let wrong_actor = (Code::FailedPrecondition, Some(Reason::WrongActor));
    assert_eq!(denied(by_fia.access().sign_review(request.clone()).await), wrong_actor);
    house.reviewer().access().sign_review(request).await.unwrap();
    let book = book(&house).await;
    assert_eq!((book.waiting.len(), book.reviews.len()), (0, 1));
    assert_eq!(node.reviews_overdue().await, Ok(0));
}

#[tokio::test]
async fn a_review_is_signed_for_the_sample_that_was_looked_at_and_no_other() {
    let house = House::with_a_referral().await;
    for _ in 0..20 {
        house.show(&house.worker("anna")).await.unwrap();
    }
    let mut question = local::SampleAccessLogRequest {
        from: at(NOON.minus(Seconds::days(1))),
        until: at(NOON.plus(Seconds(1))),
        size: 5,
        seed: 11,
    };
    let not_yet = house.reviewer().access().sample_access_log(question).await;
    assert_eq!(denied(not_yet), (Code::InvalidArgument, Some(Reason::InvalidField)));
    house.federation.clock.advance(Seconds(60));
    let reviewer = house.reviewer();
    let sample = async |question: &local::SampleAccessLogRequest| {
        let mut access = reviewer.access();
        access.sample_access_log(*question).await.unwrap().into_inner()
    };
    let drawn = sample(&question).await;
    let random = local::SampledBecause::Random.into();
    assert_eq!(drawn.entries.iter().filter(|one| one.because.contains(&random)).count(), 5);
    assert!(drawn.drawn_from >= 20);
    let looked_at = question;
    let sign = async |digest: Vec<u8>| {
        let question = Some(looked_at);
        let reviewed = local::SampleReviewed { question, digest };
        let request = local::SignReviewRequest {
            reviewed: Some(local::sign_review_request::Reviewed::Sample(reviewed)),
            findings: vec![local::ReviewFinding::NoRemark.into()],
        };
        Ok::<_, Status>(reviewer.access().sign_review(request).await?.into_inner().review)
    };
    let conflict = (Code::Aborted, Some(Reason::VersionConflict));
    assert_eq!(denied(sign(vec![0; 32]).await), conflict);
    let review = sign(drawn.digest.clone()).await.unwrap().unwrap();
    assert!(review.statement.contains("reviewer lova\n"), "{}", review.statement);
    question.seed = 12;
    assert_ne!(sample(&question).await.digest, drawn.digest);
}

#[tokio::test]
async fn each_access_has_one_row_and_the_person_is_told_roles_and_units_and_no_name() {
    let house = House::with_a_referral().await;
    let anna = house.worker("anna");
    house.show(&anna).await.unwrap();
    house.take_on(&anna).await;
    house.show(&house.person("fia", Role::CaseWorker, "fastighet")).await.unwrap_err();
    let entries = house.extract().await;
    let seen: Vec<(&str, &str)> =
        entries.iter().map(|entry| (entry.action.as_str(), entry.unit.as_str())).collect();
    let wanted = [("referral.show", MOBILE_TEAM), ("referral.take_on", MOBILE_TEAM)];
    assert_eq!(seen, wanted);
    assert!(entries.iter().all(|entry| entry.roles == ["CASE_WORKER"]));
    assert!(!format!("{entries:?}").contains("anna"));
    // The extract is itself an access, and stands in the next one.
    assert_eq!(house.extract().await.last().unwrap().action, "access.extract");
}

/// Reliability guide G5: exactly one leaf for each access.
#[tokio::test]
async fn every_row_of_the_access_log_has_exactly_one_leaf() {
    let house = House::with_a_referral().await;
    let anna = house.worker("anna");
    for _ in 0..10 {
        house.show(&anna).await.unwrap();
        list(&anna).await;
    }
    house.take_on(&anna).await;
    house.show(&house.person("fia", Role::CaseWorker, "fastighet")).await.unwrap_err();
    let store = &house.federation.nybro.app.parts().store;
    let (rows, leaves) = store
        .read(|reader| {
            Box::pin(async move {
                let (from, until) = (NOON.minus(Seconds(1)), NOON.plus(Seconds(1)));
                let filter = AccessFilter { from, until, after: 0, limit: 1000 };
                let rows = reader.access_page(filter).await?;
                Ok((rows, reader.audit_unsequenced(1000).await?))
            })
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 21);
    let by_user = leaves.iter().filter(|leaf| {
        let entry = String::from_utf8_lossy(&leaf.entry);
        entry.contains("\tuser:anna\t") && entry.contains("\tdone\t")
    });
    assert_eq!(by_user.count(), 21);
    for row in &rows {
        let named = leaves.iter().filter(|leaf| leaf.commitment == row.entry.leaf);
        assert_eq!(named.count(), 1);
    }
}
