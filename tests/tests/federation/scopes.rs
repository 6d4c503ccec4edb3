//! What an agreement is about, and what it is not about: subjects, versions, and a framework without rights.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action as RuleAction, AgreementKind, AgreementTerms, Effect, Rule, SubjectArea,
};
use brygga_proto::local::v1::{
    Agreement, ProposeAgreementRequest, Referral, RequestReferralRequest, ShowAgreementRequest,
};
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, reason_of, referral_to};
use tonic::Status;
use tonic_types::StatusExt;

use crate::setting::{Partners, agree, agree_all, delivered, id_of, listed, look, record, request};
use crate::uninvited::Uninvited;

const KALMAR: &str = Place::KALMAR.organisation;
const NYBRO: &str = Place::NYBRO.organisation;
const MISSION: &str = Place::STADSMISSIONEN.organisation;

/// What Kalmar asks Stadsmissionen for, on a fresh consent.
async fn ask(
    partners: &Partners,
    subject: SubjectArea,
    service: &str,
    agreement_id: &[u8],
) -> Result<Referral, Status> {
    let now = partners.region.clock("kalmar").now();
    let consent = record(&partners.kalmar, consent_for(&[MISSION], 30, now)).await;
    let mut wish = RequestReferralRequest {
        subject: subject.into(),
        agreement_id: agreement_id.to_vec(),
        ..referral_to(MISSION, consent)
    };
    wish.service_type.as_mut().expect("a service").code = service.to_owned();
    request(&partners.kalmar, wish).await
}

/// KAL-03: the partnership with Stadsmissionen is about occupation, and somebody needs a bed.
///
/// Kalmar ──bed referral──▶ Stadsmissionen. Verified: Kalmar's own node refuses it with the agreement named or not; a
/// message that its node did not stop is refused by Stadsmissionen's, both as outside the agreement; help with
/// occupation passes under the very same agreement, at both.
#[tokio::test(flavor = "multi_thread")]
async fn kal_03_agreement_about_occupation_gives_no_bed() {
    let partners = Partners::agreed(SubjectArea::Occupation).await;
    let (region, held) = (&partners.region, &partners.agreement_id);
    for named in [&held[..], &[]] {
        let refused = ask(&partners, SubjectArea::Homelessness, "NIGHT_SHELTER", named).await;
        assert_eq!(reason_of(&refused.expect_err("another subject")), Reason::AgreementScope);
    }
    let bed = Uninvited::authority(id_of(held));
    let verdict = bed.deliver(region, "kalmar", "stadsmissionen").await;
    assert_eq!(verdict.reason(), Some(Reason::AgreementScope), "{verdict:?}");
    assert!(listed(&partners.shelter).await.is_empty(), "nothing was taken in");

    let asked = ask(&partners, SubjectArea::Occupation, "SUPPORT_SERVICE", &[]).await;
    let id = asked.expect("what the agreement is about").referral_id;
    delivered(&partners.kalmar, &id).await;
    look(&partners.shelter, &id).await.expect("it arrived");
    let occupation = Uninvited { subject: SubjectArea::Occupation, ..bed };
    let verdict = occupation.deliver(region, "kalmar", "stadsmissionen").await;
    assert!(verdict.is_accepted(), "only the subject stood in the way: {verdict:?}");
}

/// One version of an agreement as somebody sees it.
async fn version(staff: &Staff, agreement_id: &[u8], version: u32) -> Agreement {
    let wanted = ShowAgreementRequest { agreement_id: agreement_id.to_vec(), version };
    let shown = staff.agreements().show_agreement(wanted).await.expect("shown").into_inner();
    shown.agreement.expect("an agreement")
}

/// Both sign a second version, about homelessness as well, in force in ten days.
async fn amend(partners: &Partners) {
    let now = partners.region.clock("kalmar").now();
    let first = version(&partners.kalmar, &partners.agreement_id, 1).await.terms.expect("terms");
    let second = AgreementTerms {
        version: 2,
        subjects: vec![SubjectArea::Occupation.into(), SubjectArea::Homelessness.into()],
        rules: vec![Rule { rule_id: "remiss-2".to_owned(), ..first.rules[0].clone() }],
        valid_from: Some(brygga_wire::time::to_proto(now.plus(Seconds::days(10)))),
        ..first
    };
    agree(&partners.region, "kalmar", "stadsmissionen", second).await;
}

/// The clauses on which a node has permitted something, as its audit log keeps them.
async fn clauses(region: &Region, name: &str) -> Vec<String> {
    let app = region.node(name).app();
    app.audit_checkpoint().await.expect("a checkpoint is made");
    let store = &app.parts().store;
    let leaves = store.read(|reader| Box::pin(async move { reader.audit_range(0, 1_000).await }));
    let entries = leaves.await.expect("the log can be read").into_iter().map(|leaf| leaf.entry);
    let entries = entries.map(|entry| String::from_utf8(entry).expect("text"));
    let permitted = |entry: String| Some(entry.split_once("\tpermitted\t")?.1.to_owned());
    entries.filter_map(permitted).collect()
}

/// KAL-04: the partnership is extended to homelessness by a second version that both sign.
///
/// Verified: before its day the second version gives nothing and the first still carries; from its day on a bed
/// referral passes under it, and nothing under the first, at either end. What went under the first is still
/// explained: the referral and both audit logs cite agreement, version and rule, and both nodes show
/// that version as it was signed, with that rule.
#[tokio::test(flavor = "multi_thread")]
async fn kal_04_second_version_adds_a_subject_and_the_first_still_explains() {
    let partners = Partners::agreed(SubjectArea::Occupation).await;
    let (region, held) = (&partners.region, &partners.agreement_id);
    let signed = version(&partners.kalmar, held, 1).await;
    let of_first =
        Uninvited { subject: SubjectArea::Occupation, ..Uninvited::authority(id_of(held)) };
    amend(&partners).await;
    let early = ask(&partners, SubjectArea::Homelessness, "NIGHT_SHELTER", held).await;
    assert_eq!(reason_of(&early.expect_err("its day has not come")), Reason::AgreementScope);
    let old = ask(&partners, SubjectArea::Occupation, "SUPPORT_SERVICE", held).await;
    let old = old.expect("the first version carries").referral_id;
    delivered(&partners.kalmar, &old).await;
    assert!(of_first.deliver(region, "kalmar", "stadsmissionen").await.is_accepted());

    partners.turn(11);
    for (subject, service) in
        [(SubjectArea::Homelessness, "NIGHT_SHELTER"), (SubjectArea::Occupation, "SUPPORT_SERVICE")]
    {
        let sent = ask(&partners, subject, service, held).await.expect("in force");
        delivered(&partners.kalmar, &sent.referral_id).await;
        for side in [&partners.kalmar, &partners.shelter] {
            let seen = look(side, &sent.referral_id).await.expect("at both ends");
            assert_eq!((seen.agreement_version, seen.rule_id.as_str()), (2, "remiss-2"));
        }
    }
    let verdict = of_first.deliver(region, "kalmar", "stadsmissionen").await;
    assert_eq!(verdict.reason(), Some(Reason::AgreementNotInForce), "closed: {verdict:?}");

    for (name, side) in [("kalmar", &partners.kalmar), ("stadsmissionen", &partners.shelter)] {
        let seen = look(side, &old).await.expect("still there");
        let explained = version(side, &seen.agreement_id, seen.agreement_version).await;
        assert_eq!(explained.terms_sha256, signed.terms_sha256, "as it was signed");
        assert_eq!(
            (explained.terms.as_ref(), explained.signatures.len()),
            (signed.terms.as_ref(), 2)
        );
        let rules = explained.terms.expect("terms").rules;
        assert!(rules.iter().any(|rule| rule.rule_id == seen.rule_id), "{seen:?}");
        let clause = format!("{}/{}/{}", id_of(held), seen.agreement_version, seen.rule_id);
        assert_eq!(clause, format!("{}/1/remiss-1", id_of(held)));
        assert!(clauses(region, name).await.contains(&clause), "{name} cites it");
    }
}

/// Terms of a framework that municipalities join, with one rule.
fn framework(region: &Region, effect: Effect) -> AgreementTerms {
    let now = region.clock("kalmar").now();
    let kind = AgreementKind::FrameworkOfAssociation;
    let rule = Rule {
        rule_id: "inga-uppgifter".to_owned(),
        effect: effect.into(),
        action: RuleAction::ReferralSend.into(),
        ..Rule::default()
    };
    let parties = [KALMAR, NYBRO, MISSION];
    AgreementTerms {
        rules: vec![rule],
        ..agreement_terms(&parties, kind, SubjectArea::Homelessness, now)
    }
}

/// Kalmar, Nybro and Stadsmissionen have signed the framework of an association.
///
/// Verified: it cannot be proposed with a permission in it; in force it lets no referral pass, named or not, not even
/// with the consent of the person: refused at the source, and at a target whose source did not refuse.
#[tokio::test(flavor = "multi_thread")]
async fn framework_of_an_association_gives_no_right_to_data() {
    let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
    let region = Region::start(&places).await;
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let terms = Some(framework(&region, Effect::Permit));
    let wanted = ProposeAgreementRequest { terms, accept_findings: true, ..Default::default() };
    let refused = manager.agreements().propose_agreement(wanted).await.expect_err("a permission");
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    let info = refused.get_details_error_info().expect("a coded error");
    assert_eq!(info.metadata["field"], "terms.rules.effect");

    let names = places.map(|place| place.name);
    let held = agree_all(&region, &names, framework(&region, Effect::Prohibit)).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let now = region.clock("kalmar").now();
    let consent = record(&kalmar, consent_for(&[NYBRO, MISSION], 30, now)).await;
    for target in &places[1..] {
        for agreement_id in [held.clone(), Vec::new()] {
            let wish = referral_to(target.organisation, consent.clone());
            let wish = RequestReferralRequest { agreement_id, ..wish };
            let refused = request(&kalmar, wish).await.expect_err("no right to data");
            assert_eq!(reason_of(&refused), Reason::PolicyDenied);
        }
        let verdict =
            Uninvited::authority(id_of(&held)).deliver(&region, "kalmar", target.name).await;
        assert_eq!(verdict.reason(), Some(Reason::PolicyDenied), "{verdict:?}");
        let staff = region.staff(target.name, "CASE_WORKER", None);
        assert!(listed(&staff).await.is_empty(), "nothing was taken in");
    }
}
