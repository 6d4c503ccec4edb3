//! Need-to-know cell by cell, the glass from asking to review, and what stands out in a log.

use std::collections::BTreeSet;

use super::*;
use crate::{
    AccessReviewId, BreakGlassId, DisclosureGround, GdprBasis, InsideDisclosureId, Reason,
    ReferralId, Seconds, Timestamp, UnitId,
};

/// Noon on a Monday.
const NOON: Timestamp = Timestamp::from_millis(1_780_308_000_000);

fn unit(name: &str) -> UnitId {
    UnitId::parse(name).unwrap()
}

fn handler(subject: &str) -> Handler {
    Handler { subject: subject.to_owned(), assigned_by: None, since: NOON }
}

fn glass() -> BreakGlass {
    BreakGlass {
        id: BreakGlassId::from_bytes([3; 16]),
        referral_id: ReferralId::from_bytes([1; 16]),
        opened_by: "anna".to_owned(),
        opened_at: NOON,
        reason: BreakGlassReason::LifeOrHealth,
        justification: "larm från jouren".to_owned(),
        approval: None,
        review: None,
    }
}

fn disclosed(ground: DisclosureGround) -> InsideDisclosure {
    InsideDisclosure {
        id: InsideDisclosureId::from_bytes([4; 16]),
        referral_id: ReferralId::from_bytes([1; 16]),
        unit: unit("fastighet"),
        ground,
        gdpr_basis: GdprBasis::PublicTask,
        justification: "lägenheten ska anpassas".to_owned(),
        disclosed_by: "bertil".to_owned(),
        disclosed_at: NOON,
        revocation: None,
    }
}

fn standing(unit: Option<&UnitId>) -> Standing<'_> {
    Standing { unit, deputy: unit, shared: None, handlers: &[], disclosures: &[], glasses: &[] }
}

/// What somebody of these units sees of a referral of the social board.
fn sight(subject: &str, width: Width, units: &[&str], held: Standing<'_>) -> Sight {
    let units: BTreeSet<UnitId> = units.iter().map(|name| unit(name)).collect();
    Asker { subject, width, units: &units, behalves: &BTreeSet::new() }.sight(held, NOON)
}

/// The same, where the housing office acts for the social board and for the care board.
fn sight_of_office(subject: &str, width: Width, units: &[&str], held: Standing<'_>) -> Sight {
    let for_board = |board| Behalf { board: unit(board), unit: unit("bosam") };
    let shared = SharedUnits::new([for_board("social"), for_board("omsorg")]);
    let units: BTreeSet<UnitId> = units.iter().map(|name| unit(name)).collect();
    let behalves = shared.of(&units);
    Asker { subject, width, units: &units, behalves: &behalves }.sight(held, NOON)
}

#[test]
fn upp_01_a_shared_unit_sees_what_it_began_for_a_board_and_nothing_else_of_that_board() {
    let (social, office) = (unit("social"), unit("bosam"));
    let handlers = [handler("anna")];
    let own = standing(Some(&social));
    let begun = Standing { shared: Some(&office), handlers: &handlers, ..own };
    let (works, listed) = (Sight::Work(AccessGround::Handler), Sight::Listed);
    assert_eq!(sight_of_office("anna", Width::OwnCases, &["bosam"], begun), works);
    assert_eq!(sight_of_office("bertil", Width::OwnCases, &["bosam"], begun), listed);
    assert_eq!(sight_of_office("cilla", Width::OwnCases, &["social"], begun), listed, "its own");
    assert_eq!(sight_of_office("dag", Width::Unit, &["park"], begun), Sight::Hidden);
    assert_eq!(sight_of_office("bertil", Width::Unit, &["bosam"], own), Sight::Hidden);
    assert_eq!(sight("anna", Width::OwnCases, &["bosam"], begun), Sight::Hidden, "no mandate now");
    let other = unit("park");
    let elsewhere = Standing { unit: Some(&other), deputy: Some(&other), ..begun };
    assert_eq!(sight_of_office("anna", Width::OwnCases, &["bosam"], elsewhere), Sight::Hidden);
}

#[test]
fn whoever_was_assigned_from_a_third_unit_works_on_what_was_begun_for_a_board() {
    let (social, office) = (unit("social"), unit("bosam"));
    let handlers = [handler("stina")];
    let own = Standing { handlers: &handlers, ..standing(Some(&social)) };
    let begun = Standing { shared: Some(&office), ..own };
    let works = Sight::Work(AccessGround::Handler);
    for held in [own, begun] {
        assert_eq!(sight_of_office("stina", Width::Assigned, &["boendestod"], held), works);
    }
    let without_mandate = sight("stina", Width::Assigned, &["boendestod"], begun);
    assert_eq!(without_mandate, works, "it was the office's and not hers");
    assert_eq!(sight("stina", Width::Assigned, &["bosam"], begun), Sight::Hidden, "of the office");
}

#[test]
fn a_case_worker_sees_a_new_case_of_the_unit_and_then_only_own_cases() {
    let social = unit("social");
    let new = standing(Some(&social));
    let own = Sight::Work(AccessGround::OwnUnit);
    assert_eq!(sight("anna", Width::OwnCases, &["social"], new), own);
    let handlers = [handler("anna")];
    let taken = Standing { handlers: &handlers, ..new };
    let works = Sight::Work(AccessGround::Handler);
    assert_eq!(sight("anna", Width::OwnCases, &["social"], taken), works);
    assert_eq!(sight("bertil", Width::OwnCases, &["social"], taken), Sight::Listed);
    assert_eq!(sight("cilla", Width::Unit, &["social"], taken), own);
    assert_eq!(sight("anna", Width::Assigned, &["social"], new), Sight::Hidden);
    assert_eq!(sight("anna", Width::Assigned, &["social"], taken), works);
    assert_eq!(sight("anna", Width::Nothing, &["social"], taken), Sight::Hidden);
}

#[test]
fn a_token_without_a_unit_sees_the_intake_and_nothing_else() {
    let social = unit("social");
    let held = standing(None);
    let own = Sight::Work(AccessGround::OwnUnit);
    assert_eq!(sight("anna", Width::Unit, &[], held), own);
    assert_eq!(sight("anna", Width::Unit, &["social"], held), Sight::Hidden);
    let held = standing(Some(&social));
    assert_eq!(sight("anna", Width::Unit, &[], held), Sight::Hidden);
}

#[test]
fn the_deputy_before_whom_it_is_laid_sees_it_as_its_own() {
    let (social, night) = (unit("social"), unit("socialjouren"));
    let held = Standing { deputy: Some(&night), ..standing(Some(&social)) };
    let own = Sight::Work(AccessGround::OwnUnit);
    assert_eq!(sight("anna", Width::OwnCases, &["social"], held), own);
    assert_eq!(sight("jour", Width::OwnCases, &["socialjouren"], held), own);
    assert_eq!(sight("fia", Width::OwnCases, &[], held), Sight::Hidden);
}

#[test]
fn another_board_sees_nothing_until_it_is_disclosed_and_after_it_is_taken_back() {
    let social = unit("social");
    let none = standing(Some(&social));
    assert_eq!(sight("fia", Width::OwnCases, &["fastighet"], none), Sight::Hidden);
    let ground = DisclosureGround::Consent12_2;
    let mut disclosures = [disclosed(ground)];
    let held = Standing { disclosures: &disclosures, ..none };
    let read = Sight::Read(AccessGround::DisclosedInside(ground));
    assert_eq!(sight("fia", Width::OwnCases, &["fastighet"], held), read);
    assert_eq!(sight("fia", Width::OwnCases, &["park"], held), Sight::Hidden);
    disclosures[0].revocation = Some(Revocation { by: "bertil".to_owned(), at: NOON });
    let held = Standing { disclosures: &disclosures, ..none };
    assert_eq!(sight("fia", Width::OwnCases, &["fastighet"], held), Sight::Hidden);
}

#[test]
fn a_consent_is_read_by_the_unit_that_recorded_it_and_by_whoever_did() {
    let kept = ConsentKeeper { recorded_by: "anna".to_owned(), unit: Some(unit("social")) };
    let ground = |subject, width, units: &[&str]| {
        let units: BTreeSet<UnitId> = units.iter().map(|name| unit(name)).collect();
        let behalves = BTreeSet::new();
        Asker { subject, width, units: &units, behalves: &behalves }.consent_ground(&kept)
    };
    let own = Some(AccessGround::OwnUnit);
    assert_eq!(ground("bertil", Width::OwnCases, &["social"]), own);
    assert_eq!(ground("anna", Width::OwnCases, &["fastighet"]), Some(AccessGround::Handler));
    assert_eq!(ground("fia", Width::Unit, &["fastighet"]), None);
    assert_eq!(ground("fia", Width::Unit, &[]), None);
    assert_eq!(ground("sam", Width::Assigned, &["social"]), None);
}

#[test]
fn a_glass_opens_to_who_asked_for_an_hour_after_somebody_else_approved() {
    let wrong = Err(Refusal::at(Reason::WrongActor, "break_glass_id"));
    assert_eq!(glass().approved("anna", NOON), wrong);
    assert!(!glass().opens_to("anna", NOON));
    let open = glass().approved("bertil", NOON.plus(Seconds(60))).unwrap();
    assert!(open.opens_to("anna", NOON.plus(Seconds(60))));
    assert!(open.opens_to("anna", NOON.plus(Seconds(60 + 3599))));
    assert!(!open.opens_to("anna", NOON.plus(Seconds(60 + 3600))));
    assert!(!open.opens_to("bertil", NOON.plus(Seconds(60))));
    let again = Err(Refusal::at(Reason::InvalidTransition, "break_glass_id"));
    assert_eq!(open.approved("cilla", NOON), again);
    assert_eq!(glass().approved("bertil", NOON.plus(Seconds(3600))), again);
}

#[test]
fn a_glass_is_overdue_after_seven_days_and_reviewed_by_neither_of_the_two() {
    let open = glass().approved("bertil", NOON).unwrap();
    assert!(!open.is_overdue(NOON.plus(Seconds::days(7)).minus(Seconds(1))));
    assert!(open.is_overdue(NOON.plus(Seconds::days(7))));
    let review = AccessReviewId::from_bytes([9; 16]);
    for involved in ["anna", "bertil"] {
        let refused = open.clone().reviewed(involved, review).unwrap_err();
        assert_eq!(refused.reason, Reason::WrongActor);
    }
    let reviewed = open.reviewed("lova", review).unwrap();
    assert!(!reviewed.is_overdue(NOON.plus(Seconds::days(30))));
    assert_eq!(reviewed.reviewed("lova", review).unwrap_err().reason, Reason::InvalidTransition);
}

#[test]
fn a_disclosure_inside_the_house_needs_a_ground_that_carries_it() {
    for ground in DisclosureGround::ALL {
        let carried = disclosed(*ground).check().is_ok();
        assert_eq!(carried, INSIDE_GROUNDS.contains(ground), "{}", ground.as_str());
    }
    let silent = InsideDisclosure {
        justification: "  ".to_owned(),
        ..disclosed(DisclosureGround::Consent12_2)
    };
    assert_eq!(silent.check().unwrap_err().reason, Reason::InvalidField);
}

#[test]
fn every_ground_and_object_reads_back() {
    let glass = BreakGlassId::from_bytes([7; 16]);
    let grounds = [
        AccessGround::BreakGlass(glass),
        AccessGround::DisclosedInside(DisclosureGround::StatutoryDuty10_28),
        AccessGround::Handler,
        AccessGround::LogReview,
        AccessGround::OwnUnit,
    ];
    for ground in grounds {
        assert_eq!(AccessGround::parse(ground.as_str(), &ground.detail()), Some(ground));
    }
    assert_eq!(AccessGround::parse("CURIOSITY", ""), None);
    let objects = [
        AccessObject::Consent(crate::ConsentId::from_bytes([1; 16])),
        AccessObject::List,
        AccessObject::Log,
        AccessObject::Offer(crate::OfferId::from_bytes([3; 16])),
        AccessObject::Referral(ReferralId::from_bytes([2; 16])),
        AccessObject::Transfer(crate::TransferId::from_bytes([4; 16])),
    ];
    for object in objects {
        let id = object.id().map(<[u8; 16]>::as_slice);
        assert_eq!(AccessObject::parse(object.kind(), id), Some(object));
    }
    assert_eq!(AccessObject::parse("REFERRAL", None), None);
}

#[test]
fn nights_and_weekends_are_outside_working_hours() {
    assert!(!is_outside_hours(NOON));
    assert!(is_outside_hours(NOON.plus(Seconds::hours(10))));
    assert!(is_outside_hours(NOON.minus(Seconds::days(1))));
}

#[test]
fn who_reads_more_than_25_cases_in_a_day_stands_out() {
    let mut curious = Curious::default();
    let mut look = |subject, place: i64, object: u8| {
        let at = NOON.plus(Seconds(place));
        curious.look(Seen { place, at, subject, object: Some([object; 16]) });
    };
    for case in 0..26 {
        look("anna", i64::from(case), case);
        look("bertil", 100 + i64::from(case), case % 25);
    }
    assert_eq!(curious.places(), [25].into());
}
